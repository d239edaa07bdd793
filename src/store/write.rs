//! What the one writer does: keeping what belongs together, whole or not at all.

use rusqlite::{Transaction, TransactionBehavior, params};

use super::{
    AlarmEntry, Lease, Limits, Opened, Position, Reader, RestoreEntry, alerts,
    block::{self, EVENTS, Numbered, Packed, Packer},
    changes,
    error::{At, Result},
    facts, fresh, open, outbox,
};
use crate::model::{Alert, Event, Message, Time};

/// So many events that came together are a block at once; fewer wait for others.
const AT_ONCE: usize = EVENTS / 2;

/// When this many events wait, or as many bytes of records, the oldest become a block.
const WAITING: i64 = 2 * EVENTS as i64;
const WAITING_BYTES: i64 = 4 << 20;

/// The store, in the hands of its one writer.
#[derive(Debug)]
pub struct Store {
    pub(super) reader: Reader,
    /// Given back when the store is dropped.
    pub(super) _lease: Lease,
    pub(super) limits: Limits,
    pub(super) packer: Packer,
    /// The number of the next event.
    pub(super) next: i64,
}

/// What is to be kept together.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Those whose id is there already are left out.
    pub events: Vec<Event>,
    /// Each replaces the one with its id, but for what was done with that: see [`Reader::set_alert_state`].
    pub alerts: Vec<Alert>,
    /// A message whose channel has had one with its notice's key is left out. Ids are given here.
    pub messages: Vec<Message>,
    /// Each replaces the one of its account, Region and kind.
    pub positions: Vec<Position>,
    /// Keys with their new values; without one, the key is removed.
    pub facts: Vec<(String, Option<Vec<u8>>)>,
    /// A change that is there already is left out.
    pub alarm_changes: Vec<AlarmEntry>,
    pub restore_changes: Vec<RestoreEntry>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Of each event, whether it was new.
    pub new: Vec<bool>,
    /// Of each message, its id in the outbox; `None` when it was left out.
    pub messages: Vec<Option<i64>>,
}

impl Store {
    /// Opens the store of the lease's folder, or makes one. An older one is copied and brought up to date; a damaged one
    /// is set aside, and [`Opened::said`] says so.
    ///
    /// # Errors
    /// It is of a newer version, or the folder or the file cannot be used.
    pub fn open(lease: Lease, limits: Limits, now: Time) -> Result<Opened> {
        open::open(lease, limits, now)
    }

    /// The same store to read.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Keeps a batch. When this returns, it is on disk.
    ///
    /// # Errors
    /// Nothing of it was kept, and the store is as before; the same batch may go through later.
    pub fn commit(&mut self, batch: &Batch) -> Result<Committed> {
        let kept = self.keep(batch);
        self.suspect_damage(kept)
    }

    /// When the store is damaged, the next start looks through all of it.
    pub(super) fn suspect_damage<T>(&self, result: Result<T>) -> Result<T> {
        if result.as_ref().is_err_and(|error| error.is_damaged()) {
            open::suspect(&self.reader.path);
        }
        result
    }

    fn keep(&mut self, batch: &Batch) -> Result<Committed> {
        let Store { reader, packer, next, .. } = self;
        let change = begin(reader)?;
        let new = reader.new_ones(&batch.events)?;
        let number = |at: usize| *next + at as i64;
        let events = batch.events.iter().zip(&new).filter(|(_, new)| **new).enumerate();
        let mut events: Vec<_> = events.map(|(at, (event, _))| Numbered { number: number(at), event }).collect();
        let after = number(events.len());
        keep_events(reader, packer, &mut events)?;
        let messages = keep_others(reader, batch)?;
        change.commit().at(&reader.path)?;
        *next = after;
        Ok(Committed { new, messages })
    }
}

/// Begins a change; dropped without a commit, it did not happen.
pub(super) fn begin(reader: &Reader) -> Result<Transaction<'_>> {
    Transaction::new_unchecked(&reader.db, TransactionBehavior::Immediate).at(&reader.path)
}

fn keep_others(reader: &Reader, batch: &Batch) -> Result<Vec<Option<i64>>> {
    batch.alerts.iter().try_for_each(|alert| alerts::put(reader, alert))?;
    batch.positions.iter().try_for_each(|position| facts::put_position(reader, position))?;
    batch.facts.iter().try_for_each(|(key, value)| facts::put(reader, key, value.as_deref()))?;
    batch.alarm_changes.iter().try_for_each(|entry| changes::put_alarm(reader, entry))?;
    batch.restore_changes.iter().try_for_each(|entry| changes::put_restore(reader, entry))?;
    batch.messages.iter().map(|message| outbox::put(reader, message)).collect()
}

fn keep_events(reader: &Reader, packer: &mut Packer, events: &mut [Numbered<'_>]) -> Result<()> {
    if events.len() >= AT_ONCE {
        return keep_blocks(reader, packer, events);
    }
    for one in events.iter() {
        fresh::insert(&reader.db, one.number, one.event).at(&reader.path)?;
    }
    let (count, bytes) = if events.is_empty() { (0, 0) } else { fresh::weigh(&reader.db).at(&reader.path)? };
    if count >= WAITING || bytes >= WAITING_BYTES { pack_oldest(reader, packer) } else { Ok(()) }
}

/// Makes a block of the oldest events that wait.
fn pack_oldest(reader: &Reader, packer: &mut Packer) -> Result<()> {
    let waiting = fresh::oldest(reader, EVENTS)?;
    let mut events: Vec<_> = waiting.iter().map(|(number, event)| Numbered { number: *number, event }).collect();
    keep_blocks(reader, packer, &mut events)?;
    waiting.iter().try_for_each(|(number, _)| fresh::remove(&reader.db, *number).at(&reader.path))
}

fn keep_blocks(reader: &Reader, packer: &mut Packer, events: &mut [Numbered<'_>]) -> Result<()> {
    block::cut(events).into_iter().try_for_each(|events| put_block(reader, &packer.pack(events)).at(&reader.path))
}

fn put_block(reader: &Reader, packed: &Packed) -> rusqlite::Result<()> {
    let mut insert =
        reader.db.prepare_cached("INSERT INTO blocks (first, last, top, events, marks) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let Packed { first, last, top, events, marks, .. } = packed;
    let block = insert.insert(params![first, last, top, events, marks.0])?;
    let mut insert = reader.db.prepare_cached("INSERT INTO parts (part, body) VALUES (?1, ?2)")?;
    let mut parts: Vec<_> = packed.parts.iter().map(|(part, body)| (part.key(block), body)).collect();
    parts.sort_unstable_by_key(|(key, _)| *key);
    parts.into_iter().try_for_each(|(key, body)| insert.execute(params![key, body]).map(|_| ()))
}
