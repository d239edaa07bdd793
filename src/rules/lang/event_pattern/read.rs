//! The operators of content filtering: from their JSON to a matcher, or to what AWS says about it.
//!
//! Source: EventBridge user guide, "Comparison operators for use in event patterns", and the service's recorded answers.
//! Messages are AWS's own, also where they name another operator than the one at hand; what to write stands in the help.

use super::{
    address::{self, Network},
    fold::Fold,
    matcher::Matcher,
    number::{self, Number, Span},
    wildcard::{self, Wildcard},
};
use crate::rules::{
    fault::{Fault, nearest},
    tape::{Kind, Value},
};

type Read = Result<Matcher, Fault>;
/// What reads an operator's operand.
type Reader = fn(Value<'_>) -> Read;

/// Every operator, with its name.
pub const OPERATORS: &[(&str, Reader)] = &[
    ("prefix", prefix),
    ("suffix", suffix),
    ("equals-ignore-case", equals_ignore_case),
    ("wildcard", wildcard),
    ("anything-but", anything_but),
    ("numeric", numeric),
    ("exists", exists),
    ("cidr", cidr),
    ("exactly", exactly),
];

const TOO_COMPLEX: &str = "Rule is too complex - try using fewer wildcard characters or fewer repeating character \
                           sequences after a wildcard character";

/// One of the alternatives in a field's array.
pub fn matcher(value: Value<'_>) -> Read {
    match value.kind() {
        Kind::String => Ok(plain(&text(value))),
        Kind::Number => Ok(Matcher::Number(Number::new(value.raw()))),
        kind @ (Kind::True | Kind::False | Kind::Null) => Ok(Matcher::Literal(kind)),
        Kind::Object => expression(value),
        Kind::Array => Err(wrong(value, "Match value must be String, number, true, false, or null")
            .help("take the inner brackets away: the values of one array are alternatives already")),
    }
}

fn wrong(value: Value<'_>, message: impl Into<String>) -> Fault {
    Fault::new(value.range(), message)
}

fn text(value: Value<'_>) -> String {
    value.text().unwrap_or_default().into_owned()
}

fn plain(text: &str) -> Matcher {
    match address::read(text) {
        Some(ip) => Matcher::Address(ip),
        None => Matcher::Text(text.to_owned()),
    }
}

fn expression(value: Value<'_>) -> Read {
    let operand = only_member(value)?;
    let name = operand.key().unwrap_or_default();
    match OPERATORS.iter().find(|(known, _)| *known == name) {
        Some((_, read)) => read(operand),
        None => Err(unknown(operand, &name)),
    }
}

/// The one member of an object that stands for an operator.
fn only_member(value: Value<'_>) -> Result<Value<'_>, Fault> {
    let mut members = value.children();
    let first = members.next().ok_or_else(|| {
        wrong(value, "Match expression name not found").help(r#"name an operator, such as {"prefix": "Put"}"#)
    })?;
    match members.next() {
        None => Ok(first),
        Some(second) => Err(Fault::new(second.key_range(), "Only one key allowed in match expression")
            .help("give it braces of its own: {…}, {…} are alternatives, and a field cannot have two conditions")),
    }
}

fn unknown(operand: Value<'_>, name: &str) -> Fault {
    let known = OPERATORS.iter().map(|(known, _)| *known);
    let help = match (nearest(name, known.clone()), name.to_lowercase().as_str()) {
        (Some(known), _) => format!("write \"{known}\""),
        (None, "contains" | "like" | "glob" | "regex" | "regexp" | "matches") => {
            r#"write {"wildcard": "*text*"}: `*` stands for any text, and there are no regular expressions"#.into()
        }
        (None, "equals" | "is" | "eq" | "in") => "write the value itself, without an operator".into(),
        (None, "not" | "ne" | "not-equals" | "not-in") => r#"write "anything-but""#.into(),
        (None, "startswith" | "starts-with") => r#"write "prefix""#.into(),
        (None, "endswith" | "ends-with") => r#"write "suffix""#.into(),
        _ => format!("the operators are {}", known.collect::<Vec<_>>().join(", ")),
    };
    Fault::new(operand.key_range(), format!("Unrecognized match type {name}")).help(help)
}

/// The text of an operand that must be a string.
fn string(operand: Value<'_>, message: &str) -> Result<String, Fault> {
    operand.text().map(Into::into).ok_or_else(|| {
        let fault = wrong(operand, message);
        match operand.kind() {
            Kind::Array => fault.help("write one operator for each text: [{…: \"a\"}, {…: \"b\"}]"),
            Kind::Number => fault.help(format!("put it in quotes: \"{}\"", operand.raw())),
            _ => fault.help("write a text in quotes"),
        }
    })
}

fn exactly(operand: Value<'_>) -> Read {
    string(operand, "exact match pattern must be a string").map(Matcher::Text)
}

fn prefix(operand: Value<'_>) -> Read {
    match operand.kind() {
        Kind::Object => in_any_case(operand, "prefix").map(|text| Matcher::Starts(Fold::new(&text))),
        _ => string(operand, "prefix match pattern must be a string").map(Matcher::Prefix),
    }
}

fn suffix(operand: Value<'_>) -> Read {
    match operand.kind() {
        Kind::Object => in_any_case(operand, "suffix").map(|text| Matcher::Ends(Fold::new(&text))),
        _ => string(operand, "suffix match pattern must be a string").map(Matcher::Suffix),
    }
}

/// The text in `{"equals-ignore-case": "text"}`, inside of another operator.
fn in_any_case(operand: Value<'_>, operator: &str) -> Result<String, Fault> {
    let inner = only_member(operand)?;
    if !inner.has_key("equals-ignore-case") {
        let name = inner.key().unwrap_or_default();
        return Err(Fault::new(inner.key_range(), format!("Unsupported {operator} pattern: {name}"))
            .help(r#"write a text, or {"equals-ignore-case": "text"}"#));
    }
    string(inner, "equals-ignore-case match pattern must be a string")
}

fn equals_ignore_case(operand: Value<'_>) -> Read {
    let text = string(operand, "equals-ignore-case match pattern must be a string")?;
    Ok(Matcher::Same(Fold::new(&text)))
}

fn wildcard(operand: Value<'_>) -> Read {
    let text = string(operand, "wildcard match pattern must be a string")?;
    let wildcard = Wildcard::new(&text).map_err(|why| {
        wrong(operand, why).help(r"one `*` stands for any text; write `\\*` in JSON for a star, `\\\\` for a backslash")
    })?;
    if wildcard::complexity([&wildcard], wildcard::LIMIT) > wildcard::LIMIT {
        return Err(wrong(operand, TOO_COMPLEX).help("leave out stars, or use \"prefix\" or \"suffix\""));
    }
    Ok(Matcher::Wildcard(wildcard))
}

fn exists(operand: Value<'_>) -> Read {
    match operand.kind() {
        Kind::True => Ok(Matcher::Exists),
        Kind::False => Ok(Matcher::Absent),
        _ => Err(wrong(operand, "exists match pattern must be either true or false.")
            .help(r#"write {"exists": true}, without quotes"#)),
    }
}

fn cidr(operand: Value<'_>) -> Read {
    let text = string(operand, "prefix match pattern must be a string")
        .map_err(|fault| fault.help(r#"write a network in quotes, such as "10.0.0.0/8""#))?;
    Network::read(&text).map(Matcher::Network).map_err(|why| {
        let fault = wrong(operand, &why);
        match text.split_once('/') {
            Some((ip, _)) if why.contains("must be <") => fault.help(format!("write the address itself: \"{ip}\"")),
            _ => fault.help(r#"write it as in "10.0.0.0/8" or "2001:db8::/32""#),
        }
    })
}

fn anything_but(operand: Value<'_>) -> Read {
    match operand.kind() {
        Kind::Object => anything_but_operator(only_member(operand)?),
        Kind::Array => anything_but_list(operand),
        Kind::String => Ok(Matcher::AnythingBut(vec![Matcher::Text(text(operand))])),
        Kind::Number => Ok(Matcher::AnythingBut(vec![Matcher::Number(comparable(operand)?)])),
        _ => Err(not_a_choice(operand)),
    }
}

fn not_a_choice(operand: Value<'_>) -> Fault {
    wrong(operand, "Value of anything-but must be an array or single string/number value.")
        .help(r#"write texts or numbers, such as {"anything-but": ["a", "b"]}"#)
}

fn anything_but_list(operand: Value<'_>) -> Read {
    let kind = |kind| operand.items().any(|item| item.kind() == kind);
    let other = operand.items().find(|item| !matches!(item.kind(), Kind::String | Kind::Number));
    if let Some(other) = other {
        return Err(wrong(other, "Inside anything but list, start|null|boolean is not supported.")
            .help("list texts or numbers alone"));
    }
    if kind(Kind::String) == kind(Kind::Number) {
        let message = "Inside anything but list, either all values are number or string, mixed type is not supported";
        return Err(wrong(operand, message).help("list at least one value, and either texts or numbers"));
    }
    let read = |item: Value<'_>| match item.kind() {
        Kind::Number => comparable(item).map(Matcher::Number),
        _ => Ok(Matcher::Text(text(item))),
    };
    operand.items().map(read).collect::<Result<_, _>>().map(Matcher::AnythingBut)
}

fn anything_but_operator(operand: Value<'_>) -> Read {
    let name = operand.key().unwrap_or_default();
    let read: Reader = match &*name {
        "prefix" => |item| affix(item).map(Matcher::Prefix),
        "suffix" => |item| affix(item).map(Matcher::Suffix),
        "equals-ignore-case" => caseless,
        "wildcard" => wildcard,
        _ => {
            return Err(Fault::new(operand.key_range(), format!("Unsupported anything-but pattern: {name}"))
                .help("anything-but takes prefix, suffix, equals-ignore-case and wildcard"));
        }
    };
    if operand.kind() == Kind::Array && operand.items().next().is_none() {
        return Err(wrong(operand, "Empty arrays are not allowed").help("list at least one text"));
    }
    match operand.kind() {
        Kind::Object => Err(not_a_choice(operand)),
        Kind::Array => operand.items().map(read).collect::<Result<_, _>>().map(Matcher::AnythingBut),
        _ => read(operand).map(|matcher| Matcher::AnythingBut(vec![matcher])),
    }
}

fn affix(item: Value<'_>) -> Result<String, Fault> {
    let text = string(item, "prefix/suffix match pattern must be a string")?;
    match text.is_empty() {
        true => Err(wrong(item, "Null prefix/suffix not allowed").help("every text starts and ends with an empty one")),
        false => Ok(text),
    }
}

fn caseless(item: Value<'_>) -> Read {
    let message = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
    string(item, message).map(|text| Matcher::Same(Fold::new(&text)))
}

/// A number that numbers can be compared with: one that a double is.
fn comparable(value: Value<'_>) -> Result<Number, Fault> {
    threshold(value).map(|_| Number::new(value.raw()))
}

fn threshold(value: Value<'_>) -> Result<f64, Fault> {
    number::exact(value.raw()).ok_or_else(|| {
        wrong(value, format!("Cannot compare number : {}", value.raw()))
            .help("numbers are compared as doubles: write one with at most 15 digits")
    })
}

fn numeric(operand: Value<'_>) -> Read {
    if operand.kind() != Kind::Array {
        return Err(wrong(operand, "Value of numeric must be an array.").help(r#"write {"numeric": [">", 0]}"#));
    }
    let items: Vec<_> = operand.items().collect();
    let Some((first, rest)) = items.split_first().filter(|(first, _)| first.kind() == Kind::String) else {
        let member = items.first().copied().unwrap_or(operand);
        return Err(wrong(member, format!("Invalid member in numeric match: {}", member.raw()))
            .help(r#"start with an operator: {"numeric": [">", 0]}"#));
    };
    let name = text(*first);
    if !["=", ">", ">=", "<", "<="].contains(&&*name) {
        return Err(wrong(*first, format!("Unrecognized numeric range operator: {name}"))
            .help(r#"the operators are "=", "<", "<=", ">" and ">=""#));
    }
    let limit = limit(operand, &name, rest.first())?;
    match rest.get(1..).unwrap_or_default() {
        [] => Ok(Matcher::Numeric(one_sided(&name, limit))),
        more if name.starts_with('>') => range(operand, (limit, name == ">="), more),
        [extra, ..] => Err(wrong(*extra, "Too many elements in numeric expression")
            .help(r#"a range names its lower end first: [">", 0, "<=", 5]"#)),
    }
}

/// The number that an operator of `numeric` compares with.
fn limit(operand: Value<'_>, name: &str, number: Option<&Value<'_>>) -> Result<f64, Fault> {
    match number.filter(|number| number.kind() == Kind::Number) {
        Some(number) => threshold(*number),
        None => {
            let name = if name == "=" { "equals" } else { name };
            Err(wrong(*number.unwrap_or(&operand), format!("Value of {name} must be numeric"))
                .help("write a number behind it, without quotes"))
        }
    }
}

fn one_sided(name: &str, limit: f64) -> Span {
    let closed = name.ends_with('=');
    Span {
        low: (!name.starts_with('<')).then_some((limit, closed)),
        high: (!name.starts_with('>')).then_some((limit, closed)),
    }
}

/// The upper end of a range whose lower end is known.
fn range(operand: Value<'_>, low: (f64, bool), more: &[Value<'_>]) -> Read {
    let help = r#"a range is written as [">", 0, "<=", 5]"#;
    let Some(name) = more[0].text() else {
        return Err(wrong(more[0], format!("Bad value in numeric range: {}", more[0].raw())).help(help));
    };
    if !["<", "<="].contains(&&*name) {
        return Err(wrong(more[0], format!("Bad numeric range operator: {name}")).help(help));
    }
    let high = limit(operand, &name, more.get(1))?;
    if let Some(extra) = more.get(2) {
        return Err(wrong(*extra, "Too many terms in numeric range expression").help(help));
    }
    if low.0 >= high {
        return Err(wrong(operand, "Bottom must be less than top").help("write the smaller number first"));
    }
    Ok(Matcher::Numeric(Span { low: Some(low), high: Some((high, name == "<=")) }))
}
