//! Which events were given already, as far back as they can be read again.

use std::collections::{BTreeSet, HashMap};

use crate::model::Time;

/// The ids of events by their second.
///
/// Bounded by what can be read again, which is pruned to the last 20 minutes and a sweep's length. A Region gives at
/// most 50 events a second, so that even a full one holds less than 100,000 ids.
#[derive(Debug, Default)]
pub struct Known {
    dated: BTreeSet<(Time, Box<str>)>,
    /// Those that the API gives no time of, with when they were read last: they stay as long as they are read again.
    undated: HashMap<Box<str>, Time>,
}

impl Known {
    /// Takes an event in; false when it was known. One without a second is told by its id alone.
    pub fn insert(&mut self, second: Option<Time>, id: &str, now: Time) -> bool {
        match second {
            Some(second) => self.dated.insert((second, id.into())),
            None => self.undated.insert(id.into(), now).is_none(),
        }
    }

    /// Forgets what will not be read again.
    pub fn keep(&mut self, can_be_read_again: impl Fn(Time) -> bool) {
        self.dated.retain(|(second, _)| can_be_read_again(*second));
        self.undated.retain(|_, read| can_be_read_again(*read));
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.dated.len() + self.undated.len()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use crate::{
        model::{Region, SourceId, SourceKind, Time, duration::Span, record},
        source::feed::{Action, Feed, Found, Pace, Page},
    };

    /// What every poll of two hours gives of an event that the API gives neither an id nor a time of.
    fn given(record: &str) -> usize {
        let start: Time = "2026-11-21T09:00:00Z".parse().unwrap();
        let pace = Pace { poll: Span::seconds(10), sweep: Span::seconds(60) };
        let id = SourceId::new(SourceKind::Events, Region::new("eu-west-1"));
        let mut feed = Feed::new(id, pace, Span::seconds(3_600), start);
        let (mut now, mut given) = (start, 0);
        while now < start + TimeDelta::hours(2) {
            if let Action::Wait(until) = feed.next(now) {
                now = until;
                continue;
            }
            let event = record::read(record::Envelope::bare(Region::new("eu-west-1"), record), now);
            given += feed.page(now, Page { events: vec![Found { at: None, event }], token: None }).len();
        }
        given
    }

    #[test]
    fn an_event_without_id_and_time_is_known_by_its_bytes() {
        for record in ["", "{}", "not json", r#"{"eventName":"CreateUser"}"#] {
            assert_eq!(given(record), 1, "{record}");
        }
    }
}
