//! The rules beside the sources: what the sources deliver is put to them, and what they say is passed on.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use chrono::Utc;

use super::rule_files::{RuleFiles, Warning, warn};
use crate::{
    config::{RulePlaces, Settings},
    model::{AlarmChange, Alert, AlertState, Region, RuleStatus, Update},
    rulebook::{self, kept},
    rules::{Switches, Watch, first::Memory},
    source::Deliver,
};

/// How often alarms are evaluated anew, and hits told.
const TICK: Duration = Duration::from_secs(1);
/// The rule files are looked at on every so many ticks.
const LOOK: u64 = 2;
/// What rules have learnt is written on every so many ticks.
const KEEP: u64 = 10;

/// The rules at work, shared by the tasks of the sources.
pub(super) struct Rules {
    state: Mutex<State>,
    places: RulePlaces,
    deliver: Deliver,
}

struct State {
    watch: Watch,
    files: RuleFiles,
    switches: Switches,
    /// When the file of the switches was last written, as of the last look.
    switched: Option<SystemTime>,
    /// What is wrong with files that are kept, by the file.
    trouble: [Option<RuleStatus>; 2],
    /// What is wrong with rule files.
    problems: Vec<RuleStatus>,
    /// What is odd in them.
    warnings: Vec<Warning>,
    /// Something a listener has not been told yet.
    news: bool,
}

/// Which file there is trouble with.
const SWITCHES: usize = 0;
const MEMORY: usize = 1;

impl Rules {
    /// Reads the rules and tells of them.
    pub fn start(settings: &Settings, deliver: Deliver) -> Arc<Self> {
        let places = settings.rules.clone();
        let (switches, no_switches) = read(places.switches.as_deref(), |path| kept::switches(path).map_err(text));
        let (memory, no_memory): (Memory, _) = read(places.memory.as_deref(), kept::memory);
        let state = State {
            watch: Watch::new(memory),
            files: RuleFiles::new(places.folder.clone()),
            switches,
            switched: written_at(places.switches.as_deref()),
            trouble: [no_switches, no_memory],
            problems: Vec::new(),
            warnings: Vec::new(),
            news: true,
        };
        let rules = Arc::new(Self { state: Mutex::new(state), places, deliver });
        rules.lock().read_files();
        rules.tell();
        rules
    }

    /// A panic in a rule is the defect of one event: the others are still judged.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what a source delivers to the rules, passes it on, and then what they said.
    pub fn take(&self, mut update: Update) {
        let alerts = self.lock().take(&mut update);
        (self.deliver)(update);
        self.pass_on(alerts);
    }

    fn pass_on(&self, alerts: Vec<Alert>) {
        if !alerts.is_empty() {
            (self.deliver)(Update::Alerts(alerts));
        }
    }

    /// Switches a rule, and keeps that for the next start.
    pub fn switch(&self, name: String, on: bool) {
        {
            let mut state = self.lock();
            if !state.watch.switch(&name, on) {
                return;
            }
            let path = self.places.switches.as_deref();
            let change = [(name.clone(), on)];
            state.trouble[SWITCHES] = match path.map(|path| kept::switch(path, change)) {
                Some(Ok(all)) => {
                    state.follow(all);
                    None
                }
                failed => {
                    state.switches.insert(name, on);
                    let error = failed.and_then(Result::err);
                    error.zip(path).map(|(error, path)| unwritten(path, &error, "switches end with this run"))
                }
            };
            state.switched = written_at(path);
        }
        self.tell();
    }

    /// Writes a rule of the operator's, and reads it as every other.
    pub fn save(&self, file: String, text: &str) {
        let path = match &self.places.folder {
            Some(folder) => rulebook::save(folder, &file, text).map(|path| path.display().to_string()),
            None => Err("there is no folder for rules: set HOME or XDG_CONFIG_HOME, and start again".to_owned()),
        };
        if path.is_ok() {
            self.lock().read_files();
            self.tell();
        }
        (self.deliver)(Update::RuleSaved { file, path });
    }

    /// Notes what was done with an alert.
    pub fn set_alert(&self, id: &str, alert: AlertState) {
        let alerts = {
            let mut state = self.lock();
            state.watch.set_alert(id, alert);
            state.watch.take_alerts()
        };
        self.pass_on(alerts);
    }

    /// The changes of a local alarm, the newest first.
    pub fn alarm_changes(&self, name: &str) -> Vec<AlarmChange> {
        self.lock().watch.alarm_changes(name).unwrap_or_default()
    }

    /// Reads changed files, evaluates alarms and tells of hits, second after second.
    pub async fn tend(self: Arc<Self>) {
        for tick in 1_u64.. {
            tokio::time::sleep(TICK).await;
            self.beat(tick);
        }
    }

    fn beat(&self, tick: u64) {
        let now = Utc::now();
        let (alerts, hits, news) = {
            let mut state = self.lock();
            if tick.is_multiple_of(LOOK) {
                state.read_files();
                state.read_switches(self.places.switches.as_deref());
            }
            state.watch.tend(now);
            if tick.is_multiple_of(KEEP)
                && let Some(memory) = state.watch.take_memory()
            {
                let path = self.places.memory.as_deref();
                let error = path.and_then(|path| kept::keep_memory(path, &memory).err());
                let meanwhile = "what is usual is learnt anew at the next start";
                state.trouble[MEMORY] = error.zip(path).map(|(error, path)| unwritten(path, &error, meanwhile));
            }
            (state.watch.take_alerts(), state.watch.take_account_hits(now), std::mem::take(&mut state.news))
        };
        self.pass_on(alerts);
        if !hits.is_empty() {
            (self.deliver)(Update::AccountHits(hits));
        }
        // An alarm changes with the minute, without any event.
        if news || tick.is_multiple_of(KEEP) {
            self.tell();
        }
    }

    fn tell(&self) {
        let now = Utc::now();
        let (rules, alarms) = {
            let state = self.lock();
            let broken = state.trouble.iter().flatten().chain(&state.problems).cloned();
            let mut statuses = state.watch.statuses(now);
            warn(&mut statuses, &state.warnings);
            (broken.chain(statuses).collect(), state.watch.local_alarms())
        };
        (self.deliver)(Update::Rules(rules));
        (self.deliver)(Update::Alarms { region: Region::new(Region::LOCAL), at: now, alarms });
    }
}

impl State {
    fn take(&mut self, update: &mut Update) -> Vec<Alert> {
        let now = Utc::now();
        match update {
            Update::Events(events) => self.watch.events(events, now),
            Update::Alarms { region, alarms, .. } => self.watch.alarms(region, alarms, now),
            Update::Restores { place, restores, .. } => self.watch.restores(place, restores, now),
            Update::Identity(identity) => self.watch.set_account(&identity.account),
            Update::AccountRules { region, rules, .. } => {
                self.watch.set_account_rules(region, rules);
                return Vec::new();
            }
            Update::MetricFilters { region, filters, .. } => {
                self.watch.set_metric_filters(region, filters);
                return Vec::new();
            }
            _ => return Vec::new(),
        }
        self.news = true;
        self.watch.take_alerts()
    }

    /// Takes up what another program has switched.
    fn read_switches(&mut self, path: Option<&Path>) {
        let switched = written_at(path);
        if switched == self.switched {
            return;
        }
        self.switched = switched;
        // A file that is broken says so at the next start; until then the switches stay.
        let Some(Ok(switches)) = path.map(kept::switches) else { return };
        self.follow(switches);
    }

    /// Switches as the file says that rules are switched.
    fn follow(&mut self, switches: Switches) {
        let changed: Vec<_> = switches.iter().filter(|(name, on)| self.switches.get(*name) != Some(*on)).collect();
        for (name, on) in changed {
            self.watch.switch(name, *on);
        }
        self.switches = switches;
        self.news = true;
    }

    fn read_files(&mut self) {
        if let Some((book, problems, warnings)) = self.files.changed() {
            self.watch.set_rules(book.rules, book.counted, &self.switches);
            (self.problems, self.warnings) = (problems, warnings);
            self.news = true;
        }
    }
}

fn written_at(path: Option<&Path>) -> Option<SystemTime> {
    path?.metadata().ok()?.modified().ok()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// What is kept in a file; nothing, and why, when it cannot be read.
fn read<T: Default>(path: Option<&Path>, read: impl Fn(&Path) -> Result<T, String>) -> (T, Option<RuleStatus>) {
    match path.map(read) {
        None => (T::default(), None),
        Some(Ok(kept)) => (kept, None),
        Some(Err(why)) => {
            let place = path.map(|path| path.display().to_string()).unwrap_or_default();
            (T::default(), Some(RuleStatus::broken(place, 0, why)))
        }
    }
}

/// That a file could not be written, and what that means.
fn unwritten(path: &Path, error: &io::Error, meanwhile: &str) -> RuleStatus {
    RuleStatus::broken(path.display().to_string(), 0, format!("cannot be written: {error}; {meanwhile}"))
}
