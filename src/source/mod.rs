//! How updates are obtained: each source does one batch and says when it wants to be called again.
//!
//! ```text
//! aws::sources ─┬─ FeedSource ── Feed (pure) ── Lookup      events, sign-ins
//!               └─ Rounds ────── Report (pure) ── Snapshot  alarms, restores, rules, identity
//! ```
//!
//! Only [`aws`] names a type of the AWS SDK. What decides when to ask and what to make of the answer is plain data and
//! takes the time as an argument.

pub mod aws;
mod backoff;
pub mod feed;
mod report;
mod rounds;

use std::{pin::Pin, sync::Arc};

pub use feed::FeedSource;
pub use report::Report;
pub use rounds::{Fetched, Rounds, Snapshot};

use crate::model::{SourceError, SourceHealth, SourceId, Time, Update};

/// Where goes what sources have to say.
pub type Deliver = Arc<dyn Fn(News) + Send + Sync>;

/// What a source has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    pub update: Update,
    /// Where a feed of events stands with that. Whoever keeps it keeps the update with it, or neither.
    pub stands: Option<(SourceId, feed::Position)>,
}

impl From<Update> for News {
    fn from(update: Update) -> Self {
        Self { update, stands: None }
    }
}

/// Tells the time. A source asks it before and after a request, so that an answer is dated when it came.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// One batch under way; it yields when the source wants to be called again.
pub type Batch<'a> = Pin<Box<dyn Future<Output = Time> + Send + 'a>>;

/// What obtains one kind of update from one place.
///
/// Whoever drives it calls [`Source::batch`], waits until the time that it yields, and calls it again. Dropping a batch
/// half-way is allowed: the source takes it for a request that was never sent.
pub trait Source: Send + 'static {
    /// How the source is doing now.
    fn health(&self) -> SourceHealth;

    /// Sends what is due, delivers what came of it, and yields the time of the next call.
    fn batch<'a>(&'a mut self, clock: &'a Clock, deliver: &'a Deliver) -> Batch<'a>;

    /// Makes the next batch due at once, as far as the budget allows.
    fn refresh(&mut self, now: Time);

    /// Goes on from where a feed of the same id stood at the end of the last run. Before the first batch; what is no feed
    /// does nothing.
    fn go_on(&mut self, _position: feed::Position) {}
}

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    /// In the words of the API.
    pub error: SourceError,
}

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Slow down.
    Throttled,
    /// The page token is no longer good: ask again for what is left, without it.
    TokenRefused,
    /// There are no credentials, or they are no longer good.
    Credentials,
    /// Try again later.
    Other,
}
