//! A table of a rule file, read key by key: what is there, of which kind, and where.

use std::ops::Range;

use chrono::TimeDelta;
use toml::de::{DeTable, DeValue};

use super::{Table, Value};
use crate::{
    model::duration::Span,
    rules::fault::{Fault, nearest},
};

/// A table that is being read.
pub(super) struct Keys<'a> {
    /// The whole file.
    text: &'a str,
    /// Where the table starts.
    range: Range<usize>,
    table: &'a DeTable<'a>,
    /// The keys that mean something.
    asked: Vec<&'static str>,
    pub(super) faults: Vec<Fault>,
}

/// A text in a file.
#[derive(Clone)]
pub(super) struct Text<'a> {
    pub(super) value: &'a str,
    /// With its quotes.
    pub(super) range: Range<usize>,
    /// Where it starts behind its quotes, when it stands there as it is.
    inside: Option<usize>,
}

impl<'a> Text<'a> {
    fn new(file: &str, value: &'a str, range: Range<usize>) -> Self {
        let written = &file[range.clone()];
        let quotes = ["'''\r\n", "'''\n", "\"\"\"\r\n", "\"\"\"\n", "'''", "\"\"\"", "'", "\""];
        let inside = quotes.into_iter().find_map(|quotes| {
            let exact = !value.is_empty() && written.strip_prefix(quotes)?.starts_with(value);
            exact.then_some(range.start + quotes.len())
        });
        Self { value, range, inside }
    }

    /// A fault in the text as one in the file; in a text with escapes, at its start.
    pub(super) fn place(&self, fault: Fault) -> Fault {
        match self.inside {
            Some(offset) => fault.moved(offset),
            None => Fault { range: self.range.clone(), ..fault },
        }
    }
}

impl<'a> Keys<'a> {
    pub(super) fn new(text: &'a str, range: Range<usize>, table: &'a DeTable<'a>) -> Self {
        Self { text, range, table, asked: Vec::new(), faults: Vec::new() }
    }

    /// What was wrong, with the keys that nobody asked for.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        for key in self.table.keys().filter(|key| !self.asked.contains(&key.get_ref().as_ref())) {
            let word = key.get_ref();
            let fault = Fault::new(key.span(), format!("there is no setting {word:?} here"));
            self.faults.push(match nearest(word, self.asked.iter().copied()) {
                Some(near) => fault.help(format!("write {near}")),
                None => fault.help(format!("what can stand here: {}", self.asked.join(", "))),
            });
        }
        self.faults.dedup();
        self.faults
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Value<'a>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.table.get(key)
    }

    /// The value that `read` takes; another one is wrong, and `like` shows a right one.
    fn value<T>(&mut self, key: &'static str, like: &str, read: impl Fn(&'a Value<'a>) -> Option<T>) -> Option<T> {
        let value = self.get(key)?;
        let found = read(value);
        if found.is_none() {
            let wrong = format!("{key} cannot be this");
            self.faults.push(Fault::new(value.span(), wrong).help(format!("write {key} = {like}")));
        }
        found
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Text<'a>> {
        let file = self.text;
        self.value(key, "\"…\"", |value| Some(Text::new(file, value.get_ref().as_str()?, value.span())))
    }

    /// What is wrong with the table as a whole.
    pub(super) fn refuse(&mut self, why: String) {
        self.faults.push(Fault::new(self.range.clone(), why));
    }

    /// A text that must be there; `like` shows one.
    pub(super) fn required(&mut self, key: &'static str, like: &str) -> Option<Text<'a>> {
        if !self.table.contains_key(key) {
            self.faults.push(Fault::new(self.range.clone(), format!("it has no {key}")).help(format!("write {like}")));
        }
        self.text(key)
    }

    /// One of the words that are known.
    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, known: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = known.iter().find(|(word, _)| *word == text.value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let words = known.iter().map(|(word, _)| *word);
            let fault = Fault::new(text.range, format!("{:?} is no {key}", text.value));
            self.faults.push(match nearest(text.value, words.clone()) {
                Some(near) => fault.help(format!("write {near:?}")),
                None => fault.help(format!("write one of {}", words.collect::<Vec<_>>().join(", "))),
            });
        }
        found
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.value(key, "true or false", |value| value.get_ref().as_bool())
    }

    pub(super) fn number(&mut self, key: &'static str) -> Option<f64> {
        self.value(key, "1", |value| number(value.get_ref())?.parse().ok())
    }

    pub(super) fn count(&mut self, key: &'static str) -> Option<u32> {
        self.value(key, "1", |value| number(value.get_ref())?.parse().ok())
    }

    /// A text, or a number as it would be written in one.
    pub(super) fn text_or_number(&mut self, key: &'static str) -> Option<Text<'a>> {
        let file = self.text;
        self.value(key, "\"1\"", |value| {
            let text = value.get_ref().as_str().or_else(|| number(value.get_ref()))?;
            Some(Text::new(file, text, value.span()))
        })
    }

    /// A list of texts; empty when it is not there.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let text = |value: &Value| value.get_ref().as_str().map(str::to_owned);
        let texts = |value: &Value| value.get_ref().as_array()?.iter().map(text).collect();
        self.value(key, "[\"…\"]", texts).unwrap_or_default()
    }

    pub(super) fn span(&mut self, key: &'static str) -> Option<TimeDelta> {
        let text = self.text(key)?;
        let span = text.value.parse::<Span>().map_err(|e| self.faults.push(Fault::new(text.range, e.to_string())));
        span.ok().map(Span::chrono)
    }

    /// A table in the table, to be read and given back with [`Keys::take`].
    pub(super) fn table(&mut self, key: &'static str) -> Option<Keys<'a>> {
        let file = self.text;
        self.value(key, "{ … }", |value| Some(Keys::new(file, value.span(), value.get_ref().as_table()?)))
    }

    /// The faults of a table in the table.
    pub(super) fn take(&mut self, inner: Keys<'a>) {
        self.faults.extend(inner.finish());
    }

    /// Every key with a text, for a table whose keys are names.
    pub(super) fn pairs(mut self, faults: &mut Vec<Fault>) -> Vec<(String, Text<'a>)> {
        let mut pairs = Vec::new();
        for (key, value) in self.table {
            match value.get_ref().as_str() {
                Some(text) => pairs.push((key.get_ref().to_string(), Text::new(self.text, text, value.span()))),
                None => {
                    let fault = Fault::new(value.span(), "a path is a text").help("write \"$.detail…\"");
                    self.faults.push(fault);
                }
            }
        }
        faults.append(&mut self.faults);
        pairs
    }

    /// The tables of an array of tables, with the place of each; none when it is not there.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Table<'a>> {
        let table = |value: &'a Value<'a>| Some((value.get_ref().as_table()?, value.span()));
        let tables = |value: &'a Value<'a>| value.get_ref().as_array()?.iter().map(table).collect::<Option<Vec<_>>>();
        let Some(value) = self.get(key) else { return Vec::new() };
        tables(value).unwrap_or_else(|| {
            self.faults
                .push(Fault::new(value.span(), format!("{key} is a list of tables")).help(format!("write [[{key}]]")));
            Vec::new()
        })
    }
}

/// A decimal number as it is written.
fn number<'a>(value: &'a DeValue<'a>) -> Option<&'a str> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
        DeValue::Float(number) => Some(number.as_str()),
        _ => None,
    }
}
