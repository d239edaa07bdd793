//! The rules: which are on, how often they matched, and what is wrong with them.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    account_rule::{self, AccountRuleDetail},
    events::{severity_meaning, short_region},
    list::{List, Listed},
    nothing,
    rule::RuleDetail,
    tryout::{Start, TryOut},
};
use crate::{
    model::{AccountRule, Request, RuleOrigin, RuleStatus, Setting, Severity, SourceKind, Time, duration::brief},
    ui::{
        account::turned_off_by_you,
        command::{Command, Context},
        pane::{Change, Cx, PaneSpec, Step, Words},
        shared::Shared,
        theme::Meaning,
        widgets::{
            table::{Column, Table},
            text::columns,
        },
    },
};

pub const SPEC: PaneSpec = PaneSpec {
    name: RuleStatus::NAME,
    short: RuleStatus::NAME,
    make: |_| Box::new(List::<RuleStatus>::default()),
    badge,
};

fn badge(shared: &Shared) -> Words {
    let broken = shared.rules.iter().filter(|rule| !rule.problem.is_empty()).count();
    match broken {
        0 => Vec::new(),
        n => vec![(format!("!{n}"), Meaning::Warning)],
    }
}

const COLUMNS: &[Column] = &[
    Column::new(" ", 1, 1),
    Column::new(" ", 1, 1),
    Column::new("NAME", 24, 40),
    Column::new("24H", 5, 6),
    Column::new("HOUR BY HOUR", 12, 24).from(100),
    Column::new("LAST", 7, 8),
    Column::new("LANGUAGE", 13, 13).from(120),
    Column::new("FROM", 13, 28).ends(),
    Column::new("WHAT FOR", 16, u16::MAX),
];

const NAME: usize = 2;
const FROM: usize = 7;

/// Switches a rule; one of the account only if the operator says yes.
pub fn switch(rule: &RuleStatus, cx: &mut Cx<'_>) {
    if rule.is_broken() {
        return cx.say(format!("{}: there is no rule to switch; mend the file first", rule.origin.label()));
    }
    if let Some(rule) = &rule.account {
        return cx.steps.push(Step::Switch(account_rule::thing(rule)));
    }
    if let RuleOrigin::MetricFilter { .. } = rule.origin {
        let how = "is on as long as it exists; in Alarms, x switches what its alarm does";
        return cx.say(format!("{}: a metric filter {how}", rule.name));
    }
    let (on, word) = if rule.on { (false, "off") } else { (true, "on") };
    cx.steps.push(Step::Ask(Request::SwitchRule { name: rule.name.clone(), on }));
    cx.say(format!("{}: {word}", rule.name));
}

/// Opens a rule's text in an editor, with the events that it matches.
pub fn try_out(rule: &RuleStatus, cx: &mut Cx<'_>) {
    match Start::of(rule) {
        Ok(start) => cx.open(TryOut::new(start, cx.shared)),
        Err(why) => cx.say(why),
    }
}

/// How bars of a severity look: as critical only by their words, for a background would fill the hours without hits.
pub fn bars_meaning(severity: Severity) -> Meaning {
    severity_meaning(severity.min(Severity::High))
}

/// The hits of the last hours as bars, the newest on the right.
pub fn sparkline(hits: &[u32], width: usize) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let shown = &hits[hits.len().saturating_sub(width)..];
    let most = shown.iter().copied().max().unwrap_or(0).max(1);
    let bar = |hits: &u32| match hits {
        0 => ' ',
        hits => BARS[(u64::from(*hits) * 8).div_ceil(u64::from(most)).clamp(1, 8) as usize - 1],
    };
    shown.iter().map(bar).collect()
}

impl Listed for RuleStatus {
    const NAME: &'static str = "Rules";
    const KIND: Option<SourceKind> = Some(SourceKind::Rules);
    const CONTEXTS: &'static [Context] = &[Context::Rules, Context::List];
    type Order = (bool, RuleOrigin, String);

    fn all(shared: &Shared) -> impl Iterator<Item = &Arc<Self>> {
        shared.all_rules()
    }

    fn fits(&self, holds: impl Fn(&[&str]) -> bool) -> bool {
        let on = if self.on { "on" } else { "off" };
        let (tags, origin) = (self.tags.join(" "), self.origin.label());
        let about = [&*self.reason, &self.title, &self.problem];
        let account = self.account.as_ref().map_or([""; 3], |rule| ["EventBridge", &rule.state, &rule.managed_by]);
        let kind = if let RuleOrigin::MetricFilter { .. } = self.origin { "metric filter" } else { "" };
        let words = [&*self.name, self.severity.as_str(), self.language, &origin, &tags, on, kind];
        holds(&[&words[..], &about, &account].concat())
    }

    /// What is wrong first, then as the rules are listed: a row must not jump when its rule fires.
    fn order(&self, _: Time) -> Self::Order {
        (self.problem.is_empty(), self.origin.clone(), self.name.clone())
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.origin) == (&other.name, &other.origin)
    }

    fn is_told_by(change: &Change<'_>) -> bool {
        matches!(change, Change::Rules)
    }

    fn words(shared: &Shared) -> Words {
        let rules = || shared.rules.iter().filter(|rule| !rule.is_broken());
        let account = || shared.account_rules.values().flatten();
        let on = rules().filter(|rule| rule.on).count();
        let mut words = vec![(format!("{on} of {} on", rules().count()), Meaning::Muted)];
        if account().next().is_some() {
            let on = account().filter(|rule| rule.on).count();
            words.push((format!("EventBridge: {on} of {} on", account().count()), Meaning::Muted));
        }
        let filters = shared.metric_filters.values().flatten().count();
        if filters > 0 {
            words.push((format!("metric filters: {filters}"), Meaning::Muted));
        }
        words
    }

    fn command(rule: Arc<Self>, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Open => match rule.account.clone() {
                Some(own) => {
                    let (detail, request) = AccountRuleDetail::new(rule, own, cx.shared);
                    cx.steps.push(Step::Ask(request));
                    cx.open(detail);
                }
                None => cx.open(RuleDetail::new(rule, cx.shared)),
            },
            Command::Copy | Command::CopyRecord => copy_text(&rule, cx),
            Command::CopyArn => copy_arn(&rule, cx),
            Command::Switch => switch(&rule, cx),
            Command::TryOut => try_out(&rule, cx),
            _ => {}
        }
    }

    fn draw(list: &mut List<Self>, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let table = Table::new(COLUMNS, area);
        table.titles(buf, theme);
        for (y, selected, rule) in list.window(area.height.saturating_sub(1)) {
            let style = |meaning| theme.cell(meaning, selected);
            table.row(buf, y, style(Meaning::Text));
            if rule.is_broken() {
                let text = format!("{}: {}", rule.origin.label(), rule.problem);
                table.cell(buf, y, 0, ("!", style(Meaning::Warning)));
                table.across(buf, y, NAME..=COLUMNS.len() - 1, (&text, style(Meaning::Error)));
                continue;
            }
            let first = what_first(rule, shared);
            let calm = if rule.on { Meaning::Text } else { Meaning::Muted };
            let (glyph, glyph_meaning) = switch_look(rule);
            let hits = match rule.hits_in_a_day() {
                0 => String::new(),
                hits => hits.to_string(),
            };
            let bars = sparkline(&rule.hits, table.width(4).into());
            let last = rule.last_hit.map_or_else(String::new, |last| brief(shared.now - last));
            let origin = from(rule, table.width(FROM));
            let (what, what_meaning) = match rule.problem.lines().next() {
                Some(problem) => (problem, Meaning::Error),
                None => (first.as_deref().unwrap_or(&rule.reason), Meaning::Muted),
            };
            let cells = [
                (glyph, glyph_meaning),
                (rule.severity.glyph(), severity_meaning(rule.severity)),
                (&rule.name, calm),
                (&hits, calm),
                (&bars, bars_meaning(rule.severity)),
                (&last, Meaning::Time),
                (rule.language, Meaning::Muted),
                (&origin, Meaning::Muted),
                (what, what_meaning),
            ];
            for (column, (text, meaning)) in cells.into_iter().enumerate() {
                table.cell(buf, y, column, (text, style(meaning)));
            }
        }
        if let (0, all) = list.counts() {
            let text = if all == 0 { "no rules yet" } else { "no rule matches the filter" };
            nothing::draw(area, buf, shared, (None, text));
        }
    }
}

/// Copies what a rule looks for: a JSON text stays one.
pub fn copy_text(rule: &RuleStatus, cx: &mut Cx<'_>) {
    match rule.language {
        "event-pattern" => cx.copy_json("the rule's event pattern", &rule.text),
        _ => cx.copy("the rule's text", &rule.text),
    }
}

/// Copies the ARN of a rule of the account.
pub fn copy_arn(rule: &RuleStatus, cx: &mut Cx<'_>) {
    cx.copy("the rule's ARN", rule.account.as_ref().map_or("", |rule| &rule.arn));
}

/// Where a rule comes from; the Region in short where it does not fit.
fn from(rule: &RuleStatus, width: u16) -> String {
    let label = rule.origin.label();
    match &rule.origin {
        RuleOrigin::EventBridge { region, bus } if columns(&label) > width.into() => {
            format!("{bus}@{}", short_region(region.as_str()))
        }
        RuleOrigin::MetricFilter { region, log_group } if columns(&label) > width.into() => {
            let name = log_group.rsplit('/').next().unwrap_or_default();
            format!("{name}@{}", short_region(region.as_str()))
        }
        _ => label,
    }
}

/// What there is to say of a rule of the account before what it is for: who alone may change it, or that it is off by
/// the operator's hand.
fn what_first(rule: &RuleStatus, shared: &Shared) -> Option<String> {
    let own = rule.account.as_ref()?;
    if !own.managed_by.is_empty() {
        return Some(format!("managed by {}. {}", own.managed_by, rule.reason));
    }
    let change = turned_off_by_you(shared, &account_rule::thing(own))?;
    Some(format!("turned off by you {} ago. {}", brief(shared.now - change.time), rule.reason))
}

/// How the state of a rule of the account looks.
pub fn account_rule_look(rule: &AccountRule) -> (&'static str, Meaning) {
    match (rule.setting(), rule.managed_by.is_empty()) {
        (None, _) => ("?", Meaning::Warning),
        (Some(Setting::Off), false) => ("□", Meaning::Waiting),
        (Some(_), false) => ("■", Meaning::Live),
        (Some(Setting::Off), true) => ("○", Meaning::Waiting),
        (Some(Setting::On), true) => ("●", Meaning::Live),
        (Some(Setting::OnWithReads), true) => ("◉", Meaning::Live),
    }
}

/// How a switch looks: its glyph and its meaning.
pub fn switch_look(rule: &RuleStatus) -> (&'static str, Meaning) {
    if let Some(rule) = &rule.account {
        return account_rule_look(rule);
    }
    match rule {
        rule if rule.is_broken() => ("!", Meaning::Warning),
        // On and locked, as a rule that a service manages.
        rule if matches!(rule.origin, RuleOrigin::MetricFilter { .. }) => ("■", Meaning::Live),
        rule if rule.on => ("●", Meaning::Live),
        _ => ("○", Meaning::Waiting),
    }
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn bars_grow_with_the_hits_and_none_is_a_blank() {
        assert_eq!(sparkline(&[0, 1, 4, 8], 4), " ▁▄█");
        assert_eq!(sparkline(&[9, 1, 1], 2), "██");
        assert_eq!(sparkline(&[0, 0], 5), "  ");
        assert_eq!(sparkline(&[1, u32::MAX], 2), "▁█");
    }
}
