//! A subject's record as the Sigma engine asks for it.
//!
//! It differs from what the engine itself makes of JSON in one thing: a field that names an object is the object's JSON
//! text, so that `requestParameters|contains: Suspended` finds what it looks for. Fields that a rule walks through member
//! by member (`field[any]`) stay objects.

use std::borrow::Cow;

use rsigma_eval::{Event, EventValue};

use super::path;
use crate::rules::{
    Key, Subject,
    tape::{Kind, Value},
};

/// How deep arrays and objects are taken apart; what lies deeper is a text. A record may nest without end.
const DEEPEST: usize = 32;

/// A subject's record, for one rule.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub subject: &'a Subject,
    /// The fields that the rule walks through member by member.
    pub walked: &'a [String],
}

impl<'a> View<'a> {
    fn find(self, path: &str) -> path::Found<'a> {
        // The index of the rules has looked these up already; what is no leaf may stand for something that is not simple.
        let key = Key::of_record(path).filter(|key| *key != Key::IdentityType);
        match key.and_then(|key| self.subject.fact(key)).filter(|fact| fact.kind().is_leaf()) {
            Some(fact) => path::Found::One(fact),
            None => path::find(self.subject.record(), path),
        }
    }
}

impl Event for View<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        let whole = self.walked.iter().any(|walked| walked == path);
        let value = |value| event_value(value, whole, DEEPEST);
        match self.find(path) {
            path::Found::None => None,
            path::Found::One(found) => Some(value(found)),
            path::Found::Many(found) => Some(EventValue::Array(found.into_iter().map(value).collect())),
        }
    }

    fn any_string_value(&self, holds: &dyn Fn(&str) -> bool) -> bool {
        self.subject.record().all().filter_map(Value::text).any(|text| holds(&text))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.subject.record().all().filter_map(Value::text).collect()
    }

    fn to_json(&self) -> serde_json::Value {
        serde_json::from_str(self.subject.record().raw()).unwrap_or_default()
    }
}

/// A value as the engine knows it; `whole` keeps objects, of which it is otherwise the text that counts.
fn event_value(value: Value<'_>, whole: bool, depth: usize) -> EventValue<'_> {
    match value.kind() {
        Kind::String => EventValue::Str(value.text().unwrap_or_default()),
        Kind::Number => number(value),
        Kind::True => EventValue::Bool(true),
        Kind::False => EventValue::Bool(false),
        Kind::Null => EventValue::Null,
        Kind::Array if depth > 0 => {
            EventValue::Array(value.items().map(|item| event_value(item, whole, depth - 1)).collect())
        }
        Kind::Object if depth > 0 && whole => EventValue::Map(
            value
                .children()
                .map(|child| (child.key().unwrap_or_default(), event_value(child, whole, depth - 1)))
                .collect(),
        ),
        Kind::Array | Kind::Object => text(value),
    }
}

/// The text of an object; where it holds JSON in a string, as IAM's `policyDocument` is, also with the quotes in there as
/// they are meant, for rules that look for `"s3:GetObject"`.
fn text(value: Value<'_>) -> EventValue<'_> {
    let text = compact(value.raw());
    match text.contains(r#"\""#) {
        true => EventValue::Array(vec![EventValue::Str(text.replace(r#"\""#, "\"").into()), EventValue::Str(text)]),
        false => EventValue::Str(text),
    }
}

fn number(value: Value<'_>) -> EventValue<'_> {
    match value.raw().parse() {
        Ok(number) => EventValue::Int(number),
        Err(_) => EventValue::Float(value.number().unwrap_or(f64::NAN)),
    }
}

/// JSON without the blanks between its tokens, as AWS writes it: what rules on an object's text were written against.
fn compact(json: &str) -> Cow<'_, str> {
    let mut outside = Outside::default();
    if !json.bytes().any(|byte| outside.is_blank(byte)) {
        return Cow::Borrowed(json);
    }
    let mut outside = Outside::default();
    // Blanks are ASCII: what is left is whole characters.
    Cow::Owned(json.chars().filter(|&c| !outside.is_blank(u8::try_from(c).unwrap_or(b'x'))).collect())
}

/// Whether a byte stands in a string.
#[derive(Default)]
struct Outside {
    string: bool,
    escaped: bool,
}

impl Outside {
    fn is_blank(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.string => self.escaped = true,
            b'"' => self.string = !self.string,
            b' ' | b'\t' | b'\n' | b'\r' => return !self.string,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(record: &str, path: &str) -> Option<serde_json::Value> {
        let subject = Subject::cloudtrail(record).unwrap();
        View { subject: &subject, walked: &["w".to_owned()] }.get_field(path).map(|value| value.to_json())
    }

    #[test]
    fn an_object_is_its_text_without_blanks() {
        let record = "{ \"a\": { \"b\" : \"x \\\\ y\",\n \"c\": [1, {\"d\": 2}] } }";
        assert_eq!(field(record, "a").unwrap(), r#"{"b":"x \\ y","c":[1,{"d":2}]}"#);
        assert_eq!(field(record, "a.c").unwrap(), serde_json::json!([1, r#"{"d":2}"#]));
        assert_eq!(field(r#"{"w":{"b":[{"c":1}]}}"#, "w").unwrap(), serde_json::json!({"b":[{"c":1}]}));
    }

    #[test]
    fn what_is_null_is_there_and_what_is_absent_is_not() {
        let record = r#"{"a":null,"n":1.5,"i":-3,"t":true,"errorCode":null}"#;
        assert_eq!(field(record, "a").unwrap(), serde_json::Value::Null);
        assert_eq!(field(record, "errorCode").unwrap(), serde_json::Value::Null);
        assert_eq!(field(record, "eventName"), None);
        assert_eq!(field(record, "n").unwrap(), 1.5);
        assert_eq!(field(record, "i").unwrap(), -3);
        assert_eq!(field(record, "t").unwrap(), true);
    }

    #[test]
    fn a_record_that_nests_without_end_does_no_harm() {
        let deep = |open: &str, close: &str| {
            let record = format!(r#"{{"w":{}1{},"a.b":1}}"#, open.repeat(100_000), close.repeat(100_000));
            assert!(field(&record, "w").is_some());
            field(&record, "w.x")
        };
        assert_eq!(deep("[", "]"), None);
        assert!(deep(r#"{"x":"#, "}").is_some());
    }

    #[test]
    fn every_text_is_searched_and_no_key() {
        let subject = Subject::cloudtrail(r#"{"key":[{"k":"v\u0061lue"}]}"#).unwrap();
        let view = View { subject: &subject, walked: &[] };
        assert!(view.any_string_value(&|text| text == "value"));
        assert!(!view.any_string_value(&|text| text.contains('k')));
    }
}
