//! A disk without room.

use super::*;
use crate::store::{
    Position,
    samples::{alert, events, message},
    schema::pragma,
};

fn batch(n: u64, count: u64) -> Batch {
    let position = Position { account: "1".into(), region: "r".into(), kind: "events".into(), body: vec![n as u8] };
    Batch {
        events: events(n * 10_000..n * 10_000 + count),
        alerts: vec![alert(&format!("a{n}"), n as i64)],
        messages: vec![message("hook", &format!("k{n}"), 1)],
        positions: vec![position],
        ..Batch::default()
    }
}

#[test]
fn without_room_nothing_is_kept_and_the_same_goes_through_later() {
    for count in [200, 2_000] {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path());
        store.commit(&batch(1, 3)).unwrap();
        let of = |store: &Store| (store.reader().counts().unwrap(), store.reader().positions().unwrap(), store.next);
        let before = of(&store);
        let limit = |store: &Store, pages: i64| {
            store.reader().db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        };
        // From no room at all to nearly enough: it fails at one place after the other.
        let pages = pragma(&store.reader().db, "page_count").unwrap();
        for more in [0, 1, 2, 4] {
            limit(&store, pages + more);
            let error = store.commit(&batch(2, count)).unwrap_err();
            assert!(error.is_full() && !error.is_damaged(), "{error}");
            assert!(error.to_string().contains("the disk is full"), "{error}");
            assert_eq!(of(&store), before);
        }
        limit(&store, 1 << 30);
        assert!(store.commit(&batch(2, count)).unwrap().new.iter().all(|new| *new));
        assert_eq!(store.reader().counts().unwrap().events, 3 + count);
        assert_eq!(store.reader().positions().unwrap()[0].body, [2]);
    }
}
