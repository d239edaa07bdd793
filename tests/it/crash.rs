//! The real `watch`, killed again and again: nothing is lost, and nothing is said twice. `tests/crash_test.py` does the
//! same for longer, with a disk that is full and a webhook that is not well.

mod world;

use std::{
    collections::BTreeSet,
    fs, thread,
    time::{Duration, Instant},
};

use chrono::Utc;
use serde_json::Value;
use trailwatch::model::{Alert, Time};
use world::{World, account_folder};

const LIVES: u64 = 8;

/// Waits until this gives something.
fn until<T>(what: &str, seconds: u64, mut holds: impl FnMut() -> Result<T, String>) -> T {
    let limit = Instant::now() + Duration::from_secs(seconds);
    loop {
        match holds() {
            Ok(found) => return found,
            Err(why) if Instant::now() > limit => panic!("{what}: {why}"),
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn alerts(world: &World, state: &str) -> Vec<Alert> {
    world.reader(state).and_then(|reader| reader.alerts(usize::MAX >> 1).ok()).unwrap_or_default()
}

/// Rule and event of all that fired on events between two times.
fn fired(alerts: &[Alert], from: Time, to: Time) -> BTreeSet<(String, String)> {
    let within = alerts.iter().filter(|alert| from <= alert.first && alert.last <= to && alert.rule == "every-change");
    within.flat_map(|alert| alert.events.iter().map(|event| (alert.rule.clone(), event.clone()))).collect()
}

/// A number that looks like chance, the same in each run.
fn dice(seed: u64) -> u64 {
    let mixed = (seed + 7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33
}

#[test]
fn after_kills_every_alert_was_received_and_one_message_a_kill_was_repeated_at_most() {
    let started = Utc::now();
    let world = World::start();
    let calm = world.watch("calm", "untold.toml", &["watch", "--quiet"]);
    for life in 0..LIVES {
        let mut watcher = world.watch("state", "told.toml", &["watch", "--quiet"]);
        thread::sleep(Duration::from_millis(300 + dice(life) % 1_200));
        watcher.kill();
    }
    let last = world.watch("state", "told.toml", &["watch", "--quiet"]);
    // What was there before the account is told at once, and so both must have read all of it.
    let from = started - chrono::TimeDelta::seconds(450);
    let before = started - chrono::TimeDelta::seconds(1);
    until("what fired without kills has fired with them", 20, || {
        let (ours, theirs) = (alerts(&world, "state"), alerts(&world, "calm"));
        let got: BTreeSet<String> = world.got().into_values().filter_map(|(_, alert)| alert).collect();
        let unheard: Vec<&str> =
            ours.iter().filter(|alert| !got.contains(&alert.id)).map(|alert| alert.id.as_str()).collect();
        let (fired, expected) = (fired(&ours, from, before), fired(&theirs, from, before));
        let good = unheard.is_empty() && fired == expected && fired.len() > 10;
        if good { Ok(()) } else { Err(format!("{} of {}, not told: {unheard:?}", fired.len(), expected.len())) }
    });
    last.end();
    calm.end();
    let got = world.got();
    let repeats: usize = got.values().map(|(times, _)| times - 1).sum();
    assert!(repeats <= LIVES as usize, "{repeats} repeats: {got:?}");
    let again = world.watch("state", "told.toml", &["watch", "--quiet"]);
    thread::sleep(Duration::from_secs(2));
    again.end();
    let repeated: Vec<_> = got.iter().filter(|(key, (times, _))| world.got()[*key].0 > *times).collect();
    assert!(repeated.is_empty(), "said again after a start in peace: {repeated:?}");
}

fn ids(lines: &[Value], kind: &str) -> BTreeSet<String> {
    lines.iter().filter(|line| line["kind"] == kind).map(|line| line["id"].to_string()).collect()
}

fn store_states(lines: &[Value]) -> Vec<String> {
    let of_store = lines.iter().filter(|line| line["kind"] == "source" && line["of"] == "store");
    of_store.map(|line| line["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_second_on_one_state_folder_shows_what_the_first_keeps_and_takes_over_when_it_is_killed() {
    let world = World::start();
    let mut first = world.watch("state", "told.toml", &["watch"]);
    until("the first keeps alerts", 20, || match alerts(&world, "state").len() {
        0 => Err(first.said()),
        _ => Ok(()),
    });
    let second = world.watch("state", "told.toml", &["watch"]);
    let words = format!("another trailwatch (process {}) asks AWS and notifies", first.child.id());
    until("the second says that it only shows", 20, || match second.said().contains(&words) {
        true => Ok(()),
        false => Err(second.said()),
    });
    let shown = until("the second shows what the first keeps", 25, || {
        let shown = ids(&second.lines(), "event");
        if shown.is_empty() { Err(format!("{:?}", second.said())) } else { Ok(shown) }
    });
    assert!(shown.is_subset(&ids(&first.lines(), "event")), "it asks nobody itself");
    assert!(store_states(&second.lines()).is_empty());
    first.kill();
    until("the second takes over", 20, || {
        let states = store_states(&second.lines());
        if states == ["live"] { Ok(()) } else { Err(format!("{states:?} {}", second.said())) }
    });
    let kept = alerts(&world, "state").len();
    until("what is owed is told by the second", 20, || {
        let waiting = world.reader("state").unwrap().waiting("hook", 10).unwrap();
        if waiting.is_empty() && world.got().len() >= kept { Ok(()) } else { Err(format!("{waiting:?}")) }
    });
    let repeats: usize = world.got().values().map(|(times, _)| times - 1).sum();
    assert!(repeats <= 1, "{:?}", world.got());
    let printed = second.lines();
    let events = printed.iter().filter(|line| line["kind"] == "event").count();
    assert_eq!(events, ids(&printed, "event").len(), "no event twice over the change");
    second.end();
}

/// What `watch` prints of the store, says, and ends with, when that cannot be used.
fn trouble(world: &World) -> (Value, String, String) {
    let watcher = world.watch("state", "told.toml", &["watch"]);
    let line = until("a line about the store", 20, || {
        let lines = watcher.lines();
        let line = lines.iter().find(|line| line["kind"] == "source" && line["of"] == "store").cloned();
        line.ok_or_else(|| watcher.said())
    });
    until("events, as without a store", 20, || match ids(&watcher.lines(), "event").len() {
        0 => Err(watcher.said()),
        _ => Ok(()),
    });
    let said = watcher.said();
    watcher.end();
    let quiet = world.program("state", "told.toml", &["watch", "--quiet", "--for", "15s"]).output().unwrap();
    assert_eq!((quiet.status.code(), quiet.stdout.len()), (Some(1), 0));
    (line, said, String::from_utf8(quiet.stderr).unwrap())
}

#[test]
fn a_store_that_cannot_be_used_is_said_and_ends_a_service() {
    let world = World::start();
    fs::write(world.state("state"), "a file").unwrap();
    let (line, said, ended) = trouble(&world);
    assert_eq!((line["state"].as_str(), line["error"]["code"].as_str()), (Some("failed"), Some("StoreUnusable")));
    let folder = account_folder(&world.state("state"));
    let words = format!(
        "trailwatch: {}: Not a directory (os error 20); see that the folder is there and belongs to you, or use another \
         one with --state; nothing is kept, and no channel is told, until that is mended and trailwatch is started again\n",
        folder.display()
    );
    assert_eq!((said, ended), (words.clone(), words));
}

#[test]
fn the_store_of_a_newer_trailwatch_is_left_alone_and_said() {
    let world = World::start();
    let folder = account_folder(&world.state("state"));
    fs::create_dir_all(&folder).unwrap();
    let newer = rusqlite::Connection::open(folder.join("store.db")).unwrap();
    newer.execute_batch("PRAGMA application_id = 0x74770001; CREATE TABLE x (y); PRAGMA user_version = 99;").unwrap();
    drop(newer);
    let before = fs::read(folder.join("store.db")).unwrap();
    let (line, said, ended) = trouble(&world);
    let words = "the store was written by a newer trailwatch (version 99 of its form, this one knows ";
    assert!(line["error"]["message"].as_str().unwrap().contains(words), "{line}");
    assert!(said.contains(words) && ended.contains(words), "{said}\n{ended}");
    assert!(fs::read(folder.join("store.db")).unwrap() == before, "not a byte of it has changed");
}

#[test]
fn a_damaged_store_is_set_aside_and_said_and_the_watch_goes_on() {
    let world = World::start();
    let folder = account_folder(&world.state("state"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("store.db"), "no database at all".repeat(1_000)).unwrap();
    let watcher = world.watch("state", "told.toml", &["watch"]);
    until("a new store takes alerts", 20, || match alerts(&world, "state").len() {
        0 => Err(watcher.said()),
        _ => Ok(()),
    });
    assert!(store_states(&watcher.lines()).contains(&"live".to_owned()));
    let said = watcher.said();
    assert!(said.contains("store.db is damaged (") && said.contains("a new one is begun"), "{said}");
    let aside = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
    let aside: Vec<String> = aside.filter(|name| name.contains("damaged")).collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    watcher.end();
}

#[test]
fn the_alerts_of_a_store_that_is_not_there_are_asked_for_with_advice() {
    let world = World::start();
    let alerts = world.program("state", "told.toml", &["alerts"]).output().unwrap();
    assert_eq!(
        (alerts.status.code(), String::from_utf8(alerts.stderr).unwrap().as_str()),
        (
            Some(1),
            "trailwatch: nothing is kept yet for this profile and endpoint: start trailwatch, or trailwatch watch, once\n"
        )
    );
}
