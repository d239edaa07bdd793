//! How an alarm is judged: datapoints, missing data, and M out of N.

use chrono::{DateTime, Utc};

use super::data::Signal;
use crate::emulator::random::{hash, mix};
use crate::emulator::story::Story;

/// When an alarm breaches.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Seconds.
    pub period: i64,
    /// N of M out of N.
    pub evaluate: usize,
    /// M of M out of N.
    pub to_alarm: usize,
    pub threshold: f64,
    pub comparison: Comparison,
    pub missing: Treatment,
}

/// How a datapoint is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Greater,
    Less,
}

/// What a period without data counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    Missing,
    NotBreaching,
    Breaching,
}

/// The states of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Ok,
    Alarm,
    InsufficientData,
}

impl State {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// The state of a name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData].into_iter().find(|state| state.name() == name)
    }
}

impl Comparison {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Greater => "GreaterThanThreshold",
            Self::Less => "LessThanThreshold",
        }
    }

    /// As a state reason says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Greater => "greater than",
            Self::Less => "less than",
        }
    }
}

impl Treatment {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotBreaching => "notBreaching",
            Self::Breaching => "breaching",
        }
    }
}

/// A period that was looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Datapoint {
    /// The begin of the period.
    pub begin: DateTime<Utc>,
    /// `None` when nothing was reported.
    pub value: Option<f64>,
}

impl Rule {
    /// The newest complete periods before `now`, the newest first.
    pub fn datapoints(&self, name: &str, signal: &Signal, story: &Story, now: DateTime<Utc>) -> Vec<Datapoint> {
        let last = now.timestamp().div_euclid(self.period) * self.period - self.period;
        let begin = |age: usize| DateTime::from_timestamp(last - age as i64 * self.period, 0).unwrap_or(now);
        let datapoint =
            |age| Datapoint { begin: begin(age), value: signal.value(name, story, begin(age), self.period) };
        (0..self.evaluate).map(datapoint).collect()
    }

    /// The state that the datapoints make.
    pub fn judge(&self, datapoints: &[Datapoint]) -> State {
        let reported: Vec<f64> = datapoints.iter().filter_map(|datapoint| datapoint.value).collect();
        let missing = datapoints.len() - reported.len();
        if reported.is_empty() && self.missing == Treatment::Missing {
            return State::InsufficientData;
        }
        let filled = if self.missing == Treatment::Breaching { missing } else { 0 };
        let breaching = reported.iter().filter(|value| self.breaches(**value)).count() + filled;
        if breaching >= self.to_alarm { State::Alarm } else { State::Ok }
    }

    /// Whether a value is on the wrong side of the threshold.
    pub fn breaches(&self, value: f64) -> bool {
        match self.comparison {
            Comparison::Greater => value > self.threshold,
            Comparison::Less => value < self.threshold,
        }
    }
}

impl Signal {
    fn value(&self, name: &str, story: &Story, begin: DateTime<Utc>, period: i64) -> Option<f64> {
        let second = story.second(begin);
        match *self {
            Self::Level { base, wobble, incidents } => {
                let share = (mix(hash(name), second as u64) % 1000) as f64 / 1000.0;
                let hit = |(from, to, _): &&(i64, i64, f64)| (*from..*to).contains(&second);
                let level = incidents.iter().find(hit).map_or(base, |(_, _, level)| *level);
                let value = level + wobble * share;
                // What is counted comes in whole numbers.
                let whole = base.fract() == 0.0 && wobble.fract() == 0.0;
                Some(if whole { value.floor() } else { (value * 100.0).round() / 100.0 })
            }
            Self::Filter { matches, default, .. } => {
                // A stopped trail delivers nothing, so the filters see no logs and report nothing, not even defaults.
                let (stopped, started) = story.logging(second);
                if started < stopped {
                    return None;
                }
                let last = second + period - 1;
                let events = story.back_from(last).take_while(|key| key.second >= second);
                let count = events.filter_map(|key| story.event(key)).filter(|event| matches(event)).count();
                if count > 0 { Some(count as f64) } else { default }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(values: &[Option<f64>], to_alarm: usize, missing: Treatment) -> State {
        let begin = DateTime::UNIX_EPOCH;
        let datapoints: Vec<_> = values.iter().map(|value| Datapoint { begin, value: *value }).collect();
        let comparison = Comparison::Greater;
        Rule { period: 60, evaluate: values.len(), to_alarm, threshold: 0.0, comparison, missing }.judge(&datapoints)
    }

    #[test]
    fn m_out_of_n_breaching_datapoints_raise_it() {
        assert_eq!(judge(&[Some(1.0), Some(0.0), Some(1.0)], 2, Treatment::Missing), State::Alarm);
        assert_eq!(judge(&[Some(1.0), Some(0.0), Some(0.0)], 2, Treatment::Missing), State::Ok);
    }

    #[test]
    fn missing_data_counts_as_the_alarm_says() {
        assert_eq!(judge(&[None], 1, Treatment::Missing), State::InsufficientData);
        assert_eq!(judge(&[None], 1, Treatment::NotBreaching), State::Ok);
        assert_eq!(judge(&[None], 1, Treatment::Breaching), State::Alarm);
    }
}
