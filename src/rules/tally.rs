//! How often a rule matched in each of the last hours, and on what.

use std::collections::VecDeque;

use crate::model::{RuleStatus, Time};

/// Hits by the hour in which the events happened.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The number of the newest hour that is counted, in hours since 1970.
    hour: i64,
    /// That hour and those before it, the newest first.
    hits: [u32; 24],
    last: Option<Time>,
    /// By their times.
    events: VecDeque<(Time, String)>,
}

impl Tally {
    /// Counts an event that happened at `time`.
    pub fn count(&mut self, event: &str, time: Time) {
        let hour = hour_of(time);
        self.go_on(hour);
        if let Some(hits) = usize::try_from(self.hour - hour).ok().and_then(|age| self.hits.get_mut(age)) {
            *hits = hits.saturating_add(1);
        }
        self.last = self.last.max(Some(time));
        let at = self.events.partition_point(|(before, _)| *before <= time);
        self.events.insert(at, (time, event.to_owned()));
        if self.events.len() > RuleStatus::MAX_EVENTS {
            self.events.pop_front();
        }
    }

    /// The hits of the 24 hours up to the one that `now` is in, the oldest first.
    pub fn hits(&self, now: Time) -> [u32; 24] {
        let mut upto_now = self.clone();
        upto_now.go_on(hour_of(now));
        upto_now.hits.reverse();
        upto_now.hits
    }

    /// When the newest event that was counted happened.
    pub fn last(&self) -> Option<Time> {
        self.last
    }

    /// The ids of the newest events, the oldest first.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.events.iter().map(|(_, id)| id.as_str())
    }

    fn go_on(&mut self, hour: i64) {
        let passed = usize::try_from(hour - self.hour).unwrap_or(0);
        if passed > 0 {
            self.hits.rotate_right(passed % 24);
            self.hits[..passed.min(24)].fill(0);
            self.hour = hour;
        }
    }
}

/// The number of the hour that a time is in, in hours since 1970.
pub fn hour_of(time: Time) -> i64 {
    time.timestamp().div_euclid(3_600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_move_back_as_the_hours_go_by() {
        let at = |hour: i64| Time::from_timestamp(hour * 3_600 + 30, 0).unwrap();
        let mut tally = Tally::default();
        for (event, hour) in [("a", 1_000), ("b", 1_000), ("c", 1_003), ("late", 1_001), ("too late", 900)] {
            tally.count(event, at(hour));
        }
        assert_eq!(tally.hits(at(1_003))[20..], [2, 1, 0, 1]);
        assert_eq!(tally.hits(at(1_004))[19..], [2, 1, 0, 1, 0]);
        assert_eq!(tally.hits(at(1_026))[..2], [1, 0]);
        assert_eq!(tally.hits(at(5_000)), [0; 24]);
        assert_eq!(tally.last(), Some(at(1_003)));
        assert_eq!(tally.events().collect::<Vec<_>>(), ["too late", "a", "b", "late", "c"]);
    }
}
