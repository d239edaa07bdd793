//! How an alarm is judged: datapoints, missing data, and M out of N.

use chrono::TimeDelta;

use super::{Missing, Spec};
use crate::model::{AlarmState, Time};

/// What a period reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Datapoint {
    /// The begin of the period.
    pub begin: Time,
    pub value: f64,
}

impl Spec {
    /// How many of the newest periods are looked at for datapoints.
    ///
    /// AWS says only that they are more than N, and shows 5 for N = 3; the formula is the one that LocalStack found by
    /// watching it.
    pub fn range(&self) -> usize {
        let n = self.evaluation_periods as usize;
        n + (n / 3).max(2)
    }

    /// The time over which it looks.
    pub fn looked_at(&self) -> TimeDelta {
        self.period * i32::try_from(self.range()).unwrap_or(i32::MAX)
    }

    fn breaches(&self, datapoint: &Datapoint) -> bool {
        self.comparison.breaches(datapoint.value, self.threshold)
    }
}

/// Why an alarm is in its state, for its reason in words.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Why {
    /// These datapoints, the oldest first, decided.
    Data(Vec<Datapoint>),
    /// There was nothing to decide on.
    NoData,
    /// Missing data is ignored, and so the state stays.
    Kept,
}

/// The state that the newest periods make of an alarm: one entry for each of [`Spec::range`] periods, the oldest first,
/// `None` for one without data. `before` is the state so far, which some alarms keep.
///
/// The rules are those of the user guide's tables, "How alarm state is evaluated when data is missing".
pub fn judge(spec: &Spec, periods: &[Option<Datapoint>], before: AlarmState) -> AlarmState {
    decide(spec, periods, before).0
}

/// The state and why it is so.
pub(super) fn decide(spec: &Spec, periods: &[Option<Datapoint>], before: AlarmState) -> (AlarmState, Why) {
    let (n, m) = (spec.evaluation_periods as usize, spec.datapoints_to_alarm as usize);
    let real: Vec<Datapoint> = periods.iter().copied().flatten().collect();
    // With enough real datapoints, missing ones do not matter; the treatment fills up what there is.
    let newest = real[real.len().saturating_sub(n)..].to_vec();
    if newest.is_empty() {
        return without_data(spec, before);
    }
    let breaching = newest.iter().filter(|datapoint| spec.breaches(datapoint)).count();
    let filled = if spec.missing == Missing::Breaching { n - newest.len() } else { 0 };
    if breaching + filled >= m {
        return (AlarmState::Alarm, Why::Data(newest));
    }
    let early = breaching == newest.len() && newest.len() < n && is_old(spec, periods);
    match spec.missing {
        Missing::Missing if early => (AlarmState::Alarm, Why::Data(newest)),
        Missing::Ignore if early => (before, Why::Kept),
        _ => (AlarmState::Ok, Why::Data(newest)),
    }
}

fn without_data(spec: &Spec, before: AlarmState) -> (AlarmState, Why) {
    match spec.missing {
        Missing::Missing => (AlarmState::InsufficientData, Why::NoData),
        Missing::Ignore => (before, Why::Kept),
        Missing::Breaching => (AlarmState::Alarm, Why::NoData),
        Missing::NotBreaching => (AlarmState::Ok, Why::NoData),
    }
}

/// Whether the oldest breaching datapoint of the newest N periods is at least M periods old. Then an alarm whose
/// datapoints all breach is raised although they are too few (user guide, "premature alarm").
fn is_old(spec: &Spec, periods: &[Option<Datapoint>]) -> bool {
    let (n, m) = (spec.evaluation_periods as usize, spec.datapoints_to_alarm as usize);
    let newest = &periods[periods.len().saturating_sub(n)..];
    let oldest =
        newest.iter().position(|datapoint| datapoint.as_ref().is_some_and(|datapoint| spec.breaches(datapoint)));
    oldest.is_some_and(|at| newest.len() - at >= m)
}
