//! A CloudTrail record, its keys in the order in which CloudTrail writes them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value as Json, json};

use super::action::{Filling, fill, json};
use super::actors::{Actor, Identity, provider_arn, role_id};
use super::told::Told;
use crate::emulator::ACCOUNT;
use crate::emulator::random::{mix, pick, uuid};

/// Writes the record of an event of the story.
pub fn record(event: &Told) -> Map<String, Json> {
    let Told { time, region, actor, action, .. } = *event;
    let address = address(event);
    let arn = arn(actor);
    let with = Filling { throw: event.throw, region, time, caller: &arn, address, action };
    let sign_in = action.source == "signin";

    let mut record = Map::new();
    let mut put = |name: &str, value: Json| drop(record.insert(name.to_owned(), value));
    put("eventVersion", "1.11".into());
    put("userIdentity", identity(event, &arn));
    put("eventTime", seconds(time).into());
    put("eventSource", event.source().into());
    put("eventName", action.name.into());
    put("awsRegion", region.into());
    put("sourceIPAddress", address.into());
    put("userAgent", if actor.identity == Identity::Service { actor.name } else { actor.agent }.into());
    if let Some((code, message)) = action.error {
        if !code.is_empty() {
            put("errorCode", code.into());
        }
        put("errorMessage", fill(message, &with).into());
    }
    put("requestParameters", json(action.request, &with));
    put("responseElements", json(action.response, &with));
    if !action.extra.is_empty() {
        put("additionalEventData", json(action.extra, &with));
    }
    if !sign_in {
        put("requestID", uuid(mix(event.throw, 11)).into());
    }
    put("eventID", event.id().into());
    put("readOnly", action.read_only.into());
    if let Some((kind, name)) = action.resource.filter(|_| matches!(action.source, "s3" | "kms" | "sts")) {
        put(
            "resources",
            json!([{ "accountId": ACCOUNT, "type": kind, "ARN": resource_arn(kind, &fill(name, &with)) }]),
        );
    }
    put("eventType", if sign_in { "AwsConsoleSignIn" } else { "AwsApiCall" }.into());
    put("managementEvent", true.into());
    put("recipientAccountId", ACCOUNT.into());
    if actor.identity == Identity::Service {
        put("sharedEventID", uuid(mix(event.throw, 13)).into());
    }
    put("eventCategory", "Management".into());
    if actor.identity != Identity::Service {
        put("tlsDetails", tls(event));
    }
    if actor.agent.starts_with("Mozilla") && !sign_in {
        put("sessionCredentialFromConsole", "true".into());
    }
    record
}

/// The resource that LookupEvents lists with an event.
pub fn resource(event: &Told) -> Option<(&'static str, String)> {
    let (kind, name) = event.action.resource?;
    let arn = arn(event.actor);
    let Told { throw, region, time, action, .. } = *event;
    Some((kind, fill(name, &Filling { throw, region, time, caller: &arn, address: address(event), action })))
}

/// A moment as CloudTrail writes it.
pub fn seconds(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn address(event: &Told) -> &'static str {
    match event.actor.addresses {
        [] => event.actor.name,
        addresses => pick::<&'static str>(addresses, mix(event.throw, 17)),
    }
}

fn arn(actor: &Actor) -> String {
    match actor.identity {
        Identity::User => format!("arn:aws:iam::{ACCOUNT}:user/{}", actor.name),
        Identity::Session { role } => {
            format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{}", actor.name)
        }
        Identity::Root => format!("arn:aws:iam::{ACCOUNT}:root"),
        Identity::Service | Identity::Web { .. } => actor.name.to_owned(),
    }
}

fn resource_arn(kind: &str, name: &str) -> String {
    if kind == "AWS::S3::Bucket" { format!("arn:aws:s3:::{name}") } else { name.to_owned() }
}

fn identity(event: &Told, arn: &str) -> Json {
    let actor = event.actor;
    match actor.identity {
        Identity::Service => return json!({ "type": "AWSService", "invokedBy": actor.name }),
        Identity::Web { provider } => {
            return json!({
                "type": "WebIdentityUser",
                "principalId": actor.principal(),
                "userName": actor.name,
                "identityProvider": provider_arn(provider),
            });
        }
        Identity::User | Identity::Session { .. } | Identity::Root => {}
    }
    let mut identity = Map::new();
    let kind = match actor.identity {
        Identity::User => "IAMUser",
        Identity::Root => "Root",
        _ => "AssumedRole",
    };
    let mut put = |name: &str, value: Json| drop(identity.insert(name.to_owned(), value));
    put("type", kind.into());
    put("principalId", actor.principal().into());
    put("arn", arn.into());
    put("accountId", ACCOUNT.into());
    let sign_in = event.action.source == "signin";
    match actor.access_key() {
        _ if sign_in => {}
        Some(key) => put("accessKeyId", key.into()),
        None => put("accessKeyId", "ASIAROOTLOGINEXAMPLE".into()),
    }
    if actor.identity == Identity::User {
        put("userName", actor.name.into());
    }
    if !sign_in && let Some(context) = context(event) {
        put("sessionContext", context);
    }
    identity.into()
}

/// The session of a role, a console user or root; a long-lived key has none.
fn context(event: &Told) -> Option<Json> {
    let began = event.time - TimeDelta::seconds(60 + (event.throw % 3000) as i64);
    let mfa = event.actor.mfa.or((event.actor.identity == Identity::Root).then_some(false))?;
    let attributes = json!({ "creationDate": seconds(began), "mfaAuthenticated": mfa.to_string() });
    Some(match event.actor.identity {
        Identity::Session { role } => json!({
            "sessionIssuer": {
                "type": "Role",
                "principalId": role_id(role),
                "arn": format!("arn:aws:iam::{ACCOUNT}:role/{role}"),
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": attributes,
        }),
        _ => json!({ "attributes": attributes }),
    })
}

fn tls(event: &Told) -> Json {
    let host = match event.action.source {
        "signin" => format!("{}.signin.aws.amazon.com", event.region),
        "iam" => "iam.amazonaws.com".to_owned(),
        source => format!("{source}.{}.amazonaws.com", event.region),
    };
    json!({ "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host })
}
