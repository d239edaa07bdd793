//! The rules beside the sources: what the sources deliver is put to them, and what they say is passed on.

mod state;
mod wishes;

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, SystemTime},
};

use chrono::Utc;
use tokio::sync::{RwLock, RwLockReadGuard, watch};

use super::{
    Listener,
    account::Ear,
    early::Early,
    keeper::{Keeper, Kept, Mark},
    opening::tell_trouble,
    rule_files::{RuleFiles, Warning, warn},
};
use crate::{
    config::{RulePlaces, Settings},
    model::{Alert, Message, Region, Ring, RuleStatus, Update},
    notify::channel,
    rulebook::kept,
    rules::{Switches, Watch, first::Memory},
    source::News,
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
    /// Held by whoever sends; whoever takes it whole lets nobody send any more.
    sending: Arc<RwLock<()>>,
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
    pub fn start(settings: &Settings, listener: Listener, sending: Arc<RwLock<()>>) -> Arc<Self> {
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
            sending,
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

    /// The right to send a message, until what became of it is noted. After [`Engine::settle`](super::Engine::settle)
    /// nobody gets it.
    pub async fn sending(&self) -> RwLockReadGuard<'_, ()> {
        self.sending.read().await
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
            tell_trouble(&self.listener, trouble);
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
        let is_beside = {
            let mut state = self.lock();
            if let Some(keeper) = &mut state.keeper {
                keeper.hear(&rules, now);
                keeper.show(&alarms);
            }
            state.beside.is_some()
        };
        (self.listener)(rules);
        // Beside another program, its alarms are shown: it is the one that sees the events.
        if !is_beside {
            (self.listener)(alarms);
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
