//! What is said of an event, and its record: nothing that matters is cut away.

use ratatui::style::Modifier;
use trailwatch::{
    model::Update,
    ui::theme::{Depth, Themes},
};

use crate::support::{Screen, event, text_of};

/// A screen with one event more, the newest.
fn with_event(width: u16, height: u16, rest: &str) -> Screen {
    let mut screen = Screen::full(width, height);
    let record = format!(r#"{{"eventName":"Try","eventID":"t-1","eventTime":"2026-03-14T09:26:53Z",{rest}}}"#);
    screen.update(Update::Events(vec![event(&record)]));
    screen
}

/// The characters that are marked as found.
fn marked(screen: &mut Screen) -> String {
    let meant = Themes::standard(Depth::True).get("dark").unwrap().style(trailwatch::ui::theme::Meaning::Match);
    let buffer = screen.show();
    let is_marked = |cell: &&ratatui::buffer::Cell| Some(cell.bg) == meant.bg && Some(cell.fg) == meant.fg;
    let marked: String = buffer.content().iter().filter(is_marked).map(|cell| cell.symbol()).collect();
    assert!(meant.bg.is_some() || meant.add_modifier.contains(Modifier::REVERSED), "a match has no look of its own");
    assert!(!text_of(&buffer).is_empty());
    marked
}

#[test]
fn a_long_reason_is_wrapped_and_mfa_stands_first() {
    let arn = format!("arn:aws:iam::111122223333:user/{}", "deep/".repeat(30));
    let why = format!("User: {arn} is not authorized because no policy allows it: the end");
    let rest = format!(
        r#""userIdentity":{{"type":"IAMUser","userName":"ben","arn":"{arn}","sessionContext":{{"attributes":{{"mfaAuthenticated":"false"}}}}}},"errorCode":"AccessDenied","errorMessage":"{why}""#
    );
    let text = with_event(80, 24, &rest).keys("enter").plain();
    assert!(text.contains(" who     ben · user · without MFA ·\n         arn:aws:iam"), "{text}");
    let said = text.lines().take_while(|line| !line.starts_with("────")).collect::<Vec<_>>().join("");
    assert!(said.contains(": the end") && said.contains(" when "), "{text}");
    assert!(text.lines().any(|line| line.starts_with("▾ {")), "the record has no room:\n{text}");
    let long = with_event(80, 24, &format!(r#""errorCode":"X","errorMessage":"{}""#, "no ".repeat(80_000) + "why"));
    let text = long.keys("enter").plain();
    assert!(text.contains("         …") && text.lines().any(|line| line.ends_with("no why")), "{text}");
}

#[test]
fn a_click_finds_its_row_below_a_long_summary() {
    let rest = r#""errorCode":"X","errorMessage":"one two three four five six seven eight nine ten eleven twelve thirteen fourteen""#;
    let mut screen = with_event(60, 24, rest).keys("enter");
    let text = screen.plain();
    let row = text.lines().position(|line| line.contains("\"eventID\"")).unwrap() as u16;
    let click = trailwatch::ui::Mouse::Click { column: 3, row };
    screen.app.update(trailwatch::ui::Message::Mouse(click), crate::support::now());
    let screen = screen.keys("y p");
    assert_eq!(screen.effects, [trailwatch::ui::Effect::Copy(".eventID".to_owned())], "{text}");
}

#[test]
fn a_match_far_out_in_a_line_shows() {
    let agent = format!(r#""userAgent":"{}needle in it{}""#, "hay ".repeat(500), " straw".repeat(500));
    for width in [24, 80, 200] {
        let mut screen = with_event(width, 40, &agent).keys("enter /").text("needle").keys("enter");
        let text = screen.plain();
        assert!(text.contains("…") && text.contains("needle"), "{text}");
        assert_eq!(marked(&mut screen), "needle", "{text}");
    }
    let mut screen = with_event(80, 40, &agent).keys("enter /").text("needle").keys("enter");
    assert!(screen.plain().contains("  \"userAgent\": …"), "the key is gone:\n{}", screen.plain());
    let mut screen = screen.keys("esc");
    assert!(screen.plain().contains("\"userAgent\": \"hay hay"), "{}", screen.plain());
}

#[test]
fn a_match_far_down_in_a_wrapped_value_shows() {
    let agent = format!(r#""userAgent":"{}needle{}""#, "hay".repeat(2_000), "straw".repeat(2_000));
    for keys in ["enter w / n e e d l e enter", "enter / n e e d l e enter w", "enter w / n e e d l e enter g n"] {
        let mut screen = with_event(80, 24, &agent).keys(keys);
        assert_eq!(marked(&mut screen), "needle", "{keys}:\n{}", screen.plain());
    }
    // A match is marked also where a line breaks in it.
    for width in 60..70 {
        let mut screen = with_event(width, 24, &agent).keys("enter w / n e e d l e enter");
        assert_eq!(marked(&mut screen), "needle", "{}", screen.plain());
    }
}

#[test]
fn the_count_of_the_matches_shows_at_80_columns() {
    let agent = r#""userAgent":"x","eventSource":"authorization-of-security-groups""#;
    let screen = with_event(80, 24, agent).keys("enter /").text("authorization-of-security-groups").keys("enter");
    let text = { screen }.plain();
    let title = text.lines().nth(2).unwrap();
    assert!(title.contains("── Try ── /author…ty-groups ──") && title.contains("── 1 of 1 ──"), "{title}");
}

#[test]
fn a_search_in_hostile_values_shows_in_every_width() {
    let evil = format!(
        r#""userAgent":"{}\u001b[2J\u202e日本e\u0301needle\u0000{}","k{}needle":"x","x":["needle""#,
        "日\\u0000".repeat(700),
        "e\\u0301".repeat(9_000),
        "日本\\\"".repeat(60)
    );
    let record = format!(r#"{{"eventName":"Try","eventTime":"2026-03-14T09:26:53Z",{evil}"#);
    for width in [1, 2, 3, 9, 10, 11, 24, 79, 80] {
        for keys in
            ["enter / n e e d l e enter n n n N", "enter w / n e e d l e enter n n n N w", "enter / e \\ u { enter n"]
        {
            let mut screen = Screen::full(width, 24);
            screen.update(Update::Events(vec![event(&record)]));
            let mut screen = screen.keys(keys);
            if width >= 24 && keys.contains('N') {
                assert!(marked(&mut screen).starts_with("needle"), "{keys}:\n{}", screen.plain());
            }
        }
    }
}
