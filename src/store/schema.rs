//! The tables, version by version, and how a store of an older version becomes one of this.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::{
    error::{At, Result, StoreError},
    lease::owned,
};
use crate::model::Time;

/// Stands in the file's header: "tw" and a number of our own.
pub(super) const APPLICATION: i64 = 0x7477_0001;

/// What makes a store of version `n + 1` of one of version `n`; a new store has been through all of them. Only ever
/// added to.
pub(super) const MIGRATIONS: &[&str] = &[FIRST];

/// Times are microseconds since 1970, UTC.
///
/// `fresh` has events that wait for a block; `blocks` says of each block what it covers, and `parts` has what is in it,
/// in pieces that are read one by one: the key is the block's number times 32, and the piece. See `block.rs`.
const FIRST: &str = "
CREATE TABLE fresh (
    number INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    id TEXT NOT NULL,
    marks INTEGER NOT NULL,
    region TEXT NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    actor TEXT NOT NULL,
    target TEXT NOT NULL,
    address TEXT NOT NULL,
    code TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX fresh_by_time ON fresh (time, number);
CREATE INDEX fresh_by_id ON fresh (id);
CREATE TABLE blocks (
    block INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    top INTEGER NOT NULL,
    events INTEGER NOT NULL,
    marks INTEGER NOT NULL
);
CREATE INDEX blocks_by_last ON blocks (last, first, block);
CREATE TABLE parts (
    part INTEGER PRIMARY KEY,
    body BLOB NOT NULL
);
CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    last INTEGER NOT NULL,
    state TEXT NOT NULL,
    until INTEGER,
    body TEXT NOT NULL
);
CREATE INDEX alerts_by_last ON alerts (last);
CREATE INDEX alerts_by_state ON alerts (state, last);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    key TEXT NOT NULL,
    made INTEGER NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    said TEXT NOT NULL,
    notice TEXT NOT NULL,
    UNIQUE (channel, key)
);
CREATE INDEX outbox_by_state ON outbox (state, channel, id);
CREATE TABLE alarm_changes (
    number INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    alarm TEXT NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    summary TEXT NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (region, alarm, time, kind, summary)
);
CREATE INDEX alarm_changes_by_time ON alarm_changes (time);
CREATE TABLE restore_changes (
    number INTEGER PRIMARY KEY,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    time INTEGER NOT NULL,
    until INTEGER,
    body TEXT NOT NULL
);
CREATE INDEX restore_changes_by_object ON restore_changes (bucket, key, number);
CREATE INDEX restore_changes_by_time ON restore_changes (time);
CREATE TABLE positions (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (account, region, kind)
) WITHOUT ROWID;
CREATE TABLE facts (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;
";

/// The tables whose damage would lose what AWS cannot tell again, and which are small: looked through at each start.
pub(super) const SMALL: [&str; 8] =
    ["fresh", "blocks", "alerts", "outbox", "alarm_changes", "restore_changes", "positions", "facts"];

/// A number that a pragma gives.
pub(super) fn pragma(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, name, |row| row.get(0))
}

/// Brings a store up to the newest version, each step in a transaction, a copy kept before the first. Gives the copy's
/// path when one was made.
///
/// # Errors
/// A store of a newer version; a disk without room for the copy.
pub(super) fn migrate(db: &mut Connection, path: &Path, steps: &[&str], now: Time) -> Result<Option<PathBuf>> {
    let (found, known) = (known_version(db, path, steps)?, steps.len() as i64);
    let copy = if found > 0 && found < known { Some(keep_copy(db, path, found, now)?) } else { None };
    for (step, version) in steps.iter().zip(1_i64..).skip(found as usize) {
        let change = db.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
        change.execute_batch(step).at(path)?;
        change.pragma_update(None, "application_id", APPLICATION).at(path)?;
        change.pragma_update(None, "user_version", version).at(path)?;
        change.commit().at(path)?;
    }
    Ok(copy)
}

/// The version of a store, when it is one that can be brought up to date.
pub(super) fn known_version(db: &Connection, path: &Path, steps: &[&str]) -> Result<i64> {
    let (found, known) = (pragma(db, "user_version").at(path)?, steps.len() as i64);
    if (0..=known).contains(&found) { Ok(found) } else { Err(StoreError::version(path, found, known)) }
}

/// A copy beside the store, whole and synced before anything is changed.
fn keep_copy(db: &Connection, path: &Path, version: i64, now: Time) -> Result<PathBuf> {
    let copy = beside(path, &format!("v{version}"), now);
    // SQLite writes into an empty file, and leaves its mode as it is.
    let file = owned().open(&copy).at(&copy)?;
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).at(&copy)?;
    file.sync_all().at(&copy)?;
    Ok(copy)
}

/// `store-WORD-20261121T120000Z.db` beside the store, with a number when that is there.
pub(super) fn beside(path: &Path, word: &str, now: Time) -> PathBuf {
    let name = format!("store-{word}-{}", now.format("%Y%m%dT%H%M%SZ"));
    let numbered = |n: u32| if n == 1 { format!("{name}.db") } else { format!("{name}-{n}.db") };
    let mut paths = (1..).map(|n| path.with_file_name(numbered(n)));
    paths.find(|path| !path.exists()).unwrap_or_else(|| path.with_file_name(numbered(0)))
}
