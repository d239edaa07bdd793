//! Drives a feed with something that answers its questions.

use chrono::TimeDelta;

use super::{Action, Feed, Page, Position, Question};
use crate::{
    model::{SourceHealth, Time, Update},
    source::{Batch, Clock, Deliver, Failure, News, Source},
};

/// What answers a feed's questions.
pub trait Lookup: Send + Sync + 'static {
    /// Sends one request of LookupEvents. `clock` tells when the answer came.
    fn lookup(&self, question: Question, clock: &Clock) -> impl Future<Output = Result<Page, Failure>> + Send;
}

/// A source of events: a feed and what answers it. Tells an update without events now and then, for where it stands.
#[derive(Debug)]
pub struct FeedSource<L> {
    feed: Feed,
    lookup: L,
    /// When it was last said where the feed stands.
    said: Option<Time>,
}

/// Where a feed stands is said with its events, and this often when there are none: a restart then reads no more again.
const SAY_EVERY: TimeDelta = TimeDelta::seconds(60);

impl<L: Lookup> FeedSource<L> {
    pub fn new(feed: Feed, lookup: L) -> Self {
        Self { feed, lookup, said: None }
    }

    async fn step(&mut self, clock: &Clock, deliver: &Deliver) -> Time {
        let question = match self.feed.next(clock()) {
            Action::Wait(until) => return until,
            Action::Ask(question) => question,
        };
        let answer = self.lookup.lookup(question, clock).await;
        let now = clock();
        match answer {
            Ok(page) => {
                let events = self.feed.page(now, page);
                if !events.is_empty() || self.said.is_none_or(|said| now < said || now - said >= SAY_EVERY) {
                    self.said = Some(now);
                    let stands = self.feed.position().map(|position| (self.feed.health().id, position));
                    deliver(News { update: Update::Events(events), stands });
                }
                now
            }
            Err(failure) => self.feed.failed(now, failure),
        }
    }
}

impl<L: Lookup> Source for FeedSource<L> {
    fn health(&self) -> SourceHealth {
        self.feed.health()
    }

    fn batch<'a>(&'a mut self, clock: &'a Clock, deliver: &'a Deliver) -> Batch<'a> {
        Box::pin(self.step(clock, deliver))
    }

    fn refresh(&mut self, now: Time) {
        self.feed.refresh(now);
    }

    fn go_on(&mut self, position: Position) {
        self.feed.go_on(position);
    }
}
