//! A text to read: facts with labels, and lines, wrapped to the width there is.

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Rect};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{
    cursor::Cursor,
    text::{columns, put},
};
use crate::{
    model::text::visible,
    ui::{
        highlight::{Span, within},
        theme::{Meaning, Theme},
    },
};

/// The columns that labels take.
const LABEL: u16 = 16;

/// One line before it is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    label: &'static str,
    text: String,
    meaning: Meaning,
    /// Parts of the text that mean something else.
    parts: Vec<Span>,
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

    /// Draws as many lines from the first as there is room for, none of them chosen.
    pub fn draw_plain(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        if area.width != self.width {
            self.wrap(area.width);
        }
        for (y, (line, bytes)) in (area.y..area.bottom()).zip(&self.rows) {
            self.lines[*line].draw(Rect { y, height: 1, ..area }, buf, (theme, bytes.clone(), false));
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
            line.draw(Rect { y, height: 1, ..area }, buf, (theme, bytes.clone(), selected));
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

impl Line {
    /// Draws some bytes of its text, with the label before the first of them.
    fn draw(&self, area: Rect, buf: &mut Buffer, (theme, bytes, selected): (&Theme, Range<usize>, bool)) {
        let labelled = !self.label.is_empty();
        let indent = if labelled { LABEL.min(area.width) } else { 0 };
        if labelled && bytes.start == 0 {
            put(buf, (area.x, area.y), indent, self.label, theme.cell(Meaning::Muted, selected));
        }
        let shown = &self.text[bytes.clone()];
        put(buf, (area.x + indent, area.y), area.width - indent, shown, theme.cell(self.meaning, selected));
        for (part, meaning) in within(&self.parts, bytes) {
            let (x, wide) = (columns(&shown[..part.start]) as u16, columns(&shown[part]) as u16);
            let place = Rect { x: area.x + indent + x, width: wide, ..area };
            buf.set_style(place.intersection(area), theme.cell(meaning, selected));
        }
    }
}

/// A fact with its label.
pub fn fact(label: &'static str, text: impl AsRef<str>, meaning: Meaning) -> Line {
    Line { label, text: visible(text.as_ref()).into_owned(), meaning, parts: Vec::new() }
}

/// A line without a label.
pub fn line(text: impl AsRef<str>, meaning: Meaning) -> Line {
    fact("", text, meaning)
}

/// A line whose parts mean something, each in bytes of the text.
pub fn line_of(text: &str, spans: &[Span]) -> Line {
    let mut made = line("", Meaning::Text);
    let mut end = 0;
    for (range, meaning) in spans {
        made.text.push_str(&visible(&text[end..range.start]));
        let start = made.text.len();
        made.text.push_str(&visible(&text[range.clone()]));
        made.parts.push((start..made.text.len(), *meaning));
        end = range.end;
    }
    made.text.push_str(&visible(&text[end..]));
    made
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
    fn parts_of_a_line_keep_their_meaning_where_it_is_made_safe_and_wrapped() {
        let line = line_of("a\u{1b}b 日cd", &[(1..3, Meaning::JsonKey), (7..9, Meaning::JsonString)]);
        assert_eq!(line.text, "a\\u{1b}b 日cd");
        assert_eq!(line.parts, [(1..8, Meaning::JsonKey), (12..14, Meaning::JsonString)]);
        let theme = crate::ui::theme::Themes::standard(crate::ui::theme::Depth::True).get("dark").unwrap();
        let mut buf = Buffer::empty(Rect::new(0, 0, 9, 2));
        let mut document = Document::default();
        document.set(vec![line]);
        document.draw_plain(Rect::new(0, 0, 9, 2), &mut buf, &theme);
        assert_eq!(buf[(1, 0)].style().fg, theme.style(Meaning::JsonKey).fg);
        assert_eq!(buf[(0, 0)].style().fg, theme.style(Meaning::Text).fg);
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
