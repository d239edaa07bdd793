//! What the store costs: taking in, room on disk, first screens of searches, loading all, keeping little and letting go.
//!
//! `cargo bench --bench store`; with `-- N`, for N events instead of a million. It prints, by line, what was measured and
//! in which unit. Each search is timed on a connection of its own, and then again: the first time and the median.

mod sample;

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use trailwatch::{
    model::{Alert, AlertState, Event, Severity, Time},
    store::{Batch, Column, Key, Lease, Leased, Limits, Pattern, Position, Reader, Search, Store, Test},
};

/// Events in a batch when a feed has much to tell, and when it has little.
const MUCH: u64 = 1_000;
const LITTLE: u64 = 20;

/// Rows of a screen.
const SCREEN: usize = 50;

fn main() {
    let count = env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path(), Limits::default());
    take_in(&mut store, count);
    weigh(store.reader(), count);
    first_screens(folder.path(), &store);
    full_text(folder.path(), &store);
    load(folder.path());
    keep_little(&mut store, count);
    drop(store);
    let begin = Instant::now();
    let store = open(folder.path(), Limits::default());
    println!("opened again in {}", ms(begin.elapsed()));
    drop(store);
    let_go(folder.path(), count);
}

fn open(folder: &Path, limits: Limits) -> Store {
    let Leased::Taken(lease) = Lease::try_take(folder).expect("a lease") else { panic!("somebody has it") };
    Store::open(lease, limits, Utc::now()).expect("a store").store
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Time that this thread has had of a processor: on a machine that others use too, it says more than the clock. None
/// where the system does not tell.
///
/// Source: Linux, Documentation/scheduler/sched-stats.rst.
fn busy() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// A batch as the engine makes one: events, an alert, and the feed's position.
fn batch(events: Vec<Event>) -> Batch {
    let last = events.last().map_or(DateTime::UNIX_EPOCH, |event| event.time);
    let alert = Alert {
        id: format!("rule/{}", events[0].id),
        rule: "rule".into(),
        severity: Severity::High,
        message: "somebody did something".into(),
        first: last,
        last,
        raised: last,
        count: 1,
        events: vec![events[0].id.clone()],
        late: false,
        state: AlertState::Open,
    };
    let position = Position {
        account: "111122223333".into(),
        region: "eu-west-1".into(),
        kind: "events".into(),
        body: last.to_rfc3339().into_bytes(),
    };
    Batch { events, alerts: vec![alert], positions: vec![position], ..Batch::default() }
}

fn take_in(store: &mut Store, count: u64) {
    let (mut times, mut busy) = (Vec::new(), Duration::ZERO);
    for start in (0..count).step_by(MUCH as usize) {
        let batch = batch(sample::events(start..start + MUCH));
        let (begin, busy_before) = (Instant::now(), self::busy());
        store.commit(&batch).expect("kept");
        times.push(begin.elapsed());
        busy += self::busy().saturating_sub(busy_before);
    }
    let whole: Duration = times.iter().sum();
    times.sort();
    let at = |part: usize| ms(times[(times.len() - 1) * part / 100]);
    println!("{count} events taken in, {MUCH} at a time: {:.0} a second", count as f64 / whole.as_secs_f64());
    println!("  of processor alone: {:.0} a second", count as f64 / busy.as_secs_f64());
    println!("  a batch: median {}, p99 {}, longest {}", at(50), at(99), at(100));
}

fn weigh(reader: &Reader, count: u64) {
    let bytes = reader.size().expect("a size");
    println!("{:.0} MB on disk, {:.0} bytes an event", bytes as f64 / 1e6, bytes as f64 / count as f64);
}

fn text(text: &str) -> Pattern {
    Pattern::text(text).expect("a pattern")
}

fn first_screens(folder: &Path, store: &Store) {
    println!("first screens of column filters ({SCREEN} rows):");
    let column = |column, pattern| Test::Text(vec![column], pattern);
    let any = |word| Test::Text(Column::ALL.into(), text(word));
    let all = Search::all;
    let regions = text("eu-west-1").or(text("us-east-1")).or(text("eu-central-1"));
    for (name, search) in [
        ("everything", all()),
        ("common: service s3", all().and(column(Column::Service, text("s3")))),
        ("common: any column session-42", all().and(any("session-42"))),
        ("rare: target lambda-resource-12345", all().and(column(Column::Target, text("lambda-resource-12345")))),
        ("rare: any column lambda-resource-12345", all().and(any("lambda-resource-12345"))),
        ("rare: actor role-39/session-2999", all().and(column(Column::Actor, text("role-39/session-2999")))),
        ("absent: actor nobody-at-all", all().and(column(Column::Actor, text("nobody-at-all")))),
        ("absent: address 10.9.", all().and(column(Column::Address, text("10.9.")))),
        ("absent: any column nowhere", all().and(any("nowhere"))),
        ("absent: any column 9.9.9", all().and(any("9.9.9"))),
        ("absent: address, a network", all().and(column(Column::Address, Pattern::asking(|a| a.starts_with("11."))))),
        ("absent: severity critical", all().and(Test::AtLeast(Severity::Critical))),
        ("errors that are no writes", all().and(Test::NotSucceeded).and(Test::ReadOnly(true))),
        ("negated, common: not ec2", all().and_not(column(Column::Service, text("ec2")))),
        ("negated, absent: no Region at all", all().and_not(column(Column::Region, regions))),
        ("negated, absent: not session, any column", all().and_not(any("session"))),
    ] {
        time_search(folder, store, name, &search);
    }
}

fn full_text(folder: &Path, store: &Store) {
    println!("first screens of searches in the records:");
    let once = record_in_the_middle(store.reader());
    let at = once.find("requestID").expect("an id") + 12;
    let id = &once[at..at + 36];
    for (name, pattern) in [
        ("common: mfaauthenticated", text("mfaauthenticated")),
        ("common: terraform", text("terraform")),
        ("rare: kms-resource-777\"", text("kms-resource-777\"")),
        ("once: a request's id", text(id)),
        ("once: its first 8 characters", text(&id[..8])),
        ("rare: its first 6 characters", text(&id[..6])),
        ("rare: its first 5 characters", text(&id[..5])),
        ("absent: no such text", text("no such text")),
        ("absent: zzq", text("zzq")),
        ("absent: 987654321098", text("987654321098")),
        ("absent: put*nowhere", Pattern::wildcard("put*nowhere").expect("a pattern")),
        ("absent, a regex: xyz+y", Pattern::regex("xyz+y").expect("a pattern")),
        ("absent, a regex, all unpacked: [xyz]+z", Pattern::regex("[xyz]+z").expect("a pattern")),
    ] {
        time_search(folder, store, name, &Search::all().and(Test::Record(pattern)));
    }
}

fn record_in_the_middle(reader: &Reader) -> String {
    let newest = reader.newest(None, 1).expect("events").remove(0).event.time;
    let oldest = DateTime::from_timestamp(1_717_000_000, 0).unwrap_or_default();
    let middle = Key { time: oldest + (newest - oldest) / 2, number: 0 };
    reader.newest(Some(middle), 1).expect("an event").remove(0).event.record
}

fn time_search(folder: &Path, store: &Store, name: &str, search: &Search) {
    let reader = Reader::open(folder).expect("a reader");
    let (mut times, mut rows, busy) = (Vec::new(), 0, busy());
    for _ in 0..7 {
        let begin = Instant::now();
        rows = reader.search(search, None, SCREEN).expect("found").len();
        times.push(begin.elapsed());
    }
    let busy = self::busy().saturating_sub(busy) / 7;
    let first = times[0];
    times.sort();
    println!("  {name}: {rows} rows, first {}, median {}, of processor {}", ms(first), ms(times[3]), ms(busy));
    assert_eq!((reader.damaged(), store.reader().damaged()), (0, 0));
}

fn load(folder: &Path) {
    let reader = Reader::open(folder).expect("a reader");
    for chunk in [1_000, 10_000] {
        let (begin, busy, mut before, mut count) = (Instant::now(), busy(), None, 0);
        loop {
            let some = reader.newest(before, chunk).expect("events");
            let Some(last) = some.last() else { break };
            before = Some(last.key);
            count += some.len();
        }
        let (whole, busy) = (begin.elapsed(), self::busy().saturating_sub(busy));
        println!("{count} events loaded, {chunk} at a time, in {}, of processor {}", ms(whole), ms(busy));
    }
}

fn keep_little(store: &mut Store, count: u64) {
    let mut times = Vec::new();
    for start in (count..count + 200 * LITTLE).step_by(LITTLE as usize) {
        let batch = batch(sample::events(start..start + LITTLE));
        let begin = Instant::now();
        store.commit(&batch).expect("kept");
        times.push(begin.elapsed());
    }
    times.sort();
    println!("batches of {LITTLE}: median {}, longest {}", ms(times[100]), ms(times[199]));
    let again = sample::events(count..count + 200);
    let begin = Instant::now();
    let known = store.reader().known(again.iter().map(|event| (event.time, event.id.as_str()))).expect("known");
    println!("200 ids looked for in {}: {} are known", ms(begin.elapsed()), known.len());
}

/// Half of what is there goes by its age, piece by piece.
fn let_go(folder: &Path, count: u64) {
    let mut store = open(folder, Limits { age: TimeDelta::zero(), ..Limits::default() });
    let half: Time = DateTime::from_timestamp(1_717_000_000 + count as i64 / 24, 0).unwrap_or_default();
    let (mut times, mut more) = (Vec::new(), true);
    while more {
        let begin = Instant::now();
        more = store.tidy(half, 1).expect("tidied");
        times.push(begin.elapsed());
    }
    let whole: Duration = times.iter().sum();
    times.sort();
    let at = |part: usize| ms(times[(times.len() - 1) * part / 100]);
    println!("half let go in {} pieces, {}: median {}, p99 {}", times.len(), ms(whole), at(50), at(99));
    println!(
        "  longest {}; {} MB on disk then",
        at(100),
        fs::metadata(folder.join("store.db")).map_or(0, |d| d.len() >> 20)
    );
}
