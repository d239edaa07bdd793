//! Event patterns, which are JSON.

use super::{Span, quoted, word};
use crate::ui::theme::Meaning;

pub(super) fn spans(text: &str) -> Vec<Span> {
    let (mut spans, mut at) = (Vec::new(), 0);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (length, meaning) = match c {
            c if c.is_whitespace() => (c.len_utf8(), Meaning::Text),
            '{' | '}' | '[' | ']' | ':' | ',' => (1, Meaning::JsonPunctuation),
            '"' => string(rest),
            _ => bare(rest),
        };
        if meaning != Meaning::Text {
            spans.push((at..at + length, meaning));
        }
        at += length;
    }
    spans
}

/// A text in quotes; it is a key when a colon follows.
fn string(rest: &str) -> (usize, Meaning) {
    match quoted(rest, true) {
        (end, false) => (end, Meaning::JsonBroken),
        (end, true) if rest[end..].trim_start().starts_with(':') => (end, Meaning::JsonKey),
        (end, true) => (end, Meaning::JsonString),
    }
}

fn bare(rest: &str) -> (usize, Meaning) {
    let ends = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | ':' | ',' | '"');
    let end = rest.find(ends).unwrap_or(rest.len());
    match word(&rest[..end]) {
        Meaning::JsonString => (end, Meaning::JsonBroken),
        meaning => (end, meaning),
    }
}
