//! A field of a pattern: where it is in events, and what its value may be.

use std::ops::Range;

use super::{
    matcher::{Leaf, Matcher},
    tree::Answer,
};
use crate::rules::{
    gate::{Gate, Key},
    tape::Value,
};

/// A path with the alternatives in its array.
#[derive(Debug)]
pub struct Field {
    /// The keys from the outermost, with dots between them.
    pub path: String,
    /// The array, in bytes of the pattern.
    pub range: Range<usize>,
    pub choices: Vec<Choice>,
    /// Whether having no value is one of the alternatives.
    pub optional: bool,
}

/// One of the alternatives.
#[derive(Debug)]
pub struct Choice {
    pub matcher: Matcher,
    /// In bytes of the pattern.
    pub range: Range<usize>,
    /// As written.
    pub text: String,
}

impl Field {
    pub fn new(path: String, range: Range<usize>, choices: Vec<Choice>) -> Self {
        let optional = choices.iter().any(|choice| matches!(choice.matcher, Matcher::Absent));
        Self { path, range, choices, optional }
    }

    /// What values that are no arrays say to the field. An object is no value: only what is in it is.
    pub fn ask<'a>(&self, values: impl Iterator<Item = Value<'a>>) -> Answer {
        let nothing = if self.optional { Answer::Absent } else { Answer::No };
        Answer::any(values, nothing, |value| {
            if !value.kind().is_leaf() {
                return nothing;
            }
            let leaf = Leaf::new(value);
            match self.choices.iter().any(|choice| choice.matcher.holds(&leaf)) {
                true => Answer::Yes,
                false => Answer::No,
            }
        })
    }

    /// What every event has in which the field holds.
    pub fn gate(&self) -> Gate {
        let Some(key) = Key::of_envelope(&self.path) else { return Gate::OPEN };
        let words: Option<Vec<_>> = self.choices.iter().map(|choice| choice.matcher.word()).collect();
        words.map_or(Gate::OPEN, |words| Gate::one_of(key, words))
    }
}
