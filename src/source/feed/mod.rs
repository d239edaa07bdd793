//! The feed of one Region's events: what to ask of LookupEvents next, and what to make of the answer.
//!
//! CloudTrail shows an event minutes after it happened, out of order, and gives 50 events a request. So the feed works
//! in three lanes, which share one budget of a request a second:
//!
//! ```text
//!  goal                    hole              frontier      now
//!   |----------------------======---------------|~~~~~~~~~~|
//!            read           owed      read        not looked at yet
//!                          <---- hole lane        <------- poll lane, every `poll`
//!                 <----------------------------------------  sweep lane, every `sweep`, 20 minutes back
//! ```
//!
//! - A **poll** reads from now back to the *frontier* (the newest event known), and on until a page brings nothing new.
//!   The first poll's frontier is the goal, so the first load is a poll like any other.
//! - What a poll could not finish before the next was due is a **hole**. Holes are closed newest first, and none is
//!   ever given up: a long outage, a sleep and a burst all end as holes.
//! - A **sweep** reads the last 20 minutes again for what became visible late. Its window reaches back to 20 minutes
//!   before the *start* of the sweep before, so that no event falls between two sweeps, however long one took. When
//!   there is other work, every second request is the sweep's: it reads 20 minutes of 25 events a second in 20 minutes.
//!   While holes wait, a sweep begins every 5 minutes only.
//!
//! In a quiet account a poll's only page is a whole sweep.

mod budget;
mod known;
mod lanes;
mod lookup;
mod position;
mod scan;
#[cfg(test)]
mod simulation;

use budget::Budget;
use chrono::{SubsecRound, TimeDelta};
use known::Known;
use lanes::{Density, Poll, Sweep};
use scan::{Read, Scan};
pub use {
    lookup::{FeedSource, Lookup},
    position::Position,
    scan::{Found, Page, Question},
};

use super::{Failure, FailureKind, Report};
use crate::model::{Behind, Event, Progress, SourceHealth, SourceId, Time, duration::Span};

/// How far back a sweep reads. CloudTrail usually shows an event within 5 minutes and makes no promise; 15 is what it
/// used to name as the longest.
pub const SWEEP_BACK: TimeDelta = TimeDelta::minutes(20);

/// How far out of order an event has to come to be marked late. CloudTrail's delay differs from service to service, so
/// that neighbours in time trade places all day; a minute is where an operator who watches the newest rows loses one.
pub const LATE_AFTER: TimeDelta = TimeDelta::seconds(60);

/// How often a sweep begins while holes wait. It takes half of the requests from them.
const SWEEP_BESIDE_HOLES: TimeDelta = TimeDelta::minutes(5);

/// LookupEvents knows the last 90 days. An hour less, for clocks that differ.
const OLDEST: TimeDelta = TimeDelta::hours(90 * 24 - 1);

/// What a feed wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask this now, and tell [`Feed::page`] or [`Feed::failed`] what came.
    Ask(Question),
    /// Nothing to do until then.
    Wait(Time),
}

/// How often the lanes run.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub poll: Span,
    pub sweep: Span,
}

/// The state of one Region's feed. It has no clock and does no I/O: `now` is passed in.
#[derive(Debug)]
pub struct Feed {
    pace: Pace,
    /// The oldest second of interest.
    goal: Time,
    report: Report,
    budget: Budget,
    known: Known,
    /// All ids given are known from here on.
    known_from: Time,
    density: Density,
    /// Everything from the goal up to here has been read at least once, but for the holes.
    frontier: Time,
    /// The time of the newest event given.
    newest: Option<Time>,
    /// The first poll has ended; what it left of the first load is a hole.
    loaded: bool,
    /// When the next poll is to start.
    due: Time,
    poll: Option<Poll>,
    /// The newest last.
    holes: Vec<Scan>,
    sweep: Option<Sweep>,
    /// The start of the newest sweep that has ended.
    swept: Time,
    sweep_is_next: bool,
    asked: Option<Lane>,
    /// The newest `now` heard of.
    clock: Time,
}

/// Whose page was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Poll,
    Hole,
    Sweep,
}

impl Feed {
    /// A feed that has read nothing and wants all that happened since `since` before now.
    pub fn new(id: SourceId, pace: Pace, since: Span, now: Time) -> Self {
        let now = now.trunc_subsecs(0);
        let goal = now - since.chrono().min(OLDEST);
        let mut feed = Self {
            pace,
            goal,
            report: Report::new(id, Budget::PER_MINUTE),
            budget: Budget::default(),
            known: Known::default(),
            known_from: goal,
            density: Density::default(),
            frontier: goal,
            newest: None,
            loaded: false,
            due: now,
            poll: None,
            holes: Vec::new(),
            sweep: None,
            swept: now,
            sweep_is_next: false,
            asked: None,
            clock: now,
        };
        feed.tell_progress();
        feed
    }

    /// What to do now. Asking again without an answer forgets the question before.
    pub fn next(&mut self, now: Time) -> Action {
        self.mind_the_clock(now);
        let action = match self.report.blocked(now).or_else(|| self.budget.wait(now)) {
            Some(until) => Action::Wait(until),
            None => self.ask(now),
        };
        self.report.next(now, if let Action::Wait(until) = action { until } else { now });
        action
    }

    /// The page asked for came. Gives the events not given before, oldest first, with the late ones marked.
    pub fn page(&mut self, now: Time, page: Page) -> Vec<Event> {
        let Some(lane) = self.asked.take() else { return Vec::new() };
        self.report.answered(now);
        let Some(scan) = self.scan(lane) else { return Vec::new() };
        let mut found: Vec<Found> = page
            .events
            .into_iter()
            .map(|f| Found { at: f.at.map(|at| scan.clamp(at.trunc_subsecs(0))), ..f })
            .collect();
        let mut read = Read::new(&found, page.token);
        // A hole's last page runs on into what was read long ago, where ids are forgotten.
        found.retain(|f| f.at.is_none_or(|at| at >= scan.floor));
        let events = self.take_new(lane, found);
        read.any_new = !events.is_empty();
        self.newest = self.newest.max(read.newest);
        self.report.newest(read.newest);
        self.advance(lane, read);
        self.tell_progress();
        events
    }

    /// The request failed. Gives the time of the next try.
    pub fn failed(&mut self, now: Time, failure: Failure) -> Time {
        let lane = self.asked.take();
        let scan = lane.and_then(|lane| self.scan(lane));
        let refused = failure.kind == FailureKind::TokenRefused;
        match scan.filter(|scan| refused && scan.question().token.is_some()) {
            Some(scan) => {
                scan.restart();
                now
            }
            None => self.report.failed(now, failure),
        }
    }

    /// Makes a poll due, and ends the wait after a failure, unless the service asked for it.
    pub fn refresh(&mut self, now: Time) {
        self.report.unblock();
        self.due = self.due.min(now);
    }

    pub fn health(&self) -> SourceHealth {
        self.report.health()
    }

    /// After the clock was set back, what was due then is due now.
    fn mind_the_clock(&mut self, now: Time) {
        if now < self.clock {
            self.due = self.due.min(now + self.pace.poll.chrono());
            self.swept = self.swept.min(now);
        }
        self.clock = now;
    }

    fn ask(&mut self, now: Time) -> Action {
        if now >= self.due && self.poll.as_ref().is_none_or(|poll| poll.gives_way(now, self.pace.sweep.chrono())) {
            self.start_poll(now);
        }
        let Some(lane) = self.choose() else { return Action::Wait(self.due) };
        let Some(question) = self.scan(lane).map(|scan| scan.question()) else { return Action::Wait(self.due) };
        self.asked = Some(lane);
        self.budget.spend(now);
        self.report.requested(now, 1);
        Action::Ask(question)
    }

    fn start_poll(&mut self, now: Time) {
        if let Some(poll) = self.poll.take() {
            self.end_poll(poll);
        }
        let started = now.trunc_subsecs(0).max(self.frontier);
        let from = self.sweep_from().min(self.frontier).max(now.trunc_subsecs(0) - OLDEST).max(self.known_from);
        self.forget_ids(from);
        self.density.begin();
        self.poll = Some(Poll {
            scan: Scan::new(from, started),
            started,
            fresh: self.frontier.max(from),
            newest_before: self.newest,
            newest: None,
            found_new: false,
        });
        self.due = now + self.pace.poll.chrono();
        self.sweep_is_next = false;
    }

    /// The oldest second that the next sweep has to read.
    fn sweep_from(&self) -> Time {
        (self.swept - SWEEP_BACK).max(self.goal)
    }

    fn sweep_is_due(&self) -> bool {
        let usual = self.pace.sweep.chrono();
        let apart = if self.holes.is_empty() { usual } else { usual.max(SWEEP_BESIDE_HOLES) };
        self.sweep.is_none() && self.clock >= self.swept + apart
    }

    fn forget_ids(&mut self, from: Time) {
        let from = self.sweep.as_ref().map_or(from, |sweep| from.min(sweep.scan.floor));
        let holes = &self.holes;
        self.known_from = from;
        self.known.keep(|second| second >= from || holes.iter().any(|hole| hole.owes(second)));
    }

    fn choose(&mut self) -> Option<Lane> {
        let urgent = if self.poll.is_some() { Some(Lane::Poll) } else { self.holes.last().map(|_| Lane::Hole) };
        let sweep = self.sweep.as_ref().map(|_| Lane::Sweep);
        let sweep_first = self.sweep_is_next;
        self.sweep_is_next = !sweep_first;
        if sweep_first { sweep.or(urgent) } else { urgent.or(sweep) }
    }

    fn scan(&mut self, lane: Lane) -> Option<&mut Scan> {
        match lane {
            Lane::Poll => self.poll.as_mut().map(|poll| &mut poll.scan),
            Lane::Hole => self.holes.last_mut(),
            Lane::Sweep => self.sweep.as_mut().map(|sweep| &mut sweep.scan),
        }
    }

    fn take_new(&mut self, lane: Lane, found: Vec<Found>) -> Vec<Event> {
        let shown = match (lane, &self.poll) {
            // What this poll itself has shown proves nothing: it reads the newest first.
            (Lane::Poll, Some(poll)) => poll.newest_before,
            _ => self.newest,
        };
        let mut events = Vec::new();
        for Found { at, mut event } in found {
            if self.known.insert(at, &event.id, self.clock) {
                let is_late = |at: Time| shown.is_some_and(|shown| shown - at >= LATE_AFTER) && !self.owes(at);
                event.late = at.is_some_and(is_late);
                events.push(event);
            }
        }
        events.sort_by_key(|event| event.time);
        events
    }

    /// Whether a second has not been read at all, or in part.
    fn owes(&self, second: Time) -> bool {
        self.poll.as_ref().is_some_and(|poll| poll.owes(second)) || self.holes.iter().any(|hole| hole.owes(second))
    }

    fn advance(&mut self, lane: Lane, read: Read) {
        match lane {
            Lane::Poll => {
                let Some(mut poll) = self.poll.take() else { return };
                self.density.count(&poll.scan, &read);
                poll.newest = poll.newest.max(read.newest);
                poll.found_new = read.any_new;
                let whole = poll.scan.advance(&read);
                if whole || (!read.any_new && poll.scan.is_past(poll.fresh)) {
                    self.end_poll(poll);
                } else {
                    self.poll = Some(poll);
                }
            }
            Lane::Hole => {
                let Some(hole) = self.holes.last_mut() else { return };
                self.density.count(hole, &read);
                hole.advance(&read);
                self.holes.pop_if(|hole| hole.is_past(hole.floor));
            }
            Lane::Sweep => {
                let Some(sweep) = self.sweep.as_mut() else { return };
                if sweep.scan.advance(&read) {
                    self.swept = self.swept.max(sweep.started);
                    self.sweep = None;
                }
            }
        }
    }

    /// A poll has done its work, or has to give way to the next. What it leaves is a hole, a sweep, or nothing.
    fn end_poll(&mut self, poll: Poll) {
        if !poll.scan.is_started() {
            return;
        }
        self.loaded = true;
        let settled = poll.started - SWEEP_BACK;
        self.frontier = self.frontier.max(poll.newest.unwrap_or(settled)).max(settled);
        if poll.scan.is_past(poll.scan.floor) {
            self.swept = self.swept.max(poll.started);
            self.sweep.take_if(|sweep| sweep.started <= poll.started);
        } else if poll.scan.is_past(poll.fresh) {
            if self.sweep_is_due() || (self.sweep.is_none() && poll.found_new) {
                self.sweep = Some(Sweep { scan: poll.scan, started: poll.started });
            }
        } else {
            self.sweep_below(&poll);
            self.holes.push(poll.scan.down_to(poll.fresh));
        }
    }

    /// Begins the sweep that is due with what a poll did not come to: it and the hole it leaves read all above anew.
    fn sweep_below(&mut self, poll: &Poll) {
        let from = self.sweep_from();
        if from >= poll.fresh {
            self.swept = self.swept.max(poll.started);
        } else if self.sweep_is_due() {
            self.sweep = Some(Sweep { scan: Scan::new(from, poll.fresh), started: poll.started });
        }
    }

    fn tell_progress(&mut self) {
        let (progress, behind) = (self.progress(), self.behind());
        let health = self.report.health_mut();
        health.progress = progress;
        health.behind = behind;
    }

    /// The oldest stretch that is owed: the first load, then whatever hole is the oldest.
    fn progress(&self) -> Option<Progress> {
        if let Some(hole) = self.holes.first() {
            return Some(Progress { from: hole.floor, to: hole.top(), reached: hole.reached() });
        }
        if self.loaded {
            return None;
        }
        let (to, reached) = self.poll.as_ref().map_or((self.clock, self.clock), |p| (p.scan.top(), p.scan.reached()));
        Some(Progress { from: self.goal, to, reached: reached.max(self.goal) })
    }

    /// What has not been read, apart from the first load: more than a poll could read before the next one was due.
    fn behind(&self) -> Option<Behind> {
        let overdue =
            self.sweep.iter().filter(|sweep| self.clock - sweep.started > SWEEP_BACK).map(|sweep| &sweep.scan);
        let owed = self.holes.iter().filter(|hole| hole.floor > self.goal).chain(overdue);
        let stretches = || owed.clone().map(|scan| (scan.floor, scan.reached()));
        Some(Behind {
            oldest_unread: stretches().map(|(from, _)| from).min()?,
            unread_seconds: stretches().map(|(from, to)| (to - from).num_seconds() + 1).sum(),
            events_per_second: self.density.per_second(),
        })
    }
}
