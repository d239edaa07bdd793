//! What happened before it was known which rules the account has: their lists come a moment after the first events.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::model::{Event, Time};

/// For how long after the first one events are kept. The lists are asked for at the start, and come in that time or not.
const KEPT_FOR: TimeDelta = TimeDelta::seconds(30);
/// The bytes of records that are kept; the oldest events go first.
const MOST_BYTES: usize = 8 << 20;

/// The events of the first moments.
#[derive(Debug, Default)]
pub struct Early {
    first: Option<Time>,
    events: VecDeque<Event>,
    bytes: usize,
    is_over: bool,
}

impl Early {
    /// Keeps an event that came at `now`, while it is early.
    pub fn keep(&mut self, event: &Event, now: Time) {
        self.end(now);
        if self.is_over {
            return;
        }
        self.first.get_or_insert(now);
        self.bytes += event.record.len();
        self.events.push_back(event.clone());
        while self.bytes > MOST_BYTES {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.record.len();
        }
    }

    /// Keeps an event of the last run, as far as there is room.
    pub fn keep_past(&mut self, event: &Event) {
        if !self.is_over && self.bytes + event.record.len() <= MOST_BYTES {
            self.bytes += event.record.len();
            self.events.push_back(event.clone());
        }
    }

    /// Forgets everything once it is no longer early. A clock that was set back ends it too.
    pub fn end(&mut self, now: Time) {
        if self.first.is_some_and(|first| !(first..first + KEPT_FOR).contains(&now)) {
            *self = Self { is_over: true, ..Self::default() };
        }
    }

    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }
}
