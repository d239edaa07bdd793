//! A line of text being typed.

use ratatui::{buffer::Buffer, layout::Rect};
use tui_input::{Input, InputRequest};
use unicode_width::UnicodeWidthChar;

use crate::ui::{
    keys::{Code, Key},
    shared::Shared,
    theme::Meaning,
    widgets::text::put,
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

    /// Where a character of the text, counted from 1, shows in an area of this width, behind a mark of one column.
    pub fn place(&self, width: u16, character: usize) -> u16 {
        let before: usize =
            self.text().chars().take(character.saturating_sub(1)).filter_map(UnicodeWidthChar::width).sum();
        let skipped = self.0.visual_scroll(usize::from(width).saturating_sub(2).max(1));
        (1 + before.saturating_sub(skipped)) as u16
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
