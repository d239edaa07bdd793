//! What was known before a restart, told to a watch again: it counts, and says nothing twice.

use std::collections::HashMap;

use super::{LocalState, Thing, Watch};
use crate::model::{AlarmState, Alert, Event, Place, Region, RestoreState, Time};

impl Watch {
    /// Takes alerts that were raised before, in the order in which they were: what repeats one is counted into it.
    pub fn recall_alerts(&mut self, alerts: impl IntoIterator<Item = Alert>) {
        alerts.into_iter().for_each(|alert| self.alerts.recall(alert));
    }

    /// Counts events that were put to the rules before: hits, correlations and alarms go on where they were.
    ///
    /// Nothing is said, but for an alarm that these events raise: [`Watch::tend`] says it as it would have then, and the
    /// alert has the id that it has when it was said already.
    pub fn recall<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) {
        for event in events {
            self.read(event);
            self.logs_arrived(event.time);
            self.early.keep_past(event);
            self.count_again(Thing { id: &event.id, time: event.time, late: event.late });
        }
        // What they complete was said when they came.
        self.counting.fired();
    }

    fn count_again(&mut self, thing: Thing<'_>) {
        let mut asked = std::mem::take(&mut self.asked);
        self.index.candidates(&self.subject, &mut asked);
        let mut matched = Vec::new();
        for &number in &asked {
            // Those beyond are the account's, which are not known yet.
            let Some(watched) = self.rules.get_mut(number as usize) else { continue };
            // Whether it was the first of its kind is not known any more.
            if watched.rule.first.is_none() && watched.rule.predicate.matches(&self.subject) {
                let value = watched.rule.alarm.as_ref().and_then(|spec| spec.value.of(&self.subject));
                watched.count(thing.id, thing.time, value);
                matched.push(number as usize);
            }
        }
        self.asked = asked;
        let metas = matched.iter().filter_map(|number| self.rules[*number].rule.meta.as_ref());
        self.counting.tell(thing.time, &self.subject, metas);
    }

    /// After [`Watch::recall`]: local alarms are as they were, by their rules' names, with all evaluated that was over at
    /// `evaluated`. One that is not named begins anew.
    pub fn recall_local(&mut self, states: &HashMap<String, LocalState>, evaluated: Time) {
        for watched in &mut self.rules {
            if let Some(state) = states.get(&watched.rule.name) {
                watched.recall(*state, evaluated);
            }
        }
    }

    /// How local alarms are, by their rules' names, when that has changed since this was last asked.
    pub fn take_local(&mut self) -> Option<Vec<(String, LocalState)>> {
        let states =
            || self.rules.iter().filter_map(|watched| Some((watched.rule.name.clone(), watched.local_state()?)));
        std::mem::take(&mut self.judged).then(|| states().collect())
    }

    /// How a Region's alarms were when they were last given: what has changed since is a change.
    pub fn recall_alarms(&mut self, region: Region, states: HashMap<String, AlarmState>) {
        self.alarms.insert(region, states);
    }

    /// How a place's restores were when they were last given, by their keys: what has changed since is a change.
    pub fn recall_restores(&mut self, place: Place, states: HashMap<String, RestoreState>) {
        self.restores.insert(place, states);
    }

    /// What rules about first times have seen before.
    pub fn recall_memory(&mut self, memory: super::Memory) {
        self.memory = memory;
    }

    /// How far back events have to be recalled at `now`, so that everything goes on as if nothing had been: a day for
    /// the hits, and what alarms look at.
    pub fn recall_from(&self, now: Time) -> Time {
        let specs = self.rules.iter().filter_map(|watched| watched.rule.alarm.as_ref());
        let longest = specs.map(crate::rules::alarm::Spec::looked_at).max().unwrap_or_default();
        now - longest.max(chrono::TimeDelta::hours(24))
    }
}
