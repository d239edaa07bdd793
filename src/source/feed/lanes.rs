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

/// How dense in time the events are that were read since the last poll began.
#[derive(Debug, Default)]
pub struct Density {
    events: usize,
    seconds: i64,
    /// What it was before, for as long as too little is known.
    before: u32,
}

impl Density {
    /// Counts a page, before the scan takes it. The time above the newest event counts for nothing: what happened there
    /// is only not visible yet.
    pub fn count(&mut self, scan: &Scan, read: &Read) {
        let (Some(oldest), Some(newest)) = (read.oldest, read.newest) else { return };
        self.events += read.events;
        self.seconds += (scan.reached().min(newest) - oldest).num_seconds().max(0);
    }

    /// A poll begins.
    pub fn begin(&mut self) {
        *self = Self { before: self.per_second(), ..Self::default() };
    }

    /// Events a second.
    pub fn per_second(&self) -> u32 {
        match (self.events, self.seconds) {
            (0..100, _) => self.before,
            // Both ends are seconds read in part.
            (events, seconds) => (events as i64 / (seconds + 1)) as u32,
        }
    }
}
