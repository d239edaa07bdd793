//! A program that shows what another one keeps.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use super::{
    Listener,
    account::Who,
    keeper::MOST_MESSAGES,
    now::{self, NOW},
    opening::{CHUNK, MOST_ALERTS, show_all},
};
use crate::{
    model::{Alert, Event, Message, SourceKind, Update},
    store::{Reader, Result},
};

/// What it has shown, and where it looks for more.
pub(super) struct Follower<'a> {
    listener: &'a Listener,
    who: &'a Who,
    reader: Option<Reader>,
    /// The connection for what the operator does was given.
    gave: bool,
    /// The highest number of an event that was shown.
    shown: i64,
    /// As they were shown.
    alerts: HashMap<String, Alert>,
    messages: Vec<Message>,
    /// How things are, as it was shown: facts by their keys.
    now: BTreeMap<String, Vec<u8>>,
}

impl<'a> Follower<'a> {
    /// Says that there is another program, by the number of its process.
    pub fn new(listener: &'a Listener, who: &'a Who, process: Option<u32>) -> Self {
        let number = process.map(|process| format!(" (process {process})")).unwrap_or_default();
        let other =
            format!("another trailwatch{number} asks AWS and notifies; this one shows, and takes over when it ends");
        listener(Update::Said(other));
        let (alerts, now) = (HashMap::new(), BTreeMap::new());
        Self { listener, who, reader: None, gave: false, shown: 0, alerts, messages: Vec::new(), now }
    }

    /// Shows what is new. The first time that there is a store, it gives a connection of its own to it for what the
    /// operator does: what came by the follower's own would be no news to it.
    pub fn look(&mut self, folder: &Path, history: usize) -> Option<Reader> {
        if self.reader.is_none() {
            self.reader = Reader::open(folder).ok();
            let _ = self.begin(folder, history);
        }
        // What cannot be read now is read at the next look.
        let _ = self.news();
        let beside = if self.gave { None } else { Reader::open(folder).ok() };
        self.gave |= beside.is_some();
        beside
    }

    /// Shows what is there when it begins to look: that is no news.
    fn begin(&mut self, folder: &Path, history: usize) -> Result<()> {
        let Some(reader) = self.reader.as_ref() else { return Ok(()) };
        let newest = reader.newest(None, CHUNK)?;
        self.shown = newest.iter().map(|stored| stored.key.number).max().unwrap_or_default();
        self.alerts = reader.alerts(MOST_ALERTS)?.into_iter().map(|alert| (alert.id.clone(), alert)).collect();
        if history > 0 { show_all(folder, history, self.listener) } else { Ok(()) }
    }

    fn news(&mut self) -> Result<()> {
        let Some(reader) = self.reader.take_if(|reader| reader.changed().unwrap_or(false)) else { return Ok(()) };
        let shown = self.show(&reader);
        self.reader = Some(reader);
        shown
    }

    fn show(&mut self, reader: &Reader) -> Result<()> {
        self.show_events(reader)?;
        self.show_alerts(reader)?;
        self.show_messages(reader)?;
        self.show_now(reader)
    }

    fn show_events(&mut self, reader: &Reader) -> Result<()> {
        let mut newest = reader.newest(None, CHUNK)?;
        newest.retain(|stored| stored.key.number > self.shown);
        self.shown = newest.iter().map(|stored| stored.key.number).max().unwrap_or(self.shown);
        let events: Vec<Event> = newest.into_iter().rev().map(|stored| stored.event).collect();
        if !events.is_empty() {
            (self.listener)(Update::Events(events));
        }
        Ok(())
    }

    fn show_alerts(&mut self, reader: &Reader) -> Result<()> {
        let mut alerts = reader.alerts(MOST_ALERTS)?;
        alerts.retain(|alert| self.alerts.get(&alert.id) != Some(alert));
        if !alerts.is_empty() {
            self.alerts.extend(alerts.iter().map(|alert| (alert.id.clone(), alert.clone())));
            (self.listener)(Update::Alerts(alerts));
        }
        Ok(())
    }

    fn show_messages(&mut self, reader: &Reader) -> Result<()> {
        let messages = reader.messages(MOST_MESSAGES)?;
        if messages != self.messages {
            self.messages.clone_from(&messages);
            (self.listener)(Update::Messages(messages));
        }
        Ok(())
    }

    /// What is gone from the facts stays as it was last shown: a writer that begins tells all of it again.
    fn show_now(&mut self, reader: &Reader) -> Result<()> {
        let facts = reader.facts(NOW)?;
        let news: Vec<_> = facts.into_iter().filter(|(key, value)| self.now.get(key) != Some(value)).collect();
        let updates = news.iter().flat_map(|(key, value)| now::updates(key, value));
        updates.filter(|update| self.is_told(update)).for_each(|update| (self.listener)(update));
        self.now.extend(news);
        Ok(())
    }

    /// Who we are is asked here too, with credentials of our own: what the other program learns of its own is told only
    /// while nobody answers us.
    fn is_told(&self, update: &Update) -> bool {
        match update {
            Update::Identity(_) => *self.who == Who::Unknown,
            Update::Source(health) => health.id.kind != SourceKind::Identity,
            _ => true,
        }
    }
}
