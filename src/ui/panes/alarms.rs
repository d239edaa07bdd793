//! The alarms of all Regions: what is red first, then grey, then green.

use std::{borrow::Cow, cmp::Reverse, sync::Arc};

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    alarm::AlarmDetail,
    events::short_region,
    list::{List, Listed},
    nothing,
};
use crate::{
    model::{Alarm, AlarmKind, AlarmState, Region, SourceKind, Switchable, Time, composite, duration::brief},
    ui::{
        account::turned_off_by_you,
        command::{Command, Context},
        pane::{Change, Cx, PaneSpec, Step, Words},
        shared::Shared,
        theme::Meaning,
        widgets::table::{Column, Table},
    },
};

pub const SPEC: PaneSpec =
    PaneSpec { name: Alarm::NAME, short: Alarm::NAME, make: |_| Box::new(List::<Alarm>::default()), badge };

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

/// Switches an alarm's actions, if the operator says yes.
pub fn switch_actions(alarm: &Alarm, cx: &mut Cx<'_>) {
    if alarm.region.as_str() == Region::LOCAL {
        return cx.say("this alarm belongs to a rule of trailwatch: switch the rule, in Rules");
    }
    cx.steps.push(Step::Switch(thing(alarm)));
}

/// An alarm's actions as a thing that can be switched.
pub fn thing(alarm: &Alarm) -> Switchable {
    Switchable::AlarmActions { region: alarm.region.clone(), name: alarm.name.clone() }
}

/// Whether an alarm's actions would tell somebody, in a word.
fn actions(alarm: &Alarm, shared: &Shared) -> (&'static str, Meaning) {
    match alarm.actions_in_a_word() {
        "off" if turned_off_by_you(shared, &thing(alarm)).is_some() => ("off by you", Meaning::Warning),
        "on" => ("on", Meaning::Muted),
        word => (word, Meaning::Warning),
    }
}

const COLUMNS: &[Column] = &[
    Column::new("STATE", 9, 9),
    Column::new(" ", 1, 1),
    Column::new("NAME", 26, 36).ends(),
    Column::new("SINCE", 7, 8),
    Column::new("ACTIONS", 7, 10),
    Column::new("RGN", 4, 5).until(100),
    Column::new("REGION", 10, 14).from(100),
    Column::new("KIND", 9, 9).from(130),
    Column::new("WHY", 14, u16::MAX),
];

impl Listed for Alarm {
    const NAME: &'static str = "Alarms";
    const KIND: Option<SourceKind> = Some(SourceKind::Alarms);
    const CONTEXTS: &'static [Context] = &[Context::Alarms, Context::AlarmActions, Context::List];
    type Order = (u8, Reverse<Option<Time>>, String);

    fn all(shared: &Shared) -> impl Iterator<Item = &Arc<Self>> {
        shared.all_alarms()
    }

    fn fits(&self, holds: impl Fn(&[&str]) -> bool) -> bool {
        holds(&[&self.name, self.region.as_str(), self.state.as_str(), self.kind.as_str(), &self.reason])
    }

    fn order(&self, _: Time) -> Self::Order {
        let rank = match self.state {
            AlarmState::Alarm => 0,
            AlarmState::InsufficientData => 1,
            AlarmState::Ok => 2,
        };
        (rank, Reverse(self.since), self.name.clone())
    }

    fn is_same(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    fn is_told_by(change: &Change<'_>) -> bool {
        matches!(change, Change::Alarms)
    }

    fn command(alarm: Arc<Self>, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Open => {
                let (detail, request) = AlarmDetail::new(alarm, cx.shared);
                cx.steps.push(Step::Ask(request));
                cx.open(detail);
            }
            Command::Copy => cx.copy("the alarm's name", &alarm.name),
            Command::CopyArn => cx.copy("the alarm's ARN", &alarm.arn),
            Command::Switch => switch_actions(&alarm, cx),
            _ => {}
        }
    }

    fn draw(list: &mut List<Self>, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let table = Table::new(COLUMNS, area);
        table.titles(buf, theme);
        for (y, selected, alarm) in list.window(area.height.saturating_sub(1)) {
            let style = |meaning| theme.cell(meaning, selected);
            table.row(buf, y, style(Meaning::Text));
            let (label, _, meaning) = state_look(alarm.state);
            let changed = if shared.changed_since_looked(alarm) { "*" } else { " " };
            let since = alarm.since.map_or_else(|| "never".to_owned(), |since| brief(shared.now - since));
            let (actions, actions_meaning) = actions(alarm, shared);
            let cells = [
                (label, meaning),
                (changed, Meaning::Changed),
                (&alarm.name, Meaning::Text),
                (&since, Meaning::Time),
                (actions, actions_meaning),
                (&short_region(alarm.region.as_str()), Meaning::Muted),
                (alarm.region.as_str(), Meaning::Muted),
                (alarm.kind.as_str(), Meaning::Muted),
                (&why(alarm, shared), Meaning::Muted),
            ];
            for (column, (text, meaning)) in cells.into_iter().enumerate() {
                table.cell(buf, y, column, (text, style(meaning)));
            }
        }
        if let (0, all) = list.counts() {
            let text = match (all, shared.freshness(SourceKind::Alarms).polled) {
                (0, Some(_)) => "no alarms in these Regions",
                (0, None) => "waiting for the first answer",
                _ => "no alarm matches the filter",
            };
            nothing::draw(area, buf, shared, ((all == 0).then_some(SourceKind::Alarms), text));
        }
    }

    fn left(shared: &mut Shared) {
        shared.look_at_alarms();
    }
}

/// Why the alarm is as it is: what it watches while all is well, else what a composite's children are, or CloudWatch's
/// reason.
fn why<'a>(alarm: &'a Alarm, shared: &Shared) -> Cow<'a, str> {
    match (alarm.state, alarm.kind) {
        (AlarmState::Ok, AlarmKind::Composite) => composite::with_names(&alarm.condition).into(),
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
    composite::because(alarm, shared.all_alarms().map(|alarm| &**alarm))
}
