//! What is told of alerts.

use super::*;
use crate::model::{Alert, AlertState};

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

#[test]
fn what_was_counted_before_a_restart_is_told_when_its_pause_is_over() {
    for (state, says) in [(AlertState::Open, 1), (AlertState::Acknowledged, 0)] {
        let mut before = what("");
        told(&mut before, 1, AlertState::Open, 0);
        assert!(told(&mut before, 3, AlertState::Open, 10).is_empty());
        let mut after = restarted(&mut before, at(20));
        after.recall(&[alert(3, state)]);
        assert!(tended(&mut after, 20, 299).is_empty());
        let later = tended(&mut after, 299, 400);
        assert_eq!(later.len(), says, "{later:?}");
        assert!(later.iter().all(|(_, notice)| notice.title.ends_with("(and 2 more)")), "{later:?}");
    }
}
