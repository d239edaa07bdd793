//! A simulated CloudTrail, and a feed that reads it.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta};

use super::super::*;
use crate::model::{Region, SourceError, SourceKind, record};

pub fn start() -> Time {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

pub fn seconds(n: i64) -> TimeDelta {
    TimeDelta::seconds(n)
}

/// An event of the account.
#[derive(Clone, Debug)]
pub struct Happened {
    pub id: String,
    pub at: Time,
    pub visible: Time,
}

/// A CloudTrail that pages as the real one does, and fails when told to.
#[derive(Debug, Default)]
pub struct Api {
    /// Ordered by time.
    pub events: Vec<Happened>,
    pub requests: Vec<Time>,
    /// Tokens given out: the question and how many events stood before the page.
    pub tokens: HashMap<String, (Question, Happened)>,
    pub troubles: VecDeque<Trouble>,
}

/// What the API does instead of answering, in a stretch of time.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    pub from: i64,
    pub length: i64,
    pub kind: FailureKind,
}

pub fn failure(kind: FailureKind) -> Failure {
    let error =
        SourceError { code: "X".into(), message: "x".into(), missing_action: None, advice: None, since: start() };
    Failure { kind, error }
}

impl Api {
    pub fn new(mut events: Vec<Happened>) -> Self {
        events.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Self { events, ..Self::default() }
    }

    pub fn lookup(&mut self, question: &Question, now: Time) -> Result<Page, Failure> {
        assert!(question.from <= question.to, "{question:?}");
        self.requests.push(now);
        let troubled = self.troubles.iter().find(|t| {
            (start() + seconds(t.from)..start() + seconds(t.from + t.length)).contains(&now)
                && (t.kind != FailureKind::TokenRefused || question.token.is_some())
        });
        if let Some(trouble) = troubled {
            return Err(failure(trouble.kind));
        }
        let after = match &question.token {
            None => None,
            Some(token) => {
                let (asked, after) = self.tokens.get(token).expect("a token of ours");
                assert_eq!((asked.from, asked.to), (question.from, question.to), "a token goes with its window");
                Some((after.at, after.id.clone()))
            }
        };
        let (first, last) = (
            self.events.partition_point(|e| e.at < question.from),
            self.events.partition_point(|e| e.at <= question.to),
        );
        let listed = self.events[first..last].iter().rev().filter(|e| e.visible <= now);
        let mut rest = listed.skip_while(|e| after.as_ref().is_some_and(|(at, id)| (e.at, &e.id) >= (*at, id)));
        let page: Vec<Happened> = rest.by_ref().take(50).cloned().collect();
        let more = rest.next().is_some();
        let token = more.then(|| {
            let token = format!("token-{}", self.tokens.len());
            self.tokens.insert(token.clone(), (question.clone(), page.last().expect("a full page").clone()));
            token
        });
        Ok(Page { events: page.iter().map(found).collect(), token })
    }
}

pub fn found(happened: &Happened) -> Found {
    let envelope = record::Envelope {
        id: happened.id.clone(),
        time: Some(happened.at),
        name: "X".into(),
        ..record::Envelope::bare(Region::new("eu-west-1"), "")
    };
    Found { at: Some(happened.at), event: record::read(envelope, happened.visible) }
}

/// A feed, its API, and what was delivered when.
pub struct World {
    pub feed: Feed,
    pub api: Api,
    pub now: Time,
    pub delivered: HashMap<String, (Time, bool)>,
    /// Since then, what was given before may come again: who keeps the events knows it.
    pub restarted: bool,
}

impl World {
    pub fn new(events: Vec<Happened>, since: u64) -> Self {
        let pace = Pace { poll: Span::seconds(10), sweep: Span::seconds(60) };
        let id = SourceId::new(SourceKind::Events, Region::new("eu-west-1"));
        let feed = Feed::new(id, pace, Span::seconds(since), start());
        Self { feed, api: Api::new(events), now: start(), delivered: HashMap::new(), restarted: false }
    }

    /// Runs until `until`; an answer takes 120 ms.
    pub fn run(&mut self, until: i64) {
        let until = start() + seconds(until);
        while self.now < until {
            match self.feed.next(self.now) {
                Action::Wait(time) => {
                    assert!(time > self.now, "waits for the past");
                    self.now = time.min(until);
                }
                Action::Ask(question) => {
                    let answer = self.api.lookup(&question, self.now);
                    self.now += TimeDelta::milliseconds(120);
                    match answer {
                        Ok(page) => self.take(page),
                        Err(failure) => drop(self.feed.failed(self.now, failure)),
                    }
                }
            }
        }
    }

    pub fn take(&mut self, page: Page) {
        for event in self.feed.page(self.now, page) {
            let before = self.delivered.contains_key(&event.id);
            assert!(!before || self.restarted, "{} came twice", event.id);
            if !before {
                self.delivered.insert(event.id.clone(), (self.now, event.late));
            }
        }
    }

    /// Ends and begins anew, `away` seconds later, with what was kept of the position.
    pub fn restart(&mut self, away: i64, since: u64) {
        let kept = self.feed.position().map(|position| serde_json::to_string(&position).unwrap());
        self.now += seconds(away);
        let id = SourceId::new(SourceKind::Events, Region::new("eu-west-1"));
        let (pace, since) = (self.feed.pace, Span::seconds(since));
        self.feed = Feed::new(id, pace, since, self.now);
        if let Some(kept) = kept {
            self.feed.go_on(serde_json::from_str(&kept).unwrap());
        }
        self.restarted = true;
    }

    /// Every event from the goal on that was visible at `by` has come.
    pub fn assert_all_delivered(&self, by: i64, since: i64) {
        let (goal, by) = (start() - seconds(since), start() + seconds(by));
        let missing: Vec<_> = self
            .api
            .events
            .iter()
            .filter(|e| e.at >= goal && e.visible <= by && !self.delivered.contains_key(&e.id))
            .collect();
        assert!(missing.is_empty(), "{} missing, the first {:?}", missing.len(), missing.first());
    }

    pub fn assert_within_budget(&self) {
        for pair in self.api.requests.windows(2) {
            assert!(pair[1] - pair[0] >= seconds(1), "{} and {}", pair[0], pair[1]);
        }
    }

    pub fn late(&self, id: &str) -> bool {
        self.delivered.get(id).unwrap_or_else(|| panic!("{id} has not come")).1
    }

    pub fn health(&self) -> SourceHealth {
        self.feed.health()
    }
}

pub fn event(id: impl ToString, at: i64, delay: i64) -> Happened {
    Happened { id: id.to_string(), at: start() + seconds(at), visible: start() + seconds(at + delay) }
}

/// `rate` events a second from `from` to `to`, visible after `delay`.
pub fn steady(rate: usize, from: i64, to: i64, delay: i64) -> Vec<Happened> {
    (from..to).flat_map(|at| (0..rate).map(move |i| event(format!("{at}/{i}"), at, delay))).collect()
}
