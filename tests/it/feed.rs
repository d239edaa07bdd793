//! The sources on real wire traffic, in simulated time: emulator and sources share a clock that jumps to whatever is
//! due next.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta};
use trailwatch::{
    config::{Credentials, Settings},
    emulator::{self, Failure},
    model::{Event, Region, SourceHealth, SourceKind, SourceState, Time, Update, duration::Span},
    source::{Deliver, Source, aws},
};

const START: i64 = 1_790_000_000_000;

fn start() -> Time {
    DateTime::from_timestamp_millis(START).unwrap()
}

/// A clock that emulator and sources share, and that the test moves.
#[derive(Clone)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn read(&self) -> Time {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }

    /// Never back.
    fn move_to(&self, time: Time) {
        self.0.fetch_max(time.timestamp_millis(), Ordering::SeqCst);
    }

    fn clock(&self) -> Arc<dyn Fn() -> Time + Send + Sync> {
        let hands = self.clone();
        Arc::new(move || hands.read())
    }
}

/// The emulator, some of the sources, and all they delivered.
struct World {
    hands: Hands,
    account: emulator::Running,
    sources: Vec<(Time, Box<dyn Source>)>,
    deliver: Deliver,
    delivered: Arc<Mutex<Vec<Update>>>,
}

impl World {
    /// The sources of these kinds in eu-west-1 and its partition.
    async fn new(kinds: &[SourceKind], since: u64, replay: Vec<PathBuf>) -> Self {
        let replay = (!replay.is_empty()).then(|| emulator::Recording::read(&replay).unwrap());
        Self::with(kinds, since, |options| options.replay = replay).await
    }

    async fn with(kinds: &[SourceKind], since: u64, change: impl FnOnce(&mut emulator::Options)) -> Self {
        let hands = Hands(Arc::new(AtomicI64::new(START)));
        let mut options = emulator::Options { seed: 7, ..emulator::Options::new(start(), hands.clock()) };
        change(&mut options);
        let account = emulator::start(options, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let (id, secret) = emulator::credentials();
        let settings = Settings {
            regions: vec![Region::new("eu-west-1")],
            endpoint_url: Some(account.url()),
            credentials: Some(Credentials { access_key_id: id.into(), secret_access_key: secret.into() }),
            since: Span::seconds(since),
            restores: emulator::PLACES.iter().map(|place| place.to_string().parse().unwrap()).collect(),
            ..Settings::default()
        };
        let clients = aws::Clients::load(&settings, start()).await.unwrap();
        let sources = aws::sources(&settings, &clients, start()).into_iter();
        let sources = sources.filter(|source| kinds.contains(&source.health().id.kind));
        let delivered = Arc::<Mutex<Vec<Update>>>::default();
        let sink = delivered.clone();
        let deliver: Deliver = Arc::new(move |news| sink.lock().unwrap().push(news.update));
        Self { hands, account, sources: sources.map(|source| (start(), source)).collect(), deliver, delivered }
    }

    /// Runs the sources, each when it is due, until so many seconds after the start.
    async fn run(&mut self, until: i64) {
        let (until, clock) = (start() + TimeDelta::seconds(until), self.hands.clock());
        loop {
            let (due, source) = self.sources.iter_mut().min_by_key(|(due, _)| *due).unwrap();
            if *due >= until {
                break;
            }
            self.hands.move_to(*due);
            *due = source.batch(&clock, &self.deliver).await;
        }
        self.hands.move_to(until);
    }

    fn health(&self, label: &str) -> SourceHealth {
        let mut all = self.sources.iter().map(|(_, source)| source.health());
        all.find(|health| health.id.label() == label).unwrap_or_else(|| panic!("no source {label}"))
    }

    fn events(&self) -> Vec<Event> {
        let updates = self.delivered.lock().unwrap();
        let events = updates.iter().filter_map(|update| match update {
            Update::Events(events) => Some(events.clone()),
            _ => None,
        });
        events.flatten().collect()
    }

    /// What a fresh look says there is, from the oldest event given to `until`.
    async fn truth(&self, label: &str, since: u64, until: i64) -> BTreeMap<String, Time> {
        let region = Region::new(label.split(' ').nth(1).unwrap());
        let (id, secret) = emulator::credentials();
        let settings = Settings {
            regions: vec![region],
            endpoint_url: Some(self.account.url()),
            credentials: Some(Credentials { access_key_id: id.into(), secret_access_key: secret.into() }),
            since: Span::seconds((self.hands.read() - start()).num_seconds() as u64 + since),
            ..Settings::default()
        };
        let clients = aws::Clients::load(&settings, self.hands.read()).await.unwrap();
        let mut sources = aws::sources(&settings, &clients, self.hands.read());
        let source = sources.iter_mut().find(|source| source.health().id.label() == label).unwrap();
        let found = Arc::<Mutex<Vec<Event>>>::default();
        let sink = found.clone();
        let deliver: Deliver = Arc::new(move |news| {
            let update = news.update;
            if let Update::Events(events) = update {
                sink.lock().unwrap().extend(events);
            }
        });
        let clock = self.hands.clock();
        while source.health().progress.is_some() {
            let due = source.batch(&clock, &deliver).await;
            self.hands.move_to(due);
        }
        let until = start() + TimeDelta::seconds(until);
        let found = found.lock().unwrap();
        found.iter().filter(|event| event.time < until).map(|event| (event.id.clone(), event.time)).collect()
    }

    /// Nothing that happened in the Region before `until` is missing, and nothing came twice.
    async fn assert_whole(&self, label: &str, since: u64, until: i64) {
        let mut given: HashMap<String, usize> = HashMap::new();
        for event in self.events() {
            *given.entry(event.id).or_default() += 1;
        }
        let twice: Vec<_> = given.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        let truth = self.truth(label, since, until).await;
        assert!(truth.len() > 20, "{}", truth.len());
        let missing: Vec<_> = truth.iter().filter(|(id, _)| !given.contains_key(*id)).collect();
        assert!(missing.is_empty(), "{} of {} missing: {:?}", missing.len(), truth.len(), missing.first());
    }
}

const EVENTS: &str = "events eu-west-1";

#[tokio::test]
async fn ten_minutes_come_whole_and_what_came_out_of_order_is_marked() {
    let mut world = World::new(&[SourceKind::Events], 600, Vec::new()).await;
    world.run(900).await;
    let health = world.health(EVENTS);
    assert_eq!((health.state, health.progress, health.behind), (SourceState::Live, None, None));
    assert!(health.requests_last_minute <= 60, "{}", health.requests_last_minute);
    world.assert_whole(EVENTS, 600, 600).await;
    let events = world.events();
    assert!(events.iter().any(|event| event.late), "an event in twelve is visible after 41 to 180 s");
    assert!(events.iter().filter(|event| event.time < start() - TimeDelta::seconds(180)).all(|event| !event.late));
    let late = events.iter().filter(|event| event.late).count() as f64 / events.len() as f64;
    assert!(late < 0.15, "{late}");
}

#[tokio::test]
async fn an_account_that_is_busier_than_the_api_can_tell_is_behind() {
    let mut world = World::with(&[SourceKind::Events], 60, |options| options.rate = 200).await;
    world.run(150).await;
    let behind = world.health(EVENTS).behind.expect("more than 50 events a second are behind");
    assert!(behind.unread_seconds > 20, "{behind:?}");
}

#[tokio::test]
async fn an_outage_of_any_kind_leaves_no_hole() {
    let expired = Failure::error(400, "ExpiredTokenException", "The security token included in the request is expired");
    let denied = Failure::error(
        400,
        "AccessDeniedException",
        "User: arn:aws:iam::111122223333:user/x is not authorized to perform: cloudtrail:LookupEvents because no \
         identity-based policy allows the cloudtrail:LookupEvents action",
    );
    for (failure, code, action) in [
        (Failure::Dropped, "Network", None),
        (expired, "ExpiredTokenException", None),
        (denied, "AccessDeniedException", Some("cloudtrail:LookupEvents")),
    ] {
        let mut world = World::new(&[SourceKind::Events], 300, Vec::new()).await;
        world.run(100).await;
        world.account.faults().set("cloudtrail", "LookupEvents", "eu-west-1", failure);
        world.run(400).await;
        let SourceState::Failed(error) = world.health(EVENTS).state else { panic!("{code} is a failure") };
        assert_eq!((error.code.as_str(), error.missing_action.as_deref()), (code, action), "{error:?}");
        assert!(error.advice.is_some(), "{error:?}");
        assert!(error.since < start() + TimeDelta::seconds(115), "{}", error.since);
        assert_eq!(world.health("events us-east-1").state, SourceState::Live);
        world.account.faults().clear_all();
        world.run(900).await;
        assert_eq!(world.health(EVENTS).state, SourceState::Live);
        world.assert_whole(EVENTS, 300, 700).await;
    }
}

#[tokio::test]
async fn throttling_is_said_and_survived() {
    let mut world = World::new(&[SourceKind::Events], 300, Vec::new()).await;
    world.account.faults().set("cloudtrail", "LookupEvents", "*", Failure::Throttled);
    world.run(60).await;
    let health = world.health(EVENTS);
    assert!(matches!(health.state, SourceState::Throttled { until, .. } if health.next == Some(until)), "{health:?}");
    assert!(health.requests_last_minute < 10, "it backs off: {}", health.requests_last_minute);
    world.account.faults().clear_all();
    world.run(600).await;
    world.assert_whole(EVENTS, 300, 400).await;
}

#[tokio::test]
async fn a_region_busier_than_the_api_says_that_it_is_behind_and_catches_up() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for i in 0..9_000 {
        let time = start() + TimeDelta::milliseconds(i * 10);
        let time = time.format("%Y-%m-%dT%H:%M:%SZ");
        writeln!(file, r#"{{"eventID":"{i}","eventTime":"{time}","eventName":"X","awsRegion":"eu-west-1"}}"#).unwrap();
    }
    let mut world = World::new(&[SourceKind::Events], 60, vec![file.path().to_owned()]).await;
    world.run(100).await;
    let behind = world.health(EVENTS).behind.expect("100 events a second are more than 50");
    assert!(behind.unread_seconds > 5 && behind.events_per_second > 50, "{behind:?}");
    world.run(600).await;
    assert_eq!(world.health(EVENTS).behind, None);
    assert_eq!(world.events().len(), 9_000);
}

#[tokio::test]
async fn sign_ins_of_the_other_regions_are_asked_for_at_a_low_rate() {
    let mut world = World::new(&[SourceKind::SignIns], 3_600, Vec::new()).await;
    world.run(300).await;
    for region in ["us-east-2", "eu-north-1", "ap-southeast-2"] {
        let health = world.health(&format!("sign-ins {region}"));
        assert_eq!(health.state, SourceState::Live);
        assert!(health.requests_last_minute <= 1);
    }
    assert!(world.events().iter().all(|event| event.name == "ConsoleLogin"));
}

#[tokio::test]
async fn a_copy_that_runs_out_is_shown_as_expired_for_a_while_and_then_no_more() {
    let mut world = World::new(&[SourceKind::Restores], 60, Vec::new()).await;
    let expired = |world: &World| {
        let updates = world.delivered.lock().unwrap();
        let last: HashMap<_, _> = updates
            .iter()
            .filter_map(|update| match update {
                Update::Restores { place, restores, .. } => Some((place.clone(), restores.clone())),
                _ => None,
            })
            .collect();
        let states = last.values().flatten().map(|restore| restore.state.as_str().to_owned());
        states.fold(HashMap::<String, usize>::new(), |mut counts, state| {
            *counts.entry(state).or_default() += 1;
            counts
        })
    };
    world.run(30).await;
    let before = expired(&world);
    assert!(before["ready"] > 0 && before["in-progress"] > 0 && !before.contains_key("expired"), "{before:?}");
    world.run(300).await;
    assert_eq!(expired(&world).get("expired"), Some(&1));
    world.run(300 + 16 * 60).await;
    assert_eq!(expired(&world).get("expired"), None);
}
