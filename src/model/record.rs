//! Reads a CloudTrail record as far as it goes.
//!
//! Whatever is missing, of another type or not even JSON falls back to what the API said beside the record, and then to
//! nothing: an event is never dropped for its looks.

use chrono::{DateTime, SubsecRound};
use serde_json::Value;

use super::{Actor, ActorKind, Event, Outcome, Region, Time, severity};

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
    let mut actor = actor(&record);
    if actor.name.is_empty() {
        actor.name.clone_from(&envelope.username);
    }
    let mut event = Event {
        id: text("eventID").unwrap_or(&envelope.id).to_owned(),
        time: text("eventTime").and_then(time).or(envelope.time).unwrap_or(seen),
        seen,
        region: text("awsRegion").map_or_else(|| envelope.region.clone(), Region::new),
        late: false,
        severity: severity::Severity::Info,
        read_only,
        actor,
        service: source.strip_suffix(".amazonaws.com").unwrap_or(source).to_owned(),
        target: target(&record, &name).unwrap_or(envelope.resource),
        source_address: text("sourceIPAddress").unwrap_or_default().to_owned(),
        outcome: outcome(&record),
        name,
        record: envelope.record,
    };
    event.time = super::sane(event.time);
    if event.id.is_empty() {
        event.id = made_up_id(&event);
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

/// An id for a record without one, the same for the same record, so that it is still taken once.
fn made_up_id(event: &Event) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (event.time, &event.name, &event.record).hash(&mut hasher);
    format!("no-id-{:016x}", hasher.finish())
}

/// Who did it. Source: CloudTrail user guide, "CloudTrail userIdentity element".
fn actor(record: &Value) -> Actor {
    let identity = &record["userIdentity"];
    let text = |field: &str| identity[field].as_str().unwrap_or_default();
    let issuer = identity["sessionContext"]["sessionIssuer"]["userName"].as_str().unwrap_or_default();
    let session = text("arn").rsplit('/').next().unwrap_or_default();
    let or = |first: &str, second: &str| if first.is_empty() { second.to_owned() } else { first.to_owned() };
    let (kind, name) = match text("type") {
        "Root" => (ActorKind::Root, "root".to_owned()),
        "IAMUser" => (ActorKind::User, or(text("userName"), text("principalId"))),
        "AssumedRole" | "Role" => (ActorKind::Role, role_name(identity, issuer)),
        "FederatedUser" => (ActorKind::Federated, or(session, issuer)),
        "SAMLUser" | "WebIdentityUser" | "IdentityCenterUser" => {
            (ActorKind::Federated, or(text("userName"), text("principalId")))
        }
        "AWSService" => (ActorKind::Service, text("invokedBy").to_owned()),
        "AWSAccount" => (ActorKind::Account, or(text("accountId"), text("principalId"))),
        "" if !text("invokedBy").is_empty() => (ActorKind::Service, text("invokedBy").to_owned()),
        _ => (ActorKind::Unknown, or(text("userName"), text("principalId"))),
    };
    Actor { kind, name: name.strip_suffix(".amazonaws.com").unwrap_or(&name).to_owned() }
}

/// `role/session`, from the ARN `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` where it has that form.
fn role_name(identity: &Value, issuer: &str) -> String {
    let arn = identity["arn"].as_str().unwrap_or_default();
    if let Some((_, name)) = arn.split_once(":assumed-role/") {
        return identity_center_name(name).unwrap_or_else(|| name.to_owned());
    }
    let principal = identity["principalId"].as_str().unwrap_or_default();
    match (issuer, principal.split_once(':')) {
        ("", _) => principal.to_owned(),
        (issuer, Some((_, session))) => format!("{issuer}/{session}"),
        (issuer, None) => issuer.to_owned(),
    }
}

/// A person who came through IAM Identity Center: the session is the person, the role only says which permission set.
///
/// Source: IAM Identity Center user guide: roles are named `AWSReservedSSO_PERMISSIONSET_SUFFIX`.
fn identity_center_name(name: &str) -> Option<String> {
    let (role, session) = name.strip_prefix("AWSReservedSSO_")?.split_once('/')?;
    let permission_set = role.rsplit_once('_').map_or(role, |(set, _)| set);
    Some(format!("{session} ({permission_set})"))
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

/// The parameters that name what a call is about, the most telling first.
const TARGETS: &[&str] = &[
    "bucketName",
    "userName",
    "roleName",
    "groupName",
    "policyArn",
    "roleArn",
    "functionName",
    "instanceId",
    "groupId",
    "trailName",
    "name",
    "keyId",
    "secretId",
    "tableName",
    "dBInstanceIdentifier",
    "alarmName",
    "ruleName",
    "rule",
    "stackName",
    "clusterName",
    "cluster",
    "repositoryName",
    "topicArn",
    "queueUrl",
    "logGroupName",
    "streamName",
    "volumeId",
    "snapshotId",
    "imageId",
    "vpcId",
    "subnetId",
    "networkAclId",
    "routeTableId",
    "internetGatewayId",
    "detectorId",
    "configurationRecorderName",
    "hostedZoneId",
    "loadBalancerArn",
    "domainName",
    "projectName",
    "pipelineName",
    "parameterName",
    "documentName",
    "resourceArn",
    "resourceId",
    "arn",
    "id",
    "accessKeyId",
];

/// What the call was about, as short as it can be said.
fn target(record: &Value, name: &str) -> Option<String> {
    let parameters = &record["requestParameters"];
    if name.ends_with("AccessKey") {
        let user = parameters["userName"].as_str();
        if let (Some(user), Some(key)) = (user, parameters["accessKeyId"].as_str()) {
            return Some(format!("{user} {key}"));
        }
    }
    let of = |parameters: &Value| {
        TARGETS.iter().find_map(|field| parameters.get(field)?.as_str().filter(|s| !s.is_empty()).map(short_arn))
    };
    let mut found = of(parameters).or_else(|| first_item(parameters)).or_else(|| created(&record["responseElements"]));
    if let (Some(target), Some(policy)) = (&found, parameters["policyArn"].as_str())
        && name.starts_with("Attach")
    {
        found = Some(format!("{target} {}", short_arn(policy)));
    }
    if let (Some(bucket), Some(key)) = (parameters["bucketName"].as_str(), parameters["key"].as_str()) {
        found = Some(format!("{bucket}/{key}"));
    }
    found.or_else(|| {
        let resource = &record["resources"][0];
        ["ARN", "arn"].iter().find_map(|field| resource[field].as_str()).map(short_arn)
    })
}

/// EC2 names what a call is about in sets: `instancesSet.items[0].instanceId`.
fn first_item(parameters: &Value) -> Option<String> {
    parameters.as_object()?.values().find_map(|set| {
        let item = set.get("items")?.get(0)?;
        TARGETS.iter().find_map(|field| Some(item.get(field)?.as_str()?.to_owned()))
    })
}

/// What a call made is named in the answer: `role.roleName`, `internetGateway.internetGatewayId`.
fn created(response: &Value) -> Option<String> {
    response.as_object()?.values().find_map(|made| {
        let named = |field: &str| made.get(field).and_then(Value::as_str);
        TARGETS.iter().find_map(|field| named(field)).or_else(|| named("policyName")).map(short_arn)
    })
}

/// An ARN without partition, Region and account; other text as it is.
fn short_arn(text: &str) -> String {
    match text.starts_with("arn:") {
        true => text.splitn(6, ':').nth(5).unwrap_or(text).to_owned(),
        false => text.to_owned(),
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
    fn every_kind_of_identity_has_one_human_name() {
        for (identity, kind, name) in [
            (r#"{"type":"Root","arn":"arn:aws:iam::111122223333:root"}"#, ActorKind::Root, "root"),
            (r#"{"type":"IAMUser","userName":"ben"}"#, ActorKind::User, "ben"),
            (
                r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/ci-42"}"#,
                ActorKind::Role,
                "Deploy/ci-42",
            ),
            (
                r#"{"type":"AssumedRole","principalId":"AROA:i-1","sessionContext":{"sessionIssuer":{"userName":"Web"}}}"#,
                ActorKind::Role,
                "Web/i-1",
            ),
            (
                r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PowerUser_0a1b2c/kim@example.com"}"#,
                ActorKind::Role,
                "kim@example.com (PowerUser)",
            ),
            (
                r#"{"type":"FederatedUser","arn":"arn:aws:sts::111122223333:federated-user/kim"}"#,
                ActorKind::Federated,
                "kim",
            ),
            (r#"{"type":"SAMLUser","userName":"kim@example.com"}"#, ActorKind::Federated, "kim@example.com"),
            (r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#, ActorKind::Service, "ec2"),
            (r#"{"invokedBy":"signin.amazonaws.com"}"#, ActorKind::Service, "signin"),
            (r#"{"type":"AWSAccount","accountId":"123456789012"}"#, ActorKind::Account, "123456789012"),
            (r#"{"type":"Later","userName":"x"}"#, ActorKind::Unknown, "x"),
        ] {
            let event = read_record(&format!(r#"{{"userIdentity":{identity}}}"#));
            assert_eq!(event.actor, Actor { kind, name: name.into() }, "{identity}");
        }
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
    fn the_target_is_what_a_person_would_name() {
        for (record, target) in [
            (r#"{"requestParameters":{"bucketName":"logs"}}"#, "logs"),
            (r#"{"requestParameters":{"bucketName":"logs","key":"a/b"}}"#, "logs/a/b"),
            (r#"{"requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/Deploy"}}"#, "role/Deploy"),
            (r#"{"requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"}]}}}"#, "i-1"),
            (
                r#"{"eventName":"AttachUserPolicy","requestParameters":{"userName":"mallory","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#,
                "mallory policy/AdministratorAccess",
            ),
            (r#"{"responseElements":{"internetGateway":{"internetGatewayId":"igw-1"}}}"#, "igw-1"),
            (r#"{"resources":[{"ARN":"arn:aws:s3:::tapes"}]}"#, "tapes"),
            (r#"{"requestParameters":{"bucketName":5}}"#, "thing-1"),
        ] {
            assert_eq!(read_record(record).target, target, "{record}");
        }
    }

    #[test]
    fn a_root_call_stands_out() {
        let event = read_record(r#"{"eventName":"CreateUser","readOnly":false,"userIdentity":{"type":"Root"}}"#);
        assert_eq!(event.severity, Severity::High);
    }
}
