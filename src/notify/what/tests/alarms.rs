//! What is told of alarms.

use super::*;
use crate::model::{Alarm, AlarmKind, AlarmState, Region};

fn alarm(state: AlarmState, since: i64) -> Alarm {
    Alarm {
        region: Region::new("eu-west-1"),
        name: "signin-failures".into(),
        arn: String::new(),
        kind: AlarmKind::Metric,
        description: "Too many failed sign-ins".into(),
        state,
        reason: "Threshold Crossed: 1 datapoint [5.0] was greater than the threshold (3.0).".into(),
        reason_data: String::new(),
        since: Some(at(since)),
        updated: Some(at(since)),
        actions_enabled: true,
        alarm_actions: Vec::new(),
        ok_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
        evaluation_state: String::new(),
        suppressed_by: String::new(),
        condition: "FailedSignIns Sum > 3".into(),
        missing_data: String::new(),
        settings: Vec::new(),
    }
}

fn alarms(alarms: Vec<Alarm>) -> Update {
    Update::Alarms { region: Region::new("eu-west-1"), at: at(0), alarms }
}

/// The titles told of an alarm that goes through these states, one a minute.
fn changes(what: &mut What, states: &[AlarmState]) -> Vec<String> {
    let mut titles = Vec::new();
    for (second, state) in (0..).step_by(60).zip(states) {
        let before =
            states[..=usize::try_from(second / 60).unwrap()].iter().rev().take_while(|it| *it == state).count();
        let since = second - 60 * (i64::try_from(before).unwrap() - 1);
        let notices = what.update(&alarms(vec![alarm(*state, since)]), at(second));
        titles.extend(notices.into_iter().map(|notice| format!("{} {}", second / 60, notice.title)));
    }
    titles
}

#[test]
fn an_alarm_is_told_when_it_goes_red_and_when_it_is_well_again() {
    use AlarmState::{Alarm as Red, InsufficientData as Grey, Ok as Green};
    let states = [Green, Grey, Green, Red, Red, Grey, Green, Grey, Green];
    let red = ["3 Alarm signin-failures is in ALARM", "6 Alarm signin-failures is OK again"];
    assert_eq!(changes(&mut what(""), &states), red);
    assert_eq!(changes(&mut what("[notify]\nalarms = 'none'"), &states), [""; 0]);
    let all = changes(&mut what("[notify]\nalarms = 'changes'"), &states);
    assert_eq!(all.len(), 8, "{all:?}");
    assert_eq!(all[1], "1 Alarm signin-failures has too little data (INSUFFICIENT_DATA)");
}

#[test]
fn an_alarm_says_why_where_and_since_when() {
    let mut what = what("");
    what.update(&alarms(Vec::new()), at(0));
    let notice = &what.update(&alarms(vec![alarm(AlarmState::Alarm, -120)]), at(0))[0];
    assert_eq!(notice.key, format!("alarm/eu-west-1/signin-failures/{}", at(-120).timestamp_millis()));
    assert_eq!(
        notice.text,
        "Threshold Crossed: 1 datapoint [5.0] was greater than the threshold (3.0).\nToo many failed sign-ins\n\
         FailedSignIns Sum > 3\nSince 08:58 UTC, 09:58 local\nAccount production (111122223333), eu-west-1"
    );
    assert_eq!((notice.severity, notice.region.clone()), (Severity::High, Some(Region::new("eu-west-1"))));
}

#[test]
fn at_the_first_look_only_what_has_just_changed_is_news() {
    let old = alarm(AlarmState::Alarm, -86_400);
    let new = Alarm { name: "new".into(), ..alarm(AlarmState::Alarm, -600) };
    let mut what = what("");
    let notices = what.update(&alarms(vec![old.clone(), new.clone()]), at(0));
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].subject, "new");
    // What has changed while nothing ran is news at the next start.
    let mut after = restarted(&mut what, at(86_400));
    let back = Alarm { state: AlarmState::Ok, since: Some(at(3_600)), ..old };
    assert_eq!(after.update(&alarms(vec![back, new]), at(86_400))[0].title, "Alarm signin-failures is OK again");
}

#[test]
fn an_alarm_over_matches_is_told_as_the_alert_that_raised_it() {
    let local = |state, since| Alarm { region: Region::new(Region::LOCAL), ..alarm(state, since) };
    let update = |alarm| Update::Alarms { region: Region::new(Region::LOCAL), at: at(0), alarms: vec![alarm] };
    let mut what = what("");
    what.update(&update(local(AlarmState::Ok, -60)), at(0));
    assert!(what.update(&update(local(AlarmState::Alarm, 0)), at(0)).is_empty());
}
