//! Which changes of alarms are told.

use serde::{Deserialize, Serialize};

use super::Cx;
use crate::{
    config::notify::AlarmsTold,
    model::{Alarm, AlarmState, Notice, NoticeKind, Region, Severity, Time},
    notify::{
        facts::{Fact, Facts},
        key::key,
        words,
    },
};

/// At the first look into a Region, what changed longer ago than this is no news.
const NEWS: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// How an alarm was when it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// In AWS's word.
    state: String,
    since: Option<Time>,
    /// It was in ALARM and has not been OK since.
    alarmed: bool,
}

/// The alarms as they were known, by `REGION/NAME`, and the Regions that were looked into.
#[derive(Debug)]
pub(super) struct Alarms {
    known: Facts<Known>,
    regions: Facts<()>,
}

impl Default for Alarms {
    fn default() -> Self {
        Self { known: Facts::new("notified/alarm/"), regions: Facts::new("notified/region/") }
    }
}

impl Alarms {
    pub fn load(&mut self, key: &str, bytes: &[u8]) {
        self.known.load(key, bytes);
        self.regions.load(key, bytes);
    }

    pub fn take_facts(&mut self) -> Vec<Fact> {
        [self.known.take_changed(), self.regions.take_changed()].concat()
    }

    /// Takes all alarms of a Region, and tells of those that have changed as `told` wants it.
    pub fn take(&mut self, region: &Region, alarms: &[Alarm], told: AlarmsTold, cx: &Cx<'_>) -> Vec<Notice> {
        let is_first = self.regions.get(region.as_str()).is_none();
        if is_first {
            self.regions.set(region.as_str(), ());
        }
        self.forget_missing(region, alarms);
        alarms.iter().filter_map(|alarm| self.take_one(alarm, (is_first, told), cx)).collect()
    }

    fn take_one(&mut self, alarm: &Alarm, (is_first, told): (bool, AlarmsTold), cx: &Cx<'_>) -> Option<Notice> {
        let name = name(alarm);
        let before = self.known.get(&name);
        let alarmed = before.is_some_and(|known| known.alarmed);
        let now = Known {
            state: alarm.state.as_str().to_owned(),
            since: alarm.since,
            alarmed: alarm.state == AlarmState::Alarm || alarmed && alarm.state == AlarmState::InsufficientData,
        };
        let is_news = match before {
            Some(known) => (&known.state, known.since) != (&now.state, now.since),
            None => alarm.since.is_some_and(|since| !is_first || since >= cx.now - NEWS),
        };
        if before != Some(&now) {
            self.known.set(&name, now);
        }
        (is_news && is_told(alarm, alarmed, told)).then(|| notice(alarm, alarmed, cx))
    }

    fn forget_missing(&mut self, region: &Region, alarms: &[Alarm]) {
        let there: std::collections::HashSet<String> = alarms.iter().map(name).collect();
        let start = format!("{region}/");
        let missing = self.known.iter().map(|(name, _)| name).filter(|name| name.starts_with(&start));
        let missing: Vec<String> = missing.filter(|name| !there.contains(*name)).cloned().collect();
        missing.iter().for_each(|name| self.known.forget(name));
    }
}

fn name(alarm: &Alarm) -> String {
    format!("{}/{}", alarm.region, alarm.name)
}

/// What raises an alarm of trailwatch's own is an alert, and told as that.
fn is_told(alarm: &Alarm, alarmed: bool, told: AlarmsTold) -> bool {
    let is_local = alarm.region.as_str() == Region::LOCAL;
    match (told, alarm.state) {
        (AlarmsTold::None, _) => false,
        (AlarmsTold::Changes, _) => true,
        (AlarmsTold::Alarm, AlarmState::Alarm) => !is_local,
        (AlarmsTold::Alarm, AlarmState::Ok) => alarmed && !is_local,
        (AlarmsTold::Alarm, AlarmState::InsufficientData) => false,
    }
}

fn notice(alarm: &Alarm, alarmed: bool, cx: &Cx<'_>) -> Notice {
    let (severity, is) = match alarm.state {
        AlarmState::Alarm => (Severity::High, "is in ALARM"),
        AlarmState::Ok if alarmed => (Severity::Medium, "is OK again"),
        AlarmState::Ok => (Severity::Medium, "is OK"),
        AlarmState::InsufficientData => (Severity::Medium, "has too little data (INSUFFICIENT_DATA)"),
    };
    let time = alarm.since.or(alarm.updated).unwrap_or(cx.now);
    let since = alarm.since.or(alarm.updated).map_or(0, |since| since.timestamp_millis());
    let name = key(&["alarm", alarm.region.as_str(), &alarm.name, &since.to_string()]);
    let since = format!("Since {}", cx.words.when(time, cx.now));
    let place = cx.words.place(Some(alarm.region.as_str()));
    Notice {
        title: words::title(&format!("Alarm {} {is}", words::head(&alarm.name))),
        text: words::lines([&alarm.reason, &alarm.description, &alarm.condition, &since, &place]),
        subject: alarm.name.clone(),
        region: Some(alarm.region.clone()),
        ..cx.blank(NoticeKind::Alarm, severity, name, time)
    }
}
