//! The alerts: what the rules said, what nobody has looked at yet first.

use std::{cmp::Reverse, sync::Arc};

use chrono::TimeDelta;
use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    alert::AlertDetail,
    events::severity_meaning,
    list::{List, Listed},
    nothing,
};
use crate::{
    model::{Alert, AlertState, Request, Severity, SourceKind, Time, text::short_arns},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, PaneSpec, Step, Words},
        shared::Shared,
        theme::Meaning,
        widgets::table::{Column, Table},
    },
};

pub const SPEC: PaneSpec =
    PaneSpec { name: Alert::NAME, short: Alert::NAME, make: |_| Box::new(List::<Alert>::default()), badge };

/// How many are open, by severity, the weightiest first. What only informs has no glyph in lists, and a letter here.
fn badge(shared: &Shared) -> Words {
    let open = shared.open_alerts();
    let sign = |severity: Severity| if severity == Severity::Info { "i" } else { severity.glyph() };
    let mark = |(severity, count)| (format!("{}{count}", sign(severity)), severity_meaning(severity));
    open.into_iter().rev().filter(|(_, count)| *count > 0).map(mark).collect()
}

const COLUMNS: &[Column] = &[
    Column::new("LAST", 8, 8).until(LONG_TIMES),
    Column::new("LAST", 12, 12).from(LONG_TIMES),
    Column::new(" ", 1, 1),
    Column::new("RULE", 16, 34),
    Column::new("TIMES", 5, 5),
    Column::new("ST", 2, 2).until(WORDS),
    Column::new("STATE", 8, 12).from(WORDS),
    Column::new("MESSAGE", 20, u16::MAX),
];

/// From this width on, an alert's state is a word.
const WORDS: u16 = 90;

/// From this width on, the times of other days have their month.
const LONG_TIMES: u16 = 140;

/// How long a snooze lasts; the next press takes the next one, and after the last the alert is open again.
const SNOOZES: [TimeDelta; 3] = [TimeDelta::hours(1), TimeDelta::hours(8), TimeDelta::hours(24)];

/// What is asked of the engine when an alert is acknowledged or snoozed, and what the operator is told.
pub fn answer(alert: &Alert, command: Command, shared: &Shared) -> Option<(Request, String)> {
    let (state, said) = match (command, alert.state) {
        (Command::Acknowledge, AlertState::Acknowledged) => (AlertState::Open, "open again".to_owned()),
        (Command::Acknowledge, _) => (AlertState::Acknowledged, "acknowledged".to_owned()),
        (Command::Snooze, state) => {
            let left = match state {
                AlertState::Snoozed { until } => until - shared.now,
                AlertState::Open | AlertState::Acknowledged => TimeDelta::zero(),
            };
            match SNOOZES.into_iter().find(|snooze| *snooze > left + TimeDelta::minutes(1)) {
                Some(snooze) => {
                    let until = shared.now + snooze;
                    (AlertState::Snoozed { until }, format!("snoozed until {}", shared.clock.full(until)))
                }
                None => (AlertState::Open, "open again".to_owned()),
            }
        }
        _ => return None,
    };
    Some((Request::Alert { id: alert.id.clone(), state }, said))
}

/// A state in two columns: the key that makes it so, with a glyph; an open alert has none.
fn state_mark(alert: &Alert, now: Time) -> &'static str {
    match alert.state {
        _ if alert.is_open(now) => "",
        AlertState::Acknowledged => "✔a",
        AlertState::Open | AlertState::Snoozed { .. } => "◐s",
    }
}

/// How an alert's state looks: its word and its meaning.
pub fn state_look(alert: &Alert, now: Time) -> (&'static str, Meaning) {
    match alert.state {
        _ if alert.is_open(now) => ("open", severity_meaning(alert.severity)),
        AlertState::Acknowledged => ("acknowledged", Meaning::Muted),
        AlertState::Open | AlertState::Snoozed { .. } => ("snoozed", Meaning::Muted),
    }
}

impl Listed for Alert {
    const NAME: &'static str = "Alerts";
    const KIND: Option<SourceKind> = None;
    const CONTEXTS: &'static [Context] = &[Context::Alerts, Context::List];
    type Order = (u8, Reverse<Time>, Reverse<Severity>, String);

    fn all(shared: &Shared) -> impl Iterator<Item = &Arc<Self>> {
        shared.alerts.values()
    }

    fn fits(&self, holds: impl Fn(&[&str]) -> bool) -> bool {
        holds(&[&self.rule, &self.message, self.severity.as_str(), self.state.as_str()])
    }

    /// What is open, then what will be again, then what was seen; in each the newest first.
    fn order(&self, now: Time) -> Self::Order {
        let rank = match self.state {
            _ if self.is_open(now) => 0,
            AlertState::Snoozed { .. } => 1,
            AlertState::Open | AlertState::Acknowledged => 2,
        };
        (rank, Reverse(self.last), Reverse(self.severity), self.id.clone())
    }

    fn is_same(&self, other: &Self) -> bool {
        self.id == other.id
    }

    fn is_told_by(change: &Change<'_>) -> bool {
        matches!(change, Change::Alerts)
    }

    fn words(shared: &Shared) -> Words {
        let open: usize = shared.open_alerts().iter().map(|(_, count)| count).sum();
        vec![(format!("{open} open"), if open > 0 { Meaning::Warning } else { Meaning::Muted })]
    }

    fn sends_away(command: Command) -> bool {
        command == Command::Acknowledge
    }

    fn command(alert: Arc<Self>, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Open => cx.open(AlertDetail::new(alert, cx.shared)),
            Command::Copy => cx.copy("the message", &alert.message),
            command => {
                if let Some((request, said)) = answer(&alert, command, cx.shared) {
                    cx.steps.push(Step::Ask(request));
                    cx.say(format!("{}: {said}", alert.rule));
                }
            }
        }
    }

    fn draw(list: &mut List<Self>, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let table = Table::new(COLUMNS, area);
        table.titles(buf, theme);
        for (y, selected, alert) in list.window(area.height.saturating_sub(1)) {
            let style = |meaning| theme.cell(meaning, selected);
            table.row(buf, y, style(Meaning::Text));
            let (word, meaning) = state_look(alert, shared.now);
            let is_open = alert.is_open(shared.now);
            let calm = if is_open { Meaning::Text } else { Meaning::Muted };
            let weighty = if is_open { severity_meaning(alert.severity) } else { Meaning::Muted };
            let last = shared.clock.row(alert.last, shared.now, table.width(0).max(table.width(1)));
            let message = short_arns(&alert.message);
            let times = if alert.count > 1 { format!("×{}", alert.count) } else { String::new() };
            let cells = [
                (last.as_str(), Meaning::Time),
                (last.as_str(), Meaning::Time),
                (alert.severity.glyph(), weighty),
                (&alert.rule, weighty),
                (&times, Meaning::Muted),
                (state_mark(alert, shared.now), meaning),
                (word, meaning),
                (&message, calm),
            ];
            for (column, (text, meaning)) in cells.into_iter().enumerate() {
                table.cell(buf, y, column, (text, style(meaning)));
            }
        }
        if let (0, all) = list.counts() {
            let text = if all == 0 { "no rule has fired" } else { "no alert matches the filter" };
            nothing::draw(area, buf, shared, (None, text));
        }
    }
}
