//! What is done in the account: an API call with its parameters as a template.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value as Json;

use super::actors;
use crate::emulator::ACCOUNT;
use crate::emulator::random::{self, mix, pick};

/// An API call. The templates are JSON with words in angle brackets that [`fill`] replaces.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// The event source without `.amazonaws.com`.
    pub source: &'static str,
    pub name: &'static str,
    pub read_only: bool,
    pub request: &'static str,
    pub response: &'static str,
    /// `additionalEventData`, where the service writes one.
    pub extra: &'static str,
    /// Type and name of the resource that LookupEvents lists.
    pub resource: Option<(&'static str, &'static str)>,
    /// `errorCode` and `errorMessage`.
    pub error: Option<(&'static str, &'static str)>,
}

/// A call that only reads.
pub const fn read(source: &'static str, name: &'static str, request: &'static str) -> Action {
    Action { source, name, read_only: true, request, response: "null", extra: "", resource: None, error: None }
}

/// A call that changes something.
pub const fn write(source: &'static str, name: &'static str, request: &'static str, response: &'static str) -> Action {
    Action { read_only: false, response, ..read(source, name, request) }
}

impl Action {
    pub const fn on(self, kind: &'static str, name: &'static str) -> Self {
        Self { resource: Some((kind, name)), ..self }
    }

    pub const fn response(self, response: &'static str) -> Self {
        Self { response, ..self }
    }

    pub const fn extra(self, extra: &'static str) -> Self {
        Self { extra, ..self }
    }

    pub const fn fails(self, code: &'static str, message: &'static str) -> Self {
        Self { error: Some((code, message)), response: "null", ..self }
    }

    /// Refused for want of a permission.
    pub const fn denied(self) -> Self {
        self.fails(
            "AccessDenied",
            "User: <caller> is not authorized to perform: <action> because no identity-based policy allows the <action> action",
        )
    }
}

/// What a template is filled from.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    pub throw: u64,
    pub region: &'a str,
    pub time: DateTime<Utc>,
    pub caller: &'a str,
    pub address: &'a str,
    pub action: &'a Action,
}

/// Replaces the words in angle brackets. Within one event a word stands for one thing throughout.
pub fn fill(template: &str, with: &Filling<'_>) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((word, after)) = after.split_once('>') else {
            break;
        };
        out.push_str(before);
        out.push_str(&meaning(word, with));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A filled template as JSON; an empty or broken one is null.
pub fn json(template: &str, with: &Filling<'_>) -> Json {
    serde_json::from_str(&fill(template, with)).unwrap_or(Json::Null)
}

fn meaning(word: &str, with: &Filling<'_>) -> Cow<'static, str> {
    let throw = mix(with.throw, random::hash(word));
    // Ids come from a small stock, so that the same instance is seen again.
    let id = |prefix: &str, stock: u64| format!("{prefix}{:017x}", mix(throw % stock, random::hash(prefix)) >> 4);
    match word {
        "account" => ACCOUNT.into(),
        "region" => with.region.to_owned().into(),
        "caller" => with.caller.to_owned().into(),
        "address" => with.address.to_owned().into(),
        "action" => format!("{}:{}", with.action.source, with.action.name).into(),
        "time" => with.time.to_rfc3339_opts(SecondsFormat::Secs, true).into(),
        "console time" => with.time.format("%b %-d, %Y, %-I:%M:%S %p").to_string().into(),
        "later" => (with.time + chrono::TimeDelta::hours(1)).format("%b %-d, %Y, %-I:%M:%S %p").to_string().into(),
        "date" => with.time.format("%Y/%m/%d").to_string().into(),
        "month" => with.time.format("%Y-%m").to_string().into(),
        "uuid" => random::uuid(throw).into(),
        "instance" => id("i-", 40).into(),
        "group" => id("sg-", 12).into(),
        "rule" => id("sgr-", 90).into(),
        "volume" => id("vol-", 60).into(),
        "snapshot" => id("snap-", 60).into(),
        "subnet" => id("subnet-", 6).into(),
        "interface" => id("eni-", 80).into(),
        "vpc" => "vpc-0c1f7a3be9d254608".into(),
        "image" => "ami-0f1e2d3c4b5a69788".into(),
        "bucket" => (*pick(BUCKETS, throw)).into(),
        "function" => (*pick(FUNCTIONS, throw)).into(),
        "secret" => (*pick(SECRETS, throw)).into(),
        "table" => (*pick(&["orders", "sessions", "carts"], throw)).into(),
        "cluster" => (*pick(&["checkout", "storefront"], throw)).into(),
        "stack" => (*pick(&["network", "checkout", "observability"], throw)).into(),
        "log group" => (*pick(LOG_GROUPS, throw)).into(),
        "key" => "4b6f0c9e-2d1a-4e57-8c33-9a7d5e0f1b26".into(),
        "number" => (throw % 90 + 10).to_string().into(),
        _ => match word.split_once(':') {
            Some(("access key", name)) => access_key(name).into(),
            Some(("role id", role)) => actors::role_id(role).into(),
            _ => format!("<{word}>").into(),
        },
    }
}

/// The access key of whoever has that name, so that the links of a chain of roles fit together.
fn access_key(name: &str) -> String {
    let known =
        [actors::DEPLOYER, actors::PIPELINE_ROLE, actors::SUPPORT, actors::SUPPORT_ADMIN, actors::SUPPORT_DEPLOY];
    let role = |actor: &actors::Actor| match actor.identity {
        actors::Identity::Session { role } => format!("{role}/{}", actor.name),
        _ => actor.name.to_owned(),
    };
    let found = known.iter().find(|actor| role(actor) == name).and_then(actors::Actor::access_key);
    found.unwrap_or_else(|| format!("ASIA{}EXAMPLE", random::letters(random::hash(name), 9)))
}

const BUCKETS: &[&str] = &["northgate-web-assets", "northgate-cloudtrail", "northgate-orders", "northgate-media-vault"];
const FUNCTIONS: &[&str] = &["orders-worker", "thumbnailer", "nightly-report", "cart-cleanup", "webhook-relay"];
const SECRETS: &[&str] = &["prod/checkout/db", "prod/payments/api", "prod/mailer"];
const LOG_GROUPS: &[&str] = &["/aws/lambda/orders-worker", "/aws/ecs/checkout", "/northgate/cloudtrail"];

/// Whether every word of a template has a meaning and the rest is JSON.
#[cfg(test)]
pub fn is_sound(template: &str) -> bool {
    let action = read("ec2", "DescribeInstances", "null");
    let time = DateTime::UNIX_EPOCH;
    let with = Filling { throw: 1, region: "eu-west-1", time, caller: "arn", address: "192.0.2.1", action: &action };
    let text = fill(template, &with);
    !text.contains('<') && (template.is_empty() || serde_json::from_str::<Json>(&text).is_ok())
}
