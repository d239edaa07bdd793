//! Reads `config.toml`, and says file, line and column of what is wrong with it.

use std::{collections::BTreeMap, fmt, fs, io, path::Path, string::FromUtf8Error};

use serde::{Deserialize, de::DeserializeOwned};
use toml::Spanned;

use super::{
    Notify, Settings, Zone, checks,
    notify::{NotifyFile, redact},
    store::StoreFile,
    words,
};
use crate::model::{Place, Region, duration::Span};

/// The config file as it is written. Every setting may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    pub profile: Option<String>,
    #[serde(deserialize_with = "regions")]
    pub regions: Vec<Region>,
    #[serde(deserialize_with = "endpoint")]
    pub endpoint_url: Option<String>,
    #[serde(deserialize_with = "since")]
    pub since: Option<Span>,
    pub theme: Option<Spanned<String>>,
    pub zone: Option<Zone>,
    pub hide_read_only: Option<bool>,
    pub mouse: Option<bool>,
    pub toasts: Option<bool>,
    /// At most this many events in memory.
    #[serde(deserialize_with = "checks::history")]
    pub history: Option<usize>,
    pub restores: Restores,
    pub polling: Polling,
    /// Account id = name.
    pub accounts: BTreeMap<String, String>,
    pub notify: NotifyFile,
    pub store: StoreFile,
    /// What `notify` comes to.
    #[serde(skip)]
    told: Option<Notify>,
    /// Where the theme is named: whether it is there is found out later.
    #[serde(skip)]
    theme_written: Option<Written>,
}

/// `[restores]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Restores {
    #[serde(deserialize_with = "places")]
    pub places: Vec<Place>,
}

/// `[polling]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Polling {
    #[serde(deserialize_with = "pause")]
    pub events: Option<Span>,
    #[serde(deserialize_with = "pause")]
    pub sweep: Option<Span>,
    #[serde(deserialize_with = "pause")]
    pub sign_ins: Option<Span>,
    #[serde(deserialize_with = "pause")]
    pub alarms: Option<Span>,
    #[serde(deserialize_with = "pause")]
    pub restores: Option<Span>,
    #[serde(deserialize_with = "pause")]
    pub rules: Option<Span>,
}

fn regions<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Region>, D::Error> {
    Vec::<String>::deserialize(from)?
        .iter()
        .map(|text| checks::region(text).map_err(serde::de::Error::custom))
        .collect()
}

fn endpoint<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    checks::checked(checks::endpoint, from)
}

fn since<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Span>, D::Error> {
    checks::checked(checks::since, from)
}

fn pause<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Span>, D::Error> {
    checks::checked(checks::pause, from)
}

fn places<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Place>, D::Error> {
    Vec::<String>::deserialize(from)?.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}

impl Config {
    /// Reads the file; a missing one is an empty one.
    ///
    /// # Errors
    /// What cannot be read or is not a config, with its place in the file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        match load_text(path)? {
            Some(text) => Self::parse(&path.display().to_string(), &text),
            None => Ok(Self::default()),
        }
    }

    /// Reads the text of a config file; `file` is named in errors.
    ///
    /// # Errors
    /// What is not a config, with its place in the text.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let mut config: Self = parse_toml(file, text).map_err(|error| redact(error, text))?;
        let told = std::mem::take(&mut config.notify).resolve();
        let told = told.map_err(|(at, message)| redact(wrong_at(file, text, at.start, message), text))?;
        config.told = Some(told);
        config.theme_written = config.theme.as_ref().map(|theme| Written::at(file, text, theme.span().start));
        Ok(config)
    }

    /// Lays what the file says over `settings`.
    pub fn apply(self, settings: &mut Settings) {
        let Config {
            profile, regions, endpoint_url, since, theme, zone, hide_read_only, mouse, toasts, history, ..
        } = self;
        settings.profile = profile.or(settings.profile.take());
        settings.endpoint_url = endpoint_url.or(settings.endpoint_url.take());
        if let Some(theme) = theme {
            settings.theme = Some(theme.into_inner());
            settings.theme_written = self.theme_written;
        }
        if !regions.is_empty() {
            settings.regions = regions;
        }
        set(&mut settings.since, since);
        set(&mut settings.zone, zone);
        set(&mut settings.hide_read_only, hide_read_only);
        set(&mut settings.mouse, mouse);
        set(&mut settings.toasts, toasts);
        set(&mut settings.history, history);
        set(&mut settings.notify, self.told);
        self.store.apply(&mut settings.keep);
        settings.restores.extend(self.restores.places);
        settings.accounts.extend(self.accounts);
        let polling = &mut settings.polling;
        set(&mut polling.events, self.polling.events);
        set(&mut polling.sweep, self.polling.sweep);
        set(&mut polling.sign_ins, self.polling.sign_ins);
        set(&mut polling.alarms, self.polling.alarms);
        set(&mut polling.restores, self.polling.restores);
        set(&mut polling.rules, self.polling.rules);
    }
}

fn set<T>(setting: &mut T, chosen: Option<T>) {
    if let Some(chosen) = chosen {
        *setting = chosen;
    }
}

/// Where something is written in a file of the operator's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    file: String,
    pub(super) line: usize,
    column: usize,
    /// The line.
    pub(super) excerpt: String,
}

impl Written {
    /// The place at a byte offset of a text.
    fn at(file: &str, text: &str, offset: usize) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            excerpt: text[line_start..].lines().next().unwrap_or_default().to_owned(),
        }
    }

    /// Refuses what is written there.
    pub fn refuse(self, message: String) -> ConfigError {
        ConfigError::Wrong { at: self, message }
    }
}

/// Why a file of the operator's was refused.
#[derive(Debug)]
pub enum ConfigError {
    Unreadable { file: String, error: io::Error },
    Wrong { at: Written, message: String },
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Unreadable { file, error } => write!(f, "{file}: cannot be read: {error}"),
            ConfigError::Wrong { at: Written { file, line, column, excerpt }, message } => {
                write!(f, "{file}:{line}:{column}: {message}")?;
                match excerpt.is_empty() {
                    true => Ok(()),
                    false => write!(f, "\n  {excerpt}\n  {:>column$}", "^"),
                }
            }
        }
    }
}

/// Reads a TOML file of the operator's; `None` when there is none.
///
/// # Errors
/// What cannot be read or does not fit `T`, with its place in the file.
pub fn load_toml<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ConfigError> {
    let text = load_text(path)?;
    text.map(|text| parse_toml(&path.display().to_string(), &text)).transpose()
}

/// Reads a text file of the operator's; `None` when there is none.
///
/// # Errors
/// What cannot be read, a text that is not UTF-8 among them.
pub fn load_text(path: &Path) -> Result<Option<String>, ConfigError> {
    // Reading a pipe might never end. The null device is how one says that there is no file.
    let read = |path: &Path| match fs::metadata(path)?.is_file() || path == Path::new("/dev/null") {
        true => fs::read(path),
        false => Err(io::Error::other("it is not a regular file; name one")),
    };
    match read(path) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|error| not_utf8(&path.display().to_string(), &error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ConfigError::Unreadable { file: path.display().to_string(), error }),
    }
}

/// Refuses a text that is not UTF-8 at the first byte that is none.
fn not_utf8(file: &str, error: &FromUtf8Error) -> ConfigError {
    let (bytes, offset) = (error.as_bytes(), error.utf8_error().valid_up_to());
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let message = format!("the byte 0x{byte:02x} is not UTF-8; save the file as UTF-8");
    // What stands before the offset is UTF-8, so that it is the same place in the text that can be shown.
    wrong_at(file, &String::from_utf8_lossy(bytes), offset, message)
}

/// Reads TOML text; `file` is named in errors.
///
/// # Errors
/// What does not fit `T`, with its place in the text.
pub fn parse_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        wrong_at(file, text, offset, with_suggestion(&words::in_toml(error.message())))
    })
}

/// An error at a byte offset of a text.
pub fn wrong_at(file: &str, text: &str, offset: usize, message: String) -> ConfigError {
    Written::at(file, text, offset).refuse(message)
}

/// serde names what it knows (``unknown field `x`, expected one of `a`, `b` ``): say which was likely meant.
fn with_suggestion(message: &str) -> String {
    let mut words = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown ").then(|| words.next()).flatten();
    match unknown.and_then(|word| nearest(word, words)) {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message.to_owned(),
    }
}

/// The candidate nearest to a word by edits, if any is near enough to be a slip.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |other: &str| {
        let other: Vec<char> = other.chars().collect();
        let mut row: Vec<usize> = (0..=other.len()).collect();
        for (i, a) in word.chars().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, b) in other.iter().enumerate() {
                let next = (diagonal + usize::from(a != *b)).min(row[j] + 1).min(row[j + 1] + 1);
                diagonal = std::mem::replace(&mut row[j + 1], next);
            }
        }
        row[other.len()]
    };
    let limit = match word.chars().count() {
        0..=3 => 1,
        // Two letters that changed places count twice.
        4..=8 => 2,
        long => long / 3,
    };
    candidates
        .into_iter()
        .map(|c| (distance(c), c))
        .filter(|(d, _)| *d <= limit)
        .min_by_key(|(d, _)| *d)
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_refused_with_its_place_and_what_was_meant() {
        let error = parse_toml::<Config>("config.toml", "theme = \"dark\"\n\nregoins = [\"eu-west-1\"]\n").unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("config.toml:3:1: unknown field `regoins`"), "{text}");
        assert!(text.contains("did you mean `regions`?"), "{text}");
        assert!(text.ends_with("\n  regoins = [\"eu-west-1\"]\n  ^"), "{text}");
    }

    #[test]
    fn no_config_opens_the_gate_to_the_account() {
        for name in ["allow-writes", "allow_writes"] {
            let error = parse_toml::<Config>("c", &format!("{name} = true")).unwrap_err().to_string();
            assert!(error.contains("unknown field"), "{error}");
        }
    }

    #[test]
    fn a_wrong_value_is_refused_with_what_to_write() {
        for (text, place, words) in [
            ("since = \"1 hour\"", "c:1:9", "write a number and a unit"),
            ("[restores]\nplaces = [\"archive\"]", "c:2:10", "write s3://BUCKET/PREFIX"),
            ("zone = \"mars\"", "c:1:8", "expected one of `utc`, `local`, `relative`"),
            ("regions = \"eu-west-1\"", "c:1:11", "a list"),
            ("theme = ", "c:1:9", ""),
        ] {
            let error = parse_toml::<Config>("c", text).unwrap_err().to_string();
            assert!(error.starts_with(place) && error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_text_that_is_not_utf8_is_refused_at_its_first_such_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, b"zone = \"utc\"\n# \xc3\xa4 caf\xe9 \xe8\n").unwrap();
        let error = Config::load(&path).unwrap_err().to_string();
        let (place, rest) = error.strip_prefix(&path.display().to_string()).unwrap().split_once(": ").unwrap();
        assert_eq!(place, ":2:8");
        assert!(rest.starts_with("the byte 0xe9 is not UTF-8; save the file as UTF-8\n  # ä caf"), "{rest}");
    }

    #[test]
    fn the_nearest_word_is_one_slip_away() {
        assert_eq!(nearest("thme", ["theme", "zone"]), Some("theme"));
        assert_eq!(nearest("colour", ["theme", "zone"]), None);
    }
}
