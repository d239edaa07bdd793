//! Trying rules out and writing them: keys in, screen out.

use trailwatch::{
    config::RulePlaces,
    model::{Request, RuleOrigin, RuleStatus, Severity, Update},
    rules::{LANGUAGES, file},
    ui::{Effect, Message},
};

use crate::support::{Screen, event, now};

/// A rule of a file, with its text.
fn rule(name: &str, language: &'static str, text: &str) -> RuleStatus {
    RuleStatus {
        name: name.to_owned(),
        title: name.to_owned(),
        severity: Severity::High,
        language,
        on: true,
        reason: "somebody should look".to_owned(),
        text: text.to_owned(),
        ..RuleStatus::broken("rules/own.toml".to_owned(), 3, String::new())
    }
}

const PATTERN: &str = "{\n  \"detail\": {\n    \"eventName\": [\"StopLogging\", \"DeleteTrail\"]\n  }\n}\n";
const FILTER: &str = "{ $.eventName = \"StopLogging\" && $.errorCode NOT EXISTS || $.eventName = Create* }";
const SIGMA: &str = "title: Put\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  put:\n    eventName: \
                     PutObject\n  condition: put\n";

/// A screen with three rules, and a folder for more.
fn screen(width: u16, height: u16) -> Screen {
    let mut screen = Screen::full(width, height);
    screen.app.shared.settings.rules =
        RulePlaces { folder: Some("/home/ana/.config/trailwatch/rules".into()), ..RulePlaces::default() };
    let rules = [
        rule("a-pattern", "event-pattern", PATTERN),
        rule("b-filter", "metric-filter", FILTER),
        rule("c-sigma", "sigma", SIGMA),
    ];
    screen.update(Update::Rules(rules.into()));
    screen
}

fn save_request(screen: &Screen) -> (&str, &str) {
    match screen.effects.last() {
        Some(Effect::Ask(Request::SaveRule { file, text })) => (file, text),
        other => panic!("nothing was to be written: {other:?}"),
    }
}

fn pattern_of(text: &str) -> String {
    let (rules, faults) = file::read("new.toml", text, LANGUAGES);
    assert!(rules.len() == 1 && faults.is_empty(), "{text}\n{faults:?}");
    rules[0].pattern.clone()
}

#[test]
fn the_views_in_every_size() {
    for (name, keys) in [
        ("rule-pattern", "5 enter"),
        ("rule-filter", "5 j enter"),
        ("rule-sigma", "5 j j enter"),
        ("try-pattern", "5 e"),
        ("try-filter", "5 j e tab j"),
        ("try-sigma", "5 j j e"),
        ("try-all", "5 e tab a j"),
        ("try-wrong", "5 e down down end x"),
        ("try-name", "5 e ctrl-s"),
        ("new-rule", "1 j +"),
    ] {
        for (width, height) in [(80, 24), (120, 34), (200, 50)] {
            let picture = screen(width, height).keys(keys).picture();
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), picture);
        }
    }
}

#[test]
fn nothing_panics_in_a_tiny_terminal() {
    for (width, height) in [(1, 1), (2, 2), (10, 3), (20, 5), (40, 8), (79, 6)] {
        for keys in ["5 enter", "5 e", "5 e tab a j", "5 e x", "5 e ctrl-s", "1 +", "1 + tab x"] {
            screen(width, height).keys(keys).plain();
        }
    }
}

#[test]
fn an_edited_pattern_shows_at_once_what_it_matches() {
    let mut screen = screen(100, 30).keys("5 e");
    let text = screen.plain();
    assert!(text.contains("── 1 of 8 events ──") && text.contains("StopLogging"), "{text}");
    let mut screen = screen.keys("down down end left").text(", \"PutObject\"");
    let text = screen.plain();
    assert!(text.contains("── 2 of 8 events ──") && text.contains("changed"), "{text}");
    let text = screen.keys("backspace").plain();
    assert!(text.contains("this is no rule yet") && text.contains("line 3, column"), "{text}");
    assert!(text.lines().any(|line| line.trim().starts_with('^')), "no caret:\n{text}");
}

#[test]
fn every_language_can_be_tried_out() {
    for (keys, count) in [("5 e", "1 of 8"), ("5 j e", "1 of 8"), ("5 j j e", "1 of 8")] {
        let text = screen(100, 30).keys(keys).plain();
        assert!(text.contains(&format!("── {count} events ──")), "{keys}\n{text}");
    }
    let text = screen(100, 30).keys("5 e ctrl-t").plain();
    assert!(text.contains("read as Sigma") && text.contains("this is no rule yet"), "{text}");
}

#[test]
fn a_clause_that_fails_says_what_was_found() {
    let text = screen(100, 34).keys("5 j e tab a g").plain();
    assert!(text.contains("✘ does not match") && text.contains("← \"ConsoleLogin\""), "{text}");
    assert!(text.contains("✔ $.errorCode NOT EXISTS"), "{text}");
    let text = screen(100, 34).keys("5 e").plain();
    assert!(text.contains("✔ matches") && text.contains("← \"StopLogging\""), "{text}");
}

#[test]
fn an_event_that_matches_no_more_stays_explained() {
    let mut screen =
        screen(100, 34).keys("5 e tab j tab").keys("down down home ctrl-k").text("\"eventName\":[\"Nothing\"]");
    let text = screen.plain();
    assert!(text.contains("0 of 8 events") && text.contains("✘ does not match"), "{text}");
}

#[test]
fn tab_goes_to_the_events_and_enter_opens_one() {
    let mut screen = screen(100, 30).keys("5 e tab enter");
    let text = screen.plain();
    assert!(text.contains("Events ── StopLogging"), "{text}");
    let text = screen.keys("esc").plain();
    assert!(text.contains("Try-out ── a-pattern"), "{text}");
}

#[test]
fn a_changed_text_is_left_only_when_asked_twice() {
    let mut screen = screen(100, 30).keys("5 e x esc");
    assert!(screen.plain().contains("esc again drops it"), "{}", screen.plain());
    let mut screen = screen.keys("left esc");
    assert!(screen.plain().contains("Try-out"), "a key between starts anew");
    let mut screen = screen.keys("esc");
    assert!(!screen.plain().contains("Try-out"), "{}", screen.plain());
    let mut screen = super::tryout::screen(100, 30).keys("5 e esc");
    assert!(!screen.plain().contains("Try-out"), "nothing was changed");
}

#[test]
fn letters_that_are_commands_elsewhere_are_typed() {
    let text = screen(100, 30).keys("5 e").text("q1?:/ p").plain();
    assert!(text.contains("q1?:/ p{"), "{text}");
}

#[test]
fn a_hostile_paste_is_made_safe_and_counted() {
    let mut screen = screen(100, 30).keys("5 e");
    screen.app.update(Message::Paste("a\u{1b}]52;c;x\u{7}\u{202e}b\r\n".to_owned()), now());
    let text = screen.plain();
    assert!(text.contains("a]52;c;xb") && text.contains("3 characters were left out"), "{text}");
}

#[test]
fn a_tried_out_text_is_written_as_a_rule_of_ones_own() {
    let mut screen = screen(100, 30).keys("5 e ctrl-s");
    assert!(screen.plain().contains("name a-pattern-2"), "{}", screen.plain());
    let screen = screen.keys("up enter");
    let (file, text) = save_request(&screen);
    assert_eq!(file, "a-pattern-2.toml");
    assert_eq!(pattern_of(text), PATTERN.trim_end());
    assert!(text.contains("severity = \"critical\"") && text.contains("reason = \"somebody should look\""), "{text}");
}

#[test]
fn a_name_that_is_taken_or_odd_is_refused_with_what_to_do() {
    for (name, said) in [("b-filter", "there is a rule named"), ("../x", "write a to z"), ("", "write a to z")] {
        let mut screen = screen(100, 30).keys("5 e ctrl-s ctrl-u").text(name).keys("enter");
        assert!(screen.effects.is_empty() && screen.plain().contains(said), "{name}\n{}", screen.plain());
    }
    let mut screen = screen(100, 30);
    screen.app.shared.settings.rules.folder = None;
    let text = screen.keys("5 e ctrl-s enter").plain();
    assert!(text.contains("there is no folder for rules"), "{text}");
    let text = super::tryout::screen(100, 30).keys("5 e x ctrl-s").plain();
    assert!(text.contains("mend what is wrong first"), "{text}");
}

#[test]
fn a_rule_is_written_from_an_event() {
    let mut screen = screen(120, 34).keys("1 j +");
    let text = screen.plain();
    assert!(
        text.contains("New rule") && text.contains("[x] eventName") && text.contains("attach-user-policy"),
        "{text}"
    );
    assert!(text.contains("1 of 8 events"), "{text}");
    let screen = screen.keys("enter");
    let (file, text) = save_request(&screen);
    assert_eq!(file, "attach-user-policy.toml");
    let pattern = pattern_of(text);
    for part in ["\"AttachUserPolicy\"", "\"iam.amazonaws.com\"", "\"type\": [\"IAMUser\"]"] {
        assert!(pattern.contains(part), "{pattern}");
    }
    assert!(text.contains("<who> called <call>"), "{text}");
}

#[test]
fn what_is_chosen_counts_at_once() {
    // What is asked for by itself: the event's source, its name, and what kind of identity made the call.
    let mut screen = screen(120, 34).keys("1 j + j space");
    assert!(screen.plain().contains("── 2 of 8 events"), "{}", screen.plain());
    let mut screen = screen.keys("k space");
    assert!(screen.plain().contains("── 4 of 8 events"), "{}", screen.plain());
    let mut screen = screen.keys("j j space");
    assert!(screen.plain().contains("choose at least one field"), "{}", screen.plain());
    let text = screen.keys("enter").plain();
    assert!(text.contains("space chooses"), "{text}");
}

#[test]
fn a_written_rule_closes_its_view_and_names_its_path() {
    let mut screen = screen(100, 30).keys("1 j + enter");
    let path = "/home/ana/.config/trailwatch/rules/attach-user-policy.toml".to_owned();
    screen.update(Update::RuleSaved { file: "attach-user-policy.toml".to_owned(), path: Ok(path.clone()) });
    let text = screen.plain();
    assert!(text.contains(&format!("wrote {path}")) && !text.contains("New rule"), "{text}");
    let mut screen = super::tryout::screen(100, 30).keys("1 j + enter");
    let refused = Err("x.toml is there already".to_owned());
    screen.update(Update::RuleSaved { file: "attach-user-policy.toml".to_owned(), path: refused });
    assert!(screen.plain().contains("is there already") && screen.plain().contains("New rule"), "{}", screen.plain());
}

#[test]
fn a_rule_can_be_written_from_the_record_and_from_a_hostile_event() {
    let text = screen(100, 30).keys("1 j enter +").plain();
    assert!(text.contains("New rule ── like AttachUserPolicy"), "{text}");
    let mut screen = screen(100, 30).keys("/").text("Evil").keys("enter +");
    let text = screen.plain();
    assert!(text.contains("New rule") && text.contains("evil-2-j-name"), "{text}");
    let screen = screen.keys("enter");
    let (file, text) = save_request(&screen);
    assert_eq!(file, "evil-2-j-name.toml");
    assert!(!text.replace('\n', "").contains(trailwatch::model::text::is_unsafe), "{text}");
    assert!(pattern_of(text).contains("\\u001b[2J\\u202eName"), "{text}");
}

#[test]
fn a_broken_record_says_that_nothing_can_be_asked() {
    let mut screen = screen(100, 30);
    let mut broken = event("no json");
    broken.name = "Broken".to_owned();
    screen.update(Update::Events(vec![broken]));
    let text = screen.keys("1 g +").plain();
    assert!(text.contains("the record of this event is broken"), "{text}");
}

#[test]
fn a_pattern_from_an_event_can_be_edited_on() {
    let text = screen(100, 34).keys("1 j + e").plain();
    assert!(text.contains("Try-out ── attach-user-policy") && text.contains("✔ matches"), "{text}");
}

#[test]
fn a_rule_that_is_none_cannot_be_tried_out() {
    let mut screen = screen(100, 30);
    screen.update(Update::Rules(vec![RuleStatus::broken("rules/x.toml".to_owned(), 2, "wrong".to_owned())]));
    let text = screen.keys("5 e").plain();
    assert!(text.contains("there is no rule to try out"), "{text}");
    assert!(matches!(rule("x", "sigma", "").origin, RuleOrigin::File { .. }));
}

#[test]
fn new_events_are_taken_in_while_a_rule_is_tried_out() {
    let mut screen = screen(100, 30).keys("5 e");
    screen.update(Update::Events(vec![event(r#"{"eventName":"DeleteTrail","eventID":"t-1"}"#)]));
    let text = screen.plain();
    assert!(text.contains("2 of 9 events") && text.contains("DeleteTrail"), "{text}");
}

#[test]
fn a_rule_made_of_another_keeps_its_message_alarm_and_channels() {
    let beside = "channels = [\"phone\"]\ncooldown = \"1h\"\nalarm = { threshold = 3.0, value = \"$.eventName\" }\n\
                  message.paths = { \"who\" = \"$.detail.x\" }\nmessage.template = \"\\\"<who>\\\"\"\n";
    let own = RuleStatus {
        beside: beside.to_owned(),
        tags: vec!["attack.t1562".to_owned()],
        ..rule("own", "metric-filter", FILTER)
    };
    let mut screen = screen(100, 30);
    screen.update(Update::Rules(vec![own]));
    let screen = screen.keys("5 e ctrl-s enter");
    let (file, text) = save_request(&screen);
    assert_eq!(file, "own-2.toml");
    assert!(text.ends_with(beside) && text.contains("tags = [\"attack.t1562\"]"), "{text}");
    let rule = &file::read(file, text, LANGUAGES).0[0];
    assert_eq!((rule.cooldown.num_minutes(), rule.reason.as_str()), (60, "somebody should look"));
    assert!(rule.alarm.as_ref().is_some_and(|alarm| alarm.threshold == 3.0) && rule.message.is_some());
}

#[test]
fn what_is_kept_and_does_not_go_with_the_new_text_is_said() {
    let own = RuleStatus {
        beside: "alarm = { value = \"$.eventName\" }\n".to_owned(),
        ..rule("own", "metric-filter", FILTER)
    };
    let mut screen = screen(140, 30);
    screen.update(Update::Rules(vec![own]));
    let mut screen = screen.keys("5 e end ctrl-u").text("{ $.errorCode = x }").keys("ctrl-s enter");
    let text = screen.plain();
    assert!(
        text.contains("the pattern says nothing about $.eventName; add `&&") && screen.effects.is_empty(),
        "{text}"
    );
}

#[test]
fn a_name_that_was_typed_survives_the_editing_by_hand_and_the_way_back() {
    let mut screen = screen(120, 34).keys("1 j + tab ctrl-u").text("my-own").keys("tab e");
    assert!(screen.plain().contains("Try-out ── my-own"), "{}", screen.plain());
    let mut screen = screen.keys("esc");
    assert!(screen.plain().contains("name my-own"), "{}", screen.plain());
    let screen = screen.keys("e ctrl-s enter");
    let (file, text) = save_request(&screen);
    assert!(file == "my-own.toml" && text.contains("<who> called <call>"), "{file}\n{text}");
}

#[test]
fn an_event_that_shows_no_more_is_not_chosen_any_more() {
    // Among all events one is chosen that does not match; then only those that match show.
    let mut screen = screen(100, 34).keys("5 e tab a g");
    assert!(screen.plain().contains("✘ does not match"), "{}", screen.plain());
    let mut screen = screen.keys("a");
    assert!(screen.plain().contains("✔ matches"), "{}", screen.plain());
}
