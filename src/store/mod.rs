//! What must outlive the program: events, alerts and what was done with them, changes of alarms and restores, where the
//! feeds are, and the messages that are owed to somebody. One SQLite file in one folder.
//!
//! A [`Lease`] makes one program the writer, which has the [`Store`]; any number of others have a [`Reader`]. What
//! belongs together is one [`Batch`], and is kept whole or not at all.
//!
//! Events are kept as the rows that arrived, and soon in blocks of some hundred: see `block.rs`.

mod alerts;
mod block;
mod bytes;
mod changes;
mod column;
mod error;
mod facts;
mod fresh;
mod id;
mod known;
mod lease;
mod marks;
mod open;
mod outbox;
mod pattern;
mod reader;
#[cfg(test)]
mod samples;
mod scan;
mod schema;
mod search;
mod sketch;
mod slots;
#[cfg(test)]
mod tests;
mod texts;
mod tidy;
mod view;
mod write;

pub use changes::{AlarmEntry, RestoreEntry};
pub use column::Column;
pub use error::{Result, StoreError};
pub use facts::Position;
pub use lease::{Lease, Leased};
pub use open::{Limits, Opened};
pub use pattern::Pattern;
pub use reader::{Counts, Reader};
pub use scan::{Key, Stored};
pub use search::{Search, Test};
pub use write::{Batch, Committed, Store};
