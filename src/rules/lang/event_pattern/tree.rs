//! The fields of a pattern as a tree, and an event walked along it.
//!
//! What fields ask of an array of objects must hold in one and the same element, also of arrays in arrays ("array
//! consistency": event-ruler's README). Elements of one array are chosen for all that stands below it, and what stands
//! beside it does not depend on the choice: so one walk decides, and no combination of elements is ever tried.
//!
//! That a field must not exist is looked at last, in the elements that all other fields have chosen. The engine looks at
//! fields by their names, so that there the answer depends on the alphabet. Where one path is a field and goes on in
//! another, as `a` and `a.b`, the two choose their elements on their own.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use super::field::Field;
use crate::rules::tape::{Kind, Value};

/// A place in events, with all that a pattern asks there and below.
#[derive(Debug, Default)]
pub struct Node {
    field: Option<Arc<Field>>,
    /// By key; a key has no dots.
    steps: Vec<(String, Node)>,
    /// Whether nothing at all may be here.
    optional: bool,
}

/// What the values at a place, or the lack of them, say to all that is asked there and below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    No,
    /// There is nothing of what is asked for, and that is what is asked for.
    Absent,
    Yes,
}

impl Answer {
    fn both(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Absent, Self::Absent) => Self::Absent,
            _ => Self::Yes,
        }
    }

    /// What is true of some value is true; that nothing is there must be true of all.
    pub fn any<T>(values: impl Iterator<Item = T>, nothing: Self, ask: impl Fn(T) -> Self) -> Self {
        let mut sum = None;
        for value in values {
            match ask(value) {
                Self::Yes => return Self::Yes,
                answer => sum = Some(sum.unwrap_or(answer).both(answer)),
            }
        }
        sum.unwrap_or(nothing)
    }
}

impl Node {
    /// The tree of fields that must all hold. A dot in a path is a step down.
    pub fn of(fields: impl IntoIterator<Item = Arc<Field>>) -> Self {
        let mut root = Self::default();
        for field in fields {
            let place = field.path.split('.').fold(&mut root, |node, step| node.step(step));
            place.field = Some(Arc::clone(&field));
        }
        root.settle();
        root
    }

    fn step(&mut self, step: &str) -> &mut Self {
        let at = self.steps.iter().position(|(name, _)| name == step).unwrap_or_else(|| {
            self.steps.push((step.to_owned(), Self::default()));
            self.steps.len() - 1
        });
        &mut self.steps[at].1
    }

    fn settle(&mut self) {
        self.steps.iter_mut().for_each(|(_, node)| node.settle());
        self.optional =
            self.field.as_ref().is_none_or(|field| field.optional) && self.steps.iter().all(|(_, node)| node.optional);
    }

    fn nothing(&self) -> Answer {
        if self.optional { Answer::Absent } else { Answer::No }
    }

    /// Whether all that is asked holds for the values that are here, in arrays or not.
    pub fn ask(&self, value: Value<'_>) -> Answer {
        let here = self.field.as_ref().map(|field| field.ask(value.flat()));
        if here == Some(Answer::No) || self.steps.is_empty() {
            return here.unwrap_or(Answer::Absent);
        }
        let below = Answer::any(value.flat(), self.below_nothing(), |value| match value.kind() {
            Kind::Object => self.object(value),
            _ => self.below_nothing(),
        });
        here.map_or(below, |here| here.both(below))
    }

    fn below_nothing(&self) -> Answer {
        let optional = self.steps.iter().all(|(_, node)| node.optional);
        if optional { Answer::Absent } else { Answer::No }
    }

    fn object(&self, object: Value<'_>) -> Answer {
        let mut sum = Answer::Absent;
        for (step, node) in &self.steps {
            let mut found = None;
            for member in object.children() {
                match member.key_after(step) {
                    Some(rest) if rest.is_empty() => found = Some(member),
                    Some(rest) if rest.starts_with('.') => return self.members(members(object)),
                    _ => {}
                }
            }
            sum = sum.both(found.map_or_else(|| node.nothing(), |member| node.ask(member)));
            if sum == Answer::No {
                break;
            }
        }
        sum
    }

    /// As [`Node::object`], for members with dots in their keys: several may stand for one step.
    fn members(&self, members: Vec<(Cow<'_, str>, Value<'_>)>) -> Answer {
        let mut sum = Answer::Absent;
        for (step, node) in &self.steps {
            let found: Vec<_> = members.iter().filter_map(|(key, value)| Some((after(key, step)?, *value))).collect();
            sum = sum.both(match &found[..] {
                [] => node.nothing(),
                [("", value)] => node.ask(*value),
                _ => node.several(&found),
            });
            if sum == Answer::No {
                break;
            }
        }
        sum
    }

    /// Asks values that are at one place because events may write a path with dots or with braces, each with the rest of
    /// its key. Where such values are arrays of objects besides, their elements are taken together.
    fn several(&self, found: &[(&str, Value<'_>)]) -> Answer {
        let whole = || found.iter().filter(|(rest, _)| rest.is_empty()).flat_map(|(_, value)| value.flat());
        let here = self.field.as_ref().map(|field| field.ask(whole()));
        if here == Some(Answer::No) || self.steps.is_empty() {
            return here.unwrap_or(Answer::Absent);
        }
        let partial = found.iter().filter(|(rest, _)| !rest.is_empty()).map(|(rest, value)| (Cow::from(*rest), *value));
        let below = self.members(partial.chain(whole().flat_map(members)).collect());
        here.map_or(below, |here| here.both(below))
    }
}

/// The members of an object, of each key the last; nothing for other values.
fn members(object: Value<'_>) -> Vec<(Cow<'_, str>, Value<'_>)> {
    let last: HashMap<_, _> = object.children().filter_map(|member| Some((member.key()?, member))).collect();
    last.into_iter().collect()
}

/// What a key says after a step; `None` when it starts with another.
fn after<'k>(key: &'k str, step: &str) -> Option<&'k str> {
    let rest = key.strip_prefix(step)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}
