//! What a rule's matches report over time, and the state that they make: by the time of the events, not of their arrival.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{
    Spec, Statistic,
    evaluate::{Datapoint, Why, decide},
    reason::reason,
};
use crate::model::{AlarmState, Time};

/// Seconds; a metric filter reports once a minute, and an alarm is evaluated as often, over periods that slide with it.
const MINUTE: i64 = 60;

/// The minutes that an alarm looks at.
///
/// It keeps those of its range and an hour more, some 2,000 at most (14,000 for an alarm over days) of 48 bytes each.
#[derive(Clone, Debug)]
pub struct Window {
    spec: Spec,
    /// The minutes that reported, the oldest first, each once.
    minutes: VecDeque<Minute>,
    state: AlarmState,
    /// The last minute that was evaluated: its end, in minutes since 1970.
    evaluated: Option<i64>,
    /// The oldest minute that has changed since.
    changed: Option<i64>,
    reason: String,
}

/// What was reported in a minute.
#[derive(Clone, Copy, Debug)]
struct Minute {
    /// Minutes since 1970.
    at: i64,
    /// Of the events that matched; with none, logs arrived all the same.
    values: Values,
}

#[derive(Clone, Copy, Debug)]
struct Values {
    count: f64,
    sum: f64,
    least: f64,
    most: f64,
}

impl Values {
    const NONE: Self = Self { count: 0.0, sum: 0.0, least: f64::INFINITY, most: f64::NEG_INFINITY };

    fn one(value: f64) -> Self {
        Self { count: 1.0, sum: value, least: value, most: value }
    }

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }

    fn statistic(self, statistic: Statistic) -> Option<f64> {
        let value = match statistic {
            Statistic::Sum => self.sum,
            Statistic::SampleCount => self.count,
            Statistic::Average => self.sum / self.count,
            Statistic::Minimum => self.least,
            Statistic::Maximum => self.most,
        };
        (self.count > 0.0).then_some(value)
    }
}

/// What an alarm was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub state: AlarmState,
    /// Why, in CloudWatch's manner.
    pub reason: String,
    /// The end of the periods that made it so: not the time asked for when what came late made it so.
    pub at: Time,
    /// The state differs from that of the last judgement.
    pub is_new: bool,
    /// It was raised by an event that came after the periods it belongs to had been evaluated.
    pub late: bool,
}

impl Window {
    /// A window that has seen nothing: an alarm starts with insufficient data.
    pub fn new(spec: Spec) -> Self {
        Self {
            spec,
            minutes: VecDeque::new(),
            state: AlarmState::InsufficientData,
            evaluated: None,
            changed: None,
            reason: "Unchecked: Initial alarm creation".into(),
        }
    }

    /// The state of the last judgement.
    pub fn state(&self) -> AlarmState {
        self.state
    }

    /// Goes on where another window of the same reports was: in this state, with all evaluated that was over by then.
    pub fn recall(&mut self, state: AlarmState, evaluated: Time) {
        let end = minute_of(evaluated);
        (self.state, self.evaluated) = (state, Some(end));
        self.changed = self.minutes.iter().find(|minute| minute.at >= end && minute.values.count > 0.0).map(|m| m.at);
    }

    /// Takes what an event reports that matches and happened at `time`. What is older than all periods that could still
    /// raise the alarm is dropped.
    pub fn take(&mut self, time: Time, value: f64) {
        self.report(time, Values::one(value));
    }

    /// Logs arrived at `time`, whether something in them matches or not.
    pub fn saw(&mut self, time: Time) {
        if self.spec.default_value.is_some() {
            self.report(time, Values::NONE);
        }
    }

    fn report(&mut self, time: Time, values: Values) {
        let at = minute_of(time);
        if self.evaluated.is_some_and(|end| at < end - self.kept()) {
            return;
        }
        let place = self.minutes.partition_point(|minute| minute.at < at);
        let news = match self.minutes.get_mut(place).filter(|minute| minute.at == at) {
            Some(minute) => {
                minute.values = minute.values.and(values);
                values.count > 0.0
            }
            None => {
                self.minutes.insert(place, Minute { at, values });
                true
            }
        };
        if news {
            self.changed = Some(self.changed.map_or(at, |changed| changed.min(at)));
        }
        if self.minutes.len() as i64 > self.kept() {
            self.minutes.pop_front();
        }
    }

    /// How many minutes are kept: the range, and an hour for what comes late.
    fn kept(&self) -> i64 {
        self.span(self.spec.range()) + 60
    }

    /// So many periods in minutes.
    fn span(&self, periods: usize) -> i64 {
        periods as i64 * self.spec.period.num_minutes().max(1)
    }

    /// Evaluates the periods that are over at `now`, and those since the last time, so that none is missed that raised
    /// the alarm in between.
    pub fn state_at(&mut self, now: Time) -> Judgement {
        let end = minute_of(now).max(self.evaluated.unwrap_or(i64::MIN));
        let before = self.state;
        if self.evaluated == Some(end) && self.changed.is_none_or(|changed| changed >= end) {
            return self.judgement(end, before, false);
        }
        let last = self.evaluated.replace(end);
        let late = self.changed.is_some_and(|changed| last.is_some_and(|last| changed < last));
        let (mut at, (mut state, mut why)) = (end, self.decide(end));
        if state != AlarmState::Alarm
            && before != AlarmState::Alarm
            && let Some(raised) = self.raised(last, end)
        {
            (at, (state, why)) = (raised, self.decide(raised));
        }
        self.changed = self.changed.filter(|changed| *changed >= end);
        (self.state, self.reason) = (state, reason(&self.spec, state, &why));
        let oldest = end - self.kept();
        while self.minutes.front().is_some_and(|minute| minute.at < oldest) {
            self.minutes.pop_front();
        }
        self.judgement(at, before, late && state == AlarmState::Alarm && state != before)
    }

    fn judgement(&self, end: i64, before: AlarmState, late: bool) -> Judgement {
        let at = time_of(end);
        Judgement { state: self.state, reason: self.reason.clone(), at, is_new: self.state != before, late }
    }

    /// The first end before `end` whose periods raise the alarm, of those that were not evaluated yet or have changed.
    fn raised(&self, last: Option<i64>, end: i64) -> Option<i64> {
        // The state of periods that hold nothing new is known. Older changes than these left no trace in the range.
        let changed = self.changed?;
        let from = last.map_or(changed, |last| changed.min(last)) + 1;
        let upto = self.minutes.back()?.at + self.span(self.spec.range()) + 1;
        (from.max(changed + 1)..end.min(upto)).find(|end| self.decide(*end).0 == AlarmState::Alarm)
    }

    /// The state that the periods make which end with the minute before `end`.
    fn decide(&self, end: i64) -> (AlarmState, Why) {
        let range = self.spec.range();
        let mut periods = vec![Values::NONE; range];
        let (length, begin) = (self.span(1), end - self.span(range));
        let first = self.minutes.partition_point(|minute| minute.at < begin);
        for minute in self.minutes.iter().skip(first).take_while(|minute| minute.at < end) {
            let period = &mut periods[((minute.at - begin) / length) as usize];
            *period = period.and(self.reported(minute.values));
        }
        let datapoint = |(number, values): (i64, &Values)| {
            let value = values.statistic(self.spec.statistic)?;
            Some(Datapoint { begin: time_of(begin + number * length), value })
        };
        let periods: Vec<_> = (0..).zip(&periods).map(datapoint).collect();
        decide(&self.spec, &periods, self.state)
    }

    /// With nothing that matched, the default value.
    fn reported(&self, values: Values) -> Values {
        match self.spec.default_value {
            Some(default) if values.count == 0.0 => Values::one(default),
            _ => values,
        }
    }
}

fn minute_of(time: Time) -> i64 {
    time.timestamp().div_euclid(MINUTE)
}

fn time_of(minute: i64) -> Time {
    Time::UNIX_EPOCH.checked_add_signed(TimeDelta::minutes(minute)).unwrap_or_default()
}
