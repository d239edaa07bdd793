//! The rules beside the sources: what the sources deliver is put to them, and what they say is passed on.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, SystemTime},
};

use chrono::Utc;
use tokio::sync::watch;

use super::{
    Listener,
    account::Ear,
    early::Early,
    keeper::{self, Keeper, Kept, Learnt, Mark, kept_changes},
    opening::tell_trouble,
    rule_files::{RuleFiles, Warning, warn},
};
use crate::{
    config::{RulePlaces, Settings},
    model::{AlarmChange, Alert, AlertState, Message, Region, Ring, RuleStatus, SourceId, Update},
    notify::channel,
    rulebook::{self, kept},
    rules::{Switches, Watch, first::Memory},
    source::{News, feed::Position},
    store::{self, Reader},
};

/// How often alarms are evaluated anew, and hits told.
const TICK: Duration = Duration::from_secs(1);
/// The rule files are looked at on every so many ticks.
const LOOK: u64 = 2;
/// What rules have learnt is written on every so many ticks.
const KEEP: u64 = 10;
/// The store is tidied on every so many ticks.
const TIDY: u64 = 5;

/// The rules at work, shared by the tasks of the sources.
pub(super) struct Rules {
    state: Mutex<State>,
    places: RulePlaces,
    listener: Listener,
    ear: Ear,
    /// A dashboard has the terminal.
    owns_terminal: bool,
    /// Rung when there is something new in the outbox.
    posted: watch::Sender<()>,
}

struct State {
    watch: Watch,
    /// What keeps it all; `None` while another program does, or none can.
    keeper: Option<Keeper>,
    /// While another program keeps it all: where the operator's wishes go.
    beside: Option<Reader>,
    early: Early,
    /// The outbox has changed, and nobody was told.
    outbox_changed: bool,
    /// Whether the store was in trouble when that was last told.
    in_trouble: bool,
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
    pub fn start(settings: &Settings, listener: Listener) -> Arc<Self> {
        let places = settings.rules.clone();
        let (switches, no_switches) = read(places.switches.as_deref(), |path| kept::switches(path).map_err(text));
        let (memory, no_memory): (Memory, _) = read(places.memory.as_deref(), kept::memory);
        let state = State {
            watch: Watch::new(memory),
            keeper: None,
            beside: None,
            early: Early::default(),
            outbox_changed: false,
            in_trouble: false,
            files: RuleFiles::new(places.folders().map(Path::to_owned).collect()),
            switches,
            switched: written_at(places.switches.as_deref()),
            trouble: [no_switches, no_memory],
            problems: Vec::new(),
            warnings: Vec::new(),
            news: true,
        };
        let rules = Arc::new(Self {
            state: Mutex::new(state),
            places,
            listener,
            ear: Ear::default(),
            owns_terminal: settings.history > 0,
            posted: watch::Sender::default(),
        });
        rules.lock().read_files();
        rules.tell();
        rules
    }

    /// A panic in a rule is the defect of one event: the others are still judged.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what a source delivers to the rules, passes it on, and then what they said.
    pub fn take(&self, News { mut update, stands }: News) {
        self.ear.hear(&update);
        let (alerts, kept) = self.lock().take(&mut update, stands.as_ref());
        self.wait_for_room();
        // One without events only says where a feed stands.
        if !matches!(&update, Update::Events(events) if events.is_empty()) {
            (self.listener)(update);
        }
        self.pass_on(alerts, kept);
    }

    fn pass_on(&self, alerts: Vec<Alert>, Kept { notices, posted }: Kept) {
        if !alerts.is_empty() {
            (self.listener)(Update::Alerts(alerts));
        }
        if !notices.is_empty() {
            (self.listener)(Update::Notices(notices));
        }
        if posted {
            self.posted.send_replace(());
        }
    }

    /// Whoever learns something while the disk is full and much waits for it waits too: what is not asked now is asked
    /// later, and nothing is lost.
    fn wait_for_room(&self) {
        while self.lock().keeper.as_ref().is_some_and(Keeper::is_full) {
            tokio::task::block_in_place(|| thread::sleep(TICK));
        }
    }

    /// Whether there is an outbox.
    pub fn keeps(&self) -> bool {
        self.lock().keeper.is_some()
    }

    /// What a terminal channel rings: the dashboard's terminal, through whoever listens.
    pub fn ring(&self) -> Option<Arc<dyn Fn(channel::Ring) + Send + Sync>> {
        let listener = self.owns_terminal.then(|| Arc::clone(&self.listener))?;
        Some(Arc::new(move |ring: channel::Ring| {
            let quiet = channel::Ring { bell: false, ..ring.clone() };
            let sequence = String::from_utf8_lossy(&quiet.bytes(channel::Around::from_environment())).into_owned();
            listener(Update::Ring(Ring { bell: ring.bell, sequence }));
        }))
    }

    /// Who hears who we are.
    pub fn ear(&self) -> &Ear {
        &self.ear
    }

    /// From now on all is kept; the rules know what they knew at the end of the last run.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn recall(&self, mut keeper: Keeper) -> store::Result<()> {
        let mut state = self.lock();
        let State { watch, early, .. } = &mut *state;
        let now = Utc::now();
        keeper.recall(watch, now)?;
        for update in early.take() {
            keeper.hear(&update, now);
            keeper.show(&update);
        }
        state.keeper = Some(keeper);
        state.beside = None;
        state.outbox_changed = true;
        state.news = true;
        drop(state);
        self.tell();
        Ok(())
    }

    /// Another program keeps it all: what the operator does is noted there, by this connection.
    pub fn stand_beside(&self, reader: Reader) {
        self.lock().beside = Some(reader);
    }

    /// Rings when there is something new in the outbox.
    pub fn posted(&self) -> watch::Receiver<()> {
        self.posted.subscribe()
    }

    /// The message of a channel whose turn it is.
    pub fn turn(&self, channel: &str) -> Option<Message> {
        self.lock().keeper.as_mut()?.turn(channel)
    }

    /// Notes what became of a message.
    pub fn mark(&self, mark: Mark) {
        let mut state = self.lock();
        state.outbox_changed = true;
        if let Some(keeper) = &mut state.keeper {
            keeper.mark(mark);
        }
    }

    /// Makes a message due now, or all that wait.
    pub fn retry(&self, id: Option<i64>) {
        let state = self.lock();
        let noted = state.reader().map(|reader| keeper::retry(reader, id, Utc::now()));
        drop(state);
        self.tell_unnoted(noted);
        self.posted.send_replace(());
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
        let path = match self.places.written() {
            Some(folder) => rulebook::save(folder, &file, text).map(|path| path.display().to_string()),
            None => Err("there is no folder for rules: set HOME or XDG_CONFIG_HOME, and start again".to_owned()),
        };
        if path.is_ok() {
            self.lock().read_files();
            self.tell();
        }
        (self.listener)(Update::RuleSaved { file, path });
    }

    /// Notes what was done with an alert.
    pub fn set_alert(&self, id: &str, alert: AlertState) {
        let (alerts, kept) = {
            let mut state = self.lock();
            state.watch.set_alert(id, alert);
            // On a disk that is full it lasts as long as the program.
            let noted = state.reader().map(|reader| reader.set_alert_state(id, alert).map(|_| ()));
            if state.beside.is_some() {
                drop(state);
                return self.tell_unnoted(noted);
            }
            state.keep(None)
        };
        self.pass_on(alerts, kept);
    }

    /// Says that a wish did not reach the store.
    fn tell_unnoted(&self, noted: Option<store::Result<()>>) {
        if let Some(Err(error)) = noted {
            (self.listener)(Update::Said(format!("not done: {error}; try again")));
        }
    }

    /// The changes of a local alarm, the newest first.
    pub fn alarm_changes(&self, name: &str) -> Vec<AlarmChange> {
        let state = self.lock();
        let ours = state.watch.alarm_changes(name).unwrap_or_default();
        match state.reader() {
            Some(reader) => kept_changes(reader, name, ours),
            None => ours,
        }
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
        let (alerts, kept, hits, news, outbox) = {
            let mut state = self.lock();
            if tick.is_multiple_of(LOOK) {
                state.read_files();
                state.read_switches(self.places.switches.as_deref());
            }
            state.watch.tend(now);
            if tick.is_multiple_of(KEEP)
                && state.keeper.is_none()
                && let Some(memory) = state.watch.take_memory()
            {
                let path = self.places.memory.as_deref();
                let error = path.and_then(|path| kept::keep_memory(path, &memory).err());
                let meanwhile = "what is usual is learnt anew at the next start";
                state.trouble[MEMORY] = error.zip(path).map(|(error, path)| unwritten(path, &error, meanwhile));
            }
            state.tidy(tick);
            let asked = state.take_up();
            let (alerts, kept) = state.keep(None);
            let hits = state.watch.take_account_hits(now);
            (
                alerts,
                Kept { posted: kept.posted || asked, ..kept },
                hits,
                std::mem::take(&mut state.news),
                state.outbox(),
            )
        };
        self.pass_on(alerts, kept);
        if !hits.is_empty() {
            (self.listener)(Update::AccountHits(hits));
        }
        if let Some(messages) = outbox {
            (self.listener)(Update::Messages(messages));
        }
        self.tell_trouble();
        // An alarm changes with the minute, without any event.
        if news || tick.is_multiple_of(KEEP) {
            self.tell();
        }
    }

    fn tell_trouble(&self) {
        let mut state = self.lock();
        let trouble = state.keeper.as_ref().and_then(Keeper::trouble);
        if state.in_trouble != trouble.is_some() {
            state.in_trouble = trouble.is_some();
            drop(state);
            tell_trouble(&self.listener, trouble.as_ref().map(|(words, since)| (words.as_str(), *since)));
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
        let rules = Update::Rules(rules);
        let alarms = Update::Alarms { region: Region::new(Region::LOCAL), at: now, alarms };
        if let Some(keeper) = &mut self.lock().keeper {
            keeper.hear(&rules, now);
            keeper.show(&alarms);
        }
        (self.listener)(rules);
        (self.listener)(alarms);
    }
}

impl State {
    fn take(&mut self, update: &mut Update, stands: Option<&(SourceId, Position)>) -> (Vec<Alert>, Kept) {
        let now = Utc::now();
        match (&mut *update, &self.keeper) {
            (Update::Events(events), Some(keeper)) => keeper.only_new(events),
            (update, None) => self.early.hear(update),
            _ => {}
        }
        match update {
            Update::Events(events) => {
                self.watch.events(events, now);
                // In the transaction of what they judge.
                self.watch.tend(now);
            }
            Update::Alarms { region, alarms, .. } => self.watch.alarms(region, alarms, now),
            Update::Restores { place, restores, .. } => self.watch.restores(place, restores, now),
            Update::Identity(identity) => self.watch.set_account(&identity.account),
            Update::AccountRules { region, rules, .. } => {
                self.watch.set_account_rules(region, rules);
                return Default::default();
            }
            Update::MetricFilters { region, filters, .. } => {
                self.watch.set_metric_filters(region, filters);
                return Default::default();
            }
            Update::Source(_) => {}
            _ => return Default::default(),
        }
        self.news |= !matches!(update, Update::Source(_));
        self.keep(Some((update, stands)))
    }

    /// Keeps what was learnt, with what the rules made of it.
    fn keep(&mut self, learnt: Option<Learnt<'_>>) -> (Vec<Alert>, Kept) {
        let alerts = self.watch.take_alerts();
        let Some(keeper) = &mut self.keeper else { return (alerts, Kept::default()) };
        let kept = keeper.keep(learnt, &mut self.watch, &alerts, Utc::now());
        self.outbox_changed |= kept.posted;
        (alerts, kept)
    }

    /// The store, by whatever connection there is.
    fn reader(&self) -> Option<&Reader> {
        self.keeper.as_ref().map(Keeper::reader).or(self.beside.as_ref())
    }

    /// Takes up what programs beside this one have asked for. Says whether any did.
    fn take_up(&mut self) -> bool {
        let Some(states) = self.keeper.as_ref().and_then(Keeper::asked_beside) else { return false };
        for (id, state) in states {
            if self.watch.alert_state(&id).is_some_and(|known| known != state) {
                self.watch.set_alert(&id, state);
            }
        }
        self.outbox_changed = true;
        true
    }

    /// Lets the store go of what is too much, now and then.
    fn tidy(&mut self, tick: u64) {
        if tick.is_multiple_of(TIDY)
            && let Some(keeper) = &mut self.keeper
        {
            keeper.tidy(Utc::now());
        }
    }

    /// The newest messages, when they have changed.
    fn outbox(&mut self) -> Option<Vec<Message>> {
        let keeper = self.keeper.as_ref()?;
        std::mem::take(&mut self.outbox_changed).then(|| keeper.messages())
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
