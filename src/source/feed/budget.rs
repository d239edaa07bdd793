//! How many requests a feed may send.

use chrono::TimeDelta;

use crate::model::Time;

/// One request a second in a Region: half of what CloudTrail gives to everybody in the account together.
///
/// Source: CloudTrail API reference, LookupEvents: "limited to two per second, per account, per Region". A Region has
/// one feed, so that the feed can hold the Region's budget.
#[derive(Debug, Default)]
pub struct Budget {
    last: Option<Time>,
}

/// The shortest time between two requests.
const APART: TimeDelta = TimeDelta::seconds(1);

impl Budget {
    /// Requests allowed in a minute.
    pub const PER_MINUTE: u32 = 60;

    /// Until when no request may be sent; `None` when one may. After the clock was set back, it is a second from now.
    pub fn wait(&mut self, now: Time) -> Option<Time> {
        let last = self.last.as_mut()?;
        *last = (*last).min(now);
        Some(*last + APART).filter(|free| *free > now)
    }

    /// A request is sent.
    pub fn spend(&mut self, now: Time) {
        self.last = Some(now);
    }
}
