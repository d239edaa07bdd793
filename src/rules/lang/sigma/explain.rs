//! Why a detection fires or does not, clause by clause.

use std::collections::HashMap;

use rsigma_eval::{CompiledRule, ConditionTrace, DetectionTrace, ItemTrace, MatcherKind, explain_rule};
use serde_json::Value as Json;

use super::{places::Places, view::View};
use crate::rules::Clause;

/// The clauses of a detection whose document starts at `offset` of its text, put to a subject.
pub fn clauses(rule: &CompiledRule, view: &View<'_>, places: &Places, offset: usize) -> Vec<Clause> {
    let mut writer = Writer { places, offset, selection: String::new(), seen: HashMap::new(), clauses: Vec::new() };
    for condition in explain_rule(rule, view).conditions {
        writer.condition(&condition, 0);
    }
    writer.clauses
}

struct Writer<'a> {
    places: &'a Places,
    offset: usize,
    /// The selection whose items are written.
    selection: String,
    /// How often a field has come in the selection.
    seen: HashMap<String, usize>,
    clauses: Vec<Clause>,
}

impl Writer<'_> {
    fn push(&mut self, at: Option<std::ops::Range<usize>>, depth: usize, text: impl Into<String>, holds: bool) {
        let at = at.unwrap_or_default();
        let range = at.start + self.offset..at.end + self.offset;
        self.clauses.push(Clause { range, depth, text: text.into(), holds, found: None });
    }

    // The engine's parser allows conditions and detections to nest 64 deep.
    fn condition(&mut self, trace: &ConditionTrace, depth: usize) {
        let (here, holds) = (self.places.key("condition"), trace.matched());
        match trace {
            ConditionTrace::Selection { name, detection, .. } => self.selection(name, detection, depth),
            ConditionTrace::And { children, .. } => {
                self.push(here, depth, "all of these", holds);
                children.iter().for_each(|child| self.condition(child, depth + 1));
            }
            ConditionTrace::Or { children, .. } => {
                self.push(here, depth, "one of these", holds);
                children.iter().for_each(|child| self.condition(child, depth + 1));
            }
            ConditionTrace::Not { child, .. } => {
                self.push(here, depth, "not", holds);
                self.condition(child, depth + 1);
            }
            ConditionTrace::Quantified { need, branches, .. } => {
                self.push(here, depth, format!("at least {need} of these {}", branches.len()), holds);
                branches.iter().for_each(|branch| self.selection(&branch.name, &branch.detection, depth + 1));
            }
        }
    }

    fn selection(&mut self, name: &str, trace: &DetectionTrace, depth: usize) {
        self.selection = name.to_owned();
        self.seen.clear();
        self.push(self.places.key(name), depth, name, trace.matched());
        self.detection(trace, depth + 1);
    }

    fn detection(&mut self, trace: &DetectionTrace, depth: usize) {
        let here = self.places.key(&self.selection);
        match trace {
            DetectionTrace::AllOf { items, .. } => items.iter().for_each(|item| self.item(item, depth)),
            DetectionTrace::And { branches, .. } => branches.iter().for_each(|branch| self.detection(branch, depth)),
            DetectionTrace::AnyOf { matched, branches } => {
                self.push(here, depth, "one of these", *matched);
                branches.iter().for_each(|branch| self.detection(branch, depth + 1));
            }
            DetectionTrace::Keywords { item, .. } => self.item(item, depth),
            DetectionTrace::ArrayMatch { field, quantifier, matched, member_count, matched_count, .. } => {
                let text = format!("{quantifier} of the members of {field}: {matched_count} of {member_count}");
                self.push(self.places.field(&self.selection, field, 0).or(here), depth, text, *matched);
            }
            DetectionTrace::Conditional { condition, .. } => self.condition(condition, depth),
            DetectionTrace::Other { kind, matched } => self.push(here, depth, kind.clone(), *matched),
        }
    }

    fn item(&mut self, item: &ItemTrace, depth: usize) {
        let field = item.field.as_deref().unwrap_or_default();
        let times = self.seen.entry(field.to_owned()).or_default();
        let place = self.places.field(&self.selection, field, *times).or_else(|| self.places.key(&self.selection));
        *times += 1;
        self.push(place, depth, words(item), item.matched);
        if let Some(clause) = self.clauses.last_mut() {
            clause.found = item.actual.as_ref().map(found);
        }
    }
}

/// An object is shown to the engine as its text, which is JSON already.
fn found(actual: &Json) -> String {
    match actual {
        // The text and, before it, the text for rules on JSON in it.
        Json::Array(texts) if texts.len() == 2 && found(&texts[1]).starts_with('{') => found(&texts[1]),
        Json::String(text) if text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => {
            text.clone()
        }
        other => other.to_string(),
    }
}

fn words(item: &ItemTrace) -> String {
    let pattern = item.pattern.as_deref().unwrap_or_default();
    let field = item.field.as_deref().unwrap_or("any text");
    match item.matcher {
        MatcherKind::Exact | MatcherKind::Bool => format!("{field} is {pattern}"),
        MatcherKind::Contains => format!("{field} contains {pattern}"),
        MatcherKind::StartsWith => format!("{field} starts with {pattern}"),
        MatcherKind::EndsWith => format!("{field} ends with {pattern}"),
        MatcherKind::Regex => format!("{field} matches {pattern}"),
        MatcherKind::OneOf => format!("{field} fits {pattern}"),
        MatcherKind::Cidr => format!("{field} is in {pattern}"),
        MatcherKind::Numeric => format!("{field} {pattern}"),
        MatcherKind::Exists => format!("{field} exists: {pattern}"),
        MatcherKind::FieldRef => format!("{field} is what {pattern} is"),
        MatcherKind::Null => format!("{field} is null or absent"),
        MatcherKind::Expand => format!("{field} is {pattern}, filled in"),
        MatcherKind::Timestamp => format!("a part of {field} {pattern}"),
        MatcherKind::Keyword => format!("{field} contains {pattern}"),
    }
}
