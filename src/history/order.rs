//! Rows sorted by time, then by arrival.

use std::collections::VecDeque;

use super::{
    row::{Key, RowId},
    segments::Segments,
};

/// Rows from the oldest to the newest.
#[derive(Clone, Debug, Default)]
pub(super) struct Order(VecDeque<RowId>);

impl Order {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn oldest(&self) -> Option<RowId> {
        self.0.front().copied()
    }

    pub fn pop_oldest(&mut self) -> Option<RowId> {
        self.0.pop_front()
    }

    /// Adds a row that is older than all.
    pub fn push_oldest(&mut self, id: RowId) {
        self.0.push_front(id);
    }

    pub fn get_oldest(&self, index: usize) -> Option<RowId> {
        self.0.get(index).copied()
    }

    pub fn get_newest(&self, index: usize) -> Option<RowId> {
        self.0.len().checked_sub(index + 1).and_then(|at| self.get_oldest(at))
    }

    /// How many rows are before a key; those evicted are, because the oldest go first.
    pub fn before(&self, rows: &Segments, key: Key) -> usize {
        self.0.partition_point(|&id| rows.key(id).is_none_or(|other| other.is_before(key)))
    }

    /// Puts rows, sorted among themselves, each at its place.
    pub fn merge(&mut self, rows: &Segments, new: &[RowId]) {
        let Some(first) = new.first().and_then(|&id| rows.key(id)) else { return };
        // Nearly always the rest is empty (news) or short (what came late).
        let mut rest = self.0.split_off(self.before(rows, first));
        for &id in new {
            let Some(key) = rows.key(id) else { continue };
            let before = rest.partition_point(|&other| rows.key(other).is_some_and(|other| other.is_before(key)));
            self.0.extend(rest.drain(..before));
            self.0.push_back(id);
        }
        match self.0.len() < rest.len() {
            // A first load brings ever older events: the long rest stays where it is.
            true => {
                self.0.drain(..).rev().for_each(|id| rest.push_front(id));
                self.0 = rest;
            }
            false => self.0.append(&mut rest),
        }
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        self.0.capacity() * size_of::<RowId>()
    }
}
