//! What a pattern says, once it is read: conditions, and how they are joined.

use std::ops::Range;

use regex::Regex;

use super::{glob::Glob, lexer, lexer::Sign, selector::Selector};
use crate::rules::tape::{Kind, Value};

/// Conditions joined by `&&` and `||`. The parser bounds how deep they stand in each other.
#[derive(Debug)]
pub(super) enum Expr<L> {
    Leaf(L),
    Group(Group<L>),
}

/// Expressions joined by the same word.
#[derive(Debug)]
pub(super) struct Group<L> {
    /// `&&`; else `||`.
    pub all: bool,
    pub parts: Vec<Expr<L>>,
    pub range: Range<usize>,
}

impl<L> Expr<L> {
    /// Whether it holds, when each condition is answered by `ask`.
    pub(super) fn holds(&self, ask: &impl Fn(&L) -> bool) -> bool {
        match self {
            Expr::Leaf(leaf) => ask(leaf),
            Expr::Group(group) if group.all => group.parts.iter().all(|part| part.holds(ask)),
            Expr::Group(group) => group.parts.iter().any(|part| part.holds(ask)),
        }
    }

    /// The conditions, in the order of the text.
    pub(super) fn leaves(&self) -> Vec<&L> {
        match self {
            Expr::Leaf(leaf) => vec![leaf],
            Expr::Group(group) => group.parts.iter().flat_map(Self::leaves).collect(),
        }
    }
}

/// One comparison of a JSON pattern.
#[derive(Debug)]
pub(super) struct Condition {
    pub selector: Selector,
    pub ask: Ask,
    pub range: Range<usize>,
    /// Where the selector stands.
    pub field: Range<usize>,
    /// Where that stands which the field is compared with.
    pub value: Range<usize>,
    /// The comparison with single spaces between its parts.
    pub text: String,
}

/// What is asked of a value.
#[derive(Debug)]
pub(super) enum Ask {
    Is(Test),
    Not(Test),
    Order(Sign, f64),
    Null,
    True,
    False,
    Absent,
}

impl Ask {
    /// Whether a value that is there is as asked. A container is like nothing, and unlike nothing.
    ///
    /// Source: CloudWatch Logs user guide of 2018 and recorded answers: a selector that ends at an array or an object
    /// makes `!=` false too; booleans and null are asked for with `IS`.
    pub(super) fn holds(&self, value: Value<'_>) -> bool {
        match self {
            Ask::Is(test) => test.holds(value) == Some(true),
            Ask::Not(test) => test.holds(value) == Some(false),
            Ask::Order(sign, limit) => value.number().is_some_and(|number| ordered(number, *sign, *limit)),
            Ask::Null => value.kind() == Kind::Null,
            Ask::True => value.kind() == Kind::True,
            Ask::False => value.kind() == Kind::False,
            Ask::Absent => false,
        }
    }

    /// Whether a text that is there is as asked: a field of a space-delimited line, whose numbers are texts.
    pub(super) fn holds_text(&self, text: &str) -> bool {
        let number = || lexer::number(text);
        match self {
            Ask::Is(test) => test.holds_text(text, number),
            Ask::Not(test) => !test.holds_text(text, number),
            Ask::Order(sign, limit) => number().is_some_and(|number| ordered(number, *sign, *limit)),
            Ask::Null | Ask::True | Ask::False | Ask::Absent => false,
        }
    }
}

fn ordered(number: f64, sign: Sign, limit: f64) -> bool {
    match sign {
        Sign::Equal => number == limit,
        Sign::Unequal => number != limit,
        Sign::Less => number < limit,
        Sign::AtMost => number <= limit,
        Sign::Greater => number > limit,
        Sign::AtLeast => number >= limit,
    }
}

/// What stands behind `=` and `!=`.
#[derive(Debug)]
pub(super) enum Test {
    Text(String),
    /// A number without quotes: compared as a number with numbers, and as it is written with texts.
    Number(f64, String),
    Glob(Glob),
    Regex(Regex),
}

impl Test {
    /// The test for a text in quotes.
    pub(super) fn quoted(text: String) -> Self {
        match Glob::new(&text) {
            Some(glob) => Test::Glob(glob),
            None => Test::Text(text),
        }
    }

    /// The test for a text without quotes.
    pub(super) fn bare(word: &str) -> Self {
        match lexer::number(word) {
            Some(number) => Test::Number(number, word.to_owned()),
            None => Test::quoted(word.to_owned()),
        }
    }

    /// Whether the value is like this; `None` when it is neither a text nor a number, and no test says anything of it.
    fn holds(&self, value: Value<'_>) -> Option<bool> {
        match (value.kind(), self) {
            (Kind::String, _) => value.text().map(|text| self.holds_text(&text, || None)),
            (Kind::Number, _) => Some(self.holds_text(value.raw(), || value.number())),
            _ => None,
        }
    }

    /// Whether the text is like this; `number` is the number that it stands for, if it is one.
    pub(super) fn holds_text(&self, text: &str, number: impl Fn() -> Option<f64>) -> bool {
        match self {
            Test::Text(other) => text == other,
            Test::Number(other, written) => number().map_or(text == written, |number| number == *other),
            Test::Glob(glob) => glob.matches(text),
            Test::Regex(regex) => regex.is_match(text),
        }
    }
}
