//! Reads the styles of a theme file: `alarm = "white on #aa0000 bold"`.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;

use crate::config::{ConfigError, nearest, parse_toml, wrong_at};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    styles: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// The style of each meaning, by its place in the table; `None` where the file says nothing.
///
/// `place` finds a meaning by its name, `near` the name that was likely meant.
pub(super) fn styles(
    file: &str,
    text: &str,
    place: &dyn Fn(&str) -> Option<usize>,
    near: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Option<Style>>, ConfigError> {
    let read: File = parse_toml(file, text)?;
    let mut styles = vec![None; super::MEANINGS.len()];
    for (name, words) in read.styles {
        let word = name.get_ref();
        let index = place(word).ok_or_else(|| {
            let hint = near(word).map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
            wrong_at(file, text, name.span().start, format!("there is no style named {word:?}{hint}"))
        })?;
        let style = style(words.get_ref()).map_err(|e| wrong_at(file, text, words.span().start, e))?;
        styles[index] = Some(style);
    }
    Ok(styles)
}

const MODIFIERS: &[(&str, Modifier)] = &[
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

const COLOURS: &[(&str, Color)] = &[
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// `COLOUR on COLOUR MODIFIER…`, each part optional.
fn style(words: &str) -> Result<Style, String> {
    let (mut style, mut background) = (Style::new(), false);
    for word in words.split_whitespace() {
        if word == "on" {
            background = true;
        } else if let Some((_, modifier)) = MODIFIERS.iter().find(|(name, _)| *name == word) {
            style = style.add_modifier(*modifier);
        } else if background {
            style = style.bg(colour(word)?);
        } else {
            style = style.fg(colour(word)?);
        }
    }
    Ok(style)
}

fn colour(word: &str) -> Result<Color, String> {
    if let Some(digits) = word.strip_prefix('#') {
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6);
        let number = number.ok_or_else(|| format!("{word:?} is no colour; write #rrggbb"))?;
        let [_, r, g, b] = number.to_be_bytes();
        return Ok(Color::Rgb(r, g, b));
    }
    COLOURS.iter().find(|(name, _)| *name == word).map(|(_, colour)| *colour).ok_or_else(|| {
        let known = COLOURS.iter().map(|(name, _)| *name).chain(MODIFIERS.iter().map(|(name, _)| *name));
        match nearest(word, known) {
            Some(near) => format!("{word:?} is neither a colour nor a modifier; did you mean {near:?}?"),
            None => {
                format!("{word:?} is neither a colour (#rrggbb, red, bright-blue, …) nor a modifier (bold, dim, …)")
            }
        }
    })
}
