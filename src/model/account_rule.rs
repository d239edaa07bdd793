//! EventBridge rules of the account, and where they lead.

use super::{Region, RuleOrigin, RuleStatus, Setting, Severity, duration::Span};
use std::sync::Arc;

/// A rule as `ListRules` and `DescribeRule` give it. What it does not have is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRule {
    pub region: Region,
    /// The event bus, by its name.
    pub bus: String,
    /// Unique on its bus.
    pub name: String,
    pub arn: String,
    /// `State`, in EventBridge's word, which may be one that came after this was written.
    pub state: String,
    pub description: String,
    /// `EventPattern`, a JSON text.
    pub pattern: String,
    /// `ScheduleExpression`, such as `rate(5 minutes)`.
    pub schedule: String,
    /// The service that made it and alone may change it, such as `autoscaling.amazonaws.com`.
    pub managed_by: String,
    pub role_arn: String,
}

impl AccountRule {
    /// The bus that every Region has.
    pub const DEFAULT_BUS: &str = "default";

    pub fn origin(&self) -> RuleOrigin {
        RuleOrigin::EventBridge { region: self.region.clone(), bus: self.bus.clone() }
    }

    /// Beyond doubt in its account.
    pub fn key(&self) -> (&Region, &str, &str) {
        (&self.region, &self.bus, &self.name)
    }

    /// How it is switched; `None` for a state that is not known here.
    pub fn setting(&self) -> Option<Setting> {
        Setting::of_rule(&self.state)
    }

    /// Why nobody may switch it from here, if so.
    pub fn locked(&self) -> Option<String> {
        match self {
            rule if !rule.managed_by.is_empty() => {
                Some(format!("{} is managed by {}, which alone may change it", rule.name, rule.managed_by))
            }
            rule if rule.setting().is_none() => {
                Some(format!("{} is in the state {}, which trailwatch does not know", rule.name, rule.state))
            }
            _ => None,
        }
    }

    /// Why no event that trailwatch sees can be one of its hits, if so.
    ///
    /// What AWS itself tells reaches the bus `default` alone (EventBridge user guide, "Event buses").
    pub fn sees_nothing(&self) -> Option<&'static str> {
        match self {
            rule if rule.pattern.is_empty() => Some("not counted: a schedule matches no event"),
            rule if rule.bus != Self::DEFAULT_BUS => {
                Some("not counted: what AWS itself tells reaches the bus default, and trailwatch sees nothing else")
            }
            rule if rule.setting() == Some(Setting::Off) => Some("not counted while it is off"),
            _ => None,
        }
    }

    /// As a row among the rules.
    pub fn status(self: &Arc<Self>) -> RuleStatus {
        let on = self.setting() != Some(Setting::Off);
        let (language, text) = match self.pattern.is_empty() {
            true => ("schedule", &self.schedule),
            false => ("event-pattern", &self.pattern),
        };
        RuleStatus {
            name: self.name.clone(),
            title: self.name.clone(),
            severity: Severity::Info,
            language,
            origin: self.origin(),
            on,
            on_by_default: on,
            text: text.clone(),
            reason: self.description.clone(),
            tags: Vec::new(),
            channels: Vec::new(),
            cooldown: Span::seconds(0),
            settings: Vec::new(),
            beside: String::new(),
            problem: String::new(),
            hits: [0; 24],
            last_hit: None,
            events: Vec::new(),
            account: Some(Arc::clone(self)),
        }
    }
}

/// Where a rule leads: an entry of `ListTargetsByRule`. What it does not have is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTarget {
    pub id: String,
    pub arn: String,
    pub role_arn: String,
    /// What is sent instead of the event: `Input`, `InputPath`, or an `InputTransformer` in words.
    pub input: String,
}
