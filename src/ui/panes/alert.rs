//! One alert: what the rule said, why somebody should look, and the events behind it, one Enter away.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{alerts, event::EventDetail, events::severity_meaning};
use crate::{
    model::{Alert, RuleStatus, duration::brief},
    store::History,
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, Step, Words},
        shared::Shared,
        theme::Meaning,
        widgets::document::{Document, Line, fact, line},
    },
};

/// The detail of an alert, kept up to date while it is open.
pub struct AlertDetail {
    alert: Arc<Alert>,
    document: Document,
    /// The line of the document in which the events start.
    first_event: usize,
}

impl AlertDetail {
    pub fn new(alert: Arc<Alert>, shared: &Shared) -> Self {
        let mut detail = Self { alert, document: Document::default(), first_event: 0 };
        detail.write(shared);
        detail.document.go_to_line(detail.first_event);
        detail
    }

    fn write(&mut self, shared: &Shared) {
        let rule = shared.rules.iter().find(|rule| rule.name == self.alert.rule);
        let mut lines = alert_lines(&self.alert, rule.map(|rule| &**rule), shared);
        lines.push(line("", Meaning::Text));
        lines.push(line("Events behind it", Meaning::Title));
        self.first_event = lines.len();
        lines.extend(self.alert.events.iter().rev().map(|id| event_line(id, shared)));
        self.document.set(lines);
    }

    /// The event in the line under the cursor.
    fn event(&self) -> Option<&str> {
        let at = self.document.current_line()?.checked_sub(self.first_event)?;
        self.alert.events.iter().rev().nth(at).map(String::as_str)
    }
}

fn alert_lines(alert: &Alert, rule: Option<&RuleStatus>, shared: &Shared) -> Vec<Line> {
    let (state, meaning) = alerts::state_look(alert, shared.now);
    let when = format!("{}, {} ago", shared.clock.full(alert.last), brief(shared.now - alert.last));
    let mut lines = vec![
        fact("message", &alert.message, Meaning::Text),
        fact("rule", &alert.rule, severity_meaning(alert.severity)),
        fact("severity", alert.severity.as_str(), severity_meaning(alert.severity)),
        fact("state", state, meaning),
        fact("last", when, Meaning::Text),
    ];
    if alert.count > 1 {
        let since = shared.clock.full(alert.first);
        lines.push(fact("times", format!("{} since {since}", alert.count), Meaning::Text));
    }
    if alert.late {
        lines.push(fact("late", "its first event came well after it happened", Meaning::Late));
    }
    if let Some(rule) = rule {
        lines.push(fact("why it matters", &rule.reason, Meaning::Text));
        lines.push(fact("tags", rule.tags.join(" "), Meaning::Muted));
    }
    lines
}

pub fn event_line(id: &str, shared: &Shared) -> Line {
    let row = shared.history.find(id).and_then(|row| shared.history.row(row));
    match row {
        Some(row) => {
            let time = shared.clock.full(row.time);
            line(
                format!("{time}  {}  {}  {} {}  {}", row.region, row.actor, row.name, row.target, row.source_address),
                severity_meaning(row.severity),
            )
        }
        None => line(format!("{id}  no longer in the history"), Meaning::Muted),
    }
}

/// The event of this id, opened.
pub fn event_detail(id: &str, history: &History) -> Option<EventDetail> {
    history.find(id).and_then(|row| history.event(row)).map(EventDetail::new)
}

impl Pane for AlertDetail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Alerts, Context::Detail, Context::List]
    }

    fn title(&self, _: &Shared) -> Words {
        vec![
            ("Alerts".to_owned(), Meaning::Muted),
            (self.alert.rule.clone(), Meaning::Title),
            (self.alert.severity.as_str().to_owned(), severity_meaning(self.alert.severity)),
        ]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.document.cursor.go(command, self.document.len()) {
            return;
        }
        match command {
            Command::Open => match self.event().and_then(|id| event_detail(id, &cx.shared.history)) {
                Some(detail) => cx.open(detail),
                None => cx.say("choose one of the events below"),
            },
            Command::Copy => cx.copy("the line", self.document.current().unwrap_or_default()),
            command => {
                if let Some((request, said)) = alerts::answer(&self.alert, command, cx.shared) {
                    cx.steps.push(Step::Ask(request));
                    cx.say(format!("{}: {said}", self.alert.rule));
                }
            }
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        if matches!(change, Change::Alerts)
            && let Some(alert) = shared.alerts.get(&self.alert.id)
        {
            self.alert = Arc::clone(alert);
            self.write(shared);
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        // How long ago it was changes every second.
        self.write(shared);
        self.document.draw(area, buf, &shared.theme);
    }
}
