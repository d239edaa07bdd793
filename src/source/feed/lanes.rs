//! What the lanes of a feed keep.

use chrono::TimeDelta;

use super::scan::{Read, Scan};
use crate::model::Time;

/// A poll under way.
#[derive(Debug)]
pub struct Poll {
    pub scan: Scan,
    pub started: Time,
    /// The frontier at its start: everything from here on is read for the first time.
    pub fresh: Time,
    /// The newest event given before it started.
    pub newest_before: Option<Time>,
    /// The newest event it found.
    pub newest: Option<Time>,
    /// Its last page brought something new.
    pub found_new: bool,
}

impl Poll {
    /// Whether it may be ended for the next one, which is due. While it reads for the first time it may, so that the
    /// newest events are never far; while it reads again it has longer, so that it gets back to where nothing is new.
    pub fn gives_way(&self, now: Time, longest: TimeDelta) -> bool {
        !self.scan.is_past(self.fresh) || now - self.started >= longest
    }

    /// Whether this second has to be read for the first time and is not yet, or in part.
    pub fn owes(&self, second: Time) -> bool {
        second >= self.fresh && self.scan.owes(second)
    }
}

/// A sweep under way.
#[derive(Debug)]
pub struct Sweep {
    pub scan: Scan,
    /// When its window was frozen.
    pub started: Time,
}

/// How dense the events read of late are in time.
#[derive(Debug, Default)]
pub struct Density {
    events: f64,
    seconds: f64,
}

impl Density {
    /// Counts a page, before the scan takes it. It counts for half after seven more.
    pub fn count(&mut self, scan: &Scan, read: &Read) {
        let Some(oldest) = read.oldest else { return };
        const KEEP: f64 = 0.9;
        self.events = self.events * KEEP + read.events as f64;
        self.seconds = self.seconds * KEEP + (scan.reached() - oldest).num_seconds().max(0) as f64;
    }

    /// Events a second.
    pub fn per_second(&self) -> u32 {
        (self.events / self.seconds.max(1.0)).round() as u32
    }
}
