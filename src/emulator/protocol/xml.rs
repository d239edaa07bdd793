//! XML text as the query and REST protocols write and read it.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::emulator::value::Value;

/// How deep an input may nest, so that a hostile one cannot exhaust the stack.
const DEPTH: usize = 32;

/// How the items of a list are wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Each item is an element of this name inside the list's element.
    Item(&'static str),
    /// Each item is an element with the list's own name.
    Flat,
}

/// Writes `value` as the element `name`; `style` tells how the list of a name is wrapped.
pub fn write(out: &mut String, name: &str, value: &Value, style: &dyn Fn(&str) -> List) {
    match (value, style(name)) {
        (Value::List(items), List::Flat) => items.iter().for_each(|item| write(out, name, item, style)),
        (Value::List(items), List::Item(item_name)) => {
            element(out, name, |out| items.iter().for_each(|item| write(out, item_name, item, style)));
        }
        (Value::Map(_), _) => element(out, name, |out| {
            value.members().for_each(|(name, member)| write(out, name, member, style));
        }),
        (scalar, _) => element(out, name, |out| out.push_str(&text(scalar))),
    }
}

/// Writes an element around what `content` writes.
pub fn element(out: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    content(out);
    out.push_str("</");
    // A start tag may carry attributes, its end tag never does.
    out.push_str(name.split(' ').next().unwrap_or(name));
    out.push('>');
}

/// Text that is safe between tags. What XML 1.0 has no spelling for becomes U+FFFD.
pub fn escape(text: &str) -> Cow<'_, str> {
    let forbidden = |letter: char| letter < ' ' && !matches!(letter, '\t' | '\n' | '\r');
    let escaped = quick_xml::escape::escape(text);
    if escaped.contains(forbidden) { Cow::Owned(escaped.replace(forbidden, "\u{fffd}")) } else { escaped }
}

/// A moment in ISO 8601 with milliseconds, as AWS writes it.
pub fn iso(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Bool(flag) => flag.to_string().into(),
        Value::Integer(number) => number.to_string().into(),
        Value::Double(number) => format!("{number:?}").into(),
        Value::Text(text) => escape(text),
        Value::Time(time) => iso(*time).into(),
        Value::Null | Value::List(_) | Value::Map(_) => "".into(),
    }
}

/// Reads the root element's content: nested structures of text. `None` when it is not well-formed.
pub fn read(body: &str) -> Option<Value> {
    let mut reader = Reader::from_str(body);
    let mut open: Vec<(String, Value, String)> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) if open.len() == DEPTH => return None,
            Event::Start(tag) => {
                let name = tag.local_name().into_inner().to_owned();
                open.push((name, Value::Null, String::new()));
            }
            Event::Empty(tag) => {
                let name = tag.local_name().into_inner().to_owned();
                open.last_mut()?.1.set(name, Value::from(""));
            }
            Event::Text(text) => {
                if let Some((_, _, content)) = open.last_mut() {
                    content.push_str(&text);
                }
            }
            Event::End(_) => {
                let (name, members, content) = open.pop()?;
                let value = if members == Value::Null { Value::Text(content.trim().to_owned()) } else { members };
                match open.last_mut() {
                    Some(parent) => parent.1.set(name, value),
                    None => return Some(value),
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_would_break_the_document_is_escaped() {
        assert_eq!(escape("a<b>&\"\u{1b}"), "a&lt;b&gt;&amp;&quot;\u{fffd}");
    }

    #[test]
    fn lists_are_wrapped_or_flat() {
        let value = Value::map([("Names", vec!["a", "b"].into()), ("Flat", vec![1, 2].into())]);
        let style = |name: &str| {
            if name == "Flat" { List::Flat } else { List::Item("member") }
        };
        let mut out = String::new();
        write(&mut out, "R", &value, &style);
        assert_eq!(out, "<R><Names><member>a</member><member>b</member></Names><Flat>1</Flat><Flat>2</Flat></R>");
    }

    #[test]
    fn a_document_is_read_as_nested_structures() {
        let body = "<?xml version=\"1.0\"?><R xmlns=\"urn:x\"><Days>3</Days><Job><Tier>Bulk</Tier></Job></R>";
        let value = read(body).unwrap();
        assert_eq!(value.integer("Days").unwrap(), Some(3));
        assert_eq!(value.get("Job").unwrap().text("Tier").unwrap(), Some("Bulk"));
        assert_eq!(read("<R><Days>"), None);
        assert_eq!(read(&"<R>".repeat(100_000)), None);
    }
}
