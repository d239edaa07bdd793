//! One alert: what the rule said, why somebody should look, and the events behind it, one Enter away.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    alerts,
    behind::{self, behind_line, newest_first},
    events::severity_meaning,
};
use crate::{
    model::{Alert, AlertState, RuleStatus, duration::brief},
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
    /// What stands behind it, in the order of its lines.
    events: Vec<String>,
    /// The line of the document in which the events start.
    first_event: usize,
}

impl AlertDetail {
    pub fn new(alert: Arc<Alert>, shared: &Shared) -> Self {
        let mut detail = Self { alert, document: Document::default(), events: Vec::new(), first_event: 0 };
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
        self.events = newest_first(&self.alert.events, shared);
        lines.extend(self.events.iter().map(|id| behind_line(id, shared)));
        self.document.set(lines);
    }

    /// The event in the line under the cursor.
    fn event(&self) -> Option<&str> {
        let at = self.document.current_line()?.checked_sub(self.first_event)?;
        self.events.get(at).map(String::as_str)
    }
}

/// The state, and when a snooze ends.
fn state_with_end(alert: &Alert, state: &str, shared: &Shared) -> String {
    match alert.state {
        AlertState::Snoozed { until } if until > shared.now => format!("{state} until {}", shared.clock.full(until)),
        _ => state.to_owned(),
    }
}

fn alert_lines(alert: &Alert, rule: Option<&RuleStatus>, shared: &Shared) -> Vec<Line> {
    let (state, meaning) = alerts::state_look(alert, shared.now);
    let when = format!("{}, {} ago", shared.clock.full(alert.last), brief(shared.now - alert.last));
    let mut lines = vec![
        fact("message", &alert.message, Meaning::Text),
        fact("rule", &alert.rule, severity_meaning(alert.severity)),
        fact("severity", alert.severity.as_str(), severity_meaning(alert.severity)),
        fact("state", state_with_end(alert, state, shared), meaning),
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
            Command::Open => behind::open(self.event(), cx),
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

    fn line(&self) -> Option<u16> {
        Some(self.document.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        // How long ago it was changes every second.
        self.write(shared);
        self.document.draw(area, buf, &shared.theme);
    }
}
