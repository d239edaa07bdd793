//! CloudWatch alarms and their changes.

use serde::{Deserialize, Serialize};

use super::{Region, Time};

/// An alarm as `DescribeAlarms` gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    pub region: Region,
    /// Unique in its account and Region over all kinds.
    pub name: String,
    pub arn: String,
    pub kind: AlarmKind,
    pub description: String,
    pub state: AlarmState,
    /// `StateReason`, in CloudWatch's words.
    pub reason: String,
    /// `StateReasonData`, a JSON text; may be empty.
    pub reason_data: String,
    /// `StateTransitionedTimestamp`: when the state last changed. `None` for an alarm that never changed.
    pub since: Option<Time>,
    /// `StateUpdatedTimestamp`: when the state was last written, changed or not.
    pub updated: Option<Time>,
    /// `ActionsEnabled`.
    pub actions_enabled: bool,
    /// ARNs told on ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs told on OK.
    pub ok_actions: Vec<String>,
    /// ARNs told on INSUFFICIENT_DATA.
    pub insufficient_data_actions: Vec<String>,
    /// `EvaluationState`, such as `PARTIAL_DATA`; empty when all is well.
    pub evaluation_state: String,
    /// `ActionsSuppressedBy` with its reason, for a composite alarm whose actions are held back; may be empty.
    pub suppressed_by: String,
    /// What is watched, in one line: the metric and its threshold, the rule of a composite alarm, the query of a log
    /// alarm.
    pub condition: String,
    /// `TreatMissingData`; empty for what has none.
    pub missing_data: String,
    /// The account's settings as pairs of name and value, in the order of the API, for the detail.
    pub settings: Vec<(String, String)>,
}

impl Alarm {
    /// How a person names the alarm beyond doubt.
    pub fn key(&self) -> (&Region, &str) {
        (&self.region, &self.name)
    }

    /// The namespace and the name of the metric that it watches, if it watches one by its name.
    pub fn metric(&self) -> Option<(&str, &str)> {
        let setting = |name: &str| self.settings.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
        setting("Namespace").zip(setting("MetricName"))
    }

    /// Whether a metric without data turns it grey: what `PutMetricAlarm` does when `TreatMissingData` is not said.
    pub fn goes_grey(&self) -> bool {
        ["", "missing"].contains(&self.missing_data.as_str())
    }

    /// Whether its actions would tell somebody: `on`, `off`, `none` or `suppressed`.
    pub fn actions_in_a_word(&self) -> &'static str {
        match self {
            alarm if !alarm.suppressed_by.is_empty() => "suppressed",
            alarm if !alarm.actions_enabled => "off",
            alarm if alarm.tells_nobody() => "none",
            _ => "on",
        }
    }

    /// Nobody is told when it goes to ALARM, because no action is set there.
    pub fn tells_nobody(&self) -> bool {
        self.alarm_actions.is_empty()
    }
}

/// `AlarmType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AlarmKind {
    Metric,
    Composite,
    Log,
}

impl AlarmKind {
    pub fn as_str(self) -> &'static str {
        match self {
            AlarmKind::Metric => "metric",
            AlarmKind::Composite => "composite",
            AlarmKind::Log => "log",
        }
    }
}

/// `StateValue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    Ok,
    Alarm,
    InsufficientData,
}

impl AlarmState {
    /// AWS's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            AlarmState::Ok => "OK",
            AlarmState::Alarm => "ALARM",
            AlarmState::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// AWS's own word read; `None` for a word that is not one of the three.
    pub fn parse(word: &str) -> Option<Self> {
        [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData].into_iter().find(|s| s.as_str() == word)
    }
}

/// One entry of `DescribeAlarmHistory`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmChange {
    pub time: Time,
    /// `HistoryItemType`: `StateUpdate`, `ConfigurationUpdate`, `Action`, …
    pub kind: String,
    /// `HistorySummary`, such as `Alarm updated from OK to ALARM`.
    pub summary: String,
    /// `HistoryData`, a JSON text.
    pub data: String,
}
