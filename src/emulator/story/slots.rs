//! When the noise happens: time is cut into slots, and one event falls into each.
//!
//! Slots are numbered from the start, backwards below 0: older history, the prelude, and what happens from now on.

use chrono::TimeDelta;

use crate::emulator::Options;

/// How far ordinary noise reaches back before the start, in milliseconds.
const PRELUDE: i64 = 7_200_000;
/// The width of an ordinary slot, in milliseconds: 30 events a minute.
const SLOT: i64 = 2_000;
/// The slots of the prelude.
const PRELUDE_SLOTS: i64 = PRELUDE / SLOT;
/// How far older history may reach back, in milliseconds.
const RETENTION: i64 = 90 * 86_400_000;
/// More events a second than any account has; with more, times would overflow.
const MOST: u32 = 100_000;

/// The slots of an account.
#[derive(Debug)]
pub struct Slots {
    older: i64,
    /// The width of a slot of older history, in milliseconds.
    older_slot: i64,
    /// From the start on, so many slots fill so many milliseconds.
    live: (i64, i64),
}

impl Slots {
    /// The slots for so much older history, and so much from now on.
    pub fn new(options: &Options) -> Self {
        let older = i64::try_from(options.events).unwrap_or(i64::MAX).min(RETENTION - PRELUDE);
        let older_slot = ((RETENTION - PRELUDE) / older.max(1)).min(SLOT);
        let live = match options.rate {
            0 => (1, SLOT),
            rate => (i64::from(rate.min(MOST)), 1_000),
        };
        Self { older, older_slot, live }
    }

    /// The number of the first slot.
    pub fn first(&self) -> i64 {
        -PRELUDE_SLOTS - self.older
    }

    /// How long before the start the first slot begins.
    pub fn reach(&self) -> TimeDelta {
        TimeDelta::milliseconds(PRELUDE + self.older * self.older_slot)
    }

    /// The last slot that begins at or before a millisecond of the story.
    pub fn at(&self, millisecond: i64) -> i64 {
        let (slots, span) = self.live;
        match millisecond {
            0.. => ((millisecond + 1) * slots - 1).div_euclid(span),
            _ if millisecond >= -PRELUDE => millisecond.div_euclid(SLOT),
            _ => (millisecond + PRELUDE).div_euclid(self.older_slot) - PRELUDE_SLOTS,
        }
    }

    /// When a slot begins, and how wide it is, at least 1: milliseconds of the story.
    pub fn bounds(&self, slot: i64) -> (i64, i64) {
        let begin = |slot: i64| match slot {
            0.. => slot * self.live.1 / self.live.0,
            _ if slot >= -PRELUDE_SLOTS => slot * SLOT,
            _ => (slot + PRELUDE_SLOTS) * self.older_slot - PRELUDE,
        };
        (begin(slot), (begin(slot + 1) - begin(slot)).max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;

    use super::*;

    fn slots(events: usize, rate: u32) -> Slots {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Slots::new(&Options { events, rate, ..Options::new(start, Arc::new(move || start)) })
    }

    #[test]
    fn each_moment_is_in_the_slot_that_began_last() {
        for (events, rate) in [(0, 0), (500, 0), (5_000_000, 3), (10, 300), (0, 2_500)] {
            let slots = slots(events, rate);
            for millisecond in (-9_000_000..20_000).step_by(333) {
                let slot = slots.at(millisecond);
                assert!(slots.bounds(slot).0 <= millisecond, "{slot} at {millisecond}");
                assert!(slots.bounds(slot + 1).0 > millisecond, "{slot} at {millisecond}");
            }
        }
    }

    #[test]
    fn a_rate_is_that_many_events_a_second_from_now_on() {
        for rate in [1, 70, 300, 1_000, 2_500] {
            let slots = slots(0, rate);
            assert_eq!(slots.at(59_999) + 1, i64::from(rate) * 60);
        }
        assert_eq!(slots(0, 0).at(59_999) + 1, 30);
    }

    #[test]
    fn all_history_lies_within_the_reach() {
        for events in [0, 1, 1_000, 1_000_000, 20_000_000] {
            let slots = slots(events, 0);
            let reach = slots.reach();
            assert_eq!(slots.bounds(slots.first()).0, -reach.num_milliseconds());
            assert!(reach <= TimeDelta::days(90), "{reach}");
        }
    }
}
