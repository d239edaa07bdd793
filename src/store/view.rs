//! A block as it is read: each piece unpacked when it is asked for.

use std::cell::OnceCell;

use rusqlite::{Connection, ErrorCode, OptionalExtension};

use super::{
    block::{Packed, Part},
    bytes::unsqueeze,
    column::Column,
    id::{Id, read_ids},
    sketch::{PIECES, Place},
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
    /// How many events it has.
    events: usize,
    slots: OnceCell<Slots>,
    texts: [OnceCell<Texts>; Column::COUNT],
    sketch: [OnceCell<Vec<u8>>; PIECES],
}

impl<'a> View<'a> {
    /// A block of so many events.
    pub fn new(source: Source<'a>, events: i64) -> Self {
        let events = usize::try_from(events).unwrap_or(0);
        Self { source, events, slots: OnceCell::new(), texts: Default::default(), sketch: Default::default() }
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
                let read = |bytes: Vec<u8>| Slots::read(&bytes).filter(|slots| slots.len() == self.events);
                let slots = self.unpacked(Part::Slots, read)?;
                Ok(self.slots.get_or_init(|| slots))
            }
        }
    }

    pub fn texts(&self, column: Column) -> Result<&Texts> {
        let cell = &self.texts[column as usize];
        match cell.get() {
            Some(texts) => Ok(texts),
            None => {
                let texts = self.unpacked(Part::Texts(column), |bytes| Texts::read(&bytes, self.events))?;
                Ok(cell.get_or_init(|| texts))
            }
        }
    }

    /// The ids of all events, given to a function.
    pub fn ids<T>(&self, then: impl FnOnce(&[Id<'_>]) -> T) -> Result<T> {
        self.unpacked(Part::Ids, |bytes| {
            let ids = read_ids(&bytes).filter(|ids| ids.len() == self.events)?;
            Some(then(&ids))
        })
    }

    /// The records of all events, one after the other: see [`Slots::record`]. Not kept, for they are large.
    pub fn records(&self) -> Result<String> {
        let slots = self.slots()?;
        let fits = |text: &String| (0..slots.len()).all(|slot| text.get(slots.record(slot)).is_some());
        self.unpacked(Part::Records, |bytes| String::from_utf8(bytes).ok().filter(fits))
    }

    /// Whether all of one of these lists may be in the block: `false` is certain.
    pub fn may_contain(&self, needles: &[Vec<Place>]) -> Result<bool> {
        for all in needles {
            if self.may_contain_all(all)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn may_contain_all(&self, needles: &[Place]) -> Result<bool> {
        for place in needles {
            if !place.is_set(self.sketch(place.piece)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A piece of the sketch; empty when the block has none.
    fn sketch(&self, piece: usize) -> Result<&[u8]> {
        let cell = &self.sketch[piece];
        match cell.get() {
            Some(bytes) => Ok(bytes),
            None => {
                let bytes = self.part(Part::Sketch(piece), |bytes| Some(bytes.to_vec()))?.unwrap_or_default();
                Ok(cell.get_or_init(|| bytes))
            }
        }
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
