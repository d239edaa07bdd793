//! What happens beside calls, in the envelope that it has on the account's bus.
//!
//! Sources: EventBridge event reference, "CloudWatch Alarm State Change"; S3 user guide, "EventBridge event message
//! structure".

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::{
    model::{Alarm, AlarmState, Restore, RestoreState, Time},
    rules::Subject,
};

/// A thing that happened, and by what it is told from others.
#[derive(Debug)]
pub struct Happening {
    /// The same again when the same thing is seen again.
    pub id: String,
    pub time: Time,
    pub subject: Subject,
}

/// The change of an alarm from a state to the one it is in.
pub fn alarm_changed(before: AlarmState, alarm: &Alarm, account: &str, now: Time) -> Option<Happening> {
    let time = alarm.since.or(alarm.updated).unwrap_or(now);
    let id = format!("alarm/{}/{}/{}", alarm.region.as_str(), alarm.name, time.timestamp_millis());
    let detail = json!({
        "alarmName": alarm.name,
        "state": {
            "value": alarm.state.as_str(),
            "reason": alarm.reason,
            "reasonData": alarm.reason_data,
            "timestamp": time.to_rfc3339_opts(SecondsFormat::Millis, false),
        },
        "previousState": { "value": before.as_str() },
        "configuration": { "description": alarm.description },
    });
    let source = ("aws.cloudwatch", "CloudWatch Alarm State Change");
    happening(id, source, (account, alarm.region.as_str(), &alarm.arn), time, detail)
}

/// The change of a restore from what it was, or from nothing, to what it is; `None` when nothing has changed.
pub fn restore_changed(before: Option<RestoreState>, restore: &Restore, account: &str, now: Time) -> Option<Happening> {
    let (kind, time) = match (before, restore.state) {
        (None | Some(RestoreState::Expired { .. }), RestoreState::InProgress) => ("Object Restore Initiated", now),
        (Some(RestoreState::InProgress), RestoreState::Ready { .. }) => ("Object Restore Completed", now),
        (Some(RestoreState::Ready { .. }), RestoreState::Expired { expires }) => ("Object Restore Expired", expires),
        _ => return None,
    };
    let bucket = &restore.place.bucket;
    let mut detail = json!({
        "version": "0",
        "bucket": { "name": bucket },
        "object": { "key": restore.key, "size": restore.size },
        "source-storage-class": restore.storage_class.0,
    });
    if let (RestoreState::Ready { expires }, Some(fields)) = (restore.state, detail.as_object_mut()) {
        let expires = expires.to_rfc3339_opts(SecondsFormat::Secs, true);
        fields.insert("restore-expiry-time".to_owned(), Value::String(expires));
    }
    let id = format!("{kind}/{}/{}", restore.uri(), time.timestamp());
    let arn = format!("arn:aws:s3:::{bucket}");
    happening(id, ("aws.s3", kind), (account, restore.region.as_str(), &arn), time, detail)
}

fn happening(
    id: String,
    (source, kind): (&str, &str),
    (account, region, resource): (&str, &str, &str),
    time: Time,
    detail: Value,
) -> Option<Happening> {
    let envelope = json!({
        "version": "0",
        "id": id,
        "detail-type": kind,
        "source": source,
        "account": account,
        "time": time.to_rfc3339_opts(SecondsFormat::Secs, true),
        "region": region,
        "resources": [resource],
        "detail": detail,
    });
    let subject = Subject::envelope_of(&envelope.to_string()).ok()?;
    Some(Happening { id, time, subject })
}
