//! What a rule is set to beside its text, as lines of a rule file: a rule that is made of it keeps them.

use chrono::TimeDelta;

use super::toml_text::{list, quoted};
use crate::{
    model::duration::Span,
    rules::{
        alarm::{MetricValue, Spec},
        first::First,
        message::Message,
        rule::Rule,
    },
};

/// The lines of a rule's channels, cooldown, message, alarm and first times; empty for a rule that has none of them.
pub fn beside(rule: &Rule) -> String {
    let mut lines = String::new();
    let mut line = |key: &str, value: String| lines.push_str(&format!("{key} = {value}\n"));
    if !rule.channels.is_empty() {
        line("channels", list(&rule.channels));
    }
    if rule.cooldown != Rule::COOLDOWN {
        line("cooldown", span(rule.cooldown));
    }
    if let Some(alarm) = &rule.alarm {
        line("alarm", table(&alarm_of(alarm)));
    }
    if let Some(First { field, learn }) = &rule.first {
        line("first", table(&[("field", quoted(&field.to_string())), ("learn", span(*learn))]));
    }
    lines + &rule.message.as_ref().map(message_of).unwrap_or_default()
}

fn message_of(message: &Message) -> String {
    let paths: Vec<_> = message.paths().map(|(name, path)| (name.to_owned(), path.to_string())).collect();
    said(&paths, message.template())
}

/// The lines of a message: its paths, each with its name, and its template.
pub fn said(paths: &[(String, String)], template: &str) -> String {
    let paths: Vec<_> = paths.iter().map(|(name, path)| (quoted(name), quoted(path))).collect();
    format!("message.paths = {}\nmessage.template = {}\n", table(&paths), quoted(template))
}

fn alarm_of(alarm: &Spec) -> Vec<(&'static str, String)> {
    let value = match &alarm.value {
        MetricValue::Number(number) => float(*number),
        MetricValue::Field(path) => quoted(&path.to_string()),
    };
    let mut settings = vec![
        ("statistic", quoted(alarm.statistic.as_str())),
        ("period", span(alarm.period)),
        ("evaluation_periods", alarm.evaluation_periods.to_string()),
        ("datapoints_to_alarm", alarm.datapoints_to_alarm.to_string()),
        ("threshold", float(alarm.threshold)),
        ("comparison", quoted(alarm.comparison.as_str())),
        ("missing_data", quoted(alarm.missing.as_str())),
        ("value", value),
    ];
    settings.extend(alarm.default_value.map(|value| ("default_value", float(value))));
    settings
}

/// A finite number as TOML's floats are written.
fn float(number: f64) -> String {
    format!("{number:?}")
}

fn span(span: TimeDelta) -> String {
    quoted(&Span::seconds(span.num_seconds().max(0).unsigned_abs()).to_string())
}

/// A table on one line.
fn table<K: AsRef<str>>(members: &[(K, String)]) -> String {
    let members: Vec<_> = members.iter().map(|(key, value)| format!("{} = {value}", key.as_ref())).collect();
    format!("{{ {} }}", members.join(", "))
}
