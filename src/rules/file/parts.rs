//! The parts of a rule that are tables of their own: its message and its alarm.

use super::keys::{Keys, Text};
use crate::rules::{
    alarm::{Comparison, MetricValue, Missing, Spec, Statistic},
    fault::Fault,
    first::First,
    lang::Language,
    message::{Message, Path},
};

/// The language of CloudWatch's metric filters, by its name.
const METRIC_FILTER: &str = "metric-filter";

/// The message of a rule, if it has one that can be used.
pub(super) fn message(rule: &mut Keys) -> Option<Message> {
    let mut keys = rule.table("message")?;
    let template = keys.required("template", "template = '\"<user> did it\"'");
    let paths = keys.table("paths");
    let pairs = paths.map(|paths| paths.pairs(&mut keys.faults)).unwrap_or_default();
    let wrong: Vec<Fault> =
        pairs.iter().filter_map(|(_, path)| Some(path.place(Path::new(path.value).err()?))).collect();
    let message = match template {
        Some(template) if wrong.is_empty() => {
            let pairs: Vec<_> = pairs.into_iter().map(|(name, path)| (name, path.value.to_owned())).collect();
            let message = Message::new(&pairs, template.value);
            message.map_err(|faults| keys.faults.extend(faults.into_iter().map(|fault| template.place(fault)))).ok()
        }
        _ => None,
    };
    keys.faults.extend(wrong);
    rule.take(keys);
    message
}

/// The alarm of a rule, if it has one that can be used.
pub(super) fn alarm(rule: &mut Keys, language: Option<&Language>, pattern: &str) -> Option<Spec> {
    let mut keys = rule.table("alarm")?;
    let usual = Spec::default();
    let evaluation_periods = keys.count("evaluation_periods").unwrap_or(usual.evaluation_periods);
    let spec = Spec {
        statistic: keys.choice("statistic", &Statistic::ALL.map(|s| (s.as_str(), s))).unwrap_or(usual.statistic),
        period: keys.span("period").unwrap_or(usual.period),
        evaluation_periods,
        // `PutMetricAlarm`: without M, all N.
        datapoints_to_alarm: keys.count("datapoints_to_alarm").unwrap_or(evaluation_periods),
        threshold: keys.number("threshold").unwrap_or(usual.threshold),
        comparison: keys.choice("comparison", &Comparison::ALL.map(|c| (c.as_str(), c))).unwrap_or(usual.comparison),
        missing: keys.choice("missing_data", &Missing::ALL.map(|m| (m.as_str(), m))).unwrap_or(usual.missing),
        default_value: keys.number("default_value"),
        value: value(&mut keys, language.is_some_and(|language| language.name == METRIC_FILTER).then_some(pattern))
            .unwrap_or(usual.value),
    };
    if let Some(refusal) = spec.refusal() {
        keys.refuse(refusal);
    }
    rule.take(keys);
    Some(spec)
}

/// What makes the rule one about first times, if it is one and can be used.
pub(super) fn first(rule: &mut Keys) -> Option<First> {
    let mut keys = rule.table("first")?;
    let field = keys.required("field", "field = \"$.awsRegion\"");
    let learn = keys.span("learn").unwrap_or(First::LEARN);
    let field =
        field.and_then(|field| Path::new(field.value).map_err(|fault| keys.faults.push(field.place(fault))).ok());
    rule.take(keys);
    Some(First { field: field?, learn })
}

/// What a match reports; a field of it must stand in a metric filter's pattern.
fn value(keys: &mut Keys, filter: Option<&str>) -> Option<MetricValue> {
    let text = keys.text_or_number("value")?;
    let value = MetricValue::new(text.value).map_err(|fault| keys.faults.push(text.place(fault))).ok()?;
    // CloudWatch Logs user guide, "Publishing numerical values found in log entries".
    if matches!(value, MetricValue::Field(_)) && filter.is_some_and(|pattern| !names(pattern, &text)) {
        let wrong = format!("the pattern says nothing about {}", text.value);
        let help = format!("add `&& ({} = *)` to the pattern", text.value);
        keys.faults.push(Fault::new(text.range, wrong).help(help));
    }
    Some(value)
}

/// Whether a pattern names a field, and not only one whose name goes on.
fn names(pattern: &str, field: &Text) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '['));
    pattern.match_indices(field.value).any(|(at, found)| !goes_on(&pattern[at + found.len()..]))
}
