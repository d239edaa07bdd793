//! What a person is told: the messages of the outbox, what comes in at the top right, and the bell.

use chrono::TimeDelta;
use trailwatch::{
    model::{Delivery, NoticeKind, Request, Ring, Severity, Update, text::is_unsafe},
    ui::{Effect, Message, Mouse, theme::Meaning},
};

use super::PANES;
use crate::support::{Screen, event, messages, notice, now};

pub fn came_in(screen: &mut Screen, notices: &[(&str, Severity, &str)]) {
    let made = notices.iter().map(|(rule, severity, title)| notice(rule, *severity, title));
    screen.update(Update::Notices(made.collect()));
}

fn footer(screen: &mut Screen) -> String {
    screen.plain().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_filter_asks_for_states_channels_and_severities() {
    for (filter, shown) in [
        ("state:failed", "1 of 6"),
        ("state:waiting,failed", "3 of 6"),
        ("channel:pager severity:critical", "1 of 6"),
        ("severity:high", "5 of 6"),
        ("-channel:desktop", "3 of 6"),
        ("kind:restore", "1 of 6"),
        ("ledger", "1 of 6"),
        ("state:sent ledger", "1 of 6"),
    ] {
        let text = Screen::full(120, 24).keys("7 /").text(filter).keys("enter").plain();
        assert!(text.contains(&format!("/{filter}")) && text.contains(shown), "{filter}\n{text}");
    }
    let text = Screen::full(120, 24).keys("7 /").text("state:gone").plain();
    assert!(text.contains("\"gone\" is no state; there are waiting, sent, failed, held"), "{text}");
    assert!(text.contains("ops-topic"), "a wrong filter hides nothing:\n{text}");
}

#[test]
fn what_waits_and_what_failed_is_counted_beside_the_tab() {
    let text = Screen::full(200, 24).plain();
    assert!(text.contains("7 Notifications ✖1 …2"), "{text}");
    let text = Screen::full(80, 24).plain();
    assert!(text.contains("7 Notices ✖1"), "{text}");
}

#[test]
fn every_tab_has_its_place_in_every_width() {
    for width in 80..220 {
        let mut screen = Screen::full(width, 24);
        let tabs = screen.plain().lines().nth(1).unwrap_or_default().to_owned();
        for word in ["1 Events", "2 Alerts ", "◆1", "3 Alarms ✖2", "4 Restores", "5 Rules !1", "6 Sources ✖1", "7 Noti"]
        {
            assert!(tabs.contains(word), "{width}: {word} is missing: {tabs}");
        }
    }
}

#[test]
fn one_message_is_tried_now_and_all_that_wait() {
    let ask = |id| Effect::Ask(Request::Retry(id));
    assert_eq!(Screen::full(100, 24).keys("7 R").effects, [ask(Some(7))]);
    assert_eq!(Screen::full(100, 24).keys("7 enter R").effects, [ask(Some(7))]);
    assert_eq!(Screen::full(100, 24).keys("7 j j j j R").effects, [ask(Some(3))], "a failed one");
    assert_eq!(Screen::full(100, 24).keys("7 A").effects, [ask(None)]);
    let mut screen = Screen::full(100, 24).keys("7 j R");
    assert!(screen.effects.is_empty() && footer(&mut screen).contains("not sent again"), "{}", screen.plain());
    let mut screen = Screen::full(100, 24).keys("7");
    screen.update(Update::Messages(messages().split_off(5)));
    let mut screen = screen.keys("A");
    assert!(screen.effects.is_empty() && footer(&mut screen).contains("nothing waits"), "{}", screen.plain());
}

#[test]
fn a_message_leads_to_what_it_is_about() {
    for (keys, title) in [
        ("7 enter enter", "── Alerts ── signin-console-success-root"),
        ("7 G enter enter", "── Restores ── s3://example-archive/tapes/2021/ledger.tar"),
        ("7 G k enter enter", "── Alarms ── signin-console-success-root"),
    ] {
        let text = Screen::full(120, 24).keys(keys).plain();
        assert!(text.contains(title), "{keys}\n{text}");
    }
    // The rule's alert is gone; its event is still in the history.
    let mut screen = Screen::empty(120, 24);
    screen.update(Update::Events(vec![event(
        r#"{"eventName":"ConsoleLogin","eventID":"0e1f0000-0000-4000-8000-000000000000"}"#,
    )]));
    screen.update(Update::Messages(messages()));
    let text = screen.keys("7 enter enter").plain();
    assert!(text.contains("── Events ── ConsoleLogin"), "{text}");
}

#[test]
fn the_open_message_follows_its_state() {
    let mut screen = Screen::full(120, 34).keys("7 enter");
    assert!(screen.plain().contains("… next try in 12s"), "{}", screen.plain());
    let mut all = messages();
    all[0].state = Delivery::Sent { at: now() };
    screen.update(Update::Messages(all));
    assert!(screen.plain().contains("✔ sent, 2026-03-14 09:26:53 UTC"), "{}", screen.plain());
}

#[test]
fn in_80_columns_the_last_line_says_what_came_back() {
    let mut screen = Screen::full(80, 24).keys("7 j j j j");
    let text = screen.plain();
    let line = text.lines().rev().nth(1).unwrap_or_default();
    assert_eq!(line, " ✖ failed: AuthorizationError: sns:Publish is missing");
}

#[test]
fn an_empty_pane_says_what_would_be_told_and_how() {
    for width in [80, 120] {
        let text = Screen::empty(width, 24).keys("7").plain();
        for word in ["nobody was told anything yet", "[notify]", "trailwatch notify test"] {
            assert!(text.contains(word), "{word} is missing:\n{text}");
        }
    }
}

#[test]
fn what_a_message_says_is_copied_safe() {
    for keys in ["7 j j y y", "7 j j c", "7 j j enter y y", "7 j j y v"] {
        let screen = Screen::full(100, 24).keys(keys);
        let [Effect::Copy(text)] = screen.effects.as_slice() else { panic!("{keys}: {:?}", screen.effects) };
        assert!(!text.is_empty() && !text.contains(is_unsafe), "{keys}: {text}");
    }
}

#[test]
fn nothing_on_screen_steers_the_terminal_whatever_is_told() {
    for (width, height) in [(1, 1), (10, 3), (40, 8), (80, 24), (120, 34), (200, 50)] {
        for (_, keys) in PANES {
            let mut screen = Screen::full(width, height).keys(keys);
            let told: Vec<_> = messages().into_iter().map(|message| message.notice).collect();
            screen.update(Update::Notices(told));
            let buffer = screen.show();
            let bad = buffer.content().iter().find(|cell| cell.symbol().contains(is_unsafe));
            assert!(bad.is_none(), "{keys} at {width}x{height}: {bad:?}");
        }
    }
}

#[test]
fn several_of_one_rule_are_one_and_the_weightiest_have_the_places() {
    let mut screen = Screen::full(120, 24);
    let many: Vec<(String, String)> = (0..9).map(|n| (format!("rule-{n}"), format!("title {n}"))).collect();
    came_in(&mut screen, &[("root", Severity::Critical, "root signed in")]);
    for (rule, title) in &many {
        came_in(&mut screen, &[(rule, Severity::Medium, title), ("same", Severity::High, "again")]);
    }
    let text = screen.plain();
    for word in ["◆ root signed in", "▲ again ×9", "▪ title 8", "+8 more"] {
        assert!(text.contains(word), "{word} is missing:\n{text}");
    }
}

#[test]
fn a_toast_goes_after_a_while_and_no_key_is_lost_to_it() {
    let toast = [("root", Severity::Critical, "root signed in")];
    let shows = |screen: &mut Screen| screen.plain().contains("◆ root signed in");
    let mut screen = Screen::full(100, 24);
    came_in(&mut screen, &toast);
    assert!(shows(&mut screen));
    screen.app.update(Message::Tick, now() + TimeDelta::seconds(7));
    assert!(shows(&mut screen), "it went too soon");
    screen.app.update(Message::Tick, now() + TimeDelta::seconds(8));
    assert!(!shows(&mut screen), "it stays");
    for (keys, stays, title) in [
        ("j j", true, "── Events ──"),
        ("2", true, "── Alerts ──"),
        ("enter", true, "── Events ── AttachUserPolicy"),
        ("X", false, "── Events ──"),
        ("enter esc", false, "── Events ── loading"),
    ] {
        let mut screen = Screen::full(100, 24).keys("j");
        came_in(&mut screen, &toast);
        let mut screen = screen.keys(keys);
        assert_eq!(shows(&mut screen), stays, "{keys}\n{}", screen.plain());
        assert!(screen.plain().contains(title), "{keys}\n{}", screen.plain());
    }
}

#[test]
fn a_toast_never_covers_the_row_that_the_operator_is_at() {
    for (width, height) in [(80, 24), (60, 9)] {
        for (name, keys) in PANES {
            for down in ["", " j j"] {
                let keys = format!("{keys}{down}");
                let mut screen = Screen::full(width, height).keys(&keys);
                let before = screen.show();
                for (rule, severity) in [("a", Severity::High), ("b", Severity::Medium), ("c", Severity::Critical)] {
                    came_in(&mut screen, &[(rule, severity, "a title that is as long as titles are, and then some")]);
                }
                let chosen = screen.app.shared.theme.style(Meaning::Selected).bg;
                let after = screen.show();
                for (old, new) in before.content().iter().zip(after.content()) {
                    let is_chosen = Some(old.bg) == chosen;
                    assert!(!is_chosen || old == new, "{name} after {keys} in {width}x{height}\n{}", screen.plain());
                }
            }
        }
    }
}

#[test]
fn nothing_stands_before_a_text_that_is_typed() {
    for keys in ["/", ":", "5 e", "+"] {
        let mut screen = Screen::full(80, 24).keys(keys);
        let before = screen.plain();
        came_in(&mut screen, &[("root", Severity::Critical, "root signed in")]);
        let after = screen.plain();
        let last = |text: &str| text.lines().last().unwrap_or_default().to_owned();
        assert_eq!(last(&before), last(&after), "{keys}");
        let first = |text: &str| text.lines().nth(3).unwrap_or_default().to_owned();
        assert!(keys != "5 e" || first(&before) == first(&after), "the line of the text is covered:\n{after}");
    }
}

#[test]
fn toasts_can_be_turned_off() {
    let mut screen = Screen::full(100, 24);
    screen.app.shared.settings.toasts = false;
    came_in(&mut screen, &[("root", Severity::Critical, "root signed in")]);
    assert!(!screen.plain().contains("root signed in"), "{}", screen.plain());
}

#[test]
fn the_bell_rings_unless_it_is_silenced() {
    let sequence = "\u{1b}]9;told\u{7}".to_owned();
    let ring = |screen: &mut Screen, bell, sequence: &str| {
        let ring = Ring { bell, sequence: sequence.to_owned() };
        screen.app.update(Message::Update(Update::Ring(ring)), now())
    };
    let mut screen = Screen::full(80, 24);
    let loud = [Effect::Ring(Ring { bell: true, sequence: sequence.clone() })];
    assert_eq!(ring(&mut screen, true, &sequence), loud);
    assert_eq!(ring(&mut screen, false, ""), []);
    for silence in ["B", ": s i l e n c e enter", ": b e l l enter"] {
        let mut screen = Screen::full(80, 24).keys(silence);
        assert!(footer(&mut screen).contains("the bell is silenced until you quit"), "{}", screen.plain());
        assert!(screen.plain().lines().next().is_some_and(|line| line.contains("bell off")), "{}", screen.plain());
        assert_eq!(ring(&mut screen, true, ""), []);
        let quiet = Effect::Ring(Ring { bell: false, sequence: sequence.clone() });
        assert_eq!(ring(&mut screen, true, &sequence), [quiet]);
        let mut screen = screen.keys("B");
        assert!(!screen.plain().contains("bell off"), "{}", screen.plain());
        assert_eq!(ring(&mut screen, true, &sequence), loud);
    }
}

#[test]
fn a_source_or_an_alarm_that_is_gone_is_said() {
    let mut gone = messages();
    gone[0].notice.kind = NoticeKind::Source;
    gone[1].notice.kind = NoticeKind::Alarm;
    gone[2].notice.kind = NoticeKind::Test;
    let mut screen = Screen::full(100, 24);
    screen.update(Update::Messages(gone));
    for (keys, said) in [
        ("7 enter enter", "there is no such source now"),
        ("7 esc j enter enter", "is no longer listed"),
        ("7 esc j enter enter", "nothing that could be opened"),
    ] {
        screen = screen.keys(keys);
        assert!(footer(&mut screen).contains(said), "{keys}\n{}", screen.plain());
    }
}

#[test]
fn nothing_stands_before_a_dialog_and_what_came_in_waits_for_its_end() {
    let mut screen = Screen::full(80, 24).keys(": a r m enter 3 x");
    let before = screen.plain();
    assert!(before.contains("Change the account?"), "{before}");
    came_in(&mut screen, &[("root", Severity::Critical, "root signed in")]);
    screen.app.update(Message::Tick, now() + TimeDelta::seconds(60));
    assert_eq!(screen.plain().lines().skip(3).collect::<Vec<_>>(), before.lines().skip(3).collect::<Vec<_>>());
    let mut screen = screen.keys("n");
    assert!(screen.plain().contains("◆ root signed in"), "{}", screen.plain());
}

#[test]
fn a_tab_is_chosen_where_it_stands_in_any_width() {
    for width in [80, 100, 120, 200] {
        let mut screen = Screen::full(width, 24);
        let tabs = screen.plain().lines().nth(1).unwrap_or_default().to_owned();
        let column = tabs[..tabs.find("7 Noti").unwrap()].chars().count() as u16;
        screen.app.update(Message::Mouse(Mouse::Click { column, row: 1 }), now());
        assert!(screen.plain().contains("── Notifications ──"), "{width}\n{}", screen.plain());
    }
}
