//! The texts of one column of a block, each kept once.

use std::collections::HashMap;

use super::bytes::{Cursor, put};

/// The different texts one after the other, and which of them each event has.
#[derive(Debug)]
pub(super) struct Texts {
    joined: String,
    /// Where each text ends.
    ends: Vec<u32>,
    /// By event.
    which: Vec<u32>,
}

/// The texts of the events in their order, as bytes.
pub(super) fn put_texts<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let (mut known, mut different, mut which) = (HashMap::new(), Vec::new(), Vec::new());
    for text in texts {
        which.push(*known.entry(text).or_insert_with(|| {
            different.push(text);
            different.len() - 1
        }));
    }
    let mut out = Vec::new();
    put(&mut out, different.len() as u64);
    different.iter().for_each(|text| put(&mut out, text.len() as u64));
    different.iter().for_each(|text| out.extend_from_slice(text.as_bytes()));
    which.iter().for_each(|which| put(&mut out, *which as u64));
    out
}

impl Texts {
    /// Reads what [`put_texts`] wrote for so many events; `None` when the bytes are damaged.
    pub fn read(bytes: &[u8], events: usize) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        let different = cursor.length().filter(|different| *different <= events)?;
        let (mut ends, mut end) = (Vec::with_capacity(different), 0_u32);
        for _ in 0..different {
            end = end.checked_add(cursor.length()?.try_into().ok()?)?;
            ends.push(end);
        }
        let joined = str::from_utf8(cursor.take(end as usize)?).ok()?.to_owned();
        let mut which = Vec::with_capacity(events);
        for _ in 0..events {
            which.push(cursor.length().filter(|which| *which < different)? as u32);
        }
        let whole = ends.iter().all(|end| joined.is_char_boundary(*end as usize));
        whole.then_some(Self { joined, ends, which })
    }

    /// All different texts without anything between them.
    pub fn joined(&self) -> &str {
        &self.joined
    }

    fn text(&self, which: usize) -> &str {
        let start = which.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.joined[start as usize..self.ends[which] as usize]
    }

    /// The text of an event.
    pub fn of(&self, slot: usize) -> &str {
        self.text(self.which[slot] as usize)
    }

    /// Of each different text, whether it is so.
    pub fn judge(&self, holds: impl Fn(&str) -> bool) -> Vec<bool> {
        (0..self.ends.len()).map(|which| holds(self.text(which))).collect()
    }

    /// What [`Texts::judge`] found of the text of an event.
    pub fn verdict(&self, verdicts: &[bool], slot: usize) -> bool {
        verdicts[self.which[slot] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_they_were_written() {
        let texts = ["ana", "", "ana", "ü", "bob", ""];
        let bytes = put_texts(texts.into_iter());
        let read = Texts::read(&bytes, texts.len()).unwrap();
        assert_eq!((0..texts.len()).map(|slot| read.of(slot)).collect::<Vec<_>>(), texts);
        assert_eq!(read.joined(), "anaübob");
        let verdicts = read.judge(|text| text.contains('b'));
        assert_eq!((0..6).filter(|slot| read.verdict(&verdicts, *slot)).collect::<Vec<_>>(), [4]);
        for end in 0..bytes.len() {
            assert!(Texts::read(&bytes[..end], texts.len()).is_none());
        }
    }
}
