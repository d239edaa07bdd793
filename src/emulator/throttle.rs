//! Request limits: one token bucket per operation and Region, filled by the emulator's own clock.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// The buckets of an account.
#[derive(Debug, Default)]
pub struct Throttle {
    buckets: Mutex<HashMap<(&'static str, String), Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: DateTime<Utc>,
}

impl Throttle {
    /// Takes a token, or says that there is none. A bucket holds one second's worth.
    pub fn admit(&self, operation: &'static str, region: &str, per_second: u32, now: DateTime<Utc>) -> bool {
        let capacity = f64::from(per_second);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry((operation, region.to_owned())).or_insert(Bucket { tokens: capacity, filled: now });
        let elapsed = (now - bucket.filled).num_milliseconds().max(0) as f64 / 1e3;
        bucket.tokens = (bucket.tokens + elapsed * capacity).min(capacity);
        bucket.filled = now;
        let admitted = bucket.tokens >= 1.0;
        if admitted {
            bucket.tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn two_a_second_and_no_more_per_region() {
        let throttle = Throttle::default();
        let now = DateTime::UNIX_EPOCH;
        let admit = |region, now| throttle.admit("LookupEvents", region, 2, now);
        assert!(admit("eu-west-1", now) && admit("eu-west-1", now));
        assert!(!admit("eu-west-1", now));
        assert!(admit("us-east-1", now));
        assert!(admit("eu-west-1", now + TimeDelta::milliseconds(500)));
        assert!(!admit("eu-west-1", now + TimeDelta::milliseconds(600)));
    }
}
