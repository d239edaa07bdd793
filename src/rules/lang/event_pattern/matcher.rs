//! What one value of an event is compared with.

use std::{borrow::Cow, net::IpAddr};

use super::{
    address::{self, Network},
    fold::Fold,
    number::{Number, Span},
    wildcard::Wildcard,
};
use crate::rules::{
    gate::Word,
    tape::{Kind, Value},
};

/// One of the alternatives in a field's array.
#[derive(Debug)]
pub enum Matcher {
    /// A string, letter by letter.
    Text(String),
    /// A string that is an address: every way to write it is the same.
    Address(IpAddr),
    /// `true`, `false` or `null`.
    Literal(Kind),
    Number(Number),
    Prefix(String),
    Suffix(String),
    /// A string, in any case.
    Same(Fold),
    /// The start of a string, in any case.
    Starts(Fold),
    /// The end of a string, in any case.
    Ends(Fold),
    Wildcard(Wildcard),
    Numeric(Span),
    Network(Network),
    /// Every value.
    Exists,
    /// No value: it is the field that knows when there is none.
    Absent,
    /// A value that is none of these.
    AnythingBut(Vec<Matcher>),
}

/// A value that holds no others, decoded once for all that it is compared with.
pub struct Leaf<'a> {
    value: Value<'a>,
    text: Option<Cow<'a, str>>,
}

impl<'a> Leaf<'a> {
    pub fn new(value: Value<'a>) -> Self {
        Self { value, text: value.text() }
    }
}

impl Matcher {
    /// Whether a value is what is asked for.
    pub fn holds(&self, leaf: &Leaf<'_>) -> bool {
        match (self, leaf.text.as_deref()) {
            (Self::Exists, _) => true,
            (Self::AnythingBut(others), _) => !others.iter().any(|other| other.holds(leaf)),
            (Self::Text(wanted), Some(text)) => wanted == text,
            (Self::Address(wanted), Some(text)) => address::read(text).is_some_and(|ip| ip == *wanted),
            (Self::Prefix(start), Some(text)) => text.starts_with(start),
            (Self::Suffix(end), Some(text)) => text.ends_with(end),
            (Self::Same(fold), Some(text)) => fold.is(text),
            (Self::Starts(fold), Some(text)) => fold.starts(text),
            (Self::Ends(fold), Some(text)) => fold.ends(text),
            (Self::Wildcard(wildcard), Some(text)) => wildcard.matches(text),
            (Self::Network(network), Some(text)) => address::read(text).is_some_and(|ip| network.contains(ip)),
            (Self::Literal(kind), None) => leaf.value.kind() == *kind,
            (Self::Number(number), None) => leaf.value.kind() == Kind::Number && number.is(leaf.value.raw()),
            (Self::Numeric(span), None) => leaf.value.number().is_some_and(|number| span.contains(number)),
            _ => false,
        }
    }

    /// The wildcards that values are compared with.
    pub fn wildcards(&self) -> Vec<&Wildcard> {
        match self {
            Self::Wildcard(wildcard) => vec![wildcard],
            Self::AnythingBut(others) => others.iter().flat_map(Self::wildcards).collect(),
            _ => Vec::new(),
        }
    }

    /// What every value that is asked for starts with or is; `None` when a word cannot say that.
    pub fn word(&self) -> Option<Word> {
        match self {
            Self::Text(text) => Some(Word::is(text)),
            Self::Prefix(start) => Some(Word::starts(start)),
            Self::Same(fold) => fold.ascii().map(Word::is),
            Self::Starts(fold) => fold.ascii().map(Word::starts),
            Self::Wildcard(wildcard) => Some(wildcard.word()),
            _ => None,
        }
    }
}
