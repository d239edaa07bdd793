//! A list that is filtered, ordered and chosen from: what the panes of alarms and restores have in common.

use std::sync::Arc;

use super::{filter_words, matches};
use crate::ui::{pane::Words, widgets::cursor::Cursor};

/// The things that the filter lets through, in their order, and the cursor among them.
pub struct List<T> {
    shown: Vec<Arc<T>>,
    all: usize,
    filter: String,
    pub cursor: Cursor,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), all: 0, filter: String::new(), cursor: Cursor::default() }
    }
}

impl<T> List<T> {
    /// Takes the things anew, those in whose texts the filter is found. Sort them afterwards.
    ///
    /// `fits` hands the texts of a thing to the function that it is given.
    pub fn gather<'a>(
        &mut self,
        all: impl Iterator<Item = &'a Arc<T>>,
        fits: impl Fn(&T, &dyn Fn(&[&str]) -> bool) -> bool,
    ) where
        T: 'a,
    {
        self.shown.clear();
        self.all = 0;
        let holds = |texts: &[&str]| matches(&self.filter, texts);
        for thing in all {
            self.all += 1;
            if fits(thing, &holds) {
                self.shown.push(Arc::clone(thing));
            }
        }
    }

    /// Puts the things in order, and the cursor on the one that it was on.
    pub fn sort<K: Ord>(&mut self, order: impl Fn(&T) -> K, was: impl Fn(&T) -> bool) {
        self.shown.sort_by_cached_key(|thing| order(thing));
        if let Some(row) = self.shown.iter().position(|thing| was(thing)) {
            self.cursor.choose(row, self.shown.len());
        }
    }

    /// The thing under the cursor.
    pub fn chosen(&self) -> Option<&Arc<T>> {
        self.shown.get(self.cursor.at)
    }

    /// How many there are with and without the filter.
    pub fn counts(&self) -> (usize, usize) {
        (self.shown.len(), self.all)
    }

    /// The rows that show in a window of this height: the line of each, whether it is chosen, and the thing.
    pub fn window(&mut self, height: u16) -> impl Iterator<Item = (u16, bool, &Arc<T>)> {
        self.cursor.fit(height.into(), self.shown.len());
        let cursor = self.cursor;
        let rows = self.shown.iter().enumerate().skip(cursor.top).take(cursor.height);
        rows.map(move |(row, thing)| ((row - cursor.top) as u16, row == cursor.at, thing))
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Takes another filter. Gather afterwards.
    pub fn set_filter(&mut self, text: &str) {
        text.clone_into(&mut self.filter);
    }

    /// The filter in force and what it left, for the title.
    pub fn words(&self) -> Words {
        filter_words(&self.filter, self.shown.len(), self.all)
    }

    /// What the filter found, for the prompt.
    pub fn found(&self) -> String {
        format!("{} of {}", self.shown.len(), self.all)
    }

    /// Chooses a line of the pane, the titles being the first.
    pub fn click(&mut self, line: u16) {
        if let Some(row) = usize::from(line).checked_sub(1) {
            self.cursor.choose(self.cursor.top + row, self.shown.len());
        }
    }
}
