//! The events below a rule's text: those that it matches, or all, with the one that is explained.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::events::{COLUMNS, draw_row};
use crate::{
    history::{Filter, History, RowId, View},
    ui::{
        command::Command,
        shared::Shared,
        theme::Meaning,
        widgets::{cursor::Cursor, table::Table, text::put},
    },
};

/// Rows that one slice of work looks at: about 2 ms.
const SLICE: usize = 50_000;

/// The columns for the mark of what matches.
const MARK: u16 = 2;

/// The list, and the event that it holds on to.
#[derive(Default)]
pub struct Found {
    cursor: Cursor,
    /// The event that the operator chose; `None` while the newest one is explained.
    held: Option<RowId>,
    /// Every event, when those that do not match show as well.
    everything: Option<View>,
}

impl Found {
    /// A list that holds on to an event, which need not match.
    pub fn holding(event: Option<RowId>) -> Self {
        Self { held: event, ..Self::default() }
    }

    /// What the list shows, given what matches.
    pub fn view<'a>(&'a self, matching: &'a View) -> &'a View {
        self.everything.as_ref().unwrap_or(matching)
    }

    /// Whether all events show.
    pub fn shows_all(&self) -> bool {
        self.everything.is_some()
    }

    /// Shows all events, or only what matches.
    pub fn turn(&mut self, history: &History) {
        self.everything = match self.everything {
            Some(_) => None,
            None => Some(View::new(Filter::default())),
        };
        self.work(history);
    }

    /// The event that is explained: the chosen one, also when it does not match, or else the newest.
    pub fn explained(&self, matching: &View, history: &History) -> Option<RowId> {
        let held = self.held.filter(|id| history.row(*id).is_some());
        held.or_else(|| self.view(matching).get(self.cursor.at))
    }

    /// Moves through the list; false for a command that does not move.
    pub fn go(&mut self, command: Command, matching: &View) -> bool {
        let moved = self.cursor.go(command, self.view(matching).len());
        if moved {
            self.held = self.view(matching).get(self.cursor.at);
        }
        moved
    }

    /// The line under the titles that the cursor is on.
    pub fn line(&self) -> u16 {
        self.cursor.line()
    }

    /// Chooses the row so many lines below the titles.
    pub fn click(&mut self, line: usize, matching: &View) {
        self.cursor.choose(self.cursor.top + line, self.view(matching).len());
        self.held = self.view(matching).get(self.cursor.at);
    }

    /// Before the list is moved through: what is not in it is let go.
    pub fn enter(&mut self, matching: &View, history: &History) {
        let is_shown = |id: &RowId| self.view(matching).position(history, *id).is_some();
        if !self.held.as_ref().is_some_and(is_shown) {
            self.held = self.view(matching).get(self.cursor.at);
        }
    }

    /// Whether there are events that were not looked at.
    pub fn is_working(&self) -> bool {
        self.everything.as_ref().is_some_and(|view| !view.is_complete())
    }

    /// Looks at more of them.
    pub fn work(&mut self, history: &History) {
        if let Some(view) = &mut self.everything {
            view.work(history, SLICE);
        }
    }

    /// Takes in what is new in the history.
    pub fn take_in(&mut self, history: &History) {
        if let Some(view) = &mut self.everything {
            view.take_in(history);
        }
    }

    /// After the list changed: keeps the chosen event under the cursor, or the cursor in the list.
    pub fn keep(&mut self, matching: &View, history: &History) {
        let view = self.view(matching);
        let (at, len) = (self.held.and_then(|held| view.position(history, held)), view.len());
        match at {
            Some(at) => self.cursor.hold(at),
            None if self.held.is_none() => self.cursor.choose(0, len),
            None => self.cursor.choose(self.cursor.at, len),
        }
    }

    /// Draws the list under its titles.
    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, (shared, matching): (&Shared, &View)) {
        let explained = self.explained(matching, &shared.history);
        let mark = if self.shows_all() { MARK.min(area.width) } else { 0 };
        let table = Table::new(COLUMNS, Rect { x: area.x + mark, width: area.width - mark, ..area });
        table.titles(buf, &shared.theme);
        self.cursor.fit(area.height.saturating_sub(1).into(), self.view(matching).len());
        let Self { cursor, everything, .. } = self;
        let view = everything.as_ref().unwrap_or(matching);
        for (y, at) in (0..).zip((cursor.top..view.len()).take(cursor.height)) {
            let Some(row) = view.get(at).and_then(|id| shared.history.row(id)) else { continue };
            draw_row(&table, buf, y, (&row, Some(row.id) == explained), shared);
            if mark > 0 && matching.position(&shared.history, row.id).is_some() {
                put(buf, (area.x, area.y + 1 + y), 1, "✔", shared.theme.style(Meaning::Ok));
            }
        }
    }
}
