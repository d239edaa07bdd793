//! Keys go where they say, whatever shows, and what was said goes once it is old.

use trailwatch::{
    config::Settings,
    ui::{
        App, Effect, Message, Start,
        keys::KeyMap,
        theme::{Depth, Themes},
    },
};

use crate::support::{Screen, now};

fn footer(screen: &mut Screen) -> String {
    screen.plain().lines().last().unwrap_or_default().to_owned()
}

fn title(screen: &mut Screen) -> String {
    screen.plain().lines().nth(2).unwrap_or_default().to_owned()
}

#[test]
fn escape_and_a_key_at_once_are_two_keys() {
    let mut screen = Screen::full(100, 24).keys("enter alt-3");
    assert!(title(&mut screen).starts_with("── Alarms ──"), "{}", screen.plain());
    let mut screen = screen.keys("1");
    assert!(title(&mut screen).starts_with("── Events ── loading"), "the detail stayed open: {}", screen.plain());
    let mut screen = Screen::full(100, 24).keys("/").text("x").keys("alt-3");
    assert!(title(&mut screen).starts_with("── Alarms ──"), "{}", screen.plain());
    let mut screen = Screen::full(100, 24).keys("y alt-j enter");
    assert!(title(&mut screen).contains("AttachUserPolicy"), "{}", screen.plain());
    assert_eq!(Screen::full(100, 24).keys("enter alt-q").effects, [Effect::Quit]);
    assert_eq!(Screen::full(100, 24).keys("/ ctrl-alt-c").effects, [Effect::Quit]);
    assert!(Screen::full(100, 24).keys("enter alt-enter alt-left").effects.is_empty());
}

#[test]
fn a_key_with_alt_of_the_operators_own_stays_one_key() {
    let mut keys = KeyMap::standard();
    keys.apply("keys.toml", "[global]\nrefresh = \"alt-r\"\n").unwrap();
    let (settings, themes) = (Settings::default(), Themes::standard(Depth::True));
    let (theme, local) = (themes.get("dark").unwrap(), |_| chrono::FixedOffset::east_opt(0).unwrap());
    let mut app = App::new(Start { settings, themes, theme, keys, local, now: now() });
    let effects = app.update(Message::Key("alt-r".parse().unwrap()), now());
    assert_eq!(effects, [Effect::Ask(trailwatch::model::Request::Refresh)]);
}

#[test]
fn what_was_said_gives_way_to_the_next_command() {
    for keys in ["2", "j", "tab", "enter", "? esc", "/ esc"] {
        let mut screen = Screen::full(100, 24).keys("Z");
        assert!(footer(&mut screen).contains("only medium and above"), "{}", screen.plain());
        let mut screen = screen.keys(keys);
        let footer = footer(&mut screen);
        assert!(footer.contains("? help") && !footer.contains("only medium"), "{keys}: {footer}");
    }
    let mut screen = Screen::full(100, 24).keys("ctrl-r t");
    assert!(footer(&mut screen).contains("times: local"), "{}", screen.plain());
}

#[test]
fn the_help_gives_way_to_the_key_that_was_looked_up() {
    for (keys, shows) in [("? 3", "── Alarms ──"), ("? G 6", "── Sources ──"), ("? tab", "── Alerts ──")]
    {
        let mut screen = Screen::full(100, 24).keys(keys);
        assert!(title(&mut screen).starts_with(shows), "{keys}:\n{}", screen.plain());
        assert!(footer(&mut screen).contains("? help"), "the help stayed open:\n{}", screen.plain());
    }
    for keys in ["? q", "? ?", "? esc", "? j esc"] {
        let mut screen = Screen::full(100, 24).keys(keys);
        assert!(footer(&mut screen).contains("? help") && screen.effects.is_empty(), "{keys}");
    }
    let mut screen = Screen::full(100, 24).keys("? ctrl-d");
    assert!(footer(&mut screen).contains("help · esc closes"), "{}", screen.plain());
    assert!(footer(&mut Screen::full(100, 24).keys("? :")).starts_with(':'));
}

#[test]
fn a_theme_is_completed_from_its_command_alone() {
    let mut screen = Screen::full(80, 24).keys(":").text("theme");
    let text = screen.plain();
    for theme in ["theme dark ", "theme light ", "theme colour-blind ", "theme mono "] {
        assert!(text.contains(theme), "{theme} is missing or cut:\n{text}");
    }
    assert!(footer(&mut screen.keys("tab")).starts_with(":theme "));
    // From the start of the name on: the command first, then what may follow it.
    let mut screen = Screen::full(80, 24).keys(":").text("them").keys("tab tab");
    let chosen = footer(&mut screen);
    assert!(chosen.len() > ":theme ".len(), "{chosen}");
    assert!(footer(&mut Screen::full(80, 24).keys(":").text("zone").keys("tab tab")).starts_with(":zone local"));
}
