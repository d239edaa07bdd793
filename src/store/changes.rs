//! How alarms and restores changed.

use rusqlite::{Row, params};

use super::{
    Reader,
    alerts::json,
    error::{At, Result},
    view::time,
};
use crate::model::{AlarmChange, Region, Restore, Time};

/// A change of an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmEntry {
    pub region: Region,
    /// The alarm's name.
    pub alarm: String,
    pub change: AlarmChange,
}

/// A restore as it was seen when it was new or had changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreEntry {
    /// When it was seen so.
    pub time: Time,
    pub restore: Restore,
}

pub(super) fn put_alarm(reader: &Reader, entry: &AlarmEntry) -> Result<()> {
    let AlarmChange { time, kind, summary, data } = &entry.change;
    let sql = "INSERT INTO alarm_changes (region, alarm, time, kind, summary, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO NOTHING";
    let row = params![entry.region.as_str(), entry.alarm, time.timestamp_micros(), kind, summary, data];
    reader.db.prepare_cached(sql).and_then(|mut put| put.execute(row)).at(&reader.path).map(|_| ())
}

pub(super) fn put_restore(reader: &Reader, entry: &RestoreEntry) -> Result<()> {
    let Restore { place, key, .. } = &entry.restore;
    let body = serde_json::to_string(&entry.restore).at(&reader.path)?;
    let until = entry.restore.deadline().map(|until| until.timestamp_micros());
    let sql = "INSERT INTO restore_changes (bucket, key, time, until, body) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = params![place.bucket, key, entry.time.timestamp_micros(), until, body];
    reader.db.prepare_cached(sql).and_then(|mut put| put.execute(row)).at(&reader.path).map(|_| ())
}

fn alarm_entry(row: &Row<'_>) -> rusqlite::Result<AlarmEntry> {
    Ok(AlarmEntry {
        region: Region::new(row.get_ref(0)?.as_str()?),
        alarm: row.get(1)?,
        change: AlarmChange { time: time(row.get(2)?), kind: row.get(3)?, summary: row.get(4)?, data: row.get(5)? },
    })
}

fn restore_entry(row: &Row<'_>) -> rusqlite::Result<RestoreEntry> {
    Ok(RestoreEntry { time: time(row.get(0)?), restore: json(row, 1)? })
}

impl Reader {
    /// The newest changes of an alarm, the newest first, at most so many.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn alarm_changes(&self, region: &Region, alarm: &str, limit: usize) -> Result<Vec<AlarmEntry>> {
        let sql = "SELECT region, alarm, time, kind, summary, data FROM alarm_changes
            WHERE region = ?1 AND alarm = ?2 ORDER BY time DESC, number DESC LIMIT ?3";
        self.all(sql, params![region.as_str(), alarm, limit as i64], alarm_entry)
    }

    /// The newest changes of all alarms, the newest first, at most so many.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn all_alarm_changes(&self, limit: usize) -> Result<Vec<AlarmEntry>> {
        let sql = "SELECT region, alarm, time, kind, summary, data FROM alarm_changes
            ORDER BY time DESC, number DESC LIMIT ?1";
        self.all(sql, [limit as i64], alarm_entry)
    }

    /// How an object's restores changed, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn restore_changes(&self, bucket: &str, key: &str) -> Result<Vec<RestoreEntry>> {
        let sql = "SELECT time, body FROM restore_changes WHERE bucket = ?1 AND key = ?2 ORDER BY number";
        self.all(sql, [bucket, key], restore_entry)
    }

    /// Every object's restore as it was seen last.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn restores(&self) -> Result<Vec<RestoreEntry>> {
        let sql = "SELECT time, body FROM restore_changes
            WHERE number IN (SELECT max(number) FROM restore_changes GROUP BY bucket, key) ORDER BY number";
        self.all(sql, [], restore_entry)
    }
}
