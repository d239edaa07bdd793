//! What a pattern may say on AWS and yet does not mean: names that no event has, and calls that no bus is sent.

use super::{field::Field, wildcard};
use crate::rules::{
    fault::{Fault, nearest},
    lang::names::{self, Misnamed},
    tape::Value,
};

/// The fields of an envelope: EventBridge user guide, "AWS service event metadata".
const ENVELOPE: &[&str] =
    &["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"];

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
    let (top, field) = match path.strip_prefix("detail.") {
        Some(field) => (false, field),
        None => (true, path),
    };
    let known = if top { ENVELOPE } else { &names::FIELDS };
    if top && !known.contains(&field) && names::FIELDS.contains(&field) {
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
    match path {
        "source" => {
            let right = names::bus_source(text)?;
            let help = match text.ends_with(".amazonaws.com") {
                true => format!("write \"{right}\", or ask detail.eventSource"),
                false => format!("did you mean \"{right}\"?"),
            };
            warn(format!("`{text}` is no `source` of AWS: those begin with `aws.`"), help)
        }
        "detail.eventSource" => {
            let help = match (names::event_source(text)?, text.starts_with("aws.")) {
                (right, true) => format!("write \"{right}\", or ask source"),
                (right, false) => format!("write \"{right}\""),
            };
            warn(format!("`{text}` is never a `{path}`"), help)
        }
        "detail-type" => warn(format!("`{text}` is never a `{path}`"), detail_type(text)?),
        "detail.userIdentity.type" => {
            let right = nearest(text, names::IDENTITY_TYPES).filter(|right| *right != text)?;
            warn(format!("`{text}` is never a `{path}`"), format!("write \"{right}\""))
        }
        "detail.eventName" => match names::misnamed(text) {
            Some(wrong) => warn(format!("no call is named `{text}`"), operation(wrong)),
            None => read_only(item, text),
        },
        _ => None,
    }
}

/// What to write for a kind of event that none has, but others nearly.
fn detail_type(text: &str) -> Option<String> {
    let known = names::DETAIL_TYPES;
    if known.contains(&text) || text.is_empty() {
        return None;
    }
    let begins = |name: &&str| name.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text));
    let starts: Vec<_> = known.into_iter().filter(begins).collect();
    let only = if let [name] = *starts { Some(name) } else { None };
    match (nearest(text, known).or(only), starts.first()) {
        (Some(name), _) => Some(format!("write \"{name}\"")),
        (None, Some(name)) => Some(format!("did you mean {{\"prefix\": \"{}\"}}?", &name[..text.len()])),
        (None, None) => None,
    }
}

/// What to write for a name that no operation has.
fn operation(wrong: Misnamed) -> String {
    match wrong {
        Misnamed::Verb(verb) => format!("did you mean {{\"prefix\": \"{verb}\"}}?"),
        Misnamed::Permission { service, name } => {
            format!("write \"{name}\", and \"eventSource\": [\"{service}.amazonaws.com\"] beside it")
        }
        Misnamed::Case(right) => format!("the case of letters counts: write \"{right}\""),
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
