//! Every source of data: how fresh it is, what of its budget it uses, and what is wrong with it.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{matches, source::SourceDetail};
use crate::{
    model::{SourceHealth, SourceId, SourceState, Time, duration::brief, text::visible},
    ui::{
        command::{Command, Context},
        header::mark,
        pane::{Cx, Pane, PaneSpec, Words, Wrong},
        shared::Shared,
        theme::Meaning,
        widgets::{
            cursor::Cursor,
            document::wrapped,
            table::{Column, Table},
            text::{columns, put},
        },
    },
};

pub const SPEC: PaneSpec =
    PaneSpec { name: "Sources", short: "Sources", make: |_| Box::new(Sources::default()), badge };

fn badge(shared: &Shared) -> Words {
    let failed = shared.sources.values().filter(|health| matches!(health.state, SourceState::Failed(_))).count();
    if failed == 0 { Vec::new() } else { vec![(format!("✖{failed}"), Meaning::Error)] }
}

const COLUMNS: &[Column] = &[
    Column::new(" ", 1, 1),
    Column::new("SOURCE", 20, 44).ends(),
    Column::new("NEWEST", 8, 8),
    Column::new("POLLED", 7, 8),
    Column::new("NEXT", 6, 8),
    Column::new("REQ/MIN", 8, 8),
    Column::new("STATE", 20, u16::MAX),
];

const STATE: usize = 6;

/// The list of sources.
#[derive(Default)]
pub struct Sources {
    filter: String,
    cursor: Cursor,
}

impl Sources {
    fn shown<'a>(&'a self, shared: &'a Shared) -> impl Iterator<Item = &'a SourceHealth> {
        let fits = |health: &&SourceHealth| matches(&self.filter, &[&health.id.label(), &in_words(health, shared.now)]);
        shared.sources.values().filter(fits)
    }

    fn chosen(&self, shared: &Shared) -> Option<SourceId> {
        self.shown(shared).nth(self.cursor.at).map(|health| health.id.clone())
    }
}

impl Sources {
    /// Below the list, where there is room: what is wrong with each source whose words the list had to cut.
    fn draw_cut(&self, area: Rect, buf: &mut Buffer, (shared, width): (&Shared, u16)) {
        let wide = usize::from(area.width.saturating_sub(2)).max(1);
        let mut y = area.y;
        for health in self.shown(shared) {
            let words = in_words(health, shared.now);
            if columns(&words) <= width.into() {
                continue;
            }
            let (glyph, meaning) = mark(health);
            let text = format!("{glyph} {}: {words}", health.id.label());
            let text = visible(&text);
            for bytes in wrapped(&text, wide) {
                if y >= area.bottom() {
                    return;
                }
                put(buf, (area.x, y), area.width, &text[bytes], shared.theme.style(meaning));
                y += 1;
            }
        }
    }
}

/// How a source is, in words: the API's own where something is wrong.
pub fn in_words(health: &SourceHealth, now: Time) -> String {
    match (&health.state, &health.behind, &health.progress) {
        (SourceState::Failed(error), ..) => match &error.missing_action {
            Some(action) => format!("{}: {action} is not allowed", error.code),
            None => format!("{}: {}", error.code, error.message),
        },
        (SourceState::Throttled { until, error }, ..) => {
            format!("slowed down by AWS, goes on in {}; {}: {}", brief(*until - now), error.code, error.message)
        }
        (_, Some(behind), _) => {
            let unread = brief(chrono::TimeDelta::seconds(behind.unread_seconds));
            format!("{unread} not read yet; {} new events a second", behind.events_per_second)
        }
        (_, None, Some(progress)) => {
            format!("loading {:.0} %, back to {}", progress.ratio() * 100.0, progress.from.format("%d %b %H:%M UTC"))
        }
        (SourceState::Starting, ..) => "not asked yet".to_owned(),
        (SourceState::Live, ..) => "live".to_owned(),
    }
}

impl Pane for Sources {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Sources, Context::List]
    }

    fn title(&self, shared: &Shared) -> Words {
        let failed = shared.sources.values().filter(|health| matches!(health.state, SourceState::Failed(_))).count();
        let mut words = vec![("Sources".to_owned(), Meaning::Title)];
        match (shared.sources.len(), failed) {
            (0, _) => words.push(("starting".to_owned(), Meaning::Muted)),
            (n, 0) => words.push((format!("{n}, none failing"), Meaning::Muted)),
            (n, failed) => words.push((format!("{failed} of {n} failing"), Meaning::Error)),
        }
        words
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let len = self.shown(cx.shared).count();
        if self.cursor.go(command, len) {
            return;
        }
        let Some(id) = self.chosen(cx.shared) else { return };
        match command {
            Command::Open => cx.open(SourceDetail::new(id)),
            Command::Copy => {
                let words = cx.shared.sources.get(&id).map(|health| in_words(health, cx.shared.now));
                cx.copy("what is said of the source", &words.unwrap_or_default());
            }
            _ => {}
        }
    }

    fn line(&self) -> Option<u16> {
        Some(1 + self.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let (theme, now) = (&shared.theme, shared.now);
        let table = Table::new(COLUMNS, area);
        table.titles(buf, theme);
        let mut cursor = self.cursor;
        cursor.fit(area.height.saturating_sub(1).into(), self.shown(shared).count());
        self.cursor = cursor;
        let ago = |time: Option<Time>| time.map_or_else(String::new, |time| brief(now - time));
        let rows = self.shown(shared).enumerate().skip(cursor.top).take(cursor.height);
        for (y, (row, health)) in rows.enumerate() {
            let (selected, y) = (row == cursor.at, y as u16);
            let style = |meaning| theme.cell(meaning, selected);
            table.row(buf, y, style(Meaning::Text));
            let (glyph, meaning) = mark(health);
            let next = health.next.map_or_else(String::new, |next| brief(next - now));
            let budget = match health.budget_per_minute {
                0 => health.requests_last_minute.to_string(),
                budget => format!("{} of {budget}", health.requests_last_minute),
            };
            let cells = [
                (glyph, meaning),
                (&health.id.label(), Meaning::Text),
                (&ago(health.newest), Meaning::Muted),
                (&ago(health.polled), Meaning::Muted),
                (&next, Meaning::Muted),
                (&budget, Meaning::Muted),
                (&in_words(health, now), meaning),
            ];
            for (column, (text, meaning)) in cells.into_iter().enumerate() {
                table.cell(buf, y, column, (text, style(meaning)));
            }
        }
        let used = (self.shown(shared).count() as u16).saturating_add(2).min(area.height);
        let below = Rect { y: area.y + used, height: area.height - used, ..area };
        self.draw_cut(below, buf, (shared, table.width(STATE)));
    }

    fn filter(&self) -> &str {
        &self.filter
    }

    fn set_filter(&mut self, text: &str, _: &Shared) -> Result<(), Wrong> {
        text.clone_into(&mut self.filter);
        Ok(())
    }

    fn click(&mut self, line: u16) {
        if let Some(row) = usize::from(line).checked_sub(1) {
            self.cursor.choose(self.cursor.top + row, usize::MAX);
        }
    }
}
