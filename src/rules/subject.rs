//! One thing that happened, in the envelope that it would have on the account's EventBridge bus.
//!
//! Source of the envelope's fields: EventBridge user guide, "Event structure" and "AWS service events delivered via
//! CloudTrail".

use std::fmt::Write as _;

use super::{
    gate::Key,
    tape::{Tape, Value},
};
use crate::{json::Problem, model::Event};

/// What rules are asked about.
///
/// An event pattern sees the envelope, a metric filter and a Sigma rule see the record in its `detail`.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    text: String,
    tape: Tape,
    /// The value of `detail`, by its number.
    detail: u32,
    /// By key, the value there plus one; 0 when there is none.
    facts: [u32; Key::ALL.len()],
}

impl Subject {
    /// A CloudTrail record, in the envelope with which it reaches the bus.
    ///
    /// # Errors
    /// Why the record is no JSON object.
    pub fn cloudtrail(record: &str) -> Result<Self, Problem> {
        let mut subject = Self::default();
        subject.tell(record)?;
        Ok(subject)
    }

    /// An event of the feed. Of one whose record is broken, what the API said beside it stands in its place, so that a
    /// rule on its name still fires.
    pub fn event(event: &Event) -> Self {
        Self::cloudtrail(&event.record).unwrap_or_else(|_| {
            let said = serde_json::json!({
                "eventID": event.id,
                "eventTime": event.time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                "awsRegion": event.region.as_str(),
                "eventSource": format!("{}.amazonaws.com", event.service),
                "eventName": event.name,
                "readOnly": event.read_only,
                "sourceIPAddress": event.source_address,
            });
            Self::cloudtrail(&said.to_string()).unwrap_or_default()
        })
    }

    /// An object taken as it is: the envelope if it is one, and the record alike.
    ///
    /// # Errors
    /// Why the text is no JSON object.
    pub fn bare(object: &str) -> Result<Self, Problem> {
        let mut subject = Self { text: object.to_owned(), ..Self::default() };
        let Self { text, tape, .. } = &mut subject;
        is_object(tape.read(text)?)?;
        subject.find_facts();
        Ok(subject)
    }

    /// An envelope, such as an event pattern is tested with: the record is what stands in its `detail`.
    ///
    /// # Errors
    /// Why the text is no JSON object.
    pub fn envelope_of(object: &str) -> Result<Self, Problem> {
        let mut subject = Self::bare(object)?;
        let detail = subject.envelope().get("detail").map_or(0, Value::position);
        subject.detail = detail as u32;
        subject.find_facts();
        Ok(subject)
    }

    /// Becomes the subject of another CloudTrail record, in the memory of the last.
    ///
    /// # Errors
    /// As [`Subject::cloudtrail`]; the subject is then none at all, in which no field is found.
    pub fn tell(&mut self, record: &str) -> Result<(), Problem> {
        if let Err(problem) = self.tape.read(record).and_then(is_object) {
            *self = Self::default();
            return Err(problem);
        }
        self.text.clear();
        let head = Head::of(self.tape.root(record));
        head.write(&mut self.text);
        let offset = self.text.len();
        self.text.push_str(record);
        self.text.push('}');
        self.detail = self.tape.wrap(&self.text, offset);
        self.find_facts();
        Ok(())
    }

    /// The envelope: `version`, `id`, `detail-type`, `source`, `account`, `time`, `region`, `resources`, `detail`.
    pub fn envelope(&self) -> Value<'_> {
        self.tape.root(&self.text)
    }

    /// What the envelope holds: for a call, the CloudTrail record.
    pub fn record(&self) -> Value<'_> {
        self.tape.value(&self.text, self.detail as usize)
    }

    /// What stands at a field by which rules are told apart.
    pub fn fact(&self, key: Key) -> Option<Value<'_>> {
        let at = self.facts[key as usize].checked_sub(1)?;
        Some(self.tape.value(&self.text, at as usize))
    }

    fn find_facts(&mut self) {
        let mut facts = [0; Key::ALL.len()];
        let mut found = |key: Key, value: Value<'_>| facts[key as usize] = value.position() as u32 + 1;
        let mut dotted = false;
        for value in self.record().children().filter(|value| value.may_start_with(b"eu")) {
            match value.key().as_deref() {
                Some("eventName") => found(Key::EventName, value),
                Some("eventSource") => found(Key::EventSource, value),
                Some("errorCode") => found(Key::ErrorCode, value),
                Some("userIdentity") => match value.get("type") {
                    Some(kind) => found(Key::IdentityType, kind),
                    None => found(Key::IdentityType, value),
                },
                Some("userIdentity.type") => dotted = true,
                _ => {}
            }
        }
        // A dot in a key and a step down are one in some languages: the object says that it is not simple.
        if dotted {
            found(Key::IdentityType, self.record());
        }
        dotted = false;
        for value in self.envelope().children().filter(|value| value.may_start_with(b"ds")) {
            match value.key().as_deref() {
                Some("detail-type") => found(Key::DetailType, value),
                Some("source") => found(Key::Source, value),
                Some(key) => dotted |= key.starts_with("detail."),
                None => {}
            }
        }
        // So it is with an envelope whose keys go into its record, or that has several records.
        if dotted || self.record().kind() == super::tape::Kind::Array {
            let keys = [Key::EventName, Key::EventSource, Key::ErrorCode, Key::IdentityType];
            keys.into_iter().for_each(|key| found(key, self.envelope()));
        }
        self.facts = facts;
    }
}

fn is_object(value: Value<'_>) -> Result<(), Problem> {
    match value.kind() {
        super::tape::Kind::Object => Ok(()),
        _ => Err(Problem { offset: 0, reason: "an event is a JSON object" }),
    }
}

/// The fields around a CloudTrail record, as JSON.
#[derive(Default)]
struct Head<'a> {
    id: Option<&'a str>,
    kind: Option<&'a str>,
    source: Option<&'a str>,
    account: Option<&'a str>,
    time: Option<&'a str>,
    region: Option<&'a str>,
}

impl<'a> Head<'a> {
    fn of(record: Value<'a>) -> Self {
        let mut head = Self::default();
        let mut caller = None;
        for value in record.children().filter(|value| value.may_start_with(b"eura")) {
            let raw = (value.kind() == super::tape::Kind::String).then(|| value.raw());
            match value.key().as_deref() {
                Some("eventID") => head.id = raw,
                Some("eventType") => head.kind = raw,
                Some("eventSource") => head.source = raw,
                Some("recipientAccountId") => head.account = raw,
                Some("eventTime") => head.time = raw,
                Some("awsRegion") => head.region = raw,
                Some("userIdentity") => caller = value.get("accountId").and_then(|id| id.text().map(|_| id.raw())),
                _ => {}
            }
        }
        head.account = head.account.or(caller);
        head
    }

    /// Writes the envelope up to the record.
    fn write(&self, out: &mut String) {
        let or_empty = |field: Option<&'a str>| field.unwrap_or(r#""""#);
        let kind = match self.kind {
            Some(r#""AwsConsoleSignIn""#) => "AWS Console Sign In via CloudTrail",
            Some(r#""AwsServiceEvent""#) => "AWS Service Event via CloudTrail",
            _ => "AWS API Call via CloudTrail",
        };
        // `"iam.amazonaws.com"` becomes `"aws.iam"`. What AWS names no service by may not end the text or begin an escape.
        let source = or_empty(self.source);
        let service = source.get(1..source.len() - 1).and_then(|source| source.split(['.', '\\', '"']).next());
        let service = service.unwrap_or_default();
        let _ = write!(
            out,
            r#"{{"version":"0","id":{},"detail-type":"{kind}","source":"aws.{service}","account":{},"time":{},"region":{},"resources":[],"detail":"#,
            or_empty(self.id),
            or_empty(self.account),
            or_empty(self.time),
            or_empty(self.region),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_gets_the_envelope_that_it_has_on_the_bus() {
        let record = r#"{"eventID":"e\"1","eventType":"AwsConsoleSignIn","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventTime":"2026-11-20T10:00:00Z","awsRegion":"us-east-1","userIdentity":{"type":"Root","accountId":"111122223333"}}"#;
        let subject = Subject::cloudtrail(record).unwrap();
        let whole: serde_json::Value = serde_json::from_str(subject.envelope().raw()).unwrap();
        let expected = serde_json::json!({
            "version": "0", "id": "e\"1", "detail-type": "AWS Console Sign In via CloudTrail", "source": "aws.signin",
            "account": "111122223333", "time": "2026-11-20T10:00:00Z", "region": "us-east-1", "resources": [],
            "detail": serde_json::from_str::<serde_json::Value>(record).unwrap(),
        });
        assert_eq!(whole, expected);
        assert_eq!(subject.record().raw(), record);
        assert_eq!(
            subject.envelope().get("detail").unwrap().get("userIdentity").unwrap().get("type").unwrap().raw(),
            r#""Root""#
        );
        assert_eq!(subject.fact(Key::IdentityType).unwrap().raw(), r#""Root""#);
        assert_eq!(subject.fact(Key::Source).unwrap().raw(), r#""aws.signin""#);
        assert!(subject.fact(Key::ErrorCode).is_none());
    }

    #[test]
    fn a_source_that_no_service_has_breaks_no_envelope() {
        for source in [r#""x\"""#, r#""x\\.y""#, r#""\u0041.y""#, r#""""#, r#"".""#, r#""a\.b""#] {
            let record = format!(r#"{{"eventName":"StopLogging","eventSource":{source}}}"#);
            let Ok(subject) = Subject::cloudtrail(&record) else { continue };
            let name = subject.envelope().get("detail").and_then(|detail| detail.get("eventName"));
            assert_eq!(name.map(|name| name.raw().to_owned()).as_deref(), Some(r#""StopLogging""#), "{source}");
            assert_eq!(
                subject.envelope().get("source").map(|value| value.kind()),
                Some(crate::rules::tape::Kind::String)
            );
        }
    }

    #[test]
    fn a_fact_that_may_be_written_elsewhere_is_not_simple() {
        let facts = |envelope: &str| {
            let subject = Subject::envelope_of(envelope).unwrap();
            Key::ALL.map(|key| subject.fact(key).map(|value| value.kind().is_leaf()))
        };
        let name = |envelope: &str| facts(envelope)[Key::EventName as usize];
        assert_eq!(name(r#"{"detail": {"eventName": "A"}}"#), Some(true));
        assert_eq!(name(r#"{"detail.eventName": "A"}"#), Some(false));
        assert_eq!(name(r#"{"detail": [{"eventName": "A"}]}"#), Some(false));
        let both = r#"{"detail": {"userIdentity.type": "Root", "userIdentity": {"type": "IAMUser"}}}"#;
        assert_eq!(facts(both)[Key::IdentityType as usize], Some(false));
    }

    #[test]
    fn a_subject_is_told_again_and_again() {
        let mut subject = Subject::cloudtrail(r#"{"eventName":"A","errorCode":"x"}"#).unwrap();
        subject.tell(r#"{"eventName":"B"}"#).unwrap();
        assert_eq!(subject.fact(Key::EventName).unwrap().raw(), r#""B""#);
        assert!(subject.fact(Key::ErrorCode).is_none());
        for wrong in ["[1]", "{", r#"{"eventName":"B","eventSource":"x","a":[1,2,{"b":["#] {
            assert!(subject.tell(wrong).is_err());
            assert!(subject.envelope().all().count() == 0 && subject.record().get("a").is_none(), "{wrong}");
            assert!(Key::ALL.iter().all(|key| subject.fact(*key).is_none()), "{wrong}");
        }
        subject.tell(r#"{"eventName":"C"}"#).unwrap();
        assert_eq!(subject.fact(Key::EventName).unwrap().raw(), r#""C""#);
    }
}
