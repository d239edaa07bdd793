//! The events in memory: bounded, each once, readable in the order of their times.

use std::fmt;

use super::{
    id::{Index, PackedId},
    order::Order,
    row::{Key, Row, RowId},
    segment::{Segment, Shape},
    segments::Segments,
};
use crate::model::Event;

/// More events than this are not kept, whatever is asked for.
const MAX_CAPACITY: usize = 1 << 24;

/// The bytes that an event may take on average, as far as there is capacity, and those that each event there is adds: a
/// full history of CloudTrail's usual records of 1 to 2 KiB has 300 for each. Where records are longer, fewer are kept.
///
/// A few huge records get less: they scatter the memory around them, and answers full of them need room beside them.
const BYTES_OF_CAPACITY: usize = 180;
const BYTES_OF_EVENT: usize = 120;

/// However few events are kept, they may take this many bytes.
const MIN_BYTES: usize = 64 << 20;

/// Events are taken in this many at a time, so that the oldest go before much has come.
const BATCH: usize = 1_000;

/// The newest events, in memory.
///
/// An event is a row of 64 bytes, its texts kept once in its segment, and a record in a packed block. When there are more
/// than `capacity` events, or more bytes than 180 for each of these and 120 for each event there, the oldest by time go.
/// A block is given back with the last event in it, and a segment likewise, so that events that came far out of order may
/// hold room for less.
pub struct History {
    rows: Segments,
    order: Order,
    index: Index,
    capacity: usize,
    evicted: u64,
}

impl History {
    /// An empty history of at most `capacity` events.
    pub fn new(capacity: usize) -> Self {
        Self::with(capacity, Segments::new(Shape::default()))
    }

    pub(super) fn with(capacity: usize, rows: Segments) -> Self {
        let capacity = capacity.clamp(1, MAX_CAPACITY);
        Self { rows, order: Order::default(), index: Index::new(capacity), capacity, evicted: 0 }
    }

    /// Takes in the events whose id it does not have, and lets the oldest go.
    ///
    /// Returns the new rows from the oldest to the newest, those at once evicted left out. A thousand events take a few
    /// milliseconds; hand in no more at a time where somebody waits.
    pub fn ingest(&mut self, events: impl IntoIterator<Item = Event>) -> Vec<RowId> {
        let mut events = events.into_iter().peekable();
        let mut new = Vec::new();
        while events.peek().is_some() {
            let mut batch: Vec<Key> = events.by_ref().take(BATCH).filter_map(|event| self.push(&event)).collect();
            // Stable: equal times stay in the order of arrival.
            batch.sort_by_key(|key| key.time);
            let batch: Vec<RowId> = batch.into_iter().map(|key| key.id).collect();
            self.order.merge(&self.rows, &batch);
            self.make_room();
            new.push(batch);
        }
        self.merged(new)
    }

    /// The rows of all batches that are still there, in order.
    fn merged(&self, batches: Vec<Vec<RowId>>) -> Vec<RowId> {
        let mut rows = Order::default();
        for batch in batches {
            let left: Vec<RowId> = batch.into_iter().filter(|&id| self.rows.key(id).is_some()).collect();
            rows.merge(&self.rows, &left);
        }
        (0..rows.len()).filter_map(|at| rows.get_oldest(at)).collect()
    }

    /// Adds an event to rows and index, unless it is known or would be the first to go.
    fn push(&mut self, event: &Event) -> Option<Key> {
        let id = self.index.pack(&event.id);
        if self.find_packed(&id, &event.id).is_some() {
            return None;
        }
        let oldest = self.order.oldest().and_then(|oldest| self.rows.key(oldest));
        if self.len() >= self.capacity && oldest.is_some_and(|oldest| event.time < oldest.time) {
            self.evicted += 1;
            return None;
        }
        let row = self.rows.push(event, id);
        self.index.insert(&id, row);
        Some(Key { time: event.time, id: row })
    }

    fn make_room(&mut self) {
        while self.len() > self.capacity {
            self.evict_oldest();
        }
        while self.memory() > self.max_bytes() && self.len() > 1 {
            (0..64.min(self.len() - 1)).for_each(|_| self.evict_oldest());
        }
    }

    /// The bytes that the events there may take together.
    pub(super) fn max_bytes(&self) -> usize {
        (self.capacity * BYTES_OF_CAPACITY + self.len() * BYTES_OF_EVENT).max(MIN_BYTES)
    }

    fn evict_oldest(&mut self) {
        let Some(id) = self.order.pop_oldest() else { return };
        if let Some((segment, slot)) = self.rows.get(id) {
            let bytes_of = |id| self.rows.get(id).map(|(segment, slot)| segment.id_bytes(slot)).unwrap_or_default();
            self.index.remove(&segment.id_bytes(slot), id, bytes_of);
        }
        self.rows.evict(id);
        self.evicted += 1;
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The newest event by time.
    pub fn newest(&self) -> Option<RowId> {
        self.order.get_newest(0)
    }

    /// What a list shows of an event; `None` once it is evicted. Allocates nothing.
    pub fn row(&self, id: RowId) -> Option<Row<'_>> {
        let (segment, slot) = self.rows.get(id)?;
        segment.row(slot, id)
    }

    /// The event as it was taken in, its record unpacked.
    pub fn event(&self, id: RowId) -> Option<Event> {
        let (segment, slot) = self.rows.get(id)?;
        segment.event(slot, id)
    }

    /// The event's record as received.
    pub fn record(&self, id: RowId) -> Option<String> {
        let (segment, slot) = self.rows.get(id)?;
        segment.record(slot)
    }

    /// The event with this `EventId`.
    pub fn find(&self, event_id: &str) -> Option<RowId> {
        self.find_packed(&self.index.pack(event_id), event_id)
    }

    fn find_packed(&self, id: &PackedId, text: &str) -> Option<RowId> {
        let is = |row| self.rows.get(row).is_some_and(|(segment, slot)| segment.has_id(slot, id, text));
        self.index.find(id, is)
    }

    /// Bytes of memory, roughly.
    pub fn memory(&self) -> usize {
        self.rows.memory() + self.order.memory() + self.index.memory()
    }

    /// How many events had to go since the start, or were too old to be taken in.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    pub(super) fn rows(&self) -> &Segments {
        &self.rows
    }

    pub(super) fn order(&self) -> &Order {
        &self.order
    }

    pub(super) fn segment(&self, id: RowId) -> Option<(&Segment, u32)> {
        self.rows.get(id)
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { capacity, evicted, .. } = self;
        f.debug_struct("History")
            .field("len", &self.len())
            .field("capacity", capacity)
            .field("evicted", evicted)
            .finish_non_exhaustive()
    }
}
