//! How a row of a record is written: its key and value in parts that are safe, and where in them a match stands.

use std::{borrow::Cow, ops::Range};

use unicode_segmentation::UnicodeSegmentation;

use crate::{
    json::{Kind, Pattern, RowNo, Tree},
    model::text::visible,
    ui::{
        theme::Meaning,
        widgets::text::{MOST_BYTES_IN_A_CELL, columns, fill},
    },
};

/// The columns that a level is indented.
const INDENT: usize = 2;
/// Deeper levels are not indented further: there must be room for the text.
const DEEPEST: u32 = 20;

/// A row in parts.
pub type Spans<'a> = Vec<(Cow<'a, str>, Meaning)>;

/// The columns that a row is indented.
pub fn indent(tree: &Tree, row: RowNo) -> usize {
    tree.row(row).depth.min(DEEPEST) as usize * INDENT
}

/// The text of a row in parts, safe to show; long values are cut to `most` characters before any work is put into them.
pub fn spans(tree: &Tree, at: RowNo, most: usize) -> Spans<'_> {
    let row = tree.row(at);
    let mut spans = Vec::with_capacity(5);
    if let Some(key) = tree.key(at) {
        spans.push((visible(cut(key, most)), Meaning::JsonKey));
        spans.push((Cow::Borrowed(": "), Meaning::JsonPunctuation));
    }
    let folded = tree.is_folded(at);
    let count = |one: &str, many: &str| match row.children {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    match row.kind {
        Kind::Object if folded => {
            spans.push((Cow::Owned(format!("{{ {} }}", count("key", "keys"))), Meaning::JsonPunctuation));
        }
        Kind::Array if folded => {
            spans.push((Cow::Owned(format!("[ {} ]", count("item", "items"))), Meaning::JsonPunctuation));
        }
        Kind::Object if row.children == 0 => spans.push((Cow::Borrowed("{}"), Meaning::JsonPunctuation)),
        Kind::Array if row.children == 0 => spans.push((Cow::Borrowed("[]"), Meaning::JsonPunctuation)),
        Kind::Object => spans.push((Cow::Borrowed("{"), Meaning::JsonPunctuation)),
        Kind::Array => spans.push((Cow::Borrowed("["), Meaning::JsonPunctuation)),
        Kind::Broken => {
            let why = tree.problem().map_or_else(String::new, |problem| format!("no JSON from here, {problem}: "));
            spans.push((Cow::Owned(why), Meaning::JsonBroken));
            spans.push((visible(cut(tree.value(at), most)), Meaning::Text));
        }
        Kind::ObjectEnd | Kind::ArrayEnd => spans.push((visible(tree.value(at)), Meaning::JsonPunctuation)),
        kind => spans.push((visible(cut(tree.value(at), most)), value_meaning(kind))),
    }
    if row.kind == Kind::Embedded && folded {
        spans.push((Cow::Borrowed("  JSON inside"), Meaning::JsonPunctuation));
    }
    if tree.has_comma(at) {
        spans.push((Cow::Borrowed(","), Meaning::JsonPunctuation));
    }
    spans
}

fn value_meaning(kind: Kind) -> Meaning {
    match kind {
        Kind::Number => Meaning::JsonNumber,
        Kind::Bool | Kind::Null => Meaning::JsonLiteral,
        _ => Meaning::JsonString,
    }
}

/// At most `most` characters of a text, and a bit, so that whoever draws it sees that it goes on.
fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most.saturating_add(2)).map_or(text, |(end, _)| &text[..end])
}

/// Whether a search looks into a part.
pub fn is_searched(meaning: Meaning) -> bool {
    !matches!(meaning, Meaning::JsonPunctuation | Meaning::JsonBroken)
}

/// The first match in a row: where its part starts and where the match stands, in bytes of the whole row. `None` as well
/// for a match that is written with escapes.
pub fn first_match(spans: &Spans<'_>, pattern: &Pattern) -> Option<(usize, Range<usize>)> {
    let mut offset = 0;
    for (text, meaning) in spans {
        if let Some(found) = pattern.find_in(text).next().filter(|_| is_searched(*meaning)) {
            return Some((offset, offset + found.start..offset + found.end));
        }
        offset += text.len();
    }
    None
}

/// What a row of `room` columns leaves out so that its first match shows, in bytes of the whole row; `None` when it shows
/// anyway. A key keeps its place before the value where it is short enough.
pub fn left_out(spans: &Spans<'_>, pattern: &Pattern, room: usize) -> Option<Range<usize>> {
    let (part, found) = first_match(spans, pattern)?;
    let row: String = spans.iter().map(|(text, _)| &**text).collect();
    // No cell holds more bytes than this, so that nothing long is measured.
    let fits = |text: &str, room| text.len() <= room * MOST_BYTES_IN_A_CELL && columns(text) <= room;
    if fits(&row[..found.end], room.saturating_sub(1)) {
        return None;
    }
    let start = if fits(&row[..part], room / 2) { part } else { 0 };
    let left = room.saturating_sub(columns(&row[..start]) + 2);
    // The match stands in the middle of what is left.
    let before = left.saturating_sub(columns(&row[found.clone()])) / 2;
    let kept = fill(row[start..found.start].graphemes(true).rev(), before);
    Some(start..found.start - kept).filter(|hole| !hole.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(key: &str, value: &str, search: &str, room: usize) -> String {
        let spans: Spans<'_> = vec![
            (key.into(), Meaning::JsonKey),
            (": ".into(), Meaning::JsonPunctuation),
            (value.into(), Meaning::JsonString),
        ];
        let row = format!("{key}: {value}");
        match left_out(&spans, &Pattern::new(search).unwrap(), room) {
            Some(hole) => format!("{}…{}", &row[..hole.start], &row[hole.end..]),
            None => row,
        }
    }

    #[test]
    fn what_stands_before_a_match_is_left_out_where_it_would_not_show() {
        assert_eq!(shown("key", "0123456789abc", "678", 20), "key: 0123456789abc");
        assert_eq!(shown("key", "0123456789abc", "678", 14), "key: …456789abc");
        assert_eq!(shown("a long key", "0123456789abc", "678", 14), "…23456789abc");
        assert_eq!(shown("key", "日本語日本語x", "x", 12), "key: …語x");
        assert_eq!(shown("key", "0123456789", ": ", 4), "key: 0123456789");
        assert_eq!(shown("key", "0123456789", "345", 1), "…3456789");
    }
}
