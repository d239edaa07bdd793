//! One alarm: its state, why it is so, whom it tells, its history and its settings.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    account_rule::changed_by_you,
    alarms::{because, state_look, switch_actions, thing},
};
use crate::{
    model::{Alarm, AlarmChange, AlarmKind, AlarmState, Request, SourceError, Time, duration::brief},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, Words},
        shared::Shared,
        theme::Meaning,
        widgets::document::{Document, Line, fact, line},
    },
};

/// The detail of an alarm, kept up to date while it is open.
pub struct AlarmDetail {
    alarm: Arc<Alarm>,
    /// The id of the request for its history.
    asked: u64,
    history: Option<Result<Vec<AlarmChange>, SourceError>>,
    document: Document,
}

impl AlarmDetail {
    /// The detail, and the request for its history.
    pub fn new(alarm: Arc<Alarm>, shared: &Shared) -> (Self, Request) {
        // Unique enough: nobody opens two details in one microsecond.
        let asked = shared.now.timestamp_micros() as u64;
        let request = Request::AlarmHistory { id: asked, region: alarm.region.clone(), name: alarm.name.clone() };
        let mut detail = Self { alarm, asked, history: None, document: Document::default() };
        detail.write(shared);
        (detail, request)
    }

    fn write(&mut self, shared: &Shared) {
        let mut lines = state_lines(&self.alarm, shared);
        lines.extend(action_lines(&self.alarm));
        lines.extend(changed_by_you(&thing(&self.alarm), shared));
        lines.push(line("", Meaning::Text));
        lines.push(line("History", Meaning::Title));
        match &self.history {
            None => lines.push(line("asking CloudWatch", Meaning::Muted)),
            Some(Err(error)) => lines.push(line(format!("{}: {}", error.code, error.message), Meaning::Error)),
            Some(Ok(changes)) if changes.is_empty() => lines.push(line("nothing in the last 30 days", Meaning::Muted)),
            Some(Ok(changes)) => lines.extend(changes.iter().map(|change| history_line(change, shared))),
        }
        lines.push(line("", Meaning::Text));
        lines.push(line("Settings", Meaning::Title));
        for (name, value) in &self.alarm.settings {
            lines.push(line(format!("{name}: {value}"), Meaning::Text));
        }
        self.document.set(lines);
    }
}

fn state_lines(alarm: &Alarm, shared: &Shared) -> Vec<Line> {
    let (_, word, meaning) = state_look(alarm.state);
    let since = alarm
        .since
        .map_or_else(String::new, |since| format!("{}, for {}", shared.clock.full(since), brief(shared.now - since)));
    let mut lines = vec![fact("state", word, meaning), fact("since", since, Meaning::Text)];
    lines.extend(because(alarm, shared).map(|children| fact("because of", children, meaning)));
    lines.push(fact("reason", &alarm.reason, Meaning::Text));
    if let Some(words) = explain(alarm, shared.now) {
        lines.push(fact("which means", words, Meaning::Warning));
    }
    lines.push(fact("watches", &alarm.condition, Meaning::Text));
    if !alarm.description.is_empty() {
        lines.push(fact("description", &alarm.description, Meaning::Text));
    }
    if !alarm.evaluation_state.is_empty() {
        lines.push(fact("evaluation", &alarm.evaluation_state, Meaning::Warning));
    }
    if !alarm.suppressed_by.is_empty() {
        lines.push(fact("suppressed by", &alarm.suppressed_by, Meaning::Warning));
    }
    lines
}

fn action_lines(alarm: &Alarm) -> Vec<Line> {
    let mut lines = Vec::new();
    let enabled = if alarm.actions_enabled { ("on", Meaning::Ok) } else { ("off: nobody is told", Meaning::Warning) };
    lines.push(fact("actions", enabled.0, enabled.1));
    if alarm.tells_nobody() {
        lines.push(fact("on ALARM", "no action is set: nobody is told", Meaning::Warning));
    }
    for (label, actions) in [
        ("on ALARM", &alarm.alarm_actions),
        ("on OK", &alarm.ok_actions),
        ("on no data", &alarm.insufficient_data_actions),
    ] {
        lines.extend(actions.iter().map(|arn| fact(label, arn, Meaning::Text)));
    }
    lines
}

fn history_line(change: &AlarmChange, shared: &Shared) -> Line {
    let meaning = match change.summary.rsplit(' ').next() {
        Some("ALARM") => Meaning::Alarm,
        Some("OK") => Meaning::Ok,
        Some("INSUFFICIENT_DATA") => Meaning::InsufficientData,
        _ => Meaning::Text,
    };
    line(format!("{}  {}", shared.clock.full(change.time), change.summary), meaning)
}

/// An alarm that has had no data for longer was not just made.
const SETTLED: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// What a state means where CloudWatch's own words leave people puzzled.
fn explain(alarm: &Alarm, now: Time) -> Option<String> {
    let new = alarm.since.is_some_and(|since| now - since < SETTLED);
    let unchecked = alarm.reason.starts_with("Unchecked") && new;
    match (alarm.state, alarm.kind) {
        (AlarmState::InsufficientData, _) if unchecked => {
            Some("a new or changed alarm stays without data until its first evaluation".to_owned())
        }
        (AlarmState::InsufficientData, AlarmKind::Metric) if alarm.missing_data != "notBreaching" => Some(
            "no data came in the period. A metric filter without a default value writes nothing while nothing matches: \
             give it the default value 0, or let the alarm treat missing data as notBreaching"
                .to_owned(),
        ),
        (AlarmState::Alarm, _) if !alarm.actions_enabled => {
            Some("its actions are off. Turning them on now tells nobody: actions run only when the state changes".to_owned())
        }
        _ => None,
    }
}

impl Pane for AlarmDetail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::AlarmActions, Context::Detail, Context::List]
    }

    fn title(&self, _: &Shared) -> Words {
        vec![
            ("Alarms".to_owned(), Meaning::Muted),
            (self.alarm.name.clone(), Meaning::Title),
            (self.alarm.region.to_string(), Meaning::Muted),
            (self.alarm.kind.as_str().to_owned(), Meaning::Muted),
        ]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.document.cursor.go(command, self.document.len()) {
            return;
        }
        match command {
            Command::Copy => cx.copy("the line", self.document.current().unwrap_or_default()),
            Command::Switch => switch_actions(&self.alarm, cx),
            _ => {}
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        match change {
            Change::Alarms => {
                if let Some(alarm) = shared.all_alarms().find(|alarm| alarm.key() == self.alarm.key()) {
                    self.alarm = Arc::clone(alarm);
                }
            }
            Change::AlarmHistory(id, history) if *id == self.asked => self.history = Some((*history).clone()),
            _ => return,
        }
        self.write(shared);
    }

    fn line(&self) -> Option<u16> {
        Some(self.document.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        // The time a state has lasted changes every second.
        self.write(shared);
        self.document.draw(area, buf, &shared.theme);
    }
}
