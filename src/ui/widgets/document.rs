//! A text to read: facts with labels, and lines, wrapped to the width there is.

use ratatui::{buffer::Buffer, layout::Rect};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{cursor::Cursor, text::put};
use crate::{
    model::text::visible,
    ui::theme::{Meaning, Theme},
};

/// The columns that labels take.
const LABEL: u16 = 16;

/// One line before it is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    label: &'static str,
    text: String,
    meaning: Meaning,
}

/// Lines, and the cursor in them.
#[derive(Default)]
pub struct Document {
    lines: Vec<Line>,
    /// What shows: the line, and the bytes of its text in this row. Made anew when the width or the lines change.
    rows: Vec<(usize, std::ops::Range<usize>)>,
    width: u16,
    pub cursor: Cursor,
}

impl Document {
    /// Replaces the lines; the cursor stays where it is.
    pub fn set(&mut self, lines: Vec<Line>) {
        if lines != self.lines {
            self.lines = lines;
            self.wrap(self.width);
        }
    }

    /// The number of rows on screen.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text of the line under the cursor, without its label.
    pub fn current(&self) -> Option<&str> {
        self.rows.get(self.cursor.at).map(|(line, _)| self.lines[*line].text.as_str())
    }

    /// The number of the line under the cursor.
    pub fn current_line(&self) -> Option<usize> {
        self.rows.get(self.cursor.at).map(|(line, _)| *line)
    }

    /// Puts the cursor on the first row of a line.
    pub fn go_to_line(&mut self, line: usize) {
        if let Some(row) = self.rows.iter().position(|(at, _)| *at == line) {
            self.cursor.choose(row, self.rows.len());
        }
    }

    /// Draws what shows.
    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        if area.width != self.width {
            self.wrap(area.width);
        }
        self.cursor.fit(area.height.into(), self.rows.len());
        for (y, i) in (self.cursor.top..self.rows.len()).take(area.height.into()).enumerate() {
            let (line, bytes) = &self.rows[i];
            let (line, y) = (&self.lines[*line], area.y + y as u16);
            let selected = i == self.cursor.at;
            if selected {
                buf.set_style(Rect { y, height: 1, ..area }, theme.style(Meaning::Selected));
            }
            let labelled = !line.label.is_empty();
            let indent = if labelled { LABEL.min(area.width) } else { 0 };
            if labelled && bytes.start == 0 {
                put(buf, (area.x, y), indent, line.label, theme.cell(Meaning::Muted, selected));
            }
            let style = theme.cell(line.meaning, selected);
            put(buf, (area.x + indent, y), area.width - indent, &line.text[bytes.clone()], style);
        }
    }

    fn wrap(&mut self, width: u16) {
        self.width = width;
        self.rows.clear();
        for (i, line) in self.lines.iter().enumerate() {
            let indent = if line.label.is_empty() { 0 } else { LABEL };
            let room = usize::from(width.saturating_sub(indent)).max(1);
            self.rows.extend(wrapped(&line.text, room).into_iter().map(|bytes| (i, bytes)));
        }
    }
}

/// A fact with its label.
pub fn fact(label: &'static str, text: impl AsRef<str>, meaning: Meaning) -> Line {
    Line { label, text: visible(text.as_ref()).into_owned(), meaning }
}

/// A line without a label.
pub fn line(text: impl AsRef<str>, meaning: Meaning) -> Line {
    fact("", text, meaning)
}

/// Where a text breaks in rows of `room` columns: after a blank where there is one, else anywhere. At least one row.
pub fn wrapped(text: &str, room: usize) -> Vec<std::ops::Range<usize>> {
    let (mut rows, mut start, mut columns, mut blank) = (Vec::new(), 0, 0, None);
    for (at, cell) in text.grapheme_indices(true) {
        let wide = cell.width();
        if columns + wide > room && at > start {
            let end = blank.filter(|b| *b > start).unwrap_or(at);
            rows.push(start..end);
            start = end;
            columns = text[start..at].width();
            blank = None;
        }
        columns += wide;
        if cell == " " {
            blank = Some(at + 1);
        }
    }
    rows.push(start..text.len());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, room: usize) -> Vec<&str> {
        wrapped(text, room).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn a_text_breaks_after_blanks_or_anywhere() {
        assert_eq!(rows("the quick brown fox", 10), ["the quick ", "brown fox"]);
        assert_eq!(rows("arn:aws:iam::1", 5), ["arn:a", "ws:ia", "m::1"]);
        assert_eq!(rows("日本語", 4), ["日本", "語"]);
        assert_eq!(rows("", 4), [""]);
        assert_eq!(rows("日", 1), ["日"]);
    }
}
