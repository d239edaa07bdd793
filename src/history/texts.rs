//! Texts kept once each, in one stretch of memory that goes as a whole.

use std::collections::HashMap;

use regex::Regex;

/// The distinct texts of one column of a segment.
#[derive(Debug, Default)]
pub(super) struct Texts {
    arena: String,
    /// Where each text ends; it starts where the one before it ends.
    ends: Vec<u32>,
    /// Only while texts are added.
    numbers: HashMap<Box<str>, u16>,
}

impl Texts {
    /// The number of a text, which is kept if it is new.
    ///
    /// The caller closes the segment before a column has 65,536 texts or 4 GiB of them.
    pub fn intern(&mut self, text: &str) -> u16 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.ends.len() as u16;
        self.arena.push_str(text);
        self.ends.push(self.arena.len() as u32);
        self.numbers.insert(text.into(), number);
        number
    }

    pub fn get(&self, number: u16) -> &str {
        let end = self.ends[usize::from(number)] as usize;
        let start = usize::from(number).checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.arena[start..end]
    }

    /// The numbers, from `first` on, of the texts in which a regex matches that looks at nothing around its matches.
    ///
    /// All texts are searched as one, which is several times as fast as one by one.
    pub fn matching(&self, first: usize, regex: &Regex) -> Vec<u16> {
        let mut found = Vec::new();
        let mut at = first.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        while let Some(hit) = regex.find_at(&self.arena, at) {
            // Empty texts end where they start, and hold no match.
            let number = self.ends.partition_point(|&end| end as usize <= hit.start());
            let Some(&end) = self.ends.get(number) else { break };
            at = end as usize;
            // A match may start in one text and end in the next; the text alone may still hold a shorter one.
            if hit.end() <= at || regex.is_match(self.get(number as u16)) {
                found.push(number as u16);
            }
        }
        found
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// No text is added from here on: gives back what only adding needs.
    pub fn close(&mut self) {
        self.numbers = HashMap::new();
        self.arena.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The bytes of all texts together.
    pub fn text_bytes(&self) -> usize {
        self.arena.len()
    }

    /// Bytes of memory, roughly.
    pub fn memory(&self) -> usize {
        // A boxed text of the index, its slot, and the allocator's share.
        let index = self.numbers.len() * 56 + if self.numbers.is_empty() { 0 } else { self.arena.len() };
        self.arena.capacity() + self.ends.capacity() * size_of::<u32>() + index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_does_not_reach_from_one_text_into_the_next() {
        let mut texts = Texts::default();
        for text in ["xab", "", "cab", "abc", "ab", "zabca"] {
            texts.intern(text);
        }
        let matching = |first, pattern: &str| texts.matching(first, &Regex::new(pattern).unwrap());
        assert_eq!(matching(0, "abc"), [3, 5]);
        assert_eq!(matching(4, "abc"), [5]);
        assert_eq!(matching(0, "(?:bca)|(?:b)"), [0, 2, 3, 4, 5]);
        assert!(matching(0, "q").is_empty() && matching(6, "a").is_empty());
    }

    #[test]
    fn equal_texts_are_kept_once_and_come_back_as_they_were() {
        let mut texts = Texts::default();
        let words = ["ana", "", "ben", "ana", "\u{202e}x\0", ""];
        let numbers = words.map(|word| texts.intern(word));
        assert_eq!(numbers, [0, 1, 2, 0, 3, 1]);
        texts.close();
        assert_eq!(numbers.map(|number| texts.get(number)), words);
        assert_eq!(texts.len(), 4);
    }
}
