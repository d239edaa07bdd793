//! What AWS takes and is not what it looks like: values that CloudTrail never writes, and comparisons that never hold.

use super::ast::{Ask, Condition, Test};
use crate::rules::{
    Fault,
    fault::nearest,
    lang::names::{self, Misnamed},
};

/// The warnings about a JSON pattern's conditions.
pub(super) fn faults(conditions: &[&Condition]) -> Vec<Fault> {
    let absent = |path: &str| {
        let other =
            |other: &&&Condition| matches!(other.ask, Ask::Absent) && other.selector.path().as_deref() == Some(path);
        conditions.iter().any(|condition| other(&condition))
    };
    let mut faults = Vec::new();
    for condition in conditions {
        faults.extend(surprise(condition));
        let Some(path) = condition.selector.path() else { continue };
        faults
            .extend(field(condition, &path).or_else(|| boolean(condition, &path)).or_else(|| value(condition, &path)));
        if matches!(condition.ask, Ask::Not(_)) && names::RARE.contains(&path.as_str()) && !absent(&path) {
            faults.push(unequal(condition, &path));
        }
    }
    faults
}

impl Condition {
    fn test(&self) -> Option<&Test> {
        match &self.ask {
            Ask::Is(test) | Ask::Not(test) => Some(test),
            _ => None,
        }
    }

    /// The text that the field is compared with, when there is no wildcard in it.
    fn exact(&self) -> Option<&str> {
        match self.test()? {
            Test::Text(text) | Test::Number(_, text) => Some(text),
            _ => None,
        }
    }

    fn warning(&self, message: String) -> Fault {
        Fault::warning(self.value.clone(), message)
    }
}

/// A wildcard that takes less than one expects.
fn surprise(condition: &Condition) -> Option<Fault> {
    let Test::Glob(glob) = condition.test()? else { return None };
    let (text, end) = (glob.surprise()?, glob.end());
    let fault =
        condition.warning(format!("AWS takes `{end}` where it first occurs, so this does not match \"{text}\""));
    Some(fault.help(format!("if such texts matter, write more before `{end}`, or a regular expression: `%…$%`")))
}

/// A field that a record does not have, but one of nearly the same name.
fn field(condition: &Condition, path: &str) -> Option<Fault> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    if first == "detail" && !rest.is_empty() {
        let fault =
            Fault::warning(condition.field.clone(), "a filter pattern sees the record without the bus's envelope");
        return Some(fault.help(format!("write `$.{rest}`")));
    }
    let second = rest.split('.').next().filter(|second| !second.is_empty());
    let slip =
        |word: &str, known: &[&'static str]| (!known.contains(&word)).then(|| nearest(word, known.iter().copied()))?;
    let (wrong, right) = match (slip(first, &names::FIELDS), second) {
        (Some(right), _) => (first, right),
        (None, Some(second)) if first == "userIdentity" => (second, slip(second, &names::IDENTITY)?),
        _ => return None,
    };
    let fault = Fault::warning(condition.field.clone(), format!("a CloudTrail record has no `{wrong}`"));
    Some(fault.help(format!("it has `{right}`")))
}

/// A boolean asked for as a text, or the other way round.
fn boolean(condition: &Condition, path: &str) -> Option<Fault> {
    let is = |word: &str| condition.exact().is_some_and(|text| text.eq_ignore_ascii_case(word));
    let word = ["true", "false", "null"].into_iter().find(|word| is(word));
    let texts = names::TEXTS_OF_BOOLEANS.contains(&path);
    if names::BOOLEANS.contains(&path) && condition.test().is_some() {
        let word = word.unwrap_or("true").to_uppercase();
        let fault = condition.warning(format!("`{path}` is a boolean, which is neither equal nor unequal to any text"));
        return Some(fault.help(format!("write `$.{path} IS {word}`")));
    }
    if texts && matches!(condition.ask, Ask::True | Ask::False) {
        let word = if matches!(condition.ask, Ask::True) { "true" } else { "false" };
        let fault = condition.warning(format!("CloudTrail writes `{path}` as a text, which is no boolean"));
        return Some(fault.help(format!("write `$.{path} = \"{word}\"`")));
    }
    let word = word.filter(|word| !texts && !condition.is_quoted(word))?;
    let fault =
        condition.warning(format!("`{word}` is compared as a text: a boolean or null is never equal or unequal to it"));
    Some(fault.help(format!("write `IS {}`, or quotes if the field holds a text", word.to_uppercase())))
}

impl Condition {
    /// Whether the text stands in quotes: its place is longer than it is.
    fn is_quoted(&self, text: &str) -> bool {
        self.value.len() > text.len()
    }
}

/// A value that the field never has.
fn value(condition: &Condition, path: &str) -> Option<Fault> {
    if let Some((_, known)) = names::VALUES.iter().find(|(field, _)| *field == path) {
        return unknown(condition, path, known);
    }
    let text = condition.exact()?;
    match path {
        "eventName" => event(condition, text),
        "eventSource" => source(condition, text),
        "sourceIPAddress" => network(condition, text),
        "errorCode" if text == "UnauthorizedOperation" => {
            let fault = condition.warning("EC2 writes `Client.UnauthorizedOperation`".into());
            Some(fault.help("write \"*UnauthorizedOperation\""))
        }
        _ => None,
    }
}

fn unknown(condition: &Condition, path: &str, known: &[&'static str]) -> Option<Fault> {
    let test = condition.test()?;
    if known.iter().any(|known| test.holds_text(known, || None)) {
        return None;
    }
    let Some(text) = condition.exact() else {
        let fault = condition.warning(format!("no {path} that CloudTrail writes is like this"));
        return Some(fault.help(format!("it writes {}", known.join(", "))));
    };
    let fault = condition.warning(format!("\"{text}\" is never a {path}"));
    Some(match nearest(text, known.iter().copied()) {
        Some(near) => fault.help(format!("CloudTrail writes \"{near}\"")),
        None => fault.help(format!("CloudTrail writes {}", known.join(", "))),
    })
}

/// A name that no operation has.
fn event(condition: &Condition, text: &str) -> Option<Fault> {
    let (message, help) = match names::misnamed(text)? {
        Misnamed::Verb(verb) => (
            format!("no API operation is called \"{text}\""),
            format!("did you mean \"{verb}*\", every operation that starts so?"),
        ),
        Misnamed::Permission { service, name } => (
            format!("\"{text}\" is a permission; an eventName has no service in it"),
            format!("write $.eventName = \"{name}\" && $.eventSource = \"{service}.amazonaws.com\""),
        ),
        Misnamed::Case(right) => (
            format!("\"{text}\" is no eventName: the case of letters counts"),
            format!("CloudTrail writes \"{right}\""),
        ),
    };
    Some(condition.warning(message).help(help))
}

/// A service that is named otherwise than CloudTrail does it.
fn source(condition: &Condition, text: &str) -> Option<Fault> {
    let right = names::event_source(text)?;
    let fault = condition.warning(format!("\"{text}\" is no eventSource"));
    Some(fault.help(format!("CloudTrail writes \"{right}\"")))
}

/// A network, of which no comparison knows.
fn network(condition: &Condition, text: &str) -> Option<Fault> {
    let (address, bits) = text.split_once('/')?;
    let whole = match bits {
        "8" => 1,
        "16" => 2,
        "24" => 3,
        _ => 0,
    };
    let octets: Vec<_> = address.split('.').collect();
    let fault = condition.warning("filter patterns do not know networks: this is compared as a text".into());
    Some(match octets.get(..whole) {
        Some(octets) if !octets.is_empty() => fault.help(format!("write \"{}.*\"", octets.join("."))),
        _ => fault.help("write the addresses with `*`, or as a regular expression: `%^10\\.1[6-9]\\.%`"),
    })
}

fn unequal(condition: &Condition, path: &str) -> Fault {
    let fault = Fault::warning(condition.range.clone(), format!("`!=` is false for a record without `{path}`"));
    fault.help(format!("to mean those too: `($.{path} NOT EXISTS) || ({})`", condition.text))
}
