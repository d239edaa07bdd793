//! A record as a tree on screen: folding, wrapping, searching, and the value under the cursor.

use std::{borrow::Cow, ops::Range};

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    json::{Kind, Pattern, RowNo, Search, Tree},
    model::text::visible,
    ui::{
        command::Command,
        theme::{Meaning, Theme},
        widgets::{
            cursor::Cursor,
            document::wrapped,
            text::{columns, put},
        },
    },
};

/// The columns that a level is indented.
const INDENT: usize = 2;
/// Deeper levels are not indented further: there must be room for the text.
const DEEPEST: u32 = 20;

/// The tree and what of it shows.
pub struct RecordTree {
    tree: Tree,
    /// The lines that show: a row, and which bytes of its text. Made anew when folds, width or wrapping change.
    lines: Vec<(RowNo, Range<usize>)>,
    cursor: Cursor,
    width: u16,
    wrap: bool,
    search: Option<Search>,
}

impl RecordTree {
    pub fn new(record: &str) -> Self {
        let mut shown = Self {
            tree: Tree::parse(record),
            lines: Vec::new(),
            cursor: Cursor::default(),
            width: 80,
            wrap: false,
            search: None,
        };
        shown.lay_out();
        shown
    }

    /// The value under the cursor, as it is copied.
    pub fn value(&self) -> String {
        self.tree.copied_value(self.row())
    }

    /// The path of the row under the cursor, as jq writes it.
    pub fn path(&self) -> String {
        self.tree.path(self.row())
    }

    /// What is searched for; empty when nothing is.
    pub fn searched(&self) -> &str {
        self.search.as_ref().map_or("", |search| search.pattern.text())
    }

    /// How much was found and which of it the cursor is on, in words.
    pub fn found(&self) -> String {
        match &self.search {
            None => String::new(),
            Some(search) if search.is_empty() => "not found".to_owned(),
            Some(search) => match search.index_of(self.row()) {
                Some(index) => format!("{} of {}", index + 1, search.len()),
                None => format!("{} found", search.len()),
            },
        }
    }

    /// Searches from the cursor on; an empty text ends the search.
    pub fn search(&mut self, text: &str) {
        self.search = Pattern::new(text).map(|pattern| Search::new(&self.tree, pattern));
        let here = self.row();
        if let Some(search) = &self.search
            && search.index_of(here).is_none()
            && let Some(found) = search.next(here)
        {
            self.go_to(found);
        }
    }

    /// Moves, folds, wraps or goes to a match.
    ///
    /// # Errors
    /// What could not be done, in words for the operator.
    pub fn command(&mut self, command: Command) -> Result<(), String> {
        if self.cursor.go(command, self.lines.len()) {
            return Ok(());
        }
        let row = self.row();
        match command {
            Command::Fold => drop(self.tree.toggle(row)),
            Command::Collapse => return self.collapse(row),
            Command::Expand => return self.expand(row),
            Command::CollapseAll => self.tree.fold_to(1),
            Command::ExpandAll => self.tree.unfold_all(),
            Command::Wrap => self.wrap = !self.wrap,
            Command::NextMatch | Command::PreviousMatch => return self.go_to_match(command == Command::NextMatch),
            _ => return Ok(()),
        }
        self.go_to(self.tree.visible(self.tree.value_of(row)));
        Ok(())
    }

    fn collapse(&mut self, row: RowNo) -> Result<(), String> {
        let value = self.tree.value_of(row);
        if self.tree.can_fold(value) && !self.tree.is_folded(value) {
            self.tree.set_folded(value, true);
            self.go_to(value);
        } else if let Some(parent) = self.tree.parent(value) {
            self.go_to(parent);
        }
        Ok(())
    }

    fn expand(&mut self, row: RowNo) -> Result<(), String> {
        if self.tree.is_folded(row) {
            self.tree.set_folded(row, false);
            self.go_to(row);
        } else if let Some(child) = self.tree.first_child(row) {
            self.go_to(child);
        }
        Ok(())
    }

    fn go_to_match(&mut self, down: bool) -> Result<(), String> {
        let here = self.row();
        let search = self.search.as_ref().ok_or("nothing is searched for; / searches")?;
        let found = if down { search.next(here) } else { search.previous(here) };
        self.go_to(found.ok_or_else(|| format!("{:?} is not in the record", search.pattern.text()))?);
        Ok(())
    }

    /// Puts the cursor on a row, unfolding what hides it.
    fn go_to(&mut self, row: RowNo) {
        self.tree.reveal(row);
        self.lay_out();
        if let Some(line) = self.lines.iter().position(|(at, _)| *at == row) {
            self.cursor.choose(line, self.lines.len());
        }
    }

    /// Chooses a line of the window.
    pub fn click(&mut self, line: usize) {
        self.cursor.choose(self.cursor.top + line, self.lines.len());
    }

    fn row(&self) -> RowNo {
        self.lines.get(self.cursor.at).map_or(0, |(row, _)| *row)
    }

    /// Which lines show, in the width there is.
    fn lay_out(&mut self) {
        self.lines.clear();
        let room = usize::from(self.width).saturating_sub(2).max(1);
        let mut next = Some(0);
        while let Some(row) = next {
            if self.wrap {
                let room = room.saturating_sub(indent(&self.tree, row)).max(8);
                let text: String = spans(&self.tree, row, usize::MAX).into_iter().map(|(text, _)| text).collect();
                self.lines.extend(wrapped(&text, room).into_iter().map(|bytes| (row, bytes)));
            } else {
                self.lines.push((row, 0..usize::MAX));
            }
            next = self.tree.next_visible(row);
        }
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        if area.width != self.width {
            let row = self.row();
            self.width = area.width;
            self.go_to(row);
        }
        self.cursor.fit(area.height.into(), self.lines.len());
        for (y, at) in (self.cursor.top..self.lines.len()).take(area.height.into()).enumerate() {
            let line = Rect { y: area.y + y as u16, height: 1, ..area };
            self.draw_line(line, buf, (theme, at));
        }
    }

    fn draw_line(&self, area: Rect, buf: &mut Buffer, (theme, at): (&Theme, usize)) {
        let (row, bytes) = &self.lines[at];
        let selected = at == self.cursor.at;
        if selected {
            buf.set_style(area, theme.style(Meaning::Selected));
        }
        let mark = match (self.tree.can_fold(*row), self.tree.is_folded(*row), bytes.start) {
            (true, true, 0) => "▸",
            (true, false, 0) if !self.tree.row(*row).kind.closes() => "▾",
            _ => " ",
        };
        let start = area.x + 1 + indent(&self.tree, *row) as u16;
        put(buf, (start.saturating_sub(1), area.y), 1, mark, theme.cell(Meaning::JsonPunctuation, selected));
        let (mut x, mut offset) = (start + 1, 0);
        // A wrapped line shows what ends at its last byte; text made safe is never shorter than it was.
        let most = if self.wrap { bytes.end } else { area.width.into() };
        for (text, meaning) in spans(&self.tree, *row, most) {
            let whole = offset..offset + text.len();
            offset = whole.end;
            let part = whole.start.max(bytes.start)..whole.end.min(bytes.end);
            if part.start >= part.end || x >= area.right() {
                continue;
            }
            let shown = &text[part.start - whole.start..part.end - whole.start];
            let room = area.right() - x;
            let used = put(buf, (x, area.y), room, shown, theme.cell(meaning, selected));
            self.mark_matches(buf, (x, area.y, used), (shown, theme));
            x += used;
        }
    }

    fn mark_matches(&self, buf: &mut Buffer, (x, y, width): (u16, u16, u16), (shown, theme): (&str, &Theme)) {
        let Some(search) = &self.search else { return };
        for found in search.pattern.find_in(shown) {
            let before = columns(&shown[..found.start]) as u16;
            let wide = columns(&shown[found]) as u16;
            let wide = wide.min(width.saturating_sub(before));
            buf.set_style(Rect::new(x + before, y, wide, u16::from(wide > 0)), theme.style(Meaning::Match));
        }
    }
}

fn indent(tree: &Tree, row: RowNo) -> usize {
    tree.row(row).depth.min(DEEPEST) as usize * INDENT
}

/// The text of a row in parts, safe to show; long values are cut to `most` characters before any work is put into them.
fn spans(tree: &Tree, at: RowNo, most: usize) -> Vec<(Cow<'_, str>, Meaning)> {
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
