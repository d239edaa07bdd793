//! What is kept, and given back.

use super::*;
use crate::{
    model::{AlarmChange, AlertState, Delivery, Place, Region, Restore, RestoreState, StorageClass},
    store::{
        AlarmEntry, Position, Reader, RestoreEntry,
        samples::{alert, event, events, message},
    },
};

/// All events of a store, the newest first.
fn all(reader: &Reader, chunk: usize) -> Vec<Event> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let some = reader.newest(before, chunk).unwrap();
        let Some(last) = some.last() else { return all };
        before = Some(last.key);
        all.extend(some.into_iter().map(|stored| stored.event));
    }
}

#[test]
fn events_are_given_back_as_they_came_whole_and_in_the_order_of_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    // Single ones, some, more than a block, and some that happened long before: in rows and in blocks.
    for numbers in [5_000..5_001, 5_001..5_100, 6_000..7_200, 0..700, 5_100..5_300, 7_200..7_300, 5_300..6_000] {
        store.commit(&of_events(events(numbers))).unwrap();
    }
    let mut odd = event(8_000);
    (odd.id, odd.record, odd.target) = (String::new(), "{\"a\": \"\u{0} ü".into(), "x".repeat(3_000));
    let mut long = event(8_001);
    long.record = "no end ".repeat(300_000);
    store.commit(&of_events(vec![odd.clone(), long.clone()])).unwrap();
    let mut expected: Vec<Event> = events(0..700).into_iter().chain(events(5_000..7_300)).collect();
    expected.extend([odd, long]);
    expected.reverse();
    for chunk in [97, 5_000] {
        let all = all(store.reader(), chunk);
        assert_eq!(all.len(), expected.len());
        assert!(all == expected, "in chunks of {chunk}");
    }
    assert_eq!(store.reader().counts().unwrap().events, expected.len() as u64);
    let third = store.reader().newest(None, 3).unwrap().remove(2);
    assert_eq!(store.reader().event(third.key).unwrap(), Some(third.event.clone()));
    assert_eq!(store.reader().record(third.key).unwrap(), Some(third.event.record));
    let gone = super::super::Key { number: 1 << 40, ..third.key };
    assert_eq!(store.reader().event(gone).unwrap(), None);
    assert_eq!(store.reader().damaged(), 0);
    drop(store);
    let mut store = super::store(folder.path());
    assert!(all(store.reader(), 5_000) == expected, "after a restart");
    let committed = store.commit(&of_events(events(7_290..7_310))).unwrap();
    assert_eq!(committed.new, [[false; 10], [true; 10]].concat());
}

#[test]
fn an_event_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    for numbers in [0..10, 0..20, 5..600, 0..2_000, 1_900..1_910] {
        store.commit(&of_events(events(numbers))).unwrap();
    }
    let twice = [events(3_000..3_003), events(3_000..3_004)].concat();
    assert_eq!(store.commit(&of_events(twice)).unwrap().new, [true, true, true, false, false, false, true]);
    assert_eq!(store.reader().counts().unwrap().events, 2_004);
    let asked: Vec<Event> = [0, 5, 1_999, 2_000, 2_999, 3_003].map(event).into();
    let known = store.reader().known(asked.iter().map(|event| (event.time, event.id.as_str()))).unwrap();
    let found: Vec<bool> = asked.iter().map(|event| known.contains(event.id.as_str())).collect();
    assert_eq!(found, [true, true, true, false, false, true]);
}

#[test]
fn an_event_that_has_no_time_is_kept_once_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let undated = |seconds| Event { time: at(seconds), seen: at(seconds), ..event(9) };
    store.commit(&of_events([vec![undated(9)], events(100..1_000)].concat())).unwrap();
    assert_eq!(store.commit(&of_events(vec![undated(77_777)])).unwrap().new, [false]);
}

#[test]
fn what_belongs_together_is_kept_together() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let position = |body: &[u8]| Position {
        account: "111122223333".into(),
        region: "eu-west-1".into(),
        kind: "events".into(),
        body: body.into(),
    };
    let change = AlarmChange { time: at(1), kind: "StateUpdate".into(), summary: "red".into(), data: "{}".into() };
    let entry = AlarmEntry { region: Region::new("eu-west-1"), alarm: "root".into(), change };
    let restore = Restore {
        place: Place { bucket: "archive".into(), prefix: String::new() },
        region: Region::new("eu-west-1"),
        key: "tape".into(),
        storage_class: StorageClass("GLACIER".into()),
        size: 7,
        state: RestoreState::InProgress,
        first_seen: at(0),
    };
    let ready = Restore { state: RestoreState::Ready { expires: at(9) }, ..restore.clone() };
    let restores = [(1, restore), (2, ready)].map(|(s, restore)| RestoreEntry { time: at(s), restore });
    let batch = Batch {
        events: events(0..3),
        alerts: vec![alert("root-use/1", 1)],
        messages: vec![message("desktop", "k1", 1), message("hook", "k1", 1), message("desktop", "k2", 2)],
        positions: vec![position(b"1")],
        facts: vec![("told/a".into(), Some(b"x".into())), ("told/b".into(), Some(b"y".into()))],
        alarm_changes: vec![entry.clone(), entry.clone()],
        restore_changes: restores.to_vec(),
    };
    assert_eq!(store.commit(&batch).unwrap().messages, [Some(1), Some(2), Some(3)]);
    let again = Batch { positions: vec![position(b"2")], facts: vec![("told/a".into(), None)], ..batch.clone() };
    let again = Batch { restore_changes: Vec::new(), ..again };
    assert_eq!(store.commit(&again).unwrap().messages, [None, None, None], "each is told once");
    drop(store);
    let store = super::store(folder.path());
    let reader = store.reader();
    assert_eq!(reader.alerts(9).unwrap(), batch.alerts);
    assert_eq!(reader.positions().unwrap(), again.positions);
    assert_eq!(reader.facts("told/").unwrap(), [("told/b".to_owned(), b"y".to_vec())]);
    assert_eq!(reader.fact("told/a").unwrap(), None);
    assert_eq!(reader.alarm_changes(&entry.region, "root", 9).unwrap(), [entry]);
    assert_eq!(reader.restores().unwrap(), restores[1..]);
    assert_eq!(reader.restore_changes("archive", "tape").unwrap(), restores);
    let waiting = reader.waiting("desktop", 9).unwrap();
    assert_eq!(waiting.iter().map(|m| (m.id, m.notice.key.as_str())).collect::<Vec<_>>(), [(1, "k1"), (3, "k2")]);
    assert_eq!(waiting[0], crate::model::Message { id: 1, ..batch.messages[0].clone() });
    assert_eq!(reader.waiting_by_channel().unwrap(), [("desktop".to_owned(), 2), ("hook".to_owned(), 1)]);
    let counts = reader.counts().unwrap();
    assert_eq!((counts.events, counts.alerts, counts.unacknowledged, counts.waiting), (3, 1, 1, 3));
}

#[test]
fn what_was_done_with_an_alert_stays_when_it_is_raised_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let batch = |alert| Batch { alerts: vec![alert], ..Batch::default() };
    store.commit(&batch(alert("a", 1))).unwrap();
    let beside = Reader::open(folder.path()).unwrap();
    for state in [AlertState::Acknowledged, AlertState::Snoozed { until: at(99) }] {
        assert!(beside.set_alert_state("a", state).unwrap());
        let more = crate::model::Alert { count: 2, last: at(5), ..alert("a", 1) };
        store.commit(&batch(more.clone())).unwrap();
        assert_eq!(store.reader().alert("a").unwrap(), Some(crate::model::Alert { state, ..more }));
    }
    assert!(!beside.set_alert_state("b", AlertState::Acknowledged).unwrap());
    assert_eq!(beside.unacknowledged_alerts().unwrap().len(), 1);
}

#[test]
fn a_message_says_how_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let messages = (0..4).map(|n| message("hook", &format!("k{n}"), n)).collect();
    store.commit(&Batch { messages, ..Batch::default() }).unwrap();
    let states = [
        Delivery::Sent { at: at(5) },
        Delivery::Failed { at: at(6) },
        Delivery::Held { at: at(7) },
        Delivery::Waiting { due: at(8) },
    ];
    let reader = store.reader();
    for (id, state) in (1..).zip(states) {
        assert!(reader.mark(id, state, 3, "503").unwrap());
    }
    let found = reader.messages(9).unwrap();
    assert_eq!(found.iter().rev().map(|m| m.state).collect::<Vec<_>>(), states);
    assert_eq!((found[0].tries, found[0].said.as_str()), (3, "503"));
    assert_eq!(reader.waiting("hook", 9).unwrap().len(), 1);
    assert_eq!(reader.held("hook", at(7)).unwrap().len(), 1);
    assert_eq!(reader.held("hook", at(8)).unwrap().len(), 0);
    assert_eq!(reader.counts().unwrap().failed, 1);
}

#[test]
fn readers_see_what_the_writer_keeps_and_that_it_did() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Reader::open(folder.path()).unwrap_err().is_missing());
    let mut store = store(folder.path());
    let readers = [(); 3].map(|()| Reader::open(folder.path()).unwrap());
    for reader in &readers {
        assert!(reader.changed().unwrap() && !reader.changed().unwrap());
    }
    store.commit(&of_events(events(0..600))).unwrap();
    std::thread::scope(|scope| {
        for reader in readers {
            scope.spawn(move || {
                assert!(reader.changed().unwrap() && !reader.changed().unwrap());
                assert_eq!(reader.newest(None, 1_000).unwrap().len(), 600);
                reader.set_fact("switch/x", Some(b"on")).unwrap();
            });
        }
    });
    assert!(store.reader().changed().unwrap());
    assert_eq!(store.reader().fact("switch/x").unwrap().as_deref(), Some(&b"on"[..]));
}

#[test]
fn the_store_can_go_to_another_thread() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    std::thread::spawn(move || store.commit(&of_events(events(0..1))).unwrap()).join().unwrap();
}

#[test]
fn a_reader_reads_while_the_writer_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let reader = Reader::open(folder.path()).unwrap();
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut most = 0;
            while is_done.try_recv().is_err() {
                let found = reader.newest(None, 3_000).unwrap();
                // Whole batches of ten, each as new as the one before it or newer.
                assert!(found.len().is_multiple_of(10) && found.len() >= most, "{} after {most}", found.len());
                most = found.len();
            }
        });
        for n in 0..150 {
            store.commit(&of_events(events(n * 10..n * 10 + 10))).unwrap();
        }
        done.send(()).unwrap();
    });
}
