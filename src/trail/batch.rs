//! Some records at once: what one thread hands to another.

use std::ops::Range;

/// Texts of records, in one piece of memory that is used again.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    text: String,
    /// Where each record ends in the text.
    ends: Vec<usize>,
    /// The number of the first record in its file, from 1.
    first: u64,
}

impl Batch {
    /// Forgets all records; the next one has this number in its file.
    pub fn clear(&mut self, first: u64) {
        self.text.clear();
        self.ends.clear();
        self.first = first;
    }

    pub fn push(&mut self, record: &str) {
        self.text.push_str(record);
        self.ends.push(self.text.len());
    }

    /// The records with their numbers in their file, from 1.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        (self.first..).zip((0..self.len()).map(|at| &self.text[self.range(at)]))
    }

    fn range(&self, at: usize) -> Range<usize> {
        at.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[at]
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How much text it holds, in bytes.
    pub fn size(&self) -> usize {
        self.text.len()
    }
}
