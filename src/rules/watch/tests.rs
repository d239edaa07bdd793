//! The rules at work: events in, alerts and alarms out.

use std::sync::Arc;

use super::*;
use crate::{
    model::{
        AlarmKind, StorageClass,
        record::{Envelope, read},
    },
    rules::{LANGUAGES, file, lang::sigma, rule::Origin},
};

pub(super) fn at(minute: i64) -> Time {
    Time::from_timestamp(1_795_000_020 / 60 * 60 + minute * 60, 0).unwrap()
}

pub(super) fn event(name: &str, id: &str, minute: i64) -> Event {
    let time = at(minute).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let record = format!(
        r#"{{"eventID":"{id}","eventName":"{name}","eventTime":"{time}","awsRegion":"eu-west-1","userIdentity":{{"type":"IAMUser","userName":"ana"}},"eventSource":"iam.amazonaws.com"}}"#
    );
    read(Envelope::bare(Region::new("eu-west-1"), record), at(minute))
}

pub(super) fn watch(rules: &str) -> Watch {
    let (rules, faults) = file::read("my.toml", rules, LANGUAGES);
    assert!(faults.is_empty(), "{faults:?}");
    let mut watch = Watch::default();
    watch.set_rules(rules, Vec::new(), &Switches::new());
    watch
}

pub(super) fn tell(watch: &mut Watch, mut event: Event, minute: i64) -> Option<Severity> {
    watch.events(std::slice::from_mut(&mut event), at(minute));
    event.fired
}

fn said(watch: &mut Watch) -> Vec<String> {
    watch.take_alerts().into_iter().map(|alert| format!("{}×{}", alert.message, alert.count)).collect()
}

pub(super) const ONE: &str = r#"
[[rule]]
name = "users"
severity = "high"
language = "metric-filter"
pattern = '{ $.eventName = "CreateUser" }'
message.paths = { who = "$.detail.userIdentity.userName" }
message.template = '"<who> made a user"'
"#;

#[test]
fn an_event_that_matches_raises_an_alert_and_bears_its_mark() {
    let mut watch = watch(ONE);
    assert_eq!(tell(&mut watch, event("CreateUser", "a", 0), 0), Some(Severity::High));
    assert_eq!(tell(&mut watch, event("GetUser", "b", 0), 0), None);
    assert_eq!(tell(&mut watch, event("CreateUser", "c", 1), 1), Some(Severity::High));
    assert_eq!(said(&mut watch), ["ana made a user×2"]);
    let status = &watch.statuses(at(1))[0];
    assert_eq!((status.hits_in_a_day(), status.last_hit), (2, Some(at(1))));
}

#[test]
fn a_rule_that_is_off_sees_nothing_and_one_that_is_on_again_does() {
    let mut watch = watch(ONE);
    assert!(watch.switch("users", false) && !watch.switch("nobody", false));
    assert_eq!(tell(&mut watch, event("CreateUser", "a", 0), 0), None);
    assert!(watch.switch("users", true));
    assert_eq!(tell(&mut watch, event("CreateUser", "b", 0), 0), Some(Severity::High));
    assert_eq!(said(&mut watch), ["ana made a user×1"]);
}

#[test]
fn a_rule_that_is_read_again_goes_on_counting_unless_it_says_something_else() {
    let mut watch = watch(ONE);
    tell(&mut watch, event("CreateUser", "a", 0), 0);
    let again = |text: &str| file::read("my.toml", text, LANGUAGES).0;
    watch.set_rules(again(ONE), Vec::new(), &Switches::new());
    assert_eq!(watch.statuses(at(0))[0].hits_in_a_day(), 1);
    watch.set_rules(again(&ONE.replace("CreateUser", "DeleteUser")), Vec::new(), &Switches::new());
    assert_eq!(watch.statuses(at(0))[0].hits_in_a_day(), 0);
    let off = Switches::from([("users".to_owned(), false)]);
    watch.set_rules(again(ONE), Vec::new(), &off);
    assert!(!watch.statuses(at(0))[0].on);
}

#[test]
fn an_event_whose_record_is_broken_still_fires_by_its_name() {
    let mut watch = watch(ONE);
    let broken = Event { record: "{\"eventName\":".into(), ..event("CreateUser", "a", 0) };
    assert_eq!(tell(&mut watch, broken, 0), Some(Severity::High));
}

const THREE_IN_FIVE: &str = r#"
[rule.alarm]
threshold = 3
comparison = "GreaterThanOrEqualToThreshold"
default_value = 0
missing_data = "notBreaching"
"#;

#[test]
fn an_alarm_that_takes_several_matches_is_told_once_with_all_of_them() {
    let mut watch = watch(&format!("{ONE}{THREE_IN_FIVE}"));
    for (id, minute) in [("a", 0), ("b", 1), ("c", 2)] {
        assert_eq!(tell(&mut watch, event("CreateUser", id, minute), minute), Some(Severity::High));
        watch.tend(at(minute));
    }
    assert!(watch.take_alerts().is_empty());
    watch.tend(at(3));
    let alerts = watch.take_alerts();
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].count, alerts[0].events.join("")), (3, "abc".to_owned()));
    assert_eq!(alerts[0].message, "users: 3 events (Sum >= 3 for 1 out of 1 periods of 5m)");
    let alarm = &watch.local_alarms()[0];
    assert_eq!((alarm.region.as_str(), &*alarm.name, alarm.state), ("local", "users", AlarmState::Alarm));
    assert_eq!((alarm.since, watch.alarm_changes("users").unwrap().len()), (Some(at(3)), 2));
    watch.tend(at(30));
    assert_eq!(watch.local_alarms()[0].state, AlarmState::Ok);
    assert!(watch.take_alerts().is_empty());
    // The next time, what was told before is not told again.
    for (id, minute) in [("d", 40), ("e", 41), ("f", 42)] {
        tell(&mut watch, event("CreateUser", id, minute), minute);
    }
    watch.tend(at(43));
    let alerts = watch.take_alerts();
    assert_eq!((alerts.len(), alerts[0].events.join("")), (1, "def".to_owned()));
}

#[test]
fn an_event_that_comes_late_raises_the_alarm_and_is_marked() {
    let mut watch = watch(&format!("{ONE}{THREE_IN_FIVE}"));
    tell(&mut watch, event("CreateUser", "a", 0), 0);
    tell(&mut watch, event("CreateUser", "b", 1), 1);
    watch.tend(at(4));
    assert!(watch.take_alerts().is_empty());
    tell(&mut watch, event("CreateUser", "late", 2), 8);
    watch.tend(at(8));
    let alerts = watch.take_alerts();
    assert!(alerts[0].late, "{alerts:?}");
}

#[test]
fn quiet_is_green_when_there_is_a_default_value_and_logs_arrive() {
    let mut watch = watch(&format!("{ONE}{THREE_IN_FIVE}"));
    tell(&mut watch, event("GetUser", "a", 0), 0);
    watch.tend(at(1));
    assert_eq!(watch.local_alarms()[0].state, AlarmState::Ok);
    watch.switch("users", false);
    assert!(watch.local_alarms().is_empty());
}

#[test]
fn a_first_time_is_told_after_the_time_to_learn() {
    let first = "first.field = \"$.eventSource\"\nfirst.learn = \"1h\"\n";
    let mut watch = watch(&format!("{}{first}", ONE.replace("users\"", "first-source\"")));
    assert_eq!(tell(&mut watch, event("CreateUser", "a", 0), 0), None);
    assert!(watch.take_memory().is_some() && watch.take_memory().is_none());
    let mut other = event("CreateUser", "b", 70);
    other.record = other.record.replace("iam.amazonaws.com", "sts.amazonaws.com");
    assert_eq!(tell(&mut watch, other.clone(), 70), Some(Severity::High));
    assert_eq!(tell(&mut watch, Event { id: "c".to_owned(), ..other }, 71), None);
    assert_eq!(said(&mut watch).len(), 1);
}

#[test]
fn correlations_count_what_detections_match_and_quiet_ones_say_nothing_themselves() {
    let detection = "title: User made\nname: user_made\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  a:\n    eventName: CreateUser\n  condition: a\nlevel: low\n";
    let correlation = "title: Many users made\nname: many\ncorrelation:\n  type: event_count\n  rules: [user_made]\n  group-by: [userIdentity.userName]\n  timespan: 10m\n  condition: {gte: 2}\nlevel: high\n";
    let mut found = sigma::documents(&format!("{detection}---\n{correlation}"));
    assert!(found.faults.is_empty(), "{:?}", found.faults);
    let detection = found.detections.remove(0);
    let rule = Rule {
        name: "user_made".to_owned(),
        meta: Some(detection.meta.clone()),
        predicate: Arc::new(detection),
        ..file::read("my.toml", ONE, LANGUAGES).0.remove(0)
    };
    let counted = Counted {
        name: "many".to_owned(),
        origin: Origin::BuiltIn,
        text: correlation.to_owned(),
        correlation: found.correlations.remove(0),
    };
    let mut watch = Watch::default();
    watch.set_rules(vec![rule], vec![counted], &Switches::new());
    assert_eq!(tell(&mut watch, event("CreateUser", "a", 0), 0), None);
    assert!(watch.take_alerts().is_empty());
    tell(&mut watch, event("CreateUser", "b", 5), 5);
    let alerts = watch.take_alerts();
    assert_eq!((alerts.len(), alerts[0].count), (1, 2), "{alerts:?}");
    assert_eq!(alerts[0].message, "Many users made: 2 by userIdentity.userName ana");
    assert_eq!(watch.statuses(at(5))[1].hits_in_a_day(), 1);
    watch.switch("many", false);
    assert_eq!(tell(&mut watch, event("CreateUser", "c", 6), 6), Some(Severity::High));
}

const ALARMS: &str = r#"
[[rule]]
name = "red"
language = "event-pattern"
pattern = '{"source":["aws.cloudwatch"],"detail-type":["CloudWatch Alarm State Change"],"detail":{"state":{"value":["ALARM"]},"previousState":{"value":["OK"]}}}'
message.paths = { name = "$.detail.alarmName" }
message.template = '"<name> is red"'
"#;

pub(super) fn alarm(state: AlarmState, minute: i64) -> Alarm {
    Alarm {
        region: Region::new("eu-west-1"),
        name: "cpu".to_owned(),
        arn: String::new(),
        kind: AlarmKind::Metric,
        description: String::new(),
        state,
        reason: String::new(),
        reason_data: String::new(),
        since: Some(at(minute)),
        updated: None,
        actions_enabled: true,
        alarm_actions: Vec::new(),
        ok_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
        evaluation_state: String::new(),
        suppressed_by: String::new(),
        condition: String::new(),
        missing_data: String::new(),
        settings: Vec::new(),
    }
}

#[test]
fn the_change_of_an_alarm_is_an_event() {
    let (mut watch, region) = (watch(ALARMS), Region::new("eu-west-1"));
    watch.alarms(&region, &[alarm(AlarmState::Alarm, 0)], at(0));
    watch.alarms(&region, &[alarm(AlarmState::Ok, 1)], at(1));
    assert!(watch.take_alerts().is_empty());
    watch.alarms(&region, &[alarm(AlarmState::Alarm, 2)], at(2));
    assert_eq!(said(&mut watch), ["cpu is red×1"]);
}

#[test]
fn the_steps_of_a_restore_are_events_with_the_message_that_operators_asked_for() {
    let mut watch = Watch::default();
    watch.set_rules(crate::rules::builtin::read(LANGUAGES).0, Vec::new(), &Switches::new());
    let place: Place = "s3://archive/a/".parse().unwrap();
    let restore = |state| Restore {
        place: place.clone(),
        region: Region::new("eu-west-1"),
        key: "a/b.tar".to_owned(),
        storage_class: StorageClass("GLACIER".to_owned()),
        size: 7,
        state,
        first_seen: at(0),
    };
    watch.restores(&place, &[], at(0));
    watch.restores(&place, &[restore(RestoreState::InProgress)], at(1));
    watch.restores(&place, &[restore(RestoreState::Ready { expires: at(9) })], at(2));
    watch.restores(&place, &[restore(RestoreState::Expired { expires: at(9) })], at(10));
    let mut said: Vec<String> = watch.take_alerts().into_iter().map(|alert| alert.message).collect();
    said.sort();
    let text = |kind: &str, minute: i64| {
        let time = at(minute).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        format!("aws.s3 {kind} at {time}. Bucket: archive. Object: a/b.tar")
    };
    assert_eq!(
        said,
        [text("Object Restore Completed", 2), text("Object Restore Expired", 9), text("Object Restore Initiated", 1)]
    );
}

const PILE: &str = r#"
[[rule]]
name = "pile"
severity = "high"
language = "metric-filter"
pattern = '{ $.eventName = "CreateUser" }'
[rule.alarm]
threshold = 3
comparison = "GreaterThanOrEqualToThreshold"
period = "5m"
"#;

/// A watch that knows what the last one knew: its alerts, its alarms, and the events.
fn restarted(rules: &str, last: &mut Watch, events: &[Event], evaluated: i64) -> Watch {
    let mut next = watch(rules);
    next.recall_alerts(last.take_alerts());
    next.recall(events);
    next.recall_local(&last.take_local().into_iter().flatten().collect(), at(evaluated));
    next
}

#[test]
fn after_a_restart_hits_and_alerts_go_on_and_nothing_is_said_twice() {
    let mut before = watch(ONE);
    let events = [event("CreateUser", "a", 0), event("GetUser", "b", 0)];
    for event in &events {
        tell(&mut before, event.clone(), 0);
    }
    let mut after = restarted(ONE, &mut before, &events, 0);
    assert!(said(&mut after).is_empty());
    assert_eq!(after.statuses(at(1))[0].hits_in_a_day(), 1);
    tell(&mut after, event("CreateUser", "c", 1), 1);
    assert_eq!(said(&mut after), ["ana made a user×2"]);
}

#[test]
fn an_alarm_raised_before_a_restart_is_not_raised_again() {
    let mut before = watch(PILE);
    let events: Vec<Event> = (0..4).map(|n| event("CreateUser", &format!("e{n}"), n)).collect();
    for (minute, event) in (0..).zip(&events) {
        tell(&mut before, event.clone(), minute);
        before.tend(at(minute));
    }
    before.tend(at(5));
    assert_eq!(before.local_alarms()[0].state, AlarmState::Alarm);
    let mut after = restarted(PILE, &mut before, &events, 5);
    assert_eq!(after.local_alarms()[0].state, AlarmState::Alarm);
    after.tend(at(6));
    after.tend(at(60));
    assert!(said(&mut after).is_empty());
    assert_eq!(after.local_alarms()[0].state, AlarmState::InsufficientData);
}

#[test]
fn an_alarm_that_events_raise_just_before_a_restart_is_told_after_it() {
    let mut before = watch(PILE);
    before.tend(at(0));
    let events: Vec<Event> = (0..3).map(|n| event("CreateUser", &format!("e{n}"), 1)).collect();
    for event in &events {
        tell(&mut before, event.clone(), 1);
    }
    let mut after = restarted(PILE, &mut before, &events, 1);
    after.tend(at(120));
    let alerts = after.take_alerts();
    assert_eq!((alerts.len(), alerts[0].id.as_str(), alerts[0].count), (1, "pile/e0", 3));
}
