//! Reading the store, beside whoever writes it.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, Params, Row};

use super::{
    error::{At, Result},
    open::open_reader,
    schema::pragma,
    view::Trouble,
};

/// A connection to the store. It can go to another thread, and is used by one at a time; each thread opens its own.
///
/// Beside reading it does the few small changes that an operator may make in any program on the store.
#[derive(Debug)]
pub struct Reader {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
    /// What `PRAGMA data_version` said last.
    version: Cell<i64>,
    damaged: Cell<u64>,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub events: u64,
    pub alerts: u64,
    /// Alerts that nobody has acknowledged, snoozed ones among them.
    pub unacknowledged: u64,
    /// Messages that wait to be sent.
    pub waiting: u64,
    /// Messages that were given up.
    pub failed: u64,
}

impl Reader {
    /// Opens the store of a folder to read it.
    ///
    /// # Errors
    /// There is no store yet ([`is_missing`](super::StoreError::is_missing)), it is of another version, or it cannot be
    /// read.
    pub fn open(folder: &Path) -> Result<Self> {
        open_reader(folder)
    }

    pub(super) fn on(db: Connection, path: PathBuf) -> Self {
        Self { db, path, version: Cell::new(0), damaged: Cell::new(0) }
    }

    /// Whether another connection has changed the store since this was asked last; yes the first time.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn changed(&self) -> Result<bool> {
        let version = pragma(&self.db, "data_version").at(&self.path)?;
        Ok(self.version.replace(version) != version)
    }

    /// How many rows and blocks were left out so far because they were damaged.
    pub fn damaged(&self) -> u64 {
        self.damaged.get()
    }

    pub(super) fn count_damage(&self) {
        self.damaged.set(self.damaged.get() + 1);
    }

    /// How much there is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn counts(&self) -> Result<Counts> {
        let number = |sql: &str| -> Result<u64> {
            let mut select = self.db.prepare_cached(sql).at(&self.path)?;
            select.query_row([], |row| row.get::<_, i64>(0)).at(&self.path).map(|number| number.max(0) as u64)
        };
        Ok(Counts {
            events: number("SELECT (SELECT count(*) FROM fresh) + (SELECT ifnull(sum(events), 0) FROM blocks)")?,
            alerts: number("SELECT count(*) FROM alerts")?,
            unacknowledged: number("SELECT count(*) FROM alerts WHERE state <> 'acknowledged'")?,
            waiting: number("SELECT count(*) FROM outbox WHERE state = 'waiting'")?,
            failed: number("SELECT count(*) FROM outbox WHERE state = 'failed'")?,
        })
    }

    /// Bytes on disk, with the log that SQLite keeps beside the file.
    ///
    /// # Errors
    /// The file is gone.
    pub fn size(&self) -> Result<u64> {
        let mut log = self.path.as_os_str().to_owned();
        log.push("-wal");
        let file = fs::metadata(&self.path).at(&self.path)?.len();
        Ok(file + fs::metadata(log).map_or(0, |log| log.len()))
    }

    /// Bytes in use: without the log, and without what was deleted and is used again next.
    pub(super) fn used(&self) -> Result<u64> {
        let pages = |name| pragma(&self.db, name).at(&self.path);
        Ok((pages("page_count")? - pages("freelist_count")?).max(0) as u64 * pages("page_size")?.max(0) as u64)
    }

    /// The highest number of an event.
    pub(super) fn top(&self) -> Result<i64> {
        let sql = "SELECT max(ifnull((SELECT max(number) FROM fresh), 0), ifnull((SELECT max(top) FROM blocks), 0))";
        self.db.query_row(sql, [], |row| row.get(0)).at(&self.path)
    }

    /// Every row that a statement gives; those that are damaged are left out and counted.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        with: impl Params,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut select = self.db.prepare_cached(sql).at(&self.path)?;
        let mut rows = select.query(with).at(&self.path)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().at(&self.path)? {
            all.extend(self.or_damaged(read(row).map(Some).map_err(Trouble::from))?);
        }
        Ok(all)
    }

    /// One small change, by a program that may not be the writer.
    pub(super) fn change(&self, sql: &str, with: impl Params) -> Result<usize> {
        let only_reads = pragma(&self.db, "query_only").at(&self.path)? != 0;
        let allow = |only_reads: bool| self.db.pragma_update(None, "query_only", only_reads).at(&self.path);
        allow(false)?;
        let changed = self.db.execute(sql, with).at(&self.path);
        allow(only_reads)?;
        changed
    }
}
