//! Sigma rules, which are YAML: keys, values and comments, line by line.

use super::{Span, quoted, word};
use crate::ui::theme::Meaning;

/// The words of a condition that are no names.
const CONDITION: [&str; 6] = ["and", "or", "not", "of", "all", "them"];

pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut reader = Reader { spans: Vec::new(), block: None };
    let mut start = 0;
    for line in text.split('\n') {
        reader.line(line, start);
        start += line.len() + 1;
    }
    reader.spans
}

struct Reader {
    spans: Vec<Span>,
    /// The indent of the key whose value is the block of lines that stand further in.
    block: Option<usize>,
}

impl Reader {
    fn push(&mut self, start: usize, length: usize, meaning: Meaning) {
        if length > 0 {
            self.spans.push((start..start + length, meaning));
        }
    }

    fn line(&mut self, line: &str, start: usize) {
        let indent = line.len() - line.trim_start().len();
        let text = line.trim();
        if let Some(outer) = self.block {
            if text.is_empty() || indent > outer {
                return self.push(start + indent, text.len(), Meaning::JsonString);
            }
            self.block = None;
        }
        if text.starts_with('#') {
            return self.push(start + indent, text.len(), Meaning::Muted);
        }
        if text == "---" || text == "..." {
            return self.push(start + indent, text.len(), Meaning::JsonPunctuation);
        }
        self.item(&line[indent..], start + indent, indent);
    }

    /// What stands behind the indent: dashes, a key, and a value.
    fn item(&mut self, mut rest: &str, mut at: usize, mut indent: usize) {
        while let Some(after) = rest.strip_prefix('-').filter(|after| after.is_empty() || after.starts_with(' ')) {
            self.push(at, 1, Meaning::JsonPunctuation);
            let skipped = 1 + after.len() - after.trim_start().len();
            (rest, at, indent) = (&rest[skipped..], at + skipped, indent + skipped);
        }
        let Some(key) = key_length(rest) else { return self.value(rest, at, false) };
        self.push(at, key, Meaning::JsonKey);
        self.push(at + key, 1, Meaning::JsonPunctuation);
        let value = rest[key + 1..].trim_start();
        let is_condition = &rest[..key] == "condition";
        if value.starts_with(['|', '>']) {
            self.block = Some(indent);
        }
        self.value(value, at + rest.len() - value.len(), is_condition);
    }

    fn value(&mut self, value: &str, at: usize, is_condition: bool) {
        let (end, meaning) = match value.chars().next() {
            Some('\'' | '"') => match quoted(value, value.starts_with('"')) {
                (end, true) => (end, Meaning::JsonString),
                (end, false) => (end, Meaning::JsonBroken),
            },
            Some('|' | '>') => (value.trim_end().len(), Meaning::JsonPunctuation),
            _ => {
                let plain = value[..value.find(" #").unwrap_or(value.len())].trim_end();
                (plain.len(), word(plain))
            }
        };
        match is_condition && meaning == Meaning::JsonString {
            true => self.condition(&value[..end], at),
            false => self.push(at, end, meaning),
        }
        let rest = value[end..].trim_start();
        if rest.starts_with('#') {
            self.push(at + value.len() - rest.len(), rest.trim_end().len(), Meaning::Muted);
        }
    }

    fn condition(&mut self, text: &str, at: usize) {
        let mut from = 0;
        for word in text.split(' ') {
            let known = CONDITION.contains(&word.trim_matches(['(', ')']));
            let meaning = if known { Meaning::JsonLiteral } else { Meaning::JsonString };
            self.push(at + from, word.len(), meaning);
            from += word.len() + 1;
        }
    }
}

/// The length of the key that a line starts with: up to the first colon with a blank or nothing behind it.
fn key_length(text: &str) -> Option<usize> {
    if text.starts_with(['\'', '"', '#']) {
        return None;
    }
    let ends = |at: &usize| text[at + 1..].is_empty() || text[at + 1..].starts_with([' ', '\r']);
    text.match_indices(':').map(|(at, _)| at).find(ends)
}
