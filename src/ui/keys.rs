//! Keys: how they are written, which command they mean where, and the operator's own `keys.toml`.

use std::{fmt, path::Path, str::FromStr};

use super::command::{COMMANDS, Command, Context};
use crate::config::{ConfigError, load_text, nearest, wrong_at};

/// A key with its modifiers. For a character, Shift is in the character itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
}

/// The keys that trailwatch knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
    Function(u8),
}

/// The keys that have a name, as they are written.
const NAMED: &[(&str, Code)] = &[
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backtab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("left", Code::Left),
    ("right", Code::Right),
    ("up", Code::Up),
    ("down", Code::Down),
    ("home", Code::Home),
    ("end", Code::End),
    ("pgup", Code::PageUp),
    ("pgdn", Code::PageDown),
    ("space", Code::Char(' ')),
];

impl Key {
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false }
    }

    /// The character it types into a text, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, Code::Function(n)) => write!(f, "f{n}"),
            (None, code) => write!(f, "{code:?}"),
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut rest, mut key) = (text, Key::plain(Code::Esc));
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-").filter(|r| !r.is_empty()) {
                (rest, key.ctrl) = (after, true);
            } else if let Some(after) = rest.strip_prefix("alt-").filter(|r| !r.is_empty()) {
                (rest, key.alt) = (after, true);
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        key.code = match (NAMED.iter().find(|(name, _)| *name == rest), chars.next(), chars.as_str()) {
            (Some((_, code)), ..) => *code,
            (None, Some(c), "") => Code::Char(c),
            (None, Some('f'), number) if matches!(number.parse(), Ok(1..=12_u8)) => {
                Code::Function(number.parse().unwrap_or(1))
            }
            _ => {
                let names = NAMED.iter().map(|(name, _)| *name);
                let hint = nearest(rest, names).map_or_else(String::new, |near| format!(" (did you mean {near:?}?)"));
                return Err(format!(
                    "{text:?} is no key{hint}; write one character, a name such as enter or pgdn, f1 to f12, with ctrl- \
                     or alt- before it"
                ));
            }
        };
        Ok(key)
    }
}

/// One or two keys, one after the other, written `g` or `y p`.
fn parse_sequence(text: &str) -> Result<Vec<Key>, String> {
    match text.split_whitespace().map(str::parse).collect::<Result<Vec<Key>, _>>()? {
        keys if (1..=2).contains(&keys.len()) => Ok(keys),
        keys => Err(format!("{} keys in {text:?}; write one or two", keys.len())),
    }
}

/// What a key means, given those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Command(Command),
    /// The start of a sequence.
    Prefix,
    Nothing,
}

struct Binding {
    context: Context,
    keys: Vec<Key>,
    command: Command,
}

/// Which keys mean which command in which context.
pub struct KeyMap {
    bindings: Vec<Binding>,
}

impl KeyMap {
    /// The keys of the table of commands.
    pub fn standard() -> Self {
        let of = |spec: &super::command::Spec| {
            let sequences = spec.keys.iter().filter_map(|keys| parse_sequence(keys).ok());
            let (context, command) = (spec.context, spec.command);
            sequences.map(move |keys| Binding { context, keys, command }).collect::<Vec<_>>()
        };
        Self { bindings: COMMANDS.iter().flat_map(of).collect() }
    }

    /// The standard keys with the operator's file laid over them; a missing file changes nothing.
    ///
    /// # Errors
    /// A file that cannot be read or has a mistake in it, with the place of the mistake.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let mut map = Self::standard();
        if let Some(text) = load_text(path)? {
            map.apply(&path.display().to_string(), &text)?;
        }
        Ok(map)
    }

    /// Lays a `keys.toml` over what is there. A command that it names has only the keys given there.
    ///
    /// # Errors
    /// Unknown contexts, commands and keys, and a key bound twice in one context, each with its place.
    pub fn apply(&mut self, file: &str, text: &str) -> Result<(), ConfigError> {
        let wrong = |at: usize, message: String| wrong_at(file, text, at, message);
        let table = toml::de::DeTable::parse(text)
            .map_err(|error| wrong(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
        for (context_name, commands) in table.get_ref() {
            let context = Context::ALL.into_iter().find(|context| context.as_str() == context_name.get_ref());
            let names = Context::ALL.into_iter().map(Context::as_str);
            let (context, commands) = match (context, commands.get_ref()) {
                (Some(context), toml::de::DeValue::Table(commands)) => (context, commands),
                _ => {
                    return Err(wrong(context_name.span().start, unknown("context", context_name.get_ref(), names)));
                }
            };
            for (name, value) in commands {
                let command = self.forget(context, name.get_ref()).map_err(|e| wrong(name.span().start, e))?;
                for word in words(value).map_err(|(at, message)| wrong(at, message))? {
                    let bound = parse_sequence(word.1).and_then(|keys| self.bind(context, keys, command));
                    bound.map_err(|message| wrong(word.0, message))?;
                }
            }
        }
        Ok(())
    }

    /// Takes all keys from a command, to be given others.
    fn forget(&mut self, context: Context, name: &str) -> Result<Command, String> {
        let of_context = || COMMANDS.iter().filter(|spec| spec.context == context);
        let spec = of_context().find(|spec| spec.name == name);
        let spec = spec.ok_or_else(|| unknown("command here", name, of_context().map(|spec| spec.name)))?;
        self.bindings.retain(|b| !(b.context == context && b.command == spec.command));
        Ok(spec.command)
    }

    fn bind(&mut self, context: Context, keys: Vec<Key>, command: Command) -> Result<(), String> {
        let clash = self.bindings.iter().find(|b| {
            b.context == context && b.command != command && (b.keys.starts_with(&keys) || keys.starts_with(&b.keys))
        });
        match clash {
            Some(other) => Err(format!(
                "{} already means {:?} in [{}]; give that command another key first",
                sequence(&other.keys),
                other.command.name(),
                context.as_str()
            )),
            None => {
                self.bindings.push(Binding { context, keys, command });
                Ok(())
            }
        }
    }

    /// What the keys typed so far mean in these contexts, the most particular first.
    pub fn meaning(&self, contexts: &[Context], typed: &[Key]) -> Meaning {
        for context in contexts {
            let mut here = self.bindings.iter().filter(|b| b.context == *context && b.keys.starts_with(typed));
            if let Some(binding) = here.next() {
                return match binding.keys.len() == typed.len() {
                    true => Meaning::Command(binding.command),
                    false => Meaning::Prefix,
                };
            }
        }
        Meaning::Nothing
    }

    /// The keys of a command in a context as they are written, the first one first.
    pub fn keys_of(&self, context: Context, command: Command) -> impl Iterator<Item = String> {
        let of = move |b: &&Binding| b.context == context && b.command == command;
        self.bindings.iter().filter(of).map(|b| sequence(&b.keys))
    }

    /// The ways to go on after a prefix: the key that is left, and what it does.
    pub fn after<'a>(
        &'a self,
        contexts: &'a [Context],
        typed: &'a [Key],
    ) -> impl Iterator<Item = (String, Command)> + 'a {
        let starts = move |b: &&Binding| contexts.contains(&b.context) && b.keys.starts_with(typed);
        self.bindings.iter().filter(starts).map(|b| (sequence(&b.keys[typed.len()..]), b.command))
    }
}

/// One key or several, as in `down = "n"` or `down = ["n", "down"]`, each with its place in the file.
fn words<'a>(value: &'a toml::Spanned<toml::de::DeValue<'_>>) -> Result<Vec<(usize, &'a str)>, (usize, String)> {
    use toml::de::DeValue;
    let word = |value: &'a toml::Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(word) => Ok((value.span().start, &**word)),
        _ => Err((value.span().start, "write a key in quotes, or several in brackets".to_owned())),
    };
    match value.get_ref() {
        DeValue::Array(values) => values.iter().map(word).collect(),
        _ => word(value).map(|word| vec![word]),
    }
}

fn sequence(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

fn unknown<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("there is no {what} named {word:?}; did you mean {near:?}?"),
        None => format!("there is no {what} named {word:?}; there are {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        for text in ["j", "G", "ctrl-r", "alt-x", "enter", "space", "f2", "pgdn", "?", "/", "-", "ctrl-alt-x"] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        assert!("entre".parse::<Key>().unwrap_err().contains("did you mean \"enter\""));
    }

    #[test]
    fn every_standard_key_can_be_read_and_no_two_clash() {
        let mut map = KeyMap { bindings: Vec::new() };
        for spec in COMMANDS {
            for keys in spec.keys {
                let keys = parse_sequence(keys).unwrap();
                map.bind(spec.context, keys, spec.command).unwrap();
            }
        }
    }

    #[test]
    fn the_more_particular_context_wins() {
        let map = KeyMap::standard();
        let contexts = [Context::Tree, Context::List, Context::Global];
        let space = ["space".parse().unwrap()];
        assert_eq!(map.meaning(&contexts, &space), Meaning::Command(Command::Fold));
        assert_eq!(map.meaning(&[Context::List, Context::Global], &space), Meaning::Nothing);
        assert_eq!(map.meaning(&contexts, &["y".parse().unwrap()]), Meaning::Prefix);
    }

    #[test]
    fn own_keys_replace_the_standard_ones() {
        let mut map = KeyMap::standard();
        map.apply("keys.toml", "[list]\ndown = [\"ctrl-n\", \"down\"]\n").unwrap();
        let down = |key: &str| map.meaning(&[Context::List], &[key.parse().unwrap()]);
        assert_eq!(down("ctrl-n"), Meaning::Command(Command::Down));
        assert_eq!(down("j"), Meaning::Nothing);
    }

    #[test]
    fn a_key_file_with_a_mistake_is_refused_with_its_place() {
        for (text, place, words) in [
            ("[list]\ndown = \"k\"\n", "keys.toml:2:8:", "already means \"up\""),
            ("[lists]\ndown = \"k\"\n", "keys.toml:1:2:", "did you mean \"list\"?"),
            ("[list]\ndwon = \"n\"\n", "keys.toml:2:1:", "did you mean \"down\"?"),
            ("[list]\ndown = \"ctrl-\"\n", "keys.toml:2:8:", "is no key"),
            ("[list]\ndown = \"a b c\"\n", "keys.toml:2:8:", "3 keys"),
            ("[list\n", "keys.toml:1:6:", ""),
        ] {
            let error = KeyMap::standard().apply("keys.toml", text).unwrap_err().to_string();
            assert!(error.starts_with(place) && error.contains(words), "{error}");
        }
    }
}
