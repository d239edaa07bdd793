//! Alarms that follow the story: evaluated minute by minute as the clock goes, with a history of what changed.

pub mod data;
pub mod evaluate;
mod history;
mod reason;
pub mod trail;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::ACCOUNT;
use super::random::hash;
use super::story::Story;
use data::{Alarm, Kind};
use evaluate::State;
pub use history::Item;
pub use reason::Reason;

/// How long before the start evaluation begins, in seconds.
const PRELUDE: i64 = 7_200;

/// The alarms of every Region that was asked for.
#[derive(Debug, Default)]
pub struct Alarms {
    boards: Mutex<HashMap<String, Board>>,
}

impl Alarms {
    /// Brings the alarms of a Region up to `now` and hands them over.
    pub fn with<T>(&self, region: &str, story: &Story, now: DateTime<Utc>, act: impl FnOnce(&mut Board) -> T) -> T {
        let mut boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let board = boards.entry(region.to_owned()).or_insert_with(|| Board::new(region, story));
        board.advance(story, now);
        act(board)
    }
}

/// The alarms of one Region, by name.
#[derive(Debug)]
pub struct Board {
    pub alarms: Vec<Watched>,
    /// The indexes of the alarms in the order in which a minute evaluates them.
    order: Vec<usize>,
    /// The second of the story up to which all are evaluated.
    evaluated: i64,
}

/// An alarm and the state it is in.
#[derive(Debug)]
pub struct Watched {
    pub alarm: Alarm,
    pub created: DateTime<Utc>,
    pub configured: DateTime<Utc>,
    pub actions_enabled: bool,
    pub state: State,
    pub reason: Reason,
    /// When the state was last set, and when it last became another one.
    pub updated: DateTime<Utc>,
    pub transitioned: DateTime<Utc>,
    /// Whether a composite's suppressor holds back its actions.
    pub suppressed: bool,
    /// What happened to it, the oldest first.
    pub history: Vec<Item>,
}

/// The ARN of an alarm.
pub fn arn(region: &str, name: &str) -> String {
    format!("arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}")
}

/// The ARN of a topic.
pub fn topic_arn(region: &str, topic: &str) -> String {
    format!("arn:aws:sns:{region}:{ACCOUNT}:{topic}")
}

impl Board {
    fn new(region: &str, story: &Story) -> Self {
        let alarms: Vec<Watched> = data::all()
            .into_iter()
            .filter(|alarm| alarm.region == region && (!story.is_recorded() || alarm.follows_the_trail()))
            .map(|alarm| Watched::new(alarm, story))
            .collect();
        let mut order: Vec<usize> = (0..alarms.len()).collect();
        order.sort_by_key(|at| alarms[*at].alarm.phase);
        Self { alarms, order, evaluated: -PRELUDE }
    }

    /// The alarm of a name.
    pub fn find(&mut self, name: &str) -> Option<&mut Watched> {
        self.alarms.iter_mut().find(|watched| watched.alarm.name == name)
    }

    /// Sets a state by hand; it lasts until the next evaluation.
    pub fn set(&mut self, at: usize, state: State, reason: Reason, now: DateTime<Utc>) {
        let watched = &mut self.alarms[at];
        watched.updated = now;
        if watched.state == state {
            watched.reason = reason;
        } else {
            watched.change(state, reason, now);
            self.follow(at, now);
        }
    }

    fn advance(&mut self, story: &Story, now: DateTime<Utc>) {
        let last = story.second(now);
        for minute in self.evaluated.div_euclid(60)..=last.div_euclid(60) {
            for place in 0..self.order.len() {
                let at = self.order[place];
                let second = minute * 60 + self.alarms[at].alarm.phase;
                if second > self.evaluated && second <= last {
                    self.evaluate(at, story, story.time(second));
                }
            }
        }
        self.evaluated = self.evaluated.max(last);
    }

    fn evaluate(&mut self, at: usize, story: &Story, now: DateTime<Utc>) {
        let watched = &self.alarms[at];
        let judged = match &watched.alarm.kind {
            Kind::Composite { .. } => self.composite(at, now),
            Kind::Metric { rule, .. } | Kind::Log { rule, .. } => watched.judge(rule, story, now),
        };
        if let Some((state, reason)) = judged {
            self.alarms[at].change(state, reason, now);
            self.follow(at, now);
        }
    }

    /// The state of a composite by its children, if it is another than now.
    fn composite(&self, at: usize, now: DateTime<Utc>) -> Option<(State, Reason)> {
        let watched = &self.alarms[at];
        let Kind::Composite { children, .. } = watched.alarm.kind else { return None };
        let children = || self.alarms.iter().filter(|child| children.contains(&child.alarm.name.as_ref()));
        let red = children().any(|child| child.state == State::Alarm);
        let state = if red { State::Alarm } else { State::Ok };
        let latest =
            children().filter(|child| (child.state == State::Alarm) == red).max_by_key(|child| child.transitioned)?;
        let at = latest.transitioned.min(now);
        (state != watched.state).then(|| (state, reason::composite(&latest.arn(), latest.state, at)))
    }

    /// Lets the composites follow an alarm that changed.
    fn follow(&mut self, changed: usize, now: DateTime<Utc>) {
        let name = self.alarms[changed].alarm.name.clone();
        let state = self.alarms[changed].state;
        for at in 0..self.alarms.len() {
            let Kind::Composite { children, suppressor } = self.alarms[at].alarm.kind else { continue };
            if suppressor == Some(name.as_ref()) {
                self.alarms[at].suppressed = state == State::Alarm;
            }
            if children.contains(&name.as_ref())
                && let Some((state, reason)) = self.composite(at, now)
            {
                self.alarms[at].change(state, reason, now);
            }
        }
    }
}

impl Watched {
    /// An alarm that has been in its first state for some days when evaluation begins.
    fn new(alarm: Alarm, story: &Story) -> Self {
        let age = hash(&alarm.name);
        let since = story.time(-PRELUDE - 3_600 - (age % (20 * 86_400)) as i64);
        let created = since - TimeDelta::days(30 + (age % 200) as i64);
        let mut watched = Self {
            actions_enabled: alarm.actions_enabled,
            alarm,
            created,
            configured: created,
            state: State::InsufficientData,
            reason: Reason { text: "Unchecked: Initial alarm creation".to_owned(), data: None },
            updated: created,
            transitioned: created,
            suppressed: false,
            history: Vec::new(),
        };
        watched.history.push(Item::created(&watched));
        let first = match &watched.alarm.kind {
            Kind::Metric { rule, .. } | Kind::Log { rule, .. } => watched.judge(rule, story, since),
            Kind::Composite { .. } => {
                let text = format!("{} was created and its alarm rule evaluates to OK", watched.arn());
                Some((State::Ok, Reason { text, data: None }))
            }
        };
        if let Some((state, reason)) = first {
            watched.change(state, reason, since);
        }
        watched
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        arn(self.alarm.region, &self.alarm.name)
    }

    /// The rule of a composite.
    pub fn alarm_rule(&self) -> String {
        let Kind::Composite { children, .. } = self.alarm.kind else { return String::new() };
        children.iter().map(|child| format!("ALARM(\"{child}\")")).collect::<Vec<_>>().join(" OR ")
    }

    /// The ARNs of the topics told of ALARM.
    pub fn actions(&self) -> Vec<String> {
        self.alarm.topics.iter().map(|topic| topic_arn(self.alarm.region, topic)).collect()
    }

    /// Switches the actions.
    pub fn enable_actions(&mut self, enabled: bool, now: DateTime<Utc>) {
        if self.actions_enabled != enabled {
            self.history.push(Item::switched(self, enabled, now));
            self.actions_enabled = enabled;
            self.configured = now;
        }
    }

    /// The state by its data, if it is another than now.
    fn judge(&self, rule: &evaluate::Rule, story: &Story, now: DateTime<Utc>) -> Option<(State, Reason)> {
        let (signal, statistic) = match &self.alarm.kind {
            Kind::Metric { signal, statistic, .. } => (signal, *statistic),
            Kind::Log { signal, .. } => (signal, "count(*)"),
            Kind::Composite { .. } => return None,
        };
        let datapoints = rule.datapoints(&self.alarm.name, signal, story, now);
        let state = rule.judge(&datapoints);
        let reason = || reason::threshold(rule, statistic, &datapoints, (self.state, state), now);
        (state != self.state).then(|| (state, reason()))
    }

    fn change(&mut self, state: State, reason: Reason, now: DateTime<Utc>) {
        let before = (self.state, std::mem::replace(&mut self.reason, reason));
        self.state = state;
        self.updated = now;
        self.transitioned = now;
        self.history.push(Item::changed(self, &before, now));
        if state == State::Alarm && self.actions_enabled && !self.suppressed {
            for topic in self.actions() {
                self.history.push(Item::acted(self, &topic, before.0, now));
            }
        }
    }
}
