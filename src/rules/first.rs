//! Rules about what was never there before: the first use of a Region, a caller's first sight.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Subject, message::Path};
use crate::model::Time;

/// More texts than this are not remembered of a rule: what comes after them is no news.
const MOST: usize = 10_000;

/// A rule matches an event only when its field holds what it never held in an event that the pattern matches.
#[derive(Clone, Debug, PartialEq)]
pub struct First {
    /// Of the record.
    pub field: Path,
    /// How long the rule only learns what is usual, from when it was first asked.
    pub learn: TimeDelta,
}

impl First {
    /// A week has a Monday and a weekend.
    pub const LEARN: TimeDelta = TimeDelta::days(7);

    /// Whether the subject has something new, which it has no more when it is asked again.
    pub fn is_new(&self, subject: &Subject, known: &mut Known, now: Time) -> bool {
        let Some(text) = self.field.find(subject.record()) else { return false };
        if known.texts.contains(&*text) || known.texts.len() == MOST {
            return false;
        }
        known.texts.insert(text.into_owned());
        now >= known.since + self.learn
    }
}

/// What a rule has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// When it was first asked.
    pub since: Time,
    /// Each text that its field held.
    pub texts: BTreeSet<String>,
}

impl Known {
    /// Nothing yet.
    pub fn since(now: Time) -> Self {
        Self { since: now, texts: BTreeSet::new() }
    }
}

/// What every such rule has seen, by the rule's name.
pub type Memory = BTreeMap<String, Known>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_learnt_in_silence_and_news_are_told_once() {
        let first = First { field: Path::new("$.awsRegion").unwrap(), learn: TimeDelta::hours(2) };
        let at = |hour: i64| Time::from_timestamp(hour * 3_600, 0).unwrap();
        let mut known = Known::since(at(0));
        let mut is_new = |region: &str, hour: i64| {
            let record = format!(r#"{{"awsRegion":"{region}"}}"#);
            first.is_new(&Subject::cloudtrail(&record).unwrap(), &mut known, at(hour))
        };
        assert!(!is_new("eu-west-1", 0) && !is_new("us-east-1", 1));
        assert!(!is_new("eu-west-1", 3) && is_new("ap-east-1", 3) && !is_new("ap-east-1", 4));
        assert!(!first.is_new(&Subject::cloudtrail("{}").unwrap(), &mut known, at(5)));
    }
}
