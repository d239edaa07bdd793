//! Finds rows by a text in their keys and values.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::{
    row::{Kind, RowNo},
    tree::Tree,
};

/// A text to look for: in any case, unless it has a capital letter.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// `None` for an empty text, and for one of many thousand characters.
    pub fn new(text: &str) -> Option<Self> {
        let any_case = !text.chars().any(char::is_uppercase);
        let regex = RegexBuilder::new(&regex::escape(text)).case_insensitive(any_case).build().ok()?;
        (!text.is_empty()).then(|| Self { text: text.to_owned(), regex })
    }

    /// The text as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Where it stands in a text, in bytes, from left to right; for marking what was found.
    pub fn find_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex.find_iter(text).map(|found| found.range())
    }
}

/// What a search found in a tree.
#[derive(Clone, Debug)]
pub struct Search {
    pub pattern: Pattern,
    /// In the order of the tree.
    rows: Vec<RowNo>,
}

impl Search {
    /// Looks through the keys and values of a tree, escapes resolved, folded rows too.
    pub fn new(tree: &Tree, pattern: Pattern) -> Self {
        let is_found = |&at: &RowNo| {
            let in_key = || tree.decoded_key(at).is_some_and(|key| pattern.is_in(&key));
            // What stands in a container has rows of its own; so has what an embedded text says.
            let in_value = || match tree.row(at).kind {
                Kind::String | Kind::Number | Kind::Bool | Kind::Null | Kind::Broken => {
                    pattern.is_in(&tree.decoded_value(at))
                }
                Kind::Object | Kind::Array | Kind::Embedded | Kind::ObjectEnd | Kind::ArrayEnd => false,
            };
            !tree.row(at).kind.closes() && (in_key() || in_value())
        };
        let rows = (0..tree.len()).filter(is_found).collect();
        Self { pattern, rows }
    }

    /// How many rows were found.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether a row was found, and as which, from 0.
    pub fn index_of(&self, at: RowNo) -> Option<usize> {
        self.rows.binary_search(&at).ok()
    }

    /// The next found row below a row; from the last on to the first.
    pub fn next(&self, at: RowNo) -> Option<RowNo> {
        let next = self.rows.partition_point(|&row| row <= at);
        self.rows.get(next).or(self.rows.first()).copied()
    }

    /// The next found row above a row; from the first on to the last.
    pub fn previous(&self, at: RowNo) -> Option<RowNo> {
        let before = self.rows.partition_point(|&row| row < at).checked_sub(1);
        before.map(|at| self.rows[at]).or(self.rows.last().copied())
    }
}
