//! What trailwatch can change in an account, as plain data. Nothing else can be changed.

use super::{AccountRule, Region, Time};

/// A thing of the account that can be switched.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Switchable {
    /// An EventBridge rule on a bus.
    Rule { region: Region, bus: String, name: String },
    /// What a CloudWatch alarm does when its state changes.
    AlarmActions { region: Region, name: String },
}

impl Switchable {
    pub fn region(&self) -> &Region {
        match self {
            Switchable::Rule { region, .. } | Switchable::AlarmActions { region, .. } => region,
        }
    }

    /// How a person names it: `root-sign-in on default@us-east-1`, `the actions of checkout@eu-west-1`.
    pub fn label(&self) -> String {
        match self {
            Switchable::Rule { region, bus, name } => format!("{name} on {bus}@{region}"),
            Switchable::AlarmActions { region, name } => format!("the actions of {name}@{region}"),
        }
    }

    /// AWS's word for a setting of it.
    pub fn word(&self, setting: Setting) -> &'static str {
        match (self, setting) {
            (Switchable::Rule { .. }, Setting::Off) => "DISABLED",
            (Switchable::Rule { .. }, Setting::On) => "ENABLED",
            (Switchable::Rule { .. }, Setting::OnWithReads) => WITH_READS,
            (Switchable::AlarmActions { .. }, Setting::Off) => "ActionsEnabled: false",
            (Switchable::AlarmActions { .. }, _) => "ActionsEnabled: true",
        }
    }

    /// AWS's word for a setting of it, read.
    pub fn setting(&self, word: &str) -> Option<Setting> {
        Setting::ALL.into_iter().find(|setting| self.word(*setting) == word)
    }
}

const WITH_READS: &str = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

/// How a thing is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    Off,
    On,
    /// `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`: on, and on CloudTrail's management events that only read as
    /// well. `EnableRule` cannot ask for it (EventBridge API reference), `PutRule` can.
    OnWithReads,
}

impl Setting {
    pub const ALL: [Setting; 3] = [Setting::Off, Setting::On, Setting::OnWithReads];

    /// The `State` of a rule read; `None` for a word that is not known here.
    pub fn of_rule(word: &str) -> Option<Self> {
        match word {
            "DISABLED" => Some(Setting::Off),
            "ENABLED" => Some(Setting::On),
            WITH_READS => Some(Setting::OnWithReads),
            _ => None,
        }
    }

    /// The `ActionsEnabled` of an alarm.
    pub fn of_actions(enabled: bool) -> Self {
        if enabled { Setting::On } else { Setting::Off }
    }
}

/// One change of an account: the thing, and from which setting to which. Only [`Write::new`] makes one, and only of what
/// is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    account: String,
    thing: Switchable,
    before: Setting,
    operation: Operation,
    undoes: Option<String>,
}

/// The calls that change an account: the whole list of those that trailwatch can make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    EnableRule {
        bus: String,
        name: String,
    },
    DisableRule {
        bus: String,
        name: String,
    },
    /// Puts a rule back into [`Setting::OnWithReads`], with all that it has: `PutRule` replaces everything but the
    /// targets, and takes away what it is not given (EventBridge API reference).
    PutRule(Box<AccountRule>),
    EnableAlarmActions {
        name: String,
    },
    DisableAlarmActions {
        name: String,
    },
}

impl Write {
    /// A switch of a thing in an account; `None` for one that is not allowed: into the setting it has, of a rule's state
    /// without the rule, of an alarm into a state that only rules have.
    ///
    /// `rule` is the rule as it is now, when the thing is one.
    pub fn new(
        account: &str,
        thing: Switchable,
        (before, after): (Setting, Setting),
        rule: Option<&AccountRule>,
    ) -> Option<Self> {
        if before == after || rule.is_some_and(|rule| rule.locked().is_some()) {
            return None;
        }
        let operation = match (&thing, after) {
            (Switchable::Rule { bus, name, .. }, Setting::Off) => {
                Operation::DisableRule { bus: bus.clone(), name: name.clone() }
            }
            (Switchable::Rule { bus, name, .. }, Setting::On) => {
                Operation::EnableRule { bus: bus.clone(), name: name.clone() }
            }
            (Switchable::Rule { region, bus, name }, Setting::OnWithReads) => {
                let rule = rule.filter(|rule| rule.key() == (region, bus, name))?;
                Operation::PutRule(Box::new(rule.clone()))
            }
            (Switchable::AlarmActions { name, .. }, Setting::Off) => {
                Operation::DisableAlarmActions { name: name.clone() }
            }
            (Switchable::AlarmActions { name, .. }, Setting::On) => {
                Operation::EnableAlarmActions { name: name.clone() }
            }
            (Switchable::AlarmActions { .. }, Setting::OnWithReads) => return None,
        };
        Some(Self { account: account.to_owned(), thing, before, operation, undoes: None })
    }

    /// The same, as the undoing of the change with this id.
    #[must_use]
    pub fn undoing(self, id: &str) -> Self {
        Self { undoes: Some(id.to_owned()), ..self }
    }

    /// Twelve digits.
    pub fn account(&self) -> &str {
        &self.account
    }

    pub fn thing(&self) -> &Switchable {
        &self.thing
    }

    /// The setting that was shown when the change was asked for.
    pub fn before(&self) -> Setting {
        self.before
    }

    pub fn after(&self) -> Setting {
        match &self.operation {
            Operation::DisableRule { .. } | Operation::DisableAlarmActions { .. } => Setting::Off,
            Operation::EnableRule { .. } | Operation::EnableAlarmActions { .. } => Setting::On,
            Operation::PutRule(_) => Setting::OnWithReads,
        }
    }

    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The id of the change that this one undoes.
    pub fn undoes(&self) -> Option<&str> {
        self.undoes.as_deref()
    }
}

impl Operation {
    /// The service as its IAM actions name it, and the operation.
    pub fn name(&self) -> (&'static str, &'static str) {
        match self {
            Operation::EnableRule { .. } => ("events", "EnableRule"),
            Operation::DisableRule { .. } => ("events", "DisableRule"),
            Operation::PutRule(_) => ("events", "PutRule"),
            Operation::EnableAlarmActions { .. } => ("cloudwatch", "EnableAlarmActions"),
            Operation::DisableAlarmActions { .. } => ("cloudwatch", "DisableAlarmActions"),
        }
    }

    /// The IAM action that it takes.
    pub fn action(&self) -> &'static str {
        match self {
            Operation::EnableRule { .. } => "events:EnableRule",
            Operation::DisableRule { .. } => "events:DisableRule",
            Operation::PutRule(_) => "events:PutRule",
            Operation::EnableAlarmActions { .. } => "cloudwatch:EnableAlarmActions",
            Operation::DisableAlarmActions { .. } => "cloudwatch:DisableAlarmActions",
        }
    }

    /// Every parameter that is sent, by the names of the API; what is empty is not sent.
    pub fn parameters(&self) -> Vec<(&'static str, &str)> {
        match self {
            Operation::EnableRule { bus, name } | Operation::DisableRule { bus, name } => {
                vec![("Name", name), ("EventBusName", bus)]
            }
            Operation::PutRule(rule) => {
                let all = [
                    ("Name", rule.name.as_str()),
                    ("EventBusName", &rule.bus),
                    ("State", WITH_READS),
                    ("EventPattern", &rule.pattern),
                    ("ScheduleExpression", &rule.schedule),
                    ("Description", &rule.description),
                    ("RoleArn", &rule.role_arn),
                ];
                all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
            }
            Operation::EnableAlarmActions { name } | Operation::DisableAlarmActions { name } => {
                vec![("AlarmNames", name)]
            }
        }
    }
}

/// A change as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Unique in the journal.
    pub id: String,
    /// When the call was about to be made.
    pub time: Time,
    pub account: String,
    pub thing: Switchable,
    pub before: Setting,
    pub after: Setting,
    /// The id of the change that it undid.
    pub undoes: Option<String>,
    pub outcome: WriteOutcome,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// The account took it.
    Done,
    /// The account refused it, in its words.
    Refused(String),
    /// The call was about to be made, and no answer is known: the account may have taken it.
    Unknown(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> AccountRule {
        AccountRule {
            region: Region::new("us-east-1"),
            bus: "default".into(),
            name: "reads".into(),
            arn: "arn".into(),
            state: "DISABLED".into(),
            description: "Somebody looks".into(),
            pattern: r#"{"source":["aws.iam"]}"#.into(),
            schedule: String::new(),
            managed_by: String::new(),
            role_arn: String::new(),
        }
    }

    fn thing() -> Switchable {
        Switchable::Rule { region: Region::new("us-east-1"), bus: "default".into(), name: "reads".into() }
    }

    #[test]
    fn a_rule_comes_back_with_reads_only_with_all_that_it_has() {
        let to = (Setting::Off, Setting::OnWithReads);
        assert_eq!(Write::new("1", thing(), to, None), None);
        let other = AccountRule { name: "other".into(), ..rule() };
        assert_eq!(Write::new("1", thing(), to, Some(&other)), None);
        let write = Write::new("1", thing(), to, Some(&rule())).unwrap();
        assert_eq!(write.after(), Setting::OnWithReads);
        let sent: Vec<_> = write.operation().parameters().into_iter().map(|(name, _)| name).collect();
        assert_eq!(sent, ["Name", "EventBusName", "State", "EventPattern", "Description"]);
    }

    #[test]
    fn what_is_managed_or_would_not_change_cannot_be_written() {
        let managed = AccountRule { managed_by: "autoscaling.amazonaws.com".into(), ..rule() };
        assert_eq!(Write::new("1", thing(), (Setting::Off, Setting::On), Some(&managed)), None);
        let odd = AccountRule { state: "NEW_STATE".into(), ..rule() };
        assert_eq!(Write::new("1", thing(), (Setting::On, Setting::Off), Some(&odd)), None);
        assert_eq!(Write::new("1", thing(), (Setting::Off, Setting::Off), Some(&rule())), None);
        let actions = Switchable::AlarmActions { region: Region::new("us-east-1"), name: "x".into() };
        assert_eq!(Write::new("1", actions, (Setting::Off, Setting::OnWithReads), None), None);
    }

    #[test]
    fn the_words_of_the_api_are_read_back() {
        let actions = Switchable::AlarmActions { region: Region::new("us-east-1"), name: "x".into() };
        for setting in Setting::ALL {
            assert_eq!(thing().setting(thing().word(setting)), Some(setting));
            assert_eq!(Setting::of_rule(thing().word(setting)), Some(setting));
        }
        assert_eq!(actions.setting("ActionsEnabled: true"), Some(Setting::On));
        assert_eq!(actions.setting("ActionsEnabled: false"), Some(Setting::Off));
        assert_eq!(actions.setting("DISABLED"), None);
    }
}
