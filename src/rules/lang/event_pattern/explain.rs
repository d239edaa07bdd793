//! A pattern put to an event, part by part.

use super::{
    field::Field,
    matcher::{Leaf, Matcher},
    parse::{Part, PartKind},
    tree::Answer,
};
use crate::rules::{
    lang::Clause,
    tape::{Kind, Value},
};

/// Each part with whether it holds on its own; `whole` is whether the event matches.
pub fn explain(parts: &[Part], envelope: Value<'_>, whole: bool) -> Vec<Clause> {
    let holds = holding(parts, envelope);
    let mut clauses: Vec<_> =
        parts.iter().zip(&holds).flat_map(|(part, &holds)| clauses(part, holds, envelope)).collect();
    if let Some(first) = clauses.first_mut() {
        if first.holds && !whole {
            first.text.push_str(", in one and the same element of each array");
        }
        first.holds = whole;
    }
    clauses
}

/// Whether each part holds, those in it told first.
fn holding(parts: &[Part], envelope: Value<'_>) -> Vec<bool> {
    let mut holds = vec![false; parts.len()];
    for (at, part) in parts.iter().enumerate().rev() {
        let inner = || (at + 1..parts.len()).take_while(|&i| parts[i].depth > part.depth);
        let mut right_below = inner().filter(|&i| parts[i].depth == part.depth + 1);
        holds[at] = match &part.kind {
            PartKind::All => right_below.all(|i| holds[i]),
            PartKind::Any => right_below.any(|i| holds[i]),
            PartKind::Field(field) => {
                let found = find(envelope, &field.path);
                field.ask(found.iter().flat_map(|value| value.flat())) != Answer::No
            }
        };
    }
    holds
}

fn clauses(part: &Part, holds: bool, envelope: Value<'_>) -> Vec<Clause> {
    let clause =
        |text: &str, found| Clause { range: part.range.clone(), depth: part.depth, text: text.into(), holds, found };
    match &part.kind {
        PartKind::All => vec![clause("all of these", None)],
        PartKind::Any => vec![clause("one of these", None)],
        PartKind::Field(field) => {
            let found = find(envelope, &field.path);
            let json = found.first().map(|value| value.raw().to_owned());
            match &field.choices[..] {
                [one] => vec![clause(&format!("{} {}", field.path, one.text), json)],
                _ => std::iter::once(clause(&format!("{} is one of these", field.path), json))
                    .chain(choices(field, part.depth + 1, &found))
                    .collect(),
            }
        }
    }
}

fn choices<'a>(field: &'a Field, depth: usize, found: &'a [Value<'a>]) -> impl Iterator<Item = Clause> + 'a {
    field.choices.iter().map(move |choice| {
        let mut leaves = found.iter().flat_map(|value| value.flat()).filter(|value| value.kind().is_leaf());
        let holding = match choice.matcher {
            Matcher::Absent => leaves.next().is_none().then_some(None),
            _ => leaves.find(|leaf| choice.matcher.holds(&Leaf::new(*leaf))).map(Some),
        };
        Clause {
            range: choice.range.clone(),
            depth,
            text: format!("{} {}", field.path, choice.text),
            holds: holding.is_some(),
            found: holding.flatten().map(|value| value.raw().to_owned()),
        }
    })
}

/// What an event has at a path, in all elements of all arrays, with dots in its keys or without.
fn find<'a>(envelope: Value<'a>, path: &str) -> Vec<Value<'a>> {
    let (mut open, mut found) = (vec![(envelope, path)], Vec::new());
    while let Some((value, path)) = open.pop() {
        for object in value.flat().filter(|value| value.kind() == Kind::Object) {
            for member in object.children() {
                let Some(key) = member.key() else { continue };
                match path.strip_prefix(&*key) {
                    Some("") => found.push(member),
                    Some(rest) => open.extend(rest.strip_prefix('.').map(|rest| (member, rest))),
                    None => {}
                }
            }
        }
    }
    found.sort_by_key(|value| value.position());
    found
}
