//! How fast events are taken in, filtered and found again, and what a million of them weigh.
//!
//! `cargo bench --bench history`

mod sample;

use std::{
    fs,
    io::Read,
    sync::OnceLock,
    time::{Duration, Instant},
};

use divan::{Bencher, black_box};
use trailwatch::{
    history::{Filter, History, RowId, View},
    model::Event,
};

const MILLION: u64 = 1_000_000;

/// What the screen hands in at a time, and what it lets a view look at between two key presses.
const BATCH: u64 = 1_000;
const SLICE: usize = 50_000;

fn main() {
    weigh_a_million();
    weigh_real_records();
    divan::main();
}

/// Bytes of this process in memory; `None` where the system does not say.
fn resident() -> Option<usize> {
    let pages: usize = fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4_096)
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn history() -> &'static History {
    static HISTORY: OnceLock<History> = OnceLock::new();
    HISTORY.get_or_init(|| fill().0)
}

/// A million events, and how long taking in each batch took.
fn fill() -> (History, Vec<Duration>) {
    let mut history = History::new(MILLION as usize);
    let mut times = Vec::new();
    for start in (0..MILLION).step_by(BATCH as usize) {
        let events = sample::events(start..start + BATCH);
        let begin = Instant::now();
        history.ingest(events);
        times.push(begin.elapsed());
    }
    (history, times)
}

fn weigh_a_million() {
    let before = resident();
    let (history, mut times) = fill();
    let whole: Duration = times.iter().sum();
    times.sort();
    println!("{} events taken in at {:.0} a second", history.len(), history.len() as f64 / whole.as_secs_f64());
    println!("  a batch of {BATCH}: median {:?}, p99 {:?}, longest {:?}", times[500], times[990], times[999]);
    println!("  {:.0} bytes an event by its own count", history.memory() as f64 / history.len() as f64);
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("  {:.0} MB resident more than before, {:.0} MB in all", megabytes(after - before), megabytes(after));
    }
    for text in
        ["", "session-42", "svc:iam -ana", "/role-1[0-9]/ resource", "ip:10.1. err:*", "id:875240", "json:mfaused"]
    {
        time_slices(&history, text);
    }
}

/// The longest pause that a filter over everything makes, and when its first screenful is there.
fn time_slices(history: &History, text: &str) {
    let mut view = View::new(text.parse().expect("a filter"));
    let (begin, mut slices, mut first) = (Instant::now(), Vec::new(), None);
    loop {
        let start = Instant::now();
        let more = view.work(history, SLICE);
        slices.push(start.elapsed());
        if first.is_none() && view.len() >= 50 {
            first = Some(begin.elapsed());
        }
        if !more {
            break;
        }
    }
    let longest = slices.iter().max().copied().unwrap_or_default();
    let rows = view.len();
    println!(
        "  /{text}: {rows} rows in {:?}; longest of {} slices {longest:?}; 50 rows after {first:?}",
        begin.elapsed(),
        slices.len()
    );
}

/// The same for real records, where they are at hand.
fn weigh_real_records() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/invictus-aws-dataset/events.jsonl.gz");
    let Ok(file) = fs::File::open(path) else { return println!("skipped: no {path}") };
    let mut text = String::new();
    if let Err(error) = flate2::read::GzDecoder::new(file).read_to_string(&mut text) {
        return println!("skipped: {path}: {error}");
    }
    let mut history = History::new(100_000);
    let start = history.memory();
    let read = || text.lines().map(|line| sample::read(line.to_owned()));
    // The same records many times over, each with an id of its own: enough to fill a few segments.
    for round in 0..10 {
        history.ingest(read().map(|event| Event { id: format!("{round:08x}{}", &event.id[8..]), ..event }));
    }
    let bytes = history.memory() - start;
    println!("{} events of real records: {:.0} bytes an event", history.len(), bytes as f64 / history.len() as f64);
}

#[divan::bench]
fn take_in_a_batch(bencher: Bencher) {
    let mut history = History::new(200_000);
    let mut next = 0;
    bencher
        .counter(divan::counter::ItemsCount::new(BATCH))
        .with_inputs(|| {
            next += BATCH;
            sample::events(next - BATCH..next)
        })
        .bench_local_values(|events| history.ingest(events));
}

#[divan::bench(args = ["", "session-42", "svc:iam -ana", "ip:10.1. err:*"])]
fn first_screen(bencher: Bencher, text: &str) {
    let history = history();
    let filter: Filter = text.parse().expect("a filter");
    bencher.with_inputs(|| View::new(filter.clone())).bench_local_values(|mut view| {
        while view.len() < 50 && view.work(history, 5_000) {}
        view
    });
}

#[divan::bench(args = ["", "session-42", "svc:iam -ana", "ip:10.1. err:*"], sample_count = 10)]
fn scan_all(bencher: Bencher, text: &str) {
    let history = history();
    let filter: Filter = text.parse().expect("a filter");
    bencher.with_inputs(|| View::new(filter.clone())).bench_local_values(|mut view| {
        while view.work(history, SLICE) {}
        view
    });
}

#[divan::bench]
fn scan_10_000_records(bencher: Bencher) {
    let history = history();
    bencher.with_inputs(|| View::new("json:nowhere".parse().expect("a filter"))).bench_local_values(|mut view| {
        view.work(history, 640_000);
        view
    });
}

#[divan::bench]
fn take_in_during_a_filter(bencher: Bencher) {
    let mut history = History::new(200_000);
    history.ingest(sample::events(0..100_000));
    let mut view = View::new("session-4".parse().expect("a filter"));
    view.work(&history, SLICE);
    let mut next = 100_000;
    bencher.bench_local(|| {
        next += 50;
        history.ingest(sample::events(next - 50..next));
        view.take_in(&history)
    });
}

#[divan::bench]
fn read_one_event(bencher: Bencher) {
    let history = history();
    let mut view = View::new(Filter::default());
    view.work(history, SLICE);
    let ids: Vec<RowId> = (0..SLICE).filter_map(|index| view.get(index)).collect();
    let mut random = sample::Random::new(3);
    bencher.bench_local(|| history.event(black_box(ids[random.below(ids.len() as u64) as usize])));
}
