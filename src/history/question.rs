//! What others ask about events, such as whether a rule matches: the history knows how to look, they know for what.

use std::fmt::Debug;

use super::row::Row;
use crate::model::Event;

/// A question that is put to one event after the other.
pub trait Question: Debug + Send + Sync {
    /// Whether the answer may be yes, as far as a row tells. `false` spares unpacking the record.
    fn may_hold(&self, row: &Row<'_>) -> bool;

    /// The answer for an event with this record. `event` is the rest of it, for a record that is broken; `None` once it
    /// is evicted.
    fn holds(&self, record: &str, event: &dyn Fn() -> Option<Event>) -> bool;
}
