//! Which alerts are told: each when it is raised, again when more of the same was counted or its snooze ran out.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Cx, RuleWords};
use crate::{
    model::{Alert, AlertState, Notice, NoticeKind, Time},
    notify::{
        facts::{Fact, Facts},
        key::key,
        words,
    },
};

/// More alerts than this are not remembered; those that were told longest ago go first.
const MOST: usize = 20_000;
/// An alert that goes on is told after its cooldown, then after twice that, and so on up to this.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);

/// What was told of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    /// How many of its events somebody knows of.
    count: u32,
    /// How often it was told.
    times: u32,
    /// When it was last told, or seen for the first time.
    at: Time,
    /// The end of its last snooze, while that is still to come or nothing was told since.
    snoozed: Option<Time>,
}

/// What was told of every alert, and those that have more to tell later.
#[derive(Debug)]
pub(super) struct Alerts {
    told: Facts<Told>,
    /// By id.
    later: HashMap<String, Alert>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self { told: Facts::new("notified/alert/"), later: HashMap::new() }
    }
}

impl Alerts {
    pub fn load(&mut self, key: &str, bytes: &[u8]) {
        self.told.load(key, bytes);
    }

    /// Takes alerts of the last run: of what was counted since they were told is told when their pause is over.
    pub fn recall(&mut self, alerts: &[Alert]) {
        for alert in alerts {
            let owes = self.told.get(&alert.id).is_some_and(|told| match alert.state {
                AlertState::Acknowledged => false,
                AlertState::Open => alert.count > told.count,
                AlertState::Snoozed { .. } => alert.count > told.count && told.snoozed.is_some(),
            });
            if owes {
                self.later.insert(alert.id.clone(), alert.clone());
            }
        }
    }

    pub fn take_facts(&mut self) -> Vec<Fact> {
        self.told.take_changed()
    }

    /// Takes alerts that are new or have changed, and tells what is to be told at once.
    pub fn take(&mut self, alerts: &[Alert], cx: &Cx<'_>) -> Vec<Notice> {
        let notices = alerts.iter().filter_map(|alert| self.take_one(alert, cx)).collect();
        self.make_room();
        notices
    }

    fn take_one(&mut self, alert: &Alert, cx: &Cx<'_>) -> Option<Notice> {
        let before = self.told.get(&alert.id).copied();
        let mut known = before.unwrap_or(Told { count: 0, times: 0, at: cx.now, snoozed: None });
        if alert.state == AlertState::Open {
            known.snoozed = None;
        }
        self.later.remove(&alert.id);
        let seen = Told { count: alert.count, ..known };
        match alert.state {
            AlertState::Acknowledged => self.note(before, alert, Told { snoozed: None, ..seen }),
            AlertState::Snoozed { until } if until > cx.now && known.snoozed != Some(until) => {
                self.note(before, alert, Told { snoozed: Some(until), ..seen });
            }
            _ if before.is_none() => return Some(self.tell(alert, known, cx)),
            _ if alert.count > known.count => {
                self.note(before, alert, known);
                self.later.insert(alert.id.clone(), alert.clone());
            }
            _ => {}
        }
        None
    }

    fn note(&mut self, before: Option<Told>, alert: &Alert, told: Told) {
        if before != Some(told) {
            self.told.set(&alert.id, told);
        }
    }

    /// Tells of those whose pause or snooze is over.
    pub fn tend(&mut self, cx: &Cx<'_>) -> Vec<Notice> {
        let due = |alert: &Alert| self.told.get(&alert.id).is_none_or(|told| is_due(told, alert, cx));
        let mut due: Vec<Alert> = self.later.values().filter(|alert| due(alert)).cloned().collect();
        due.sort_by(|a, b| (a.last, &a.id).cmp(&(b.last, &b.id)));
        let tell = |alert: Alert| {
            self.later.remove(&alert.id);
            let told = self.told.get(&alert.id).copied()?;
            Some(self.tell(&alert, told, cx))
        };
        due.into_iter().filter_map(tell).collect()
    }

    fn tell(&mut self, alert: &Alert, before: Told, cx: &Cx<'_>) -> Notice {
        let told = Told { count: alert.count, times: before.times.saturating_add(1), at: cx.now, snoozed: None };
        self.told.set(&alert.id, told);
        notice(alert, before, cx)
    }

    fn make_room(&mut self) {
        if self.told.len() <= MOST {
            return;
        }
        let mut times: Vec<Time> = self.told.iter().map(|(_, told)| told.at).collect();
        // A tenth goes at once, so that this is rare.
        let (_, oldest, _) = times.select_nth_unstable(MOST / 10);
        let oldest = *oldest;
        self.told.retain(|told| told.at > oldest);
        self.later.retain(|id, _| self.told.get(id).is_some());
    }
}

fn is_due(told: &Told, alert: &Alert, cx: &Cx<'_>) -> bool {
    if let Some(until) = told.snoozed {
        return until <= cx.now;
    }
    let cooldown = cx.rules.get(&alert.rule).map_or(RuleWords::COOLDOWN, |rule| rule.cooldown);
    let doubled = cooldown.checked_mul(1 << told.times.saturating_sub(1).min(16)).unwrap_or(LONGEST_PAUSE);
    // A clock that was set back must not make it wait longer than its pause.
    let waited = (cx.now - told.at).abs();
    waited >= doubled.min(LONGEST_PAUSE.max(cooldown))
}

fn notice(alert: &Alert, before: Told, cx: &Cx<'_>) -> Notice {
    let name = match (before.snoozed, before.times) {
        (Some(until), _) => key(&["alert", &alert.id, "again", &until.timestamp_millis().to_string()]),
        (None, 0) => key(&["alert", &alert.id]),
        (None, _) => key(&["alert", &alert.id, "after", &before.count.to_string()]),
    };
    let more = alert.count.saturating_sub(before.count);
    let title = match before.count {
        0 => alert.message.clone(),
        _ => format!("{} (and {more} more)", words::head(&alert.message)),
    };
    let rule = cx.rules.get(&alert.rule);
    Notice {
        title: words::title(&title),
        text: text(alert, rule, cx),
        subject: alert.id.clone(),
        rule: alert.rule.clone(),
        count: if before.count == 0 { alert.count.max(1) } else { more.max(1) },
        channels: rule.map(|rule| rule.channels.clone()).unwrap_or_default(),
        ..cx.blank(NoticeKind::Alert, alert.severity, name, alert.last)
    }
}

fn text(alert: &Alert, rule: Option<&RuleWords>, cx: &Cx<'_>) -> String {
    let when = |time| cx.words.when(time, cx.now);
    let times = match alert.count {
        0 | 1 => when(alert.first),
        count => format!("{count} times, first {}, last {}", when(alert.first), when(alert.last)),
    };
    let title = rule.map_or("", |rule| rule.title.as_str());
    let rule_line = match title {
        "" => format!("Rule {}, severity {}", alert.rule, alert.severity),
        title => format!("Rule {title} ({}), severity {}", alert.rule, alert.severity),
    };
    let reason = rule.map_or("", |rule| rule.reason.as_str());
    let late = if alert.late { "CloudTrail told of it late." } else { "" };
    words::lines([alert.message.as_str(), reason, &times, late, &rule_line, &cx.words.place(None)])
}
