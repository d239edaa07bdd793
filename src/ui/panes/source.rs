//! One source: everything it reports, and what to do when it fails.

use ratatui::{buffer::Buffer, layout::Rect};

use super::sources::in_words;
use crate::{
    model::{SourceId, SourceState, duration::brief},
    ui::{
        command::{Command, Context},
        header::mark,
        pane::{Cx, Pane, Words},
        shared::Shared,
        theme::Meaning,
        widgets::document::{Document, Line, fact},
    },
};

/// The detail of a source.
pub struct SourceDetail {
    id: SourceId,
    document: Document,
}

impl SourceDetail {
    pub fn new(id: SourceId) -> Self {
        Self { id, document: Document::default() }
    }

    fn lines(&self, shared: &Shared) -> Vec<Line> {
        let Some(health) = shared.sources.get(&self.id) else { return Vec::new() };
        let now = shared.now;
        let mut lines = vec![fact("state", in_words(health, now), mark(health).1)];
        if let Some(error) = health.state.error() {
            lines.push(fact("error", &error.code, mark(health).1));
            let label = if error.is_from_aws() { "AWS says" } else { "because" };
            lines.push(fact(label, &error.message, Meaning::Text));
            if let Some(action) = &error.missing_action {
                lines.push(fact("missing", format!("the IAM action {action}"), Meaning::Warning));
            }
            if let Some(advice) = &error.advice {
                lines.push(fact("what to do", advice, Meaning::Title));
            }
            let since = format!("{} ({})", shared.clock.full(error.since), brief(now - error.since));
            let label = if matches!(health.state, SourceState::Failed(_)) { "failing since" } else { "slow since" };
            lines.push(fact(label, since, Meaning::Text));
        }
        for (label, time) in [("newest", health.newest), ("polled", health.polled), ("next", health.next)] {
            if let Some(time) = time {
                lines.push(fact(label, shared.clock.full(time), Meaning::Text));
            }
        }
        let budget = match health.budget_per_minute {
            0 => format!("{} in the last minute", health.requests_last_minute),
            budget => format!("{} in the last minute, of at most {budget}", health.requests_last_minute),
        };
        lines.push(fact("requests", budget, Meaning::Text));
        if let Some(behind) = &health.behind {
            lines.push(fact("unread since", shared.clock.full(behind.oldest_unread), Meaning::Warning));
        }
        lines
    }
}

impl Pane for SourceDetail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Detail, Context::List]
    }

    fn title(&self, _: &Shared) -> Words {
        vec![("Sources".to_owned(), Meaning::Muted), (self.id.label(), Meaning::Title)]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if !self.document.cursor.go(command, self.document.len()) && command == Command::Copy {
            cx.copy("the line", self.document.current().unwrap_or_default());
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
