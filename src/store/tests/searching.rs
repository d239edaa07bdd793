//! Searches against the plainest way to find the same.

use super::*;
use crate::{
    model::{ActorKind, Outcome, Severity},
    store::{
        Column, Pattern, Reader, Search, Test,
        samples::{event, events},
    },
};

/// A store of events in rows and in blocks, some of whose times overlap; and the events, the newest first.
fn filled(folder: &Path) -> (Store, Vec<Event>) {
    let mut store = store(folder);
    let all = events(0..4_000);
    let of = |rest: usize| all.iter().filter(|event| event.time.timestamp() as usize % 3 == rest).cloned().collect();
    for rest in 0..3 {
        store.commit(&of_events(of(rest))).unwrap();
    }
    let late: Vec<Event> = events(4_000..4_100);
    store.commit(&of_events(late.clone())).unwrap();
    let mut all = [all, late].concat();
    all.reverse();
    (store, all)
}

/// What a search finds, in pages.
fn found(reader: &Reader, search: &Search, page: usize) -> Vec<String> {
    let (mut ids, mut before) = (Vec::new(), None);
    loop {
        let some = reader.search(search, before, page).unwrap();
        let Some(last) = some.last() else { return ids };
        before = Some(last.key);
        ids.extend(some.into_iter().map(|stored| stored.event.id));
    }
}

fn text(text: &str) -> Pattern {
    Pattern::text(text).unwrap()
}

#[test]
fn a_search_finds_what_looking_at_each_event_finds() {
    type Holds = fn(&Event) -> bool;
    let folder = tempfile::tempdir().unwrap();
    let (store, all) = filled(folder.path());
    let column = |column, pattern| Test::Text(vec![column], pattern);
    let any = |pattern| Test::Text(Column::ALL.into(), pattern);
    let one = "r-0000";
    let cases: Vec<(Search, Holds)> = vec![
        (Search::all(), |_| true),
        (Search::all().and(column(Column::Actor, text("SESSION-42"))), |e| e.actor.name.contains("session-42")),
        (Search::all().and_not(column(Column::Name, text("things"))), |e| e.name != "DescribeThings"),
        (Search::all().and(column(Column::Name, Pattern::wildcard("put*ing").unwrap())), |e| e.name == "PutThing"),
        (Search::all().and(column(Column::Name, Pattern::regex("^d.*g$").unwrap())), |e| e.name == "DeleteThing"),
        (Search::all().and(column(Column::Service, text("iam").or(text("nosuch")))), |e| e.service == "iam"),
        (Search::all().and(column(Column::Code, text("denied"))), |e| e.outcome != Outcome::Succeeded),
        (Search::all().and_not(column(Column::Code, text("denied"))), |e| e.outcome == Outcome::Succeeded),
        (Search::all().and(Test::NotSucceeded), |e| e.outcome != Outcome::Succeeded),
        (Search::all().and(any(text("thing-3999"))), |e| e.target == "thing-3999"),
        (Search::all().and(any(text("nowhere-at-all"))), |_| false),
        (Search::all().and(any(text("zz"))), |_| false),
        (Search::all().and_not(any(text("nowhere-at-all"))), |_| true),
        (Search::all().and(Test::AtLeast(Severity::High)), |e| e.severity >= Severity::High),
        (Search::all().and_not(Test::AtLeast(Severity::High)), |e| e.severity < Severity::High),
        (Search::all().and(Test::Late(true)).and_not(Test::ReadOnly(true)), |e| e.late && !e.read_only),
        (Search::all().and(Test::Fired(true)), |e| e.fired.is_some()),
        (Search::all().and(Test::Kinds(vec![ActorKind::Root])), |_| false),
        (Search::all().and_not(Test::Kinds(vec![ActorKind::Root, ActorKind::User])), |_| true),
        (Search::all().and(Test::Id(text("00000abc-"))), |e| e.id.starts_with("00000abc")),
        (Search::all().and(Test::Record(text("USERAGENT"))), |_| true),
        (Search::all().and(Test::Record(text(one))), |e| e.record.contains("r-0000")),
        (Search::all().and(Test::Record(text("00000e57-ca15"))), |e| e.id.starts_with("00000e57")),
        (Search::all().and(Test::Record(text("agent\"}{"))), |_| false),
        (Search::all().and_not(Test::Record(text("00000e57-ca15"))), |e| !e.id.starts_with("00000e57")),
        (Search::all().and(Test::Record(Pattern::regex("e57.*agent").unwrap())), |e| {
            e.record.split("agent").next().is_some_and(|start| start.contains("e57"))
        }),
        (Search::all().and(Test::Record(Pattern::regex("R-0+[a-f](1|2).*AGENT").unwrap())), |e| {
            let digits = e.record.split("r-0").nth(1).unwrap_or_default().trim_start_matches('0');
            digits.starts_with(|c: char| c.is_ascii_lowercase()) && ["1", "2"].contains(&&digits[1..2])
        }),
        (Search::all().and(column(Column::Address, Pattern::asking(|a| a.ends_with(".7")))), |e| {
            e.source_address.ends_with(".7")
        }),
        (Search::all().since(at(100)).until(at(2_000)).and(Test::Late(true)), |e| {
            e.late && (at(100)..=at(2_000)).contains(&e.time)
        }),
    ];
    for (search, holds) in cases {
        let expected: Vec<&str> = all.iter().filter(|event| holds(event)).map(|event| event.id.as_str()).collect();
        for page in [50, 10_000] {
            let found = found(store.reader(), &search, page);
            assert!(found == expected, "{search:?}: {} found, {} expected", found.len(), expected.len());
        }
    }
    assert_eq!(store.reader().damaged(), 0);
}

#[test]
fn letters_of_any_case_are_found_beyond_ascii_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let mut all = events(0..600);
    all[300].record = "{\"name\":\"Größe der \u{212a}ite ſind\"}".into();
    store.commit(&of_events(all)).unwrap();
    for word in ["GRÖSSE", "größe", "GRÖßE DER KITE", "kite sind"] {
        let found = store.reader().search(&Search::all().and(Test::Record(text(word))), None, 9).unwrap();
        assert_eq!(found.len(), usize::from(word != "GRÖSSE"), "{word}");
    }
}

#[test]
fn a_damaged_block_is_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (store, all) = filled(folder.path());
    let db = &store.reader().db;
    let parts: Vec<i64> = store.reader().all("SELECT part FROM parts", [], |row| row.get(0)).unwrap();
    for (n, part) in parts.iter().enumerate() {
        let sql = ["UPDATE parts SET body = x'00' || substr(body, 3)", "UPDATE parts SET body = 'text'"][n % 2];
        db.execute_batch(&format!("SAVEPOINT before; {sql} WHERE part = {part}")).unwrap();
        // In a savepoint nothing can begin another transaction, so the pieces are read one by one.
        db.execute_batch("RELEASE before").unwrap();
    }
    let found = store.reader().newest(None, 10_000).unwrap();
    assert_eq!(found.len(), 100, "what waits for a block is still there");
    assert!(store.reader().damaged() > 0);
    assert!(found.iter().map(|stored| &stored.event).eq(&all[..100]));
    for search in [Test::Record(text("agent")), Test::Id(text("a")), Test::Text(Column::ALL.into(), text("thing"))] {
        store.reader().search(&Search::all().and(search), None, 10_000).unwrap();
    }
}

#[test]
fn a_damaged_row_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let alerts = ["a", "b"].map(|id| crate::store::samples::alert(id, 1)).to_vec();
    store.commit(&Batch { alerts, ..of_events(vec![event(1), event(2)]) }).unwrap();
    let db = &store.reader().db;
    db.execute_batch("UPDATE alerts SET body = '{' WHERE id = 'a'; UPDATE fresh SET name = x'ff' WHERE time % 2 = 0")
        .unwrap();
    db.execute_batch("UPDATE fresh SET name = 7 WHERE number = 1").unwrap();
    assert_eq!(store.reader().alerts(9).unwrap().len(), 1);
    assert_eq!(store.reader().damaged(), 1);
    store.reader().newest(None, 9).unwrap();
}
