//! What is told: from everything that is learnt, the facts that are worth a message, each once.

mod alarms;
mod alerts;
mod credentials;
mod restores;
#[cfg(test)]
mod simulation;
mod sources;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::TimeDelta;

use super::{
    deadlines::Deadlines,
    facts::Fact,
    words::{LocalOffset, Words},
};
use crate::{
    config::{Settings, notify::AlarmsTold},
    model::{Alert, Notice, NoticeKind, RuleStatus, Severity, Time, Update},
};

/// When nobody asked for longer than this, the machine slept, or its clock was set.
const ASLEEP: TimeDelta = TimeDelta::seconds(90);
/// Clocks are corrected by less than this without anybody having slept.
const CORRECTION: TimeDelta = TimeDelta::seconds(5);

/// Decides what is told. Takes every update, and wants to be asked every second.
///
/// What it gives once it gives no more, over restarts too, when its facts are kept in the same transaction as the
/// messages that the notices become.
#[derive(Debug)]
pub struct What {
    alerts: alerts::Alerts,
    alarms: alarms::Alarms,
    restores: Option<restores::Restores>,
    sources: sources::Sources,
    credentials: credentials::Credentials,
    rules: HashMap<String, RuleWords>,
    words: Words,
    alarms_told: AlarmsTold,
    /// Since when it has been asked without a break.
    awake: Time,
    last: Time,
}

/// What a rule says of itself, for its alerts.
#[derive(Debug)]
struct RuleWords {
    title: String,
    reason: String,
    channels: Vec<String>,
    cooldown: TimeDelta,
}

impl RuleWords {
    /// Of a rule that is not known.
    const COOLDOWN: TimeDelta = TimeDelta::minutes(5);

    fn of(rule: &RuleStatus) -> Self {
        Self {
            title: rule.title.clone(),
            reason: rule.reason.clone(),
            channels: rule.channels.clone(),
            cooldown: rule.cooldown.chrono(),
        }
    }
}

/// What all deciding needs.
struct Cx<'a> {
    words: &'a Words,
    rules: &'a HashMap<String, RuleWords>,
    now: Time,
    awake: Time,
}

impl Cx<'_> {
    /// A notice without words.
    fn blank(&self, kind: NoticeKind, severity: Severity, key: String, time: Time) -> Notice {
        Notice {
            key,
            kind,
            severity,
            title: String::new(),
            text: String::new(),
            subject: String::new(),
            rule: String::new(),
            account: self.words.account.clone(),
            region: None,
            time,
            count: 1,
            channels: Vec::new(),
        }
    }
}

impl What {
    /// At the start; `local` says where this machine is.
    pub fn new(settings: &Settings, local: LocalOffset, now: Time) -> Self {
        let notify = &settings.notify;
        let restores = notify.restores.then(|| restores::Restores::new(Deadlines::new(&notify.deadlines, now)));
        Self {
            alerts: alerts::Alerts::default(),
            alarms: alarms::Alarms::default(),
            restores,
            sources: sources::Sources::new(notify.broken_after.chrono()),
            credentials: credentials::Credentials::default(),
            rules: HashMap::new(),
            words: Words { local, accounts: settings.accounts.clone(), account: String::new() },
            alarms_told: notify.alarms,
            awake: now,
            last: now,
        }
    }

    /// Takes the facts that were kept, before anything else; what is none of its own, or broken, is left alone.
    pub fn load<'a>(&mut self, facts: impl IntoIterator<Item = (&'a str, &'a [u8])>) {
        for (key, bytes) in facts {
            self.alerts.load(key, bytes);
            self.alarms.load(key, bytes);
            self.sources.load(key, bytes);
            self.credentials.load(key, bytes);
            if let Some(restores) = &mut self.restores {
                restores.load(key, bytes);
            }
        }
    }

    /// Takes the alerts of the last run, after the facts: that they are there is no news.
    pub fn recall(&mut self, alerts: &[Alert]) {
        self.alerts.recall(alerts);
    }

    /// What has to be kept since this was last asked.
    pub fn take_facts(&mut self) -> Vec<Fact> {
        let restores = self.restores.as_mut().map(restores::Restores::take_facts);
        [
            self.alerts.take_facts(),
            self.alarms.take_facts(),
            restores.unwrap_or_default(),
            self.sources.take_facts(),
            self.credentials.take_facts(),
        ]
        .concat()
    }

    /// Takes what was learnt, and gives what of it is told at once.
    pub fn update(&mut self, update: &Update, now: Time) -> Vec<Notice> {
        self.note_time(now);
        let cx = Cx { words: &self.words, rules: &self.rules, now, awake: self.awake };
        match update {
            Update::Alerts(alerts) => self.alerts.take(alerts, &cx),
            Update::Alarms { region, alarms, .. } => self.alarms.take(region, alarms, self.alarms_told, &cx),
            Update::Restores { place, restores, .. } => {
                self.restores.as_mut().map(|it| it.take(place, restores, &cx)).unwrap_or_default()
            }
            Update::Source(health) => {
                self.sources.take(health, now);
                Vec::new()
            }
            Update::Identity(identity) => {
                self.credentials.take(identity);
                self.words.account.clone_from(&identity.account);
                Vec::new()
            }
            Update::Rules(statuses) => {
                let known = statuses.iter().filter(|rule| rule.account.is_none() && !rule.is_broken());
                self.rules = known.map(|rule| (rule.name.clone(), RuleWords::of(rule))).collect();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// What is told because time has passed. Wants to be asked every second, and at least every minute.
    pub fn tend(&mut self, now: Time) -> Vec<Notice> {
        self.note_time(now);
        let cx = Cx { words: &self.words, rules: &self.rules, now, awake: self.awake };
        let mut notices = self.alerts.tend(&cx);
        notices.extend(self.restores.as_mut().map(|restores| restores.tend(&cx)).unwrap_or_default());
        notices.extend(self.sources.tend(&cx));
        notices.extend(self.credentials.tend(&cx));
        notices
    }

    fn note_time(&mut self, now: Time) {
        if now - self.last > ASLEEP || self.last - now > CORRECTION {
            self.awake = now;
            if let Some(restores) = &mut self.restores {
                restores.deadlines.wake(now);
            }
        }
        self.last = now;
    }
}
