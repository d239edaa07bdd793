//! One detection: compiled by the engine, asked through a [`View`].

use std::{collections::HashMap, ops::Range};

use rsigma_eval::{CompiledRule, compile_rule, evaluate_rule};
use rsigma_parser::{ConditionExpr, Detection as Parsed, DetectionItem, LogSource, Modifier, SigmaRule, SigmaValue};

use super::{document::Meta, explain, gate, mistake, places::Places, view::View};
use crate::rules::{Clause, Fault, Gate, Predicate, Subject};

/// A Sigma detection that is asked about subjects.
#[derive(Debug)]
pub struct Detection {
    pub meta: Meta,
    /// Where its document stands in the text that it was read from, in bytes.
    pub range: Range<usize>,
    rule: CompiledRule,
    gate: Gate,
    /// Whether the rule is about CloudTrail at all.
    is_ours: bool,
    walked: Vec<String>,
    places: Places,
}

impl Detection {
    /// Compiles a parsed rule, of whose text the `places` are.
    pub(super) fn new(mut rule: SigmaRule, text: &str, places: Places) -> Result<(Self, Vec<Fault>), Fault> {
        if let Some(fault) = mapping(&rule, text) {
            return Err(fault);
        }
        let meta = Meta::of(&rule);
        let is_ours = is_ours(&rule.logsource);
        let mut warnings = warnings(&rule, text, &places);
        rule.detection.named.values_mut().for_each(tell_nulls_apart);
        let walked = rule.detection.named.values().fold(Vec::new(), walked_fields);
        // What the engine copies with each match is said by `meta` already.
        (rule.title, rule.tags, rule.custom_attributes) = (String::new(), Vec::new(), HashMap::new());
        let rule = compile_rule(&rule).map_err(|error| mistake::of(&error.to_string(), text, &places))?;
        if !is_ours {
            warnings.push(stranger(&rule.logsource, &places, text));
        }
        let gate = if is_ours { gate::of(&rule) } else { Gate::SHUT };
        Ok((Self { meta, range: 0..text.len(), rule, gate, is_ours, walked, places }, warnings))
    }

    /// Says that the document starts at this byte of its file.
    pub(super) fn move_by(&mut self, offset: usize) {
        self.range = self.range.start + offset..self.range.end + offset;
    }

    /// The detection as if its document were the whole text: places in it count from the document's start.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.range = 0..self.range.len();
        self
    }

    fn view<'a>(&'a self, subject: &'a Subject) -> View<'a> {
        View { subject, walked: &self.walked }
    }
}

impl Predicate for Detection {
    fn matches(&self, subject: &Subject) -> bool {
        self.is_ours && evaluate_rule(&self.rule, &self.view(subject)).is_some()
    }

    fn gate(&self) -> Gate {
        self.gate.clone()
    }

    fn explain(&self, subject: &Subject) -> Vec<Clause> {
        explain::clauses(&self.rule, &self.view(subject), &self.places, self.range.start)
    }
}

/// Whether a log source is CloudTrail; what it leaves open is no hindrance.
fn is_ours(source: &LogSource) -> bool {
    let is = |name: &Option<String>, ours: &str| name.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(ours));
    let named = source.product.is_some() || source.service.is_some();
    named && is(&source.product, "aws") && is(&source.service, "cloudtrail") && source.category.is_none()
}

fn stranger(source: &LogSource, places: &Places, text: &str) -> Fault {
    let names = [&source.product, &source.category, &source.service].into_iter().flatten();
    let names: Vec<&str> = names.map(String::as_str).collect();
    let about = if names.is_empty() { "no named log".to_owned() } else { names.join("/") };
    let place = places.key("logsource").unwrap_or_else(|| super::places::first_line(text));
    Fault::warning(place, format!("the rule is about {about}, so it never fires here"))
        .help("a rule about CloudTrail has the log source `product: aws` and `service: cloudtrail`")
}

/// What in a rule does not do what it looks like.
fn warnings(rule: &SigmaRule, text: &str, places: &Places) -> Vec<Fault> {
    let place = |key: &str| places.key(key).unwrap_or_else(|| super::places::first_line(text));
    let mut found = Vec::new();
    if rule.detection.timeframe.is_some() {
        let fault = Fault::warning(place("timeframe"), "a timeframe does nothing in a detection");
        found.push(fault.help("count events in a correlation document, with a `timespan`"));
    }
    let mut conditions: Vec<&ConditionExpr> = rule.detection.conditions.iter().collect();
    while let Some(condition) = conditions.pop() {
        match condition {
            ConditionExpr::And(parts) | ConditionExpr::Or(parts) => conditions.extend(parts),
            ConditionExpr::Not(part) => conditions.push(part),
            ConditionExpr::Selector { pattern, .. } => {
                if !rule.detection.named.keys().any(|name| pattern.matches_detection_name(name)) {
                    let fault = Fault::warning(place("condition"), format!("no selection is named `{pattern}`"));
                    found.push(fault.help("name selections that stand under `detection`"));
                }
            }
            ConditionExpr::Identifier(_) => {}
        }
    }
    found
}

/// A value that is a mapping, of which the engine would compare the text that it has while it is debugged.
fn mapping(rule: &SigmaRule, text: &str) -> Option<Fault> {
    let mut rest: Vec<&Parsed> = rule.detection.named.values().collect();
    while let Some(part) = rest.pop() {
        match part {
            Parsed::AllOf(items) => {
                let is_mapping = |value: &SigmaValue| matches!(value, SigmaValue::String(it) if it.original.starts_with("Mapping {"));
                if let Some(item) = items.iter().find(|item| item.values.iter().any(is_mapping)) {
                    let field = item.field.name.clone().unwrap_or_default();
                    let place = text.find(&format!("{field}:")).map_or(0..0, |at| at..at + field.len());
                    return Some(
                        Fault::new(place, format!("the value of `{field}` is a mapping"))
                            .help(format!("join the keys with dots: `{field}.name: value`")),
                    );
                }
            }
            Parsed::AnyOf(parts) | Parsed::And(parts) => rest.extend(parts),
            Parsed::ArrayMatch { body, .. } => rest.push(body),
            Parsed::Conditional { named, .. } => rest.extend(named.values()),
            Parsed::Keywords(_) => {}
        }
    }
    None
}

/// Makes `field: [null, x]` one or the other: the engine finds a null in a list only where the field is present, but to
/// Sigma an absent field is null as well.
fn tell_nulls_apart(detection: &mut Parsed) {
    match detection {
        Parsed::AllOf(items) if items.iter().any(has_null_in_list) => {
            let (lists, items): (Vec<_>, Vec<_>) = std::mem::take(items).into_iter().partition(has_null_in_list);
            let plain = (!items.is_empty()).then_some(Parsed::AllOf(items));
            *detection = Parsed::And(plain.into_iter().chain(lists.into_iter().map(null_or_others)).collect());
        }
        Parsed::AnyOf(parts) | Parsed::And(parts) => parts.iter_mut().for_each(tell_nulls_apart),
        _ => {}
    }
}

fn has_null_in_list(item: &DetectionItem) -> bool {
    item.values.len() > 1
        && item.values.contains(&SigmaValue::Null)
        && !item.field.has_modifier(Modifier::All)
        && !item.field.has_modifier(Modifier::Neq)
}

fn null_or_others(item: DetectionItem) -> Parsed {
    let (nulls, others): (Vec<_>, Vec<_>) = item.values.into_iter().partition(|value| *value == SigmaValue::Null);
    let with = |values| Parsed::AllOf(vec![DetectionItem { field: item.field.clone(), values }]);
    let others = (!others.is_empty()).then(|| with(others));
    Parsed::AnyOf(nulls.into_iter().take(1).map(|null| with(vec![null])).chain(others).collect())
}

fn walked_fields(mut fields: Vec<String>, detection: &Parsed) -> Vec<String> {
    match detection {
        Parsed::ArrayMatch { field, .. } => fields.push(field.clone()),
        Parsed::AnyOf(parts) | Parsed::And(parts) => fields = parts.iter().fold(fields, walked_fields),
        _ => {}
    }
    fields
}
