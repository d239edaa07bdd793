//! The filter patterns of CloudWatch Logs, which metric filters and subscription filters are made of.
//!
//! A pattern in braces asks the fields of a record, one in brackets the fields of a line that spaces part, any other the
//! words of a line. The last two see a record as the line of text that it is in a log.
//!
//! Source: CloudWatch Logs user guide, "Filter and pattern syntax", the edition of 2018 and today's, and answers of
//! `TestMetricFilter`. What AWS refuses is refused; what it takes and never matches is a warning.

mod ast;
mod contradiction;
mod delimited;
mod explain;
mod glob;
mod json;
mod lexer;
mod lint;
mod parser;
mod search;
mod selector;
mod terms;
#[cfg(test)]
mod tests;

use super::{Clause, Compiled, Language, Predicate};
use crate::rules::{Fault, Gate, Subject};

use self::{delimited::Delimited, json::Json, terms::Terms};
pub use selector::Selector;

/// Filter patterns, as a rule language.
pub const LANGUAGE: Language = Language { name: "metric-filter", title: "CloudWatch metric filter", compile };

/// How long a pattern may be, in characters.
///
/// Source: CloudWatch Logs API reference, `PutMetricFilter`.
const LONGEST: usize = 1024;

/// A filter pattern, understood.
#[derive(Debug)]
pub struct Pattern {
    form: Form,
    /// How long its text is, in bytes.
    length: usize,
}

#[derive(Debug)]
enum Form {
    Json(Json),
    Delimited(Delimited),
    Terms(Terms),
}

impl Pattern {
    /// Reads a pattern's text; gives with it what does not do what it looks like.
    ///
    /// # Errors
    /// What AWS would refuse it for.
    pub fn read(text: &str) -> Result<(Self, Vec<Fault>), Fault> {
        if let Some((at, _)) = text.char_indices().nth(LONGEST) {
            let fault = Fault::new(at..text.len(), format!("a pattern has at most {LONGEST} characters"));
            return Err(fault.help("use `*` for names that start alike, or split the pattern"));
        }
        let trimmed = text.trim();
        let offset = text.len() - text.trim_start().len();
        let (form, mut warnings) = match trimmed.chars().next() {
            Some('{') => Json::read(text).map(|(json, warnings)| (Form::Json(json), warnings))?,
            Some('[') => Delimited::read(text).map(|(lines, warnings)| (Form::Delimited(lines), warnings))?,
            _ if is_bare_condition(trimmed) => {
                let range = offset..offset + trimmed.len();
                let fault = Fault::new(range, "a pattern about the fields of a record stands in braces");
                return Err(fault.help(format!("write `{{ {trimmed} }}`")));
            }
            _ => Terms::read(text).map(|(terms, warnings)| (Form::Terms(terms), warnings))?,
        };
        if offset > 0 && !matches!(form, Form::Terms(_)) {
            warnings.insert(0, leading_space(offset));
        }
        Ok((Self { form, length: text.len() }, warnings))
    }

    /// Whether it is about the fields of records; else it is about lines of text.
    pub fn is_json(&self) -> bool {
        matches!(self.form, Form::Json(_))
    }

    /// The fields of a record that it asks, each once: the value of a metric must be one of them, or a number.
    pub fn selectors(&self) -> Vec<&Selector> {
        let Form::Json(json) = &self.form else { return Vec::new() };
        let mut selectors = Vec::new();
        for condition in json.conditions() {
            if !selectors.contains(&&condition.selector) {
                selectors.push(&condition.selector);
            }
        }
        selectors
    }

    /// The names that it gives to the fields of a line.
    pub fn names(&self) -> Vec<&str> {
        if let Form::Delimited(lines) = &self.form { lines.names() } else { Vec::new() }
    }

    /// Whether a line of a log matches. A pattern about records reads it first; no line that is no JSON object matches.
    pub fn matches_line(&self, line: &str) -> bool {
        match &self.form {
            Form::Json(json) => Subject::bare(line).is_ok_and(|subject| json.matches(&subject)),
            Form::Delimited(lines) => lines.matches(line),
            Form::Terms(terms) => terms.matches(line),
        }
    }
}

impl Predicate for Pattern {
    fn matches(&self, subject: &Subject) -> bool {
        match &self.form {
            Form::Json(json) => json.matches(subject),
            Form::Delimited(lines) => lines.matches(subject.record().raw()),
            Form::Terms(terms) => terms.matches(subject.record().raw()),
        }
    }

    fn gate(&self) -> Gate {
        if let Form::Json(json) = &self.form { json.gate() } else { Gate::OPEN }
    }

    fn explain(&self, subject: &Subject) -> Vec<Clause> {
        match &self.form {
            Form::Json(json) => json.explain(subject),
            Form::Delimited(lines) => lines.explain(subject.record().raw()),
            Form::Terms(terms) => terms.explain(0..self.length, subject.record().raw()),
        }
    }
}

fn compile(text: &str) -> Result<Compiled, Vec<Fault>> {
    let (pattern, warnings) = Pattern::read(text).map_err(|fault| vec![fault])?;
    Ok(Compiled { predicate: Box::new(pattern), warnings })
}

/// Whether somebody left out the braces.
fn is_bare_condition(text: &str) -> bool {
    text.trim_start_matches(|c: char| c == '(' || c.is_whitespace()).starts_with("$.")
}

/// Source: a recorded answer: `{$.ThisFlag IS TRUE}` between spaces is refused. The first character tells the forms
/// apart, so that this is a pattern of words, and words without quotes hold no braces.
fn leading_space(offset: usize) -> Fault {
    let fault =
        Fault::warning(0..offset, "AWS reads a pattern with a space at its start as words, and refuses this one");
    fault.help("take the space out before the pattern goes to AWS")
}
