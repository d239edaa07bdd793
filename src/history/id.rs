//! Event ids in sixteen bytes, and the table that finds a row by its id.

use std::hash::{BuildHasher, RandomState};

use super::row::RowId;
use crate::model::uuid;

/// An event id in sixteen bytes: the UUID itself, or a digest of anything else.
///
/// Only the lower-case form with hyphens counts as a UUID, so that every UUID is written back exactly as it came. Other
/// ids are kept beside their digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PackedId {
    pub bytes: [u8; 16],
    pub is_uuid: bool,
}

/// Which row has which id: open addressing over row numbers, the ids themselves stay in their rows.
///
/// As large as it will ever be from the start, because a table that grows stops the world when it does; what is not
/// used yet costs address space only. Twice as many places as rows keep the runs short.
#[derive(Debug)]
pub(super) struct Index {
    /// The complement of a row's number, so that zero, which no row has, is an empty place.
    places: Vec<u32>,
    /// Keyed at random: whoever can choose ids must not be able to make them collide.
    hasher: RandomState,
}

impl Index {
    pub fn new(capacity: usize) -> Self {
        // One batch may be in before the oldest go.
        let places = capacity.saturating_mul(2).max(4_096).next_power_of_two();
        Self { places: vec![0; places], hasher: RandomState::new() }
    }

    /// An id as it is looked up.
    pub fn pack(&self, text: &str) -> PackedId {
        match uuid::parse(text) {
            Some(bytes) => PackedId { bytes, is_uuid: true },
            None => {
                let (high, low) = (self.hasher.hash_one((0_u8, text)), self.hasher.hash_one((1_u8, text)));
                let bytes = (u128::from(high) << 64 | u128::from(low)).to_be_bytes();
                PackedId { bytes, is_uuid: false }
            }
        }
    }

    fn home(&self, id: &[u8; 16]) -> usize {
        self.hasher.hash_one(id) as usize & (self.places.len() - 1)
    }

    fn after(&self, place: usize) -> usize {
        (place + 1) & (self.places.len() - 1)
    }

    /// The row with an id, among those of which `is` says that they have it.
    pub fn find(&self, id: &PackedId, mut is: impl FnMut(RowId) -> bool) -> Option<RowId> {
        let mut place = self.home(&id.bytes);
        while self.places[place] != 0 {
            let row = RowId(!self.places[place]);
            if is(row) {
                return Some(row);
            }
            place = self.after(place);
        }
        None
    }

    /// Adds a row whose id is not there yet.
    pub fn insert(&mut self, id: &PackedId, row: RowId) {
        let mut place = self.home(&id.bytes);
        while self.places[place] != 0 {
            place = self.after(place);
        }
        self.places[place] = !row.0;
    }

    /// Takes a row out; `id_of` gives the id of any row that is in.
    pub fn remove(&mut self, id: &[u8; 16], row: RowId, id_of: impl Fn(RowId) -> [u8; 16]) {
        let mut hole = self.home(id);
        while self.places[hole] != !row.0 {
            if self.places[hole] == 0 {
                return;
            }
            hole = self.after(hole);
        }
        // Whoever stands after the hole and may stand in it moves up, so that no search ends too early.
        let mut place = self.after(hole);
        while self.places[place] != 0 {
            let home = self.home(&id_of(RowId(!self.places[place])));
            let mask = self.places.len() - 1;
            if place.wrapping_sub(home) & mask >= place.wrapping_sub(hole) & mask {
                self.places[hole] = self.places[place];
                hole = place;
            }
            place = self.after(place);
        }
        self.places[hole] = 0;
    }

    /// Bytes of memory, when all of it is in use.
    pub fn memory(&self) -> usize {
        self.places.len() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_while_others_come_and_go() {
        let mut index = Index::new(2_000);
        let id_of = |row: RowId| (u128::from(row.0) * 7).to_be_bytes();
        let packed = |row: RowId| PackedId { bytes: id_of(row), is_uuid: true };
        for row in (0..2_000).map(RowId) {
            index.insert(&packed(row), row);
        }
        for row in (0..2_000).step_by(3).map(RowId) {
            index.remove(&id_of(row), row, id_of);
        }
        for row in (0..2_000).map(RowId) {
            let found = index.find(&packed(row), |other| id_of(other) == id_of(row));
            assert_eq!(found, (row.0 % 3 != 0).then_some(row));
        }
    }
}
