//! New data: where it is kept for all panes to see, and which panes are told.

use std::sync::Arc;

use super::{App, Effect, account, pane::Change};
use crate::model::{MetricFilter, Ring, SourceKind, Update};

impl App {
    /// Takes in what the engine says, and tells the panes.
    pub(super) fn data(&mut self, update: Update) -> Vec<Effect> {
        match update {
            Update::Identity(identity) => self.shared.identity = Some(identity),
            Update::Events(events) => {
                self.shared.loaded += events.len();
                self.inbox.push_back(events.into_iter());
            }
            Update::Alarms { region, alarms, .. } => {
                let first = !self.shared.alarms.contains_key(&region);
                if first {
                    let states = alarms.iter().map(|a| ((region.clone(), a.name.clone()), a.state));
                    self.shared.looked_at.extend(states);
                }
                self.shared.alarms.insert(region, alarms.into_iter().map(Into::into).collect());
                self.tell(&Change::Alarms);
            }
            Update::Restores { place, restores, .. } => {
                self.shared.restores.insert(place, restores.into_iter().map(Into::into).collect());
                self.tell(&Change::Restores);
            }
            Update::Alerts(alerts) => {
                self.shared.take_alerts(alerts);
                self.tell(&Change::Alerts);
            }
            Update::Rules(rules) => {
                self.shared.rules = rules.into_iter().map(Into::into).collect();
                self.tell(&Change::Rules);
            }
            Update::RuleSaved { file, path } => {
                self.say(path.as_ref().map_or_else(Clone::clone, |path| format!("wrote {path}")));
                self.tell(&Change::RuleSaved(&file, &path));
                self.tabs.iter_mut().for_each(|views| views.retain(|view| !view.is_done()));
            }
            Update::Source(health) => {
                let is_events = health.id.kind == SourceKind::Events;
                self.shared.sources.insert(health.id.clone(), health);
                if is_events && self.shared.freshness(SourceKind::Events).progress.is_none() {
                    self.shared.loaded = 0;
                }
                self.tell(&Change::Sources);
            }
            Update::AccountRules { region, rules, .. } => {
                let rows = self.shared.counted(rules.into_iter().map(|rule| Arc::new(rule).status()));
                self.shared.account_rules.insert(region.clone(), rows);
                self.shared.forget_account_hits(&region);
                self.tell(&Change::Rules);
            }
            Update::MetricFilters { region, filters, .. } => {
                let rows = self.shared.counted(filters.iter().map(MetricFilter::status));
                self.shared.metric_filters.insert(region.clone(), rows);
                self.shared.forget_account_hits(&region);
                self.tell(&Change::Rules);
            }
            Update::AccountHits(hits) => {
                self.shared.take_account_hits(hits);
                self.tell(&Change::Rules);
            }
            Update::Recalled { events, alerts } => {
                self.inbox.push_back(events.into_iter());
                self.shared.take_alerts(alerts);
                self.tell(&Change::Alerts);
            }
            Update::Said(words) => self.say(words),
            Update::Notices(notices) if self.shared.settings.toasts => self.toasts.take(&notices),
            Update::Notices(_) => {}
            Update::Messages(messages) => {
                self.shared.messages = messages.into_iter().map(Into::into).collect();
                self.tell(&Change::Messages);
            }
            Update::Ring(ring) => return self.ring(ring),
            Update::RuleTargets { id, targets } => self.tell(&Change::RuleTargets(id, &targets)),
            Update::Journal { changes, problem } => {
                self.shared.journal = changes;
                problem.into_iter().for_each(|problem| self.say(problem));
            }
            Update::Wrote { write, result } => self.say(account::told(&write, &result)),
            Update::AlarmHistory { id, history } => self.tell(&Change::AlarmHistory(id, &history)),
        }
        Vec::new()
    }

    /// What the terminal is to do: without the bell while that is silenced, and nothing where nothing is left.
    fn ring(&self, ring: Ring) -> Vec<Effect> {
        let ring = Ring { bell: ring.bell && !self.shared.silenced, ..ring };
        if ring.bell || !ring.sequence.is_empty() { vec![Effect::Ring(ring)] } else { Vec::new() }
    }

    /// Tells every pane, and every view opened above one, what is new.
    pub(super) fn tell(&mut self, change: &Change<'_>) {
        for pane in self.tabs.iter_mut().flatten() {
            pane.changed(change, &self.shared);
        }
    }
}
