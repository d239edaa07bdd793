//! The editor against a plain model of it.

use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect};

use super::*;
use crate::ui::theme::{Depth, Themes};

fn keys(editor: &mut Editor, keys: &str) -> Vec<Edit> {
    keys.split(' ').map(|key| editor.key(key.parse().unwrap())).collect()
}

fn edited(text: &str, typed: &str) -> String {
    let mut editor = Editor::new(text);
    keys(&mut editor, typed);
    editor.text()
}

#[test]
fn keys_do_what_readline_taught() {
    for (text, typed, then) in [
        ("ab\ncd", "end x", "abx\ncd"),
        ("ab\ncd", "ctrl-e enter x", "ab\nx\ncd"),
        ("ab\ncd", "down backspace", "abcd"),
        ("ab\ncd", "end delete", "abcd"),
        ("ab\ncd", "ctrl-k", "\ncd"),
        ("ab\ncd", "ctrl-k ctrl-k", "cd"),
        ("ab\ncd", "end left ctrl-u", "b\ncd"),
        ("a bc", "end ctrl-w", "a "),
        ("a bc(", "end ctrl-w", "a bc"),
        ("abc", "end ctrl-a x", "xabc"),
        ("abcd\ne\nfghi", "right right right down down x", "abcd\ne\nfghxi"),
        ("ab\ncd", "left backspace", "ab\ncd"),
        ("ab\ncd", "down end right delete", "ab\ncd"),
        ("日本", "right x delete", "日x"),
        ("e\u{301}x", "right delete", "e\u{301}"),
        ("e\u{301}x", "right backspace", "ex"),
        ("a\nb", "down up up x", "xa\nb"),
        ("a\nbc", "down down x", "a\nbcx"),
        ("", "space", " "),
    ] {
        assert_eq!(edited(text, typed), then, "{text:?} {typed}");
    }
}

#[test]
fn keys_that_edit_nothing_are_left_to_others() {
    let mut editor = Editor::new("a");
    assert!(keys(&mut editor, "esc tab ctrl-s f2 pgdn ctrl-d alt-x").iter().all(|edit| *edit == Edit::Ignored));
}

#[test]
fn a_hostile_paste_is_made_safe() {
    let mut editor = Editor::new("");
    assert_eq!(editor.insert("a\u{1b}[2J\u{202e}\r\nb\tc\rd\u{200b}"), 3);
    assert_eq!(editor.text(), "a[2J\nb    c\nd");
}

#[test]
fn a_text_is_bounded() {
    let mut editor = Editor::new(&"xy\n".repeat(Editor::MOST));
    assert!(editor.text().len() <= Editor::MOST);
    assert_eq!(editor.insert("more"), 4);
    keys(&mut editor, "end backspace");
    assert_eq!(editor.insert("more"), 3);
}

#[test]
fn the_cursor_shows_wherever_it_is() {
    let theme = Themes::standard(Depth::True).get("dark").unwrap();
    let mut editor = Editor::new(&format!("{}\n{}", "日".repeat(40), "b\n".repeat(50)));
    let area = Rect::new(2, 1, 10, 4);
    let mut buf = Buffer::empty(Rect::new(0, 0, 20, 8));
    for (typed, at) in [("left", (2, 1)), ("end", (11, 1)), ("down", (2, 2)), ("home", (2, 2))] {
        keys(&mut editor, typed);
        assert_eq!(editor.draw(area, &mut buf, (&theme, &[])), Some(at), "{typed}");
    }
    for _ in 0..50 {
        editor.key("down".parse().unwrap());
    }
    assert_eq!(editor.draw(area, &mut buf, (&theme, &[])), Some((2, 4)));
    editor.click(1, 1);
    assert_eq!(editor.draw(area, &mut buf, (&theme, &[])), Some((3, 2)));
    assert_eq!(editor.draw(Rect::new(0, 0, 0, 4), &mut buf, (&theme, &[])), None);
}

/// What the keys do to a text and a place in it, in characters.
fn model(text: &mut Vec<char>, at: &mut usize, key: &str) {
    match key {
        "left" => *at = at.saturating_sub(1),
        "right" => *at = (*at + 1).min(text.len()),
        "enter" => {
            text.insert(*at, '\n');
            *at += 1;
        }
        "backspace" if *at > 0 => {
            *at -= 1;
            text.remove(*at);
        }
        "delete" if *at < text.len() => drop(text.remove(*at)),
        "ctrl-a" => *at -= text[..*at].iter().rev().take_while(|c| **c != '\n').count(),
        "ctrl-e" => *at += text[*at..].iter().take_while(|c| **c != '\n').count(),
        key if key.chars().count() == 1 => {
            text.insert(*at, key.chars().next().unwrap());
            *at += 1;
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_keys_do_what_the_model_does(
        typed in prop::collection::vec(
            prop::sample::select(vec![
                "a", "é", "日", "left", "right", "enter", "backspace", "delete", "ctrl-a", "ctrl-e",
            ]),
            0..60,
        )
    ) {
        let (mut editor, mut text, mut at) = (Editor::new(""), Vec::new(), 0);
        for key in typed {
            editor.key(key.parse().unwrap());
            model(&mut text, &mut at, key);
            prop_assert_eq!(editor.text(), text.iter().collect::<String>());
            let before: String = text[..at].iter().collect();
            prop_assert_eq!(editor.row, before.matches('\n').count());
            prop_assert_eq!(editor.at, before.rsplit('\n').next().unwrap_or_default().len());
            prop_assert_eq!(editor.bytes, editor.text().len());
        }
    }

    #[test]
    fn any_keys_in_any_text_do_no_harm(
        text in ".{0,60}",
        typed in prop::collection::vec(
            prop::sample::select(vec![
                "up", "down", "left", "right", "ctrl-k", "ctrl-u", "ctrl-w", "delete", "backspace", "end", "home", "\u{301}",
            ]),
            0..60,
        ),
        width in 0_u16..30,
    ) {
        let theme = Themes::standard(Depth::True).get("dark").unwrap();
        let mut editor = Editor::new(&text);
        for key in typed {
            editor.key(key.parse().unwrap());
            let area = Rect::new(0, 0, width, 3);
            let cursor = editor.draw(area, &mut Buffer::empty(Rect::new(0, 0, 30, 3)), (&theme, &[]));
            prop_assert!(cursor.is_none_or(|at| area.contains(at.into())), "{:?}", cursor);
            prop_assert_eq!(editor.bytes, editor.text().len());
        }
    }
}
