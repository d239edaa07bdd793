//! What is of a fixed size in the events of a block, unpacked.

use super::{bytes::Cursor, marks::Marks};

/// By event, in the order of times and then of numbers.
#[derive(Debug)]
pub(super) struct Slots {
    /// Microseconds since 1970.
    pub times: Vec<i64>,
    pub seen: Vec<i64>,
    pub numbers: Vec<i64>,
    /// Where each record ends in the records of the block.
    ends: Vec<usize>,
    pub marks: Vec<Marks>,
}

impl Slots {
    /// Reads what `block.rs` wrote; `None` when the bytes are damaged.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        // Each event has at least eight bytes.
        let events = cursor.length().filter(|events| *events <= bytes.len() / 8)?;
        let times = sums(&mut cursor, events)?;
        let seen = times.iter().map(|time| Some(time.wrapping_add(cursor.signed()?))).collect::<Option<_>>()?;
        let numbers = sums(&mut cursor, events)?;
        let mut end = 0_usize;
        let mut next = || {
            end = end.checked_add(cursor.length()?)?;
            Some(end)
        };
        let ends = (0..events).map(|_| next()).collect::<Option<_>>()?;
        let marks = cursor.take(events * 4)?.as_chunks::<4>().0;
        let marks = marks.iter().map(|bits| Marks(u32::from_le_bytes(*bits))).collect();
        Some(Self { times, seen, numbers, ends, marks })
    }

    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Where an event's record stands in the records of the block.
    pub fn record(&self, slot: usize) -> std::ops::Range<usize> {
        slot.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[slot]
    }
}

/// Numbers of which each was written as what it has more than the one before.
fn sums(cursor: &mut Cursor<'_>, count: usize) -> Option<Vec<i64>> {
    let mut sum = 0_i64;
    let mut next = || {
        sum = sum.wrapping_add(cursor.signed()?);
        Some(sum)
    };
    (0..count).map(|_| next()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::{id::read_ids, texts::Texts};

    proptest! {
        #[test]
        fn whatever_bytes_are_read_what_they_say_can_be_asked_for(bytes in prop::collection::vec(0_u8..20, 0..200)) {
            if let Some(slots) = Slots::read(&bytes) {
                for slot in 0..slots.len() {
                    let record = slots.record(slot);
                    prop_assert!(record.start <= record.end);
                    let marks = slots.marks[slot];
                    let _ = (marks.severity(), marks.fired(), marks.kind(), marks.outcome(""), marks.late());
                }
            }
            if let Some(texts) = Texts::read(&bytes, 3) {
                let _ = [0, 1, 2].map(|slot| texts.of(slot));
            }
            read_ids(&bytes);
        }
    }
}
