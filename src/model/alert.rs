//! What a rule said when it fired.

use serde::{Deserialize, Serialize};

use super::{Severity, Time};

/// A rule that fired, once or several times with the same message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The rule's name and the id of the first event behind it: the same again when the same events are read again.
    pub id: String,
    /// The rule's name.
    pub rule: String,
    pub severity: Severity,
    /// The rule's message. Parts of it were chosen by whoever made the call: whoever shows it makes it safe first.
    pub message: String,
    /// When the first of its events happened.
    pub first: Time,
    /// When the last of its events happened.
    pub last: Time,
    /// When it was first raised here.
    pub raised: Time,
    /// How often the rule said this.
    pub count: u32,
    /// The ids of the events behind it, in the order in which they were seen; at most [`Alert::MAX_EVENTS`], the first
    /// and then the latest.
    pub events: Vec<String>,
    /// Its first event came late: it was told of when the feed had already shown what happened well after it.
    pub late: bool,
    pub state: AlertState,
}

impl Alert {
    /// More events than this are counted, not named.
    pub const MAX_EVENTS: usize = 200;

    /// Whether somebody still has to look at it.
    pub fn is_open(&self, now: Time) -> bool {
        match self.state {
            AlertState::Open => true,
            AlertState::Acknowledged => false,
            AlertState::Snoozed { until } => until <= now,
        }
    }
}

/// What was done with an alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertState {
    /// Nothing yet.
    #[default]
    Open,
    /// Somebody saw it.
    Acknowledged,
    /// Somebody wants to hear of it later.
    Snoozed { until: Time },
}

impl AlertState {
    /// The word used in JSON and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            AlertState::Open => "open",
            AlertState::Acknowledged => "acknowledged",
            AlertState::Snoozed { .. } => "snoozed",
        }
    }
}
