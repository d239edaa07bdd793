//! The prompt of a filter or a search: what is typed counts at once, and what is wrong with it is pointed at.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Answer, prompt::Line};
use crate::{
    model::text::visible,
    ui::{
        keys::{Code, Key},
        pane::{Pane, Wrong},
        shared::Shared,
        theme::{Meaning, Theme},
        widgets::{
            document::wrapped,
            text::{columns, put},
        },
    },
};

/// The prompt. Esc brings back what was in force; Up the text that was confirmed last.
pub struct Filter {
    line: Line,
    /// What was in force when the prompt opened.
    before: String,
    /// The text confirmed last in views of this kind.
    last: String,
    /// What is in force: the last text that was understood.
    good: String,
    /// A search starts with an empty line; a filter goes on with what is in force.
    searches: bool,
    wrong: Option<Wrong>,
}

impl Filter {
    pub fn new(pane: Option<&dyn Pane>, last: &str) -> Self {
        let before = pane.map_or("", |pane| pane.filter());
        let searches = pane.is_some_and(|pane| pane.searches());
        let last = if searches && !before.is_empty() { before } else { last };
        Self {
            line: Line::new(if searches { "" } else { before }),
            before: before.to_owned(),
            last: last.to_owned(),
            good: before.to_owned(),
            searches,
            wrong: None,
        }
    }

    /// Puts another text into the line, as if it had been typed.
    pub fn with_text(self, text: &str) -> Self {
        Self { line: Line::new(text), ..self }
    }

    pub fn key(&mut self, key: Key) -> Answer {
        let empty = self.line.text().is_empty();
        match key.code {
            // Nothing was typed: the search before goes on.
            Code::Enter | Code::Backspace if empty && self.searches => self.give_back(),
            Code::Enter => Answer::Filter { text: self.line.text().to_owned(), close: true },
            Code::Esc => self.give_back(),
            Code::Backspace if empty => Answer::Close,
            Code::Up if !self.last.is_empty() => {
                self.line = Line::new(&self.last);
                self.typed()
            }
            _ if self.line.edit(key) => self.typed(),
            _ => Answer::Stay,
        }
    }

    fn typed(&self) -> Answer {
        Answer::Filter { text: self.line.text().to_owned(), close: false }
    }

    fn give_back(&mut self) -> Answer {
        Answer::Filter { text: std::mem::take(&mut self.before), close: true }
    }

    /// Learns what became of a text. Returns the text to go back to when the last one that was understood was only the
    /// beginning of a field: `sev`, taken for a word until its colon came.
    pub fn judged(&mut self, text: &str, wrong: Option<Wrong>) -> Option<String> {
        let begun = text.strip_prefix(self.good.as_str()).is_some_and(|rest| rest.starts_with(':'));
        let instead = (wrong.is_some() && begun).then(|| {
            let word = self.good.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
            self.good[..word].trim_end().to_owned()
        });
        match (&wrong, &instead) {
            (None, _) => text.clone_into(&mut self.good),
            (_, Some(instead)) => instead.clone_into(&mut self.good),
            _ => {}
        }
        self.wrong = wrong;
        instead
    }

    /// Draws into the footer, and above it what is wrong; returns where the cursor is.
    pub fn draw(&self, body: Rect, footer: Rect, buf: &mut Buffer, (shared, found): (&Shared, &str)) -> (u16, u16) {
        let theme = &shared.theme;
        let note = if self.wrong.is_some() { "" } else { found };
        let width = (columns(note) as u16).min(footer.width * 2 / 3);
        let x = footer.right().saturating_sub(width + 1);
        put(buf, (x, footer.y), width, note, theme.style(Meaning::Muted));
        let room = Rect { width: x.saturating_sub(footer.x + 1).max(1), ..footer };
        if let Some(wrong) = &self.wrong {
            let at = wrong.column.map(|column| footer.x + self.line.place(room.width, column));
            explain(body, buf, theme, (&wrong.message, at));
        }
        self.line.draw("/", room, buf, shared)
    }
}

/// What is wrong, whole, in the last lines of the body, and a mark above the place in the line below.
fn explain(body: Rect, buf: &mut Buffer, theme: &Theme, (message, at): (&str, Option<u16>)) {
    let (text, style) = (visible(message), theme.style(Meaning::Error));
    let beside = at.map(|at| at + 2).filter(|x| usize::from(*x) + columns(&text) < usize::from(body.right()));
    let mut rows: Vec<(u16, &str)> = match beside {
        Some(x) => vec![(x, &text)],
        None => wrapped(&text, usize::from(body.width.saturating_sub(2)).max(1))
            .into_iter()
            .map(|bytes| (body.x + 1, &text[bytes]))
            .collect(),
    };
    if beside.is_none() && at.is_some() {
        rows.push((body.x, ""));
    }
    let skipped = rows.len().saturating_sub(body.height.into());
    let top = body.bottom() - (rows.len() - skipped) as u16;
    for (y, (x, row)) in (top..).zip(rows.into_iter().skip(skipped)) {
        for blank in body.left()..body.right() {
            put(buf, (blank, y), 1, " ", theme.style(Meaning::Text));
        }
        put(buf, (x, y), body.right().saturating_sub(x), row, style);
    }
    if let (Some(at), true) = (at, body.height > 0) {
        put(buf, (at.min(body.right().saturating_sub(1)), body.bottom() - 1), 1, "▾", style);
    }
}
