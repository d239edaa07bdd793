//! Keys in, screen out: over panes, sizes and themes.

mod keys;
mod narrow;
mod notices;
mod record;

use trailwatch::{
    model::{
        Alarm, AlarmKind, AlarmState, Region, Severity, SourceError, SourceHealth, SourceId, SourceKind, SourceState,
        Update,
    },
    ui::{Effect, theme::Depth},
};

use crate::support::{Screen, alarm, event, now};

const PANES: &[(&str, &str)] = &[
    ("events", "1"),
    ("event", "1 j enter"),
    ("alerts", "2"),
    ("alert", "2 enter"),
    ("alarms", "3"),
    ("alarm", "3 enter"),
    ("restores", "4"),
    ("restore", "4 enter"),
    ("rules", "5"),
    ("rule", "5 G enter"),
    ("sources", "6"),
    ("source", "6 j j j j enter"),
    ("notifications", "7"),
    ("notification", "7 enter"),
    ("help", "?"),
    ("command-line", ": t"),
];

#[test]
fn every_pane_in_every_size() {
    for (name, keys) in PANES {
        for (width, height) in [(80, 24), (120, 34), (200, 50)] {
            let picture = Screen::full(width, height).keys(keys).picture();
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), picture);
        }
    }
}

#[test]
fn what_comes_in_shows_at_the_top_right() {
    for (width, height) in [(80, 24), (120, 34), (200, 50)] {
        let mut screen = Screen::full(width, height).keys("j");
        notices::came_in(
            &mut screen,
            &[
                ("signin-console-success-root", Severity::Critical, "Somebody signed in as root from 203.0.113.7"),
                ("own", Severity::High, "\u{1b}[2J \u{202e}dab 日本語"),
                ("cis-unauthorized-calls", Severity::Medium, "user/ben was refused Decrypt"),
                ("cis-unauthorized-calls", Severity::Medium, "user/ben was refused Encrypt"),
                ("bulk", Severity::Low, "nobody minds"),
            ],
        );
        insta::assert_snapshot!(format!("toasts-{width}x{height}"), screen.picture());
    }
}

#[test]
fn every_pane_in_every_theme() {
    for theme in ["dark", "light", "colour-blind", "mono"] {
        for (depth_name, depth) in [("true", Depth::True), ("sixteen", Depth::Sixteen), ("none", Depth::None)] {
            let hashes: Vec<String> = PANES
                .iter()
                .map(|(name, keys)| {
                    let picture = Screen::with(80, 24, (theme, depth)).with_account().keys(keys).picture();
                    format!("{name:<14}{}", picture.lines().last().unwrap_or_default())
                })
                .collect();
            insta::assert_snapshot!(format!("theme-{theme}-{depth_name}"), hashes.join("\n"));
        }
    }
}

#[test]
fn without_colours_every_state_can_be_told() {
    let mut screen = Screen::with(120, 34, ("dark", Depth::None)).with_account().keys("3");
    let text = screen.plain();
    for mark in ["✔ OK", "✖ ALARM", "? NO DATA"] {
        assert!(text.contains(mark), "{mark} is missing:\n{text}");
    }
    let buffer = screen.show();
    assert!(buffer.content().iter().all(|cell| cell.fg == ratatui::style::Color::Reset), "a colour was asked for");
    let reversed = buffer.content().iter().filter(|c| c.modifier.contains(ratatui::style::Modifier::REVERSED)).count();
    assert!(reversed > 120, "the selected row does not show");
}

#[test]
fn nothing_fits_in_a_tiny_terminal_and_nothing_panics() {
    for (width, height) in [(1, 1), (2, 2), (10, 3), (20, 5), (40, 8), (79, 6)] {
        for (_, keys) in PANES {
            Screen::full(width, height).keys(keys).text("x").plain();
        }
    }
}

#[test]
fn the_list_follows_the_newest_until_the_cursor_moves() {
    let newer = |n: u32| {
        let time = now() + chrono::TimeDelta::seconds(n.into());
        let time = time.format("%Y-%m-%dT%H:%M:%SZ");
        Update::Events(vec![event(&format!(r#"{{"eventName":"Newer{n}","eventTime":"{time}","eventID":"n-{n}"}}"#))])
    };
    let mut screen = Screen::full(100, 24);
    screen.update(newer(1));
    assert!(line(&mut screen, 4).contains("Newer1"), "the newest is not on top");
    let mut screen = screen.keys("j j");
    assert!(line(&mut screen, 6).contains("AttachUserPolicy"));
    screen.update(newer(2));
    let text = screen.plain();
    assert!(!text.contains("Newer2"), "the list moved under the cursor:\n{text}");
    assert!(line(&mut screen, 6).contains("AttachUserPolicy"), "{text}");
    let mut screen = screen.keys("g");
    assert!(line(&mut screen, 4).contains("Newer2"));
}

#[test]
fn a_paused_list_counts_what_waits() {
    let mut screen = Screen::full(100, 24).keys("p");
    screen.update(Update::Events(vec![event(r#"{"eventName":"Later","eventID":"l-1"}"#)]));
    let text = screen.plain();
    assert!(text.contains("paused, 1 waiting") && !text.contains("Later"), "{text}");
    let text = screen.keys("p").plain();
    assert!(text.contains("Later") && text.contains("goes on, 1 new"), "{text}");
}

#[test]
fn a_filter_narrows_as_it_is_typed_and_esc_takes_it_back() {
    let mut screen = Screen::full(100, 24).keys("/").text("user:ben -Create");
    let text = screen.plain();
    assert!(text.contains("StopLogging") && !text.contains("CreateUser") && !text.contains("PutObject"), "{text}");
    assert!(text.contains("3 shown"), "{text}");
    let text = screen.keys("enter esc").plain();
    assert!(text.contains("PutObject"), "{text}");
    let text = Screen::full(100, 24).keys("/").text("usr:ben").plain();
    assert!(text.contains("user"), "a wrong field is not explained:\n{text}");
}

#[test]
fn a_wrong_filter_is_explained_whole_and_pointed_at() {
    let text = Screen::full(80, 24).keys("/").text("user:ben usr:ben").plain();
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.len();
    assert!(lines[end - 4].starts_with(" usr is not a field; did you mean user:?"), "{text}");
    assert!(lines[end - 3].ends_with("write \"usr:ben\""), "{text}");
    assert_eq!(lines[end - 2], "          ▾", "{text}");
    assert_eq!(lines[end - 1], "/user:ben usr:ben", "{text}");
    let text = Screen::full(200, 24).keys("/").text("sev:hgh").plain();
    assert!(text.contains("     ▾ \"hgh\" is no value of severity"), "{text}");
}

#[test]
fn the_last_good_filter_stays_while_the_text_is_wrong() {
    let mut screen = Screen::full(100, 24).keys("/").text("user:ben").keys("enter /").text(" sev:hgh");
    let text = screen.plain();
    assert!(text.contains("── /user:ben ──") && text.contains("StopLogging") && !text.contains("PutObject"), "{text}");
    let text = screen.keys("enter backspace backspace").text("igh").plain();
    assert!(text.contains("── /user:ben sev:high ──"), "{text}");
    let text = Screen::full(100, 24).keys(":").text("filter usr:ben").keys("enter").plain();
    assert!(text.contains("did you mean user:?") && text.ends_with("/usr:ben"), "{text}");
}

#[test]
fn a_title_shows_a_regex_as_it_was_typed() {
    let text = Screen::full(100, 24).keys("/").text("/Put.*Object/").keys("enter").plain();
    assert!(text.contains("── /Put.*Object/ ──"), "{text}");
}

#[test]
fn a_search_begins_anew_and_up_recalls_the_last() {
    let mut screen = Screen::full(100, 24).keys("enter /").text("eventName").keys("enter /");
    let text = screen.plain();
    assert!(text.lines().last().is_some_and(|line| line.starts_with("/ ")), "{text}");
    let mut screen = screen.keys("enter");
    assert!(screen.plain().contains("── /eventName ──"), "the search ended with an empty line:\n{}", screen.plain());
    let mut screen = screen.keys("/").text("x").keys("esc");
    assert!(screen.plain().contains("── /eventName ──"), "{}", screen.plain());
    let text = screen.keys("/ up").plain();
    assert!(text.lines().last().is_some_and(|line| line.starts_with("/eventName")), "{text}");
    let text = Screen::full(100, 24).keys("/").text("user:ben").keys("enter esc / up enter").plain();
    assert!(text.contains("── /user:ben ──"), "{text}");
}

#[test]
fn a_wrapped_value_shows_to_its_end() {
    let close = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let wide = Screen::full(400, 60).keys("1 j enter").plain();
    let narrow = Screen::full(24, 120).keys("1 j enter w").plain();
    let longest = wide.lines().filter(|line| line.contains("\": \"")).max_by_key(|line| line.len()).unwrap().trim();
    assert!(longest.len() > 2 * 24, "{longest}");
    assert!(close(&narrow).contains(&close(longest)), "{longest}\n{narrow}");
}

#[test]
fn a_prompt_where_nothing_is_filtered_closes() {
    let text = Screen::full(100, 24).keys("6 enter /").text("x").keys("esc").plain();
    assert!(!text.contains("nothing to filter here"), "{text}");
}

#[test]
fn an_alarm_that_changed_is_marked_until_looked_at() {
    let mut screen = Screen::full(100, 24).keys("3");
    let changed = vec![alarm("signin-console-failure-iam", AlarmState::Alarm, 0)];
    screen.update(Update::Alarms { region: Region::new("eu-west-1"), at: now(), alarms: changed });
    assert!(line(&mut screen, 4).starts_with("✖ ALARM   * signin-console-failure-iam"), "{}", screen.plain());
    let mut screen = screen.keys("1 3");
    assert!(line(&mut screen, 4).starts_with("✖ ALARM     signin-console-failure-iam"), "{}", screen.plain());
}

#[test]
fn a_composite_alarm_is_explained_by_its_children() {
    let mut screen = Screen::full(100, 24).keys("3");
    let child = alarm("queue-depth", AlarmState::Alarm, 9);
    let composite = Alarm {
        kind: AlarmKind::Composite,
        condition: format!("ALARM(lambda-errors) OR ALARM({})", child.arn),
        reason: format!("{} transitioned to ALARM at Saturday 14 March, 2026", child.arn),
        ..alarm("checkout", AlarmState::Alarm, 1)
    };
    screen.update(Update::Alarms { region: Region::new("eu-west-1"), at: now(), alarms: vec![composite, child] });
    let row = line(&mut screen, 4);
    assert!(row.contains("checkout") && row.ends_with("queue-depth in ALARM"), "{row}");
    let text = screen.keys("enter").plain();
    assert!(text.contains("because of      queue-depth in ALARM"), "{text}");
}

#[test]
fn what_is_copied_is_safe() {
    let screen = Screen::full(100, 24).keys("/").text("Evil").keys("enter y y");
    let [Effect::Copy(text)] = screen.effects.as_slice() else { panic!("{:?}", screen.effects) };
    assert!(text.contains("Evil") && !text.contains(trailwatch::model::text::is_unsafe), "{text}");
    let screen = Screen::full(100, 24).keys("/").text("Evil").keys("enter enter / E v i l enter c");
    let [Effect::Copy(text)] = screen.effects.as_slice() else { panic!("{:?}", screen.effects) };
    assert_eq!(text, "Evil\\u{1b}[2J\\u{202e}Name");
}

#[test]
fn the_keys_lead_where_they_say() {
    for (keys, effect) in [
        ("q", Effect::Quit),
        ("ctrl-c", Effect::Quit),
        ("/ ctrl-c", Effect::Quit),
        ("ctrl-z", Effect::Suspend),
        ("ctrl-l", Effect::Redraw),
        ("f2", Effect::Mouse(true)),
        ("ctrl-r", Effect::Ask(trailwatch::model::Request::Refresh)),
        (": q u i t enter", Effect::Quit),
        (": q enter", Effect::Quit),
    ] {
        assert_eq!(Screen::full(100, 24).keys(keys).effects, [effect], "{keys}");
    }
    assert!(Screen::full(100, 24).keys("enter q").effects.is_empty(), "q in a detail closes it");
}

#[test]
fn an_empty_list_says_why_it_is_empty() {
    let text = Screen::empty(80, 24).plain();
    assert!(text.contains("waiting for the first answer"), "{text}");
    let mut screen = Screen::empty(80, 24);
    let id = SourceId::new(SourceKind::Identity, Region::new("no Region"));
    let error = SourceError {
        code: "NoRegion".into(),
        message: "no Region is named anywhere".into(),
        missing_action: None,
        advice: Some("give --region".into()),
        since: now(),
    };
    let failed = SourceHealth { state: SourceState::Failed(error), ..SourceHealth::starting(id, 0) };
    screen.update(Update::Source(failed));
    let text = screen.plain();
    assert!(text.contains("NoRegion: no Region is named anywhere") && text.contains("give --region"), "{text}");
    let text = Screen::full(80, 24).keys("/").text("nobody-at-all").plain();
    assert!(text.contains("no event matches the filter"), "{text}");
}

#[test]
fn the_reason_of_a_failing_source_shows_whole() {
    let mut screen = Screen::full(80, 24);
    let error = SourceError {
        code: "Network".into(),
        message: "dispatch failure: error trying to connect: dns error: failed to look up the address: try again"
            .into(),
        missing_action: None,
        advice: None,
        since: now(),
    };
    let id = SourceId::new(SourceKind::Alarms, Region::new("eu-west-1"));
    screen.update(Update::Source(SourceHealth { state: SourceState::Failed(error), ..SourceHealth::starting(id, 0) }));
    let text = screen.plain();
    assert!(line(&mut screen, 1).contains("6 Sources ✖"), "what fails is not said:\n{text}");
    let mut screen = screen.keys("6");
    let text = screen.plain().replace('\n', " ");
    assert!(text.contains("✖ alarms eu-west-1: Network: dispatch failure") && text.contains("try again"), "{text}");
    let text = screen.keys("j j j enter").plain();
    assert!(text.contains("because         dispatch failure") && !text.contains("AWS says"), "{text}");
}

#[test]
fn a_first_load_says_how_many_events_have_come() {
    let mut screen = Screen::full(120, 24);
    let older = ["o-1", "o-2"].map(|id| event(&format!(r#"{{"eventName":"Older","eventID":"{id}"}}"#)));
    screen.update(Update::Events(older.into()));
    let text = screen.plain();
    assert!(text.contains("loading 25 %, 2 events so far"), "{text}");
}

#[test]
fn the_command_line_says_what_was_meant() {
    for (line, said) in [
        ("thme", "did you mean theme?"),
        ("theme drak", "did you mean dark?"),
        ("zone mars", "utc, local, relative"),
        ("events now", "takes nothing after it"),
    ] {
        let text = Screen::full(100, 24).keys(":").text(line).keys("enter").plain();
        assert!(text.contains(said), "{line}:\n{text}");
    }
    let text = Screen::full(100, 24).keys(":").text("zone local").keys("enter").plain();
    assert!(text.contains("10:26:32"), "{text}");
}

fn line(screen: &mut Screen, number: usize) -> String {
    screen.plain().lines().nth(number).unwrap_or_default().to_owned()
}
