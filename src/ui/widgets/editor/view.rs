//! What shows of an editor.

use ratatui::{buffer::Buffer, layout::Rect};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    super::text::{columns, put},
    Editor,
};
use crate::ui::{
    highlight::{Span, within},
    theme::{Meaning, Theme},
};

impl Editor {
    /// Draws the lines around the cursor; `spans` are the parts of the whole text that mean something, in order. Gives
    /// where the cursor is.
    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, (theme, spans): (&Theme, &[Span])) -> Option<(u16, u16)> {
        if area.is_empty() {
            return None;
        }
        let column = columns(&self.lines[self.row][..self.at]);
        self.scroll(area, column);
        let mut start: usize = self.lines[..self.top].iter().map(|line| line.len() + 1).sum();
        for (y, line) in (area.y..area.bottom()).zip(&self.lines[self.top..]) {
            let parts = within(spans, start..start + line.len());
            draw_line(Rect { y, height: 1, ..area }, buf, (theme, line, &parts, self.left));
            start += line.len() + 1;
        }
        Some((area.x + (column - self.left) as u16, area.y + (self.row - self.top) as u16))
    }

    /// Moves the window so that the cursor shows.
    fn scroll(&mut self, area: Rect, column: usize) {
        let (height, width) = (usize::from(area.height), usize::from(area.width));
        self.top = self.top.clamp((self.row + 1).saturating_sub(height), self.row);
        self.top = self.top.min(self.lines.len().saturating_sub(height));
        self.left = self.left.clamp((column + 1).saturating_sub(width), column);
    }

    /// The line and the place in it, each from 0, of a click so many rows and columns from the corner of the window.
    pub fn click(&mut self, row: usize, column: usize) {
        self.row = (self.top + row).min(self.lines.len() - 1);
        let (mut used, wish) = (0, self.left + column);
        let fits = |cell: &&str| {
            used += columns(cell);
            used <= wish
        };
        self.at = self.lines[self.row].graphemes(true).take_while(fits).map(str::len).sum();
        self.wish = None;
    }
}

fn draw_line(area: Rect, buf: &mut Buffer, (theme, line, parts, left): (&Theme, &str, &[Span], usize)) {
    let (mut parts, mut column) = (parts.iter().peekable(), 0);
    for (at, cell) in line.grapheme_indices(true) {
        let wide = columns(cell);
        if column >= left + usize::from(area.width) {
            put(buf, (area.right() - 1, area.y), 1, "…", theme.style(Meaning::Muted));
            break;
        }
        while parts.next_if(|(part, _)| part.end <= at).is_some() {}
        if column >= left {
            let meaning =
                parts.peek().filter(|(part, _)| part.start <= at).map_or(Meaning::Text, |(_, meaning)| *meaning);
            let x = area.x + (column - left) as u16;
            put(buf, (x, area.y), area.right() - x, cell, theme.style(meaning));
        }
        column += wide;
    }
}
