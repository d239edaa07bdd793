//! Which events were given already, as far back as they can be read again.

use std::collections::BTreeSet;

use crate::model::Time;

/// The ids of events by their second.
///
/// Bounded by what can be read again, which is pruned to the last 20 minutes and a sweep's length. A Region gives at
/// most 50 events a second, so that even a full one holds less than 100,000 ids.
#[derive(Debug, Default)]
pub struct Known(BTreeSet<(Time, Box<str>)>);

impl Known {
    /// Takes an event in; false when it was known.
    pub fn insert(&mut self, second: Time, id: &str) -> bool {
        self.0.insert((second, id.into()))
    }

    /// Forgets what will not be read again.
    pub fn keep(&mut self, can_be_read_again: impl Fn(Time) -> bool) {
        self.0.retain(|(second, _)| can_be_read_again(*second));
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}
