//! The rule languages: what each makes of a text.

pub mod event_pattern;
pub mod metric_filter;
mod names;
pub mod sigma;

use std::{fmt::Debug, ops::Range};

use super::{fault::Fault, gate::Gate, subject::Subject};

/// A language that rules are written in.
#[derive(Debug)]
pub struct Language {
    /// The word used in files and on the command line.
    pub name: &'static str,
    /// What its users call it.
    pub title: &'static str,
    /// Reads a rule's text.
    pub compile: fn(&str) -> Result<Compiled, Vec<Fault>>,
}

/// Every language, in the order in which they are listed.
pub const LANGUAGES: &[Language] = &[metric_filter::LANGUAGE, event_pattern::LANGUAGE, sigma::LANGUAGE];

impl Language {
    /// The language of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.name == name)
    }
}

/// A rule's text, understood.
#[derive(Debug)]
pub struct Compiled {
    pub predicate: Box<dyn Predicate>,
    /// What does not do what it looks like; see [`Fault::harmless`].
    pub warnings: Vec<Fault>,
}

/// What a rule asks of a subject.
pub trait Predicate: Debug + Send + Sync {
    /// Whether the subject is one that the rule is about.
    fn matches(&self, subject: &Subject) -> bool;

    /// What every subject that matches has.
    fn gate(&self) -> Gate;

    /// Each part of the rule with whether it holds for a subject, in the order of the text: for the person who wonders
    /// why a rule fires, or does not.
    fn explain(&self, subject: &Subject) -> Vec<Clause>;
}

/// One part of a rule's text, put to a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Where in the rule's text, in bytes.
    pub range: Range<usize>,
    /// How deep it stands in other parts; the whole rule is 0.
    pub depth: usize,
    /// The clause in words that stand alone, such as `$.errorCode = "Access*"`.
    pub text: String,
    pub holds: bool,
    /// What the subject has there, as JSON; `None` when it has nothing, or when the clause is about other clauses.
    pub found: Option<String>,
}
