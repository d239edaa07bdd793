//! Which value of a record a condition is about: `$.userIdentity.arn`, `$.resources[0].['a.b']`, `$.tags[*].key`.
//!
//! Source: CloudWatch Logs user guide, "Filter and pattern syntax", property selectors.

use std::{fmt, ops::Range};

use crate::rules::{
    Fault, Key, Subject,
    tape::{Kind, Value},
};

/// A selector, as it stands in a pattern and as the value of a metric: the words of a name after `$`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The steps up to the wildcard, or all.
    steps: Vec<Step>,
    /// The wildcard and the steps after it.
    wild: Option<(Wild, Vec<Step>)>,
    /// The first step, when what it leads to is at hand.
    key: Option<Key>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wild {
    Member,
    Item,
}

impl Selector {
    /// Reads a selector that stands alone, such as the value of a metric.
    ///
    /// # Errors
    /// What is no selector, with its place in the text.
    pub fn read(text: &str) -> Result<Self, Fault> {
        if !text.starts_with('$') {
            return Err(Fault::new(0..text.len(), "a field starts with `$.`").help(format!("write `$.{text}`")));
        }
        let (selector, end) = Self::scan(text, 0)?;
        match end == text.len() {
            true => Ok(selector),
            false => Err(Fault::new(end..text.len(), "the field is over, but the text goes on")),
        }
    }

    /// Reads the selector whose `$` stands at `start`, and says where it ends.
    pub(super) fn scan(text: &str, start: usize) -> Result<(Self, usize), Fault> {
        let mut scan =
            Scan { text, start, at: start + 1, selector: Selector { steps: Vec::new(), wild: None, key: None } };
        while scan.step()? {}
        scan.selector.key = match scan.selector.steps.first() {
            Some(Step::Name(name)) if !name.contains('.') => Key::of_record(name),
            _ => None,
        };
        Ok((scan.selector, scan.at))
    }

    /// The values that a subject's record has there: several only with a wildcard, none when it has no such field.
    pub fn values<'a>(&'a self, subject: &'a Subject) -> impl Iterator<Item = Value<'a>> {
        let here = self.start(subject);
        let alone = here.filter(|_| self.wild.is_none());
        let many = self.wild.as_ref().zip(here).into_iter();
        let among = many.flat_map(|((wild, rest), value)| {
            let fits = value.kind() == if *wild == Wild::Item { Kind::Array } else { Kind::Object };
            value.children().take_while(move |_| fits).filter_map(|value| walk(value, rest))
        });
        alone.into_iter().chain(among)
    }

    /// The number that a subject's record has there, as the value of a metric; the first with a wildcard.
    pub fn number(&self, subject: &Subject) -> Option<f64> {
        self.values(subject).find_map(Value::number)
    }

    fn start<'a>(&self, subject: &'a Subject) -> Option<Value<'a>> {
        match self.key {
            Some(key) => walk(subject.fact(key)?, &self.steps[1..]),
            None => walk(subject.record(), &self.steps),
        }
    }

    /// Whether it can stand for several values.
    pub(super) fn is_wild(&self) -> bool {
        self.wild.is_some()
    }

    /// The names with dots between them, when there are only names: `userIdentity.type`.
    pub(super) fn path(&self) -> Option<String> {
        let name = |step: &Step| match step {
            Step::Name(name) if !name.contains('.') => Some(name.clone()),
            _ => None,
        };
        let names: Option<Vec<_>> = self.steps.iter().map(name).collect();
        names.filter(|_| !self.is_wild()).map(|names| names.join("."))
    }

    fn push(&mut self, step: Step) {
        match &mut self.wild {
            Some((_, rest)) => rest.push(step),
            None => self.steps.push(step),
        }
    }
}

fn walk<'a>(value: Value<'a>, steps: &[Step]) -> Option<Value<'a>> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.get(name),
        Step::Index(index) => value.items().nth(*index),
    })
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.steps.iter().try_for_each(|step| step.fmt(f))?;
        let Some((wild, rest)) = &self.wild else { return Ok(()) };
        f.write_str(if *wild == Wild::Item { "[*]" } else { ".*" })?;
        rest.iter().try_for_each(|step| step.fmt(f))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Name(name) if name.chars().all(in_name) => write!(f, ".{name}"),
            Step::Name(name) => write!(f, ".['{name}']"),
        }
    }
}

/// What a name holds without brackets and quotes.
fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// What ends a selector.
fn ends(c: char) -> bool {
    c.is_whitespace() || "=!<>(){}&|,\"%".contains(c)
}

struct Scan<'t> {
    text: &'t str,
    start: usize,
    at: usize,
    selector: Selector,
}

impl Scan<'_> {
    /// Reads one step; `false` at the end of the selector.
    fn step(&mut self) -> Result<bool, Fault> {
        let rest = &self.text[self.at..];
        match rest.as_bytes() {
            [b'.', b'*', ..] => self.wild(Wild::Member, 2)?,
            [b'[', b'*', b']', ..] => self.wild(Wild::Item, 3)?,
            [b'.', b'[', b'\'', ..] => self.quoted(rest)?,
            [b'.', ..] => self.name()?,
            [b'[', ..] => self.index(rest)?,
            _ if self.at > self.start + 1 && rest.chars().next().is_none_or(ends) => return Ok(false),
            _ => return Err(self.stray()),
        }
        Ok(true)
    }

    fn wild(&mut self, wild: Wild, length: usize) -> Result<(), Fault> {
        if self.selector.is_wild() {
            let fault = Fault::new(self.at..self.at + length, "a field has at most one `[*]` or `.*`");
            return Err(fault.help("name the others, or write one condition for each"));
        }
        self.selector.wild = Some((wild, Vec::new()));
        self.at += length;
        Ok(())
    }

    fn quoted(&mut self, rest: &str) -> Result<(), Fault> {
        // The quote that opens the name may not close it as well.
        let Some(length) = rest[3..].find("']") else {
            let fault = Fault::new(self.at..self.at + 3, "the name that opens here is not closed");
            return Err(fault.help("close it with `']`: `$.['cluster.name']`"));
        };
        self.selector.push(Step::Name(rest[3..3 + length].to_owned()));
        self.at += 3 + length + 2;
        Ok(())
    }

    fn name(&mut self) -> Result<(), Fault> {
        let from = self.at + 1;
        let mut name = String::new();
        let mut chars = self.text[from..].chars();
        let mut end = from;
        while let Some(c) = chars.next() {
            // Some pages of AWS write a dot in a name as `\.`.
            let escaped = (c == '\\').then(|| chars.next()).flatten();
            match escaped.or(Some(c).filter(|c| in_name(*c))) {
                Some(c) => name.push(c),
                None => break,
            }
            end += c.len_utf8() + escaped.map_or(0, char::len_utf8);
        }
        self.at = end;
        if name.is_empty() {
            return Err(Fault::new(from - 1..from, "a name is missing after the dot").help("write `$.name`"));
        }
        self.selector.push(Step::Name(name));
        Ok(())
    }

    fn index(&mut self, rest: &str) -> Result<(), Fault> {
        let end = rest.find(']').unwrap_or(rest.len());
        let Some(index) = rest[1..end].parse().ok().filter(|_| end < rest.len()) else {
            let range = self.at..self.at + rest.find(ends).unwrap_or(rest.len()).max(1);
            let fault = Fault::new(range, "in brackets stands the number of an element, from 0, or `*`");
            return Err(fault.help("write `[0]` or `[*]`; a name in brackets has a dot before it: `.['a.b']`"));
        };
        self.selector.push(Step::Index(index));
        self.at += end + 1;
        Ok(())
    }

    /// The fault of a sign that no selector goes on with.
    fn stray(&self) -> Fault {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(|c| ends(c) || c == '.' || c == '[').unwrap_or(rest.len())];
        let range: Range<usize> = self.at..self.at + word.len();
        if self.at == self.start + 1 {
            let name = if word.is_empty() { "eventName" } else { word };
            return Fault::new(self.start..range.end, "a field starts with `$.`").help(format!("write `$.{name}`"));
        }
        let sign = rest.chars().next().unwrap_or_default();
        if sign == '*' {
            let fault = Fault::new(range, "a field's name has no wildcard in it");
            return fault.help("`.*` stands for every member of an object, `[*]` for every element of an array");
        }
        let name = match self.selector.wild.as_ref().map_or(&self.selector.steps, |(_, rest)| rest).last() {
            Some(Step::Name(name)) => name.as_str(),
            _ => "",
        };
        let fault = Fault::new(range, format!("`{sign}` cannot stand in a name as it is"));
        fault.help(format!("write the name in brackets and quotes: `.['{name}{word}']`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(selector: &str, record: &str) -> Vec<String> {
        let subject = Subject::cloudtrail(record).unwrap();
        let selector = Selector::read(selector).unwrap();
        selector.values(&subject).map(|value| value.raw().to_owned()).collect()
    }

    #[test]
    fn a_selector_finds_its_values() {
        let record = r#"{"a":{"b":[1,[2,3],{"c.d":4}],"e":{"c.d":5}},"x-y_z":6,"eventName":"N","eventName":"M"}"#;
        for (selector, values) in [
            ("$.a.b[1][0]", vec!["2"]),
            ("$.a.b[2].['c.d']", vec!["4"]),
            ("$.a.e.c\\.d", vec!["5"]),
            ("$.a.*.['c.d']", vec!["5"]),
            ("$.a.b[*].['c.d']", vec!["4"]),
            ("$.a.b[*][1]", vec!["3"]),
            ("$.x-y_z", vec!["6"]),
            ("$.eventName", vec![r#""M""#]),
            ("$.eventName.x", vec![]),
            ("$.a.e[0]", vec![]),
            ("$.a.e[*]", vec![]),
            ("$.a.b.*", vec![]),
            ("$.a.b[7]", vec![]),
            ("$[0]", vec![]),
        ] {
            assert_eq!(found(selector, record), values, "{selector}");
        }
    }

    #[test]
    fn a_selector_is_written_as_it_is_read() {
        for text in ["$.a.b[1][*].c", "$.['a.b'].*.c", "$.a-b_c[*]"] {
            assert_eq!(Selector::read(text).unwrap().to_string(), text);
        }
        assert_eq!(Selector::read("$.a\\.b.c").unwrap(), Selector::read("$.['a.b'].c").unwrap());
    }

    #[test]
    fn what_is_no_selector_is_refused_with_what_to_write() {
        for (text, range, help) in [
            ("eventName", 0..9, "`$.eventName`"),
            ("$eventName", 0..10, "`$.eventName`"),
            ("$", 0..1, "`$.eventName`"),
            ("$..a", 1..2, "`$.name`"),
            ("$.", 1..2, "`$.name`"),
            ("$.a:b", 3..5, "`.['a:b']`"),
            ("$.a.event*", 9..10, "`.*`"),
            ("$['a']", 1..6, "`.['a.b']`"),
            ("$.a[-1]", 3..7, "`[0]`"),
            ("$.a[0", 3..5, "`[0]`"),
            ("$.['a", 1..4, "`']`"),
            ("$.[']", 1..4, "`']`"),
            ("$.a[*].b[*]", 8..11, "one condition for each"),
        ] {
            let fault = Selector::read(text).unwrap_err();
            assert_eq!(fault.range, range, "{text}");
            assert!(fault.help.as_deref().unwrap_or_default().contains(help), "{text}: {fault:?}");
        }
    }
}
