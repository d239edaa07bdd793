//! Where a feed stands, so that the next start goes on from there.

use serde::{Deserialize, Serialize};

use super::{Feed, OLDEST, SWEEP_BACK, scan::Scan};
use crate::model::Time;

/// What a feed has read for good.
///
/// Whoever keeps it keeps the events given so far with it: a feed that goes on from a position gives some of them again,
/// because it does not know their ids any more, and none that is older.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The oldest second that was ever of interest.
    goal: Time,
    /// Everything from the goal up to here has been read, but for the holes.
    frontier: Time,
    /// The time of the newest event given.
    newest: Option<Time>,
    /// The start of the newest sweep that has ended.
    swept: Time,
    /// First and last second of what was not read or in part, the newest last.
    holes: Vec<(Time, Time)>,
}

impl Feed {
    /// Where it stands; `None` as long as nothing was read.
    pub fn position(&self) -> Option<Position> {
        let mut holes: Vec<_> = self.holes.iter().map(|hole| (hole.floor, hole.reached())).collect();
        let mut frontier = self.frontier;
        match self.poll.as_ref().filter(|poll| poll.scan.is_started()) {
            Some(poll) => {
                // As if it ended here; what it was to sweep is swept by the next.
                let settled = poll.started - SWEEP_BACK;
                frontier = frontier.max(poll.newest.unwrap_or(settled)).max(settled);
                if !poll.scan.is_past(poll.fresh) {
                    holes.push((poll.fresh, poll.scan.reached()));
                }
            }
            None if !self.loaded => return None,
            None => {}
        }
        Some(Position { goal: self.goal, frontier, newest: self.newest, swept: self.swept, holes })
    }

    /// Goes on from where another feed stood, and wants as well what it wants itself. Before its first question.
    ///
    /// What CloudTrail no longer has is left out.
    pub fn go_on(&mut self, position: Position) {
        let (wanted, now) = (self.goal, self.clock);
        let oldest = now - OLDEST;
        let clip = |time: Time| time.clamp(oldest, now);
        self.goal = clip(wanted.min(position.goal));
        self.known_from = self.goal;
        self.frontier = clip(position.frontier);
        self.swept = clip(position.swept);
        self.newest = position.newest.map(|newest| newest.min(now));
        self.loaded = true;
        if wanted < position.goal {
            self.holes.push(Scan::new(self.goal, clip(position.goal)));
        }
        let holes = position.holes.into_iter().filter(|(_, last)| *last >= oldest);
        self.holes.extend(holes.map(|(first, last)| Scan::new(clip(first), clip(last))));
        self.report.newest(self.newest);
        self.tell_progress();
    }
}
