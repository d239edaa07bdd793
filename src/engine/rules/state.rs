//! What is behind the lock: the rules and what keeps what they say.

use std::path::Path;

use chrono::Utc;

use super::{
    super::keeper::{Keeper, Kept, Learnt},
    State, TIDY, written_at,
};
use crate::{
    model::{Alert, Message, SourceId, Update},
    rulebook::kept,
    rules::Switches,
    source::feed::Position,
    store::Reader,
};

impl State {
    pub(super) fn take(&mut self, update: &mut Update, stands: Option<&(SourceId, Position)>) -> (Vec<Alert>, Kept) {
        let now = Utc::now();
        match (&mut *update, &self.keeper) {
            (Update::Events(events), Some(keeper)) => keeper.only_new(events),
            (update, None) => self.early.hear(update),
            _ => {}
        }
        match update {
            Update::Events(events) => {
                self.watch.events(events, now);
                // In the transaction of what they judge.
                self.watch.tend(now);
            }
            Update::Alarms { region, alarms, .. } => self.watch.alarms(region, alarms, now),
            Update::Restores { place, restores, .. } => self.watch.restores(place, restores, now),
            Update::Identity(identity) => self.watch.set_account(&identity.account),
            Update::AccountRules { region, rules, .. } => {
                self.watch.set_account_rules(region, rules);
                return Default::default();
            }
            Update::MetricFilters { region, filters, .. } => {
                self.watch.set_metric_filters(region, filters);
                return Default::default();
            }
            Update::Source(_) => {}
            _ => return Default::default(),
        }
        self.news |= !matches!(update, Update::Source(_));
        self.keep(Some((update, stands)))
    }

    /// Keeps what was learnt, with what the rules made of it.
    pub(super) fn keep(&mut self, learnt: Option<Learnt<'_>>) -> (Vec<Alert>, Kept) {
        let alerts = self.watch.take_alerts();
        let Some(keeper) = &mut self.keeper else { return (alerts, Kept::default()) };
        let kept = keeper.keep(learnt, &mut self.watch, &alerts, Utc::now());
        self.outbox_changed |= kept.posted;
        (alerts, kept)
    }

    /// The store, by whatever connection there is.
    pub(super) fn reader(&self) -> Option<&Reader> {
        self.keeper.as_ref().map(Keeper::reader).or(self.beside.as_ref())
    }

    /// Takes up what programs beside this one have asked for. Says whether any did.
    pub(super) fn take_up(&mut self) -> bool {
        let Some(states) = self.keeper.as_ref().and_then(Keeper::asked_beside) else { return false };
        for (id, state) in states {
            if self.watch.alert_state(&id).is_some_and(|known| known != state) {
                self.watch.set_alert(&id, state);
            }
        }
        self.outbox_changed = true;
        true
    }

    /// Lets the store go of what is too much, now and then.
    pub(super) fn tidy(&mut self, tick: u64) {
        if tick.is_multiple_of(TIDY)
            && let Some(keeper) = &mut self.keeper
        {
            keeper.tidy(Utc::now());
        }
    }

    /// The newest messages, when they have changed.
    pub(super) fn outbox(&mut self) -> Option<Vec<Message>> {
        let keeper = self.keeper.as_ref()?;
        std::mem::take(&mut self.outbox_changed).then(|| keeper.messages())
    }

    /// Takes up what another program has switched.
    pub(super) fn read_switches(&mut self, path: Option<&Path>) {
        let switched = written_at(path);
        if switched == self.switched {
            return;
        }
        self.switched = switched;
        // A file that is broken says so at the next start; until then the switches stay.
        let Some(Ok(switches)) = path.map(kept::switches) else { return };
        self.follow(switches);
    }

    /// Switches as the file says that rules are switched.
    pub(super) fn follow(&mut self, switches: Switches) {
        let changed: Vec<_> = switches.iter().filter(|(name, on)| self.switches.get(*name) != Some(*on)).collect();
        for (name, on) in changed {
            self.watch.switch(name, *on);
        }
        self.switches = switches;
        self.news = true;
    }

    pub(super) fn read_files(&mut self) {
        if let Some((book, problems, warnings)) = self.files.changed() {
            self.watch.set_rules(book.rules, book.counted, &self.switches);
            (self.problems, self.warnings) = (problems, warnings);
            self.news = true;
        }
    }
}
