//! Which events are there already.
//!
//! An event's id is looked for where its time says that it is: the event is told again with the time it had before. So
//! there is no index of ids, which would be as large as what it points to and grow at random places with each event.

use std::collections::{HashMap, HashSet};

use super::{
    Reader,
    error::{At, Result},
    fresh,
    id::Id,
    view::{Source, View},
};
use crate::model::{Event, Time};

/// Ids to look for, and where.
struct Sought<'a> {
    ids: HashMap<Id<'a>, &'a str>,
    /// Microseconds, in order.
    times: Vec<i64>,
    /// One of them may have any time.
    everywhere: bool,
}

impl<'a> Sought<'a> {
    fn new(events: impl Iterator<Item = (Time, &'a str)>) -> Self {
        let (mut ids, mut times) = (HashMap::new(), Vec::new());
        for (time, id) in events {
            ids.insert(Id::new(id), id);
            times.push(time.timestamp_micros());
        }
        times.sort_unstable();
        Self { ids, times, everywhere: false }
    }

    /// The times between which all are.
    fn span(&self) -> (i64, i64) {
        match (self.everywhere, self.times.first(), self.times.last()) {
            (false, Some(first), Some(last)) => (*first, *last),
            _ => (i64::MIN, i64::MAX),
        }
    }

    fn may_be_between(&self, first: i64, last: i64) -> bool {
        let next = self.times.partition_point(|time| *time < first);
        self.everywhere || self.times.get(next).is_some_and(|time| *time <= last)
    }
}

impl Reader {
    /// The ids of those of these events that the store has, each sought by its id and its time.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn known<'a>(&self, events: impl IntoIterator<Item = (Time, &'a str)>) -> Result<HashSet<&'a str>> {
        self.find_known(&Sought::new(events.into_iter()))
    }

    /// Of each event, whether it is new: not there, and not among those before it.
    pub(super) fn new_ones(&self, events: &[Event]) -> Result<Vec<bool>> {
        let mut sought = Sought::new(events.iter().map(|event| (event.time, event.id.as_str())));
        // An event whose record and envelope have no time has the time at which it was seen, another each time.
        sought.everywhere = events.iter().any(|event| event.time == event.seen);
        let mut known = self.find_known(&sought)?;
        Ok(events.iter().map(|event| known.insert(event.id.as_str())).collect())
    }

    fn find_known<'a>(&self, sought: &Sought<'a>) -> Result<HashSet<&'a str>> {
        let mut known = HashSet::new();
        for id in sought.ids.values() {
            if fresh::has(&self.db, id).at(&self.path)? {
                known.insert(*id);
            }
        }
        let (since, until) = sought.span();
        let sql = "SELECT block, first, last, events FROM blocks WHERE last >= ?1 AND first <= ?2";
        let blocks = self.all(sql, [since, until], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        for (block, first, last, events) in blocks {
            if sought.may_be_between(first, last) {
                let view = View::new(Source::Stored(&self.db, block), events);
                let find = |ids: &[Id<'_>]| known.extend(ids.iter().filter_map(|id| sought.ids.get(id)));
                self.or_damaged(view.ids(find))?;
            }
        }
        Ok(known)
    }
}
