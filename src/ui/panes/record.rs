//! A record as a tree on screen: folding, wrapping, searching, and the value under the cursor.

mod shown;

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Rect};

use self::shown::{first_match, indent, is_searched, left_out, spans};
use crate::{
    json::{Pattern, RowNo, Search, Tree},
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

    /// The line under the cursor, counted from the top of what shows.
    pub fn line(&self) -> u16 {
        self.cursor.line()
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
        let found = self.search.as_ref().and_then(|search| search.index_of(here).map(|_| here).or(search.next(here)));
        if let Some(found) = found {
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

    /// Puts the cursor on a row, unfolding what hides it; where the row is wrapped, on the line with its match.
    fn go_to(&mut self, row: RowNo) {
        self.tree.reveal(row);
        self.lay_out();
        let found = self.search_in(row).and_then(|pattern| first_match(&spans(&self.tree, row, usize::MAX), pattern));
        let found = found.map_or(0..0, |(_, found)| found);
        // A match may end in the line after the one in which it starts: that one shows as well.
        for at in [found.end.saturating_sub(1), found.start] {
            if let Some(line) = self.lines.iter().position(|(line, bytes)| *line == row && bytes.contains(&at)) {
                self.cursor.choose(line, self.lines.len());
            }
        }
    }

    /// What to look for in a row; `None` where the search found nothing.
    fn search_in(&self, row: RowNo) -> Option<&Pattern> {
        self.search.as_ref().filter(|search| search.index_of(row).is_some()).map(|search| &search.pattern)
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
        let at_text = Rect { x: start + 1, width: area.right().saturating_sub(start + 1), ..area };
        self.draw_text(at_text, buf, (theme, at));
    }

    fn draw_text(&self, area: Rect, buf: &mut Buffer, (theme, at): (&Theme, usize)) {
        let style = |meaning| theme.cell(meaning, at == self.cursor.at);
        let (shown, most) = self.shown(at, area.width.into());
        let (mut x, mut offset) = (area.x, 0);
        for (text, meaning) in spans(&self.tree, self.lines[at].0, most) {
            for shown in &shown {
                let part = shown.start.max(offset)..shown.end.min(offset + text.len());
                if part.start >= part.end || x >= area.right() {
                    continue;
                }
                if part.start == shown.start && shown.start > 0 && !self.wrap {
                    x += put(buf, (x, area.y), area.right() - x, "…", style(Meaning::JsonPunctuation));
                }
                let part = part.start - offset..part.end - offset;
                let used = put(buf, (x, area.y), area.right() - x, &text[part.clone()], style(meaning));
                if is_searched(meaning) {
                    self.mark_matches(buf, (x, area.y, used), (&text, part, theme));
                }
                x += used;
            }
            offset += text.len();
        }
    }

    /// Which bytes of its row a line of `room` columns shows, and how many characters of each text of the row that takes.
    fn shown(&self, at: usize, room: usize) -> ([Range<usize>; 2], usize) {
        let (row, bytes) = &self.lines[at];
        let searched = self.search_in(*row).filter(|_| !self.wrap);
        match searched.and_then(|pattern| left_out(&spans(&self.tree, *row, usize::MAX), pattern, room)) {
            Some(hole) => ([0..hole.start, hole.end..usize::MAX], hole.end + room),
            // A wrapped line shows what ends at its last byte; text made safe is never shorter than it was.
            None => ([bytes.clone(), 0..0], if self.wrap { bytes.end } else { room }),
        }
    }

    /// Marks the matches in a part of a text. One may begin before the part and end behind it, where the row is wrapped.
    fn mark_matches(
        &self,
        buf: &mut Buffer,
        (x, y, width): (u16, u16, u16),
        (text, part, theme): (&str, Range<usize>, &Theme),
    ) {
        let Some(search) = &self.search else { return };
        let beside = search.pattern.text().len() * 4;
        let start = text.floor_char_boundary(part.start.saturating_sub(beside));
        let end = text.ceil_char_boundary(part.end.saturating_add(beside).min(text.len()));
        for found in search.pattern.find_in(&text[start..end]) {
            let found = (start + found.start).max(part.start)..(start + found.end).min(part.end);
            if found.is_empty() {
                continue;
            }
            let before = columns(&text[part.start..found.start]) as u16;
            let wide = (columns(&text[found]) as u16).min(width.saturating_sub(before));
            buf.set_style(Rect::new(x + before, y, wide, u16::from(wide > 0)), theme.style(Meaning::Match));
        }
    }
}
