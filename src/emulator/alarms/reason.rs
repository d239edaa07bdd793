//! Why an alarm is in its state, in CloudWatch's own words and as its JSON.

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::evaluate::{Datapoint, Rule, State, Treatment};

/// A reason and its JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub text: String,
    pub data: Option<Json>,
}

/// Why datapoints led from one state to another.
pub fn threshold(
    rule: &Rule,
    statistic: &str,
    datapoints: &[Datapoint],
    change: (State, State),
    now: DateTime<Utc>,
) -> Reason {
    let data = Some(data(rule, statistic, datapoints, now));
    Reason { text: text(rule, datapoints, change), data }
}

fn text(rule: &Rule, datapoints: &[Datapoint], (from, to): (State, State)) -> String {
    let reported: Vec<(f64, DateTime<Utc>)> =
        datapoints.iter().filter_map(|datapoint| Some((datapoint.value?, datapoint.begin))).collect();
    let missing = datapoints.len() - reported.len();
    if to == State::InsufficientData {
        return format!(
            "Insufficient Data: {missing} {} unknown.",
            plural(missing, "datapoint was", "datapoints were")
        );
    }
    if reported.is_empty() {
        let treated = if rule.missing == Treatment::Breaching { "Breaching" } else { "NonBreaching" };
        return format!(
            "Threshold Crossed: no datapoints were received for {missing} {} and {missing} missing {} treated as \
             [{treated}].",
            plural(missing, "period", "periods"),
            plural(missing, "datapoint was", "datapoints were"),
        );
    }
    let counts = |value: &f64| rule.breaches(*value) == (to == State::Alarm);
    let telling: Vec<_> = reported.iter().filter(|(value, _)| counts(value)).collect();
    let listed = telling.iter().map(|(value, begin)| format!("{value:?} ({})", begin.format("%d/%m/%y %H:%M:%S")));
    // It takes M breaching datapoints to raise an alarm, and so N - M + 1 others to clear it.
    let needed = if to == State::Alarm { rule.to_alarm } else { rule.evaluate - rule.to_alarm + 1 };
    format!(
        "Threshold Crossed: {} out of the last {} datapoints [{}] {} {}{} the threshold ({:?}) (minimum {needed} {} for {} -> {} \
         transition).",
        telling.len(),
        rule.evaluate,
        listed.collect::<Vec<_>>().join(", "),
        plural(telling.len(), "was", "were"),
        if to == State::Alarm { "" } else { "not " },
        rule.comparison.words(),
        rule.threshold,
        plural(needed, "datapoint", "datapoints"),
        from.name(),
        to.name(),
    )
}

fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

fn data(rule: &Rule, statistic: &str, datapoints: &[Datapoint], now: DateTime<Utc>) -> Json {
    let oldest = datapoints.last().map_or(now, |datapoint| datapoint.begin);
    let values: Vec<f64> = datapoints.iter().rev().filter_map(|datapoint| datapoint.value).collect();
    let evaluated: Vec<Json> = datapoints
        .iter()
        .map(|datapoint| match datapoint.value {
            Some(value) => json!({ "timestamp": stamp(datapoint.begin), "sampleCount": 1.0, "value": value }),
            None => json!({ "timestamp": stamp(datapoint.begin) }),
        })
        .collect();
    json!({
        "version": "1.0",
        "queryDate": stamp(now),
        "startDate": stamp(oldest),
        "statistic": statistic,
        "period": rule.period,
        "recentDatapoints": values,
        "threshold": rule.threshold,
        "evaluatedDatapoints": evaluated,
    })
}

/// Why a composite alarm followed one of its children.
pub fn composite(child_arn: &str, child: State, at: DateTime<Utc>) -> Reason {
    let text = format!("{child_arn} transitioned to {} at {}", child.name(), at.format("%A %d %B, %Y %H:%M:%S UTC"));
    let data = json!({
        "triggeringAlarms": [{ "arn": child_arn, "state": { "value": child.name(), "timestamp": stamp(at) } }]
    });
    Reason { text, data: Some(data) }
}

/// A moment as CloudWatch writes it inside JSON.
pub fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::super::evaluate::Comparison;
    use super::*;

    fn rule(evaluate: usize, to_alarm: usize, threshold: f64) -> Rule {
        Rule { period: 60, evaluate, to_alarm, threshold, comparison: Comparison::Greater, missing: Treatment::Missing }
    }

    fn points(values: &[Option<f64>]) -> Vec<Datapoint> {
        let newest = "2026-11-21T09:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let point = |(age, value): (usize, &Option<f64>)| Datapoint {
            begin: newest - chrono::TimeDelta::minutes(age as i64),
            value: *value,
        };
        values.iter().enumerate().map(point).collect()
    }

    #[test]
    fn the_words_are_those_of_cloudwatch() {
        let cases = [
            (
                rule(1, 1, 0.0),
                points(&[Some(1.0)]),
                (State::Ok, State::Alarm),
                "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (21/11/26 09:00:00)] was greater than the threshold \
              (0.0) (minimum 1 datapoint for OK -> ALARM transition).",
            ),
            (
                rule(3, 2, 80.0),
                points(&[Some(93.5), Some(10.0), Some(91.0)]),
                (State::Ok, State::Alarm),
                "Threshold Crossed: 2 out of the last 3 datapoints [93.5 (21/11/26 09:00:00), 91.0 (21/11/26 08:58:00)] were \
              greater than the threshold (80.0) (minimum 2 datapoints for OK -> ALARM transition).",
            ),
            (
                rule(1, 1, 0.0),
                points(&[Some(0.0)]),
                (State::Alarm, State::Ok),
                "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (21/11/26 09:00:00)] was not greater than the \
              threshold (0.0) (minimum 1 datapoint for ALARM -> OK transition).",
            ),
            (
                rule(1, 1, 0.0),
                points(&[None]),
                (State::Ok, State::InsufficientData),
                "Insufficient Data: 1 datapoint was unknown.",
            ),
        ];
        for (rule, points, change, expected) in cases {
            assert_eq!(text(&rule, &points, change), expected);
        }
    }
}
