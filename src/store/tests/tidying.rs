//! Letting go by age and by size.

use chrono::TimeDelta;

use super::*;
use crate::{
    model::{AlertState, Delivery},
    store::samples::{alert, events, message},
};

const DAY: i64 = 86_400;

fn limited(folder: &Path, limits: Limits) -> Store {
    Store::open(lease(folder), limits, at(0)).unwrap().store
}

#[test]
fn what_is_too_old_goes_and_what_somebody_must_still_see_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = limited(folder.path(), Limits { age: TimeDelta::days(90), ..Limits::default() });
    store.commit(&of_events(events(0..2_000))).unwrap();
    store.commit(&of_events(events(2_000..2_010))).unwrap();
    let late = events(3_000..3_020).into_iter().map(|event| Event { time: at(80 * DAY), ..event }).collect();
    let messages = (0..4).map(|n| message("hook", &format!("k{n}"), n)).collect();
    let alerts = ["open", "seen", "later"].map(|id| alert(id, 1)).to_vec();
    store.commit(&Batch { alerts, messages, ..of_events(late) }).unwrap();
    store.reader().set_alert_state("seen", AlertState::Acknowledged).unwrap();
    store.reader().set_alert_state("later", AlertState::Snoozed { until: at(9) }).unwrap();
    for (id, state) in [(1, Delivery::Sent { at: at(2) }), (2, Delivery::Failed { at: at(2) })] {
        store.reader().mark(id, state, 1, "").unwrap();
    }
    assert!(!store.tidy(at(60 * DAY), 100).unwrap());
    assert_eq!(store.reader().counts().unwrap().events, 2_030);
    let mut slices = 1;
    while store.tidy(at(100 * DAY), 1).unwrap() {
        slices += 1;
    }
    assert!(slices > 4, "{slices}");
    let counts = store.reader().counts().unwrap();
    assert_eq!((counts.events, counts.alerts, counts.unacknowledged), (20, 2, 2));
    assert_eq!(store.reader().messages(9).unwrap().iter().map(|m| m.id).collect::<Vec<_>>(), [4, 3]);
}

#[test]
fn beyond_its_size_the_store_lets_go_of_the_oldest_events_and_gives_back_the_room() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = 6 << 20;
    let mut store = limited(folder.path(), Limits { bytes, ..Limits::default() });
    let mut random = 1_u64;
    for n in 0..40 {
        let mut some = events(n * 500..n * 500 + 500);
        for event in &mut some {
            let mut word = || {
                random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
                format!("{:016x}", random ^ random >> 29)
            };
            event.record = (0..40).map(|_| word()).collect();
        }
        store.commit(&of_events(some)).unwrap();
    }
    assert!(store.reader().used().unwrap() > bytes);
    while store.tidy(at(20_000), 3).unwrap() {}
    let (left, used) = (store.reader().counts().unwrap().events, store.reader().used().unwrap());
    assert!(used <= bytes && used > bytes / 2, "{used}");
    assert!(left > 1_000 && left < 19_500, "{left}");
    let newest = store.reader().newest(None, 20_000).unwrap();
    assert_eq!(newest.len() as u64, left);
    assert_eq!(newest[0].event.time, at(19_999));
    store.reader().db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    // What is free beyond a spare of 4 MiB goes back to the disk.
    let size = store.reader().size().unwrap();
    assert!(size < bytes + (5 << 20), "{size}");
}

#[test]
fn the_log_beside_the_store_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let long = |event| Event { record: "a record of some length ".repeat(100), ..event };
    for n in 0..300 {
        let some = events(n * 20..n * 20 + 20).into_iter().map(long).collect();
        store.commit(&of_events(some)).unwrap();
    }
    let log = std::fs::metadata(folder.path().join("store.db-wal")).unwrap().len();
    assert!(log < 16 << 20, "{log}");
}
