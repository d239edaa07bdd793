//! Patterns of words, which a line must contain: `ERROR -Timeout`, `?WARN ?ERROR`, `"exact phrase"`, `%regex%`.
//!
//! Source: CloudWatch Logs user guide, "Filter and pattern syntax", unstructured log events.

use std::ops::Range;

use memchr::memmem::Finder;
use regex::Regex;

use super::{
    lexer::{Token, tokens},
    search,
};
use crate::rules::{Clause, Fault};

/// A pattern of words. Of a line's text nothing is taken apart: a word is found inside of a longer one.
#[derive(Debug)]
pub(super) struct Terms {
    terms: Vec<Term>,
    /// Every word has a `?`: one of them is enough.
    any: bool,
}

#[derive(Debug)]
struct Term {
    sign: Sign,
    what: What,
    range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    With,
    Without,
    Maybe,
}

#[derive(Debug)]
enum What {
    Text(Box<Finder<'static>>, String),
    Regex(Regex),
}

impl Terms {
    pub(super) fn read(text: &str) -> Result<(Self, Vec<Fault>), Fault> {
        let mut terms = Vec::new();
        let mut at = 0;
        while let Some(skipped) = text[at..].find(|c: char| !c.is_whitespace()) {
            let (term, end) = Term::read(text, at + skipped)?;
            terms.push(term);
            at = end;
        }
        let any = !terms.is_empty() && terms.iter().all(|term| term.sign == Sign::Maybe);
        let ignored = terms.iter().filter(|term| !any && term.sign == Sign::Maybe).map(|term| {
            let fault = Fault::warning(term.range.clone(), "a word with `?` counts for nothing beside words without");
            fault.help("give every word a `?`, or none")
        });
        let warnings = ignored.collect();
        Ok((Self { terms, any }, warnings))
    }

    pub(super) fn matches(&self, line: &str) -> bool {
        match self.any {
            true => self.terms.iter().any(|term| term.holds(line)),
            false => self.terms.iter().filter(|term| term.sign != Sign::Maybe).all(|term| term.holds(line)),
        }
    }

    pub(super) fn explain(&self, whole: Range<usize>, line: &str) -> Vec<Clause> {
        let text = if self.any { "any of these words" } else { "all of these words" };
        let whole = Clause { range: whole, depth: 0, text: text.into(), holds: self.matches(line), found: None };
        std::iter::once(whole).chain(self.terms.iter().map(|term| term.explain(line, self.any))).collect()
    }
}

impl Term {
    /// Reads the term that starts at `start`, and says where it ends.
    fn read(text: &str, start: usize) -> Result<(Self, usize), Fault> {
        let (sign, from) = match text.as_bytes()[start] {
            b'-' => (Sign::Without, start + 1),
            b'?' => (Sign::Maybe, start + 1),
            _ => (Sign::With, start),
        };
        let rest = &text[from..];
        let (what, length) = match rest.chars().next() {
            Some('"' | '%') => marked(text, from)?,
            _ => word(rest, from)?,
        };
        let end = from + length;
        Ok((Self { sign, what, range: start..end }, end))
    }

    fn holds(&self, line: &str) -> bool {
        let found = match &self.what {
            // Source: the user guide's `" "`, which matches every line.
            What::Text(_, text) if text.trim().is_empty() => true,
            What::Text(finder, _) => finder.find(line.as_bytes()).is_some(),
            What::Regex(regex) => regex.is_match(line),
        };
        found != (self.sign == Sign::Without)
    }

    fn explain(&self, line: &str, any: bool) -> Clause {
        let what = match &self.what {
            What::Text(_, text) => format!("\"{text}\""),
            What::Regex(regex) => format!("%{regex}%"),
        };
        let text = match self.sign {
            Sign::Without => format!("the line does not contain {what}"),
            Sign::Maybe if !any => format!("the line contains {what}, which counts for nothing here"),
            _ => format!("the line contains {what}"),
        };
        Clause { range: self.range.clone(), depth: 1, text, holds: self.holds(line), found: None }
    }
}

fn text(text: String) -> What {
    What::Text(Box::new(Finder::new(&text).into_owned()), text)
}

/// A term in quotes or between `%`, at `from`, with its length.
fn marked(whole: &str, from: usize) -> Result<(What, usize), Fault> {
    let rest = &whole[from..];
    // The end of it is sought first, so that what follows need not be tokens of the other forms.
    let mut escaped = false;
    let close = rest.char_indices().skip(1).find(|(_, c)| {
        let closes = !escaped && rest.starts_with(*c);
        escaped = *c == '\\' && !escaped && rest.starts_with('"');
        closes
    });
    let end = close.map_or(rest.len(), |(at, _)| at + 1);
    match tokens(&rest[..end]).map_err(|fault| fault.moved(from))?.swap_remove(0).0 {
        Token::Quoted(quoted) => Ok((text(quoted), end)),
        Token::Regex(source) => Ok((What::Regex(search::compile(source, from + 1)?), end)),
        _ => Err(Fault::new(from..from + end, "this is no word")),
    }
}

/// A word without quotes, at `from`, with its length.
fn word(rest: &str, from: usize) -> Result<(What, usize), Fault> {
    let word = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    let range = from..from + word.len();
    if word.is_empty() {
        return Err(Fault::new(from - 1..from, "a word is missing here").help("write the word right after `-` or `?`"));
    }
    if !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let fault = Fault::new(range, format!("`{word}` needs quotes"));
        let plain = word.trim_matches(|c| "“”„'‘’`\"".contains(c)).replace('\\', "\\\\").replace('"', "\\\"");
        return Err(fault.help(format!("only letters, digits and `_` stand without: write `\"{plain}\"`")));
    }
    Ok((text(word.to_owned()), word.len()))
}
