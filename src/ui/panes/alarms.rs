//! The alarms of all Regions: what is red first, then grey, then green.

use std::{cmp::Reverse, sync::Arc};

use ratatui::{buffer::Buffer, layout::Rect};

use super::{alarm::AlarmDetail, filter_words, freshness, matches};
use crate::{
    model::{Alarm, AlarmState, SourceKind, duration::brief},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, PaneSpec, Words},
        shared::Shared,
        theme::Meaning,
        widgets::{
            cursor::Cursor,
            table::{Column, Table},
        },
    },
};

pub const SPEC: PaneSpec = PaneSpec { name: "Alarms", make: |_| Box::new(Alarms::default()), badge };

fn badge(shared: &Shared) -> Words {
    let count = |state| shared.all_alarms().filter(|alarm| alarm.state == state).count();
    let mark = |state, glyph: &str, meaning| match count(state) {
        0 => (String::new(), meaning),
        n => (format!("{glyph}{n}"), meaning),
    };
    vec![
        mark(AlarmState::Alarm, "✖", Meaning::Alarm),
        mark(AlarmState::InsufficientData, "?", Meaning::InsufficientData),
    ]
}

/// How a state looks: its glyph, so that colour is never alone, its word, its meaning.
pub fn state_look(state: AlarmState) -> (&'static str, &'static str, Meaning) {
    match state {
        AlarmState::Ok => ("✔ OK", "OK", Meaning::Ok),
        AlarmState::Alarm => ("✖ ALARM", "ALARM", Meaning::Alarm),
        AlarmState::InsufficientData => ("? NO DATA", "INSUFFICIENT_DATA", Meaning::InsufficientData),
    }
}

/// Whether an alarm's actions would tell somebody, in a word.
fn actions(alarm: &Alarm) -> (&'static str, Meaning) {
    if !alarm.suppressed_by.is_empty() {
        ("suppressed", Meaning::Warning)
    } else if !alarm.actions_enabled {
        ("off", Meaning::Warning)
    } else if alarm.tells_nobody() {
        ("none", Meaning::Warning)
    } else {
        ("on", Meaning::Muted)
    }
}

const COLUMNS: &[Column] = &[
    Column::new("STATE", 9, 9),
    Column::new(" ", 1, 1),
    Column::new("NAME", 20, 36),
    Column::new("SINCE", 7, 8),
    Column::new("ACTIONS", 10, 10),
    Column::new("REGION", 10, 14).from(100),
    Column::new("KIND", 9, 9).from(130),
    Column::new("WHY", 14, u16::MAX),
];

/// The list, its filter and its cursor.
#[derive(Default)]
pub struct Alarms {
    shown: Vec<Arc<Alarm>>,
    all: usize,
    filter: String,
    cursor: Cursor,
}

impl Alarms {
    fn gather(&mut self, shared: &Shared) {
        let chosen = self.shown.get(self.cursor.at).cloned();
        let fits = |alarm: &&Arc<Alarm>| {
            let texts =
                [alarm.name.as_str(), alarm.region.as_str(), alarm.state.as_str(), alarm.kind.as_str(), &alarm.reason];
            matches(&self.filter, &texts)
        };
        self.shown = shared.all_alarms().filter(fits).cloned().collect();
        self.all = shared.all_alarms().count();
        self.shown.sort_by(|a, b| order(a).cmp(&order(b)));
        let same = |alarm: &Arc<Alarm>| chosen.as_ref().is_some_and(|chosen| chosen.key() == alarm.key());
        // At the top the list shows the newest; elsewhere the cursor stays on its alarm.
        if self.cursor.at > 0
            && let Some(row) = self.shown.iter().position(same)
        {
            self.cursor.choose(row, self.shown.len());
        }
    }

    fn chosen(&self) -> Option<&Arc<Alarm>> {
        self.shown.get(self.cursor.at)
    }
}

fn order(alarm: &Alarm) -> impl Ord {
    let rank = match alarm.state {
        AlarmState::Alarm => 0,
        AlarmState::InsufficientData => 1,
        AlarmState::Ok => 2,
    };
    (rank, Reverse(alarm.since), alarm.name.clone())
}

impl Pane for Alarms {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Alarms, Context::List]
    }

    fn title(&self, shared: &Shared) -> Words {
        let mut words = vec![("Alarms".to_owned(), Meaning::Title)];
        words.extend(filter_words(&self.filter, self.shown.len(), self.all));
        words.extend(freshness(&shared.freshness(SourceKind::Alarms), shared.now, false));
        words
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.cursor.go(command, self.shown.len()) {
            return;
        }
        let Some(alarm) = self.chosen().cloned() else { return };
        match command {
            Command::Open => {
                let (detail, request) = AlarmDetail::new(alarm, cx.shared);
                cx.steps.push(crate::ui::pane::Step::Ask(request));
                cx.open(detail);
            }
            Command::Copy => cx.copy("the alarm's name", &alarm.name),
            Command::CopyArn => cx.copy("the alarm's ARN", &alarm.arn),
            _ => {}
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        if matches!(change, Change::Alarms) {
            self.gather(shared);
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let table = Table::new(COLUMNS, area);
        table.titles(buf, COLUMNS, theme);
        self.cursor.fit(area.height.saturating_sub(1).into(), self.shown.len());
        for (y, row) in (self.cursor.top..self.shown.len()).take(self.cursor.height).enumerate() {
            let (alarm, selected, y) = (&self.shown[row], row == self.cursor.at, y as u16);
            let style = |meaning| theme.cell(meaning, selected);
            table.row(buf, y, style(Meaning::Text));
            let (label, _, meaning) = state_look(alarm.state);
            let changed = if shared.changed_since_looked(alarm) { "*" } else { " " };
            let since = alarm.since.map_or_else(|| "never".to_owned(), |since| brief(shared.now - since));
            let (actions, actions_meaning) = actions(alarm);
            let cells = [
                (label, meaning),
                (changed, Meaning::Changed),
                (&alarm.name, Meaning::Text),
                (&since, Meaning::Time),
                (actions, actions_meaning),
                (alarm.region.as_str(), Meaning::Muted),
                (alarm.kind.as_str(), Meaning::Muted),
                (why(alarm), Meaning::Muted),
            ];
            for (column, (text, meaning)) in cells.into_iter().enumerate() {
                table.cell(buf, y, column, (text, style(meaning)));
            }
        }
        if self.shown.is_empty() {
            let text = match (self.all, shared.freshness(SourceKind::Alarms).polled) {
                (0, Some(_)) => "no alarms in these Regions",
                (0, None) => "waiting for the first answer",
                _ => "no alarm matches the filter",
            };
            table.cell(buf, 1, 2, (text, theme.style(Meaning::Muted)));
        }
    }

    fn filter(&self) -> &str {
        &self.filter
    }

    fn set_filter(&mut self, text: &str, shared: &Shared) -> Result<(), String> {
        text.clone_into(&mut self.filter);
        self.gather(shared);
        Ok(())
    }

    fn found(&self) -> String {
        format!("{} of {}", self.shown.len(), self.all)
    }

    fn click(&mut self, line: u16) {
        if let Some(row) = usize::from(line).checked_sub(1) {
            self.cursor.choose(self.cursor.top + row, self.shown.len());
        }
    }

    fn left(&mut self, shared: &mut Shared) {
        shared.look_at_alarms();
    }
}

/// Why the alarm is as it is: what it watches while all is well, else CloudWatch's reason.
fn why(alarm: &Alarm) -> &str {
    match alarm.state {
        AlarmState::Ok => &alarm.condition,
        // What follows says it all; the detail has the whole reason.
        AlarmState::Alarm | AlarmState::InsufficientData => {
            alarm.reason.strip_prefix("Threshold Crossed: ").unwrap_or(&alarm.reason)
        }
    }
}
