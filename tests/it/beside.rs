//! Two programs on one store: one asks and notifies, the other shows, asks the first for things, and takes over.

use trailwatch::{
    config::{Config, RulePlaces, Settings},
    emulator,
    model::{AlarmState, AlertState, Delivery, Region, Request, SourceKind, SourceState, Update},
    store::Reader,
};

use crate::engine::{Account, Heard};

/// Every event raises an alert.
const LOUD: &str = "[[rule]]\nname = \"loud\"\nseverity = \"high\"\nlanguage = \"metric-filter\"\n\
    pattern = '{ $.eventName = * }'\n";

/// A channel that nobody answers on, and no other.
const CHANNELS: &str = "
[notify.channels.desktop]
kind = \"desktop\"
on = false
[notify.channels.terminal]
kind = \"terminal\"
on = false
[notify.channels.nobody]
kind = \"webhook\"
url = \"http://127.0.0.1:9/\"
";

/// Settings of programs that share a folder.
fn shared(account: &Account, home: &std::path::Path) -> Settings {
    let folder = home.join("rules");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("loud.toml"), LOUD).unwrap();
    let mut settings = Settings {
        stores: Some(home.join("accounts")),
        rules: RulePlaces { folder: Some(folder), ..RulePlaces::default() },
        ..account.settings()
    };
    Config::parse("c", CHANNELS).unwrap().apply(&mut settings);
    settings
}

fn has(heard: &Heard, is_it: impl Fn(&Update) -> bool) -> bool {
    heard.all.iter().any(is_it)
}

fn is_open(heard: &Heard) -> bool {
    has(heard, |update| matches!(update, Update::Alerts(alerts) if !alerts.is_empty()))
}

/// How the alert was when it was last told.
fn state(heard: &Heard, id: &str) -> Option<AlertState> {
    let told = heard.all.iter().filter_map(|update| match update {
        Update::Alerts(alerts) | Update::Recalled { alerts, .. } => Some(alerts),
        _ => None,
    });
    told.flatten().rfind(|alert| alert.id == id).map(|alert| alert.state)
}

fn is_second(heard: &Heard) -> bool {
    has(heard, |update| matches!(update, Update::Said(words) if words.starts_with("another trailwatch")))
}

/// Whether a source of this kind, which only the first program asks, is known to be live.
fn is_live(heard: &Heard, kind: SourceKind) -> bool {
    has(
        heard,
        |update| matches!(update, Update::Source(health) if health.id.kind == kind && health.state == SourceState::Live),
    )
}

#[test]
fn a_second_program_shows_alarms_restores_and_sources_and_takes_over() {
    let (account, home) = (Account::start(), tempfile::tempdir().unwrap());
    let settings = shared(&account, home.path());
    let (first, mut one) = account.engine(settings.clone());
    one.until("the first", |heard| is_live(heard, SourceKind::Alarms) && is_live(heard, SourceKind::Restores));
    let (_second, mut two) = account.engine(settings);
    let alarms = |heard: &Heard, region: &str| {
        has(
            heard,
            |update| matches!(update, Update::Alarms { region: of, alarms, .. } if of.as_str() == region && !alarms.is_empty()),
        )
    };
    let restores = |update: &Update| matches!(update, Update::Restores { restores, .. } if !restores.is_empty());
    two.until("what the first knows", |heard| {
        let live = [SourceKind::Alarms, SourceKind::Restores, SourceKind::Events];
        is_second(heard)
            && alarms(heard, "eu-west-1")
            && alarms(heard, Region::LOCAL)
            && has(heard, restores)
            && live.into_iter().all(|kind| is_live(heard, kind))
    });
    two.all.clear();
    drop(first);
    two.until("the take-over", |heard| {
        let is_store =
            |update: &Update| matches!(update, Update::Source(health) if health.id.kind == SourceKind::Store);
        has(heard, is_store) && is_live(heard, SourceKind::Alarms)
    });
}

#[test]
fn what_is_done_in_a_second_program_reaches_the_first_and_its_outbox() {
    let (account, home) = (Account::start(), tempfile::tempdir().unwrap());
    let settings = shared(&account, home.path());
    let (_first, mut one) = account.engine(settings.clone());
    let messages = |heard: &Heard| {
        let told = heard.all.iter().rev().find_map(|update| match update {
            Update::Messages(messages) => Some(messages.clone()),
            _ => None,
        });
        told.unwrap_or_default()
    };
    one.until("an alert that nobody could be told of", |heard| {
        is_open(heard) && messages(heard).iter().any(|message| message.tries > 1)
    });
    let (second, mut two) = account.engine(settings);
    two.until("the message", |heard| is_second(heard) && !messages(heard).is_empty());
    let stores = Reader::open(&home.path().join("accounts").join(emulator::ACCOUNT)).unwrap();
    let id = stores.alerts(1).unwrap().pop().unwrap().id;
    for wish in [AlertState::Acknowledged, AlertState::Open] {
        second.request(Request::Alert { id: id.clone(), state: wish });
        one.until("the wish in the first", |heard| state(heard, &id) == Some(wish));
        two.until("the wish in the second", |heard| state(heard, &id) == Some(wish));
        assert_eq!(stores.alert(&id).unwrap().unwrap().state, wish);
    }
    let tries = messages(&one).iter().map(|message| message.tries).max().unwrap_or_default();
    second.request(Request::Retry(None));
    one.until("tries that begin anew", |heard| {
        let begins = |update: &Update| {
            let Update::Messages(messages) = update else { return false };
            messages.iter().any(|message| message.tries < tries && message.state.as_str() == "waiting")
        };
        heard.all.iter().rev().take_while(|update| !matches!(update, Update::Alerts(_))).any(begins)
    });
    assert!(messages(&one).iter().all(|message| !matches!(message.state, Delivery::Failed { .. })));
}

#[test]
fn how_alarms_and_restores_change_is_kept() {
    let (account, home) = (Account::start(), tempfile::tempdir().unwrap());
    let settings = shared(&account, home.path());
    let (engine, mut heard) = account.engine(settings.clone());
    let local = |update: &Update| {
        let Update::Alarms { region, alarms, .. } = update else { return None };
        let changed = alarms.iter().find(|alarm| alarm.state == AlarmState::Ok && alarm.since.is_some());
        changed.filter(|_| region.as_str() == Region::LOCAL).map(|alarm| alarm.name.clone())
    };
    heard.until("restores, and a local alarm that has changed", |heard| {
        is_live(heard, SourceKind::Restores) && heard.all.iter().any(|update| local(update).is_some())
    });
    let name = heard.all.iter().find_map(local).unwrap();
    drop(engine);
    let store = Reader::open(&home.path().join("accounts").join(emulator::ACCOUNT)).unwrap();
    assert!(!store.restores().unwrap().is_empty());
    let kept = store.alarm_changes(&Region::new(Region::LOCAL), &name, 10).unwrap();
    assert!(kept.iter().any(|entry| entry.change.summary.ends_with("to OK")), "{kept:?}");
    // What the next run shows of it is what was kept: it has seen no change itself.
    let (engine, mut heard) = account.engine(settings);
    heard.until("the next run", |heard| is_live(heard, SourceKind::Alarms));
    engine.request(Request::AlarmHistory { id: 7, region: Region::new(Region::LOCAL), name });
    heard.until("the history of both runs", |heard| {
        has(heard, |update| {
            let Update::AlarmHistory { id: 7, history: Ok(history) } = update else { return false };
            kept.iter().all(|entry| history.contains(&entry.change))
        })
    });
}
