//! One rule: its text, why it is there, how often it matched, and on what.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    behind,
    events::severity_meaning,
    hits::{MatchedLast, hit_lines},
    rules::{copy_arn, copy_text, switch, switch_look, try_out},
};
use crate::{
    model::{RuleOrigin, RuleStatus},
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
    matched: MatchedLast,
}

impl RuleDetail {
    pub fn new(rule: Arc<RuleStatus>, shared: &Shared) -> Self {
        let text = text_lines(&rule);
        let mut detail = Self { rule, document: Document::default(), text, matched: MatchedLast::default() };
        detail.write(shared);
        detail
    }

    fn write(&mut self, shared: &Shared) {
        if self.rule.is_broken() {
            let place = fact("from", self.rule.origin.label(), Meaning::Text);
            let wrong = self.rule.text.lines().map(|text| line(text, Meaning::Error));
            self.document.set([place, line("", Meaning::Text)].into_iter().chain(wrong).collect());
            return;
        }
        let mut lines = rule_lines(&self.rule, shared);
        lines.push(line("", Meaning::Text));
        lines.push(line("Looks for", Meaning::Title));
        lines.extend(self.text.iter().cloned());
        self.matched.write(&self.rule, &mut lines, shared);
        self.document.set(lines);
    }
}

/// Whether it is the account's, and CloudWatch Logs evaluates it.
fn is_metric_filter(rule: &RuleStatus) -> bool {
    matches!(rule.origin, RuleOrigin::MetricFilter { .. })
}

fn text_lines(rule: &RuleStatus) -> Vec<Line> {
    let lines = highlight::lines(rule.language, rule.text.trim_end());
    lines.into_iter().map(|(text, spans)| line_of(&text, &spans)).collect()
}

fn rule_lines(rule: &RuleStatus, shared: &Shared) -> Vec<Line> {
    let on = match (rule.on, rule.on == rule.on_by_default) {
        _ if is_metric_filter(rule) => "on, as long as it exists",
        (true, true) => "on",
        (true, false) => "on, switched by hand",
        (false, true) => "off, as it is by default",
        (false, false) => "off, switched by hand",
    };
    let mut lines = Vec::new();
    lines.extend(rule.problem.lines().map(|problem| line(problem, Meaning::Warning)));
    lines.push(fact("switch", on, switch_look(rule).1));
    if !is_metric_filter(rule) {
        lines.push(fact("severity", rule.severity.as_str(), severity_meaning(rule.severity)));
    }
    lines.push(fact("language", rule.language, Meaning::Text));
    lines.push(fact("from", rule.origin.label(), Meaning::Text));
    if !rule.reason.is_empty() && !is_metric_filter(rule) {
        lines.push(fact("why it matters", &rule.reason, Meaning::Text));
    }
    if !rule.tags.is_empty() {
        lines.push(fact("tags", rule.tags.join(" "), Meaning::Muted));
    }
    lines.extend(rule.settings.iter().map(|(label, text)| fact(label, text, Meaning::Text)));
    lines.extend(hit_lines(rule, shared));
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
            Command::Open => behind::open(self.matched.chosen(&self.document), cx),
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
            && let Some(rule) = shared.all_rules().find(same)
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
