//! The alarms of all Regions: what is red first, then grey, then green.

use std::{borrow::Cow, cmp::Reverse};

use ratatui::{buffer::Buffer, layout::Rect};

use super::{alarm::AlarmDetail, freshness, list::List, nothing};
use crate::{
    model::{Alarm, AlarmKind, AlarmState, SourceKind, Time, duration::brief, rule},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, PaneSpec, Words, Wrong},
        shared::Shared,
        theme::Meaning,
        widgets::table::{Column, Table},
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
    match alarm.actions_in_a_word() {
        "on" => ("on", Meaning::Muted),
        word => (word, Meaning::Warning),
    }
}

const COLUMNS: &[Column] = &[
    Column::new("STATE", 9, 9),
    Column::new(" ", 1, 1),
    Column::new("NAME", 20, 36).ends(),
    Column::new("SINCE", 7, 8),
    Column::new("ACTIONS", 10, 10),
    Column::new("REGION", 10, 14).from(100),
    Column::new("KIND", 9, 9).from(130),
    Column::new("WHY", 14, u16::MAX),
];

/// The list of alarms.
#[derive(Default)]
pub struct Alarms {
    list: List<Alarm>,
}

impl Alarms {
    fn gather(&mut self, shared: &Shared) {
        // At the top the list shows the newest; elsewhere the cursor stays on its alarm.
        let chosen = self.list.chosen().cloned().filter(|_| self.list.cursor.at > 0);
        self.list.gather(shared.all_alarms(), |alarm, holds| {
            holds(&[&alarm.name, alarm.region.as_str(), alarm.state.as_str(), alarm.kind.as_str(), &alarm.reason])
        });
        self.list.sort(order, |alarm| chosen.as_ref().is_some_and(|chosen| chosen.key() == alarm.key()));
    }
}

fn order(alarm: &Alarm) -> (u8, Reverse<Option<Time>>, String) {
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
        words.extend(self.list.words());
        words.extend(freshness(&shared.freshness(SourceKind::Alarms), shared.now, false));
        words
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.list.cursor.go(command, self.list.counts().0) {
            return;
        }
        let Some(alarm) = self.list.chosen().cloned() else { return };
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
        table.titles(buf, theme);
        for (y, selected, alarm) in self.list.window(area.height.saturating_sub(1)) {
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
                (&why(alarm, shared), Meaning::Muted),
            ];
            for (column, (text, meaning)) in cells.into_iter().enumerate() {
                table.cell(buf, y, column, (text, style(meaning)));
            }
        }
        if let (0, all) = self.list.counts() {
            let text = match (all, shared.freshness(SourceKind::Alarms).polled) {
                (0, Some(_)) => "no alarms in these Regions",
                (0, None) => "waiting for the first answer",
                _ => "no alarm matches the filter",
            };
            nothing::draw(area, buf, shared, ((all == 0).then_some(SourceKind::Alarms), text));
        }
    }

    fn filter(&self) -> &str {
        self.list.filter()
    }

    fn set_filter(&mut self, text: &str, shared: &Shared) -> Result<(), Wrong> {
        self.list.set_filter(text);
        self.gather(shared);
        Ok(())
    }

    fn found(&self) -> String {
        self.list.found()
    }

    fn click(&mut self, line: u16) {
        self.list.click(line);
    }

    fn left(&mut self, shared: &mut Shared) {
        shared.look_at_alarms();
    }
}

/// Why the alarm is as it is: what it watches while all is well, else what a composite's children are, or CloudWatch's
/// reason.
fn why<'a>(alarm: &'a Alarm, shared: &Shared) -> Cow<'a, str> {
    match (alarm.state, alarm.kind) {
        (AlarmState::Ok, AlarmKind::Composite) => rule::with_names(&alarm.condition).into(),
        (AlarmState::Ok, _) => alarm.condition.as_str().into(),
        // What follows says it all; the detail has the whole reason.
        _ => match because(alarm, shared) {
            Some(children) => children.into(),
            None => alarm.reason.strip_prefix("Threshold Crossed: ").unwrap_or(&alarm.reason).into(),
        },
    }
}

/// Why a composite alarm is red or grey, by its children; `None` for others.
pub fn because(alarm: &Alarm, shared: &Shared) -> Option<String> {
    rule::because(alarm, shared.all_alarms().map(|alarm| &**alarm))
}
