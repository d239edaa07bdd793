//! Stores that are older, newer, damaged or no stores.

use std::fs;

use super::*;
use crate::store::{
    Reader,
    open::open_with,
    samples::{event, events},
    schema::{MIGRATIONS, pragma},
};

/// The names in a folder that start so.
fn names(folder: &Path, start: &str) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(name).filter(|name| name.starts_with(start)).collect();
    names.sort();
    names
}

#[test]
fn an_older_store_is_copied_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    store.commit(&of_events(vec![event(1)])).unwrap();
    drop(store);
    let steps = [MIGRATIONS, &["CREATE TABLE more (x); INSERT INTO more VALUES (7)", "DELETE FROM fresh"]].concat();
    let opened = open_with(lease(folder.path()), Limits::default(), at(0), &steps).unwrap();
    let copy = "store-v1-20231114T221320Z.db";
    assert!(opened.said[0].contains("the store has a new form") && opened.said[0].contains(copy), "{:?}", opened.said);
    assert_eq!(pragma(&opened.store.reader().db, "user_version").unwrap(), steps.len() as i64);
    assert_eq!(opened.store.reader().counts().unwrap().events, 0);
    let error = Reader::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("a newer trailwatch"), "{error}");
    drop(opened);
    fs::copy(folder.path().join(copy), folder.path().join("store.db")).unwrap();
    let store = super::store(folder.path());
    assert_eq!(store.reader().newest(None, 9).unwrap()[0].event, event(1));
    assert_eq!(pragma(&store.reader().db, "auto_vacuum").unwrap(), 2);
    #[cfg(unix)]
    {
        let mode = fs::metadata(folder.path().join(copy)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    }
}

#[test]
fn a_step_that_fails_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let steps = [MIGRATIONS, &["CREATE TABLE more (x); CREATE TABLE more (x)"]].concat();
    open_with(lease(folder.path()), Limits::default(), at(0), &steps).unwrap_err();
    let store = store(folder.path());
    assert_eq!(pragma(&store.reader().db, "user_version").unwrap(), 1);
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    store.reader().db.pragma_update(None, "user_version", 7).unwrap();
    drop(store);
    let error = Store::open(lease(folder.path()), Limits::default(), at(0)).unwrap_err().to_string();
    assert!(error.contains("newer trailwatch (version 7 of its form, this one knows 1)"), "{error}");
    assert!(error.contains("store.db: ") && error.contains("--state"), "{error}");
    assert_eq!(names(folder.path(), "store-"), [""; 0]);
}

/// Spoils a store, and expects it to be set aside.
fn is_set_aside(spoil: impl Fn(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    store.commit(&of_events(events(0..2_000))).unwrap();
    store.reader().db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(store);
    let path = folder.path().join("store.db");
    spoil(&path);
    let spoilt = fs::read(&path).unwrap();
    let mut opened = opened(folder.path());
    let aside = "store-damaged-20231114T221320Z.db";
    assert!(opened.said[0].contains("damaged") && opened.said[0].contains(aside), "{:?}", opened.said);
    assert!(fs::read(folder.path().join(aside)).unwrap() == spoilt, "it is kept as it was");
    assert_eq!(opened.store.reader().counts().unwrap().events, 0);
    opened.store.commit(&of_events(events(0..10))).unwrap();
    drop(opened);
    assert_eq!(super::store(folder.path()).reader().counts().unwrap().events, 10);
}

#[test]
fn what_is_no_database_is_set_aside() {
    is_set_aside(|path| {
        fs::write(path, "no database at all, and longer than a header of SQLite's is, so that").unwrap()
    });
}

#[test]
fn a_store_that_was_cut_off_is_set_aside() {
    is_set_aside(|path| {
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    });
}

#[test]
fn a_store_with_a_spoilt_page_is_set_aside() {
    is_set_aside(|path| {
        let mut bytes = fs::read(path).unwrap();
        for page in bytes.chunks_mut(8_192).skip(2).take(6) {
            page.fill(0xa5);
        }
        fs::write(path, bytes).unwrap();
    });
}

#[test]
fn the_database_of_another_program_is_set_aside() {
    is_set_aside(|path| {
        let db = rusqlite::Connection::open(path).unwrap();
        db.execute_batch("PRAGMA application_id = 77; PRAGMA journal_mode = DELETE").unwrap();
    });
}

#[test]
fn several_damaged_stores_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    for text in ["first: this is no database", "second: this is none", "third: and this is none either"] {
        fs::write(folder.path().join("store.db"), text.repeat(9)).unwrap();
        opened(folder.path());
    }
    let kept = names(folder.path(), "store-damaged");
    let expected = ["", "-2", "-3"].map(|n| format!("store-damaged-20231114T221320Z{n}.db"));
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(kept, expected);
}
