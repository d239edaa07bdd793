//! One line of a JSON tree.

use std::ops::Range;

/// The index of a row in its tree.
pub type RowNo = usize;

/// Stands for no row.
pub(super) const NONE: u32 = u32::MAX;

/// A line of the tree: a value, or the closing bracket of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub kind: Kind,
    /// How many containers the row is in; an embedded text counts as one.
    pub depth: u32,
    /// Which text the spans point into: 0 is the tree's own, the others were strings that hold JSON.
    pub(super) source: u32,
    /// The key with its quotes; empty for what has none.
    pub(super) key: Span,
    /// The value as written: of an opening row the whole container, of a closing row its bracket.
    pub(super) value: Span,
    pub(super) parent: u32,
    /// The value that follows in the same container.
    pub(super) next_sibling: u32,
    pub(super) previous_sibling: u32,
    /// Of an opening row, the last row that folds away with it; of a closing row, the opening one.
    pub(super) pair: u32,
    /// The place among the values of the container, from 0.
    pub index: u32,
    /// How many values a container has.
    pub children: u32,
    pub(super) folded: bool,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Object,
    ObjectEnd,
    Array,
    ArrayEnd,
    String,
    /// A string whose text is JSON, which stands in the rows below.
    Embedded,
    Number,
    Bool,
    Null,
    /// What is left of a text that is no JSON from here on.
    Broken,
}

impl Kind {
    /// Whether rows may stand in this one.
    pub fn opens(self) -> bool {
        matches!(self, Kind::Object | Kind::Array | Kind::Embedded)
    }

    /// Whether it is the closing bracket of a container.
    pub fn closes(self) -> bool {
        matches!(self, Kind::ObjectEnd | Kind::ArrayEnd)
    }
}

/// A stretch of a text in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(range: Range<usize>) -> Self {
        Self { start: range.start as u32, end: range.end as u32 }
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}
