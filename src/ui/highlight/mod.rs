//! The text of a rule, part by part with what each means: a small reader for each language, which takes any text.

mod event_pattern;
mod metric_filter;
mod sigma;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::theme::Meaning;

/// A part of a text, in bytes, and what it means.
pub type Span = (Range<usize>, Meaning);

/// The parts of a text in a rule language that mean something, in order; what stands between them is plain. Of an unknown
/// language, none.
pub fn spans(language: &str, text: &str) -> Vec<Span> {
    match language {
        "event-pattern" => event_pattern::spans(text),
        "metric-filter" => metric_filter::spans(text),
        "sigma" => sigma::spans(text),
        _ => Vec::new(),
    }
}

/// The parts of each line of a text, whole, counted from the line's start.
pub fn lines(language: &str, text: &str) -> Vec<(String, Vec<Span>)> {
    let spans = spans(language, text);
    let mut start = 0;
    let line = |line: &str| {
        let parts = within(&spans, start..start + line.len());
        start += line.len() + 1;
        (line.to_owned(), parts)
    };
    text.split('\n').map(line).collect()
}

/// The parts of spans that stand in a range, counted from its start.
pub fn within(spans: &[Span], range: Range<usize>) -> Vec<Span> {
    let from = spans.partition_point(|(span, _)| span.end <= range.start);
    let inside = spans[from..].iter().take_while(|(span, _)| span.start < range.end);
    inside
        .map(|(span, meaning)| {
            let part = span.start.max(range.start) - range.start..span.end.min(range.end) - range.start;
            (part, *meaning)
        })
        .collect()
}

/// Where a text in quotes ends whose first byte is the quote: behind the closing one, or at the end of the line, with
/// whether it is closed. A backslash takes the next character's meaning away.
fn quoted(text: &str, escapes: bool) -> (usize, bool) {
    let Some(quote) = text.chars().next() else { return (0, false) };
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return (at, false),
            _ if is_escaped => is_escaped = false,
            '\\' if escapes => is_escaped = true,
            c if c == quote => return (at + c.len_utf8(), true),
            _ => {}
        }
    }
    (text.len(), false)
}

/// What a word means that stands alone as a value.
fn word(word: &str) -> Meaning {
    match word {
        "true" | "false" | "null" => Meaning::JsonLiteral,
        word if word.parse::<f64>().is_ok() && !word.starts_with(char::is_alphabetic) => Meaning::JsonNumber,
        _ => Meaning::JsonString,
    }
}
