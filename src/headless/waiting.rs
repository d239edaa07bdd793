//! Which sources a printing command still waits for.

use std::{collections::BTreeMap, time::Duration};

use super::{Ended, line};
use crate::model::{Region, SourceError, SourceHealth, SourceId, SourceKind, SourceState, Time};

/// How long it may take until an answer brings something. Nothing but throttling takes longer: all else ends as a
/// failure.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Which sources have not come to an end yet.
pub struct Waiting<'a> {
    kinds: &'a [SourceKind],
    /// The last health of each, and whether it is done.
    sources: BTreeMap<SourceId, (SourceHealth, bool)>,
    failures: Vec<(String, String)>,
}

impl<'a> Waiting<'a> {
    /// Waits for every source of these kinds.
    pub fn new(kinds: &'a [SourceKind]) -> Self {
        Self { kinds, sources: BTreeMap::new(), failures: Vec::new() }
    }

    /// Takes note of how a source is, and tells whether that brings the end nearer.
    pub fn heard(&mut self, health: &SourceHealth) -> bool {
        let of_interest = self.kinds.contains(&health.id.kind);
        // Without a Region no other source will ever be heard of.
        let failed = matches!(health.state, SourceState::Failed(_));
        let fatal = health.id.kind == SourceKind::Identity && failed && self.sources.is_empty();
        if !of_interest && !fatal {
            return false;
        }
        let (last, done) = self.sources.entry(health.id.clone()).or_insert_with(|| (health.clone(), false));
        if *done {
            return false;
        }
        last.clone_from(health);
        match &health.state {
            SourceState::Failed(error) => {
                *done = true;
                let who = if fatal { "trailwatch".to_owned() } else { health.id.label() };
                self.failures.push((who, in_words(error)));
            }
            SourceState::Live => *done = health.polled.is_some() && health.progress.is_none(),
            SourceState::Starting | SourceState::Throttled { .. } => return false,
        }
        true
    }

    /// Takes whatever is not done for failed.
    pub fn give_up(&mut self) {
        let minutes = PATIENCE.as_secs() / 60;
        for (id, (health, done)) in self.sources.iter_mut().filter(|(_, (_, done))| !done) {
            *done = true;
            let why = health.state.error().map_or_else(|| "no answer".to_owned(), in_words);
            self.failures.push((id.label(), format!("given up after {minutes} minutes without an answer: {why}")));
        }
        if self.sources.is_empty() {
            let id = SourceId::new(SourceKind::Identity, Region::new("no Region"));
            self.sources.insert(id.clone(), (SourceHealth::starting(id, 0), true));
            self.failures.push(("trailwatch".to_owned(), format!("nothing answered for {minutes} minutes")));
        }
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        !self.sources.is_empty() && self.sources.values().all(|(_, done)| *done)
    }

    /// How it ended.
    pub fn ended(&self) -> Ended {
        match self.failures.len() {
            0 => Ended::Whole,
            failed if failed < self.sources.len() => Ended::InPart,
            _ => Ended::Failed,
        }
    }

    /// What failed: who, and in which words.
    pub fn failures(&self) -> &[(String, String)] {
        &self.failures
    }

    /// How far it is, and what it waits for.
    pub fn news(&self) -> News {
        if self.sources.is_empty() {
            return News::plain("looking for the profile, the Region and the credentials".to_owned());
        }
        let done = format!("{} of {} sources are done", self.count(|_, done| done), self.sources.len());
        let Some(health) = self.slowest() else { return News::plain(done) };
        let what = format!("{done}; {}", health.id.label());
        match (&health.state, health.progress) {
            (SourceState::Throttled { until, error }, _) => self.slowed(what, *until, error),
            (_, Some(far)) => {
                News { what: what.clone(), ..News::plain(format!("{what}: {:.0} %", far.ratio() * 100.0)) }
            }
            (_, None) => News::plain(format!("{what}: no answer yet")),
        }
    }

    fn slowed(&self, what: String, until: Time, error: &SourceError) -> News {
        let others = match self.count(|health, done| !done && is_throttled(health)) {
            0 | 1 => String::new(),
            slowed => format!("; {} more likewise", slowed - 1),
        };
        let short = format!("{what}: slowed down until {}", until.format("%H:%M:%SZ"));
        let full = format!("{what}: slowed down by AWS until {}: {}{others}", line::time(until), in_words(error));
        News { slowed: true, what: full.clone(), short, full }
    }

    fn count(&self, which: impl Fn(&SourceHealth, bool) -> bool) -> usize {
        self.sources.values().filter(|(health, done)| which(health, *done)).count()
    }

    /// The source that has the longest way to go; one that AWS slows down before all others.
    fn slowest(&self) -> Option<&SourceHealth> {
        let ratio = |health: &SourceHealth| health.progress.map_or(0.0, |progress| progress.ratio());
        let left = self.sources.values().filter(|(_, done)| !done).map(|(health, _)| health);
        left.min_by(|a, b| is_throttled(b).cmp(&is_throttled(a)).then(ratio(a).total_cmp(&ratio(b))))
    }
}

/// How far a printing command is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Whether AWS slows a source down.
    pub slowed: bool,
    /// What it waits for, without how far that is.
    pub what: String,
    /// For one line of a terminal.
    pub short: String,
    /// With the words of the API.
    pub full: String,
}

impl News {
    fn plain(text: String) -> Self {
        Self { slowed: false, what: text.clone(), short: text.clone(), full: text }
    }
}

fn is_throttled(health: &SourceHealth) -> bool {
    matches!(health.state, SourceState::Throttled { .. })
}

/// The code, the message, and what to do about it.
fn in_words(error: &SourceError) -> String {
    let advice = error.advice.as_ref().map_or_else(String::new, |advice| format!(" ({advice})"));
    format!("{}: {}{advice}", error.code, error.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(region: &str, state: SourceState) -> SourceHealth {
        let id = SourceId::new(SourceKind::Events, Region::new(region));
        SourceHealth { state, polled: Some(Time::default()), ..SourceHealth::starting(id, 60) }
    }

    fn throttled(region: &str) -> SourceHealth {
        let (code, message) = ("ThrottlingException".to_owned(), "Rate exceeded".to_owned());
        let since = Time::default();
        let error = SourceError { code, message, missing_action: None, advice: None, since };
        health(region, SourceState::Throttled { until: since, error })
    }

    #[test]
    fn throttling_without_end_is_given_up_with_the_words_of_the_api() {
        let mut waiting = Waiting::new(&[SourceKind::Events]);
        assert!(!waiting.heard(&throttled("eu-west-1")) && !waiting.is_over());
        assert_eq!(waiting.news().short, "0 of 1 sources are done; events eu-west-1: slowed down until 00:00:00Z");
        waiting.give_up();
        assert!(waiting.is_over());
        assert_eq!(waiting.ended(), Ended::Failed);
        let words = "given up after 2 minutes without an answer: ThrottlingException: Rate exceeded";
        assert_eq!(waiting.failures, [("events eu-west-1".to_owned(), words.to_owned())]);
    }

    #[test]
    fn what_was_answered_before_is_kept_when_another_is_given_up() {
        let mut waiting = Waiting::new(&[SourceKind::Events]);
        assert!(waiting.heard(&health("us-east-1", SourceState::Live)));
        waiting.heard(&throttled("eu-west-1"));
        waiting.give_up();
        assert_eq!((waiting.ended(), waiting.failures.len()), (Ended::InPart, 1));
    }

    #[test]
    fn a_source_that_is_slowed_down_is_named_before_one_that_only_takes_long() {
        let mut waiting = Waiting::new(&[SourceKind::Events]);
        assert_eq!(waiting.news().full, "looking for the profile, the Region and the credentials");
        waiting.heard(&SourceHealth { polled: None, ..health("eu-central-1", SourceState::Starting) });
        assert_eq!(waiting.news().full, "0 of 1 sources are done; events eu-central-1: no answer yet");
        waiting.heard(&throttled("eu-west-1"));
        waiting.heard(&throttled("us-east-1"));
        let news = waiting.news();
        assert_eq!(
            (news.slowed, news.full.as_str()),
            (
                true,
                "0 of 3 sources are done; events eu-west-1: slowed down by AWS until 1970-01-01T00:00:00Z: \
                 ThrottlingException: Rate exceeded; 1 more likewise"
            )
        );
    }

    #[test]
    fn silence_from_the_start_is_a_failure() {
        let mut waiting = Waiting::new(&[SourceKind::Alarms]);
        waiting.give_up();
        assert!(waiting.is_over());
        assert_eq!(waiting.ended(), Ended::Failed);
    }
}
