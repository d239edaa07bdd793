//! Which deadlines of restored copies are to be told: each threshold before one, and its end, once.

use std::collections::{BTreeMap, HashSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::facts::{Fact, Facts};
use crate::model::{Place, Time, duration::Span};

/// A copy that is listed no more this long before its end has been deleted; later, it may be our clock that is wrong.
const DELETED: TimeDelta = TimeDelta::hours(3);
/// A copy that ended longer ago than this before we heard of it is no news.
const NEWS: TimeDelta = TimeDelta::hours(24);
/// What is over is remembered for so long: well beyond [`NEWS`], whatever the clock does.
const REMEMBERED: TimeDelta = TimeDelta::days(8);
/// So long after a start, or after a sleep, a deadline waits for a new listing: it may have been extended meanwhile.
pub const GRACE: TimeDelta = TimeDelta::minutes(3);

/// What is told of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Step {
    /// It is over.
    Expired,
    /// It is at most so many seconds away, by the settings.
    Before(u64),
}

/// A deadline as a listing gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// `s3://bucket/key`.
    pub uri: String,
    pub expires: Time,
    /// Somebody was just told of the restore and when it ends: what of its deadlines has passed already is no news.
    pub is_told: bool,
}

/// What is to be told of one deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub uri: String,
    pub expires: Time,
    pub step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    expires: Time,
    /// The tightest step that was told of.
    told: Option<Step>,
    /// The copy was deleted before its end.
    gone: bool,
}

/// Every deadline, by the address of its object, and what was told of it.
#[derive(Debug)]
pub struct Deadlines {
    /// In seconds, the shortest first.
    thresholds: Vec<u64>,
    entries: Facts<Entry>,
    /// Those of which no listing has told since the start or the last sleep.
    unheard: HashSet<String>,
    awake: Time,
    /// Nothing is due before this; `None` while that is not known.
    next: Option<Time>,
}

impl Deadlines {
    /// With the thresholds of the settings, at the start.
    pub fn new(thresholds: &[Span], now: Time) -> Self {
        let mut thresholds: Vec<u64> = thresholds.iter().map(|span| span.seconds).collect();
        thresholds.sort_unstable();
        Self { thresholds, entries: Facts::new("notified/deadline/"), unheard: HashSet::new(), awake: now, next: None }
    }

    /// Takes a fact that was kept; what is none of these is left alone.
    pub fn load(&mut self, key: &str, bytes: &[u8]) {
        self.unheard.extend(self.entries.load(key, bytes).map(str::to_owned));
        self.next = None;
    }

    /// What is to be kept, since this was last asked.
    pub fn take_facts(&mut self) -> Vec<Fact> {
        self.entries.take_changed()
    }

    /// Nothing ran for a while, or the clock was set: what was heard before may be wrong now.
    pub fn wake(&mut self, now: Time) {
        self.awake = now;
        self.unheard = self.entries.iter().map(|(uri, _)| uri.clone()).collect();
        self.next = None;
    }

    /// Takes all deadlines of a place.
    pub fn take(&mut self, place: &Place, listed: &[Deadline], now: Time) {
        let there: BTreeMap<&str, &Deadline> =
            listed.iter().map(|deadline| (deadline.uri.as_str(), deadline)).collect();
        let missing = self.entries.iter().filter(|(uri, _)| place.holds(uri) && !there.contains_key(uri.as_str()));
        let missing: Vec<(String, Entry)> = missing.map(|(uri, entry)| (uri.clone(), *entry)).collect();
        for (uri, entry) in missing {
            self.unheard.remove(&uri);
            if !entry.gone && entry.expires - now > DELETED {
                self.entries.set(&uri, Entry { gone: true, ..entry });
            }
        }
        there.into_values().for_each(|deadline| self.take_one(deadline, now));
        let is_done = |entry: &Entry| entry.gone || entry.told == Some(Step::Expired);
        self.entries.retain(|entry| !is_done(entry) || entry.expires > now - REMEMBERED);
        self.next = None;
    }

    fn take_one(&mut self, deadline: &Deadline, now: Time) {
        let Deadline { uri, expires, is_told } = deadline;
        self.unheard.remove(uri);
        let before = self.entries.get(uri).filter(|entry| entry.expires == *expires);
        let is_old = before.is_none() && now - *expires > NEWS;
        if is_old && now - *expires >= REMEMBERED {
            return;
        }
        let passed = self.step(*expires, now).filter(|_| *is_told || is_old);
        let told = [before.and_then(|entry| entry.told), passed].into_iter().flatten().min();
        let entry = Entry { expires: *expires, told, gone: false };
        if before != Some(&entry) {
            self.entries.set(uri, entry);
        }
    }

    /// What is to be told now; each is given once. Wants to be asked every second, and at least every minute.
    pub fn due(&mut self, now: Time) -> Vec<Due> {
        if self.next.is_some_and(|next| now < next) {
            return Vec::new();
        }
        let mut due = Vec::new();
        for (uri, entry) in self.entries.iter() {
            let waits = self.unheard.contains(uri) && now - self.awake < GRACE;
            let step = self.step(entry.expires, now).filter(|step| entry.told.is_none_or(|told| *step < told));
            if let Some(step) = step.filter(|_| !waits && !entry.gone) {
                due.push(Due { uri: uri.clone(), expires: entry.expires, step });
            }
        }
        for Due { uri, expires, step } in &due {
            self.entries.set(uri, Entry { expires: *expires, told: Some(*step), gone: false });
        }
        self.next = self.entries.iter().filter_map(|(uri, entry)| self.next_of(uri, entry)).min();
        due
    }

    /// The step that a deadline has come to.
    fn step(&self, expires: Time, now: Time) -> Option<Step> {
        let left = (expires - now).num_milliseconds();
        let reached = |seconds: &&u64| left <= i64::try_from(**seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
        match left <= 0 {
            true => Some(Step::Expired),
            false => self.thresholds.iter().find(reached).map(|seconds| Step::Before(*seconds)),
        }
    }

    /// When the next step of a deadline is to be told.
    fn next_of(&self, uri: &str, entry: &Entry) -> Option<Time> {
        if entry.gone || entry.told == Some(Step::Expired) {
            return None;
        }
        let is_next = |seconds: &&u64| entry.told.is_none_or(|told| Step::Before(**seconds) < told);
        let step = self.thresholds.iter().rev().find(is_next).copied().unwrap_or_default();
        let time = entry.expires.checked_sub_signed(Span::seconds(step).chrono()).unwrap_or(Time::MIN_UTC);
        let waits = self.unheard.contains(uri).then(|| self.awake + GRACE);
        Some(waits.map_or(time, |until| until.max(time)))
    }
}
