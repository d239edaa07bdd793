//! What all panes see: the data, and how the operator wants to see it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use super::{
    keys::KeyMap,
    theme::{Theme, Themes},
    time::Clock,
};
use crate::{
    config::Settings,
    history::History,
    model::{
        AccountHits, Alarm, AlarmState, Alert, AlertState, Identity, Message, Place, Region, Restore, RuleOrigin,
        RuleStatus, Severity, SourceHealth, SourceId, SourceKind, SourceState, Time, Written,
    },
};

/// Alerts that are kept.
const MOST_ALERTS: usize = 10_000;

/// The data on screen and the operator's choices. Panes read it; [`super::App`] alone writes the data.
pub struct Shared {
    /// The time of the last message.
    pub now: Time,
    pub history: History,
    /// Events that came since a source began to load what happened before; 0 when none does.
    pub loaded: usize,
    /// Each Region's alarms as last given.
    pub alarms: BTreeMap<Region, Vec<Arc<Alarm>>>,
    /// The state in which each alarm was when the operator last looked.
    pub looked_at: HashMap<(Region, String), AlarmState>,
    /// Each place's restores as last given.
    pub restores: BTreeMap<Place, Vec<Arc<Restore>>>,
    /// What the rules said, by the alerts' ids.
    pub alerts: BTreeMap<String, Arc<Alert>>,
    /// The newest messages of the outbox, the newest first.
    pub messages: Vec<Arc<Message>>,
    /// Whether the bell is silenced.
    pub silenced: bool,
    /// Every rule and how it does, as last given.
    pub rules: Vec<Arc<RuleStatus>>,
    /// Each Region's EventBridge rules as last given.
    pub account_rules: BTreeMap<Region, Vec<Arc<RuleStatus>>>,
    /// Each Region's metric filters as last given.
    pub metric_filters: BTreeMap<Region, Vec<Arc<RuleStatus>>>,
    /// What was counted of both, by origin and name.
    pub account_hits: HashMap<(RuleOrigin, String), AccountHits>,
    /// What was changed in accounts, the oldest first.
    pub journal: Vec<Written>,
    /// Whether the account may be changed; the gate beside the engine decides.
    pub armed: bool,
    pub sources: BTreeMap<SourceId, SourceHealth>,
    pub identity: Option<Identity>,
    pub settings: Settings,
    pub theme: Theme,
    pub themes: Themes,
    pub keys: KeyMap,
    pub clock: Clock,
    pub mouse: bool,
}

impl Shared {
    /// The sources of a kind, by Region and place.
    pub fn sources_of(&self, kind: SourceKind) -> impl Iterator<Item = &SourceHealth> {
        self.sources.values().filter(move |health| health.id.kind == kind)
    }

    /// How fresh a kind of source is and what is wrong with it, in a few words, for the title of its pane.
    pub fn freshness(&self, kind: SourceKind) -> Freshness {
        let mut fresh = Freshness::default();
        if kind == SourceKind::Events {
            fresh.loaded = self.loaded;
        }
        for health in self.sources_of(kind) {
            fresh.newest = fresh.newest.max(health.newest);
            fresh.polled = fresh.polled.max(health.polled);
            fresh.next = [fresh.next, health.next].into_iter().flatten().min();
            fresh.sources += 1;
            match &health.state {
                SourceState::Failed(error) => {
                    fresh.failed += 1;
                    fresh.problem = Some(format!("{}: {}", health.id.label(), error.code));
                }
                SourceState::Throttled { .. } => fresh.throttled += 1,
                SourceState::Starting | SourceState::Live => {}
            }
            if let Some(behind) = &health.behind {
                fresh.unread_seconds = fresh.unread_seconds.max(behind.unread_seconds);
            }
            if let Some(progress) = &health.progress {
                fresh.progress = Some(fresh.progress.map_or(progress.ratio(), |least| least.min(progress.ratio())));
            }
        }
        fresh
    }

    /// Takes in alerts that are new or have changed. Of too many, those go that somebody has seen, and the oldest.
    pub fn take_alerts(&mut self, alerts: impl IntoIterator<Item = Alert>) {
        self.alerts.extend(alerts.into_iter().map(|alert| (alert.id.clone(), alert.into())));
        if self.alerts.len() > MOST_ALERTS + MOST_ALERTS / 10 {
            let mut all: Vec<Arc<Alert>> = std::mem::take(&mut self.alerts).into_values().collect();
            all.sort_by_key(|alert| std::cmp::Reverse((alert.state == AlertState::Open, alert.last)));
            all.truncate(MOST_ALERTS);
            self.alerts = all.into_iter().map(|alert| (alert.id.clone(), alert)).collect();
        }
    }

    /// How many alerts are open, by severity from the least.
    pub fn open_alerts(&self) -> [(Severity, usize); Severity::ALL.len()] {
        let mut counts = Severity::ALL.map(|severity| (severity, 0));
        for alert in self.alerts.values().filter(|alert| alert.is_open(self.now)) {
            counts[alert.severity as usize].1 += 1;
        }
        counts
    }

    /// All rules: those that are evaluated here, then the account's.
    pub fn all_rules(&self) -> impl Iterator<Item = &Arc<RuleStatus>> {
        self.rules.iter().chain(self.account_rules.values().flatten()).chain(self.metric_filters.values().flatten())
    }

    /// Rows of the account's rules with what was counted of them.
    pub fn counted(&self, rows: impl Iterator<Item = RuleStatus>) -> Vec<Arc<RuleStatus>> {
        let counted = |mut row: RuleStatus| {
            if let Some(hits) = self.account_hits.get(&(row.origin.clone(), row.name.clone())) {
                row.count(hits);
            }
            Arc::new(row)
        };
        rows.map(counted).collect()
    }

    /// Takes in what was counted of the account's rules.
    pub fn take_account_hits(&mut self, hits: Vec<AccountHits>) {
        let rows = self.account_rules.values_mut().chain(self.metric_filters.values_mut()).flatten();
        let mut rows: HashMap<(RuleOrigin, String), &mut Arc<RuleStatus>> =
            rows.map(|row| ((row.origin.clone(), row.name.clone()), row)).collect();
        for hits in hits {
            let key = (hits.origin.clone(), hits.name.clone());
            if let Some(row) = rows.get_mut(&key) {
                Arc::make_mut(row).count(&hits);
            }
            self.account_hits.insert(key, hits);
        }
    }

    /// Forgets what was counted of rules that a Region's new lists no longer have.
    pub fn forget_account_hits(&mut self, region: &Region) {
        let [rules, filters] = [&self.account_rules, &self.metric_filters].map(|rows| rows.get(region));
        let rows = [rules, filters].into_iter().flatten().flatten();
        let listed: HashSet<_> = rows.map(|row| (&row.origin, &row.name)).collect();
        self.account_hits.retain(|(origin, name), _| {
            // What was counted may be told before the list of its kind.
            let list = if let RuleOrigin::MetricFilter { .. } = origin { filters } else { rules };
            origin.region() != Some(region) || list.is_none() || listed.contains(&(origin, name))
        });
    }

    /// The alarms of all Regions.
    pub fn all_alarms(&self) -> impl Iterator<Item = &Arc<Alarm>> {
        self.alarms.values().flatten()
    }

    /// Whether an alarm changed its state since the operator last looked.
    pub fn changed_since_looked(&self, alarm: &Alarm) -> bool {
        let before = self.looked_at.get(&(alarm.region.clone(), alarm.name.clone()));
        before.is_some_and(|state| *state != alarm.state)
    }

    /// Takes the alarms as they are now for looked at.
    pub fn look_at_alarms(&mut self) {
        let states = self.alarms.values().flatten().map(|a| ((a.region.clone(), a.name.clone()), a.state));
        self.looked_at = states.collect();
    }
}

/// How fresh a kind of source is, over all its Regions or places.
#[derive(Debug, Default, PartialEq)]
pub struct Freshness {
    /// The newest thing any of them gave.
    pub newest: Option<Time>,
    /// When one of them last answered.
    pub polled: Option<Time>,
    /// When one of them is asked next.
    pub next: Option<Time>,
    pub sources: usize,
    pub failed: usize,
    pub throttled: usize,
    /// The most that any of them is behind, in seconds; 0 when none is.
    pub unread_seconds: i64,
    /// The least progress of those that are loading, between 0 and 1.
    pub progress: Option<f64>,
    /// Events that came while it loads; 0 for what gives none.
    pub loaded: usize,
    /// The last failure, in a few words.
    pub problem: Option<String>,
}
