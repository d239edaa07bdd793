//! The tree: a text, its rows, and how to walk over them.

use std::borrow::Cow;

use super::{
    parse::parse,
    row::{Kind, NONE, Row, RowNo},
    scan::{Problem, decode},
};

/// A JSON text and its rows, in the order in which they are drawn.
///
/// A container has a row where it opens and one where it closes; a string that holds JSON has that JSON's rows below it,
/// folded at first. There is always at least one row. Asking for a row that does not exist panics, as with a slice.
#[derive(Debug)]
pub struct Tree {
    pub(super) text: String,
    pub(super) rows: Vec<Row>,
    embedded: Vec<String>,
    problem: Option<Problem>,
}

impl Tree {
    /// Reads a text as far as it is JSON; the rest becomes one row of [`Kind::Broken`].
    pub fn parse(text: impl Into<String>) -> Self {
        let text = text.into();
        let parsed = parse(&text);
        Self { text, rows: parsed.rows, embedded: parsed.embedded, problem: parsed.problem }
    }

    /// The text as received.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why the text is no JSON, if it is none.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// How many rows there are, folded ones too.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Always false: even an empty text has a row that says so.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn row(&self, at: RowNo) -> &Row {
        &self.rows[at]
    }

    fn source(&self, row: &Row) -> &str {
        match row.source {
            0 => &self.text,
            number => &self.embedded[number as usize - 1],
        }
    }

    /// The key as written, with its quotes.
    pub fn key(&self, at: RowNo) -> Option<&str> {
        let row = self.row(at);
        (!row.key.is_empty()).then(|| row.key.of(self.source(row)))
    }

    /// The key without quotes and escapes.
    pub fn decoded_key(&self, at: RowNo) -> Option<Cow<'_, str>> {
        self.key(at).map(decode)
    }

    /// The value as written: of an opening row the whole container, of a closing row its bracket.
    pub fn value(&self, at: RowNo) -> &str {
        let row = self.row(at);
        row.value.of(self.source(row))
    }

    /// What a string says; other values as written.
    pub fn decoded_value(&self, at: RowNo) -> Cow<'_, str> {
        match self.row(at).kind {
            Kind::String | Kind::Embedded => decode(self.value(at)),
            _ => Cow::Borrowed(self.value(at)),
        }
    }

    /// The container, or the string with JSON in it, that a row stands in.
    pub fn parent(&self, at: RowNo) -> Option<RowNo> {
        some(self.row(at).parent)
    }

    /// Of an opening row the last row that folds away with it, of a closing row the opening one.
    pub fn pair(&self, at: RowNo) -> Option<RowNo> {
        some(self.row(at).pair)
    }

    /// The first value in a container that has one.
    pub fn first_child(&self, at: RowNo) -> Option<RowNo> {
        (self.row(at).children > 0).then_some(at + 1)
    }

    /// The next value in the same container.
    pub fn next_sibling(&self, at: RowNo) -> Option<RowNo> {
        some(self.row(self.value_of(at)).next_sibling)
    }

    /// The value before in the same container.
    pub fn previous_sibling(&self, at: RowNo) -> Option<RowNo> {
        some(self.row(self.value_of(at)).previous_sibling)
    }

    /// The row where a value starts: of a closing row the opening one, else the row itself.
    pub fn value_of(&self, at: RowNo) -> RowNo {
        let row = self.row(at);
        if row.kind.closes() { row.pair as usize } else { at }
    }

    /// Whether a comma follows the value that ends in this row.
    pub fn has_comma(&self, at: RowNo) -> bool {
        let row = self.row(at);
        let ends_here = !row.kind.opens() || row.folded || row.kind == Kind::Embedded;
        ends_here && self.next_sibling(at).is_some_and(|next| self.row(next).kind != Kind::Broken)
    }
}

pub(super) fn some(row: u32) -> Option<RowNo> {
    (row != NONE).then_some(row as usize)
}
