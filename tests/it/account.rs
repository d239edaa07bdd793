//! The account's own rules and alarm actions on screen: what is listed, what asks first, what is undone.

use chrono::TimeDelta;
use trailwatch::{
    model::{
        AccountRule, Alarm, AlarmState, Operation, Region, Request, RuleTarget, Setting, SourceError, Switchable,
        Update, Write, WriteOutcome, Written,
    },
    ui::{Effect, Message, keys::Key},
};

use crate::support::{Screen, alarm, now};

const ACCOUNT: &str = "111122223333";

pub fn rule(name: &str, bus: &str, state: &str) -> AccountRule {
    AccountRule {
        region: Region::new("us-east-1"),
        bus: bus.into(),
        name: name.into(),
        arn: format!("arn:aws:events:us-east-1:111122223333:rule/{name}"),
        state: state.into(),
        description: format!("What {name} is for"),
        pattern: r#"{"source":["aws.iam"],"detail":{"eventName":[{"prefix":"Get"}]}}"#.into(),
        schedule: String::new(),
        managed_by: String::new(),
        role_arn: String::new(),
    }
}

const WITH_READS: &str = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

pub fn rules() -> Vec<AccountRule> {
    let managed =
        AccountRule { managed_by: "autoscaling.amazonaws.com".into(), ..rule("managed", "default", "ENABLED") };
    let odd =
        AccountRule { schedule: "rate(1 day)".into(), pattern: String::new(), ..rule("odd\u{202e}", "default", "NEW") };
    vec![
        rule("reads", "default", WITH_READS),
        rule("off-rule", "default", "DISABLED"),
        rule("root", "default", "ENABLED"),
        rule("refund", "orders", "ENABLED"),
        managed,
        odd,
    ]
}

pub fn listed(rules: Vec<AccountRule>) -> Update {
    Update::AccountRules { region: Region::new("us-east-1"), at: now(), rules }
}

/// A screen on the Rules pane with the account's rules; armed when it says so.
pub fn screen((width, height): (u16, u16), armed: bool) -> Screen {
    let mut screen = Screen::full(width, height);
    screen.update(listed(rules()));
    let screen = if armed { screen.keys(":").text("arm").keys("enter") } else { screen };
    screen.keys("5")
}

fn thing(name: &str) -> Switchable {
    Switchable::Rule { region: Region::new("us-east-1"), bus: "default".into(), name: name.into() }
}

fn change(id: &str, name: &str, (before, after): (Setting, Setting)) -> Written {
    Written {
        id: id.into(),
        time: now() - TimeDelta::minutes(5),
        account: ACCOUNT.into(),
        thing: thing(name),
        before,
        after,
        undoes: None,
        outcome: WriteOutcome::Done,
    }
}

fn journal(changes: Vec<Written>) -> Update {
    Update::Journal { changes, problem: None }
}

/// The change that was asked for last.
fn asked(screen: &Screen) -> Option<&Write> {
    screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Ask(Request::Write(write)) => Some(&**write),
        _ => None,
    })
}

/// Goes to a rule by its filter.
pub fn to(screen: Screen, name: &str) -> Screen {
    screen.keys("/").text(&format!("@us-east-1 {name}")).keys("enter")
}

#[test]
fn the_accounts_rules_stand_below_with_their_state_and_bus() {
    for size in [(80, 24), (120, 34)] {
        insta::assert_snapshot!(format!("account-rules-{}", size.0), screen(size, false).picture());
    }
    let text = to(screen((120, 34), false), "managed by").plain();
    assert!(!text.contains("root"), "{text}");
}

#[test]
fn a_closed_gate_says_how_it_is_opened() {
    let mut screen = to(screen((120, 24), false), "root").keys("space");
    assert!(screen.plain().contains("type :arm, or start with --allow-writes"), "{}", screen.plain());
    let mut screen = screen.keys("u");
    assert!(screen.plain().contains("type :arm"), "{}", screen.plain());
    assert_eq!(asked(&screen), None);
    assert!(!screen.plain().lines().next().unwrap().contains("armed"));
}

#[test]
fn the_dialog_shows_the_call_and_only_y_makes_it() {
    let mut screen = to(screen((100, 24), true), "root").keys("space");
    insta::assert_snapshot!("account-dialog", screen.picture());
    for no in ["n", "esc", "q", "Y", "ctrl-y", "space", "tab", "ctrl-r", "u"] {
        let mut again = to(self::screen((100, 24), true), "root").keys("space").keys(no);
        assert!(asked(&again).is_none() && again.plain().contains("nothing was changed"), "{no}:\n{}", again.plain());
    }
    // Escape and a y at once: the dialog is gone before the y.
    let mut closed = to(self::screen((100, 24), true), "root").keys("space alt-y");
    assert!(asked(&closed).is_none() && !closed.plain().contains("Change the account?"), "{}", closed.plain());
    let mut screen = screen.keys("enter j k G g");
    assert_eq!(asked(&screen), None);
    screen.app.update(Message::Paste("y".into()), now());
    assert!(screen.plain().contains("Change the account?"));
    assert_eq!(asked(&screen), None);
    let screen = screen.keys("y");
    let write = asked(&screen).unwrap();
    assert_eq!(write.operation(), &Operation::DisableRule { bus: "default".into(), name: "root".into() });
    assert_eq!((write.account(), write.before()), (ACCOUNT, Setting::On));
}

#[test]
fn a_managed_rule_and_an_unknown_state_are_left_alone() {
    for (name, why) in [("managed", "managed by autoscaling.amazonaws.com"), ("NEW", "in the state NEW")] {
        let mut screen = to(screen((120, 24), true), name).keys("space");
        assert!(screen.plain().contains(why), "{}", screen.plain());
        assert_eq!(asked(&screen.keys("y")), None);
    }
}

#[test]
fn a_rule_with_reads_comes_back_so_and_the_dialog_shows_all_of_it() {
    let mut screen = screen((110, 24), true);
    let mut listing = rules();
    listing[0].state = "DISABLED".into();
    screen.update(listed(listing));
    let off = change("1", "reads", (Setting::OnWithReads, Setting::Off));
    screen.update(journal(vec![off.clone()]));
    assert!(screen.plain().lines().next().unwrap().contains("1 off by you  armed"), "{}", screen.plain());
    let mut screen = to(screen, "reads").keys("space");
    let text = screen.plain();
    assert!(text.contains("PutRule") && text.contains(&format!("State: {WITH_READS}")), "{text}");
    assert!(text.contains(r#"EventPattern: {"source":["aws.iam"]"#) && text.contains("Description: What"), "{text}");
    let mut screen = screen.keys("esc u");
    assert!(screen.plain().contains("undoes your change of 2026-03-14 09:21:53 UTC, 5m 00s ago"), "{}", screen.plain());
    let screen = screen.keys("y");
    assert_eq!((asked(&screen).unwrap().undoes(), asked(&screen).unwrap().after()), (Some("1"), Setting::OnWithReads));
}

#[test]
fn undo_goes_from_the_last_change_that_still_holds_to_the_one_before() {
    let first = change("1", "off-rule", (Setting::On, Setting::Off));
    let second = change("2", "root", (Setting::On, Setting::Off));
    let mut undo = change("3", "root", (Setting::Off, Setting::On));
    undo.undoes = Some("2".into());
    let other = Written { account: "999988887777".into(), ..change("4", "refund", (Setting::Off, Setting::On)) };
    let mut screen = screen((110, 24), true);
    screen.update(journal(vec![first.clone(), second.clone(), undo, other]));
    let screen = screen.keys("u y");
    assert_eq!(asked(&screen).unwrap().undoes(), Some("1"));
    // Somebody else has turned the later one on again.
    let mut screen = self::screen((110, 24), true);
    screen.update(journal(vec![first, second.clone()]));
    let mut screen = screen.keys("u");
    assert!(screen.plain().contains("1 later of your changes"), "{}", screen.plain());
    // A refused one has changed nothing.
    let refused = Written { outcome: WriteOutcome::Refused("no".into()), ..second.clone() };
    let mut screen = self::screen((110, 24), true);
    screen.update(journal(vec![refused]));
    let mut screen = screen.keys("u");
    assert!(screen.plain().contains("nothing to undo: the journal has no change"), "{}", screen.plain());
    screen.update(journal(vec![second]));
    let mut screen = screen.keys("u");
    assert!(
        screen.plain().contains("nothing to undo: root on default@us-east-1 is as it was before"),
        "{}",
        screen.plain()
    );
}

#[test]
fn what_is_not_there_or_not_listed_is_not_undone() {
    let gone = change("1", "gone", (Setting::On, Setting::Off));
    let mut screen = screen((110, 24), true);
    screen.update(journal(vec![gone.clone()]));
    let mut screen = screen.keys("u");
    assert!(screen.plain().contains("gone on default@us-east-1 is not there any more"), "{}", screen.plain());
    let far = Switchable::Rule { region: Region::new("ap-south-1"), bus: "default".into(), name: "far".into() };
    screen.update(journal(vec![change("2", "off-rule", (Setting::On, Setting::Off)), Written { thing: far, ..gone }]));
    let mut screen = screen.keys("u");
    let text = screen.plain();
    assert!(text.contains("far on default@ap-south-1 is: its Region has not been listed"), "{text}");
    assert!(text.lines().next().unwrap().contains("2 off by you?"), "{text}");
    assert_eq!(asked(&screen), None);
}

#[test]
fn a_change_without_an_answer_counts_as_the_account_says() {
    let unknown = |name: &str| Written {
        outcome: WriteOutcome::Unknown(String::new()),
        ..change("1", name, (Setting::On, Setting::Off))
    };
    for (name, counts) in [("off-rule", true), ("root", false)] {
        let mut screen = screen((110, 24), false);
        screen.update(journal(vec![unknown(name)]));
        assert_eq!(screen.plain().lines().next().unwrap().contains("1 off by you"), counts);
    }
}

#[test]
fn a_rule_opens_with_its_pattern_and_where_it_leads() {
    let mut screen = screen((100, 34), false);
    screen.update(journal(vec![change("1", "root", (Setting::Off, Setting::On))]));
    let mut screen = to(screen, "root").keys("enter");
    let ask = screen.effects.iter().find_map(|effect| match effect {
        Effect::Ask(Request::RuleTargets { id, .. }) => Some(*id),
        _ => None,
    });
    let target = RuleTarget {
        id: "topic".into(),
        arn: "arn:aws:sns:us-east-1:111122223333:security-alerts".into(),
        role_arn: String::new(),
        input: r#"{"a":1}"#.into(),
    };
    screen.update(Update::RuleTargets { id: ask.unwrap(), targets: Ok(vec![target]) });
    insta::assert_snapshot!("account-rule", screen.picture());
    let screen = screen.keys("y y");
    assert_eq!(screen.effects.last(), Some(&Effect::Copy(rules()[2].pattern.clone())));
}

#[test]
fn an_alarms_actions_are_switched_from_the_list_and_the_detail() {
    let name = "queue-depth";
    let alarms = |on| vec![Alarm { actions_enabled: on, ..alarm(name, AlarmState::Ok, 9) }];
    let update = |on| Update::Alarms { region: Region::new("eu-west-1"), at: now(), alarms: alarms(on) };
    for (keys, on, operation) in [
        ("3 x", true, Operation::DisableAlarmActions { name: name.into() }),
        ("3 enter x", false, Operation::EnableAlarmActions { name: name.into() }),
    ] {
        let mut screen = screen((110, 24), true);
        screen.update(update(on));
        let mut screen = screen.keys(keys);
        assert_eq!(screen.plain().contains("this tells nobody by itself"), !on, "{}", screen.plain());
        let screen = screen.keys("y");
        assert_eq!(asked(&screen).map(Write::operation), Some(&operation));
    }
    let mut screen = screen((110, 24), true);
    let local = Alarm { region: Region::new(Region::LOCAL), ..alarm("ours", AlarmState::Alarm, 0) };
    screen.update(Update::Alarms { region: local.region.clone(), at: now(), alarms: vec![local] });
    let mut screen = screen.keys("3 / o u r s enter x");
    assert!(screen.plain().contains("switch the rule, in Rules"), "{}", screen.plain());
}

#[test]
fn what_became_of_a_change_is_said_in_the_words_of_the_api() {
    let mut screen = screen((120, 24), true);
    let listing = rules();
    let to_off = (Setting::On, Setting::Off);
    let write = Write::new(ACCOUNT, thing("root"), to_off, Some(&listing[2])).unwrap();
    screen.update(Update::Wrote { write: write.clone(), result: Ok(()) });
    assert!(screen.plain().contains("DisableRule: root on default@us-east-1: now DISABLED"), "{}", screen.plain());
    let error = SourceError {
        code: "AccessDeniedException".into(),
        message: "no\u{1b}[2J".into(),
        missing_action: Some("events:DisableRule".into()),
        advice: None,
        since: now(),
    };
    screen.update(Update::Wrote { write, result: Err(error) });
    let text = screen.plain();
    assert!(text.contains("AccessDeniedException (missing: events:DisableRule): no\\u{1b}[2J"), "{text}");
}

#[test]
fn u_is_still_only_this_actor_in_events() {
    let key: Key = "u".parse().unwrap();
    let mut screen = Screen::full(100, 24);
    screen.app.update(Message::Key(key), now());
    assert!(screen.plain().contains("user:"), "{}", screen.plain());
}

#[test]
fn a_yes_that_was_typed_ahead_or_cannot_have_been_read_is_none() {
    let press = |screen: &mut Screen, key: &str, seconds: i64| {
        let effects = screen.app.update(Message::Key(key.parse().unwrap()), now() + TimeDelta::seconds(seconds));
        screen.effects.extend(effects);
    };
    // Two keys in one piece: nothing was drawn between them.
    let mut ahead = to(screen((100, 24), true), "root");
    press(&mut ahead, "space", 0);
    press(&mut ahead, "y", 9);
    assert_eq!(asked(&ahead), None);
    // Drawn, but only just.
    ahead.show();
    press(&mut ahead, "y", 9);
    assert_eq!(asked(&ahead), None);
    press(&mut ahead, "y", 10);
    assert!(asked(&ahead).is_some());
    // No room for the call.
    for size in [(20, 24), (100, 6), (100, 9)] {
        let mut small = to(screen(size, true), "root");
        press(&mut small, "space", 0);
        small.show();
        press(&mut small, "y", 9);
        assert_eq!(asked(&small), None, "{size:?}");
    }
    let mut scrolled = to(screen((100, 12), true), "root");
    press(&mut scrolled, "space", 0);
    for _ in 0..12 {
        scrolled.show();
        press(&mut scrolled, "j", 0);
    }
    scrolled.show();
    press(&mut scrolled, "y", 9);
    assert!(asked(&scrolled).is_some(), "{}", scrolled.plain());
}

#[test]
fn in_a_tiny_terminal_nothing_of_it_panics() {
    for size in [(1, 1), (2, 2), (10, 3), (20, 5), (40, 8), (79, 6)] {
        for keys in ["/ root enter space G", "/ root enter enter", "/ reads enter space j", "3 x", "3 enter"] {
            let mut screen = screen(size, true);
            screen.update(journal(vec![change("1", "off-rule", (Setting::OnWithReads, Setting::Off))]));
            screen.keys(&keys.replace("root", "r o o t @").replace("reads", "r e a d s")).plain();
        }
    }
}
