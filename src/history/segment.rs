//! A stretch of events that arrived one after the other, with everything that belongs to them.

use std::{borrow::Cow, ops::Range};

use super::{
    id::PackedId,
    records::{BlockNo, Packer, Records},
    row::{Column, Ending, Facts, Row, RowId},
    texts::Texts,
};
use crate::model::{Actor, ActorKind, Event, Region, Severity, Time, uuid};

/// A segment is closed when its texts reach this, so that hostile texts cannot outgrow their offsets.
const MAX_TEXT_BYTES: usize = 16 << 20;

/// How large segments and blocks are. Tests take small ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Row numbers set aside for a segment, a power of two of at most 65,536. The last is never given.
    pub slots: u32,
    /// A block of records is packed when it has this many bytes of text.
    pub block_bytes: usize,
}

impl Default for Shape {
    fn default() -> Self {
        Self { slots: 16_384, block_bytes: 96 << 10 }
    }
}

/// An event without its texts and its record.
#[derive(Clone, Debug)]
struct Slot {
    time: Time,
    seen: Time,
    id: [u8; 16],
    /// By [`Column`].
    texts: [u16; Column::COUNT],
    /// Where the record ends in its block.
    record_end: u32,
    severity: Severity,
    actor_kind: ActorKind,
    ending: Ending,
    flags: u8,
}

const LATE: u8 = 1;
const READ_ONLY: u8 = 2;
const UUID: u8 = 4;
const EVICTED: u8 = 8;
/// From this bit on: 0, or the severity of the weightiest rule that fired plus one.
const FIRED: u32 = 4;

const _: () = assert!(size_of::<Slot>() == 64);

/// Events in the order of their arrival. A slot is an event's place in it.
#[derive(Debug, Default)]
pub(super) struct Segment {
    slots: Vec<Slot>,
    texts: [Texts; Column::COUNT],
    /// The ids that are no UUIDs, by slot.
    odd_ids: Vec<(u32, Box<str>)>,
    records: Records,
    evicted: usize,
}

impl Segment {
    pub fn is_full(&self, shape: Shape) -> bool {
        self.slots.len() + 1 >= shape.slots as usize
            || self.texts.iter().map(Texts::text_bytes).sum::<usize>() > MAX_TEXT_BYTES
    }

    pub fn push(&mut self, event: &Event, id: PackedId, shape: Shape, packer: &mut Packer) -> u32 {
        let slot = self.slots.len() as u32;
        if self.slots.is_empty() {
            self.slots.reserve_exact(shape.slots as usize - 1);
        }
        if !id.is_uuid {
            self.odd_ids.push((slot, event.id.as_str().into()));
        }
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        self.slots.push(Slot {
            time: event.time,
            seen: event.seen,
            id: id.bytes,
            texts: Column::ALL.map(|column| self.texts[column as usize].intern(column.of_event(event))),
            record_end: self.records.push(slot, &event.record, shape.block_bytes, packer),
            severity: event.severity,
            actor_kind: event.actor.kind,
            ending: Ending::from(&event.outcome),
            flags: flag(event.late, LATE)
                | flag(event.read_only, READ_ONLY)
                | flag(id.is_uuid, UUID)
                | fired_bits(event.fired),
        });
        slot
    }

    /// No event is added from here on: packs what is open and gives back spare room.
    pub fn close(&mut self, packer: &mut Packer) {
        self.records.seal(self.slots.len() as u32, packer);
        self.records.close();
        self.slots.shrink_to_fit();
        self.odd_ids.shrink_to_fit();
        self.texts.iter_mut().for_each(Texts::close);
    }

    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn is_all_evicted(&self) -> bool {
        self.evicted == self.slots.len()
    }

    pub fn evict(&mut self, slot: u32) {
        self.slots[slot as usize].flags |= EVICTED;
        self.evicted += 1;
        self.records.forget(slot);
    }

    fn slot(&self, slot: u32) -> Option<&Slot> {
        self.slots.get(slot as usize).filter(|slot| slot.flags & EVICTED == 0)
    }

    pub fn time(&self, slot: u32) -> Option<Time> {
        self.slot(slot).map(|slot| slot.time)
    }

    /// The id's sixteen bytes, of an evicted event too.
    pub fn id_bytes(&self, slot: u32) -> [u8; 16] {
        self.slots[slot as usize].id
    }

    /// Whether an event that is not evicted has this id; `text` is the id unpacked.
    pub fn has_id(&self, slot: u32, id: &PackedId, text: &str) -> bool {
        self.slot(slot).is_some_and(|row| {
            row.id == id.bytes && id.is_uuid == (row.flags & UUID != 0) && (id.is_uuid || self.odd_id(slot) == text)
        })
    }

    fn odd_id(&self, slot: u32) -> &str {
        let found = self.odd_ids.binary_search_by_key(&slot, |(slot, _)| *slot);
        found.map_or("", |at| &self.odd_ids[at].1)
    }

    /// The event's id as it came. A UUID is written into the caller's buffer.
    pub fn id_text<'a>(&'a self, slot: u32, buffer: &'a mut [u8; 36]) -> &'a str {
        let row = &self.slots[slot as usize];
        match row.flags & UUID != 0 {
            true => uuid::write(&row.id, buffer),
            false => self.odd_id(slot),
        }
    }

    pub fn facts(&self, slot: u32) -> Option<Facts> {
        let row = self.slot(slot)?;
        Some(Facts {
            late: row.flags & LATE != 0,
            fired: fired(row.flags).is_some(),
            severity: row.severity,
            read_only: row.flags & READ_ONLY != 0,
            actor_kind: row.actor_kind,
            ending: row.ending,
        })
    }

    /// The number of an event's text among the column's texts.
    pub fn text_number(&self, slot: u32, column: Column) -> u16 {
        self.slots[slot as usize].texts[column as usize]
    }

    pub fn texts(&self, column: Column) -> &Texts {
        &self.texts[column as usize]
    }

    pub fn row(&self, slot: u32, id: RowId) -> Option<Row<'_>> {
        let row = self.slot(slot)?;
        let text = |column: Column| self.texts[column as usize].get(row.texts[column as usize]);
        Some(Row {
            id,
            time: row.time,
            seen: row.seen,
            region: text(Column::Region),
            late: row.flags & LATE != 0,
            severity: row.severity,
            fired: fired(row.flags),
            read_only: row.flags & READ_ONLY != 0,
            actor_kind: row.actor_kind,
            actor: text(Column::Actor),
            name: text(Column::Name),
            service: text(Column::Service),
            target: text(Column::Target),
            source_address: text(Column::Address),
            ending: row.ending,
            code: text(Column::Code),
        })
    }

    /// The block that an event's record is in.
    pub fn block_of(&self, slot: u32) -> BlockNo {
        self.records.block_of(slot)
    }

    pub fn block_text(&self, block: BlockNo) -> Cow<'_, str> {
        self.records.text(block)
    }

    /// Where an event's record stands in the text of its block.
    pub fn record_range(&self, slot: u32, block: BlockNo) -> Range<usize> {
        let end = |slot: u32| self.slots[slot as usize].record_end as usize;
        let start = if slot == self.records.first_of(block) { 0 } else { end(slot - 1) };
        start..end(slot)
    }

    pub fn record(&self, slot: u32) -> Option<String> {
        self.slot(slot)?;
        let block = self.block_of(slot);
        let text = self.block_text(block);
        text.get(self.record_range(slot, block)).map(str::to_owned)
    }

    pub fn event(&self, slot: u32, id: RowId) -> Option<Event> {
        let row = self.row(slot, id)?;
        Some(Event {
            id: self.id_text(slot, &mut [0; 36]).to_owned(),
            time: row.time,
            seen: row.seen,
            region: Region::new(row.region),
            late: row.late,
            severity: row.severity,
            fired: row.fired,
            read_only: row.read_only,
            actor: Actor { kind: row.actor_kind, name: row.actor.to_owned() },
            name: row.name.to_owned(),
            service: row.service.to_owned(),
            target: row.target.to_owned(),
            source_address: row.source_address.to_owned(),
            outcome: row.ending.with_code(row.code),
            record: self.record(slot)?,
        })
    }

    /// Bytes of memory, roughly.
    pub fn memory(&self) -> usize {
        let texts: usize = self.texts.iter().map(Texts::memory).sum();
        let odd_ids: usize = self.odd_ids.len() * (size_of::<(u32, Box<str>)>() + 48);
        self.slots.capacity() * size_of::<Slot>() + texts + odd_ids + self.records.memory()
    }
}

fn fired_bits(severity: Option<Severity>) -> u8 {
    let number = Severity::ALL.iter().position(|known| Some(*known) == severity);
    number.map_or(0, |number| (number as u8 + 1) << FIRED)
}

fn fired(flags: u8) -> Option<Severity> {
    let number = usize::from(flags >> FIRED).checked_sub(1)?;
    Severity::ALL.get(number).copied()
}
