//! One walk through a stretch of time, newest first, page by page.

use chrono::TimeDelta;

use crate::model::{Event, Time};

/// One request of LookupEvents.
///
/// `from` and `to` stay the same for all pages of a scan: CloudTrail refuses a token with other parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// `StartTime`: whole seconds, inclusive.
    pub from: Time,
    /// `EndTime`: whole seconds, inclusive.
    pub to: Time,
    /// `NextToken` of the page before.
    pub token: Option<String>,
}

/// One page that LookupEvents gave, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub events: Vec<Found>,
    /// `NextToken`; none on the last page.
    pub token: Option<String>,
}

/// An event, and where the API keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The API's own `EventTime`, if it gives one. The time inside the record can be wrong; this one orders the pages.
    pub at: Option<Time>,
    pub event: Event,
}

/// What a page says of the walk.
#[derive(Debug)]
pub struct Read {
    /// The oldest and the newest event on it.
    pub oldest: Option<Time>,
    pub newest: Option<Time>,
    pub events: usize,
    /// Whether an event on it had not been given before.
    pub any_new: bool,
    pub token: Option<String>,
}

impl Read {
    pub fn new(found: &[Found], token: Option<String>) -> Self {
        let times = || found.iter().filter_map(|f| f.at);
        Self { oldest: times().min(), newest: times().max(), events: found.len(), any_new: false, token }
    }
}

/// A walk through a frozen window, and how far it has come.
#[derive(Clone, Debug)]
pub struct Scan {
    from: Time,
    to: Time,
    token: Option<String>,
    /// The second the walk is in: all after it is read, and it may be read in part.
    reached: Time,
    /// The oldest second that has to be read.
    pub floor: Time,
}

impl Scan {
    /// A walk through all of `from..=to`.
    pub fn new(from: Time, to: Time) -> Self {
        Self { from, to, token: None, reached: to, floor: from }
    }

    /// The same walk, which may stop at `floor`.
    pub fn down_to(self, floor: Time) -> Self {
        Self { floor, ..self }
    }

    pub fn question(&self) -> Question {
        Question { from: self.from, to: self.to, token: self.token.clone() }
    }

    /// The newest second of the window.
    pub fn top(&self) -> Time {
        self.to
    }

    /// Everything after this second is read.
    pub fn reached(&self) -> Time {
        self.reached
    }

    /// Whether anything came of it yet.
    pub fn is_started(&self) -> bool {
        self.token.is_some() || self.reached < self.to
    }

    /// Whether all from `second` to the newest end is read.
    pub fn is_past(&self, second: Time) -> bool {
        self.reached < second
    }

    /// Whether this second has to be read and is not yet, or in part.
    pub fn owes(&self, second: Time) -> bool {
        (self.floor..=self.reached).contains(&second)
    }

    /// Puts a time into the window, for an API that says it found something outside.
    pub fn clamp(&self, time: Time) -> Time {
        time.clamp(self.from, self.to)
    }

    /// A page came. True when nothing older is left in the window.
    pub fn advance(&mut self, read: &Read) -> bool {
        self.token.clone_from(&read.token);
        self.reached = match self.token {
            Some(_) => self.reached.min(read.oldest.unwrap_or(self.reached)),
            None => self.from - TimeDelta::seconds(1),
        };
        self.token.is_none()
    }

    /// The token was refused: what is left is a new window, which begins in the second that may be read in part.
    pub fn restart(&mut self) {
        self.token = None;
        self.to = self.reached;
    }
}
