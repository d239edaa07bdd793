//! Letting go of what is too old or too much, a little at a time.

use rusqlite::{Params, params};

use super::{
    Store,
    block::first_key,
    error::{At, Result},
    schema::pragma,
    write::begin,
};
use crate::model::Time;

/// Rows that are deleted in one piece of work.
const ROWS: i64 = 256;

/// Pages that are given back to the disk in one piece of work.
const PAGES: i64 = 64;

/// So many free pages are kept to be used again.
const SPARE: i64 = 512;

/// What goes with age, beside the events. Alerts go once they are acknowledged, messages once they no longer wait,
/// restores once their copy is gone for as long.
const OLD: [&str; 5] = [
    "DELETE FROM fresh WHERE number IN (SELECT number FROM fresh WHERE time < ?1 LIMIT ?2)",
    "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE state = 'acknowledged' AND last < ?1 LIMIT ?2)",
    "DELETE FROM outbox WHERE id IN
        (SELECT id FROM outbox WHERE state IN ('sent', 'failed', 'held') AND made < ?1 LIMIT ?2)",
    "DELETE FROM alarm_changes WHERE number IN (SELECT number FROM alarm_changes WHERE time < ?1 LIMIT ?2)",
    "DELETE FROM restore_changes WHERE number IN
        (SELECT number FROM restore_changes WHERE time < ?1 AND ifnull(until, time) < ?1 LIMIT ?2)",
];

impl Store {
    /// Lets go of what the limits say, in at most so many pieces of work of a few milliseconds each. `true` when there is
    /// more to do.
    ///
    /// Alerts that nobody has acknowledged and messages that wait are kept, however old, and whatever room they take.
    ///
    /// # Errors
    /// The file cannot be written. What was done stays done.
    pub fn tidy(&mut self, now: Time, pieces: usize) -> Result<bool> {
        for _ in 0..pieces {
            let done = self.piece(now);
            if !self.suspect_damage(done)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Does the first piece of work that there is.
    fn piece(&self, now: Time) -> Result<bool> {
        let before = now.checked_sub_signed(self.limits.age).unwrap_or(Time::MIN_UTC).timestamp_micros();
        let old = "SELECT block FROM blocks WHERE last < ?1 ORDER BY last LIMIT 1";
        if self.delete_block(old, [before])? {
            return Ok(true);
        }
        for sql in OLD {
            if self.delete(sql, params![before, ROWS])? {
                return Ok(true);
            }
        }
        let is_too_much = self.reader.used()? > self.limits.bytes;
        if is_too_much && self.delete_block("SELECT block FROM blocks ORDER BY last LIMIT 1", [])? {
            return Ok(true);
        }
        self.shrink()
    }

    fn delete(&self, sql: &str, with: impl Params) -> Result<bool> {
        let path = &self.reader.path;
        let deleted = self.reader.db.prepare_cached(sql).at(path)?.execute(with).at(path)?;
        Ok(deleted > 0)
    }

    /// Deletes the block that a statement names, if it names one.
    fn delete_block(&self, which: &str, with: impl Params) -> Result<bool> {
        let path = &self.reader.path;
        let Some(block) = self.reader.all(which, with, |row| row.get::<_, i64>(0))?.pop() else { return Ok(false) };
        let change = begin(&self.reader)?;
        self.delete("DELETE FROM parts WHERE part >= ?1 AND part < ?2", [first_key(block), first_key(block + 1)])?;
        self.delete("DELETE FROM blocks WHERE block = ?1", [block])?;
        change.commit().at(path)?;
        Ok(true)
    }

    /// Gives some free pages back to the disk, when there are many.
    fn shrink(&self) -> Result<bool> {
        let path = &self.reader.path;
        if pragma(&self.reader.db, "freelist_count").at(path)? <= SPARE {
            return Ok(false);
        }
        // The pragma gives back a page with each step.
        let mut shrink = self.reader.db.prepare(&format!("PRAGMA incremental_vacuum({PAGES})")).at(path)?;
        let mut steps = shrink.query([]).at(path)?;
        while steps.next().at(path)?.is_some() {}
        Ok(true)
    }
}
