//! Why an alarm is in its state, the way that CloudWatch says it in `StateReason`.

use super::{
    Comparison, Missing, Spec,
    evaluate::{Datapoint, Why},
};
use crate::model::AlarmState;

/// The reason for a state that was decided on.
pub(super) fn reason(spec: &Spec, state: AlarmState, why: &Why) -> String {
    match why {
        Why::Data(datapoints) => crossed(spec, state, datapoints),
        Why::Kept => "Unchanged: missing data is ignored and there are too few datapoints to decide.".into(),
        Why::NoData if state == AlarmState::InsufficientData => {
            let (count, were) = (counted(spec.evaluation_periods, "datapoint"), was(spec.evaluation_periods));
            format!("Insufficient Data: {count} {were} unknown.")
        }
        Why::NoData => {
            let n = counted(spec.evaluation_periods, "period");
            let treated = treated(spec, spec.evaluation_periods);
            format!("Threshold Crossed: no datapoints were received for {n}{treated}.")
        }
    }
}

fn crossed(spec: &Spec, state: AlarmState, datapoints: &[Datapoint]) -> String {
    let is_alarm = state == AlarmState::Alarm;
    let side = |datapoint: &&Datapoint| spec.comparison.breaches(datapoint.value, spec.threshold) == is_alarm;
    let shown: Vec<_> = datapoints.iter().rev().filter(side).map(shown).collect();
    let (number, n) = (shown.len() as u32, spec.evaluation_periods);
    let (not, from) = if is_alarm { ("", "OK -> ALARM") } else { ("not ", "ALARM -> OK") };
    // The alarm is over once too few datapoints are left for M.
    let least = if is_alarm { spec.datapoints_to_alarm } else { n.saturating_sub(spec.datapoints_to_alarm) + 1 };
    // After "out of the last" CloudWatch writes the plural for one, too.
    format!(
        "Threshold Crossed: {number} out of the last {n} datapoints [{}] {} {not}{} the threshold ({}){} (minimum {} for \
         {from} transition).",
        listed(&shown),
        was(number),
        words(spec.comparison),
        decimal(spec.threshold),
        treated(spec, n.saturating_sub(datapoints.len() as u32)),
        counted(least, "datapoint"),
    )
}

/// What was made of this many missing datapoints, if anything.
fn treated(spec: &Spec, missing: u32) -> String {
    match word(spec.missing) {
        Some(word) if missing > 0 => {
            format!(" and {} {} treated as [{word}]", counted(missing, "missing datapoint"), was(missing))
        }
        _ => String::new(),
    }
}

/// A treatment as reasons name it.
fn word(missing: Missing) -> Option<&'static str> {
    match missing {
        Missing::Breaching => Some("Breaching"),
        Missing::NotBreaching => Some("NonBreaching"),
        Missing::Missing | Missing::Ignore => None,
    }
}

/// A datapoint with its time, as CloudWatch writes it: day/month/year.
fn shown(datapoint: &Datapoint) -> String {
    format!("{} ({})", decimal(datapoint.value), datapoint.begin.format("%d/%m/%y %H:%M:%S"))
}

/// CloudWatch's reasons name a few datapoints; a week of hours would fill the screen.
fn listed(shown: &[String]) -> String {
    const MOST: usize = 5;
    let more = shown.len().saturating_sub(MOST);
    let named = shown[..shown.len() - more].join(", ");
    if more > 0 { format!("{named}, and {more} more") } else { named }
}

fn words(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::GreaterThanThreshold => "greater than",
        Comparison::GreaterThanOrEqualToThreshold => "greater than or equal to",
        Comparison::LessThanThreshold => "less than",
        Comparison::LessThanOrEqualToThreshold => "less than or equal to",
    }
}

/// A number with a point, as CloudWatch's reasons have it.
fn decimal(value: f64) -> String {
    format!("{value:?}")
}

fn counted(number: u32, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn was(number: u32) -> &'static str {
    if number == 1 { "was" } else { "were" }
}
