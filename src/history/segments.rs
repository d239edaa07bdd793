//! All segments, and which of them has which row.

use std::collections::VecDeque;

use super::{
    id::PackedId,
    records::Packer,
    row::{Key, RowId},
    segment::{Segment, Shape},
};
use crate::model::Event;

/// The segments in the order of arrival. Only the last one grows.
pub(super) struct Segments {
    shape: Shape,
    /// `None` where every event is evicted.
    segments: VecDeque<Option<Box<Segment>>>,
    /// The first row number of the first segment.
    base: u32,
    packer: Packer,
}

impl Segments {
    pub fn new(shape: Shape) -> Self {
        Self::starting_at(shape, 0)
    }

    /// With the first row number given, a multiple of the slots of a segment.
    pub fn starting_at(shape: Shape, base: u32) -> Self {
        Self { shape, segments: VecDeque::new(), base, packer: Packer::new() }
    }

    /// The number of a row's segment, which no other segment has at the same time, and the row's slot in it.
    pub fn split(&self, id: RowId) -> (u32, u32) {
        (id.0 / self.shape.slots, id.0 % self.shape.slots)
    }

    fn at(&self, id: RowId) -> usize {
        (id.0.wrapping_sub(self.base) / self.shape.slots) as usize
    }

    /// The segment of a row and the row's slot in it.
    pub fn get(&self, id: RowId) -> Option<(&Segment, u32)> {
        let segment = self.segments.get(self.at(id))?.as_deref()?;
        Some((segment, self.split(id).1))
    }

    /// `None` when the row is evicted.
    pub fn key(&self, id: RowId) -> Option<Key> {
        let (segment, slot) = self.get(id)?;
        segment.time(slot).map(|time| Key { time, id })
    }

    /// The oldest row number that may still be in use.
    pub fn first(&self) -> RowId {
        RowId(self.base)
    }

    /// All rows that arrived have come before this one.
    pub fn next(&self) -> RowId {
        let Some(before) = self.segments.len().checked_sub(1) else { return RowId(self.base) };
        let len = self.segments[before].as_ref().map_or(0, |segment| segment.len());
        RowId(self.base.wrapping_add(before as u32 * self.shape.slots).wrapping_add(len as u32))
    }

    pub fn push(&mut self, event: &Event, id: PackedId) -> RowId {
        if !matches!(self.segments.back(), Some(Some(last)) if !last.is_full(self.shape)) {
            self.open();
        }
        let first = self.base.wrapping_add((self.segments.len() - 1) as u32 * self.shape.slots);
        let Some(Some(last)) = self.segments.back_mut() else { unreachable!("a segment was opened") };
        RowId(first.wrapping_add(last.push(event, id, self.shape, &mut self.packer)))
    }

    fn open(&mut self) {
        if let Some(last) = self.segments.back_mut() {
            if let Some(segment) = last {
                segment.close(&mut self.packer);
            }
            last.take_if(|segment| segment.is_all_evicted());
        }
        self.segments.push_back(Some(Box::default()));
        self.drop_leading();
    }

    /// Takes a row out. The last segment stays, whatever becomes of its rows.
    pub fn evict(&mut self, id: RowId) {
        let (at, slot) = (self.at(id), self.split(id).1);
        let is_last = at + 1 == self.segments.len();
        let Some(segment) = self.segments.get_mut(at) else { return };
        if let Some(segment) = segment {
            segment.evict(slot);
        }
        if !is_last {
            segment.take_if(|segment| segment.is_all_evicted());
            self.drop_leading();
        }
    }

    fn drop_leading(&mut self) {
        while let Some(None) = self.segments.front() {
            self.segments.pop_front();
            self.base = self.base.wrapping_add(self.shape.slots);
        }
    }

    /// Bytes of memory, roughly.
    pub fn memory(&self) -> usize {
        self.segments.iter().flatten().map(|segment| segment.memory()).sum()
    }
}
