//! The demo's account over the wire, at a simulated time: the same screens each time.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use super::outbox::Outbox;
use chrono::{DateTime, FixedOffset, TimeDelta};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use tokio::runtime::{Builder, Runtime};
use trailwatch::{
    config::{Credentials, Settings},
    emulator::{self, Options, Running},
    model::{Region, Request, Time, Update},
    rules::{LANGUAGES, Switches, Watch, builtin},
    source::{
        Clock, Deliver, Source,
        aws::{self, Clients},
    },
    ui::{
        App, Effect, Message, Start,
        keys::{Key, KeyMap},
        theme::{Depth, Themes},
    },
};

/// When the story starts.
const START: &str = "2026-03-14T09:26:53Z";

/// The simulated time, in seconds.
static NOW: AtomicI64 = AtomicI64::new(0);

fn now() -> Time {
    DateTime::from_timestamp(NOW.load(Ordering::SeqCst), 0).unwrap_or_default()
}

fn clock() -> Clock {
    Arc::new(now)
}

fn set(time: Time) {
    NOW.store(time.timestamp(), Ordering::SeqCst);
}

/// The account, watched for a while.
pub struct Demo {
    runtime: Runtime,
    clients: Clients,
    settings: Settings,
    /// What the sources said, and when.
    updates: Vec<(Time, Update)>,
    /// The rules that come with the program, having seen all of that.
    watch: Watch,
    /// Kept so that the alarms' history can be asked for.
    _running: Running,
}

impl Demo {
    /// Watches the demo's story from its start for `seconds`, in no time at all.
    pub fn watched(seconds: i64) -> Self {
        let start: Time = START.parse().expect("a time");
        set(start);
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let options = Options::new(start, clock());
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let running = runtime.block_on(emulator::start(options, address)).expect("the demo's account");
        let settings = settings(&running);
        let clients = runtime.block_on(Clients::load(&settings, start)).expect("clients");
        let updates = runtime.block_on(watch(&settings, &clients, start + TimeDelta::seconds(seconds)));
        let (updates, watch) = judged(updates, Outbox::new(&settings, start));
        Self { runtime, clients, settings, updates, watch, _running: running }
    }

    /// The screen after typing keys, written as in the key file and separated by blanks.
    pub fn screen(&self, (width, height): (u16, u16), theme: &str, keys: &str) -> Buffer {
        // The theme without colours is the one that NO_COLOR gives.
        let themes = Themes::standard(if theme == "mono" { Depth::None } else { Depth::True });
        let theme = themes.get(theme).expect("a theme");
        let local = |_| FixedOffset::east_opt(3_600).expect("an offset");
        let (settings, map) = (self.settings.clone(), KeyMap::standard());
        let first = self.updates.first().map_or_else(now, |(time, _)| *time);
        let mut app = App::new(Start { settings, themes, theme, keys: map, local, now: first });
        for (time, update) in &self.updates {
            self.take(&mut app, Message::Update(update.clone()), *time);
        }
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        self.take(&mut app, Message::Tick, now());
        for key in keys.split_whitespace() {
            terminal.draw(|frame| app.draw(frame)).expect("a frame");
            let key: Key = key.parse().expect("a key");
            self.take(&mut app, Message::Key(key), now());
        }
        terminal.draw(|frame| app.draw(frame)).expect("a frame");
        terminal.backend().buffer().clone()
    }

    fn take(&self, app: &mut App, message: Message, at: Time) {
        for effect in app.update(message, at) {
            if let Effect::Ask(Request::AlarmHistory { id, region, name }) = effect {
                let history = match self.watch.alarm_changes(&name).filter(|_| region.as_str() == Region::LOCAL) {
                    Some(changes) => Ok(changes),
                    None => self.runtime.block_on(aws::alarm_history(&self.clients, &region, &name, &clock())),
                };
                app.update(Message::Update(Update::AlarmHistory { id, history }), at);
            }
        }
        while app.work() {}
    }
}

fn settings(running: &Running) -> Settings {
    let (access_key_id, secret_access_key) = emulator::credentials();
    let mut settings = Settings {
        endpoint_url: Some(running.url()),
        credentials: Some(Credentials {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
        }),
        regions: emulator::REGIONS.iter().map(Region::new).collect(),
        restores: emulator::PLACES.iter().map(|place| place.parse().expect("a place")).collect(),
        history: 10_000,
        ..Settings::default()
    };
    settings.accounts.insert(emulator::ACCOUNT.into(), "example-company".into());
    settings
}

/// Puts what the sources said to the rules, as the engine does, and adds what those say.
fn judged(updates: Vec<(Time, Update)>, mut outbox: Outbox) -> (Vec<(Time, Update)>, Watch) {
    let mut watch = Watch::default();
    watch.set_rules(builtin::read(LANGUAGES).0, Vec::new(), &Switches::new());
    let mut told = Vec::with_capacity(updates.len());
    for (time, mut update) in updates {
        match &mut update {
            Update::Events(events) => watch.events(events, time),
            Update::Alarms { region, alarms, .. } => watch.alarms(region, alarms, time),
            Update::Restores { place, restores, .. } => watch.restores(place, restores, time),
            Update::Identity(identity) => watch.set_account(&identity.account),
            Update::AccountRules { region, rules, .. } => watch.set_account_rules(region, rules),
            Update::MetricFilters { region, filters, .. } => watch.set_metric_filters(region, filters),
            _ => {}
        }
        outbox.take(&update, time);
        told.push((time, update));
        watch.tend(time);
        let alerts = Update::Alerts(watch.take_alerts());
        outbox.take(&alerts, time);
        told.push((time, alerts));
    }
    let end = told.last().map_or_else(now, |(time, _)| *time);
    told.push((end, Update::AccountHits(watch.take_account_hits(end))));
    told.push((end, Update::Rules(watch.statuses(end))));
    told.push((end, outbox.messages()));
    let region = Region::new(Region::LOCAL);
    told.push((end, Update::Alarms { region, at: end, alarms: watch.local_alarms() }));
    (told, watch)
}

/// Calls each source when it wants to be called, the earliest first, and lets the time leap from call to call.
async fn watch(settings: &Settings, clients: &Clients, end: Time) -> Vec<(Time, Update)> {
    let updates: Arc<Mutex<Vec<(Time, Update)>>> = Arc::default();
    let kept = Arc::clone(&updates);
    let deliver: Deliver = Arc::new(move |news| kept.lock().expect("no panic").push((now(), news.update)));
    let sources = aws::sources(settings, clients, now());
    let mut sources: Vec<(Time, Box<dyn Source>)> = sources.into_iter().map(|source| (now(), source)).collect();
    while let Some((due, source)) = sources.iter_mut().min_by_key(|(due, _)| *due).filter(|(due, _)| *due <= end) {
        set((*due).max(now()));
        // A source that wants to go on at once waits for the next second: time must pass here.
        *due = source.batch(&clock(), &deliver).await.max(now() + TimeDelta::seconds(1));
        deliver(Update::Source(source.health()).into());
    }
    set(end);
    let updates = updates.lock().expect("no panic");
    updates.clone()
}
