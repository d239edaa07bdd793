//! The engine against the emulator, in real time.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use chrono::Utc;
use tokio::runtime::Runtime;
use trailwatch::{
    config::{Credentials, RulePlaces, Settings},
    emulator::{self, Failure},
    engine::Engine,
    model::{
        AlarmKind, AlertState, Region, Request, RuleOrigin, RuleStatus, SourceHealth, SourceKind, SourceState, Update,
    },
};

/// A pretended account and settings that lead to it.
pub struct Account {
    pub running: emulator::Running,
    pub runtime: Runtime,
}

impl Account {
    pub fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let options = emulator::Options { seed: 3, ..emulator::Options::new(Utc::now(), Arc::new(Utc::now)) };
        let running = runtime.block_on(emulator::start(options, ([127, 0, 0, 1], 0).into())).unwrap();
        Self { running, runtime }
    }

    pub fn settings(&self) -> Settings {
        let (id, secret) = emulator::credentials();
        Settings {
            regions: emulator::REGIONS.iter().map(Region::new).collect(),
            endpoint_url: Some(self.running.url()),
            credentials: Some(Credentials { access_key_id: id.into(), secret_access_key: secret.into() }),
            since: trailwatch::model::duration::Span::seconds(120),
            restores: emulator::PLACES.iter().map(|place| place.to_string().parse().unwrap()).collect(),
            ..Settings::default()
        }
    }

    pub fn engine(&self, settings: Settings) -> (Engine, Heard) {
        let (sender, updates) = mpsc::channel();
        let engine = Engine::start(settings, self.runtime.handle(), move |update| drop(sender.send(update)));
        (engine, Heard { updates, all: Vec::new() })
    }
}

/// What an engine delivered.
pub struct Heard {
    updates: mpsc::Receiver<Update>,
    pub all: Vec<Update>,
}

impl Heard {
    /// Listens until this holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Heard) -> bool) {
        let limit = Instant::now() + Duration::from_secs(20);
        while !holds(self) {
            let left = limit.saturating_duration_since(Instant::now());
            let update = self.updates.recv_timeout(left).unwrap_or_else(|_| panic!("{what}: {:#?}", self.sources()));
            self.all.push(update);
        }
    }

    /// The last health of each source by its label.
    fn sources(&self) -> HashMap<String, SourceHealth> {
        let healths = self.all.iter().filter_map(|update| match update {
            Update::Source(health) => Some((health.id.label(), health.clone())),
            _ => None,
        });
        healths.collect()
    }

    fn is_live(&self, label: &str) -> bool {
        self.sources().get(label).is_some_and(|health| health.state == SourceState::Live)
    }

    pub fn failure(&self, label: &str) -> Option<trailwatch::model::SourceError> {
        match self.sources().remove(label)?.state {
            SourceState::Failed(error) => Some(error),
            _ => None,
        }
    }
}

#[test]
fn every_source_comes_live_with_what_there_is() {
    let account = Account::start();
    let (_engine, mut heard) = account.engine(account.settings());
    heard.until("all live", |heard| {
        let sources = heard.sources();
        sources.len() == 19 && sources.values().all(|health| health.state == SourceState::Live)
    });
    assert!(heard.all.iter().any(|u| matches!(u, Update::Identity(identity) if identity.account == emulator::ACCOUNT)));
    assert!(heard.all.iter().any(|update| matches!(update, Update::Events(events) if !events.is_empty())));
    let alarms: Vec<_> = heard
        .all
        .iter()
        .filter_map(|update| match update {
            Update::Alarms { alarms, .. } => Some(alarms),
            _ => None,
        })
        .collect();
    let most = alarms.iter().map(|alarms| alarms.iter().map(|alarm| &alarm.name).collect::<HashSet<_>>().len()).max();
    assert!(most > Some(100), "more than a page: {most:?}");
    for kind in [AlarmKind::Metric, AlarmKind::Composite, AlarmKind::Log] {
        let alarm = alarms.iter().flat_map(|alarms| alarms.iter()).find(|alarm| alarm.kind == kind).unwrap();
        assert!(
            !alarm.condition.is_empty()
                && !alarm.settings.is_empty()
                && (alarm.region.as_str() == Region::LOCAL || !alarm.reason.is_empty()),
            "{alarm:?}"
        );
    }
    let restores = |update: &Update| matches!(update, Update::Restores { restores, .. } if !restores.is_empty());
    assert!(heard.all.iter().any(restores));
}

#[test]
fn a_source_that_fails_costs_nobody_else_anything() {
    let account = Account::start();
    let faults = account.running.faults();
    faults.set("s3", "*", "*", Failure::error(403, "AccessDenied", "Access Denied"));
    faults.set("monitoring", "*", "us-east-1", Failure::error(403, "AccessDenied", "not authorized to perform: x:Y"));
    faults.set("sts", "*", "*", Failure::Hang);
    faults.set("cloudtrail", "*", "eu-central-1", Failure::Dropped);
    let (_engine, mut heard) = account.engine(account.settings());
    let place = format!("restores {}", emulator::PLACES[0]);
    let failing = [&place, "alarms us-east-1", "events eu-central-1"];
    heard.until("three failed, the others live", |heard| {
        let others = ["events eu-west-1", "events us-east-1", "alarms eu-west-1", "sign-ins us-east-2"];
        failing.iter().all(|label| heard.failure(label).is_some()) && others.iter().all(|label| heard.is_live(label))
    });
    assert_eq!(heard.failure(&place).unwrap().missing_action.as_deref(), Some("s3:ListBucket"));
    assert_eq!(heard.failure("alarms us-east-1").unwrap().missing_action.as_deref(), Some("x:Y"));
    assert_eq!(heard.failure("events eu-central-1").unwrap().code, "Network");
    assert_eq!(heard.sources()["identity eu-west-1"].state, SourceState::Starting);
}

#[test]
fn a_refresh_wakes_what_failed_and_what_waits() {
    let account = Account::start();
    let faults = account.running.faults();
    faults.set("monitoring", "*", "*", Failure::error(500, "InternalServiceFault", "later"));
    let (engine, mut heard) = account.engine(account.settings());
    heard.until("alarms failed", |heard| heard.failure("alarms us-east-1").is_some());
    faults.clear_all();
    let asked = Instant::now();
    engine.request(Request::Refresh);
    heard.until("alarms live", |heard| heard.is_live("alarms us-east-1"));
    assert!(asked.elapsed() < Duration::from_secs(4), "the wait after a failure is at least 5 s");
}

#[test]
fn the_history_of_an_alarm_comes_back_with_its_id() {
    let account = Account::start();
    let (engine, mut heard) = account.engine(Settings { restores: Vec::new(), ..account.settings() });
    let request = |id, name: &str| Request::AlarmHistory { id, region: Region::new("us-east-1"), name: name.into() };
    engine.request(request(7, "signin-console-failure-iam"));
    let answer = |heard: &Heard| {
        heard.all.iter().find_map(|update| match update {
            Update::AlarmHistory { id: 7, history } => Some(history.clone()),
            _ => None,
        })
    };
    heard.until("history", |heard| answer(heard).is_some());
    let history = answer(&heard).unwrap().unwrap();
    assert!(!history.is_empty() && history.is_sorted_by(|a, b| a.time >= b.time), "{history:?}");
}

#[test]
fn identity_is_asked_anew_when_credentials_fail() {
    let account = Account::start();
    let (engine, mut heard) = account.engine(account.settings());
    heard.until("identity and alarms", |heard| {
        heard.is_live("identity eu-west-1") && heard.is_live("alarms eu-west-1") && heard.is_live("alarms us-east-1")
    });
    account.running.faults().set("*", "*", "*", Failure::error(403, "ExpiredToken", "The token is expired"));
    engine.request(Request::Refresh);
    heard.until("identity failed", |heard| heard.failure("identity eu-west-1").is_some());
    assert!(heard.failure("identity eu-west-1").unwrap().advice.unwrap().contains("aws sso login"));
}

#[test]
fn a_dropped_engine_says_no_more() {
    let account = Account::start();
    let (engine, heard) = account.engine(account.settings());
    drop(engine);
    let limit = Instant::now() + Duration::from_secs(10);
    loop {
        match heard.updates.recv_timeout(Duration::from_secs(1)) {
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            _ => assert!(Instant::now() < limit, "its tasks still hold the end of the line"),
        }
    }
}

#[test]
fn every_source_is_heard_of_before_the_first_is_asked() {
    let account = Account::start();
    let (_engine, mut heard) = account.engine(account.settings());
    let from_aws = |update: &Update| match update {
        Update::Source(_) | Update::Rules(_) | Update::Journal { .. } => false,
        Update::Alarms { region, .. } => region.as_str() != Region::LOCAL,
        _ => true,
    };
    heard.until("something", |heard| heard.all.iter().any(from_aws));
    let kinds: HashSet<_> = heard.sources().values().map(|health| health.id.kind).collect();
    assert_eq!(kinds.len(), [SourceKind::Events; 7].len());
    assert_eq!(heard.sources().len(), 19);
}

/// The rules as last told, by name.
fn rules(heard: &Heard) -> HashMap<String, RuleStatus> {
    let last = heard.all.iter().rev().find_map(|update| match update {
        Update::Rules(rules) => Some(rules.clone()),
        _ => None,
    });
    last.unwrap_or_default().into_iter().map(|rule| (rule.name.clone(), rule)).collect()
}

const OWN: &str = r#"
[[rule]]
name = "everything"
severity = "low"
language = "metric-filter"
pattern = "{ $.eventName = * }"

[rule.alarm]
default_value = 0
"#;

/// Rules in folders of their own.
fn with_rules(settings: Settings, home: &std::path::Path) -> Settings {
    let rules = RulePlaces {
        folder: Some(home.join("rules")),
        made: None,
        switches: Some(home.join("state/switches.toml")),
        memory: Some(home.join("state/seen.json")),
        journal: Some(home.join("state/journal.jsonl")),
    };
    Settings { rules, ..settings }
}

#[test]
fn rules_are_asked_about_the_live_feed_and_read_again_when_their_files_change() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("rules")).unwrap();
    std::fs::write(home.path().join("rules/own.toml"), OWN).unwrap();
    let account = Account::start();
    let (_engine, mut heard) = account.engine(with_rules(account.settings(), home.path()));
    let of =
        |update: &Update, rule: &str| matches!(update, Update::Alerts(alerts) if alerts.iter().any(|a| a.rule == rule));
    heard.until("an alert", |heard| heard.all.iter().any(|update| of(update, "everything")));
    let marked = |update: &Update| matches!(update, Update::Events(events) if events.iter().all(|e| e.fired.is_some()));
    assert!(heard.all.iter().any(marked));
    heard.until("hits", |heard| rules(heard).get("everything").is_some_and(|rule| rule.hits_in_a_day() > 0));
    assert!(rules(&heard).contains_key("signin-console-failure-root"));
    let local = |update: &Update| {
        let Update::Alarms { region, alarms, .. } = update else { return false };
        region.as_str() == "local" && alarms.iter().any(|alarm| alarm.name == "everything")
    };
    assert!(heard.all.iter().any(local));
    std::fs::write(home.path().join("rules/own.toml"), OWN.replace("everything", "all") + "[[rule]]\nname = 7\n")
        .unwrap();
    heard.until("the new name", |heard| {
        let rules = rules(heard);
        rules.contains_key("all") && !rules.contains_key("everything")
    });
    let broken = &rules(&heard)[""];
    assert!(broken.problem.contains("name"), "{broken:?}");
    assert!(matches!(&broken.origin, RuleOrigin::File { path, line: 11 } if path.ends_with("own.toml")), "{broken:?}");
}

#[test]
fn a_switch_lasts_over_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let account = Account::start();
    for (on, other) in [(true, false), (false, true)] {
        let (engine, mut heard) = account.engine(with_rules(account.settings(), home.path()));
        let is = |on: bool| move |heard: &Heard| rules(heard).get("cis-root-use").is_some_and(|rule| rule.on == on);
        heard.until("as it was left", is(on));
        engine.request(Request::SwitchRule { name: "cis-root-use".to_owned(), on: other });
        heard.until("switched", is(other));
    }
}

#[test]
fn what_another_program_switches_is_taken_up() {
    let home = tempfile::tempdir().unwrap();
    let account = Account::start();
    let settings = with_rules(account.settings(), home.path());
    let places = settings.rules.clone();
    let (_engine, mut heard) = account.engine(settings);
    heard.until("on", |heard| rules(heard).get("cis-root-use").is_some_and(|rule| rule.on));
    let names = ["cis-root-use".to_owned()];
    assert!(trailwatch::headless::rules::switch(&places, &names, false, Utc::now()).unwrap());
    heard.until("off", |heard| rules(heard).get("cis-root-use").is_some_and(|rule| !rule.on));
}

#[test]
fn an_alert_is_acknowledged_and_a_local_alarm_has_a_history() {
    let account = Account::start();
    let (engine, mut heard) = account.engine(account.settings());
    let first = |heard: &Heard| {
        heard.all.iter().rev().find_map(|update| match update {
            Update::Alerts(alerts) => alerts.first().cloned(),
            _ => None,
        })
    };
    heard.until("an alert", |heard| first(heard).is_some());
    let id = first(&heard).unwrap().id;
    engine.request(Request::Alert { id: id.clone(), state: AlertState::Acknowledged });
    let acknowledged = |update: &Update| {
        let Update::Alerts(alerts) = update else { return false };
        alerts.iter().any(|alert| alert.id == id && alert.state == AlertState::Acknowledged)
    };
    heard.until("acknowledged", |heard| heard.all.iter().any(acknowledged));
    let (region, name) = (Region::new(Region::LOCAL), "cis-root-use".to_owned());
    engine.request(Request::AlarmHistory { id: 9, region, name });
    heard.until("a history", |heard| {
        heard.all.iter().any(|update| matches!(update, Update::AlarmHistory { id: 9, history: Ok(_) }))
    });
}

#[test]
fn a_rule_that_is_saved_is_a_file_and_at_work_at_once() {
    let account = Account::start();
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("rules");
    let rules = trailwatch::config::RulePlaces { folder: Some(folder.clone()), ..Default::default() };
    let (engine, mut heard) = account.engine(Settings { restores: Vec::new(), rules, ..account.settings() });
    let text = "[[rule]]\nname = \"own\"\nlanguage = \"metric-filter\"\npattern = '{ $.eventName = * }'\n";
    let save = || engine.request(Request::SaveRule { file: "own.toml".into(), text: text.into() });
    let answers = |heard: &Heard| {
        let saved = heard.all.iter().filter_map(|update| match update {
            Update::RuleSaved { file, path } if file == "own.toml" => Some(path.clone()),
            _ => None,
        });
        saved.collect::<Vec<_>>()
    };
    save();
    heard.until("the answer", |heard| !answers(heard).is_empty());
    let path = folder.join("own.toml");
    assert_eq!(answers(&heard), [Ok(path.display().to_string())]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let is_there =
        |update: &Update| matches!(update, Update::Rules(rules) if rules.iter().any(|rule| rule.name == "own"));
    assert!(heard.all.iter().any(is_there), "the rule is told of before the answer");
    save();
    heard.until("the refusal", |heard| answers(heard).len() == 2);
    assert!(answers(&heard)[1].as_ref().unwrap_err().contains("is there already"), "{:?}", answers(&heard));
}

#[test]
fn rules_that_are_made_where_nothing_is_real_stay_out_of_the_real_folder() {
    let account = Account::start();
    let home = tempfile::tempdir().unwrap();
    let (folder, made) = (home.path().join("rules"), home.path().join("state/demo/rules"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("real.toml"), OWN).unwrap();
    let rules = RulePlaces { folder: Some(folder.clone()), made: Some(made.clone()), ..RulePlaces::default() };
    let (engine, mut heard) = account.engine(Settings { rules, ..account.settings() });
    heard.until("the real one", |heard| self::rules(heard).contains_key("everything"));
    let text = OWN.replace("everything", "made");
    engine.request(Request::SaveRule { file: "made.toml".into(), text });
    heard.until("both", |heard| ["everything", "made"].iter().all(|name| self::rules(heard).contains_key(*name)));
    assert!(made.join("made.toml").exists() && std::fs::read_dir(&folder).unwrap().count() == 1);
}
