//! What happened to an alarm, as DescribeAlarmHistory tells it.

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::Watched;
use super::evaluate::State;
use super::reason::{Reason, stamp};
use crate::emulator::ACCOUNT;

/// An item of an alarm's history.
#[derive(Clone, Debug)]
pub struct Item {
    pub at: DateTime<Utc>,
    /// `ConfigurationUpdate`, `StateUpdate` or `Action`.
    pub kind: &'static str,
    pub summary: String,
    pub data: Json,
}

impl Item {
    /// The alarm was created.
    pub fn created(watched: &Watched) -> Self {
        let data = json!({
            "version": "1.0",
            "type": "Create",
            "createdAlarm": configuration(watched, watched.actions_enabled),
        });
        let summary = format!("Alarm \"{}\" created", watched.alarm.name);
        Self { at: watched.created, kind: "ConfigurationUpdate", summary, data }
    }

    /// Its actions were switched.
    pub fn switched(watched: &Watched, enabled: bool, at: DateTime<Utc>) -> Self {
        let data = json!({
            "version": "1.0",
            "type": "Update",
            "updatedAlarm": configuration(watched, enabled),
        });
        let word = if enabled { "enabled" } else { "disabled" };
        let summary = format!("Alarm actions {word} for {}", watched.alarm.name);
        Self { at, kind: "ConfigurationUpdate", summary, data }
    }

    /// Its state became another one.
    pub fn changed(watched: &Watched, before: &(State, Reason), at: DateTime<Utc>) -> Self {
        let data = json!({
            "version": "1.0",
            "oldState": state(before.0, &before.1),
            "newState": state(watched.state, &watched.reason),
        });
        let summary = format!("Alarm updated from {} to {}", before.0.name(), watched.state.name());
        Self { at, kind: "StateUpdate", summary, data }
    }

    /// A topic was told.
    pub fn acted(watched: &Watched, topic: &str, before: State, at: DateTime<Utc>) -> Self {
        let message = json!({
            "AlarmName": watched.alarm.name,
            "AlarmDescription": watched.alarm.description,
            "AWSAccountId": ACCOUNT,
            "NewStateValue": watched.state.name(),
            "NewStateReason": watched.reason.text,
            "StateChangeTime": stamp(at),
            "Region": watched.alarm.region,
            "AlarmArn": watched.arn(),
            "OldStateValue": before.name(),
            "AlarmActions": watched.actions(),
        });
        let data = json!({
            "actionState": "Succeeded",
            "stateUpdateTimestamp": stamp(at),
            "notificationResource": topic,
            "publishedMessage": message.to_string(),
        });
        Self { at, kind: "Action", summary: format!("Successfully executed action {topic}"), data }
    }
}

fn configuration(watched: &Watched, actions_enabled: bool) -> Json {
    json!({
        "alarmName": watched.alarm.name,
        "alarmArn": watched.arn(),
        "alarmDescription": watched.alarm.description,
        "actionsEnabled": actions_enabled,
        "alarmActions": watched.actions(),
        "type": watched.alarm.kind_name(),
    })
}

fn state(state: State, reason: &Reason) -> Json {
    let mut json = json!({ "stateValue": state.name(), "stateReason": reason.text });
    if let Some(data) = &reason.data {
        json["stateReasonData"] = data.clone();
    }
    json
}
