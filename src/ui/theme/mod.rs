//! Themes: what a thing means on screen, and how a theme shows it. The only place that names a colour.

mod depth;
mod parse;

use std::{fs, io, path::Path};

use ratatui::style::Style;

pub use self::depth::Depth;
use crate::config::{ConfigError, load_text, nearest};

/// What a thing on screen means. Panes ask for meanings; themes say how they look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    Text,
    Muted,
    Title,
    Header,
    Account,
    Tab,
    TabActive,
    Border,
    Column,
    Selected,
    Key,
    Hint,
    Prompt,
    Match,
    Ok,
    Alarm,
    InsufficientData,
    Info,
    Low,
    Medium,
    High,
    Critical,
    Time,
    Actor,
    Root,
    Service,
    EventName,
    ReadOnly,
    Address,
    Denied,
    Failed,
    Late,
    Changed,
    InProgress,
    Ready,
    Soon,
    Expired,
    Live,
    Waiting,
    Warning,
    Error,
    JsonKey,
    JsonString,
    JsonNumber,
    JsonLiteral,
    JsonPunctuation,
    JsonBroken,
}

use Meaning as M;

/// Each meaning with its name in theme files and the meaning it looks like when a theme says nothing of it.
const MEANINGS: &[(Meaning, &str, Meaning)] = &[
    (M::Text, "text", M::Text),
    (M::Muted, "muted", M::Text),
    (M::Title, "title", M::Text),
    (M::Header, "header", M::Text),
    (M::Account, "account", M::Header),
    (M::Tab, "tab", M::Muted),
    (M::TabActive, "tab-active", M::Title),
    (M::Border, "border", M::Muted),
    (M::Column, "column", M::Muted),
    (M::Selected, "selected", M::Text),
    (M::Key, "key", M::Title),
    (M::Hint, "hint", M::Muted),
    (M::Prompt, "prompt", M::Title),
    (M::Match, "match", M::Warning),
    (M::Ok, "ok", M::Text),
    (M::Alarm, "alarm", M::Error),
    (M::InsufficientData, "insufficient-data", M::Muted),
    (M::Info, "info", M::Muted),
    (M::Low, "low", M::Text),
    (M::Medium, "medium", M::Warning),
    (M::High, "high", M::Error),
    (M::Critical, "critical", M::High),
    (M::Time, "time", M::Muted),
    (M::Actor, "actor", M::Text),
    (M::Root, "root", M::High),
    (M::Service, "service", M::Muted),
    (M::EventName, "event-name", M::Text),
    (M::ReadOnly, "read-only", M::Muted),
    (M::Address, "address", M::Muted),
    (M::Denied, "denied", M::Warning),
    (M::Failed, "failed", M::Denied),
    (M::Late, "late", M::Warning),
    (M::Changed, "changed", M::Title),
    (M::InProgress, "in-progress", M::Text),
    (M::Ready, "ready", M::Ok),
    (M::Soon, "soon", M::Warning),
    (M::Expired, "expired", M::Muted),
    (M::Live, "live", M::Ok),
    (M::Waiting, "waiting", M::Muted),
    (M::Warning, "warning", M::Text),
    (M::Error, "error", M::Warning),
    (M::JsonKey, "json-key", M::Title),
    (M::JsonString, "json-string", M::Text),
    (M::JsonNumber, "json-number", M::JsonString),
    (M::JsonLiteral, "json-literal", M::JsonNumber),
    (M::JsonPunctuation, "json-punctuation", M::Muted),
    (M::JsonBroken, "json-broken", M::Error),
];

/// What keeps its colour in the selected row.
const STANDS_OUT: &[Meaning] = &[
    M::Ok,
    M::Alarm,
    M::Medium,
    M::High,
    M::Critical,
    M::Root,
    M::Denied,
    M::Failed,
    M::Late,
    M::Changed,
    M::InProgress,
    M::Ready,
    M::Soon,
    M::Live,
    M::Warning,
    M::Error,
    M::Match,
];

impl Meaning {
    fn index(self) -> usize {
        self as usize
    }
}

/// The themes that come with the program: one line and one file each.
const THEMES: &[(&str, &str)] = &[
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("colour-blind", include_str!("../../../themes/colour-blind.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// How every meaning looks, ready to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    pub name: String,
    styles: Vec<Style>,
}

impl Theme {
    /// The style of a meaning.
    pub fn style(&self, meaning: Meaning) -> Style {
        self.styles[meaning.index()]
    }

    /// The style of a meaning in a row that may be the selected one: there, what stands out keeps its colour and the
    /// rest takes the one of the selection, so that all of it can be read.
    pub fn cell(&self, meaning: Meaning, selected: bool) -> Style {
        let (style, row) = (self.style(meaning), self.style(M::Selected));
        match (selected, STANDS_OUT.contains(&meaning)) {
            (false, _) => style,
            (true, true) if style.bg.is_none() => {
                Style { fg: style.fg.or(row.fg), ..row }.add_modifier(style.add_modifier)
            }
            (true, true) => style,
            (true, false) => row,
        }
    }

    /// Reads a theme file.
    ///
    /// # Errors
    /// What is no theme, with its place in the text.
    pub fn parse(name: &str, file: &str, text: &str, depth: Depth) -> Result<Self, ConfigError> {
        let given =
            parse::styles(file, text, &|word| MEANINGS.iter().position(|(_, name, _)| *name == word), &|word| {
                nearest(word, MEANINGS.iter().map(|(_, name, _)| *name)).map(str::to_owned)
            })?;
        // A chain of fallbacks ends at text, which stands first.
        let mut styles = vec![Style::new(); MEANINGS.len()];
        for (meaning, ..) in MEANINGS {
            let mut at = *meaning;
            while given[at.index()].is_none() && at != M::Text {
                at = MEANINGS[at.index()].2;
            }
            styles[meaning.index()] = given[at.index()].unwrap_or_default();
        }
        Ok(Self { name: name.to_owned(), styles: styles.into_iter().map(|s| depth.apply(s)).collect() })
    }
}

/// All themes to choose from: those that come with the program, and the operator's own.
#[derive(Clone, Debug)]
pub struct Themes {
    /// The operator's own first, so that they can replace one of ours.
    list: Vec<Listed>,
    depth: Depth,
    warnings: Vec<String>,
}

/// A theme to choose: its name, its file, and the text of that, or why it cannot be read.
type Listed = (String, String, Result<String, String>);

impl Themes {
    /// The themes that come with the program.
    pub fn standard(depth: Depth) -> Self {
        let listed =
            |(name, text): &(&str, &str)| ((*name).to_owned(), format!("themes/{name}.toml"), Ok((*text).to_owned()));
        Self { list: THEMES.iter().map(listed).collect(), depth, warnings: Vec::new() }
    }

    /// Those, and the ones in the operator's folder; a missing folder holds none.
    ///
    /// What is wrong there is a warning: it concerns only who chooses that theme.
    pub fn load(folder: &Path, depth: Depth) -> Self {
        let mut themes = Self::standard(depth);
        match own(folder) {
            Ok(own) => {
                let warning = |(name, file, text): &Listed| {
                    let error = parsed(name, file, text, depth).err()?;
                    Some(format!("the theme {name:?} cannot be used: {error}"))
                };
                themes.warnings = own.iter().filter_map(warning).collect();
                themes.list.splice(0..0, own);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => themes.warnings.push(format!("{}: cannot be read: {error}", folder.display())),
        }
        themes
    }

    /// What is wrong with the operator's themes, whoever chooses them.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The names to choose from.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(name, ..)| name.as_str())
    }

    /// The theme of that name. Without colours, every name gives the monochrome one.
    ///
    /// # Errors
    /// An unknown name, or a theme file with a mistake in it.
    pub fn get(&self, name: &str) -> Result<Theme, String> {
        let wanted = if self.depth == Depth::None { "mono" } else { name };
        match self.list.iter().find(|(known, ..)| known == wanted) {
            Some((_, file, text)) => parsed(name, file, text, self.depth),
            None => {
                let names: Vec<_> = self.names().collect();
                let near = nearest(name, names.iter().copied());
                let hint = near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
                Err(format!("there is no theme named {name:?}{hint}; there are {}", names.join(", ")))
            }
        }
    }
}

fn parsed(name: &str, file: &str, text: &Result<String, String>, depth: Depth) -> Result<Theme, String> {
    Theme::parse(name, file, text.as_ref().map_err(String::clone)?, depth).map_err(|error| error.to_string())
}

/// The themes in the operator's folder, by name.
fn own(folder: &Path) -> io::Result<Vec<Listed>> {
    let mut own = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_stem().filter(|_| path.extension().is_some_and(|end| end == "toml")) else {
            continue;
        };
        if let Some(text) = load_text(&path).map_err(|error| error.to_string()).transpose() {
            own.push((name.to_string_lossy().into_owned(), path.display().to_string(), text));
        }
    }
    own.sort();
    Ok(own)
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn every_meaning_stands_at_its_own_place_in_the_table() {
        for (i, (meaning, ..)) in MEANINGS.iter().enumerate() {
            assert_eq!(meaning.index(), i);
        }
    }

    #[test]
    fn every_theme_that_comes_with_the_program_can_be_read() {
        for depth in [Depth::True, Depth::Indexed, Depth::Sixteen, Depth::None] {
            let themes = Themes::standard(depth);
            for name in themes.names() {
                themes.get(name).unwrap();
            }
        }
    }

    #[test]
    fn a_meaning_without_a_style_looks_like_the_next() {
        let theme = Theme::parse("t", "t.toml", "[styles]\nwarning = \"yellow bold\"", Depth::True).unwrap();
        let late = theme.style(Meaning::Late);
        assert_eq!((late.fg, late.add_modifier), (Some(Color::Yellow), Modifier::BOLD));
        assert_eq!(theme.style(Meaning::Failed), late);
        assert_eq!(theme.style(Meaning::Ok), theme.style(Meaning::Text));
    }

    #[test]
    fn without_colours_no_style_has_one() {
        for name in ["dark", "light", "colour-blind", "mono"] {
            let theme = Themes::standard(Depth::None).get(name).unwrap();
            for (meaning, ..) in MEANINGS {
                let style = theme.style(*meaning);
                assert_eq!((style.fg, style.bg), (None, None), "{name} {meaning:?}");
            }
            assert!(theme.style(Meaning::Selected).add_modifier.contains(Modifier::REVERSED));
        }
    }

    #[test]
    fn the_colour_blind_theme_has_neither_red_nor_green() {
        let theme = Themes::standard(Depth::True).get("colour-blind").unwrap();
        for (meaning, ..) in MEANINGS {
            for colour in [theme.style(*meaning).fg, theme.style(*meaning).bg].into_iter().flatten() {
                let Color::Rgb(r, g, b) = colour else { panic!("{meaning:?} is {colour:?}: give it as #rrggbb") };
                // Orange has red without blue, but its green is over half of it; a pure red or green is far from both.
                let red = u16::from(r) > 100 && u16::from(g) * 2 < u16::from(r) && u16::from(b) * 2 < u16::from(r);
                let green =
                    u16::from(g) > 100 && u16::from(r) * 3 < u16::from(g) * 2 && u16::from(b) * 3 < u16::from(g) * 2;
                assert!(!red && !green, "{meaning:?} is {colour:?}");
            }
        }
    }

    #[test]
    fn a_broken_theme_is_a_warning_until_it_is_chosen() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("latin.toml"), b"[styles]\n# gr\xfcn\nok = \"green\"\n").unwrap();
        std::fs::write(folder.path().join("mine.toml"), "[styles]\nalarm = \"redd\"\n").unwrap();
        std::fs::write(folder.path().join("good.toml"), "").unwrap();
        std::fs::create_dir(folder.path().join("sub.toml")).unwrap();
        let themes = Themes::load(folder.path(), Depth::True);
        assert!(themes.get("dark").is_ok() && themes.get("good").is_ok());
        let places =
            [("latin", "latin.toml:2:5: "), ("mine", "mine.toml:2:9: "), ("sub", "sub.toml: cannot be read: ")];
        assert_eq!(themes.warnings().len(), places.len(), "{:?}", themes.warnings());
        for ((name, place), warning) in places.iter().zip(themes.warnings()) {
            assert!(warning.starts_with(&format!("the theme {name:?} cannot be used: ")), "{warning}");
            let refused = themes.get(name).unwrap_err();
            assert!(warning.ends_with(&refused) && refused.contains(place), "{refused}");
        }
    }

    #[test]
    fn a_theme_with_a_mistake_is_refused_with_its_place() {
        for (text, place, words) in [
            ("[styles]\nalram = \"red\"", "t.toml:2:1:", "did you mean \"alarm\"?"),
            ("[styles]\nalarm = \"redd\"", "t.toml:2:9:", "did you mean \"red\"?"),
            ("[styles]\nalarm = \"#ff00\"", "t.toml:2:9:", "#rrggbb"),
            ("[style]\nalarm = \"red\"", "t.toml:1:2:", "did you mean `styles`?"),
            ("[styles]\nalarm = 7", "t.toml:2:9:", "a text in quotes belongs"),
        ] {
            let error = Theme::parse("t", "t.toml", text, Depth::True).unwrap_err().to_string();
            assert!(error.starts_with(place) && error.contains(words), "{error}");
        }
    }
}
