//! What a pattern may say on AWS and yet does not mean: names that no event has, and calls that no bus is sent.

use super::{field::Field, wildcard};
use crate::rules::{
    fault::{Fault, nearest},
    tape::Value,
};

/// The fields of an envelope: EventBridge user guide, "AWS service event metadata".
const ENVELOPE: &[&str] =
    &["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"];

/// The fields of a CloudTrail record that patterns ask for: CloudTrail user guide, "Record contents".
const RECORD: &[&str] = &[
    "eventName",
    "eventSource",
    "eventType",
    "eventCategory",
    "errorCode",
    "errorMessage",
    "userIdentity",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "readOnly",
    "managementEvent",
    "recipientAccountId",
];

/// The kinds of event that CloudTrail puts on a bus: EventBridge user guide, "AWS service events delivered via
/// CloudTrail".
const DETAIL_TYPES: &[&str] = &[
    "AWS API Call via CloudTrail",
    "AWS Console Sign In via CloudTrail",
    "AWS Console Action via CloudTrail",
    "AWS Service Event via CloudTrail",
    "AWS Insight via CloudTrail",
];

/// CloudTrail user guide, "CloudTrail userIdentity element".
const IDENTITIES: &[&str] = &[
    "Root",
    "IAMUser",
    "AssumedRole",
    "Role",
    "FederatedUser",
    "Directory",
    "AWSAccount",
    "AWSService",
    "IdentityCenterUser",
    "Unknown",
    "SAMLUser",
    "WebIdentityUser",
];

/// Words that calls start with, and that are no call alone.
const VERBS: &[&str] = &[
    "Add",
    "Associate",
    "Attach",
    "Authorize",
    "Create",
    "Deactivate",
    "Delete",
    "Deregister",
    "Describe",
    "Detach",
    "Disable",
    "Disassociate",
    "Enable",
    "Get",
    "List",
    "Modify",
    "Put",
    "Register",
    "Remove",
    "Replace",
    "Reset",
    "Revoke",
    "Set",
    "Start",
    "Stop",
    "Terminate",
    "Update",
    "Upload",
];

/// Calls that a rule is sent only in the state `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`: EventBridge user guide,
/// "Read-only management events from AWS services".
const READ_ONLY: &[&str] = &["Get", "List", "Describe"];

/// What is strange about a key, by the path that it ends.
pub fn of_key(member: Value<'_>, path: &str) -> Option<Fault> {
    let warn = |message: String, help: String| Some(Fault::warning(member.key_range(), message).help(help));
    let key = member.key().unwrap_or_default();
    if let (true, Some("$or")) = (key.starts_with('$'), nearest(&key, ["$or"])) {
        return warn(format!("`{key}` is taken for a field"), "write \"$or\"".into());
    }
    let (known, field) = match path.strip_prefix("detail.") {
        Some(field) => (RECORD, field),
        None => (ENVELOPE, path),
    };
    let (top, record) = (known == ENVELOPE, RECORD.contains(&field));
    if top && record {
        let help = format!("write \"detail\": {{\"{path}\": …}}");
        return warn(format!("`{path}` is a field of the record, which stands in `detail`"), help);
    }
    if path.contains('.') && top || known.contains(&field) {
        return None;
    }
    let other = nearest(&squeezed(field), known.iter().copied())?;
    // In a `detail`, the fields of other services are near to CloudTrail's by chance: only the case is looked at.
    let same = top || other.eq_ignore_ascii_case(&squeezed(field));
    if same { warn(format!("no event has a field `{field}` there"), format!("write \"{other}\"")) } else { None }
}

/// A key as it is without the ways in which programs write names.
fn squeezed(key: &str) -> String {
    key.replace('_', "")
}

/// What is strange about the values of a field.
pub fn of_values(array: Value<'_>, path: &str) -> Vec<Fault> {
    let texts = array.items().filter_map(|item| Some((item, item.text()?)));
    let mut faults: Vec<_> = texts.filter_map(|(item, text)| of_text(item, &text, path)).collect();
    let prefixes = array.items().filter_map(|item| item.get("prefix"));
    if path == "detail.eventName" {
        faults.extend(prefixes.filter_map(|prefix| read_only(prefix, &prefix.text()?)));
    }
    faults
}

fn of_text(item: Value<'_>, text: &str, path: &str) -> Option<Fault> {
    let warn = |message: String, help: String| Some(Fault::warning(item.range(), message).help(help));
    if text.contains('*') {
        let message = "a star in a plain value is only a star".to_owned();
        return warn(message, format!("write {{\"wildcard\": {}}}", item.raw()));
    }
    let one_of = |known: &[&'static str]| {
        let other = (!known.contains(&text)).then(|| nearest(text, known.iter().copied()))??;
        warn(format!("`{text}` is never a `{path}`"), format!("write \"{other}\""))
    };
    match path {
        "source" => {
            let service = text.strip_suffix(".amazonaws.com")?;
            warn(format!("`{text}` is never a `source`"), format!("write \"aws.{service}\", or ask detail.eventSource"))
        }
        "detail.eventSource" => {
            let service = text.strip_prefix("aws.")?;
            warn(format!("`{text}` is never a `{path}`"), format!("write \"{service}.amazonaws.com\", or ask source"))
        }
        "detail-type" => one_of(DETAIL_TYPES),
        "detail.userIdentity.type" => one_of(IDENTITIES),
        "detail.eventName" if VERBS.contains(&text) => {
            warn(format!("no call is named `{text}` alone"), format!("write {{\"prefix\": \"{text}\"}}"))
        }
        "detail.eventName" => read_only(item, text),
        _ => None,
    }
}

/// How the warning begins that does not hold for a rule in the state for all management events.
const NO_READS: &str = "on a bus, a rule that is ENABLED receives no";

/// Whether a warning is about calls that only read, so that the state of a rule decides whether it holds.
pub fn is_about_reads(warning: &Fault) -> bool {
    warning.message.starts_with(NO_READS)
}

fn read_only(item: Value<'_>, text: &str) -> Option<Fault> {
    let verb = READ_ONLY.iter().find(|verb| text.starts_with(**verb))?;
    let message = format!("{NO_READS} {verb} call: they only read");
    let help = "give the rule the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS; here it matches all the same";
    Some(Fault::warning(item.range(), message).help(help))
}

/// Wildcards that are each simple enough, and may be too much together.
pub fn of_field(field: &Field) -> Option<Fault> {
    let wildcards: Vec<_> = field.choices.iter().flat_map(|choice| choice.matcher.wildcards()).collect();
    if wildcards.len() < 2 || wildcard::complexity(wildcards, wildcard::LIMIT) <= wildcard::LIMIT {
        return None;
    }
    let message = format!("the wildcards of `{}` may be too complex for AWS together", field.path);
    Some(Fault::warning(field.range.clone(), message).help("split them into several rules"))
}
