//! Metric filters: selectors, operators, and what is compared.

use super::{Span, quoted, word};
use crate::ui::theme::Meaning;

/// The words that are operators or values.
const WORDS: [&str; 6] = ["IS", "NOT", "EXISTS", "NULL", "TRUE", "FALSE"];

pub(super) fn spans(text: &str) -> Vec<Span> {
    let (mut spans, mut at) = (Vec::new(), 0);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (length, meaning) = match c {
            c if c.is_whitespace() => (c.len_utf8(), Meaning::Text),
            '{' | '}' | '(' | ')' | '[' | ']' | ',' => (1, Meaning::JsonPunctuation),
            '=' | '!' | '<' | '>' | '&' | '|' | '?' => (1, Meaning::JsonLiteral),
            '$' => (selector(rest), Meaning::JsonKey),
            '"' | '%' => match quoted(rest, c == '"') {
                (end, true) => (end, Meaning::JsonString),
                (end, false) => (end, Meaning::JsonBroken),
            },
            _ => bare(rest),
        };
        if meaning != Meaning::Text {
            spans.push((at..at + length, meaning));
        }
        at += length;
    }
    spans
}

/// Where a selector ends: in its brackets, everything is part of it.
fn selector(rest: &str) -> usize {
    let mut is_inside = false;
    for (at, c) in rest.char_indices() {
        match c {
            '\n' => return at,
            '[' => is_inside = true,
            ']' => is_inside = false,
            c if !is_inside && (c.is_whitespace() || "=!<>()&|{}".contains(c)) => return at,
            _ => {}
        }
    }
    rest.len()
}

fn bare(rest: &str) -> (usize, Meaning) {
    let ends = |c: char| c.is_whitespace() || "=!<>()&|{}[],\"%".contains(c);
    let end = rest.find(ends).unwrap_or(rest.len());
    let text = &rest[..end];
    match WORDS.iter().any(|known| known.eq_ignore_ascii_case(text)) {
        true => (end, Meaning::JsonLiteral),
        false => (end, word(text)),
    }
}
