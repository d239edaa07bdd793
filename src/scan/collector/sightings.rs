//! Matches that correlations count, kept until all files are read: a folder holds one Region after the other, so that
//! they do not come in the order of time.

use crate::{
    model::Time,
    rules::{Subject, lang::sigma::Firing},
    scan::plan::Plan,
};

/// Matches that are kept, and bytes of what is kept of them.
const MOST: usize = 100_000;
const MOST_BYTES: usize = 16 << 20;
/// Matches that are told to the counters before they are asked what fired.
const STEP: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Sightings {
    kept: Vec<Sighting>,
    bytes: usize,
    left_out: u64,
}

#[derive(Debug)]
struct Sighting {
    time: Time,
    /// The rules that matched, by their numbers.
    rules: Vec<u32>,
    /// What correlations look at of the event.
    digest: String,
}

/// A correlation that fired.
#[derive(Debug)]
pub(super) struct Fired {
    pub(super) correlation: usize,
    pub(super) time: Option<Time>,
    pub(super) id: String,
    pub(super) message: String,
}

impl Sightings {
    pub(super) fn keep(&mut self, time: Time, rules: Vec<u32>, digest: String) {
        if self.kept.len() == MOST || self.bytes + digest.len() > MOST_BYTES {
            self.left_out += 1;
            return;
        }
        self.bytes += digest.len();
        self.kept.push(Sighting { time, rules, digest });
    }

    /// How many were not kept.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// What fires when the matches are counted in the order of time.
    pub(super) fn count(mut self, plan: &Plan) -> Vec<Fired> {
        if self.kept.is_empty() {
            return Vec::new();
        }
        self.kept.sort_by_key(|sighting| sighting.time);
        let (mut correlations, mut subject, mut fired) = (plan.correlations(), Subject::default(), Vec::new());
        for some in self.kept.chunks(STEP) {
            for Sighting { time, rules, digest } in some {
                if subject.tell(digest).is_ok() {
                    let metas = rules.iter().filter_map(|rule| plan.rules[*rule as usize].counted.as_ref());
                    correlations.tell(time.timestamp(), &subject, metas);
                }
            }
            fired.extend(correlations.fired());
        }
        fired.into_iter().map(|firing| said(plan, firing)).collect()
    }
}

fn said(plan: &Plan, firing: Firing) -> Fired {
    let title = &plan.counted[firing.correlation].correlation.meta.title;
    let group: Vec<String> = firing.group.iter().map(|(field, value)| format!("{field} {value}")).collect();
    let group = if group.is_empty() { String::new() } else { format!(", {}", group.join(", ")) };
    Fired {
        correlation: firing.correlation,
        time: Time::from_timestamp(firing.time, 0),
        id: firing.events.last().cloned().unwrap_or_default(),
        message: format!("{title} ({}{group})", firing.value),
    }
}
