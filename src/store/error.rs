//! What goes wrong with the store, in words that say what to do.

use std::{
    io,
    path::{Path, PathBuf},
};

use rusqlite::ErrorCode;

/// What everything here returns.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Something that the store could not do: where, what happened, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct StoreError {
    path: PathBuf,
    what: What,
}

#[derive(Debug, thiserror::Error)]
enum What {
    #[error("the disk is full, so nothing was kept; make room, and it goes on by itself")]
    Full,
    #[error("another program has held it for too long; end the one that does not go on")]
    Busy,
    #[error("the store is damaged ({0}); start trailwatch again, and it is set aside and a new one begun")]
    Damaged(String),
    #[error(
        "the store was written by a newer trailwatch (version {found} of its form, this one knows {known}); use that \
         trailwatch, or another folder with --state"
    )]
    Newer { found: i64, known: i64 },
    #[error(
        "the store is of version {found}, older than the {known} read here; end the older trailwatch that writes it"
    )]
    Older { found: i64, known: i64 },
    #[error("there is no store yet; it is made by the first trailwatch that watches")]
    Missing,
    #[error("{0}; see that the folder is there and belongs to you, or use another one with --state")]
    Io(io::Error),
    #[error("the store cannot be used ({0}); see that the folder belongs to you, or use another one with --state")]
    Sqlite(rusqlite::Error),
    #[error("what was to be kept cannot be written as JSON: {0}; this is a mistake of trailwatch's, please report it")]
    Json(serde_json::Error),
}

impl StoreError {
    pub(super) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let what = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => What::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => What::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => What::Damaged(error.to_string()),
            _ => What::Sqlite(error),
        };
        Self { path: path.to_owned(), what }
    }

    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        let what = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => What::Full,
            _ => What::Io(error),
        };
        Self { path: path.to_owned(), what }
    }

    pub(super) fn json(path: &Path, error: serde_json::Error) -> Self {
        Self { path: path.to_owned(), what: What::Json(error) }
    }

    pub(super) fn damaged(path: &Path, how: impl Into<String>) -> Self {
        Self { path: path.to_owned(), what: What::Damaged(how.into()) }
    }

    pub(super) fn missing(path: &Path) -> Self {
        Self { path: path.to_owned(), what: What::Missing }
    }

    /// For a store whose version is not the one that is known here.
    pub(super) fn version(path: &Path, found: i64, known: i64) -> Self {
        let what = if found > known { What::Newer { found, known } } else { What::Older { found, known } };
        Self { path: path.to_owned(), what }
    }

    /// The disk is full: the same may go through later.
    pub fn is_full(&self) -> bool {
        matches!(self.what, What::Full)
    }

    /// Another program wrote for too long: the same may go through later.
    pub fn is_busy(&self) -> bool {
        matches!(self.what, What::Busy)
    }

    /// The same may go through later without anybody's doing anything to the store.
    pub fn passes(&self) -> bool {
        self.is_full() || self.is_busy()
    }

    /// The file is no longer a store that can be read throughout.
    pub fn is_damaged(&self) -> bool {
        matches!(self.what, What::Damaged(_))
    }

    /// What is damaged, when that is so.
    pub(super) fn damage(&self) -> &str {
        if let What::Damaged(how) = &self.what { how } else { "" }
    }

    /// Nobody has made a store in this folder yet.
    pub fn is_missing(&self) -> bool {
        matches!(self.what, What::Missing)
    }
}

/// Gives an error its place.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T>;
}

impl<T> At<T> for rusqlite::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|error| StoreError::sqlite(path, error))
    }
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|error| StoreError::io(path, error))
    }
}

impl<T> At<T> for serde_json::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|error| StoreError::json(path, error))
    }
}
