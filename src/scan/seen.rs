//! Which events were seen already: a trail delivers some of them more than once.

use std::{
    collections::HashSet,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
};

/// Events in one generation. Two of them take 40 MB.
const MOST: usize = 1_500_000;

/// Turns the id of an event into 8 bytes. The key is another one each time, so that nobody can make up ids that hide
/// other events; among three million, two are taken for one in a scan of ten million.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids(RandomState);

impl Ids {
    /// Never 0.
    pub(super) fn hash(&self, id: &str) -> u64 {
        self.0.hash_one(id).max(1)
    }
}

/// The events of two generations: when the newer one is full, the older is forgotten. A copy is known again among the
/// last 1.5 million events at least; CloudTrail's copies stand minutes apart.
#[derive(Debug)]
pub(super) struct Seen {
    most: usize,
    newer: Generation,
    older: Generation,
}

type Generation = HashSet<u64, BuildHasherDefault<AsItIs>>;

impl Default for Seen {
    fn default() -> Self {
        Self { most: MOST, newer: Generation::default(), older: Generation::default() }
    }
}

impl Seen {
    /// Whether an event is new; one without an id (0) always is.
    pub(super) fn is_new(&mut self, hash: u64) -> bool {
        if hash == 0 {
            return true;
        }
        if self.older.contains(&hash) || !self.newer.insert(hash) {
            return false;
        }
        if self.newer.len() == self.most {
            self.older = std::mem::take(&mut self.newer);
        }
        true
    }
}

/// For what is a hash already.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_known_for_a_generation_at_least() {
        let mut seen = Seen { most: 3, ..Seen::default() };
        let news: Vec<bool> = [1, 2, 1, 3, 1, 4, 5, 3, 6, 1, 0, 0].map(|hash| seen.is_new(hash)).to_vec();
        assert_eq!(news, [true, true, false, true, false, true, true, false, true, true, true, true]);
    }

    #[test]
    fn the_same_id_has_the_same_hash() {
        let ids = Ids::default();
        assert_eq!(ids.hash("a"), ids.clone().hash("a"));
        assert_ne!(ids.hash("a"), ids.hash("b"));
    }
}
