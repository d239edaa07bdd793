//! Alarms: when they are raised, why, and when they are over.

use super::*;
use crate::model::{AlarmState, Time};

fn at(time: &str) -> Time {
    format!("2026-11-20T{time}Z").parse().unwrap()
}

/// More than none in five minutes, as the built-in rules have it.
fn quiet() -> Spec {
    Spec { missing: Missing::NotBreaching, default_value: Some(0.0), ..Spec::default() }
}

#[test]
fn one_event_raises_an_alarm_and_quiet_ends_it() {
    let mut window = Window::new(quiet());
    assert_eq!(window.state(), AlarmState::InsufficientData);
    window.saw(at("10:00:30"));
    let first = window.state_at(at("10:01:10"));
    assert_eq!((first.state, first.is_new, first.late), (AlarmState::Ok, true, false));
    window.take(at("10:01:20"), 1.0);
    assert_eq!(window.state_at(at("10:01:59")).state, AlarmState::Ok, "the minute is not over");
    let raised = window.state_at(at("10:02:00"));
    assert_eq!((raised.state, raised.at, raised.late), (AlarmState::Alarm, at("10:02:00"), false));
    assert_eq!(
        raised.reason,
        "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (20/11/26 09:57:00)] was greater than the threshold (0.0) \
         (minimum 1 datapoint for OK -> ALARM transition)."
    );
    assert!(!window.state_at(at("10:03:00")).is_new);
    window.saw(at("10:07:30"));
    let over = window.state_at(at("10:08:00"));
    assert_eq!((over.state, over.is_new), (AlarmState::Ok, true));
    assert!(over.reason.contains("was not greater than the threshold (0.0)"), "{}", over.reason);
}

#[test]
fn a_late_event_still_raises_the_alarm() {
    let mut window = Window::new(quiet());
    for minute in 0..30 {
        window.saw(at(&format!("10:{minute:02}:00")));
    }
    assert_eq!(window.state_at(at("10:30:00")).state, AlarmState::Ok);
    window.take(at("10:05:00"), 1.0);
    let raised = window.state_at(at("10:30:20"));
    assert_eq!((raised.state, raised.at, raised.late), (AlarmState::Alarm, at("10:06:00"), true));
    let over = window.state_at(at("10:31:00"));
    assert_eq!((over.state, over.is_new, over.late), (AlarmState::Ok, true, false));
}

#[test]
fn an_alarm_between_two_looks_is_not_missed() {
    let mut window = Window::new(quiet());
    window.saw(at("10:00:00"));
    window.state_at(at("10:01:00"));
    window.take(at("10:02:00"), 1.0);
    (10..40).for_each(|minute| window.saw(at(&format!("10:{minute}:00"))));
    let raised = window.state_at(at("10:40:00"));
    assert_eq!((raised.state, raised.at, raised.late), (AlarmState::Alarm, at("10:03:00"), false));
}

#[test]
fn without_logs_there_is_not_enough_data() {
    let mut window = Window::new(Spec { default_value: Some(0.0), ..Spec::default() });
    let judgement = window.state_at(at("10:00:00"));
    assert_eq!((judgement.state, judgement.is_new), (AlarmState::InsufficientData, false));
    assert_eq!(judgement.reason, "Insufficient Data: 1 datapoint was unknown.");
    let mut window = Window::new(quiet());
    let judgement = window.state_at(at("10:00:00"));
    assert_eq!(judgement.state, AlarmState::Ok);
    assert_eq!(
        judgement.reason,
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching]."
    );
}

#[test]
fn every_statistic_is_made_of_the_values_that_matched() {
    let expected = [(Statistic::Sum, 9.0), (Statistic::SampleCount, 3.0), (Statistic::Average, 3.0)];
    for (statistic, value) in expected.into_iter().chain([(Statistic::Minimum, 1.0), (Statistic::Maximum, 6.0)]) {
        let comparison = Comparison::GreaterThanOrEqualToThreshold;
        let mut window = Window::new(Spec { statistic, threshold: value, comparison, ..quiet() });
        window.saw(at("10:00:00"));
        [1.0, 6.0, 2.0].into_iter().for_each(|value| window.take(at("10:00:10"), value));
        let judgement = window.state_at(at("10:01:00"));
        assert_eq!(judgement.state, AlarmState::Alarm);
        assert!(judgement.reason.contains(&format!("[{value:?} (")), "{}", judgement.reason);
    }
}

#[test]
fn a_comparison_is_what_its_name_says() {
    let of = |comparison: Comparison| [0.0, 1.0, 2.0].map(|value| comparison.breaches(value, 1.0));
    assert_eq!(of(Comparison::GreaterThanThreshold), [false, false, true]);
    assert_eq!(of(Comparison::GreaterThanOrEqualToThreshold), [false, true, true]);
    assert_eq!(of(Comparison::LessThanThreshold), [true, false, false]);
    assert_eq!(of(Comparison::LessThanOrEqualToThreshold), [true, true, false]);
}

/// `0` is no breach, `X` one, `-` nothing; the oldest first.
fn judged(n: u32, m: u32, missing: Missing, row: &str, before: AlarmState) -> AlarmState {
    let spec = Spec { evaluation_periods: n, datapoints_to_alarm: m, missing, ..Spec::default() };
    let value = |c| match c {
        'X' => Some(1.0),
        '0' => Some(0.0),
        _ => None,
    };
    let periods: Vec<_> =
        row.chars().map(|c| value(c).map(|value| Datapoint { begin: at("10:00:00"), value })).collect();
    judge(&spec, &periods, before)
}

#[test]
fn missing_data_counts_as_the_alarm_says() {
    use AlarmState::{Alarm, InsufficientData, Ok};
    for before in [Ok, Alarm, InsufficientData] {
        let states = |n, m, row| Missing::ALL.map(|missing| judged(n, m, missing, row, before));
        assert_eq!(states(1, 1, "---"), [InsufficientData, before, Alarm, Ok]);
        assert_eq!(states(1, 1, "-X-"), [Alarm; 4], "one datapoint is enough for one period");
        assert_eq!(states(2, 2, "-0X-"), [Ok; 4]);
        assert_eq!(states(2, 2, "--X-"), [Alarm, before, Alarm, Ok], "the datapoint is two periods old");
        assert_eq!(states(2, 2, "---X"), [Ok, Ok, Alarm, Ok], "the datapoint is too young");
        assert_eq!(states(2, 1, "--X0"), [Alarm; 4]);
    }
}

#[test]
fn what_cloudwatch_would_refuse_is_refused() {
    let spec = |minutes, n, m| Spec {
        period: TimeDelta::minutes(minutes),
        evaluation_periods: n,
        datapoints_to_alarm: m,
        ..Spec::default()
    };
    for taken in [spec(1, 1440, 1), spec(60, 168, 168), spec(1440, 7, 1), spec(5, 288, 3)] {
        assert_eq!(taken.refusal(), None, "{taken}");
    }
    for (refused, word) in [
        (spec(5, 289, 1), "1 day"),
        (spec(60, 169, 1), "7 days"),
        (spec(0, 1, 1), "whole minutes"),
        (Spec { period: TimeDelta::seconds(90), ..Spec::default() }, "whole minutes"),
        (spec(5, 1, 2), "2 out of 1"),
        (spec(5, 1, 0), "0 out of 1"),
        (Spec { threshold: f64::NAN, ..Spec::default() }, "finite"),
    ] {
        assert!(refused.refusal().unwrap().contains(word), "{refused}");
    }
}

#[test]
fn a_window_holds_no_more_than_its_range() {
    let mut window = Window::new(quiet());
    let start = at("00:00:00");
    for minute in 0..5_000 {
        window.saw(start + TimeDelta::minutes(minute));
        window.take(start + TimeDelta::minutes(9_000 - minute), 1.0);
    }
    assert!(format!("{window:?}").matches("Minute {").count() <= 75);
    window.state_at(at("23:00:00"));
    window.take(Time::MIN_UTC, 1.0);
    window.take(Time::MAX_UTC, 1.0);
    window.state_at(Time::MAX_UTC);
    window.state_at(Time::MIN_UTC);
}

#[test]
fn a_value_is_a_number_or_a_field_of_the_record() {
    let subject = Subject::cloudtrail(r#"{"a": {"bytes": 12.5, "text": "7", "word": "x"}}"#).unwrap();
    let value = |text: &str| MetricValue::new(text).unwrap().of(&subject);
    assert_eq!([value("2"), value("$.a.bytes"), value("$.a.text")], [Some(2.0), Some(12.5), Some(7.0)]);
    assert_eq!([value("$.a.word"), value("$.a"), value("$.b")], [None; 3]);
    for text in ["", "x", "inf", "$x"] {
        assert!(MetricValue::new(text).is_err(), "{text}");
    }
    assert_eq!(Spec::default().to_string(), "Sum > 0 for 1 out of 1 periods of 5m");
}
