//! What flows from the sources to whoever listens, and what listeners ask for.

use super::{
    AccountHits, AccountRule, Alarm, AlarmChange, Alert, AlertState, Event, Identity, Message, MetricFilter, Notice,
    Place, Region, Restore, Ring, RuleStatus, RuleTarget, SourceError, SourceHealth, Time, Write, Written,
};

/// One thing a source has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// Who is asking; once, and again when credentials change.
    Identity(Identity),
    /// Events not given before, in any order, each `EventId` once.
    Events(Vec<Event>),
    /// All alarms of a Region, replacing what was known of it.
    Alarms { region: Region, at: Time, alarms: Vec<Alarm> },
    /// All objects under restore in a place, replacing what was known of it.
    Restores { place: Place, at: Time, restores: Vec<Restore> },
    /// Alerts that are new or have changed; each replaces the one with its id.
    Alerts(Vec<Alert>),
    /// Every rule and how it does, replacing what was known.
    Rules(Vec<RuleStatus>),
    /// All EventBridge rules of a Region, on every bus, replacing what was known of it.
    AccountRules { region: Region, at: Time, rules: Vec<AccountRule> },
    /// All metric filters of a Region, replacing what was known of it.
    MetricFilters { region: Region, at: Time, filters: Vec<MetricFilter> },
    /// Rules of the account, of EventBridge or metric filters, whose hits are new or have changed.
    AccountHits(Vec<AccountHits>),
    /// The answer to [`Request::RuleTargets`] with the same id.
    RuleTargets { id: u64, targets: Result<Vec<RuleTarget>, SourceError> },
    /// Every change of an account that the journal has, the oldest first, replacing what was known; and what is wrong
    /// with the journal, if anything is.
    Journal { changes: Vec<Written>, problem: Option<String> },
    /// What became of a change that was asked for.
    Wrote { write: Write, result: Result<(), SourceError> },
    /// The answer to [`Request::SaveRule`] with the same file: the path that was written, or why none was and what to do.
    RuleSaved { file: String, path: Result<String, String> },
    /// What was kept before: events to be shown that were judged already, the newest first, and alerts.
    Recalled { events: Vec<Event>, alerts: Vec<Alert> },
    /// A sentence for whoever watches.
    Said(String),
    /// What a person is told from now on; each once.
    Notices(Vec<Notice>),
    /// The newest messages of the outbox, the newest first, replacing what was known.
    Messages(Vec<Message>),
    /// The terminal is asked to make itself heard.
    Ring(Ring),
    /// How a source is doing.
    Source(SourceHealth),
    /// The answer to [`Request::AlarmHistory`] with the same id, newest first.
    AlarmHistory { id: u64, history: Result<Vec<AlarmChange>, SourceError> },
}

/// What a listener can ask of the sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Ask every source as soon as its budget allows.
    Refresh,
    /// The newest history of an alarm. The id comes back with the answer, so that a stale one can be told.
    AlarmHistory { id: u64, region: Region, name: String },
    /// Switch a rule of trailwatch's own on or off; it stays so over a restart.
    SwitchRule { name: String, on: bool },
    /// Where an EventBridge rule leads. The id comes back with the answer.
    RuleTargets { id: u64, region: Region, bus: String, name: String },
    /// Open or close the gate to changes of the account, for this run.
    Arm(bool),
    /// Change the account: only asked when the operator has seen the call and said yes.
    Write(Box<Write>),
    /// Write a new file of this name with this text into the folder of the operator's rules.
    SaveRule { file: String, text: String },
    /// Note what was done with an alert.
    Alert { id: String, state: AlertState },
    /// Try this message of the outbox now, also one that was given up; without a number, all that wait.
    Retry(Option<i64>),
}
