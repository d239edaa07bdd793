//! The account's own rules beside trailwatch's: their lists come in, what they matched goes out.

use super::{Told, Watch};
use crate::model::{AccountHits, AccountRule, Event, MetricFilter, Region, Time};

impl Watch {
    /// Takes a Region's EventBridge rules: what they match is counted, and nothing is said. A list that is as it was costs
    /// nothing; one that is new is asked about what came shortly before it.
    pub fn set_account_rules(&mut self, region: &Region, rules: &[AccountRule]) {
        if self.foreign.set_rules(region, rules) {
            self.foreign_changed();
        }
    }

    /// Takes a Region's metric filters, as [`Watch::set_account_rules`] takes rules.
    pub fn set_metric_filters(&mut self, region: &Region, filters: &[MetricFilter]) {
        if self.foreign.set_filters(region, filters) {
            self.foreign_changed();
        }
    }

    pub(super) fn foreign_changed(&mut self) {
        self.index_anew();
        if self.foreign.has_new() {
            let early = std::mem::take(&mut self.early);
            for event in early.events() {
                self.read(event);
                self.ask_foreign(Told { is_past: true, ..told(event) });
            }
            self.early = early;
            self.foreign.none_is_new();
        }
    }

    /// Puts what is in `self.subject` to the account's rules alone.
    fn ask_foreign(&mut self, thing: Told<'_>) {
        self.index.candidates(&self.subject, &mut self.asked);
        let own = self.rules.len();
        for number in self.asked.iter().filter_map(|number| (*number as usize).checked_sub(own)) {
            self.foreign.ask(number, &self.subject, thing);
        }
    }

    /// The hits of the account's rules that are new or have changed since this was last asked.
    pub fn take_account_hits(&mut self, now: Time) -> Vec<AccountHits> {
        self.foreign.take_hits(now)
    }
}

/// An event of the feed, as the account's rules are told of it.
pub fn told(event: &Event) -> Told<'_> {
    Told { id: &event.id, time: event.time, region: &event.region, is_record: true, is_past: false }
}
