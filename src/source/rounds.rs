//! A source that asks for everything anew, round after round.

use chrono::TimeDelta;

use super::{Batch, Clock, Deliver, Failure, Report, Source, backoff};
use crate::model::{SourceHealth, SourceId, Time, Update, duration::Span};

/// What can be fetched whole.
pub trait Snapshot: Send + 'static {
    /// Asks, page by page, for all there is. `clock` tells when it came.
    fn fetch(&mut self, clock: &Clock) -> impl Future<Output = Result<Fetched, Failure>> + Send;
}

/// A whole snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    pub update: Update,
    /// The time of the newest thing in it.
    pub newest: Option<Time>,
    /// How many requests it took.
    pub requests: u32,
}

/// Fetches a snapshot every so often.
#[derive(Debug)]
pub struct Rounds<S> {
    snapshot: S,
    every: TimeDelta,
    report: Report,
    due: Option<Time>,
}

impl<S: Snapshot> Rounds<S> {
    /// A source that waits `every` between the end of a round and the next.
    pub fn new(id: SourceId, every: Span, snapshot: S) -> Self {
        Self { snapshot, every: every.chrono(), report: Report::new(id, 0), due: None }
    }

    async fn round(&mut self, clock: &Clock, deliver: &Deliver) -> Time {
        let now = clock();
        // A time further off than a round was reckoned by a clock that has been set back since.
        let due = self.due.filter(|due| *due > now && *due - now <= self.every.max(backoff::LONGEST));
        if let Some(wait) = self.report.blocked(now).or(due) {
            return wait;
        }
        let fetched = self.snapshot.fetch(clock).await;
        let now = clock();
        let next = match fetched {
            Ok(fetched) => {
                self.report.requested(now, fetched.requests);
                self.report.answered(now);
                self.report.newest(fetched.newest);
                deliver(fetched.update.into());
                now + self.every
            }
            Err(failure) => {
                self.report.requested(now, 1);
                self.report.failed(now, failure)
            }
        };
        self.due = Some(next);
        self.report.next(now, next);
        next
    }
}

impl<S: Snapshot> Source for Rounds<S> {
    fn health(&self) -> SourceHealth {
        self.report.health()
    }

    fn batch<'a>(&'a mut self, clock: &'a Clock, deliver: &'a Deliver) -> Batch<'a> {
        Box::pin(self.round(clock, deliver))
    }

    fn refresh(&mut self, _now: Time) {
        self.report.unblock();
        self.due = None;
    }
}
