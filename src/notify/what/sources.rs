//! That a source is broken, or well again; and that credentials have ended, which breaks all of them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::Cx;
use crate::{
    model::{Notice, NoticeKind, Severity, SourceError, SourceHealth, SourceState, Time},
    notify::{
        facts::{Fact, Facts},
        key::{key, short_digest},
        words::{self, number, span},
    },
};

/// Sources that broke within this time of each other, for the same reason, are told of together.
const TOGETHER: TimeDelta = TimeDelta::minutes(2);
/// A source is well again when it has been for so long.
const WELL: TimeDelta = TimeDelta::minutes(1);
/// Credentials that have ended do not come back by themselves.
const CREDENTIALS: TimeDelta = TimeDelta::minutes(1);

/// A source that does not answer.
#[derive(Clone, Debug)]
struct Broken {
    since: Time,
    error: SourceError,
}

/// A source that somebody was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    since: Time,
    /// Since when it has been well.
    well: Option<Time>,
}

/// The sources that are broken, by their labels, and those that were told of.
#[derive(Debug)]
pub(super) struct Sources {
    after: TimeDelta,
    broken: BTreeMap<String, Broken>,
    told: Facts<Told>,
}

impl Sources {
    pub fn new(after: TimeDelta) -> Self {
        Self { after, broken: BTreeMap::new(), told: Facts::new("notified/source/") }
    }

    pub fn load(&mut self, key: &str, bytes: &[u8]) {
        self.told.load(key, bytes);
    }

    pub fn take_facts(&mut self) -> Vec<Fact> {
        self.told.take_changed()
    }

    /// Takes how a source is.
    pub fn take(&mut self, health: &SourceHealth, now: Time) {
        let label = health.id.label();
        let told = self.told.get(&label).copied();
        let well = match (&health.state, told) {
            (SourceState::Starting, _) => return,
            (SourceState::Live, told) => told.and_then(|told| told.well).or(Some(now)),
            _ => None,
        };
        if let Some(told) = told.filter(|told| told.well != well) {
            self.told.set(&label, Told { well, ..told });
        }
        match health.state.error() {
            Some(error) => drop(self.broken.insert(label, Broken { since: error.since, error: error.clone() })),
            None => drop(self.broken.remove(&label)),
        }
    }

    /// Tells of what has been broken for long enough, and of what is well again.
    pub fn tend(&mut self, cx: &Cx<'_>) -> Vec<Notice> {
        let mut notices = Vec::new();
        while let Some(group) = self.next_broken(cx) {
            for (label, broken) in &group {
                self.told.set(label, Told { since: broken.since, well: None });
            }
            notices.push(broken(&group, cx));
        }
        let is_well = |told: &Told| told.well.is_some_and(|well| (cx.now - well).abs() >= WELL);
        let well: Vec<(String, Told)> =
            self.told.iter().filter(|(_, told)| is_well(told)).map(|(label, told)| (label.clone(), *told)).collect();
        if !well.is_empty() {
            well.iter().for_each(|(label, _)| self.told.forget(label));
            notices.push(well_again(&well, cx));
        }
        notices
    }

    /// One that has been broken for long enough, and those that broke with it.
    fn next_broken(&self, cx: &Cx<'_>) -> Option<Vec<(String, Broken)>> {
        let untold = || self.broken.iter().filter(|(label, _)| self.told.get(label).is_none());
        // What happened while nothing ran does not count: after a sleep every source gets its time anew.
        let for_long = |broken: &Broken| cx.now - broken.since.max(cx.awake);
        let (_, first) = untold().find(|(_, broken)| for_long(broken) >= self.after_for(&broken.error))?;
        let after = self.after_for(&first.error) - TOGETHER;
        let with = |broken: &Broken| broken.error.code == first.error.code && for_long(broken) >= after;
        Some(
            untold()
                .filter(|(_, broken)| with(broken))
                .map(|(label, broken)| (label.clone(), broken.clone()))
                .collect(),
        )
    }

    fn after_for(&self, error: &SourceError) -> TimeDelta {
        if is_about_credentials(error) { self.after.min(CREDENTIALS) } else { self.after }
    }
}

fn is_about_credentials(error: &SourceError) -> bool {
    SourceError::OF_CREDENTIALS.contains(&error.code.as_str())
}

fn broken(group: &[(String, Broken)], cx: &Cx<'_>) -> Notice {
    let (label, Broken { since, error }) = &group[0];
    let (since, is_credentials) = (*since, is_about_credentials(error));
    let mut long = cx.now - since;
    if long < TimeDelta::zero() {
        long = TimeDelta::zero();
    }
    let who = match group.len() {
        1 => format!("Source {label}"),
        many => format!("{} ({label}, …)", number(many, "source")),
    };
    let (has, plural) = if group.len() == 1 { ("has", "it shows") } else { ("have", "they show") };
    let title = match is_credentials {
        true => format!("AWS does not take our credentials: {}", error.code),
        false => format!("{who} {has} been broken for {}: {}", span(long), error.code),
    };
    let labels: Vec<&str> = group.iter().map(|(label, _)| label.as_str()).collect();
    let lines = [
        error.message.clone(),
        error.advice.clone().unwrap_or_default(),
        format!("Since {}; what {plural} is as old as that.", cx.words.when(since, cx.now)),
        labels.join(", "),
        cx.words.place(None),
    ];
    let kind = if is_credentials { NoticeKind::Credentials } else { NoticeKind::Source };
    Notice {
        title: words::title(&title),
        text: words::lines(lines),
        subject: label.clone(),
        count: u32::try_from(group.len()).unwrap_or(u32::MAX),
        ..cx.blank(kind, Severity::High, name(&labels, since, &[]), since)
    }
}

fn well_again(group: &[(String, Told)], cx: &Cx<'_>) -> Notice {
    let (label, told) = &group[0];
    let labels: Vec<&str> = group.iter().map(|(label, _)| label.as_str()).collect();
    let title = match group.len() {
        1 => format!("Source {label} is well again"),
        many => format!("{} are well again ({label}, …)", number(many, "source")),
    };
    let since = format!("Broken since {}. What happened meanwhile is being read.", cx.words.when(told.since, cx.now));
    Notice {
        title: words::title(&title),
        text: words::lines([since, labels.join(", "), cx.words.place(None)]),
        subject: label.clone(),
        count: u32::try_from(group.len()).unwrap_or(u32::MAX),
        ..cx.blank(NoticeKind::Source, Severity::Medium, name(&labels, told.since, &["well"]), cx.now)
    }
}

fn name(labels: &[&str], since: Time, end: &[&str]) -> String {
    let since = since.timestamp_millis().to_string();
    let others = short_digest(&labels.join("\n"));
    let mut parts = vec!["source", labels[0], &since];
    if labels.len() > 1 {
        parts.push(&others);
    }
    parts.extend(end);
    key(&parts)
}
