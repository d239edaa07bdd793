//! One rule: its text, why it is there, how often it matched, and on what.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    behind::{self, behind_line, newest_first},
    events::severity_meaning,
    rules::{bars_meaning, copy_arn, copy_text, sparkline, switch, switch_look, try_out},
};
use crate::{
    model::{RuleStatus, duration::brief},
    ui::{
        command::{Command, Context},
        highlight,
        pane::{Change, Cx, Pane, Words},
        shared::Shared,
        theme::Meaning,
        widgets::document::{Document, Line, fact, line, line_of},
    },
};

/// The detail of a rule, kept up to date while it is open.
pub struct RuleDetail {
    rule: Arc<RuleStatus>,
    document: Document,
    /// The rule's text.
    text: Vec<Line>,
    /// What it matched last, in the order of its lines.
    events: Vec<String>,
    /// The line of the document in which the events start.
    first_event: usize,
}

impl RuleDetail {
    pub fn new(rule: Arc<RuleStatus>, shared: &Shared) -> Self {
        let text = text_lines(&rule);
        let mut detail = Self { rule, document: Document::default(), text, events: Vec::new(), first_event: 0 };
        detail.write(shared);
        detail
    }

    fn write(&mut self, shared: &Shared) {
        if self.rule.is_broken() {
            let place = fact("from", self.rule.origin.label(), Meaning::Text);
            let wrong = self.rule.text.lines().map(|text| line(text, Meaning::Error));
            self.document.set([place, line("", Meaning::Text)].into_iter().chain(wrong).collect());
            self.first_event = usize::MAX;
            return;
        }
        let mut lines = rule_lines(&self.rule, shared);
        lines.push(line("", Meaning::Text));
        lines.push(line("Looks for", Meaning::Title));
        lines.extend(self.text.iter().cloned());
        lines.push(line("", Meaning::Text));
        lines.push(line("Matched last", Meaning::Title));
        self.first_event = lines.len();
        match self.rule.events.is_empty() {
            true => lines.push(line("nothing yet", Meaning::Muted)),
            false => {
                self.events = newest_first(&self.rule.events, shared);
                lines.extend(self.events.iter().map(|id| behind_line(id, shared)));
            }
        }
        self.document.set(lines);
    }

    /// The event in the line under the cursor.
    fn event(&self) -> Option<&str> {
        let at = self.document.current_line()?.checked_sub(self.first_event)?;
        self.events.get(at).map(String::as_str)
    }
}

fn text_lines(rule: &RuleStatus) -> Vec<Line> {
    let lines = highlight::lines(rule.language, rule.text.trim_end());
    lines.into_iter().map(|(text, spans)| line_of(&text, &spans)).collect()
}

fn rule_lines(rule: &RuleStatus, shared: &Shared) -> Vec<Line> {
    let on = match (rule.on, rule.on == rule.on_by_default) {
        (true, true) => "on",
        (true, false) => "on, switched by hand",
        (false, true) => "off, as it is by default",
        (false, false) => "off, switched by hand",
    };
    let mut lines = Vec::new();
    lines.extend(rule.problem.lines().map(|problem| line(problem, Meaning::Warning)));
    lines.push(fact("switch", on, switch_look(rule).1));
    lines.push(fact("severity", rule.severity.as_str(), severity_meaning(rule.severity)));
    lines.push(fact("language", rule.language, Meaning::Text));
    lines.push(fact("from", rule.origin.label(), Meaning::Text));
    if !rule.reason.is_empty() {
        lines.push(fact("why it matters", &rule.reason, Meaning::Text));
    }
    if !rule.tags.is_empty() {
        lines.push(fact("tags", rule.tags.join(" "), Meaning::Muted));
    }
    lines.extend(rule.settings.iter().map(|(label, text)| fact(label, text, Meaning::Text)));
    let hits = rule.hits_in_a_day();
    let last = rule.last_hit.map_or_else(String::new, |last| format!(", last {} ago", brief(shared.now - last)));
    lines.push(fact("hits in 24 h", format!("{hits}{last}"), Meaning::Text));
    if hits > 0 {
        lines.push(fact("hour by hour", sparkline(&rule.hits, 24), bars_meaning(rule.severity)));
    }
    lines
}

impl Pane for RuleDetail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Rules, Context::Detail, Context::List]
    }

    fn title(&self, _: &Shared) -> Words {
        vec![
            ("Rules".to_owned(), Meaning::Muted),
            (self.rule.name.clone(), Meaning::Title),
            (self.rule.language.to_owned(), Meaning::Muted),
        ]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.document.cursor.go(command, self.document.len()) {
            return;
        }
        match command {
            Command::Open => behind::open(self.event(), cx),
            Command::Copy => cx.copy("the line", self.document.current().unwrap_or_default()),
            Command::CopyRecord => copy_text(&self.rule, cx),
            Command::CopyArn => copy_arn(&self.rule, cx),
            Command::Switch => switch(&self.rule, cx),
            Command::TryOut => try_out(&self.rule, cx),
            _ => {}
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        let same = |rule: &&Arc<RuleStatus>| (&rule.name, &rule.origin) == (&self.rule.name, &self.rule.origin);
        if matches!(change, Change::Rules)
            && let Some(rule) = shared.rules.iter().find(same)
        {
            if self.rule.text != rule.text {
                self.text = text_lines(rule);
            }
            self.rule = Arc::clone(rule);
            self.write(shared);
        }
    }

    fn line(&self) -> Option<u16> {
        Some(self.document.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        // How long ago the last hit was changes every second.
        self.write(shared);
        self.document.draw(area, buf, &shared.theme);
    }
}
