//! Reads a CloudTrail record as far as it goes.
//!
//! Whatever is missing, of another type or not even JSON falls back to what the API said beside the record, and then to
//! nothing: an event is never dropped for its looks.

mod actor;
mod target;

use chrono::{DateTime, SubsecRound};
use serde_json::Value;

use super::{Event, Outcome, Region, Time, severity};

/// What `LookupEvents` says of an event beside its record.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// `EventId`; may be empty.
    pub id: String,
    /// `EventTime`.
    pub time: Option<Time>,
    /// `EventName`; may be empty.
    pub name: String,
    /// `EventSource`; may be empty.
    pub source: String,
    /// `Username`; may be empty.
    pub username: String,
    /// `ReadOnly`.
    pub read_only: Option<bool>,
    /// The name of the first of `Resources`; may be empty.
    pub resource: String,
    /// The Region that was asked.
    pub region: Region,
    /// `CloudTrailEvent`: the record, a JSON text.
    pub record: String,
}

impl Envelope {
    /// A record of which nothing else is said.
    pub fn bare(region: Region, record: impl Into<String>) -> Self {
        Self {
            id: String::new(),
            time: None,
            name: String::new(),
            source: String::new(),
            username: String::new(),
            read_only: None,
            resource: String::new(),
            region,
            record: record.into(),
        }
    }
}

/// The event that an envelope and its record tell of, first seen at `seen`.
pub fn read(envelope: Envelope, seen: Time) -> Event {
    let record: Value = serde_json::from_str(&envelope.record).unwrap_or(Value::Null);
    let text = |field: &str| record[field].as_str().filter(|s| !s.is_empty());
    let name = text("eventName").unwrap_or(&envelope.name).to_owned();
    let source = text("eventSource").unwrap_or(&envelope.source);
    let read_only = flag(&record["readOnly"]).or(envelope.read_only).unwrap_or_else(|| reads(&name));
    let mut actor = actor::actor(&record);
    if actor.name.is_empty() {
        actor.name.clone_from(&envelope.username);
    }
    let dated = text("eventTime").and_then(time).or(envelope.time);
    let mut event = Event {
        id: text("eventID").unwrap_or(&envelope.id).to_owned(),
        time: dated.unwrap_or(seen),
        seen,
        region: text("awsRegion").map_or_else(|| envelope.region.clone(), Region::new),
        late: false,
        fired: None,
        severity: severity::Severity::Info,
        read_only,
        actor,
        service: source.strip_suffix(".amazonaws.com").unwrap_or(source).to_owned(),
        target: target::target(&record, &name).unwrap_or(envelope.resource),
        source_address: text("sourceIPAddress").unwrap_or_default().to_owned(),
        outcome: outcome(&record),
        name,
        record: envelope.record,
    };
    event.time = super::sane(event.time);
    if event.id.is_empty() {
        event.id = made_up_id(dated, &event);
    }
    event.severity = super::classify::severity(&event, &record);
    event
}

fn time(text: &str) -> Option<Time> {
    DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc().trunc_subsecs(0))
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) => word.parse().ok(),
        _ => None,
    }
}

/// Whether a call only reads, by the first word of its name. For records without `readOnly` (before eventVersion 1.06).
fn reads(name: &str) -> bool {
    ["Get", "List", "Describe", "Lookup", "Head", "BatchGet", "Search", "Query", "Scan", "Check"]
        .iter()
        .any(|verb| name.starts_with(verb))
}

/// An id for a record without one, the same for the same record, so that it is still taken once. When it was first seen
/// is no part of it: that is another moment with each poll.
fn made_up_id(dated: Option<Time>, event: &Event) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (dated, &event.name, &event.record).hash(&mut hasher);
    format!("no-id-{:016x}", hasher.finish())
}

/// `errorCode`, or what a sign-in event says in its response.
fn outcome(record: &Value) -> Outcome {
    let code = record["errorCode"].as_str().unwrap_or_default();
    if !code.is_empty() {
        let denied = ["AccessDenied", "UnauthorizedOperation", "Forbidden", "NotAuthorized"];
        return match denied.iter().any(|word| code.contains(word)) {
            true => Outcome::Denied(code.to_owned()),
            false => Outcome::Failed(code.to_owned()),
        };
    }
    let signed_in = ["ConsoleLogin", "SwitchRole", "CheckMfa"];
    let failed = signed_in.iter().any(|field| record["responseElements"][field].as_str() == Some("Failure"));
    let message = record["errorMessage"].as_str().unwrap_or_default();
    match failed || !message.is_empty() {
        true => Outcome::Failed("Failure".to_owned()),
        false => Outcome::Succeeded,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::model::Severity;

    fn read_record(record: &str) -> Event {
        let envelope = Envelope {
            id: "e-1".into(),
            time: Some(chrono::Utc.timestamp_opt(1_000, 0).unwrap()),
            name: "GetThing".into(),
            source: "thing.amazonaws.com".into(),
            username: "ana".into(),
            read_only: None,
            resource: "thing-1".into(),
            region: Region::new("eu-west-1"),
            record: record.into(),
        };
        read(envelope, chrono::Utc.timestamp_opt(2_000, 0).unwrap())
    }

    #[test]
    fn a_broken_record_is_shown_as_far_as_it_goes() {
        for record in [
            "",
            "null",
            "[]",
            "{\"eventName\":",
            "{\"userIdentity\":[],\"eventName\":7,\"eventTime\":{},\"readOnly\":[]}",
        ] {
            let event = read_record(record);
            assert_eq!((event.id.as_str(), event.name.as_str()), ("e-1", "GetThing"), "{record}");
            assert_eq!((event.service.as_str(), event.target.as_str()), ("thing", "thing-1"));
            assert_eq!(event.actor.name, "ana");
            assert_eq!(event.record, record);
            assert!(event.read_only);
        }
    }

    #[test]
    fn a_record_without_an_id_gets_the_same_one_each_time() {
        let mut envelope = Envelope::bare(Region::new("eu-west-1"), "{}");
        let seen = chrono::Utc.timestamp_opt(2_000, 0).unwrap();
        let first = read(envelope.clone(), seen);
        assert_eq!(first.id, read(envelope.clone(), seen).id);
        assert_eq!(first.id, read(envelope.clone(), seen + chrono::TimeDelta::seconds(10)).id);
        envelope.record = "{\"a\":1}".into();
        assert_ne!(first.id, read(envelope, seen).id);
    }

    #[test]
    fn the_outcome_tells_a_refusal_from_a_failure() {
        for (record, outcome) in [
            ("{}", Outcome::Succeeded),
            (r#"{"errorCode":"AccessDenied"}"#, Outcome::Denied("AccessDenied".into())),
            (r#"{"errorCode":"Client.UnauthorizedOperation"}"#, Outcome::Denied("Client.UnauthorizedOperation".into())),
            (r#"{"errorCode":"NoSuchBucket"}"#, Outcome::Failed("NoSuchBucket".into())),
            (r#"{"responseElements":{"ConsoleLogin":"Failure"}}"#, Outcome::Failed("Failure".into())),
            (r#"{"responseElements":{"ConsoleLogin":"Success"}}"#, Outcome::Succeeded),
        ] {
            assert_eq!(read_record(record).outcome, outcome, "{record}");
        }
    }

    #[test]
    fn a_root_call_stands_out() {
        let event = read_record(r#"{"eventName":"CreateUser","readOnly":false,"userIdentity":{"type":"Root"}}"#);
        assert_eq!(event.severity, Severity::High);
    }
}
