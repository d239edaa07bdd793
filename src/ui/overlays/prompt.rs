//! A line of text being typed, and the filter's prompt made of it.

use ratatui::{buffer::Buffer, layout::Rect};
use tui_input::{Input, InputRequest};
use unicode_width::UnicodeWidthChar;

use super::Answer;
use crate::ui::{
    keys::{Code, Key},
    shared::Shared,
    theme::Meaning,
    widgets::text::{columns, put},
};

/// A line of text, with the keys that readline taught everybody.
#[derive(Default)]
pub struct Line(Input);

impl Line {
    pub fn new(text: &str) -> Self {
        Self(Input::new(text.to_owned()))
    }

    pub fn text(&self) -> &str {
        self.0.value()
    }

    /// Edits the line; false for a key that edits nothing.
    pub fn edit(&mut self, key: Key) -> bool {
        let request = match (key.ctrl, key.code) {
            (_, Code::Left) => InputRequest::GoToPrevChar,
            (_, Code::Right) => InputRequest::GoToNextChar,
            (_, Code::Home) | (true, Code::Char('a')) => InputRequest::GoToStart,
            (_, Code::End) | (true, Code::Char('e')) => InputRequest::GoToEnd,
            (_, Code::Backspace) | (true, Code::Char('h')) => InputRequest::DeletePrevChar,
            (_, Code::Delete) => InputRequest::DeleteNextChar,
            (true, Code::Char('w')) => InputRequest::DeletePrevWord,
            (true, Code::Char('u')) => InputRequest::DeleteLine,
            (true, Code::Char('k')) => InputRequest::DeleteTillEnd,
            _ => match key.typed() {
                Some(c) => InputRequest::InsertChar(c),
                None => return false,
            },
        };
        self.0.handle(request);
        true
    }

    /// Draws the mark and the line; returns where the cursor is.
    pub fn draw(&self, mark: &str, area: Rect, buf: &mut Buffer, shared: &Shared) -> (u16, u16) {
        let (theme, text) = (&shared.theme, self.text());
        let used = put(buf, (area.x, area.y), area.width, mark, theme.style(Meaning::Prompt));
        let room = usize::from(area.width - used).saturating_sub(1).max(1);
        let skipped = self.0.visual_scroll(room);
        let (mut before, mut start) = (0, text.len());
        for (at, c) in text.char_indices() {
            if before >= skipped {
                start = at;
                break;
            }
            before += c.width().unwrap_or(0);
        }
        let (mut wide, mut end) = (0, start);
        for (at, c) in text[start..].char_indices() {
            wide += c.width().unwrap_or(0);
            if wide > room {
                break;
            }
            end = start + at + c.len_utf8();
        }
        let shown = &text[start..end];
        put(buf, (area.x + used, area.y), area.width - used, shown, theme.style(Meaning::Text));
        let cursor = self.0.visual_cursor().saturating_sub(before);
        (area.x + used + cursor as u16, area.y)
    }
}

/// The prompt of the filter: what is typed counts at once; Esc brings back what was.
pub struct Filter {
    line: Line,
    before: String,
    pub error: Option<String>,
}

impl Filter {
    pub fn new(text: &str) -> Self {
        Self { line: Line::new(text), before: text.to_owned(), error: None }
    }

    pub fn key(&mut self, key: Key) -> Answer {
        match key.code {
            Code::Enter => Answer::Filter { text: self.line.text().to_owned(), close: true },
            Code::Esc => Answer::Filter { text: std::mem::take(&mut self.before), close: true },
            Code::Backspace if self.line.text().is_empty() => Answer::Close,
            _ if self.line.edit(key) => Answer::Filter { text: self.line.text().to_owned(), close: false },
            _ => Answer::Stay,
        }
    }

    pub fn draw(&self, footer: Rect, buf: &mut Buffer, shared: &Shared, found: &str) -> (u16, u16) {
        let theme = &shared.theme;
        let (note, meaning) = match &self.error {
            Some(error) => (error.as_str(), Meaning::Error),
            None => (found, Meaning::Muted),
        };
        let width = (columns(note) as u16).min(footer.width * 2 / 3);
        let x = footer.right().saturating_sub(width + 1);
        put(buf, (x, footer.y), width, note, theme.style(meaning));
        let room = Rect { width: x.saturating_sub(footer.x + 1).max(1), ..footer };
        self.line.draw("/", room, buf, shared)
    }
}
