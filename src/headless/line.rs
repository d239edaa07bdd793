//! One update as a line of JSON.
//!
//! Times are RFC 3339 in UTC. A field that AWS left out is `null`, never missing. No character that could steer a
//! terminal stands in a line: each is a JSON escape, which means the same.

use serde_json::{Value, json};

use crate::model::{
    Alarm, Alert, AlertState, Event, Message, Restore, SourceError, SourceHealth, SourceState, Time, text::visible_json,
};

/// `kind` (`event`), `id` (`eventID`), `time`, `region`, `late`, and `record`: the record as CloudTrail gave it, key by
/// key and digit by digit, or a JSON string when it is not valid JSON.
pub fn event(event: &Event) -> String {
    let head = json!({
        "kind": "event",
        "id": event.id,
        "time": time(event.time),
        "region": event.region.as_str(),
        "late": event.late,
    });
    let record = event.record.trim();
    let record = match serde_json::from_str::<serde::de::IgnoredAny>(record) {
        Ok(_) => record.to_owned(),
        Err(_) => Value::from(event.record.as_str()).to_string(),
    };
    let mut line = head.to_string();
    line.pop();
    visible_json(&format!("{line},\"record\":{record}}}")).into_owned()
}

/// `kind` (`alarm`), `region`, `name`, `type` (`metric`, `composite`, `log`), `arn`, `description`, `state` (`OK`,
/// `ALARM`, `INSUFFICIENT_DATA`), `since`, `updated`, `reason`, `condition`, `missing_data`, `evaluation_state`,
/// `actions_enabled`, `suppressed_by`, and the ARNs of `alarm_actions`, `ok_actions` and `insufficient_data_actions`.
pub fn alarm(alarm: &Alarm) -> String {
    safe(&json!({
        "kind": "alarm",
        "region": alarm.region.as_str(),
        "name": alarm.name,
        "type": alarm.kind.as_str(),
        "arn": alarm.arn,
        "description": alarm.description,
        "state": alarm.state.as_str(),
        "since": alarm.since.map(time),
        "updated": alarm.updated.map(time),
        "reason": alarm.reason,
        "condition": alarm.condition,
        "missing_data": alarm.missing_data,
        "evaluation_state": alarm.evaluation_state,
        "actions_enabled": alarm.actions_enabled,
        "suppressed_by": alarm.suppressed_by,
        "alarm_actions": alarm.alarm_actions,
        "ok_actions": alarm.ok_actions,
        "insufficient_data_actions": alarm.insufficient_data_actions,
    }))
}

/// `kind` (`alert`), `id`, `rule`, `severity`, `message`, `first` and `last` (when the events behind it happened),
/// `raised`, `count`, `events` (ids, at most 200), `late`, `state` (`open`, `acknowledged`, `snoozed`) and
/// `snoozed_until`. The same `id` comes again when the alert has changed.
pub fn alert(alert: &Alert) -> String {
    let until = match alert.state {
        AlertState::Snoozed { until } => Some(time(until)),
        AlertState::Open | AlertState::Acknowledged => None,
    };
    safe(&json!({
        "kind": "alert",
        "id": alert.id,
        "rule": alert.rule,
        "severity": alert.severity.as_str(),
        "message": alert.message,
        "first": time(alert.first),
        "last": time(alert.last),
        "raised": time(alert.raised),
        "count": alert.count,
        "events": alert.events,
        "late": alert.late,
        "state": alert.state.as_str(),
        "snoozed_until": until,
    }))
}

/// `kind` (`message`), `id`, `channel`, `state` (`waiting`, `sent`, `failed`, `held`), `tries`, `said`, `made`, and of
/// its notice `idempotency_key`, `notice` (its kind), `severity`, `title`, `text`, `subject`.
pub fn message(message: &Message) -> String {
    let notice = &message.notice;
    safe(&json!({
        "kind": "message",
        "id": message.id,
        "channel": message.channel,
        "state": message.state.as_str(),
        "tries": message.tries,
        "said": message.said,
        "made": time(message.made),
        "idempotency_key": notice.key,
        "notice": notice.kind.as_str(),
        "severity": notice.severity.as_str(),
        "title": notice.title,
        "text": notice.text,
        "subject": notice.subject,
    }))
}

/// `kind` (`restore`), `place`, `region`, `bucket`, `key`, `uri`, `storage_class`, `size` (bytes), `state`
/// (`in-progress`, `ready`, `expired`), `expires` (`null` while in progress) and `first_seen`.
pub fn restore(restore: &Restore) -> String {
    safe(&json!({
        "kind": "restore",
        "place": restore.place.to_string(),
        "region": restore.region.as_str(),
        "bucket": restore.place.bucket,
        "key": restore.key,
        "uri": restore.uri(),
        "storage_class": restore.storage_class.0,
        "size": restore.size,
        "state": restore.state.as_str(),
        "expires": restore.deadline().map(time),
        "first_seen": time(restore.first_seen),
    }))
}

/// `kind` (`source`), `source` (such as `events eu-west-1`), `of` (`events`, `sign-ins`, `alarms`, `restores`,
/// `identity`), `region`, `place`, `state` (`starting`, `live`, `throttled`, `failed`), `polled`, `next`, `newest`;
/// `error`, when failed or throttled, with `code`, `message`, `missing_action`, `advice` and `since`; `behind` with `oldest_unread`,
/// `unread_seconds` and `events_per_second`.
pub fn source(health: &SourceHealth) -> String {
    safe(&json!({
        "kind": "source",
        "source": health.id.label(),
        "of": health.id.kind.as_str(),
        "region": health.id.region.as_str(),
        "place": health.id.place.as_ref().map(ToString::to_string),
        "state": state(&health.state),
        "polled": health.polled.map(time),
        "next": health.next.map(time),
        "newest": health.newest.map(time),
        "error": health.state.error().map(error),
        "behind": health.behind.map(|behind| json!({
            "oldest_unread": time(behind.oldest_unread),
            "unread_seconds": behind.unread_seconds,
            "events_per_second": behind.events_per_second,
        })),
    }))
}

/// The word for a state.
pub fn state(state: &SourceState) -> &'static str {
    match state {
        SourceState::Starting => "starting",
        SourceState::Live => "live",
        SourceState::Throttled { .. } => "throttled",
        SourceState::Failed(_) => "failed",
    }
}

fn error(error: &SourceError) -> Value {
    json!({
        "code": error.code,
        "message": error.message,
        "missing_action": error.missing_action,
        "advice": error.advice,
        "since": time(error.since),
    })
}

fn safe(value: &Value) -> String {
    visible_json(&value.to_string()).into_owned()
}

/// `2026-11-21T09:30:00Z`.
pub fn time(time: Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Region, record, text::is_unsafe};

    fn line(record: &str) -> String {
        let envelope =
            record::Envelope { id: "id-1".into(), ..record::Envelope::bare(Region::new("eu-west-1"), record) };
        event(&record::read(envelope, "2026-11-21T09:30:00Z".parse().unwrap()))
    }

    #[test]
    fn a_record_keeps_its_keys_their_order_and_every_digit() {
        let record = r#"{"z":1.10,"a":12345678901234567890123,"m":{"b":1e400,"a":null}}"#;
        assert_eq!(
            line(record),
            format!(
                r#"{{"kind":"event","id":"id-1","time":"2026-11-21T09:30:00Z","region":"eu-west-1","late":false,"record":{record}}}"#
            )
        );
    }

    #[test]
    fn a_source_that_is_slowed_down_says_so_in_the_words_of_the_api() {
        let id = crate::model::SourceId::new(crate::model::SourceKind::Events, Region::new("eu-west-1"));
        let (code, message) = ("ThrottlingException".to_owned(), "Rate exceeded".to_owned());
        let error = SourceError { code, message, missing_action: None, advice: None, since: Time::default() };
        let state = SourceState::Throttled { until: Time::default(), error };
        let line = source(&SourceHealth { state, ..SourceHealth::starting(id, 60) });
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&value["state"], &value["error"]["code"]), (&json!("throttled"), &json!("ThrottlingException")));
        assert_eq!(value["error"]["message"], "Rate exceeded");
    }

    #[test]
    fn a_record_that_is_no_json_is_a_string() {
        for broken in ["{\"a\":", "", "not json", "{\"a\":1} {\"b\":2}"] {
            let value: Value = serde_json::from_str(&line(broken)).unwrap();
            assert_eq!(value["record"], broken);
        }
    }

    #[test]
    fn a_record_is_one_line_and_cannot_steer_a_terminal() {
        let record = "{\n  \"userAgent\": \"x\u{1b}]0;owned\u{7}\u{202e}\u{9b}2J\",\r\n\t\"n\": 1}";
        let line = line(record);
        assert!(!line.contains(is_unsafe), "{line:?}");
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["record"].as_object().map(serde_json::Map::len), None, "raw control characters are not JSON");
        assert_eq!(value["record"], record);
    }
}
