//! Small things that change together with the rest: where a feed is, what a rule remembers, what was told.

use rusqlite::{Row, params};

use super::{
    Reader,
    error::{At, Result},
};

/// Where a feed is, in bytes that only the feed understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The account's number.
    pub account: String,
    pub region: String,
    /// What the feed reads, such as `events`.
    pub kind: String,
    pub body: Vec<u8>,
}

pub(super) fn put_position(reader: &Reader, position: &Position) -> Result<()> {
    let Position { account, region, kind, body } = position;
    let sql = "INSERT INTO positions VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (account, region, kind) DO UPDATE SET body = excluded.body";
    let put = reader.db.prepare_cached(sql).and_then(|mut put| put.execute(params![account, region, kind, body]));
    put.at(&reader.path).map(|_| ())
}

pub(super) fn put(reader: &Reader, key: &str, value: Option<&[u8]>) -> Result<()> {
    let done = match value {
        Some(value) => reader
            .db
            .prepare_cached("INSERT INTO facts VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
            .and_then(|mut put| put.execute(params![key, value])),
        None => reader.db.prepare_cached("DELETE FROM facts WHERE key = ?1").and_then(|mut put| put.execute([key])),
    };
    done.at(&reader.path).map(|_| ())
}

fn position(row: &Row<'_>) -> rusqlite::Result<Position> {
    Ok(Position { account: row.get(0)?, region: row.get(1)?, kind: row.get(2)?, body: row.get(3)? })
}

impl Reader {
    /// Where every feed is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn positions(&self) -> Result<Vec<Position>> {
        self.all("SELECT account, region, kind, body FROM positions", [], position)
    }

    /// The value of a key.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn fact(&self, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.all("SELECT value FROM facts WHERE key = ?1", [key], |row| row.get(0))?.pop())
    }

    /// The keys that start so, with their values, in order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn facts(&self, start: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let sql = "SELECT key, value FROM facts WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 ORDER BY key";
        self.all(sql, [start], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Sets a key, or removes it without a value, by itself and also beside the writer, who learns of it by
    /// [`Reader::changed`]. What belongs to an event goes into its batch instead.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_fact(&self, key: &str, value: Option<&[u8]>) -> Result<()> {
        let changed = match value {
            Some(value) => self.change("INSERT OR REPLACE INTO facts VALUES (?1, ?2)", params![key, value]),
            None => self.change("DELETE FROM facts WHERE key = ?1", [key]),
        };
        changed.map(|_| ())
    }
}
