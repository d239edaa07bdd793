//! Files of records, and the records in them.

use std::io::{self, Cursor, Read};

use serde_json::Value as Json;
use trailwatch::{
    json::Tree,
    model::{
        Region, Time,
        record::{Envelope, read},
    },
    rules::{
        Key, Subject,
        tape::{Tape, Value},
    },
    trail::{Batch, Reader},
};

use super::parts;

/// A trail's file: its records are the same in whatever pieces it comes.
pub fn trail(input: &[u8]) {
    let whole = records(Cursor::new(input.to_vec()));
    // How much is had of a gzipped file before its damage depends on how it comes.
    if whole.1 == 0 || !input.starts_with(&[0x1f, 0x8b]) {
        for size in [1, 7] {
            assert_eq!(records(Pieces { bytes: Cursor::new(input.to_vec()), size }), whole, "in pieces of {size}");
        }
    }
    for record in whole.0 {
        subject(&record);
        let seen = Subject::event(&read(Envelope::bare(Region::new("eu-west-1"), record), Time::UNIX_EPOCH));
        assert!(seen.envelope().get("detail-type").is_some());
    }
}

/// The records of a file with the number of places that were left out.
fn records(input: impl Read + Send + 'static) -> (Vec<String>, u64) {
    let (mut batch, mut records) = (Batch::default(), Vec::new());
    let Ok(mut reader) = Reader::new(input) else { panic!("there is no error to read from memory") };
    loop {
        reader.read(&mut batch).expect("there is no error to read from memory");
        if batch.is_empty() {
            assert_eq!(reader.records(), records.len() as u64);
            assert!(reader.damages().len() as u64 <= reader.damaged());
            return (records, reader.damaged());
        }
        for (number, record) in batch.iter() {
            records.push(record.to_owned());
            assert_eq!(number, records.len() as u64);
        }
    }
}

/// A reader that gives little at a time.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    size: usize,
}

impl Read for Pieces {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(room.len());
        self.bytes.read(&mut room[..size])
    }
}

/// A JSON text: as tape, as tree and as subject; and one that follows in the same memory.
pub fn tape(input: &[u8]) {
    let [first, second] = parts(input);
    let mut tape = Tape::default();
    for text in [&first, &second] {
        let serde = serde_json::from_str::<Json>(text);
        match (tape.read(text), serde) {
            (Ok(value), Ok(json)) => same(value, &json),
            (Ok(_), Err(_)) => {}
            (Err(problem), Err(_)) => assert!(problem.offset <= text.len() && !problem.reason.is_empty()),
            (Err(problem), Ok(_)) => panic!("{problem:?} in JSON"),
        }
        tree(text);
        subject(text);
    }
    let mut told = Subject::default();
    for text in [&first, &second] {
        // What is no record leaves nothing of the one before.
        let fresh = told.tell(text).and_then(|()| Subject::cloudtrail(text)).unwrap_or_default();
        assert_eq!(told.envelope().raw(), fresh.envelope().raw());
        for key in Key::ALL {
            assert_eq!(told.fact(key).map(Value::raw), fresh.fact(key).map(Value::raw));
        }
    }
}

/// Every row of a tree has a place, a key or value, and a path.
fn tree(text: &str) {
    let mut tree = Tree::parse(text);
    tree.fold_to(1);
    tree.unfold_all();
    for row in 0..tree.len() {
        let row = row as trailwatch::json::RowNo;
        let _ = (tree.path(row), tree.copied_value(row), tree.value(row), tree.decoded_key(row));
    }
}

/// A text as a record and as an envelope: each value can be looked at, and stands where it says.
fn subject(text: &str) {
    for subject in [Subject::cloudtrail(text), Subject::envelope_of(text), Subject::bare(text)].into_iter().flatten() {
        let whole = subject.envelope();
        assert!(serde_json::from_str::<Json>(text).is_err() || serde_json::from_str::<Json>(whole.raw()).is_ok());
        for value in whole.all() {
            assert_eq!(&whole.raw()[value.range().start - whole.range().start..][..value.raw().len()], value.raw());
            assert_eq!(value.key().is_some(), !value.key_range().is_empty());
            assert!(value.key().is_none_or(|key| value.has_key(&key) && value.key_after(&key).as_deref() == Some("")));
            assert!(value.items().count() <= value.children().count());
        }
        assert!(subject.record().all().count() <= whole.all().count());
        assert!(Key::ALL.iter().all(|key| subject.fact(*key).is_none_or(|fact| fact.position() < whole.all().count())));
    }
}

/// What serde_json reads is what the tape reads.
fn same(value: Value<'_>, json: &Json) {
    match json {
        Json::Array(items) => {
            assert_eq!(value.items().count(), items.len());
            value.items().zip(items).for_each(|(value, json)| same(value, json));
        }
        Json::Object(members) => {
            assert!(value.children().all(|child| child.key().is_some_and(|key| members.contains_key(&*key))));
            for (key, member) in members {
                same(value.get(key).unwrap_or_else(|| panic!("{key:?} is missing in {value:?}")), member);
            }
        }
        Json::String(text) => assert_eq!(value.text().as_deref(), Some(text.as_str())),
        // serde_json's last digit is not exact unless asked for.
        Json::Number(number) => {
            let (ours, theirs) = (value.number().unwrap_or(f64::NAN), number.as_f64().unwrap_or(f64::NAN));
            assert!((ours - theirs).abs() <= ours.abs() * 1e-14, "{ours} is no {theirs}");
        }
        other => assert_eq!(value.raw(), other.to_string()),
    }
}
