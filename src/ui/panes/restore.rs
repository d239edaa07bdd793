//! One object under restore: its state, its deadline in both zones, and how to fetch it.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::restores::{left, state_at, state_look};
use crate::{
    model::{Restore, RestoreState},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, Words},
        shared::Shared,
        theme::Meaning,
        widgets::{
            document::{Document, Line, fact},
            text::bytes,
        },
    },
};

/// The detail of a restore, kept up to date while it is open.
pub struct RestoreDetail {
    restore: Arc<Restore>,
    document: Document,
}

impl RestoreDetail {
    pub fn new(restore: Arc<Restore>) -> Self {
        Self { restore, document: Document::default() }
    }

    fn lines(&self, shared: &Shared) -> Vec<Line> {
        let (restore, now) = (&self.restore, shared.now);
        let state = state_at(restore, now);
        let (word, meaning) = state_look(state, now);
        let mut lines = vec![fact("object", restore.uri(), Meaning::Title), fact("state", word, meaning)];
        if let Some(deadline) = restore.deadline() {
            let local = deadline.with_timezone(&(shared.clock.local)(deadline));
            lines.push(fact("deadline", deadline.format("%A %Y-%m-%d %H:%M:%S UTC").to_string(), Meaning::Text));
            lines.push(fact("local time", local.format("%A %Y-%m-%d %H:%M:%S %:z").to_string(), Meaning::Text));
            let label = if matches!(state, RestoreState::Expired { .. }) { "gone" } else { "left" };
            lines.push(fact(label, left(state, now), meaning));
        }
        lines.push(fact("size", format!("{} ({} bytes)", bytes(restore.size), restore.size), Meaning::Text));
        let class = format!("{} ({})", restore.storage_class.human(), restore.storage_class.0);
        lines.push(fact("storage class", class, Meaning::Text));
        lines.push(fact("region", restore.region.as_str(), Meaning::Text));
        lines.push(fact("seen since", shared.clock.full(restore.first_seen), Meaning::Text));
        lines
    }
}

impl Pane for RestoreDetail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Detail, Context::List]
    }

    fn title(&self, _: &Shared) -> Words {
        vec![("Restores".to_owned(), Meaning::Muted), (self.restore.uri(), Meaning::Title)]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if !self.document.cursor.go(command, self.document.len()) && command == Command::Copy {
            cx.copy("the line", self.document.current().unwrap_or_default());
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        if matches!(change, Change::Restores) {
            let of_place = shared.restores.get(&self.restore.place).into_iter().flatten();
            if let Some(restore) = of_place.into_iter().find(|restore| restore.key == self.restore.key) {
                self.restore = Arc::clone(restore);
            }
        }
    }

    fn line(&self) -> Option<u16> {
        Some(self.document.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        self.document.set(self.lines(shared));
        self.document.draw(area, buf, &shared.theme);
    }
}
