//! The writer killed at any moment.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use super::*;
use crate::store::{
    Position, Reader,
    samples::{alert, events, message},
};

/// Says to the child which folder is its.
const FOLDER: &str = "TRAILWATCH_TEST_STORE";

/// How many events a batch has: some batches become blocks at once, most do not.
fn numbers(n: u64) -> std::ops::Range<u64> {
    let count = if n % 5 == 4 { 600 } else { 60 };
    n * 1_000..n * 1_000 + count
}

fn batch(n: u64) -> Batch {
    let body = n.to_be_bytes().to_vec();
    Batch {
        events: events(numbers(n)),
        alerts: vec![alert(&format!("a{n}"), n as i64)],
        messages: vec![message("hook", &format!("k{n}"), n as i64), message("desktop", &format!("k{n}"), 0)],
        positions: vec![Position {
            account: "1".into(),
            region: "r".into(),
            kind: "events".into(),
            body: body.clone(),
        }],
        facts: vec![(format!("told/{n}"), Some(body))],
        ..Batch::default()
    }
}

/// The number of the last batch that is there, after a look at whether each before it is there once and whole, and
/// nothing of any after it.
fn last_whole(reader: &Reader) -> Option<u64> {
    let last = reader.positions().unwrap().first().map(|found| u64::from_be_bytes(found.body[..].try_into().unwrap()));
    let batches = last.map_or(0, |last| last + 1);
    let counts = reader.counts().unwrap();
    let expected: Vec<Event> =
        (0..batches).rev().flat_map(|n| numbers(n).rev().map(crate::store::samples::event)).collect();
    assert_eq!((counts.events, counts.alerts, counts.waiting), (expected.len() as u64, batches, 2 * batches));
    assert_eq!(reader.facts("told/").unwrap().len() as u64, batches);
    assert!(reader.newest(None, usize::MAX).unwrap().into_iter().map(|stored| stored.event).eq(expected));
    assert_eq!(reader.damaged(), 0);
    last
}

#[test]
fn a_child_keeps_batches_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let mut store = opened(Path::new(&folder)).store;
    let last = last_whole(store.reader());
    for n in last.map_or(0, |last| last + 1).. {
        store.commit(&batch(n)).unwrap();
        println!("\nkept {n}");
    }
}

fn child(folder: &Path) -> Child {
    let name = "store::tests::crash::a_child_keeps_batches_until_it_is_killed";
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn after_a_kill_every_batch_is_there_whole_or_not_at_all_and_what_was_told_kept_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = None;
    for round in 0..12_u64 {
        let mut child = child(folder.path());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reading = thread::spawn(move || {
            let kept = |line: String| line.strip_prefix("kept ")?.parse::<u64>().ok();
            lines.map_while(|line| line.ok()).filter_map(kept).last()
        });
        thread::sleep(Duration::from_millis(150 + round * 37 % 200));
        child.kill().unwrap();
        child.wait().unwrap();
        told = told.max(reading.join().unwrap());
        let store = store(folder.path());
        let last = last_whole(store.reader());
        assert!(last >= told, "{last:?} is there, {told:?} was told kept");
    }
    assert!(told > Some(5), "it was killed between batches too: {told:?}");
}
