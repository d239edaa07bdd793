//! How long the operator waits: from the start to the first frame, and from a key to its frame, with a million events
//! in the history; what the process weighs, and what it costs while nobody touches it.
//!
//! `cargo bench --bench screen`. Everything runs in a pseudo-terminal and is measured from outside, up to the bytes
//! that reach the terminal.

mod fed;
#[path = "../sample/mod.rs"]
mod sample;
#[path = "../../tests/it/tty.rs"]
mod tty;

use std::{
    env, fs, thread,
    time::{Duration, Instant},
};

use tty::{Program, Tty};

/// The argument by which this program knows that it is to be the dashboard.
const FED: &str = "fed";

fn main() -> anyhow::Result<()> {
    if env::args().nth(1).as_deref() == Some(FED) {
        return fed::show();
    }
    first_frame();
    let mut tty = Program::new(env::current_exe()?, &[FED]).size(120, 40).start();
    tty.patience = Duration::from_secs(600);
    let loaded = Instant::now();
    tty.until_text("1 000 000");
    tty.patience = tty::DEADLINE;
    println!("\nwith 1 000 000 events in the history (loaded in {:.0?}), on 120x40", loaded.elapsed());
    weight(&tty);
    keys(&mut tty);
    held_down(&mut tty);
    idle(&tty);
    burst(&mut tty);
    tty.send("q");
    anyhow::ensure!(tty.end() == Ok(0), "the dashboard did not end well");
    Ok(())
}

/// Prints a figure beside what it should be at most.
fn figure(what: &str, value: f64, target: f64, unit: &str) {
    println!("  {what:<42} {value:8.2} {unit:<4} target {target:6.1}   {:4.2} of it", value / target);
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The median and the 99th percentile.
fn median_and_p99(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort();
    (millis(times[times.len() / 2]), millis(times[times.len() * 99 / 100]))
}

fn first_frame() {
    let run = |_| {
        let begin = Instant::now();
        let tty = Program::new(env!("CARGO_BIN_EXE_trailwatch"), &["demo"]).size(120, 40).start();
        tty.until_output("the first frame", |output| {
            painted(output) && output.parser.screen().contents().contains("trailwatch")
        }) - begin
    };
    run(0);
    println!("from the start of `trailwatch demo` to the first frame, median of 20");
    let (median, worst) = median_and_p99((0..20).map(run).collect());
    figure("first frame", median, 12.0, "ms");
    println!("  {:<42} {worst:8.2} ms", "the slowest");
}

/// Whether the last frame is whole.
fn painted(output: &tty::Output) -> bool {
    output.bytes.ends_with(b"\x1b[?2026l")
}

/// What a key changes: all but the clock and the ages, which change by themselves.
fn body(screen: &vt100::Screen) -> Vec<String> {
    screen.rows_formatted(0, screen.size().1.get()).skip(3).collect()
}

/// The time from a key to the frame that answers it.
fn press(tty: &mut Tty, keys: &str) -> Duration {
    thread::sleep(Duration::from_millis(7));
    let before = body(tty.output().parser.screen());
    let begin = Instant::now();
    tty.send(keys);
    tty.until_output(keys, |output| painted(output) && body(output.parser.screen()) != before) - begin
}

fn keys(tty: &mut Tty) {
    println!("  from a key to its frame");
    let series: [(&str, Vec<&str>); 6] = [
        ("j", vec!["j"; 300]),
        ("G, g", ["G", "g"].repeat(100)),
        ("ctrl-d", vec!["\x04"; 300]),
        ("2, 1", ["2", "1"].repeat(100)),
        ("enter, esc", ["\r", "\x1b"].repeat(100)),
        ("a letter of a filter", letters()),
    ];
    let mut all = Vec::new();
    for (name, keys) in series {
        // What opens and ends the filter is not measured.
        let times: Vec<Duration> = keys
            .iter()
            .map(|key| (press(tty, key), key))
            .filter(|(_, key)| !["/", "\x15"].contains(key))
            .map(|(time, _)| time)
            .collect();
        all.extend(&times);
        show(name, times);
        tty.send("\x1b");
        thread::sleep(Duration::from_millis(200));
        tty.send("\x1bg");
        thread::sleep(Duration::from_millis(200));
    }
    show("all", all);
}

/// A filter opened, and words typed into it and cleared.
fn letters() -> Vec<&'static str> {
    let words = ["session-42", "role-17", "RunInst", "10.1.3", "resource-9", "json:mfa", "zzzz"].repeat(5);
    let typed = words.iter().flat_map(|word| word.split("").filter(|letter| !letter.is_empty()).chain(["\x15"]));
    ["/"].into_iter().chain(typed).collect()
}

fn show(name: &str, times: Vec<Duration>) {
    let count = times.len();
    let (median, p99) = median_and_p99(times);
    figure(&format!("{name}, median of {count}"), median, 4.0, "ms");
    figure(&format!("{name}, p99"), p99, 8.0, "ms");
}

/// Two hundred keys as fast as they can be sent: the time until the last of them is on screen.
fn held_down(tty: &mut Tty) {
    let hold = |tty: &mut Tty| (0..200).for_each(|_| tty.send("j"));
    let to_top = |tty: &mut Tty| {
        tty.send("g");
        thread::sleep(Duration::from_millis(300));
    };
    to_top(tty);
    hold(tty);
    thread::sleep(Duration::from_secs(1));
    let last = body(tty.output().parser.screen());
    to_top(tty);
    let frames = || tty.output().bytes.windows(8).filter(|window| window == b"\x1b[?2026l").count();
    let before = frames();
    let begin = Instant::now();
    hold(tty);
    let sent = begin.elapsed();
    let at = tty.until_output("the 200th j", |output| painted(output) && body(output.parser.screen()) == last);
    figure("200 j at once, until the last shows", millis(at - begin), 50.0, "ms");
    let frames = tty.output().bytes.windows(8).filter(|window| window == b"\x1b[?2026l").count() - before;
    println!("  {:<42} sent in {:.2} ms, {frames} frames", "", millis(sent));
}

fn weight(tty: &Tty) {
    let status = fs::read_to_string(format!("/proc/{}/status", tty.pid())).unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    match field("VmRSS:") {
        Some(kib) => figure("resident memory", kib * 1_024.0 / 1e6, 400.0, "MB"),
        None => println!("  resident memory: not told by this system"),
    }
}

/// Processor time of all threads, from the scheduler.
fn processor_time(tty: &Tty) -> Option<Duration> {
    let tasks = fs::read_dir(format!("/proc/{}/task", tty.pid())).ok()?;
    let nanos = tasks.filter_map(|task| {
        let schedstat = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        schedstat.split(' ').next()?.parse::<u64>().ok()
    });
    Some(Duration::from_nanos(nanos.sum()))
}

fn idle(tty: &Tty) {
    let span = Duration::from_secs(30);
    let before = processor_time(tty);
    thread::sleep(span);
    match (before, processor_time(tty)) {
        (Some(before), Some(after)) => {
            let share = (after - before).as_secs_f64() / span.as_secs_f64();
            figure("idle for 30 s, of one core", share * 100.0, 0.5, "%");
        }
        _ => println!("  idle: not told by this system"),
    }
}

/// A hundred thousand events at once, and keys all the while.
fn burst(tty: &mut Tty) {
    let top = |tty: &mut Tty| {
        tty.send("g");
        thread::sleep(Duration::from_millis(500));
        tty.output().parser.screen().rows(0, 120).nth(4)
    };
    let before = top(tty);
    tty.send("\x12");
    let begin = Instant::now();
    let mut times = Vec::new();
    while begin.elapsed() < Duration::from_secs(12) {
        times.push(press(tty, "j"));
    }
    assert!(top(tty) != before, "the events did not come");
    let count = times.len();
    times.sort();
    figure(&format!("100 000 events at once, longest of {count} j"), millis(times[count - 1]), 50.0, "ms");
    println!("  {:<42} {:8.2} ms, p99 {:.2} ms", "median", millis(times[count / 2]), millis(times[count * 99 / 100]));
}
