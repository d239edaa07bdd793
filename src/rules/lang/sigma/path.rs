//! What a Sigma field name finds in a record.
//!
//! A key with dots in it comes before the way down. A step by name into an array is taken in each of its elements, and
//! `name[0]` or `name[-1]` takes one: the rules of the engine's own JSON reader, without its recursion.

use std::borrow::Cow;

use rsigma_parser::fieldpath::{first_unescaped, unescape_brackets};

use crate::rules::tape::{Kind, Value};

/// The values at the end of a path.
#[derive(Debug)]
pub enum Found<'a> {
    None,
    One(Value<'a>),
    Many(Vec<Value<'a>>),
}

impl<'a> Found<'a> {
    fn push(&mut self, value: Value<'a>) {
        match self {
            Found::None => *self = Found::One(value),
            Found::One(first) => *self = Found::Many(vec![*first, value]),
            Found::Many(values) => values.push(value),
        }
    }
}

/// One step of a path.
#[derive(Clone, Debug)]
enum Step<'p> {
    Key(Cow<'p, str>),
    /// Which element, from 0; negative counts from the end.
    Index(i64),
}

/// The values that a path leads to.
pub fn find<'a>(record: Value<'a>, path: &str) -> Found<'a> {
    if let Some(value) = record.get(path) {
        return Found::One(value);
    }
    if path.contains(['[', '\\']) {
        let steps: Vec<_> = path.split('.').flat_map(steps).collect();
        return follow(record, steps.iter().cloned());
    }
    match path.contains('.') {
        true => follow(record, path.split('.').map(|key| Step::Key(key.into()))),
        false => Found::None,
    }
}

/// The steps of one part of a path, such as `name[0][-1]`; what is no number in brackets belongs to the name.
fn steps(part: &str) -> Vec<Step<'_>> {
    let whole = || vec![Step::Key(unescape_brackets(part))];
    let Some(bracket) = first_unescaped(part, b'[') else { return whole() };
    let index = |group: &str| group.strip_suffix(']').and_then(|number| number.parse().ok());
    let Some(indices) = part[bracket + 1..].split('[').map(index).collect::<Option<Vec<i64>>>() else { return whole() };
    let name = (bracket > 0).then(|| Step::Key(unescape_brackets(&part[..bracket])));
    name.into_iter().chain(indices.into_iter().map(Step::Index)).collect()
}

fn follow<'a, 'p>(record: Value<'a>, steps: impl Iterator<Item = Step<'p>> + Clone) -> Found<'a> {
    let (mut found, mut rest, mut next) = (Found::None, Vec::new(), Some((record, steps)));
    while let Some((value, before)) = next.take().or_else(|| rest.pop()) {
        let mut after = before.clone();
        next = match (after.next(), value.kind()) {
            (None, _) => {
                found.push(value);
                None
            }
            (Some(Step::Key(key)), Kind::Object) => value.get(&key).map(|value| (value, after)),
            (Some(Step::Key(_)), Kind::Array) => {
                let first = rest.len();
                rest.extend(value.items().map(|item| (item, before.clone())));
                // The last of the rest comes first.
                rest[first..].reverse();
                None
            }
            (Some(Step::Index(at)), Kind::Array) => element(value, at).map(|value| (value, after)),
            _ => None,
        };
    }
    found
}

fn element(array: Value<'_>, at: i64) -> Option<Value<'_>> {
    let from_start = match usize::try_from(at) {
        Ok(at) => at,
        Err(_) => array.items().count().checked_sub(usize::try_from(at.unsigned_abs()).ok()?)?,
    };
    array.items().nth(from_start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tape::Tape;

    fn found(json: &str, path: &str) -> Vec<String> {
        let mut tape = Tape::default();
        match find(tape.read(json).unwrap(), path) {
            Found::None => Vec::new(),
            Found::One(value) => vec![value.raw().to_owned()],
            Found::Many(values) => values.iter().map(|value| value.raw().to_owned()).collect(),
        }
    }

    #[test]
    fn a_path_crosses_arrays_into_each_element() {
        let json = r#"{"a":[{"b":[{"c":1},{"c":2}]},7,[{"b":{"c":3}}],{"b":{"x":4}}]}"#;
        assert_eq!(found(json, "a.b.c"), ["1", "2", "3"]);
        assert_eq!(found(json, "a.b.y"), [""; 0]);
        assert_eq!(found(json, "b"), [""; 0]);
    }

    #[test]
    fn a_key_with_dots_comes_before_the_way_down() {
        assert_eq!(found(r#"{"a":{"b":1},"a.b":2}"#, "a.b"), ["2"]);
        assert_eq!(found(r#"{"a":{"b.c":1}}"#, "a.b.c"), [""; 0]);
    }

    #[test]
    fn a_number_in_brackets_takes_one_element() {
        let json = r#"{"a":[[1,2],[3,4]],"k[0]":5,"k[x]":6}"#;
        assert_eq!(found(json, "a[0]"), ["[1,2]"]);
        assert_eq!(found(json, "a[-1][0]"), ["3"]);
        assert_eq!(found(json, "a[2]"), [""; 0]);
        assert_eq!(found(json, "a[-3]"), [""; 0]);
        assert_eq!(found(json, "k[0]"), ["5"]);
        assert_eq!(found(json, r"k\[x\]"), ["6"]);
    }
}
