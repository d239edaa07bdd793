//! A block as it is read: each piece unpacked when it is asked for.

use std::cell::OnceCell;

use rusqlite::{Connection, ErrorCode, OptionalExtension};

use super::{
    block::{Packed, Part},
    bytes::unsqueeze,
    column::Column,
    id::{Id, read_ids},
    sketch,
    slots::Slots,
    texts::Texts,
};
use crate::model::{Actor, Event, Region, Time, sane};

/// Why a piece of a block cannot be had.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It is not what was written: the block is left out, and counted.
    Damaged,
    /// Nothing can be read now.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // What SQLite did not say itself is about a value that is none of its column's.
            Some(ErrorCode::DatabaseCorrupt) | None => Trouble::Damaged,
            Some(_) => Trouble::Sqlite(error),
        }
    }
}

type Result<T> = std::result::Result<T, Trouble>;

/// Where the pieces of a block are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// In the table, under this number.
    Stored(&'a Connection, i64),
    /// In memory.
    LaidOut(&'a Packed),
}

/// A block being read.
#[derive(Debug)]
pub(super) struct View<'a> {
    source: Source<'a>,
    slots: OnceCell<Slots>,
    texts: [OnceCell<Texts>; Column::COUNT],
}

impl<'a> View<'a> {
    pub fn new(source: Source<'a>) -> Self {
        Self { source, slots: OnceCell::new(), texts: Default::default() }
    }

    /// What a piece's bytes say; `None` when there is no such piece.
    fn part<T>(&self, part: Part, read: impl FnOnce(&[u8]) -> Option<T>) -> Result<Option<T>> {
        let found = match self.source {
            Source::LaidOut(packed) => {
                packed.parts.iter().find(|(known, _)| *known == part).map(|(_, body)| read(body))
            }
            Source::Stored(db, block) => db
                .prepare_cached("SELECT body FROM parts WHERE part = ?1")?
                .query_row([part.key(block)], |row| Ok(row.get_ref(0)?.as_blob().ok().and_then(read)))
                .optional()?,
        };
        found.map(|read| read.ok_or(Trouble::Damaged)).transpose()
    }

    fn unpacked<T>(&self, part: Part, read: impl FnOnce(Vec<u8>) -> Option<T>) -> Result<T> {
        self.part(part, |bytes| read(unsqueeze(bytes)?))?.ok_or(Trouble::Damaged)
    }

    pub fn slots(&self) -> Result<&Slots> {
        match self.slots.get() {
            Some(slots) => Ok(slots),
            None => {
                let slots = self.unpacked(Part::Slots, |bytes| Slots::read(&bytes))?;
                Ok(self.slots.get_or_init(|| slots))
            }
        }
    }

    pub fn texts(&self, column: Column) -> Result<&Texts> {
        let cell = &self.texts[column as usize];
        match cell.get() {
            Some(texts) => Ok(texts),
            None => {
                let events = self.slots()?.len();
                let texts = self.unpacked(Part::Texts(column), |bytes| Texts::read(&bytes, events))?;
                Ok(cell.get_or_init(|| texts))
            }
        }
    }

    /// The ids of all events, given to a function.
    pub fn ids<T>(&self, then: impl FnOnce(&[Id<'_>]) -> T) -> Result<T> {
        let events = self.slots()?.len();
        self.unpacked(Part::Ids, |bytes| {
            let ids = read_ids(&bytes).filter(|ids| ids.len() == events)?;
            Some(then(&ids))
        })
    }

    /// The records of all events, one after the other: see [`Slots::record`]. Not kept, for they are large.
    pub fn records(&self) -> Result<String> {
        let slots = self.slots()?;
        let fits = |text: &String| (0..slots.len()).all(|slot| text.get(slots.record(slot)).is_some());
        self.unpacked(Part::Records, |bytes| String::from_utf8(bytes).ok().filter(fits))
    }

    /// Whether these texts, folded, may all be in one block: `false` is certain.
    pub fn may_contain(&self, needles: &[Vec<Vec<u8>>]) -> Result<bool> {
        let all = |bytes: &[u8], needles: &[Vec<u8>]| needles.iter().all(|one| sketch::may_contain(bytes, one));
        let any = self.part(Part::Sketch, |bytes| Some(needles.iter().any(|needles| all(bytes, needles))))?;
        Ok(any.unwrap_or(true))
    }

    /// An event, with this record.
    pub fn event(&self, slot: usize, id: Id<'_>, record: &str) -> Result<Event> {
        let slots = self.slots()?;
        let text = |column| Ok::<_, Trouble>(self.texts(column)?.of(slot));
        let marks = slots.marks[slot];
        Ok(Event {
            id: id.to_text(),
            time: time(slots.times[slot]),
            seen: time(slots.seen[slot]),
            region: Region::new(text(Column::Region)?),
            late: marks.late(),
            severity: marks.severity(),
            fired: marks.fired(),
            read_only: marks.read_only(),
            actor: Actor { kind: marks.kind(), name: text(Column::Actor)?.to_owned() },
            name: text(Column::Name)?.to_owned(),
            service: text(Column::Service)?.to_owned(),
            target: text(Column::Target)?.to_owned(),
            source_address: text(Column::Address)?.to_owned(),
            outcome: marks.outcome(text(Column::Code)?),
            record: record.to_owned(),
        })
    }
}

/// A time from microseconds since 1970, moved into the years that the rest of the program can show.
pub(super) fn time(micros: i64) -> Time {
    sane(Time::from_timestamp_micros(micros).unwrap_or_default())
}
