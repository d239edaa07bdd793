//! A body that the operator wrote, with `<title>` and its like where the values go.

use serde_json::Value;

use super::body::Escape;
use crate::{
    model::{Message, text::visible},
    notify::channel::shape,
};

/// The body, and what kind of content it is.
///
/// A template that is JSON when its values are plain words stays JSON whatever they are: they are written as a string's
/// inside. Any other is sent as text, each value in one line. A word in `<…>` that names no value stays as it is.
pub fn filled(template: &str, message: &Message, escape: Escape) -> (String, &'static str) {
    let values = shape::object(message);
    let said = |name: &str| values.get(name).map(text);
    let sample = fill(template, |name| said(name).map(|_| if name == "count" { "1" } else { "x" }.to_owned()));
    match serde_json::from_str::<Value>(&sample).is_ok() {
        true => (fill(template, |name| said(name).map(|value| inside(&escape(&value)))), "application/json"),
        false => (
            fill(template, |name| said(name).map(|value| visible(&escape(&value)).into_owned())),
            "text/plain; charset=utf-8",
        ),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A text as it stands between the quotes of a JSON string; what steers a terminal is written out.
fn inside(text: &str) -> String {
    let kept: Vec<_> = text.lines().map(visible).collect();
    let quoted = Value::from(kept.join("\n")).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Replaces each `<name>` that has a value, once: what a value holds is not looked at again.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::with_capacity(template.len()), template);
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out += before;
        let named = from[1..].split_once('>').and_then(|(name, after)| Some((value(name)?, after)));
        match named {
            Some((value, after)) => (out, rest) = (out + &value, after),
            None => (out, rest) = (out + "<", &from[1..]),
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::channel::samples::{self, EVIL};

    fn made(template: &str) -> (String, &'static str) {
        filled(template, &samples::hostile(), str::to_owned)
    }

    #[test]
    fn a_json_template_stays_json_whatever_the_values() {
        let (body, kind) =
            made(r#"{"summary": "<severity>: <title>", "n": <count>, "html": "<b>", "agent": "<subject>"}"#);
        assert_eq!(kind, "application/json");
        let read: Value = serde_json::from_str(&body).unwrap();
        assert!(read["summary"].as_str().unwrap().starts_with("critical: Root signed in from <!channel>"));
        assert_eq!((read["n"].as_i64(), read["html"].as_str()), (Some(1), Some("<b>")));
        assert_eq!(read["agent"].as_str().unwrap().lines().next(), Some(visible(EVIL).split("\\r\\n").next().unwrap()));
        assert_eq!(read.as_object().unwrap().len(), 4);
    }

    #[test]
    fn any_other_template_is_text_in_which_each_value_is_one_line() {
        let (body, kind) = made("<title>\n<text> < 3 <nobody> <");
        assert_eq!((kind, body.lines().count()), ("text/plain; charset=utf-8", 2));
        assert!(body.ends_with(" < 3 <nobody> <"), "{body}");
        assert!(!body.contains(['\u{1b}', '\r']));
        assert_eq!(made(r#"{"t": <title>}"#).1, "text/plain; charset=utf-8");
    }

    #[test]
    fn what_a_value_holds_is_no_template() {
        let mut message = samples::hostile();
        message.notice.title = "<key><text>".to_owned();
        assert_eq!(filled("<title>", &message, str::to_owned).0, "<key><text>");
    }
}
