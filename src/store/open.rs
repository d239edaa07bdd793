//! Opening the store: made, brought up to date, or set aside when it is damaged.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use super::{
    Lease, Reader, Store,
    block::Packer,
    error::{At, Result, StoreError},
    lease::owned,
    schema::{APPLICATION, MIGRATIONS, SMALL, beside, known_version, migrate, pragma},
};
use crate::model::Time;

/// The store's file in its folder.
const FILE: &str = "store.db";

/// Beside the store when a writer found it damaged: the next start looks through all of it.
const SUSPECT: &str = "store.suspect";

/// How long to wait for another program that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of a store that is looked through whole at each start: that takes a fraction of a second. A larger one has its
/// small tables looked through, and the rest where it is read.
const LOOKED_THROUGH: u64 = 32 << 20;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What happened longer ago goes.
    pub age: chrono::TimeDelta,
    /// Bytes on disk; when there are more, the oldest events go.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { age: chrono::TimeDelta::days(90), bytes: 2 << 30 }
    }
}

/// A store, and what an operator should be told about its opening.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// Sentences for the screen: a damaged store was set aside, an older one was copied and changed.
    pub said: Vec<String>,
}

pub(super) fn open(lease: Lease, limits: Limits, now: Time) -> Result<Opened> {
    open_with(lease, limits, now, MIGRATIONS)
}

/// The same with other versions, for tests.
pub(super) fn open_with(lease: Lease, limits: Limits, now: Time, steps: &[&str]) -> Result<Opened> {
    let path = lease.folder().join(FILE);
    let mut said = Vec::new();
    let db = match usable(&path, steps, now, &mut said) {
        Err(error) if error.is_damaged() => {
            said.push(set_aside(&path, &error, now)?);
            usable(&path, steps, now, &mut said)?
        }
        other => other?,
    };
    let reader = Reader::on(db, path);
    let next = reader.top()? + 1;
    Ok(Opened { store: Store { reader, _lease: lease, limits, packer: Packer::new(), next }, said })
}

/// A connection that may write to a store of the newest version, which has been looked through.
fn usable(path: &Path, steps: &[&str], now: Time, said: &mut Vec<String>) -> Result<Connection> {
    let file = owned().open(path).at(path)?;
    only_for_its_owner(&file).at(path)?;
    let is_new = file.metadata().at(path)?.len() == 0;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags).at(path)?;
    db.busy_timeout(PATIENCE).at(path)?;
    // Before anything is set, for what is damaged or somebody else's is kept as it is.
    if is_new {
        shape(&db).at(path)?
    } else {
        look_through(&db, path)?;
        known_version(&db, path, steps)?;
    }
    prepare(&db).at(path)?;
    if let Some(copy) = migrate(&mut db, path, steps, now)? {
        said.push(format!("the store has a new form; as it was before, it is in {}", copy.display()));
    }
    Ok(db)
}

#[cfg(unix)]
fn only_for_its_owner(file: &fs::File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn only_for_its_owner(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// What can be chosen only for a file that is still empty.
fn shape(db: &Connection) -> rusqlite::Result<()> {
    // Most of the store are blobs larger than the usual page.
    db.pragma_update(None, "page_size", 8_192)?;
    db.pragma_update(None, "auto_vacuum", "INCREMENTAL")
}

fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", false)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    // In KiB when negative.
    db.pragma_update(None, "cache_size", -4_096)?;
    // In pages, then in bytes: the log is written back at 8 MiB, and cut to this when it was longer.
    db.pragma_update_and_check(None, "wal_autocheckpoint", 1_024, |_| Ok(()))?;
    db.pragma_update_and_check(None, "journal_size_limit", 16 << 20, |_| Ok(()))?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Refuses what is no store of trailwatch's, and what SQLite finds damaged.
fn look_through(db: &Connection, path: &Path) -> Result<()> {
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).at(path)?;
    let application = pragma(db, "application_id").at(path)?;
    if application != APPLICATION && (application != 0 || tables > 0) {
        return Err(StoreError::damaged(path, "it is a database of another program"));
    }
    let suspect = path.with_file_name(SUSPECT);
    let whole = suspect.exists() || fs::metadata(path).is_ok_and(|data| data.len() <= LOOKED_THROUGH);
    let check = |table: Option<&str>| match quick_check(db, table).at(path)?.as_str() {
        "ok" => Ok(()),
        found => Err(StoreError::damaged(path, found)),
    };
    match whole {
        true => check(None)?,
        false if tables > 0 => SMALL.iter().try_for_each(|table| check(Some(table)))?,
        false => {}
    }
    let _ = fs::remove_file(suspect);
    Ok(())
}

/// `ok`, or the first thing that SQLite finds wrong.
fn quick_check(db: &Connection, table: Option<&str>) -> rusqlite::Result<String> {
    match table {
        Some(table) => db.query_row(&format!("PRAGMA quick_check('{table}')"), [], |row| row.get(0)),
        None => db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)),
    }
}

/// Leaves word for the next start that the store was found damaged.
pub(super) fn suspect(path: &Path) {
    let _ = owned().open(path.with_file_name(SUSPECT));
}

/// Moves a damaged store out of the way; it is never deleted. Says so, for the screen.
///
/// What is beside it goes first: SQLite would take an old log for that of the new store.
fn set_aside(path: &Path, why: &StoreError, now: Time) -> Result<String> {
    let aside = beside(path, "damaged", now);
    for ending in ["-wal", "-shm", ""] {
        let (from, to) = (with_ending(path, ending), with_ending(&aside, ending));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).at(&from),
            _ => {}
        }
    }
    let _ = fs::remove_file(path.with_file_name(SUSPECT));
    let (path, how, aside) = (path.display(), why.damage(), aside.display());
    Ok(format!("the store {path} is damaged ({how}); it is kept as {aside}, and a new one is begun"))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A connection that only reads, beside whoever writes.
pub(super) fn open_reader(folder: &Path) -> Result<Reader> {
    let path = folder.join(FILE);
    let db = beside_the_writer(&path)?;
    db.pragma_update(None, "query_only", true).at(&path)?;
    Ok(Reader::on(db, path))
}

/// A connection to a store of the version known here, which somebody else made and looked through.
pub(super) fn beside_the_writer(path: &Path) -> Result<Connection> {
    if !path.exists() {
        return Err(StoreError::missing(path));
    }
    // Not SQLITE_OPEN_READ_ONLY: after a kill, whoever comes first writes the log back.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).at(path)?;
    db.busy_timeout(PATIENCE).at(path)?;
    db.pragma_update(None, "synchronous", "FULL").at(path)?;
    db.pragma_update(None, "temp_store", "MEMORY").at(path)?;
    db.pragma_update(None, "cache_size", -4_096).at(path)?;
    db.set_prepared_statement_cache_capacity(64);
    match (pragma(&db, "user_version").at(path)?, MIGRATIONS.len() as i64) {
        (0, _) => Err(StoreError::missing(path)),
        (found, known) if found != known => Err(StoreError::version(path, found, known)),
        _ => Ok(db),
    }
}
