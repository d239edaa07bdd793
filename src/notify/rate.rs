//! How much a channel takes: a token bucket.

use crate::{config::notify::Rate, model::Time};

/// A bucket of tokens, kept as the moment at which it is full again: the generic cell rate algorithm.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bucket {
    full: Time,
}

impl Bucket {
    /// Takes a token, if there is one. A full bucket has as many as the rate has messages, and one comes back after each
    /// such part of its span.
    pub fn take(&mut self, rate: Rate, now: Time) -> bool {
        let per = rate.per.chrono();
        let token = per / i32::try_from(rate.most).unwrap_or(i32::MAX).max(1);
        // A clock that was set back must not keep it empty for longer than it takes to fill.
        self.full = self.full.clamp(now, now + per);
        let full = self.full + token;
        let is_there = full - now <= per;
        if is_there {
            self.full = full;
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::model::duration::Span;

    fn at(second: i64) -> Time {
        Time::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    const RATE: Rate = Rate { most: 4, per: Span::seconds(60) };

    #[test]
    fn a_full_bucket_gives_all_it_has_and_then_one_after_the_other() {
        let mut bucket = Bucket::default();
        let taken = |bucket: &mut Bucket, second| (0..10).filter(|_| bucket.take(RATE, at(second))).count();
        assert_eq!([0, 14, 15, 16, 45, 600].map(|second| taken(&mut bucket, second)), [4, 0, 1, 0, 2, 4]);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_empty_it_for_long() {
        let mut bucket = Bucket::default();
        assert_eq!((0..10).filter(|_| bucket.take(RATE, at(7_200))).count(), 4);
        assert!(!bucket.take(RATE, at(0)));
        assert!(bucket.take(RATE, at(60)));
    }

    proptest! {
        #[test]
        fn in_no_span_more_is_taken_than_twice_the_rate(
            steps in prop::collection::vec(0_i64..30, 1..200), most in 1_u32..30, per in 1_u64..600
        ) {
            let (rate, mut bucket, mut now) = (Rate { most, per: Span::seconds(per) }, Bucket::default(), at(0));
            let mut taken: Vec<Time> = Vec::new();
            for step in steps {
                now += TimeDelta::seconds(step);
                if bucket.take(rate, now) {
                    taken.push(now);
                }
            }
            for (n, first) in taken.iter().enumerate() {
                let within = taken[n..].iter().take_while(|time| **time - *first < rate.per.chrono()).count();
                prop_assert!(within <= 2 * most as usize, "{within}");
            }
        }
    }
}
