//! Which records were seen already: a trail delivers some of them more than once.

use std::{
    collections::HashSet,
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState},
};

use crate::rules::tape::Value;

/// Words in one generation. Two of them take 40 MB.
const MOST: usize = 1_500_000;

/// Turns records into [`Word`]s. The keys are others each time, so that nobody can make up ids that hide other events;
/// among three million, two ids are taken for one in ten scans of ten million.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    ids: RandomState,
    /// A record is a thousand bytes and more: SipHash would take a fifth of the time of a scan.
    contents: foldhash::quality::RandomState,
}

impl Ids {
    /// The word of a record with this id. Blanks between its tokens do not count: collectors write records anew.
    pub(super) fn word(&self, id: &str, record: Value<'_>) -> Word {
        Word::new(self.ids.hash_one(id), self.contents.hash_one(record.gist()))
    }
}

/// The id of a record in the low 48 bits, never 0, and what it says in the others; 0 for a record without an id. Words
/// are equal when their ids are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word(u64);

impl Word {
    /// Of a record without an id.
    pub(super) const NONE: Self = Self(0);
    const ID: u64 = (1 << 48) - 1;

    fn new(id: u64, content: u64) -> Self {
        Self((id & Self::ID).max(1) | content & !Self::ID)
    }

    fn says_the_same(self, other: Self) -> bool {
        self.0 == other.0
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.0 & Self::ID == other.0 & Self::ID
    }
}

impl Eq for Word {}

impl Hash for Word {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let id = self.0 & Self::ID;
        state.write_u64(id | id >> 32 << 48);
    }
}

/// What a record is to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    New,
    Copy,
    /// It says something else than another record with its id; whether it is the first that does.
    Other {
        first: bool,
    },
}

/// The records of two generations: when the newer one is full, the older is forgotten. A copy is known again among the
/// last 1.5 million records at least; CloudTrail's copies stand minutes apart.
#[derive(Debug)]
pub(super) struct Seen {
    most: usize,
    newer: Generation,
    older: Generation,
    /// Of records that share an id with others, the words of all but the first.
    others: RandomState,
}

type Generation = HashSet<Word, BuildHasherDefault<AsItIs>>;

impl Default for Seen {
    fn default() -> Self {
        Self { most: MOST, newer: Generation::default(), older: Generation::default(), others: RandomState::default() }
    }
}

impl Seen {
    /// Takes a record; one without an id is always new.
    pub(super) fn take(&mut self, word: Word) -> News {
        if word.0 == 0 {
            return News::New;
        }
        match self.keep(word) {
            None => News::New,
            Some(known) if known.says_the_same(word) => News::Copy,
            Some(known) => self.other(known, word),
        }
    }

    /// A record that says something else than the one that is known with its id.
    fn other(&mut self, known: Word, word: Word) -> News {
        let own = Word::new(self.others.hash_one(word.0), word.0);
        if self.keep(own).is_some() {
            return News::Copy;
        }
        // Not of what any of them says, so that the id is marked once.
        let mark = Word::new(self.others.hash_one(known.0 & Word::ID), 0);
        News::Other { first: self.keep(mark).is_none() }
    }

    /// Keeps a word, unless one with its id is known: that one.
    fn keep(&mut self, word: Word) -> Option<Word> {
        if let Some(known) = self.older.get(&word).or_else(|| self.newer.get(&word)) {
            return Some(*known);
        }
        self.newer.insert(word);
        if self.newer.len() == self.most {
            self.older = std::mem::take(&mut self.newer);
        }
        None
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

    use News::{Copy, New};

    const FIRST: News = News::Other { first: true };
    const OTHER: News = News::Other { first: false };

    #[test]
    fn copies_are_known_for_a_generation_at_least() {
        let mut seen = Seen { most: 3, ..Seen::default() };
        let news: Vec<News> = [1, 2, 1, 3, 1, 4, 5, 3, 6, 1].map(|id| seen.take(Word::new(id, 0))).to_vec();
        assert_eq!(news, [New, New, Copy, New, Copy, New, New, Copy, New, New]);
        assert_eq!([seen.take(Word::NONE), seen.take(Word::NONE)], [New, New]);
    }

    #[test]
    fn a_record_that_says_something_else_is_no_copy() {
        let mut seen = Seen::default();
        let mut take = |id: u64, content: u64| seen.take(Word::new(id, content << 48));
        assert_eq!([take(1, 1), take(1, 1), take(1, 2), take(1, 2), take(1, 3)], [New, Copy, FIRST, Copy, OTHER]);
        assert_eq!([take(1, 1), take(1, 3), take(2, 2), take(2, 1)], [Copy, Copy, New, FIRST]);
    }

    #[test]
    fn blanks_make_no_other_record_and_everything_else_does() {
        let ids = Ids::default();
        let word = |id: &str, text: &str| ids.clone().word(id, crate::rules::tape::Tape::default().read(text).unwrap());
        let plain = word("a", r#"{"x":[1,"b c"]}"#);
        assert!(plain.says_the_same(word("a", "{ \"x\": [1,\n \"b c\"] }")));
        assert!(!plain.says_the_same(word("a", r#"{"x":[1,"bc"]}"#)) && plain == word("a", "{}"));
        assert_ne!(plain, word("b", r#"{"x":[1,"b c"]}"#));
    }
}
