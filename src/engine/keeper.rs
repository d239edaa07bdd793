//! What lasts: whatever is learnt goes into the store in one transaction with what came of it.

use std::collections::HashSet;

use super::{
    changes,
    facts::Facts,
    now::{NOW, Now},
    opening::{CHUNK, MOST_ALERTS, Trouble},
};
use crate::{
    model::{AlarmChange, Alert, AlertState, Delivery, Event, Message, Notice, Region, SourceId, Time, Update},
    notify::{Desk, What},
    rules::Watch,
    source::feed::Position,
    store::{self, Batch, Lease, Limits, Reader, Store, StoreError},
};

/// Events that wait for a disk that is full; with more, the sources wait too.
const MOST_WAITING: usize = 20_000;
/// So many of the newest events are put to the rules again after a restart.
const MOST_RECALLED: usize = 300_000;
/// So many of the newest messages are looked at after a restart, for the limits of the channels.
const MOST_RECENT: usize = 10_000;
/// So many of the newest messages are shown.
pub(super) const MOST_MESSAGES: usize = 1_000;
/// So many of the newest changes of an alarm are shown.
const MOST_CHANGES: usize = 100;

/// The store and what is decided with it.
pub(super) struct Keeper {
    store: Store,
    /// The account's number; empty while it is not known.
    account: String,
    facts: Facts,
    /// For programs that only show.
    now: Now,
    what: What,
    desk: Desk,
    /// What could not be written yet, the oldest first.
    waiting: Vec<Batch>,
    /// Marks that could not be written yet: nothing more is sent on their channels.
    unmarked: Vec<Mark>,
    /// Why the store cannot be written to.
    trouble: Option<(StoreError, Time)>,
}

/// What became of a message.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub id: i64,
    pub channel: String,
    pub state: Delivery,
    pub tries: u32,
    pub said: String,
}

/// What was learnt, and where a feed stands with it.
pub(super) type Learnt<'a> = (&'a Update, Option<&'a (SourceId, Position)>);

/// What was kept, for whoever hears of it.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub notices: Vec<Notice>,
    /// The outbox has changed.
    pub posted: bool,
}

impl Keeper {
    /// Opens the store of an account that nobody else writes to, and what the store says of it.
    ///
    /// # Errors
    /// The store cannot be used.
    pub fn open(
        lease: Lease,
        limits: Limits,
        (what, desk): (What, Desk),
        account: &str,
        now: Time,
    ) -> store::Result<(Self, Vec<String>)> {
        let opened = Store::open(lease, limits, now)?;
        let reader = opened.store.reader();
        let all = reader.facts("")?;
        let mut keeper = Self {
            facts: Facts::new(all.iter().filter(|(key, _)| !key.starts_with(NOW)).cloned()),
            now: Now::new(all.iter().map(|(key, _)| key.as_str())),
            store: opened.store,
            account: account.to_owned(),
            what,
            desk,
            waiting: Vec::new(),
            unmarked: Vec::new(),
            trouble: None,
        };
        keeper.what.load(all.iter().map(|(key, value)| (key.as_str(), value.as_slice())));
        keeper.recall_messages(now)?;
        Ok((keeper, opened.said))
    }

    fn recall_messages(&mut self, now: Time) -> store::Result<()> {
        let mut recent = self.store.reader().messages(MOST_RECENT)?;
        recent.retain(|message| message.made >= now - Desk::RECENT);
        recent.reverse();
        self.desk.recall(&recent);
        Ok(())
    }

    /// Tells the rules, and what tells of them, what they knew at the end of the last run.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn recall(&mut self, watch: &mut Watch, now: Time) -> store::Result<()> {
        let reader = self.store.reader();
        self.facts.recall(watch);
        let mut alerts = reader.alerts(MOST_ALERTS)?;
        alerts.reverse();
        self.what.recall(&alerts);
        watch.recall_alerts(alerts);
        let (from, mut before, mut count) = (watch.recall_from(now), None, 0);
        while count < MOST_RECALLED {
            let events = reader.newest(before, CHUNK)?;
            let Some(oldest) = events.last() else { break };
            (before, count) = (Some(oldest.key), count + events.len());
            let is_old = oldest.event.time < from;
            watch.recall(events.iter().map(|stored| &stored.event).filter(|event| event.time >= from));
            if is_old {
                break;
            }
        }
        self.facts.recall_local(watch);
        Ok(())
    }

    /// Where the feeds stood.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn positions(&self) -> store::Result<Vec<(String, String, Position)>> {
        let all = self.store.reader().positions()?;
        let ours = all.into_iter().filter(|position| position.account == self.account);
        // One that cannot be read was written by another version: that feed begins anew.
        let read = ours.filter_map(|position| {
            Some((position.kind, position.region, serde_json::from_slice(&position.body).ok()?))
        });
        Ok(read.collect())
    }

    /// Leaves out the events that are kept already.
    pub fn only_new(&self, events: &mut Vec<Event>) {
        let times = events.iter().map(|event| (event.time, event.id.as_str()));
        // One that cannot be looked for is taken: the store leaves it out, or has lost it.
        let known: HashSet<String> =
            self.store.reader().known(times).unwrap_or_default().into_iter().map(str::to_owned).collect();
        let waiting: HashSet<&str> =
            self.waiting.iter().flat_map(|batch| &batch.events).map(|event| event.id.as_str()).collect();
        events.retain(|event| !known.contains(&event.id) && !waiting.contains(event.id.as_str()));
    }

    /// Keeps what was learnt, what the rules made of it, and what is to be told, all or nothing.
    pub fn keep(&mut self, update: Option<Learnt<'_>>, watch: &mut Watch, alerts: &[Alert], now: Time) -> Kept {
        let mut batch = Batch { alerts: alerts.to_vec(), ..Batch::default() };
        let mut notices = Vec::new();
        if let Some((update, stands)) = update {
            if let Update::Events(events) = update {
                batch.events.clone_from(events);
            }
            self.now.hear(update);
            batch.positions.extend(stands.and_then(|stands| self.position(stands)));
            changes::note(&mut batch, update, &self.facts, now);
            batch.facts.extend(self.facts.of(update));
            notices.extend(self.what.update(update, now));
        }
        if !alerts.is_empty() {
            notices.extend(self.what.update(&Update::Alerts(alerts.to_vec()), now));
        }
        if update.is_none() {
            notices.extend(self.what.tend(now));
            batch.facts.extend(self.now.take(now));
            batch.facts.extend(self.facts.evaluated(now));
            batch.messages.extend(self.desk.tend(now));
        }
        let local = watch.take_local();
        batch.alarm_changes.extend(changes::of_local(local.as_deref().unwrap_or_default(), watch, &self.facts));
        batch.facts.extend(self.facts.of_rules(watch, local.as_deref(), now));
        batch.facts.extend(self.what.take_facts().into_iter().map(|fact| (fact.key, fact.value)));
        for notice in &notices {
            batch.messages.extend(self.desk.post(notice, now));
        }
        let posted = !batch.messages.is_empty();
        self.write(batch, now);
        Kept { notices, posted }
    }

    fn position(&self, (source, position): &(SourceId, Position)) -> Option<store::Position> {
        Some(store::Position {
            account: self.account.clone(),
            region: source.region.as_str().to_owned(),
            kind: source.kind.as_str().to_owned(),
            body: serde_json::to_vec(position).ok()?,
        })
    }

    /// Writes a batch behind those that wait, each by itself and in order; what fails waits for the next time.
    fn write(&mut self, batch: Batch, now: Time) {
        if !is_empty(&batch) {
            self.waiting.push(batch);
        }
        let mut written = 0;
        let mut failed = None;
        for batch in &self.waiting {
            match self.store.commit(batch) {
                Ok(_) => written += 1,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        self.waiting.drain(..written);
        self.note(failed, now);
    }

    fn note(&mut self, failed: Option<StoreError>, now: Time) {
        let since = self.trouble.as_ref().map_or(now, |(_, since)| *since);
        self.trouble = failed.map(|error| (error, since));
    }

    /// Why the store cannot be written to, and since when.
    pub fn trouble(&self) -> Option<Trouble> {
        self.trouble.as_ref().map(|(error, since)| Trouble::at_work(error, *since))
    }

    /// Takes what is not kept and yet matters for what is told.
    pub fn hear(&mut self, update: &Update, now: Time) {
        self.what.update(update, now);
    }

    /// Takes what only those want to know who show what is kept.
    pub fn show(&mut self, update: &Update) {
        self.now.hear(update);
    }

    /// The store, to read.
    pub fn reader(&self) -> &Reader {
        self.store.reader()
    }

    /// When programs beside this one have changed the store: how every alert stands in it.
    pub fn asked_beside(&self) -> Option<Vec<(String, AlertState)>> {
        let reader = self.store.reader();
        // What cannot be read now is not lost: it is read with the next change, or at the next start.
        if reader.changed().unwrap_or(false) { reader.alert_states().ok() } else { None }
    }

    /// The newest messages of the outbox.
    pub fn messages(&self) -> Vec<Message> {
        self.store.reader().messages(MOST_MESSAGES).unwrap_or_default()
    }

    /// Whether no more should be learnt until the disk has room again.
    pub fn is_full(&self) -> bool {
        self.waiting.iter().map(|batch| batch.events.len()).sum::<usize>() > MOST_WAITING
    }

    /// The message of a channel whose turn it is. None while what became of the last one is not on disk: after a kill, it
    /// would be sent again, and the one after it too.
    pub fn turn(&mut self, channel: &str) -> Option<Message> {
        self.write_marks();
        if self.unmarked.iter().any(|mark| mark.channel == channel) {
            return None;
        }
        self.store.reader().waiting(channel, 1).ok()?.pop()
    }

    /// Notes what became of a message.
    pub fn mark(&mut self, mark: Mark) {
        self.unmarked.push(mark);
        self.write_marks();
    }

    fn write_marks(&mut self) {
        let reader = self.store.reader();
        self.unmarked.retain(|mark| reader.mark(mark.id, mark.state, mark.tries, &mark.said).is_err());
    }

    /// Lets go of what is too old or too much, a little at a time. `true` when there is more to do.
    pub fn tidy(&mut self, now: Time) -> bool {
        self.store.tidy(now, 4).unwrap_or(false)
    }
}

/// Makes a message due now, or all that wait; also beside the program that sends them.
///
/// # Errors
/// The store cannot be written: then each waits for its time.
pub(super) fn retry(reader: &Reader, id: Option<i64>, now: Time) -> store::Result<()> {
    let waits = |message: &&Message| matches!(message.state, Delivery::Waiting { .. });
    let all = reader.messages(MOST_MESSAGES)?;
    let mut asked = all.iter().filter(|message| id.map_or_else(|| waits(message), |id| message.id == id));
    asked.try_for_each(|message| reader.mark(message.id, Delivery::Waiting { due: now }, 0, &message.said).map(|_| ()))
}

/// The changes of a local alarm: `ours`, and those that the store has, the newest first.
pub(super) fn kept_changes(reader: &Reader, name: &str, ours: Vec<AlarmChange>) -> Vec<AlarmChange> {
    // What cannot be read now is shown without.
    let kept = reader.alarm_changes(&Region::new(Region::LOCAL), name, MOST_CHANGES).unwrap_or_default();
    changes::merged(ours, kept)
}

fn is_empty(batch: &Batch) -> bool {
    batch.events.is_empty()
        && batch.alerts.is_empty()
        && batch.messages.is_empty()
        && batch.positions.is_empty()
        && batch.facts.is_empty()
        && batch.alarm_changes.is_empty()
        && batch.restore_changes.is_empty()
}
