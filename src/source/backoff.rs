//! How long to leave a service alone after it failed.

use chrono::TimeDelta;

use super::FailureKind;
use crate::model::Time;

/// No wait is longer.
pub const LONGEST: TimeDelta = TimeDelta::seconds(60);

/// The time of the next try after `failures` failures in a row: 2 s to 60 s when throttled, 5 s to 60 s otherwise.
///
/// The span doubles with each failure and the try falls anywhere in it, so that many watchers of one account do not
/// come back together. The moment of the failure is chance enough for that, and keeps this a function.
pub fn next_try(kind: FailureKind, failures: u32, now: Time) -> Time {
    let shortest: i64 = if kind == FailureKind::Throttled { 2_000 } else { 5_000 };
    let longest = shortest.saturating_mul(1 << failures.clamp(1, 16)).min(LONGEST.num_milliseconds());
    let chance = scramble(now.timestamp_micros() as u64) % (longest - shortest + 1) as u64;
    now + TimeDelta::milliseconds(shortest + chance as i64)
}

/// The finalizer of SplitMix64: near numbers come out far apart.
fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn waits_grow_from_the_shortest_to_a_minute_and_are_spread() {
        for (kind, shortest) in [(FailureKind::Throttled, 2_000), (FailureKind::Other, 5_000)] {
            let mut waits = Vec::new();
            for moment in 0..500 {
                let now = DateTime::from_timestamp_millis(1_700_000_000_000 + moment).unwrap();
                let first = (next_try(kind, 1, now) - now).num_milliseconds();
                let tenth = (next_try(kind, 10, now) - now).num_milliseconds();
                assert!((shortest..=2 * shortest).contains(&first), "{first}");
                assert!((shortest..=60_000).contains(&tenth), "{tenth}");
                waits.push(tenth);
            }
            assert!(waits.iter().max() > Some(&50_000) && waits.iter().min() < Some(&10_000));
        }
    }
}
