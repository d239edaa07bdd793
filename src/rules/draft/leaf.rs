//! The fields of an event that a pattern can ask for.

use std::{borrow::Cow, collections::HashMap};

use super::pattern;
use crate::{
    model::text::visible_json,
    rules::{
        Subject,
        lang::event_pattern,
        tape::{Kind, Value},
    },
};

/// More fields than this are not listed: nobody chooses among more.
const MOST: usize = 1_000;
/// Deeper fields are not listed: EventBridge's patterns are short.
const DEEPEST: usize = 24;
/// Longer values, in bytes, are not listed: a whole pattern has at most 4,096 characters.
const LONGEST: usize = 1_024;

/// The fields that a rule about an event like this one most likely asks for.
const USUAL: &[&[&str]] = &[&["eventSource"], &["eventName"], &["errorCode"], &["userIdentity", "type"]];

/// A field of a record with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The keys from the outermost; the arrays on the way have none.
    pub keys: Vec<String>,
    /// The value as JSON, made safe to show without a change to its meaning.
    pub value: String,
    /// The arrays on the way, each by its place in the record, with the number of the element.
    elements: Vec<(usize, usize)>,
}

impl Leaf {
    /// The keys with dots between them. Whoever shows it makes it safe first.
    pub fn path(&self) -> String {
        self.keys.join(".")
    }

    /// Whether most rules ask for it.
    pub fn is_usual(&self) -> bool {
        self.rank() < USUAL.len()
    }

    /// Where it stands among the fields that most rules ask for, from 0; of others, behind them all.
    pub fn rank(&self) -> usize {
        USUAL.iter().position(|usual| self.keys == *usual).unwrap_or(USUAL.len())
    }

    /// Whether no pattern can ask for both: they stand in different elements of an array, and EventBridge wants all
    /// fields in one and the same.
    ///
    /// Source: EventBridge user guide, "Arrays", and the array consistency of AWS's event-ruler.
    pub fn excludes(&self, other: &Leaf) -> bool {
        let apart = |(array, at): &(usize, usize)| other.elements.iter().any(|(a, e)| a == array && e != at);
        self.keys != other.keys && self.elements.iter().any(apart)
    }
}

/// The fields of a record that a pattern can ask for, each value once, in the order of the record. None for a record that
/// is no JSON object.
pub fn leaves(record: &str) -> Vec<Leaf> {
    let Ok(subject) = Subject::cloudtrail(record) else { return Vec::new() };
    let mut leaves = walk(subject.record());
    leaves.dedup_by(|a, b| (&a.keys, &a.value) == (&b.keys, &b.value));
    unambiguous(&mut leaves);
    leaves.retain(|leaf| is_found(leaf, &subject));
    leaves
}

/// A value to be looked into, with the way to it.
struct Place<'a> {
    value: Value<'a>,
    keys: Vec<String>,
    elements: Vec<(usize, usize)>,
}

fn walk(record: Value<'_>) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    // What is to be looked into, the next at the end.
    let mut rest = vec![Place { value: record, keys: Vec::new(), elements: Vec::new() }];
    while let Some(place) = rest.pop() {
        if leaves.len() == MOST {
            break;
        }
        if place.keys.len() + place.elements.len() > DEEPEST {
            continue;
        }
        let from = rest.len();
        match place.value.kind() {
            Kind::Object => rest.extend(members(&place)),
            Kind::Array => rest.extend(items(&place)),
            _ if place.value.raw().len() <= LONGEST => leaves.push(Leaf {
                keys: place.keys,
                value: visible_json(place.value.raw()).into_owned(),
                elements: place.elements,
            }),
            _ => {}
        }
        rest[from..].reverse();
    }
    leaves
}

/// The members of an object whose keys it has once.
fn members<'a>(place: &Place<'a>) -> Vec<Place<'a>> {
    let mut times: HashMap<Cow<'_, str>, usize> = HashMap::new();
    place.value.children().filter_map(Value::key).for_each(|key| *times.entry(key).or_default() += 1);
    let member = |value: Value<'a>| {
        let key = value.key().filter(|key| times.get(key) == Some(&1))?;
        let keys = place.keys.iter().cloned().chain([key.into_owned()]).collect();
        Some(Place { value, keys, elements: place.elements.clone() })
    };
    place.value.children().take(MOST).filter_map(member).collect()
}

/// The elements of an array.
fn items<'a>(place: &Place<'a>) -> Vec<Place<'a>> {
    let array = place.value.position();
    let item = |(at, value): (usize, Value<'a>)| {
        let elements = place.elements.iter().copied().chain([(array, at)]).collect();
        Place { value, keys: place.keys.clone(), elements }
    };
    place.value.children().take(MOST).enumerate().map(item).collect()
}

/// Takes out fields with a dot in a key where that reads like another field.
fn unambiguous(leaves: &mut Vec<Leaf>) {
    let paths: Vec<String> = leaves.iter().map(Leaf::path).collect();
    let is_way = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let odd: Vec<bool> = leaves
        .iter()
        .zip(&paths)
        .map(|(leaf, path)| {
            let clash = |(other, way): (&Leaf, &String)| {
                let nested = other.keys.starts_with(&leaf.keys) || leaf.keys.starts_with(&other.keys);
                !nested && (is_way(path, way) || is_way(way, path))
            };
            leaf.keys.iter().any(|key| key.contains('.')) && leaves.iter().zip(&paths).any(clash)
        })
        .collect();
    let mut odd = odd.into_iter();
    leaves.retain(|_| !odd.next().unwrap_or_default());
}

/// Whether the pattern of the field alone finds the record: what AWS would refuse, such as a key that is an operator, is
/// not offered.
fn is_found(leaf: &Leaf, subject: &Subject) -> bool {
    let compiled = (event_pattern::LANGUAGE.compile)(&pattern(&[leaf]));
    compiled.is_ok_and(|compiled| compiled.predicate.matches(subject))
}
