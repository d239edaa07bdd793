//! The alerts raised so far: equal ones within a rule's cooldown are one, with a count.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::model::{Alert, AlertState, Severity, Time};

/// More alerts than this are not kept: the oldest go, those that somebody has seen first.
const MAX_ALERTS: usize = 10_000;

/// What a rule says about an event.
#[derive(Clone, Copy, Debug)]
pub struct Cry<'a> {
    /// The rule's name.
    pub rule: &'a str,
    pub severity: Severity,
    pub message: &'a str,
    /// How far apart two equal cries may be and still be one alert.
    pub cooldown: TimeDelta,
    /// `eventID`.
    pub event: &'a str,
    /// When the event happened.
    pub time: Time,
    /// The event came late.
    pub late: bool,
}

/// The alerts, by their ids.
#[derive(Debug, Default)]
pub struct Alerts {
    alerts: HashMap<String, Alert>,
    /// The latest alert of a rule with a message.
    latest: HashMap<(String, String), String>,
    /// In the order in which they were raised.
    order: BTreeMap<u64, String>,
    next: u64,
    /// New or changed since they were last asked for.
    changed: BTreeSet<String>,
}

impl Alerts {
    /// Raises an alert, or counts the cry into an equal one whose events are no further than the cooldown away.
    pub fn cry(&mut self, cry: Cry<'_>, now: Time) {
        let key = (cry.rule.to_owned(), cry.message.to_owned());
        let equal = self.latest.get(&key).and_then(|id| self.alerts.get_mut(id));
        match equal.filter(|alert| is_near(alert, cry.time, cry.cooldown)) {
            Some(alert) => {
                if count(alert, cry) {
                    self.changed.insert(alert.id.clone());
                }
            }
            None => self.raise(key, cry, now),
        }
    }

    fn raise(&mut self, key: (String, String), cry: Cry<'_>, now: Time) {
        let id = format!("{}/{}", cry.rule, cry.event);
        if let Some(alert) = self.alerts.get_mut(&id) {
            // The same event again, in other words: what was done with it stays.
            if alert.message != cry.message {
                cry.message.clone_into(&mut alert.message);
                self.changed.insert(id.clone());
            }
            self.latest.insert(key, id);
            return;
        }
        let alert = Alert {
            id: id.clone(),
            rule: key.0,
            severity: cry.severity,
            message: key.1,
            first: cry.time,
            last: cry.time,
            raised: now,
            count: 1,
            events: vec![cry.event.to_owned()],
            late: cry.late,
            state: AlertState::Open,
        };
        self.changed.insert(id);
        self.recall(alert);
    }

    /// Takes an alert that was raised before.
    pub fn recall(&mut self, alert: Alert) {
        let (key, id) = ((alert.rule.clone(), alert.message.clone()), alert.id.clone());
        if self.alerts.insert(id.clone(), alert).is_none() {
            self.order.insert(self.next, id.clone());
            self.next += 1;
        }
        self.latest.insert(key, id);
        self.make_room();
    }

    fn make_room(&mut self) {
        while self.alerts.len() > MAX_ALERTS {
            let open = |id: &String| self.alerts.get(id).is_some_and(|alert| alert.state == AlertState::Open);
            let seen = self.order.iter().take(MAX_ALERTS / 10).find(|(_, id)| !open(id));
            let Some(number) = seen.or_else(|| self.order.first_key_value()).map(|(number, _)| *number) else { return };
            let Some(id) = self.order.remove(&number) else { return };
            self.changed.remove(&id);
            if let Some(alert) = self.alerts.remove(&id) {
                let key = (alert.rule, alert.message);
                if self.latest.get(&key) == Some(&id) {
                    self.latest.remove(&key);
                }
            }
        }
    }

    /// What was done with the alert of this id.
    pub fn state(&self, id: &str) -> Option<AlertState> {
        self.alerts.get(id).map(|alert| alert.state)
    }

    /// Notes what was done with an alert; false when there is none with this id.
    pub fn set_state(&mut self, id: &str, state: AlertState) -> bool {
        let Some(alert) = self.alerts.get_mut(id) else { return false };
        alert.state = state;
        self.changed.insert(id.to_owned());
        true
    }

    /// What is new or has changed since this was last asked, in the order of the ids.
    pub fn take_changed(&mut self) -> Vec<Alert> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().filter_map(|id| self.alerts.get(&id).cloned()).collect()
    }
}

fn is_near(alert: &Alert, time: Time, cooldown: TimeDelta) -> bool {
    time >= alert.first - cooldown && time <= alert.last + cooldown
}

/// Counts a cry in, unless it was.
fn count(alert: &mut Alert, cry: Cry<'_>) -> bool {
    if alert.events.iter().any(|event| event == cry.event) {
        return false;
    }
    alert.count = alert.count.saturating_add(1);
    alert.first = alert.first.min(cry.time);
    alert.last = alert.last.max(cry.time);
    if alert.events.len() == Alert::MAX_EVENTS {
        // The first stays: the alert is named after it.
        alert.events.remove(1);
    }
    alert.events.push(cry.event.to_owned());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cry(event: &str, minute: i64) -> Cry<'_> {
        Cry {
            rule: "root-use",
            severity: Severity::High,
            message: "root did it",
            cooldown: TimeDelta::minutes(5),
            event,
            time: Time::from_timestamp(minute * 60, 0).unwrap(),
            late: false,
        }
    }

    fn alerts(cries: &[Cry<'_>]) -> Vec<(String, u32)> {
        let mut alerts = Alerts::default();
        cries.iter().for_each(|cry| alerts.cry(*cry, cry.time));
        alerts.take_changed().into_iter().map(|alert| (alert.id, alert.count)).collect()
    }

    #[test]
    fn equal_cries_within_the_cooldown_are_one_alert() {
        let one = alerts(&[cry("a", 0), cry("b", 4), cry("c", 9), cry("d", 2)]);
        assert_eq!(one, [("root-use/a".to_owned(), 4)]);
        let two = alerts(&[cry("a", 0), cry("b", 6)]);
        assert_eq!(two, [("root-use/a".to_owned(), 1), ("root-use/b".to_owned(), 1)]);
        let other = Cry { message: "root did something else", ..cry("b", 1) };
        assert_eq!(alerts(&[cry("a", 0), other]).len(), 2);
    }

    #[test]
    fn an_event_that_comes_twice_counts_once() {
        assert_eq!(alerts(&[cry("a", 0), cry("a", 0)]), [("root-use/a".to_owned(), 1)]);
    }

    #[test]
    fn an_acknowledged_alert_stays_so_when_it_is_repeated() {
        let mut alerts = Alerts::default();
        alerts.cry(cry("a", 0), cry("a", 0).time);
        assert!(alerts.set_state("root-use/a", AlertState::Acknowledged) && !alerts.set_state("x", AlertState::Open));
        alerts.take_changed();
        alerts.cry(cry("b", 1), cry("b", 1).time);
        let changed = alerts.take_changed();
        assert_eq!((changed[0].count, changed[0].state), (2, AlertState::Acknowledged));
        assert!(alerts.take_changed().is_empty());
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_and_seen_ones_first() {
        let mut alerts = Alerts::default();
        let ids: Vec<String> = (0..=MAX_ALERTS).map(|n| n.to_string()).collect();
        for (n, id) in ids.iter().enumerate() {
            alerts.cry(cry(id, n as i64 * 10), cry(id, 0).time);
            if n == 3 {
                alerts.set_state("root-use/3", AlertState::Acknowledged);
            }
        }
        let left = alerts.take_changed();
        assert_eq!(left.len(), MAX_ALERTS);
        assert!(left.iter().any(|alert| alert.id == "root-use/0"));
        assert!(left.iter().all(|alert| alert.id != "root-use/3"));
    }
}
