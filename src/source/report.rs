//! What every source keeps of its own health.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{Failure, FailureKind, backoff};
use crate::model::{SourceError, SourceHealth, SourceId, SourceState, Time};

/// A source's health with what it takes to keep it: the requests of the last minute and the failures in a row.
#[derive(Debug)]
pub struct Report {
    health: SourceHealth,
    requests: VecDeque<Time>,
    failures: u32,
    blocked: Option<Time>,
}

impl Report {
    /// A source that has not been asked; `budget_per_minute` is 0 for one without a budget of its own.
    pub fn new(id: SourceId, budget_per_minute: u32) -> Self {
        let health = SourceHealth::starting(id, budget_per_minute);
        Self { health, requests: VecDeque::new(), failures: 0, blocked: None }
    }

    pub fn id(&self) -> &SourceId {
        &self.health.id
    }

    /// The health as last told.
    pub fn health(&self) -> SourceHealth {
        self.health.clone()
    }

    /// Until when the source has to be left alone after a failure.
    ///
    /// A wait longer than there can be was reckoned by a clock that has been set back since, and is over.
    pub fn blocked(&self, now: Time) -> Option<Time> {
        self.blocked.filter(|until| *until > now && *until - now <= backoff::LONGEST)
    }

    /// Ends the wait after a failure. One after a throttling answer is kept: the service asked for it.
    pub fn unblock(&mut self) {
        if !matches!(self.health.state, SourceState::Throttled { .. }) {
            self.blocked = None;
        }
    }

    /// Requests were sent.
    pub fn requested(&mut self, now: Time, count: u32) {
        self.requests.extend((0..count).map(|_| now));
        self.forget_old_requests(now);
    }

    /// The source was asked with success.
    pub fn answered(&mut self, now: Time) {
        self.failures = 0;
        self.blocked = None;
        self.health.state = SourceState::Live;
        self.health.polled = Some(now);
    }

    /// A request failed. Gives the time of the next try.
    pub fn failed(&mut self, now: Time, failure: Failure) -> Time {
        self.failures += 1;
        let until = backoff::next_try(failure.kind, self.failures, now);
        self.blocked = Some(until);
        self.health.next = Some(until);
        let throttled = failure.kind == FailureKind::Throttled;
        let error = SourceError { since: self.failing_since(throttled).unwrap_or(now), ..failure.error };
        self.health.state = match throttled {
            true => SourceState::Throttled { until, error },
            false => SourceState::Failed(error),
        };
        until
    }

    /// When the source will be asked next.
    pub fn next(&mut self, now: Time, next: Time) {
        self.forget_old_requests(now);
        self.health.next = Some(next);
    }

    /// The time of the newest thing that the source gave.
    pub fn newest(&mut self, newest: Option<Time>) {
        self.health.newest = self.health.newest.max(newest);
    }

    /// For what only some sources tell: progress and how far they are behind.
    pub fn health_mut(&mut self) -> &mut SourceHealth {
        &mut self.health
    }

    /// Since when it has failed in the same way.
    fn failing_since(&self, throttled: bool) -> Option<Time> {
        match &self.health.state {
            SourceState::Failed(error) if !throttled => Some(error.since),
            SourceState::Throttled { error, .. } if throttled => Some(error.since),
            _ => None,
        }
    }

    fn forget_old_requests(&mut self, now: Time) {
        self.requests.retain(|at| (now - TimeDelta::minutes(1)..=now).contains(at));
        self.health.requests_last_minute = self.requests.len() as u32;
    }
}
