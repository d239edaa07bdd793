//! What is told of what, how often, and in which words.

use chrono::FixedOffset;

use super::*;
use crate::{
    config::Config,
    model::{
        Alarm, AlarmKind, AlarmState, Alert, AlertState, Identity, Place, Region, Restore, RestoreState, SourceError,
        SourceHealth, SourceId, SourceKind, SourceState, StorageClass, duration::Span,
    },
    notify::samples::at,
};

fn berlin(_: Time) -> FixedOffset {
    FixedOffset::east_opt(3_600).unwrap()
}

fn what(config: &str) -> What {
    let mut settings = Settings::default();
    Config::parse("c", config).unwrap().apply(&mut settings);
    settings.accounts.insert("111122223333".into(), "production".into());
    let mut what = What::new(&settings, berlin, at(0));
    what.update(&identity(None), at(0));
    what.update(&Update::Rules(vec![rule()]), at(0));
    what
}

/// The same after a restart at a time.
fn restarted(before: &mut What, now: Time) -> What {
    let mut what = What::new(&Settings::default(), berlin, now);
    let facts = before.take_facts();
    what.load(facts.iter().filter_map(|fact| Some((fact.key.as_str(), fact.value.as_deref()?))));
    what.update(&Update::Rules(vec![rule()]), now);
    what
}

fn identity(expires: Option<Time>) -> Update {
    let arn = "arn:aws:sts::111122223333:assumed-role/Audit/ana".into();
    Update::Identity(Identity { account: "111122223333".into(), arn, expires })
}

fn rule() -> RuleStatus {
    RuleStatus {
        name: "root-no-mfa".into(),
        title: "Root signs in without MFA".into(),
        reason: "Whoever holds the password holds the account.".into(),
        channels: vec!["pager".into()],
        cooldown: Span::seconds(300),
        ..RuleStatus::broken("rules/x.toml".into(), 1, String::new())
    }
}

fn alert(count: u32, state: AlertState) -> Alert {
    Alert {
        id: "root-no-mfa/4f2a".into(),
        rule: "root-no-mfa".into(),
        severity: Severity::Critical,
        message: "Root signed in without MFA from 192.0.2.1".into(),
        first: at(-60),
        last: at(-60 + 30 * (i64::from(count) - 1)),
        raised: at(0),
        count,
        events: vec!["4f2a".into()],
        late: false,
        state,
    }
}

fn keys(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|notice| notice.key.as_str()).collect()
}

/// What is told of an alert that is so, at a second.
fn told(what: &mut What, count: u32, state: AlertState, second: i64) -> Vec<Notice> {
    let mut notices = what.update(&Update::Alerts(vec![alert(count, state)]), at(second));
    notices.extend(what.tend(at(second)));
    notices
}

/// Asked every second from one to another.
fn tended(what: &mut What, from: i64, to: i64) -> Vec<(i64, Notice)> {
    (from..to).flat_map(|second| what.tend(at(second)).into_iter().map(move |notice| (second, notice))).collect()
}

#[test]
fn an_alert_is_told_with_its_rule_its_account_and_its_time() {
    let notices = told(&mut what(""), 1, AlertState::Open, 0);
    let [notice] = &notices[..] else { panic!("{notices:?}") };
    assert_eq!(notice.key, "alert/root-no-mfa/4f2a");
    assert_eq!(notice.title, "Root signed in without MFA from 192.0.2.1");
    assert_eq!(
        notice.text,
        "Root signed in without MFA from 192.0.2.1\nWhoever holds the password holds the account.\n\
         08:59 UTC, 09:59 local\nRule Root signs in without MFA (root-no-mfa), severity critical\n\
         Account production (111122223333)"
    );
    assert_eq!(
        (notice.severity, notice.count, &notice.channels[..]),
        (Severity::Critical, 1, &["pager".to_owned()][..])
    );
    assert_eq!((notice.account.as_str(), notice.rule.as_str()), ("111122223333", "root-no-mfa"));
}

#[test]
fn more_of_the_same_is_told_once_when_the_cooldown_ends() {
    let mut what = what("");
    assert_eq!(told(&mut what, 1, AlertState::Open, 0).len(), 1);
    for count in 2..6 {
        assert!(told(&mut what, count, AlertState::Open, i64::from(count)).is_empty());
    }
    let more = tended(&mut what, 6, 2_000);
    let [(300, notice)] = &more[..] else { panic!("{more:?}") };
    assert_eq!(notice.key, "alert/root-no-mfa/4f2a/after/1");
    assert_eq!((notice.title.as_str(), notice.count), ("Root signed in without MFA from 192.0.2.1 (and 4 more)", 4));
    assert!(
        notice.text.contains("\n5 times, first 08:59 UTC, 09:59 local, last 09:01 UTC, 10:01 local\n"),
        "{}",
        notice.text
    );
}

#[test]
fn an_alert_that_goes_on_is_told_less_and_less_often() {
    let mut what = what("");
    let mut times = Vec::new();
    for second in 0..86_400 {
        if second % 60 == 0 {
            let notices = told(&mut what, 1 + u32::try_from(second / 60).unwrap(), AlertState::Open, second);
            times.extend(notices.iter().map(|_| second / 60));
        }
    }
    assert_eq!(times, [0, 5, 15, 35, 75, 155, 315, 635, 995, 1355]);
}

#[test]
fn an_acknowledged_alert_stays_quiet() {
    let mut what = what("");
    told(&mut what, 1, AlertState::Open, 0);
    told(&mut what, 2, AlertState::Acknowledged, 10);
    told(&mut what, 3, AlertState::Acknowledged, 20);
    assert!(tended(&mut what, 21, 1_000).is_empty());
    assert!(told(&mut what, 3, AlertState::Open, 1_000).is_empty());
}

#[test]
fn a_snooze_that_ran_out_tells_again_only_of_what_came_since() {
    for (more, expected) in [(0, 0), (2, 1)] {
        let mut what = what("");
        let state = AlertState::Snoozed { until: at(3_600) };
        told(&mut what, 1, AlertState::Open, 0);
        told(&mut what, 4, state, 10);
        assert!(told(&mut what, 4 + more, state, 60).is_empty());
        let notices = tended(&mut what, 61, 8_000);
        assert_eq!(notices.len(), expected);
        if let [(second, notice)] = &notices[..] {
            assert_eq!((*second, notice.count), (3_600, 2));
            assert_eq!(notice.key, format!("alert/root-no-mfa/4f2a/again/{}", at(3_600).timestamp_millis()));
        }
    }
}

#[test]
fn an_alert_is_not_told_again_after_a_restart() {
    let mut before = what("");
    told(&mut before, 1, AlertState::Open, 0);
    let mut what = restarted(&mut before, at(100));
    assert!(told(&mut what, 1, AlertState::Open, 100).is_empty());
    assert!(told(&mut what, 3, AlertState::Open, 110).is_empty());
    assert_eq!(keys(&told(&mut what, 3, AlertState::Open, 300)), ["alert/root-no-mfa/4f2a/after/1"]);
}

#[test]
fn what_an_attacker_wrote_is_told_safe_and_short() {
    let mut what = what("");
    let message = format!("<!channel>\u{1b}[31m\r\nX: {}\u{202e}", "a".repeat(5_000));
    let id = format!("rule/\r\n{}", "é".repeat(3_000));
    let hostile = Alert { message, id, rule: "\u{202e}".into(), ..alert(1, AlertState::Open) };
    let notice = &what.update(&Update::Alerts(vec![hostile]), at(0))[0];
    assert!(notice.title.starts_with("<!channel>\\u{1b}[31m\\r\\nX: aaa") && notice.title.chars().count() == 200);
    assert!(notice.text.chars().count() <= 2_000 && notice.text.contains("\\u{202e}"));
    let is_unsafe = |c: char| c != '\n' && crate::model::text::is_unsafe(c);
    assert!(!notice.text.contains(is_unsafe) && !notice.title.contains('\n'));
    assert!(notice.key.len() <= 400 && notice.key.bytes().all(|byte| byte.is_ascii_graphic()));
}

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

fn place() -> Place {
    "s3://archive/tapes/".parse().unwrap()
}

fn restores(restores: &[(&str, RestoreState)]) -> Update {
    let restore = |(key, state): &(&str, RestoreState)| Restore {
        place: place(),
        region: Region::new("eu-west-1"),
        key: format!("tapes/{key}"),
        storage_class: StorageClass("GLACIER".into()),
        size: 1,
        state: *state,
        first_seen: at(0),
    };
    Update::Restores { place: place(), at: at(0), restores: restores.iter().map(restore).collect() }
}

fn ready(second: i64) -> RestoreState {
    RestoreState::Ready { expires: at(second) }
}

#[test]
fn a_restore_is_told_from_its_begin_to_its_end() {
    let mut what = what("");
    what.update(&restores(&[]), at(0));
    let mut titles = Vec::new();
    let expires = 44_100;
    for second in (0..45_000).step_by(10) {
        let state = if second < 1_000 { RestoreState::InProgress } else { ready(expires) };
        let mut notices =
            if second % 60 == 0 { what.update(&restores(&[("1998.tar", state)]), at(second)) } else { vec![] };
        notices.extend(what.tend(at(second)));
        titles.extend(notices.into_iter().map(|notice| format!("{second} {} {}", notice.severity, notice.title)));
    }
    let restore = "Restore of s3://archive/tapes/1998.tar";
    assert_eq!(
        titles,
        [
            format!("0 medium {restore} has begun"),
            format!("1020 medium {restore} is ready, until 21:15 UTC, 22:15 local"),
            format!("22500 high {restore} runs out in 6 hours (21:15 UTC, 22:15 local)"),
            format!("40500 high {restore} runs out in 1 hour (21:15 UTC, 22:15 local)"),
            format!("43200 high {restore} runs out in 15 minutes (21:15 UTC, 22:15 local)"),
            format!("44100 high {restore} has run out (21:15 UTC, 22:15 local)"),
        ]
    );
}

#[test]
fn a_deadline_that_passed_while_nothing_ran_is_told_once_as_what_it_is_now() {
    for (end, words) in [
        (3_000, "runs out in 50 minutes (09:50 UTC, 10:50 local)"),
        (-10_800, "ran out 3 hours ago (06:00 UTC, 07:00 local)"),
    ] {
        let mut before = what("");
        let far = at(end) - TimeDelta::days(4);
        before.update(&restores(&[("a", ready(end))]), far);
        assert!(before.tend(far).is_empty());
        let mut what = restarted(&mut before, at(0));
        // Not before a listing has told that it is still so.
        assert!(what.tend(at(0)).is_empty());
        let listed = if end > 0 { restores(&[("a", ready(end))]) } else { restores(&[]) };
        let notices = what.update(&listed, at(1));
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert_eq!(notices[0].title, format!("Restore of s3://archive/tapes/a {words}"));
        let step = if end > 0 { "/3600s" } else { "" };
        let kind = if end > 0 { "restore-expiring" } else { "restore-expired" };
        let key = format!("{kind}/s3://archive/tapes/a/{}{step}", at(end).timestamp_millis());
        assert_eq!(notices[0].key, key);
        assert!(tended(&mut what, 2, 500).is_empty());
    }
}

#[test]
fn a_deadline_is_not_lost_when_no_listing_comes() {
    let mut before = what("");
    before.update(&restores(&[("a", ready(3_000))]), at(-400_000));
    let mut what = restarted(&mut before, at(0));
    let told = tended(&mut what, 0, 1_000);
    assert_eq!(told.iter().map(|(second, _)| *second).collect::<Vec<_>>(), [180]);
}

#[test]
fn an_extended_restore_gets_its_deadlines_anew() {
    let mut what = what("");
    what.update(&restores(&[("a", ready(3_000))]), at(0));
    let day = 86_400;
    let notices = what.update(&restores(&[("a", ready(2 * day))]), at(10));
    assert_eq!(
        notices[0].title,
        "Restore of s3://archive/tapes/a runs out in 2 days (Mon 23 Nov 09:00 UTC, 10:00 local)"
    );
    what.update(&restores(&[("a", ready(9 * day))]), at(20));
    let later: Vec<i64> = (20..9 * day + 60)
        .step_by(60)
        .flat_map(|second| what.tend(at(second)).into_iter().map(move |_| (9 * day - second) / 60))
        .collect();
    assert_eq!(later, [72 * 60 - 1, 24 * 60 - 1, 6 * 60 - 1, 59, 14, 0]);
}

#[test]
fn many_objects_with_one_deadline_are_told_of_together() {
    let mut what = what("");
    what.update(&restores(&[]), at(0));
    let names: Vec<String> = (0..40).map(|n| format!("1998/{n:02}")).collect();
    let all = |state| restores(&names.iter().map(|name| (name.as_str(), state)).collect::<Vec<_>>());
    let begun = what.update(&all(RestoreState::InProgress), at(0));
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].title, "Restore of 40 objects in s3://archive/tapes/1998/ has begun");
    what.update(&all(ready(80_000)), at(10));
    what.tend(at(58_400));
    let due = what.update(&all(ready(80_000)), at(58_401));
    assert_eq!(due.len(), 1, "{due:?}");
    assert_eq!((due[0].count, due[0].subject.as_str()), (40, "s3://archive/tapes/1998/"));
    assert!(due[0].title.starts_with("Restore of 40 objects in s3://archive/tapes/1998/ runs out in 6 hours"));
    assert!(due[0].text.contains("s3://archive/tapes/1998/09\nand 30 more"));
}

#[test]
fn restores_are_not_told_when_the_settings_say_so() {
    let mut what = what("[notify]\nrestores = false");
    what.update(&restores(&[]), at(0));
    assert!(what.update(&restores(&[("a", ready(60))]), at(0)).is_empty());
}

fn health(kind: SourceKind, state: SourceState) -> Update {
    let id = SourceId::new(kind, Region::new("eu-west-1"));
    Update::Source(SourceHealth { state, ..SourceHealth::starting(id, 0) })
}

fn failed(code: &str, since: i64) -> SourceState {
    SourceState::Failed(SourceError {
        code: code.into(),
        message: "dns error".into(),
        missing_action: None,
        advice: Some("check the network".into()),
        since: at(since),
    })
}

#[test]
fn a_source_is_told_when_it_has_been_broken_for_a_while_and_when_it_is_well_again() {
    let mut what = what("");
    what.update(&health(SourceKind::Alarms, failed("Network", 0)), at(0));
    let told = tended(&mut what, 0, 1_000);
    let [(600, notice)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(notice.title, "Source alarms eu-west-1 has been broken for 10 minutes: Network");
    assert_eq!(
        notice.text,
        "dns error\ncheck the network\nSince 09:00 UTC, 10:00 local; what it shows is as old as that.\nalarms eu-west-1\n\
         Account production (111122223333)"
    );
    let mut what = restarted(&mut what, at(1_000));
    what.update(&health(SourceKind::Alarms, failed("Network", 1_000)), at(1_000));
    assert!(tended(&mut what, 1_000, 2_000).is_empty());
    what.update(&health(SourceKind::Alarms, SourceState::Live), at(2_000));
    let told = tended(&mut what, 2_000, 3_000);
    let [(2_060, well)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(well.title, "Source alarms eu-west-1 is well again");
    assert_eq!(well.key, format!("{}/well", notice.key));
}

#[test]
fn sources_that_broke_together_are_told_of_together() {
    let mut what = what("");
    let kinds = [SourceKind::Alarms, SourceKind::Events, SourceKind::Rules];
    for (second, kind) in (0..).step_by(20).zip(kinds) {
        what.update(&health(kind, failed("Network", second)), at(second));
    }
    what.update(&health(SourceKind::Identity, failed("AccessDenied", 0)), at(50));
    let told = tended(&mut what, 50, 1_000);
    let titles: Vec<&str> = told.iter().map(|(_, notice)| notice.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "3 sources (alarms eu-west-1, …) have been broken for 10 minutes: Network",
            "Source identity eu-west-1 has been broken for 10 minutes: AccessDenied"
        ]
    );
}

#[test]
fn after_a_sleep_a_source_gets_its_time_anew() {
    let mut what = what("");
    what.update(&health(SourceKind::Alarms, failed("Network", 0)), at(0));
    what.tend(at(1));
    let told = tended(&mut what, 30_000, 31_000);
    assert_eq!(told.iter().map(|(second, _)| *second).collect::<Vec<_>>(), [30_600]);
}

#[test]
fn credentials_that_end_are_told_before_and_after() {
    let mut what = what("");
    what.update(&identity(Some(at(3_600))), at(0));
    let told = tended(&mut what, 0, 3_700);
    let titles: Vec<_> = told.iter().map(|(second, notice)| (*second, notice.title.as_str())).collect();
    assert_eq!(
        titles,
        [
            (2_700, "Our credentials end in 15 minutes (10:00 UTC, 11:00 local)"),
            (3_300, "Our credentials end in 5 minutes (10:00 UTC, 11:00 local)")
        ]
    );
    what.update(&health(SourceKind::Events, failed("ExpiredToken", 3_700)), at(3_700));
    let told = tended(&mut what, 3_700, 3_800);
    let [(3_760, notice)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(
        (notice.kind, notice.title.as_str()),
        (NoticeKind::Credentials, "AWS does not take our credentials: ExpiredToken")
    );
}
