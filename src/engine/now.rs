//! How things are now, kept for programs that only show what this one learns: alarms, restores, who we are, and how the
//! sources do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::facts::Change;
use crate::model::{Alarm, Identity, Place, Region, Restore, SourceHealth, SourceId, Time, Update};

/// What every key begins with. Behind it stand `alarms/` and a Region, `restores/` and a place, `identity` or `sources`.
pub const NOW: &str = "now/";
/// What has changed is written once in this time at most.
const PAUSE: TimeDelta = TimeDelta::seconds(2);
/// When sources were asked, and will be, is written once in this time at most: it changes with every poll.
const TIMES: TimeDelta = TimeDelta::seconds(10);

/// All alarms of a Region or all restores of a place, at a time.
#[derive(Debug, Serialize, Deserialize)]
struct All<W, T> {
    of: W,
    at: Time,
    all: Vec<T>,
}

/// What was learnt and is to be written.
#[derive(Debug, Default)]
pub struct Now {
    /// As it is written, by its key.
    ready: BTreeMap<String, Vec<u8>>,
    /// What the values in the store say, but for the times at which they were learnt.
    said: BTreeMap<String, Vec<u8>>,
    sources: BTreeMap<SourceId, SourceHealth>,
    /// `sources` is not as it was written.
    asked: bool,
    /// More than times has changed in it.
    changed: bool,
    written: Option<Time>,
    sources_written: Option<Time>,
    /// Keys of the run before, until this one has told its own.
    stale: BTreeSet<String>,
}

impl Now {
    /// In a store that has these keys.
    pub fn new<'a>(keys: impl Iterator<Item = &'a str>) -> Self {
        Self { stale: keys.filter(|key| key.starts_with(NOW)).map(str::to_owned).collect(), ..Self::default() }
    }

    /// Takes what was learnt.
    pub fn hear(&mut self, update: &Update) {
        match update {
            Update::Alarms { region, at, alarms } => self.set(format!("alarms/{region}"), (region, *at, alarms)),
            Update::Restores { place, at, restores } => self.set(format!("restores/{place}"), (place, *at, restores)),
            Update::Identity(identity) => {
                self.put("identity".to_owned(), value(identity), || value(identity));
            }
            Update::Source(health) => {
                let before = self.sources.insert(health.id.clone(), health.clone());
                self.asked |= before.as_ref() != Some(health);
                self.changed |= before.map(timeless) != Some(timeless(health.clone()));
            }
            _ => {}
        }
    }

    fn set<W: Serialize, T: Serialize>(&mut self, key: String, (of, at, all): (&W, Time, &[T])) {
        self.put(key, value(&all), || value(&Told { of, at, all }));
    }

    /// Has a value written unless what it says is there.
    fn put(&mut self, key: String, said: Vec<u8>, body: impl FnOnce() -> Vec<u8>) {
        let key = format!("{NOW}{key}");
        self.stale.remove(&key);
        if self.said.get(&key) != Some(&said) {
            self.said.insert(key.clone(), said);
            self.ready.insert(key, body());
        }
    }

    /// What is to be written at `now`.
    pub fn take(&mut self, now: Time) -> Vec<Change> {
        if !is_over(self.written, PAUSE, now) {
            return Vec::new();
        }
        if self.changed || self.asked && is_over(self.sources_written, TIMES, now) {
            (self.changed, self.asked, self.sources_written) = (false, false, Some(now));
            let all = value(&self.sources.values().collect::<Vec<_>>());
            self.put("sources".to_owned(), all.clone(), || all);
        }
        let gone = std::mem::take(&mut self.stale).into_iter().map(|key| (key, None));
        let ready = std::mem::take(&mut self.ready).into_iter().map(|(key, body)| (key, Some(body)));
        let changes: Vec<Change> = gone.chain(ready).collect();
        if !changes.is_empty() {
            self.written = Some(now);
        }
        changes
    }
}

/// [`All`], as it is written.
#[derive(Serialize)]
struct Told<'a, W, T> {
    of: &'a W,
    at: Time,
    all: &'a [T],
}

/// Also over when the clock was set back.
fn is_over(since: Option<Time>, pause: TimeDelta, now: Time) -> bool {
    since.is_none_or(|since| now - since >= pause || now < since)
}

/// A source without what changes with every poll.
fn timeless(health: SourceHealth) -> SourceHealth {
    SourceHealth { polled: None, next: None, newest: None, requests_last_minute: 0, ..health }
}

fn value(of: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(of).unwrap_or_default()
}

/// The updates that a fact stands for; none when its key is another one's or its value is of another version.
pub fn updates(key: &str, value: &[u8]) -> Vec<Update> {
    read(key, value).unwrap_or_default()
}

fn read(key: &str, value: &[u8]) -> Option<Vec<Update>> {
    let (kind, _) = key.strip_prefix(NOW).map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
    match kind {
        "alarms" => {
            let All { of, at, all }: All<Region, Alarm> = serde_json::from_slice(value).ok()?;
            Some(vec![Update::Alarms { region: of, at, alarms: all }])
        }
        "restores" => {
            let All { of, at, all }: All<Place, Restore> = serde_json::from_slice(value).ok()?;
            Some(vec![Update::Restores { place: of, at, restores: all }])
        }
        "identity" => Some(vec![Update::Identity(serde_json::from_slice::<Identity>(value).ok()?)]),
        "sources" => {
            let all: Vec<SourceHealth> = serde_json::from_slice(value).ok()?;
            Some(all.into_iter().map(Update::Source).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{SourceError, SourceKind, SourceState};

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    fn health(polled: i64, state: SourceState) -> SourceHealth {
        let id = SourceId::new(SourceKind::Alarms, Region::new("eu-west-1"));
        SourceHealth { polled: Some(at(polled)), state, ..SourceHealth::starting(id, 60) }
    }

    fn identity(account: &str) -> Update {
        Update::Identity(Identity { account: account.into(), arn: "arn".into(), expires: Some(at(9)) })
    }

    fn failed() -> SourceState {
        SourceState::Failed(SourceError {
            code: "AccessDenied".into(),
            message: "no".into(),
            missing_action: None,
            advice: None,
            since: at(1),
        })
    }

    #[test]
    fn what_is_kept_reads_back_as_it_was() {
        let alarms = Update::Alarms { region: Region::new(Region::LOCAL), at: at(1), alarms: Vec::new() };
        let place: Place = "s3://archive/a/b".parse().unwrap();
        let restores = Update::Restores { place, at: at(1), restores: Vec::new() };
        let all = [alarms, identity("111122223333"), restores, Update::Source(health(1, failed()))];
        let mut now = Now::default();
        all.iter().for_each(|update| now.hear(update));
        let read: Vec<Update> =
            now.take(at(1)).iter().flat_map(|(key, body)| updates(key, body.as_deref().unwrap())).collect();
        assert_eq!(read, all);
    }

    #[test]
    fn only_what_has_changed_is_written_and_seldom() {
        let mut now = Now::default();
        now.hear(&identity("111122223333"));
        assert_eq!(now.take(at(0)).len(), 1);
        now.hear(&identity("444455556666"));
        assert!(now.take(at(1)).is_empty());
        assert_eq!(now.take(at(2)).len(), 1);
        now.hear(&identity("444455556666"));
        assert!(now.take(at(9)).is_empty());
    }

    #[test]
    fn a_source_that_was_asked_again_waits_and_one_that_failed_does_not() {
        let mut now = Now::default();
        now.hear(&Update::Source(health(0, SourceState::Live)));
        assert_eq!(now.take(at(0)).len(), 1);
        now.hear(&Update::Source(health(3, SourceState::Live)));
        assert!(now.take(at(3)).is_empty());
        now.hear(&Update::Source(health(4, failed())));
        assert_eq!(now.take(at(4)).len(), 1);
        now.hear(&Update::Source(health(5, failed())));
        assert!(now.take(at(13)).is_empty());
        assert_eq!(now.take(at(14)).len(), 1);
    }

    #[test]
    fn what_a_run_before_has_left_goes() {
        let mut now = Now::new(["now/alarms/eu-west-1", "now/identity", "alarm/x"].into_iter());
        now.hear(&identity("111122223333"));
        let changes = now.take(at(0));
        let keys: Vec<_> = changes.iter().map(|(key, body)| (key.as_str(), body.is_some())).collect();
        assert_eq!(keys, [("now/alarms/eu-west-1", false), ("now/identity", true)]);
    }

    #[test]
    fn a_value_of_another_version_is_nothing() {
        for (key, body) in [("now/alarms/x", "[1]"), ("now/other", "{}"), ("now/sources", "{"), ("alarms/x", "[]")] {
            assert!(updates(key, body.as_bytes()).is_empty());
        }
    }
}
