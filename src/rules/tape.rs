//! A JSON text as a flat list of values that borrow from it: what rules are asked about.
//!
//! Reading costs one pass and, once the list is warm, no allocation: a rule asks for few of the values, and most are
//! never decoded. Numbers keep their text, because some rule languages compare it.

use std::{borrow::Cow, ops::Range};

use crate::json::{Problem, Scanner, Token, decode};

/// The list of values, to be used again for the next text.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    nodes: Vec<Node>,
    /// The containers that are open while a text is read.
    open: Vec<u32>,
    /// Memory for the next list.
    spare: Vec<Node>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    /// The key with its quotes, for a member of an object; else empty.
    key: (u32, u32),
    /// The value as written.
    value: (u32, u32),
    /// The node after this value and all that is in it.
    next: u32,
}

/// The value of a tape on which nothing was read.
const NOTHING: Node = Node { kind: Kind::Null, key: (0, 0), value: (0, 0), next: 0 };

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

impl Kind {
    /// Whether it holds no other values.
    pub fn is_leaf(self) -> bool {
        !matches!(self, Kind::Object | Kind::Array)
    }
}

impl Tape {
    /// Reads a JSON text of less than 4 GiB, forgetting the last one.
    ///
    /// # Errors
    /// The first thing that is no JSON, with its place in bytes.
    pub fn read<'a>(&'a mut self, text: &'a str) -> Result<Value<'a>, Problem> {
        self.fill(text)?;
        Ok(self.root(text))
    }

    /// The outermost value of the text that was read last.
    pub(super) fn root<'a>(&'a self, text: &'a str) -> Value<'a> {
        self.value(text, 0)
    }

    /// A value by its number, of the text that was read last.
    pub(super) fn value<'a>(&'a self, text: &'a str, at: usize) -> Value<'a> {
        Value { text, nodes: &self.nodes, at: at as u32 }
    }

    /// As [`Tape::read`], for a text that the caller keeps.
    pub(super) fn fill(&mut self, text: &str) -> Result<(), Problem> {
        self.nodes.clear();
        self.open.clear();
        if u32::try_from(text.len()).is_err() {
            return Err(Problem { offset: 0, reason: "a text of 4 GiB or more" });
        }
        let mut scanner = Scanner::new(text);
        let mut key = (0, 0);
        let mut expect = Expect::Value;
        loop {
            let (token, range) = scanner.next()?;
            let span = (range.start as u32, range.end as u32);
            expect = match (expect, token) {
                (Expect::End, Token::End) => return Ok(()),
                (Expect::Value | Expect::ValueOrEnd, Token::Mark(mark @ (b'{' | b'['))) => {
                    self.open.push(self.nodes.len() as u32);
                    let object = mark == b'{';
                    self.push(if object { Kind::Object } else { Kind::Array }, &mut key, span);
                    if object { Expect::KeyOrEnd } else { Expect::ValueOrEnd }
                }
                (Expect::Value | Expect::ValueOrEnd, Token::String | Token::Number | Token::Bool | Token::Null) => {
                    self.push(leaf(token, text.as_bytes()[range.start]), &mut key, span);
                    self.after_value()
                }
                (Expect::Key | Expect::KeyOrEnd, Token::String) => {
                    key = span;
                    Expect::Colon
                }
                (Expect::Colon, Token::Mark(b':')) => Expect::Value,
                (Expect::CommaOrEnd, Token::Mark(b',')) if self.is_in(Kind::Object) => Expect::Key,
                (Expect::CommaOrEnd, Token::Mark(b',')) => Expect::Value,
                (Expect::CommaOrEnd | Expect::KeyOrEnd, Token::Mark(b'}')) if self.is_in(Kind::Object) => {
                    self.leave(span.1)
                }
                (Expect::CommaOrEnd | Expect::ValueOrEnd, Token::Mark(b']')) if self.is_in(Kind::Array) => {
                    self.leave(span.1)
                }
                (expect, token) => return Err(Problem { offset: range.start, reason: expect.reason(token) }),
            };
        }
    }

    /// Takes the value that was read last for the last member, with the key `detail`, of an object.
    ///
    /// `whole` is the object's text, which ends one byte after the value's, and `offset` the value's place in it. Gives
    /// the value's number.
    pub(super) fn wrap(&mut self, whole: &str, offset: usize) -> u32 {
        let mut nodes = std::mem::replace(&mut self.nodes, std::mem::take(&mut self.spare));
        // The head alone is no whole JSON: its values up to the member are all that is wanted of it.
        let head = self.fill(&whole[..offset]);
        debug_assert!(head.is_err_and(|problem| problem.offset == offset));
        let (detail, end, offset) = (self.nodes.len() as u32, whole.len() as u32, offset as u32);
        let moved = |(start, end): (u32, u32)| if end > 0 { (start + offset, end + offset) } else { (0, 0) };
        self.nodes.extend(nodes.iter().map(|node| Node {
            kind: node.kind,
            key: moved(node.key),
            value: moved(node.value),
            next: node.next + detail,
        }));
        self.nodes[detail as usize].key = (offset - 1 - r#""detail""#.len() as u32, offset - 1);
        (self.nodes[0].value.1, self.nodes[0].next) = (end, self.nodes.len() as u32);
        nodes.clear();
        self.spare = nodes;
        detail
    }

    fn is_in(&self, kind: Kind) -> bool {
        self.open.last().is_some_and(|&open| self.nodes[open as usize].kind == kind)
    }

    fn push(&mut self, kind: Kind, key: &mut (u32, u32), value: (u32, u32)) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { kind, key: std::mem::take(key), value, next });
    }

    fn leave(&mut self, end: u32) -> Expect {
        let next = self.nodes.len() as u32;
        if let Some(open) = self.open.pop() {
            let node = &mut self.nodes[open as usize];
            (node.value.1, node.next) = (end, next);
        }
        self.after_value()
    }

    fn after_value(&self) -> Expect {
        if self.open.is_empty() { Expect::End } else { Expect::CommaOrEnd }
    }
}

fn leaf(token: Token, first: u8) -> Kind {
    match (token, first) {
        (Token::Number, _) => Kind::Number,
        (Token::Bool, b't') => Kind::True,
        (Token::Bool, _) => Kind::False,
        (Token::Null, _) => Kind::Null,
        _ => Kind::String,
    }
}

/// A value on a [`Tape`].
#[derive(Clone, Copy)]
pub struct Value<'a> {
    text: &'a str,
    nodes: &'a [Node],
    at: u32,
}

impl<'a> Value<'a> {
    fn node(self) -> &'a Node {
        self.nodes.get(self.at as usize).unwrap_or(&NOTHING)
    }

    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// The value as written: of a container the whole of it, of a string with its quotes.
    pub fn raw(self) -> &'a str {
        slice(self.text, self.node().value)
    }

    /// Where the value is written, in bytes of the text.
    pub fn range(self) -> Range<usize> {
        let (start, end) = self.node().value;
        start as usize..end as usize
    }

    /// Where the key is written with its quotes, in bytes of the text; empty for what has none.
    pub fn key_range(self) -> Range<usize> {
        let (start, end) = self.node().key;
        start as usize..end as usize
    }

    /// What a string says, without quotes and escapes; `None` for every other value.
    pub fn text(self) -> Option<Cow<'a, str>> {
        (self.kind() == Kind::String).then(|| decode(self.raw()))
    }

    /// A number as a double, the way that AWS's services read it; `None` for every other value.
    pub fn number(self) -> Option<f64> {
        (self.kind() == Kind::Number).then(|| self.raw().parse().ok())?
    }

    /// Which of the text's values this is, counted as they are written; the outermost is 0.
    pub fn position(self) -> usize {
        self.at as usize
    }

    /// The key without quotes and escapes, of a member of an object.
    pub fn key(self) -> Option<Cow<'a, str>> {
        let key = self.node().key;
        (key.1 > 0).then(|| decode(slice(self.text, key)))
    }

    /// The values in an object or an array, in their order; nothing for a leaf.
    pub fn children(self) -> impl Iterator<Item = Value<'a>> {
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            let child = Value { at, ..self };
            (at < self.node().next).then(|| {
                at = child.node().next;
                child
            })
        })
    }

    /// The value itself and every value in it, however deep, as they are written.
    pub fn all(self) -> impl Iterator<Item = Value<'a>> {
        (self.at..self.node().next).map(move |at| Value { at, ..self })
    }

    /// The elements of an array; nothing for any other value.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> {
        let is_array = self.kind() == Kind::Array;
        self.children().take_while(move |_| is_array)
    }

    /// The member of an object with this key; the last one, as every JSON reader does, when there are several.
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        let is_object = self.kind() == Kind::Object;
        self.children().take_while(|_| is_object).filter(|child| child.has_key(key)).last()
    }

    /// What follows `start` in the key of a member of an object; `None` when the key starts otherwise.
    pub fn key_after(self, start: &str) -> Option<Cow<'a, str>> {
        let written = slice(self.text, self.node().key);
        let inner = written.get(1..written.len().saturating_sub(1))?;
        // Escapes in keys are rare: most keys are told apart at their first letters.
        let same = inner.bytes().zip(start.bytes()).take_while(|(a, b)| a == b && *a != b'\\').count();
        match inner.get(same..) {
            Some(rest) if same == start.len() && !rest.contains('\\') => Some(Cow::Borrowed(rest)),
            _ if same == start.len() || inner.as_bytes().get(same) == Some(&b'\\') => {
                Some(decode(written).strip_prefix(start)?.to_owned().into())
            }
            _ => None,
        }
    }

    /// What it says, as bytes to be compared with those of another value: the same for two texts that differ in nothing but
    /// the blanks between their tokens.
    pub fn gist(self) -> Vec<u8> {
        let (nodes, start) = (&self.nodes[self.at as usize..self.node().next as usize], self.at);
        let mut gist = Vec::with_capacity(self.raw().len());
        for (at, node) in (start..).zip(nodes) {
            // The key of the outermost value stands outside.
            if at > start {
                gist.extend_from_slice(slice(self.text, node.key).as_bytes());
            }
            match node.kind.is_leaf() {
                true => gist.extend_from_slice(slice(self.text, node.value).as_bytes()),
                // With how many values are in it, for what stands where.
                false => gist.extend_from_slice(&(node.next - at).to_le_bytes()),
            }
            gist.push(node.kind as u8);
        }
        gist
    }

    /// The values that are no arrays, in an array and in the arrays right in it, at any depth; of any other value itself.
    pub fn flat(self) -> impl Iterator<Item = Value<'a>> {
        let (mut at, end) = (self.at, self.node().next);
        std::iter::from_fn(move || {
            while at < end && self.nodes[at as usize].kind == Kind::Array {
                at += 1;
            }
            (at < end).then(|| {
                let value = Value { at, ..self };
                at = value.node().next;
                value
            })
        })
    }

    /// Whether the value is the member of an object with this key.
    #[inline]
    pub fn has_key(self, key: &str) -> bool {
        let Some(inner) = self.key_bytes() else { return false };
        // Most keys are told apart at their first letters. An escape is longer than what it means.
        match (inner.first(), key.as_bytes().first()) {
            (Some(a), Some(b)) if a != b && *a != b'\\' => false,
            _ if inner.len() <= key.len() => inner == key.as_bytes(),
            _ => inner.contains(&b'\\') && self.key().is_some_and(|own| own == key),
        }
    }

    /// Whether the key may start with one of these letters: a quick no for most keys.
    #[inline]
    pub(super) fn may_start_with(self, letters: &[u8]) -> bool {
        self.key_bytes().and_then(<[u8]>::first).is_some_and(|first| *first == b'\\' || letters.contains(first))
    }

    /// The key as it is written, between its quotes.
    #[inline]
    fn key_bytes(self) -> Option<&'a [u8]> {
        let (start, end) = self.node().key;
        self.text.as_bytes().get(start as usize + 1..(end as usize).saturating_sub(1))
    }
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.raw())
    }
}

fn slice(text: &str, (start, end): (u32, u32)) -> &str {
    &text[start as usize..end as usize]
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_and_items_are_found_by_key_and_order() {
        let mut tape = Tape::default();
        let root = tape.read(r#" {"a": [1, {"b": "x\ty"}, []], "c": {}, "a\u0062": null, "c": 3e2} "#).unwrap();
        let a = root.get("a").unwrap();
        assert_eq!(a.items().map(|item| item.raw().to_owned()).collect::<Vec<_>>(), ["1", r#"{"b": "x\ty"}"#, "[]"]);
        assert_eq!(a.items().nth(1).unwrap().get("b").unwrap().text().unwrap(), "x\ty");
        assert_eq!(root.get("c").unwrap().number(), Some(300.0));
        assert_eq!(root.get("ab").unwrap().kind(), Kind::Null);
        assert_eq!(a.all().map(|value| value.raw().len()).collect::<Vec<_>>(), [a.raw().len(), 1, 13, 6, 2]);
        assert!(root.get("b").is_none() && a.get("a").is_none() && root.items().next().is_none());
    }

    #[test]
    fn arrays_in_arrays_are_one_row_of_values() {
        let mut tape = Tape::default();
        let root = tape.read(r#"{"a": [[1, [], [[{"b": []}]]], 2], "a\u002eb": []}"#).unwrap();
        let flat = |value: Value<'_>| value.flat().map(|item| item.raw().to_owned()).collect::<Vec<_>>();
        assert_eq!(flat(root.get("a").unwrap()), ["1", r#"{"b": []}"#, "2"]);
        assert_eq!(flat(root.get("a.b").unwrap()), Vec::<String>::new());
        assert_eq!(flat(root).len(), 1);
        let rests: Vec<_> = root.children().map(|child| child.key_after("a")).collect();
        assert_eq!(rests, [Some("".into()), Some(".b".into())]);
        assert_eq!((root.get("a").unwrap().key_range(), root.range().start), (1..4, 0));
    }

    #[test]
    fn the_gist_of_two_texts_is_the_same_when_only_blanks_differ() {
        let mut tapes = (Tape::default(), Tape::default());
        let mut same = |a: &str, b: &str| tapes.0.read(a).unwrap().gist() == tapes.1.read(b).unwrap().gist();
        assert!(same(r#"{"a":[1,"b c"],"d":{}}"#, "{ \"a\" : [ 1,\n\"b c\" ], \"d\": { } }"));
        for other in [r#"{"a":[1,"bc"],"d":{}}"#, r#"{"a":[1,"b c"],"d":[]}"#, r#"{"a":[1,"b c",{}]}"#, "{}"] {
            assert!(!same(r#"{"a":[1,"b c"],"d":{}}"#, other), "{other}");
        }
        assert!(!same("[[1],2]", "[[1,2]]") && !same("[1,[2]]", "[[1],2]"));
    }

    #[test]
    fn the_rest_of_a_key_is_found_through_escapes() {
        let mut tape = Tape::default();
        let after = |key: &str, start: &str| {
            let text = format!("{{\"{key}\": 1}}");
            let mut tape = Tape::default();
            let member = tape.read(&text).unwrap().children().next();
            member.and_then(|member| member.key_after(start).map(Cow::into_owned))
        };
        for (key, start, rest) in [
            ("abc", "ab", Some("c")),
            ("abc", "", Some("abc")),
            ("ab", "abc", None),
            ("a\\u0062c", "ab", Some("c")),
            ("ab\\u0063", "ab", Some("c")),
            ("a\\\\b", "a\\", Some("b")),
            ("a\\nb", "a\\", None),
            ("é", "\u{e8}", None),
        ] {
            assert_eq!(after(key, start).as_deref(), rest, "{key} {start}");
        }
        assert!(tape.read("[1]").unwrap().items().next().unwrap().key_after("").is_none());
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (text, offset) in [("", 0), ("{", 1), ("[1 2]", 3), ("{\"a\" 1}", 5), ("[1,]", 3), ("1 1", 2), ("nul", 0)] {
            assert_eq!(Tape::default().read(text).unwrap_err().offset, offset, "{text}");
        }
    }

    #[test]
    fn nesting_has_no_limit() {
        let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Tape::default().read(&text).unwrap().raw().len(), 200_000);
    }

    fn same(value: Value<'_>, other: &serde_json::Value) -> bool {
        match other {
            serde_json::Value::Array(items) => {
                value.items().count() == items.len() && value.items().zip(items).all(|(a, b)| same(a, b))
            }
            serde_json::Value::Object(members) => {
                members.iter().all(|(key, member)| value.get(key).is_some_and(|value| same(value, member)))
            }
            serde_json::Value::String(text) => value.text().as_deref() == Some(text),
            other => value.raw() == serde_json::to_string(other).unwrap(),
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let members = prop::collection::vec(("\\PC{0,4}", inner.clone()), 0..6);
            prop_oneof![
                prop::collection::vec(inner, 0..6).prop_map(Into::into),
                members.prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_tape_says_what_serde_json_says(json in json()) {
            let text = serde_json::to_string_pretty(&json).unwrap();
            let mut tape = Tape::default();
            prop_assert!(same(tape.read(&text).unwrap(), &json));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}:,\"\\\\a1-9 .tnf]{0,40}") {
            let json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert!(Tape::default().read(&text).is_ok() >= json);
        }
    }
}
