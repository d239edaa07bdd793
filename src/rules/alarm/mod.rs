//! Alarms over what a rule matches, as CloudWatch evaluates them.
//!
//! Sources: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" and "Evaluating an alarm";
//! CloudWatch API reference, `PutMetricAlarm`.

mod evaluate;
mod metric;
mod reason;
#[cfg(test)]
mod tests;

use std::fmt;

use chrono::TimeDelta;
pub use evaluate::{Datapoint, judge};
pub use metric::{Judgement, Window};

use super::{Subject, fault::Fault, message::Path, tape::Kind};

/// When an alarm is raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    pub statistic: Statistic,
    /// Whole minutes.
    pub period: TimeDelta,
    /// N of M out of N.
    pub evaluation_periods: u32,
    /// M of M out of N.
    pub datapoints_to_alarm: u32,
    pub threshold: f64,
    pub comparison: Comparison,
    pub missing: Missing,
    /// Reported for a minute in which logs arrived and nothing matched.
    pub default_value: Option<f64>,
    /// Reported for each event that matches.
    pub value: MetricValue,
}

impl Default for Spec {
    /// Raised by one event in five minutes.
    fn default() -> Self {
        Self {
            statistic: Statistic::Sum,
            period: TimeDelta::minutes(5),
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            threshold: 0.0,
            comparison: Comparison::GreaterThanThreshold,
            missing: Missing::Missing,
            default_value: None,
            value: MetricValue::Number(1.0),
        }
    }
}

impl Spec {
    /// Whether one event that reports 1 raises the alarm, or what its rule reports when that is a number.
    pub fn one_is_enough(&self) -> bool {
        let MetricValue::Number(value) = self.value else { return false };
        let datapoint = if self.statistic == Statistic::SampleCount { 1.0 } else { value };
        let upward =
            matches!(self.comparison, Comparison::GreaterThanThreshold | Comparison::GreaterThanOrEqualToThreshold);
        upward && self.datapoints_to_alarm == 1 && self.comparison.breaches(datapoint, self.threshold)
    }

    /// Why CloudWatch would not take the alarm; `None` when it would.
    pub fn refusal(&self) -> Option<String> {
        let (n, m) = (self.evaluation_periods, self.datapoints_to_alarm);
        let span = self.period.num_seconds().saturating_mul(i64::from(n));
        // `PutMetricAlarm`: alarms with a period of an hour or more are checked over seven days, all others over one.
        let (longest, said) = if self.period >= TimeDelta::hours(1) { (604_800, "7 days") } else { (86_400, "1 day") };
        if self.period < TimeDelta::minutes(1) || self.period.num_seconds() % 60 != 0 {
            return Some("metric filters report once a minute: a period is one or more whole minutes".into());
        }
        if n == 0 || m == 0 || m > n {
            return Some(format!("datapoints_to_alarm is from 1 to evaluation_periods; {m} out of {n} cannot be"));
        }
        if span > longest {
            return Some(format!(
                "metrics cannot be checked across more than {said}: evaluation_periods × period is {span} s"
            ));
        }
        let finite = self.threshold.is_finite() && self.default_value.is_none_or(f64::is_finite);
        (!finite).then(|| "a threshold and a default value are finite numbers".into())
    }
}

/// What is made of the values of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    Sum,
    SampleCount,
    Average,
    Minimum,
    Maximum,
}

impl Statistic {
    pub const ALL: [Self; 5] = [Self::Sum, Self::SampleCount, Self::Average, Self::Minimum, Self::Maximum];

    /// AWS's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::SampleCount => "SampleCount",
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
        }
    }
}

/// How a datapoint is compared with the threshold for it to breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    GreaterThanThreshold,
    GreaterThanOrEqualToThreshold,
    LessThanThreshold,
    LessThanOrEqualToThreshold,
}

impl Comparison {
    pub const ALL: [Self; 4] = [
        Self::GreaterThanThreshold,
        Self::GreaterThanOrEqualToThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
    ];

    /// AWS's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
        }
    }

    /// Whether a value breaches the threshold.
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanThreshold => value > threshold,
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }
}

/// What a period without data counts as: `TreatMissingData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// As nothing; with nothing else the alarm has insufficient data.
    Missing,
    /// As nothing; with nothing else the alarm stays as it is.
    Ignore,
    Breaching,
    NotBreaching,
}

impl Missing {
    pub const ALL: [Self; 4] = [Self::Missing, Self::Ignore, Self::Breaching, Self::NotBreaching];

    /// AWS's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
        }
    }
}

/// What an event that matches reports.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricValue {
    Number(f64),
    /// The number at a field of the record.
    Field(Path),
}

impl MetricValue {
    /// Reads a number, or the path of a field such as `$.additionalEventData.bytesTransferredOut`.
    ///
    /// # Errors
    /// Why it is neither, by its place in the text.
    pub fn new(text: &str) -> Result<Self, Fault> {
        if text.starts_with('$') {
            return Path::new(text).map(MetricValue::Field);
        }
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(MetricValue::Number).ok_or_else(|| {
            Fault::new(0..text.len(), "a metric's value is a number or a field").help("write \"1\" or \"$.field\"")
        })
    }

    /// What a subject reports; `None` when its field holds no number, for which a metric filter reports nothing. A text
    /// that is a number counts as one: CloudTrail writes many so.
    pub fn of(&self, subject: &Subject) -> Option<f64> {
        match self {
            MetricValue::Number(number) => Some(*number),
            MetricValue::Field(path) => {
                let value = path.one(subject.record())?;
                let number = match value.kind() {
                    Kind::String => value.text()?.parse().ok(),
                    _ => value.number(),
                };
                number.filter(|number| number.is_finite())
            }
        }
    }
}

impl fmt::Display for Spec {
    /// The condition in one line: `Sum > 0 for 1 out of 1 periods of 5m`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.comparison {
            Comparison::GreaterThanThreshold => ">",
            Comparison::GreaterThanOrEqualToThreshold => ">=",
            Comparison::LessThanThreshold => "<",
            Comparison::LessThanOrEqualToThreshold => "<=",
        };
        let period = crate::model::duration::Span::seconds(self.period.num_seconds().max(0).unsigned_abs());
        let (m, n) = (self.datapoints_to_alarm, self.evaluation_periods);
        write!(f, "{} {sign} {} for {m} out of {n} periods of {period}", self.statistic.as_str(), self.threshold)
    }
}
