//! Small things that last: how alarms and restores were, what rules about first times have seen, how local alarms are.
//!
//! A fact is a key and a value. Only those that have changed are written, in the transaction of what changed them.

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    model::{AlarmState, Place, Region, RestoreState, Time, Update},
    rules::{
        Watch,
        first::{Known, Memory},
        watch::LocalState,
    },
};

const ALARM: &str = "alarm";
const RESTORE: &str = "restore";
const FIRST: &str = "first";
const LOCAL: &str = "local";
const EVALUATED: &str = "evaluated";

/// Between the parts of a key: it stands in no name of AWS's.
const JOINT: char = '\u{1f}';

/// A fact that is to be written; without a value, one that is to go.
pub type Change = (String, Option<Vec<u8>>);

/// The facts as they were last written or are to be.
#[derive(Debug, Default)]
pub struct Facts {
    all: BTreeMap<String, Vec<u8>>,
}

impl Facts {
    /// Those of the last run.
    pub fn new(all: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self { all: all.into_iter().collect() }
    }

    /// What an update changes: each Region's alarms and each place's restores replace what was known of it.
    pub fn of(&mut self, update: &Update) -> Vec<Change> {
        match update {
            Update::Alarms { region, alarms, .. } => {
                let now = alarms.iter().map(|alarm| (alarm.name.as_str(), value(&alarm.state)));
                self.replace(&key(&[ALARM, region.as_str(), ""]), now)
            }
            Update::Restores { place, restores, .. } => {
                let now = restores.iter().map(|restore| (restore.key.as_str(), value(&restore.state)));
                self.replace(&key(&[RESTORE, &place.to_string(), ""]), now)
            }
            _ => Vec::new(),
        }
    }

    /// How an alarm was.
    pub fn alarm(&self, region: &Region, name: &str) -> Option<AlarmState> {
        self.get(&[ALARM, region.as_str(), name])
    }

    /// How a restore was.
    pub fn restore(&self, place: &Place, object: &str) -> Option<RestoreState> {
        self.get(&[RESTORE, &place.to_string(), object])
    }

    /// How a rule's alarm was.
    pub fn local(&self, rule: &str) -> Option<LocalState> {
        self.get(&[LOCAL, rule])
    }

    fn get<T: DeserializeOwned>(&self, parts: &[&str]) -> Option<T> {
        self.all.get(&key(parts)).and_then(|bytes| serde_json::from_slice(bytes).ok())
    }

    /// What the rules have learnt, and how local alarms are at `now` if that has changed.
    pub fn of_rules(&mut self, watch: &mut Watch, local: Option<&[(String, LocalState)]>, now: Time) -> Vec<Change> {
        let mut changes = Vec::new();
        for (rule, known) in watch.take_memory().into_iter().flatten() {
            changes.extend(self.set(key(&[FIRST, &rule]), value(&known)));
        }
        if let Some(states) = local {
            changes.extend(
                self.replace(&key(&[LOCAL, ""]), states.iter().map(|(name, state)| (name.as_str(), value(state)))),
            );
            changes.extend(self.evaluated(now));
        }
        changes
    }

    /// That local alarms were evaluated at `now`: a change with each minute.
    pub fn evaluated(&mut self, now: Time) -> Option<Change> {
        let minute = now.timestamp().div_euclid(60) * 60;
        self.set(EVALUATED.to_owned(), value(&Time::from_timestamp(minute, 0).unwrap_or_default()))
    }

    /// Tells a watch all that it knew, but for events and alerts.
    pub fn recall(&self, watch: &mut Watch) {
        for (region, states) in self.by_first::<_>(ALARM) {
            watch.recall_alarms(Region::new(region), states);
        }
        for (place, states) in self.by_first::<_>(RESTORE) {
            if let Ok(place) = place.parse::<Place>() {
                watch.recall_restores(place, states);
            }
        }
        let memory: Memory =
            self.under::<Known>(&key(&[FIRST, ""])).map(|(rule, known)| (rule.to_owned(), known)).collect();
        if !memory.is_empty() {
            watch.recall_memory(memory);
        }
    }

    /// Tells a watch how its local alarms were. After the events.
    pub fn recall_local(&self, watch: &mut Watch) {
        let evaluated = self.all.get(EVALUATED).and_then(|bytes| serde_json::from_slice(bytes).ok());
        let states: HashMap<String, LocalState> =
            self.under(&key(&[LOCAL, ""])).map(|(rule, state)| (rule.to_owned(), state)).collect();
        if let Some(evaluated) = evaluated {
            watch.recall_local(&states, evaluated);
        }
    }

    /// The values of a kind by the first part of their keys, each with the second.
    fn by_first<T: DeserializeOwned>(&self, kind: &str) -> HashMap<String, HashMap<String, T>> {
        let mut all: HashMap<String, HashMap<String, T>> = HashMap::new();
        for (rest, state) in self.under(&key(&[kind, ""])) {
            if let Some((first, second)) = rest.split_once(JOINT) {
                all.entry(first.to_owned()).or_default().insert(second.to_owned(), state);
            }
        }
        all
    }

    /// Those whose keys begin so, with what follows. What cannot be read was written by another version: it is no fact.
    fn under<'a, T: DeserializeOwned>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, T)> {
        let all =
            self.all.range(prefix.to_owned()..).map_while(move |(key, bytes)| Some((key.strip_prefix(prefix)?, bytes)));
        all.filter_map(|(rest, bytes)| Some((rest, serde_json::from_slice(bytes).ok()?)))
    }

    fn set(&mut self, key: String, value: Vec<u8>) -> Option<Change> {
        if self.all.get(&key) == Some(&value) {
            return None;
        }
        self.all.insert(key.clone(), value.clone());
        Some((key, Some(value)))
    }

    fn replace<'a>(&mut self, prefix: &str, now: impl Iterator<Item = (&'a str, Vec<u8>)>) -> Vec<Change> {
        let now: BTreeMap<String, Vec<u8>> = now.map(|(rest, value)| (format!("{prefix}{rest}"), value)).collect();
        let before = self.all.range(prefix.to_owned()..).map(|(key, _)| key).take_while(|key| key.starts_with(prefix));
        let gone: Vec<String> = before.filter(|key| !now.contains_key(*key)).cloned().collect();
        let mut changes: Vec<Change> = Vec::new();
        for key in gone {
            self.all.remove(&key);
            changes.push((key, None));
        }
        changes.extend(now.into_iter().filter_map(|(key, value)| self.set(key, value)));
        changes
    }
}

fn key(parts: &[&str]) -> String {
    parts.join(&JOINT.to_string())
}

/// What is plain data can be written as JSON.
fn value(of: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarms(states: &[(&str, AlarmState)]) -> BTreeMap<String, Vec<u8>> {
        states.iter().map(|(name, state)| ((*name).to_owned(), value(state))).collect()
    }

    fn replace(facts: &mut Facts, states: &[(&str, AlarmState)]) -> Vec<Change> {
        let now = alarms(states);
        facts.replace(&key(&[ALARM, "eu-west-1", ""]), now.iter().map(|(name, value)| (name.as_str(), value.clone())))
    }

    #[test]
    fn only_what_has_changed_is_written() {
        let mut facts = Facts::default();
        assert_eq!(replace(&mut facts, &[("a", AlarmState::Ok), ("b", AlarmState::Ok)]).len(), 2);
        assert!(replace(&mut facts, &[("a", AlarmState::Ok), ("b", AlarmState::Ok)]).is_empty());
        let changes = replace(&mut facts, &[("a", AlarmState::Alarm)]);
        let gone: Vec<bool> = changes.iter().map(|(_, value)| value.is_none()).collect();
        assert_eq!(gone, [true, false]);
    }

    #[test]
    fn what_was_written_is_read_by_its_region() {
        let mut facts = Facts::default();
        let changes = replace(&mut facts, &[("a/b", AlarmState::Alarm), ("c", AlarmState::InsufficientData)]);
        let facts = Facts::new(changes.into_iter().filter_map(|(key, value)| Some((key, value?))));
        let known: HashMap<String, HashMap<String, AlarmState>> = facts.by_first(ALARM);
        assert_eq!(known["eu-west-1"]["a/b"], AlarmState::Alarm);
        assert_eq!(known["eu-west-1"]["c"], AlarmState::InsufficientData);
    }

    #[test]
    fn a_value_that_cannot_be_read_is_no_fact() {
        let facts = Facts::new([(key(&[ALARM, "eu-west-1", "a"]), b"[".to_vec())]);
        assert!(facts.by_first::<AlarmState>(ALARM).is_empty());
    }
}
