//! Builds the rows of a tree, without recursion: a record may be nested 100,000 deep.

use std::ops::Range;

use super::{
    row::{Kind, NONE, Row, Span},
    scan::{Problem, Scanner, Token, decode},
};

/// How deep JSON may lie in strings of JSON in strings; what is deeper stays a string.
const MAX_EMBEDDED: u32 = 4;

/// Spans are 32 bits wide; CloudTrail's records are at most 256 KiB.
const MAX_TEXT: usize = u32::MAX as usize / 2;

/// The rows of a text and what went wrong with it.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub rows: Vec<Row>,
    /// The texts that rows point into, after the first.
    pub embedded: Vec<String>,
    pub problem: Option<Problem>,
}

/// The rows of a text. What cannot be read becomes one last row.
pub(super) fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    if let Err(failure) = Parser::new(&mut parsed, 0, NONE).run(text, 0) {
        parsed.break_off(text, failure);
    }
    parsed
}

/// What goes wrong, and where in the tree.
struct Failure {
    problem: Problem,
    /// The key that was read before it.
    key: Span,
    /// The container that was open, and the last value in it.
    open: u32,
    previous: u32,
}

impl Parsed {
    /// Adds the rest of the text as a row, with which every container that was never closed ends.
    fn break_off(&mut self, text: &str, failure: Failure) {
        let Failure { problem, key, open, previous } = failure;
        let end = text.len().min(MAX_TEXT);
        let last = push(&mut self.rows, Kind::Broken, 0, open, previous);
        let row = &mut self.rows[last as usize];
        (row.key, row.value) = (key, Span::new(problem.offset..end));
        let mut up = open;
        while let Some(row) = self.rows.get_mut(up as usize) {
            (row.pair, row.value.end) = (last, end as u32);
            up = row.parent;
        }
        self.problem = Some(problem);
    }
}

/// Adds a row after all others, as the next value of its parent.
fn push(rows: &mut Vec<Row>, kind: Kind, source: u32, parent: u32, previous: u32) -> u32 {
    let at = rows.len() as u32;
    let (depth, index) = match rows.get_mut(parent as usize) {
        Some(parent) => {
            parent.children += 1;
            (parent.depth + 1, parent.children - 1)
        }
        None => (0, 0),
    };
    if let Some(previous) = rows.get_mut(previous as usize) {
        previous.next_sibling = at;
    }
    rows.push(Row {
        kind,
        depth,
        source,
        key: Span::default(),
        value: Span::default(),
        parent,
        next_sibling: NONE,
        previous_sibling: previous,
        pair: NONE,
        index,
        children: 0,
        folded: false,
    });
    at
}

/// What may stand next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// A value, or the end of an array that has none.
    ValueOrEnd,
    /// A key, or the end of an object that has none.
    KeyOrEnd,
    Key,
    Colon,
    CommaOrEnd,
    End,
}

impl Expect {
    fn reason(self, token: Token) -> &'static str {
        match (self, token) {
            (Expect::End, _) => "the value is over, but the text goes on",
            (_, Token::End) => "the text ends too early",
            (Expect::Value | Expect::ValueOrEnd, _) => "a value should stand here",
            (Expect::Key | Expect::KeyOrEnd, _) => "a key in quotes should stand here",
            (Expect::Colon, _) => "a colon should stand here",
            (Expect::CommaOrEnd, _) => "a comma or a closing bracket should stand here",
        }
    }
}

/// Reads one text into rows.
struct Parser<'p> {
    parsed: &'p mut Parsed,
    source: u32,
    /// The row that the text stands in: an embedded string, or none.
    root: u32,
    /// The container that is being read.
    open: u32,
    /// The last value of that container.
    previous: u32,
    key: Span,
}

impl<'p> Parser<'p> {
    fn new(parsed: &'p mut Parsed, source: u32, root: u32) -> Self {
        Self { parsed, source, root, open: root, previous: NONE, key: Span::default() }
    }

    /// Reads a text that lies in `level` strings of JSON.
    fn run(mut self, text: &str, level: u32) -> Result<(), Failure> {
        if text.len() > MAX_TEXT {
            return Err(self.fail(0, "the text is too long to be shown as a tree"));
        }
        let mut scanner = Scanner::new(text);
        let mut expect = Expect::Value;
        loop {
            let (token, range) = scanner.next().map_err(|problem| self.fail(problem.offset, problem.reason))?;
            expect = match (expect, token) {
                (Expect::End, Token::End) => return Ok(()),
                (Expect::Value | Expect::ValueOrEnd, Token::Mark(b'{')) => self.enter(Kind::Object, range),
                (Expect::Value | Expect::ValueOrEnd, Token::Mark(b'[')) => self.enter(Kind::Array, range),
                (Expect::Value | Expect::ValueOrEnd, Token::String | Token::Number | Token::Bool | Token::Null) => {
                    let at = self.scalar(token, range.clone());
                    if token == Token::String && level < MAX_EMBEDDED {
                        self.embed(at, &text[range], level + 1);
                    }
                    self.after_value()
                }
                (Expect::Key | Expect::KeyOrEnd, Token::String) => {
                    self.key = Span::new(range);
                    Expect::Colon
                }
                (Expect::Colon, Token::Mark(b':')) => Expect::Value,
                (Expect::CommaOrEnd, Token::Mark(b',')) if self.is_in(Kind::Object) => Expect::Key,
                (Expect::CommaOrEnd, Token::Mark(b',')) => Expect::Value,
                (Expect::CommaOrEnd | Expect::KeyOrEnd, Token::Mark(b'}')) if self.is_in(Kind::Object) => {
                    self.leave(Kind::ObjectEnd, range)
                }
                (Expect::CommaOrEnd | Expect::ValueOrEnd, Token::Mark(b']')) if self.is_in(Kind::Array) => {
                    self.leave(Kind::ArrayEnd, range)
                }
                (expect, token) => {
                    return Err(self.fail(range.start, expect.reason(token)));
                }
            };
        }
    }

    fn fail(&self, offset: usize, reason: &'static str) -> Failure {
        let Self { key, open, previous, .. } = *self;
        Failure { problem: Problem { offset, reason }, key, open, previous }
    }

    fn is_in(&self, kind: Kind) -> bool {
        self.open != self.root && self.parsed.rows[self.open as usize].kind == kind
    }

    /// Adds a value with the key that was read before it.
    fn push(&mut self, kind: Kind, range: Range<usize>) -> u32 {
        let at = push(&mut self.parsed.rows, kind, self.source, self.open, self.previous);
        let row = &mut self.parsed.rows[at as usize];
        (row.key, row.value) = (std::mem::take(&mut self.key), Span::new(range));
        self.previous = at;
        at
    }

    fn after_value(&self) -> Expect {
        if self.open == self.root { Expect::End } else { Expect::CommaOrEnd }
    }

    fn enter(&mut self, kind: Kind, range: Range<usize>) -> Expect {
        self.open = self.push(kind, range);
        self.previous = NONE;
        if kind == Kind::Object { Expect::KeyOrEnd } else { Expect::ValueOrEnd }
    }

    fn leave(&mut self, kind: Kind, range: Range<usize>) -> Expect {
        let open = self.open;
        let rows = &mut self.parsed.rows;
        let end = rows.len() as u32;
        let row = &mut rows[open as usize];
        row.pair = end;
        row.value.end = range.end as u32;
        let closing = Row {
            kind,
            key: Span::default(),
            value: Span::new(range),
            next_sibling: NONE,
            previous_sibling: NONE,
            pair: open,
            children: 0,
            ..row.clone()
        };
        (self.open, self.previous) = (row.parent, open);
        rows.push(closing);
        self.after_value()
    }

    fn scalar(&mut self, token: Token, range: Range<usize>) -> u32 {
        let kind = match token {
            Token::Number => Kind::Number,
            Token::Bool => Kind::Bool,
            Token::Null => Kind::Null,
            _ => Kind::String,
        };
        self.push(kind, range)
    }

    /// Puts the rows of a string that holds JSON below it, folded.
    ///
    /// This recursion ends after [`MAX_EMBEDDED`] levels.
    fn embed(&mut self, at: u32, quoted: &str, level: u32) {
        // Only objects and arrays: that a string reads `42` does not make it JSON.
        let text = decode(quoted);
        if !text.trim_start().starts_with(['{', '[']) {
            return;
        }
        let text = text.into_owned();
        let (rows, texts) = (self.parsed.rows.len(), self.parsed.embedded.len());
        self.parsed.embedded.push(String::new());
        self.parsed.rows[at as usize].kind = Kind::Embedded;
        let whole = Parser::new(self.parsed, texts as u32 + 1, at).run(&text, level);
        let row_count = self.parsed.rows.len();
        let row = &mut self.parsed.rows[at as usize];
        match whole {
            Ok(()) => {
                (row.pair, row.folded) = (row_count as u32 - 1, true);
                self.parsed.embedded[texts] = text;
            }
            Err(_) => {
                (row.kind, row.children) = (Kind::String, 0);
                self.parsed.rows.truncate(rows);
                self.parsed.embedded.truncate(texts);
            }
        }
    }
}
