//! One EventBridge rule of the account: its state, its pattern or schedule, where it leads, and who manages it.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    behind,
    hits::{MatchedLast, hit_lines},
    rules::{account_rule_look, switch, try_out},
};
use crate::{
    model::{AccountRule, Request, RuleStatus, RuleTarget, Setting, SourceError, Switchable, WriteOutcome, Written},
    ui::{
        account::changes_of,
        command::{Command, Context},
        pane::{Change, Cx, Pane, Words},
        shared::Shared,
        theme::Meaning,
        widgets::{
            document::{Document, Line, fact, line},
            pretty::pretty,
        },
    },
};

/// The detail of a rule, kept up to date while it is open.
pub struct AccountRuleDetail {
    row: Arc<RuleStatus>,
    rule: Arc<AccountRule>,
    /// The id of the request for its targets.
    asked: u64,
    targets: Option<Result<Vec<RuleTarget>, SourceError>>,
    document: Document,
    matched: MatchedLast,
}

impl AccountRuleDetail {
    /// The detail, and the request for the rule's targets.
    pub fn new(row: Arc<RuleStatus>, rule: Arc<AccountRule>, shared: &Shared) -> (Self, Request) {
        // Unique enough: nobody opens two details in one microsecond.
        let asked = shared.now.timestamp_micros() as u64;
        let AccountRule { region, bus, name, .. } = &*rule;
        let request = Request::RuleTargets { id: asked, region: region.clone(), bus: bus.clone(), name: name.clone() };
        let (document, matched) = (Document::default(), MatchedLast::default());
        let mut detail = Self { row, rule, asked, targets: None, document, matched };
        detail.write(shared);
        (detail, request)
    }

    fn write(&mut self, shared: &Shared) {
        let mut lines = facts(&self.rule);
        lines.extend(self.hit_lines(shared));
        if !self.rule.pattern.is_empty() {
            lines.push(line("", Meaning::Text));
            lines.push(line("Event pattern", Meaning::Title));
            lines.extend(pretty(&self.rule.pattern).iter().map(|text| line(text, Meaning::Text)));
        }
        lines.push(line("", Meaning::Text));
        lines.push(line("Leads to", Meaning::Title));
        match &self.targets {
            None => lines.push(line("asking EventBridge", Meaning::Muted)),
            Some(Err(error)) => lines.push(line(format!("{}: {}", error.code, error.message), Meaning::Error)),
            Some(Ok(targets)) if targets.is_empty() => {
                lines.push(line("no target is set: nothing happens when it matches", Meaning::Warning));
            }
            Some(Ok(targets)) => lines.extend(targets.iter().flat_map(target_lines)),
        }
        lines.extend(changed_by_you(&thing(&self.rule), shared));
        match self.has_hits() {
            true => self.matched.write(&self.row, &mut lines, shared),
            false => self.matched = MatchedLast::default(),
        }
        self.document.set(lines);
    }

    /// What is wrong with it and how often it matched, or why that is not counted.
    fn hit_lines(&self, shared: &Shared) -> Vec<Line> {
        let mut lines: Vec<Line> = self.row.problem.lines().map(|problem| line(problem, Meaning::Warning)).collect();
        if self.has_hits() {
            lines.extend(hit_lines(&self.row, shared));
        }
        match self.rule.sees_nothing() {
            Some(why) => lines.push(fact("hits", why, Meaning::Muted)),
            None => lines.push(fact(
                "counted",
                "calls, alarms and restores seen here; AWS may tell it of more",
                Meaning::Muted,
            )),
        }
        lines
    }

    fn has_hits(&self) -> bool {
        self.rule.sees_nothing().is_none() || self.row.last_hit.is_some()
    }
}

fn facts(rule: &AccountRule) -> Vec<Line> {
    let (_, meaning) = account_rule_look(rule);
    let state = match rule.setting() {
        Some(Setting::Off) => format!("{}: nothing happens when it matches", rule.state),
        Some(Setting::OnWithReads) => format!("{}: calls that only read as well", rule.state),
        Some(Setting::On) | None => rule.state.clone(),
    };
    let mut lines = vec![fact("state", state, meaning)];
    if let Some(why) = rule.locked() {
        lines.push(fact("locked", why, Meaning::Warning));
    }
    let facts = [
        ("description", &rule.description),
        ("bus", &rule.bus),
        ("schedule", &rule.schedule),
        ("role", &rule.role_arn),
        ("ARN", &rule.arn),
    ];
    let said = facts.into_iter().filter(|(_, text)| !text.is_empty());
    lines.extend(said.map(|(label, text)| fact(label, text, Meaning::Text)));
    lines
}

fn target_lines(target: &RuleTarget) -> Vec<Line> {
    let mut lines = vec![line(format!("{}  {}", target.id, target.arn), Meaning::Text)];
    let facts = [("as", &target.role_arn), ("sends", &target.input)];
    let said = facts.into_iter().filter(|(_, text)| !text.is_empty());
    lines.extend(said.map(|(label, text)| line(format!("    {label} {text}"), Meaning::Muted)));
    lines
}

/// What the journal has of a thing, the newest first, below its title; nothing when it has nothing.
pub fn changed_by_you(thing: &Switchable, shared: &Shared) -> Vec<Line> {
    let mut lines: Vec<Line> = changes_of(shared, thing).map(|change| change_line(change, shared)).collect();
    if !lines.is_empty() {
        lines.splice(0..0, [line("", Meaning::Text), line("Changed by you", Meaning::Title)]);
    }
    lines
}

fn change_line(change: &Written, shared: &Shared) -> Line {
    let when = shared.clock.full(change.time);
    let [before, after] = [change.before, change.after].map(|setting| change.thing.word(setting));
    let (end, meaning) = match &change.outcome {
        WriteOutcome::Done => (String::new(), Meaning::Text),
        WriteOutcome::Refused(said) => (format!(", refused: {said}"), Meaning::Error),
        WriteOutcome::Unknown(said) if said.is_empty() => (", no answer is known".to_owned(), Meaning::Warning),
        WriteOutcome::Unknown(said) => (format!(", no answer is known: {said}"), Meaning::Warning),
    };
    line(format!("{when}  {before} → {after}{end}"), meaning)
}

/// The rule as a thing that can be switched.
pub fn thing(rule: &AccountRule) -> Switchable {
    let (region, bus, name) = rule.key();
    Switchable::Rule { region: region.clone(), bus: bus.to_owned(), name: name.to_owned() }
}

impl Pane for AccountRuleDetail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Rules, Context::Detail, Context::List]
    }

    fn title(&self, _: &Shared) -> Words {
        vec![
            ("Rules".to_owned(), Meaning::Muted),
            (self.rule.name.clone(), Meaning::Title),
            (self.row.origin.label(), Meaning::Muted),
            ("EventBridge".to_owned(), Meaning::Muted),
        ]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.document.cursor.go(command, self.document.len()) {
            return;
        }
        match command {
            Command::Open => behind::open(self.matched.chosen(&self.document), cx),
            Command::Copy => cx.copy("the line", self.document.current().unwrap_or_default()),
            Command::CopyRecord => cx.copy_json("what the rule looks for", &self.row.text),
            Command::CopyArn => cx.copy("the rule's ARN", &self.rule.arn),
            Command::Switch => switch(&self.row, cx),
            Command::TryOut => try_out(&self.row, cx),
            _ => {}
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        match change {
            Change::Rules => {
                let same =
                    |row: &&Arc<RuleStatus>| row.account.as_ref().is_some_and(|rule| rule.key() == self.rule.key());
                if let Some(row) = shared.account_rules.values().flatten().find(same) {
                    self.rule = row.account.clone().unwrap_or_else(|| Arc::clone(&self.rule));
                    self.row = Arc::clone(row);
                }
            }
            Change::RuleTargets(id, targets) if *id == self.asked => self.targets = Some((*targets).clone()),
            _ => return,
        }
        self.write(shared);
    }

    fn line(&self) -> Option<u16> {
        Some(self.document.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        self.write(shared);
        self.document.draw(area, buf, &shared.theme);
    }
}
