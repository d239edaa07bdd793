//! A rule and how it does, for whoever shows it.

use std::sync::Arc;

use super::{AccountRule, Region, Severity, Time, duration::Span};

/// One rule, whoever evaluates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleStatus {
    /// Unique; empty for what is [no rule](RuleStatus::broken).
    pub name: String,
    /// What people call it.
    pub title: String,
    pub severity: Severity,
    /// `metric-filter`, `event-pattern` or `sigma`.
    pub language: &'static str,
    pub origin: RuleOrigin,
    pub on: bool,
    /// Whether it is on when nobody has switched it.
    pub on_by_default: bool,
    /// What it looks for, as it was written.
    pub text: String,
    /// Why somebody should look when it fires; may be empty.
    pub reason: String,
    /// Such as `attack.t1078.004`.
    pub tags: Vec<String>,
    /// The names of the channels that are told; with none, all that take its severity.
    pub channels: Vec<String>,
    /// While the same was said this short ago, it is counted and not said again.
    pub cooldown: Span,
    /// What else it is set to, as pairs of a short label and a text, such as its alarm.
    pub settings: Vec<(&'static str, String)>,
    /// The same as lines of a rule file, for a rule that is made of this one; may be empty.
    pub beside: String,
    /// What is wrong with it, or does not do what it looks like; may be empty.
    pub problem: String,
    /// How often it matched in each of the last 24 hours, the oldest first. The last is the hour that runs.
    pub hits: [u32; 24],
    /// When the newest event that it matched happened.
    pub last_hit: Option<Time>,
    /// The ids of the events that it matched last, the oldest first; at most [`RuleStatus::MAX_EVENTS`].
    pub events: Vec<String>,
    /// The account's rule that this is, when it is one: EventBridge evaluates it, not trailwatch.
    pub account: Option<Arc<AccountRule>>,
}

impl RuleStatus {
    /// More events than this are counted, not named.
    pub const MAX_EVENTS: usize = 100;

    /// What stands in a file in place of a rule; `line` is 0 when it is about the whole file. Its text
    /// may say the problem at length.
    pub fn broken(path: String, line: usize, problem: String) -> Self {
        Self {
            name: String::new(),
            title: String::new(),
            severity: Severity::Info,
            language: "",
            origin: RuleOrigin::File { path, line },
            on: false,
            on_by_default: false,
            text: problem.clone(),
            settings: Vec::new(),
            beside: String::new(),
            reason: String::new(),
            tags: Vec::new(),
            channels: Vec::new(),
            cooldown: Span::seconds(0),
            problem,
            hits: [0; 24],
            last_hit: None,
            events: Vec::new(),
            account: None,
        }
    }

    /// Whether there is no rule, only what is wrong.
    pub fn is_broken(&self) -> bool {
        self.name.is_empty()
    }

    /// Takes what was counted of it as a rule of the account.
    pub fn count(&mut self, counted: &AccountHits) {
        self.hits = counted.hits;
        self.last_hit = counted.last_hit;
        self.events.clone_from(&counted.events);
        self.problem.clone_from(&counted.problem);
    }

    /// How often it matched in the last 24 hours.
    pub fn hits_in_a_day(&self) -> u32 {
        self.hits.iter().fold(0, |sum, hits| sum.saturating_add(*hits))
    }
}

/// How often a rule of the account matched what trailwatch saw, in place of what was told of it before. AWS evaluates
/// it; this is what the same text matches here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountHits {
    /// Whose hits these are, together with the name.
    pub origin: RuleOrigin,
    pub name: String,
    /// As [`RuleStatus::hits`].
    pub hits: [u32; 24],
    pub last_hit: Option<Time>,
    /// As [`RuleStatus::events`].
    pub events: Vec<String>,
    /// As [`RuleStatus::problem`].
    pub problem: String,
}

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleOrigin {
    /// Part of trailwatch.
    BuiltIn,
    /// A file of the operator, with the line where the rule starts.
    File { path: String, line: usize },
    /// The account's, on a bus.
    EventBridge { region: Region, bus: String },
    /// The account's, on a log group.
    MetricFilter { region: Region, log_group: String },
}

impl RuleOrigin {
    /// In a word or a place.
    pub fn label(&self) -> String {
        match self {
            RuleOrigin::BuiltIn => "built in".to_owned(),
            RuleOrigin::File { path, line: 0 } => path.clone(),
            RuleOrigin::File { path, line } => format!("{path}:{line}"),
            RuleOrigin::EventBridge { region, bus } => format!("{bus}@{region}"),
            RuleOrigin::MetricFilter { region, log_group } => format!("{log_group}@{region}"),
        }
    }

    /// The Region of what is the account's.
    pub fn region(&self) -> Option<&Region> {
        match self {
            RuleOrigin::BuiltIn | RuleOrigin::File { .. } => None,
            RuleOrigin::EventBridge { region, .. } | RuleOrigin::MetricFilter { region, .. } => Some(region),
        }
    }
}
