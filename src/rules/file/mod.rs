//! Rule files: TOML with a `[[rule]]` table for each rule.
//!
//! A broken rule costs only itself; every fault has its place in the file.

mod keys;
mod parts;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, ops::Range, sync::Arc};

use keys::Keys;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Lines,
    fault::Fault,
    lang::{Compiled, Language},
    rule::{Origin, Rule},
};
use crate::model::Severity;

/// Reads a file of this name. Gives the rules that can be used, and all that is wrong, by its place in the text; a fault
/// that is not [harmless](Fault::harmless) cost the rule it stands in.
pub fn read(path: &str, text: &str, languages: &'static [Language]) -> (Vec<Rule>, Vec<Fault>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let broken: Vec<Range<usize>> = errors.iter().map(|error| error.span().unwrap_or(0..text.len())).collect();
    let mut faults: Vec<Fault> =
        errors.iter().zip(&broken).map(|(e, range)| Fault::new(range.clone(), tidy(e.message()))).collect();
    let mut file = File { path, text, lines: Lines::of(text), languages, names: HashSet::new(), faults: Vec::new() };
    let tables = file.tables(document.get_ref());
    let starts: Vec<usize> = tables.iter().map(|(_, range)| range.start).chain([text.len() + 1]).collect();
    let mut rules = Vec::new();
    for ((table, range), next) in tables.iter().zip(&starts[1..]) {
        // What is left of a rule with a slip in its TOML may mean something else.
        let whole = broken.iter().all(|slip| slip.end < range.start || slip.start >= *next);
        if whole {
            rules.extend(file.rule(table, range));
        }
    }
    faults.append(&mut file.faults);
    faults.sort_by_key(|fault| fault.range.start);
    (rules, faults)
}

/// An error of the TOML reader in one line without a full stop.
fn tidy(message: &str) -> String {
    message.trim_end_matches('.').replace('\n', "; ")
}

/// A file that is being read.
struct File<'a> {
    path: &'a str,
    text: &'a str,
    lines: Lines,
    languages: &'static [Language],
    /// Those that are taken.
    names: HashSet<String>,
    faults: Vec<Fault>,
}

type Table<'a> = (&'a DeTable<'a>, Range<usize>);

impl<'a> File<'a> {
    /// The `[[rule]]` tables with the places where they start.
    fn tables(&mut self, document: &'a DeTable<'a>) -> Vec<Table<'a>> {
        let mut keys = Keys::new(self.text, 0..0, document);
        let rules = keys.tables("rule");
        self.faults.extend(keys.finish());
        rules
    }

    /// The rule in a table, unless something in it is wrong.
    fn rule(&mut self, table: &'a DeTable<'a>, range: &Range<usize>) -> Option<Rule> {
        let mut keys = Keys::new(self.text, range.clone(), table);
        let rule = self.parts(&mut keys, range.start);
        let faults = keys.finish();
        let fine = faults.iter().all(|fault| fault.harmless);
        self.faults.extend(faults);
        rule.filter(|_| fine)
    }

    fn parts(&mut self, keys: &mut Keys<'a>, start: usize) -> Option<Rule> {
        let name = self.name(keys);
        let language = self.language(keys);
        let pattern = keys.required("pattern", "pattern = '''{ $.eventName = ConsoleLogin }'''");
        let compiled = language.zip(pattern.as_ref()).and_then(|(language, text)| compile(keys, language, text));
        let severities = Severity::ALL.map(|severity| (severity.as_str(), severity));
        let severity = keys.choice("severity", &severities).unwrap_or(Severity::Medium);
        let title = keys.text("title").map(|text| text.value.to_owned());
        let enabled = keys.flag("enabled").unwrap_or(true);
        let reason = keys.text("reason").map(|text| text.value.to_owned()).unwrap_or_default();
        let (tags, channels) = (keys.texts("tags"), keys.texts("channels"));
        let cooldown = keys.span("cooldown").unwrap_or(Rule::COOLDOWN);
        let message = parts::message(keys);
        let alarm = parts::alarm(keys, language, pattern.as_ref().map_or("", |text| text.value));
        let first = parts::first(keys);
        let line = self.lines.number(start);
        Some(Rule {
            name: name?,
            title,
            severity,
            language: language?,
            pattern: pattern?.value.to_owned(),
            enabled,
            reason,
            tags,
            message,
            channels,
            cooldown,
            alarm,
            first,
            meta: None,
            origin: Origin::File { path: self.path.to_owned(), line },
            predicate: Arc::from(compiled?.predicate),
        })
    }

    fn name(&mut self, keys: &mut Keys<'a>) -> Option<String> {
        let text = keys.required("name", "name = \"console-login\"")?;
        let name = text.value.to_owned();
        if name.is_empty() || !self.names.insert(name.clone()) {
            let wrong = if name.is_empty() {
                "a rule's name is empty".into()
            } else {
                format!("there is another rule named {name:?}")
            };
            keys.faults.push(Fault::new(text.range, wrong).help("give it a name of its own"));
            return None;
        }
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !name.chars().all(fits) {
            let odd = format!("the name {name:?} is hard to type on the command line");
            keys.faults.push(Fault::warning(text.range, odd).help("use a to z, digits and dashes"));
        }
        Some(name)
    }

    fn language(&self, keys: &mut Keys<'a>) -> Option<&'static Language> {
        let known: Vec<_> = self.languages.iter().map(|language| (language.name, language)).collect();
        keys.required("language", "language = \"metric-filter\"")?;
        keys.choice("language", &known)
    }
}

/// A rule's text understood; what is wrong with it has its place in the file.
fn compile(keys: &mut Keys, language: &Language, text: &keys::Text) -> Option<Compiled> {
    match (language.compile)(text.value) {
        Ok(mut compiled) => {
            keys.faults.extend(std::mem::take(&mut compiled.warnings).into_iter().map(|fault| text.place(fault)));
            Some(compiled)
        }
        Err(faults) => {
            keys.faults.extend(faults.into_iter().map(|fault| text.place(fault)));
            None
        }
    }
}

/// A value of the file, and its place.
type Value<'a> = Spanned<DeValue<'a>>;
