//! What the operator types after `/`: which events to show.

mod field;
mod lex;
mod network;
mod term;
#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr, sync::Arc};

pub use field::{FIELDS, Field};
pub(super) use term::{Term, Test, TextPattern};

use super::{question::Question, row::Facts};
use crate::model::{Event, Severity};

/// Which events to show: every term must hold, and what the keys chose.
///
/// Read from text with [`str::parse`], given back as it was typed by [`Display`](fmt::Display).
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
    /// Leave out calls that only read.
    pub hide_read_only: bool,
    /// Leave out what is milder.
    pub min_severity: Option<Severity>,
}

impl Filter {
    /// Lets through the events for which the answer is yes. It has no text.
    pub fn asking(question: Arc<dyn Question>) -> Self {
        Self { terms: vec![Term { negated: false, test: Test::Asked(question) }], ..Self::default() }
    }

    fn question(&self) -> Option<&Arc<dyn Question>> {
        self.terms.iter().find_map(|term| match &term.test {
            Test::Asked(question) => Some(question),
            _ => None,
        })
    }

    /// The text as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Lets every event through.
    pub fn is_all(&self) -> bool {
        self.terms.is_empty() && !self.hide_read_only && self.min_severity.is_none()
    }

    /// Whether a whole event gets through.
    pub fn matches(&self, event: &Event) -> bool {
        let facts = Facts::from(event);
        self.admits(&facts)
            && self.terms.iter().all(|term| {
                let holds = match &term.test {
                    Test::Plain(plain) => plain.holds(&facts),
                    Test::Text(columns, text) => columns.iter().any(|column| text.matches(column.of_event(event))),
                    Test::Id(regex) => regex.is_match(&event.id),
                    Test::Record(regex) => regex.is_match(&event.record),
                    Test::Asked(question) => question.holds(&event.record, &|| Some(event.clone())),
                };
                holds != term.negated
            })
    }

    /// What the keys chose, apart from the text.
    pub(super) fn admits(&self, facts: &Facts) -> bool {
        !(self.hide_read_only && facts.read_only) && self.min_severity.is_none_or(|least| facts.severity >= least)
    }

    /// The cheap terms first.
    pub(super) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// What looking at a row costs, in rows of a filter that looks at one column. Measured where every text is distinct.
    /// Records count by their bytes, and by nobody who has not looked at them: see `Sieve::take_spent`.
    pub(super) fn cost(&self) -> usize {
        let cost = |term: &Term| match &term.test {
            Test::Plain(_) | Test::Record(_) | Test::Asked(_) => 1,
            Test::Text(columns, text) => match (columns.len(), text.is_literal()) {
                (1, true) => 1,
                (1, false) | (_, true) => 3,
                (_, false) => 8,
            },
            Test::Id(_) => 4,
        };
        self.terms.iter().map(cost).max().unwrap_or(1)
    }
}

/// Two filters are equal when they were typed alike, the same keys were chosen, and the same question is asked.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        let same_question = match (self.question(), other.question()) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let of = |filter: &Filter| (filter.hide_read_only, filter.min_severity);
        same_question && self.text == other.text && of(self) == of(other)
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let text = text.trim();
        let mut terms: Vec<Term> =
            lex::tokens(text)?.iter().map(|token| term::term(text, token)).collect::<Result<_, _>>()?;
        terms.sort_by_key(|term| match term.test {
            Test::Plain(_) => 0,
            Test::Text(columns, _) => columns.len(),
            Test::Id(_) => 20,
            Test::Record(_) | Test::Asked(_) => 30,
        });
        Ok(Self { text: text.to_owned(), terms, ..Self::default() })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Why a text is no filter, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct FilterError {
    /// Where in the text, in characters from 1.
    pub column: usize,
    pub message: String,
}

impl FilterError {
    fn new(text: &str, at: usize, message: impl Into<String>) -> Self {
        Self { column: text[..text.floor_char_boundary(at)].chars().count() + 1, message: message.into() }
    }
}
