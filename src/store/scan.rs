//! Finding events, the newest first, over blocks whose times may overlap.

use rusqlite::params;

use super::{
    Reader,
    block::{Numbered, Packed, lay_out},
    error::{At, Result},
    fresh,
    id::Id,
    marks::Marks,
    search::Search,
    view::{Source, Trouble, View, time},
};
use crate::model::{Event, Time};

/// Where an event stands in the order of the store: by time, then by arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// To the microsecond.
    pub time: Time,
    /// Its number, given in the order of arrival.
    pub number: i64,
}

/// An event of the store and its place there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub key: Key,
    /// Times are to the microsecond.
    pub event: Event,
}

/// An event that was found.
struct Hit {
    /// Microseconds, then the number.
    key: (i64, i64),
    /// Which of the views, and where in it.
    view: usize,
    slot: usize,
}

/// What is known of a block before it is read.
struct Header {
    block: i64,
    last: i64,
    marks: Marks,
    events: i64,
}

/// A search on its way.
struct Scan<'a> {
    search: &'a Search,
    before: (i64, i64),
    limit: usize,
    views: Vec<View<'a>>,
    /// The newest first, at most `limit`.
    hits: Vec<Hit>,
}

impl Reader {
    /// The events before a place, the newest first, at most so many, with their records. To load all, go on before the
    /// last one.
    ///
    /// # Errors
    /// The file cannot be read. Damaged blocks are left out: see [`Reader::damaged`].
    pub fn newest(&self, before: Option<Key>, count: usize) -> Result<Vec<Stored>> {
        self.scan(&Search::all(), before, count, true)
    }

    /// The events before a place that a search finds, the newest first, at most so many. Their records are left empty:
    /// [`Reader::record`] gives them.
    ///
    /// # Errors
    /// The file cannot be read. Damaged blocks are left out: see [`Reader::damaged`].
    pub fn search(&self, search: &Search, before: Option<Key>, limit: usize) -> Result<Vec<Stored>> {
        self.scan(search, before, limit, false)
    }

    /// The whole event at a place; `None` when it is gone.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn event(&self, key: Key) -> Result<Option<Event>> {
        let above = Key { number: key.number.saturating_add(1), ..key };
        let found = self.scan(&Search::all().since(key.time), Some(above), 1, true)?;
        Ok(found.into_iter().find(|stored| stored.key == key).map(|stored| stored.event))
    }

    /// The record of the event at a place; `None` when it is gone.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn record(&self, key: Key) -> Result<Option<String>> {
        Ok(self.event(key)?.map(|event| event.record))
    }

    fn scan(&self, search: &Search, before: Option<Key>, limit: usize, whole: bool) -> Result<Vec<Stored>> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let before = before.map_or((i64::MAX, i64::MAX), |key| (key.time.timestamp_micros(), key.number));
        let before = before.min((search.until.unwrap_or(i64::MAX), i64::MAX));
        // What is read is of one moment, whatever is written meanwhile.
        let _moment = self.db.unchecked_transaction().at(&self.path)?;
        let fresh = fresh::between(self, search.since.unwrap_or(i64::MIN), before.0)?;
        let fresh = laid_out(&fresh);
        let mut scan = Scan { search, before, limit, views: Vec::new(), hits: Vec::new() };
        self.or_damaged(scan.look(View::new(Source::LaidOut(&fresh), fresh.events)))?;
        self.blocks(&mut scan)?;
        self.read(&scan, whole)
    }

    /// Looks into the blocks, those that end latest first, until nothing newer can come.
    fn blocks<'a>(&'a self, scan: &mut Scan<'a>) -> Result<()> {
        let mut select = self
            .db
            .prepare_cached(
                "SELECT block, last, marks, events FROM blocks WHERE last >= ?1 AND first <= ?2 ORDER BY last DESC",
            )
            .at(&self.path)?;
        let header = |row: &rusqlite::Row<'_>| {
            Ok(Header { block: row.get(0)?, last: row.get(1)?, marks: Marks(row.get(2)?), events: row.get(3)? })
        };
        let since = scan.search.since.unwrap_or(i64::MIN);
        let headers = select.query_map(params![since, scan.before.0], header).at(&self.path)?;
        for header in headers {
            let header = header.at(&self.path)?;
            if scan.is_done(header.last) {
                break;
            }
            if scan.search.may_hold(header.marks) {
                let source = Source::Stored(&self.db, header.block);
                self.or_damaged(scan.look(View::new(source, header.events)))?;
            }
        }
        Ok(())
    }

    /// The events that were found.
    fn read(&self, scan: &Scan<'_>, whole: bool) -> Result<Vec<Stored>> {
        let mut found: Vec<Option<Stored>> = scan.hits.iter().map(|_| None).collect();
        for (number, view) in scan.views.iter().enumerate() {
            let wanted: Vec<usize> = (0..scan.hits.len()).filter(|hit| scan.hits[*hit].view == number).collect();
            if !wanted.is_empty() {
                self.or_damaged(read_view(view, scan, &wanted, whole, &mut found))?;
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// Counts what is damaged and goes on without it.
    pub(super) fn or_damaged<T: Default>(&self, result: std::result::Result<T, Trouble>) -> Result<T> {
        match result {
            Ok(value) => Ok(value),
            Err(Trouble::Damaged) => {
                self.count_damage();
                Ok(T::default())
            }
            Err(Trouble::Sqlite(error)) => Err(error).at(&self.path),
        }
    }
}

fn laid_out(fresh: &[(i64, Event)]) -> Packed {
    let mut events: Vec<_> = fresh.iter().map(|(number, event)| Numbered { number: *number, event }).collect();
    lay_out(&mut events)
}

/// Reads those hits of a view that are wanted into their places.
fn read_view(
    view: &View<'_>,
    scan: &Scan<'_>,
    wanted: &[usize],
    whole: bool,
    found: &mut [Option<Stored>],
) -> std::result::Result<(), Trouble> {
    let (slots, records) = (view.slots()?, if whole { view.records()? } else { String::new() });
    let read = |hit: &Hit, ids: &[Id<'_>]| {
        let record = if whole { &records[slots.record(hit.slot)] } else { "" };
        let key = Key { time: time(hit.key.0), number: hit.key.1 };
        view.event(hit.slot, ids[hit.slot], record).map(|event| Stored { key, event })
    };
    view.ids(|ids| {
        wanted.iter().try_for_each(|at| {
            found[*at] = Some(read(&scan.hits[*at], ids)?);
            Ok(())
        })
    })?
}

impl<'a> Scan<'a> {
    /// Whether nothing in blocks that end at this time or before can be among the hits.
    fn is_done(&self, last: i64) -> bool {
        self.hits.len() == self.limit && self.hits.last().is_some_and(|hit| hit.key.0 > last)
    }

    /// Takes what is found in a block among the hits.
    fn look(&mut self, view: View<'a>) -> std::result::Result<(), Trouble> {
        if !self.search.may_find(&view)? {
            return Ok(());
        }
        let slots = view.slots()?;
        let key = |slot: usize| (slots.times[slot], slots.numbers[slot]);
        let least = if self.hits.len() == self.limit { self.hits.last().map(|hit| hit.key) } else { None };
        let since = self.search.since.unwrap_or(i64::MIN);
        let may = |slot: &usize| {
            key(*slot) < self.before && slots.times[*slot] >= since && least.is_none_or(|least| key(*slot) > least)
        };
        let found = self.search.find(&view, (0..slots.len()).filter(may).collect())?;
        let number = self.views.len();
        let hits: Vec<_> = found.into_iter().map(|slot| Hit { key: key(slot), view: number, slot }).collect();
        if !hits.is_empty() {
            self.hits.extend(hits);
            self.hits.sort_by_key(|hit| std::cmp::Reverse(hit.key));
            self.hits.truncate(self.limit);
            self.views.push(view);
        }
        Ok(())
    }
}
