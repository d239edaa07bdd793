//! The commands without a screen, against the emulator.

use serde_json::Value;
use trailwatch::{
    config::Settings,
    emulator::Failure,
    headless::{self, Ended},
    model::{duration::Span, text::is_unsafe},
};

use super::engine::Account;

fn lines(out: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(out).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

#[test]
fn watch_prints_each_thing_as_a_line_of_json_until_its_time_is_over() {
    let account = Account::start();
    let mut out = Vec::new();
    headless::watch(account.settings(), Some(Span::seconds(4)), Some(&mut out), &mut Vec::new()).unwrap();
    let lines = lines(&out);
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).collect::<Vec<_>>();
    for kind in ["event", "alert", "alarm", "restore", "source"] {
        assert!(!of(kind).is_empty(), "no {kind}");
    }
    let event = of("event")[0];
    assert_eq!(event["record"]["eventID"], event["id"]);
    assert_eq!(event["record"]["awsRegion"], event["region"]);
    assert_eq!(event["record"]["eventTime"], event["time"]);
    let alert = of("alert")[0];
    assert!(alert["rule"].is_string() && alert["events"][0].is_string() && alert["state"] == "open", "{alert}");
    let mut alarms = of("alarm");
    assert!(alarms.iter().any(|line| line["region"] == "local"));
    // Those over the live feed change as soon as there are events.
    alarms.retain(|line| line["region"] != "local");
    let names: std::collections::HashSet<_> = alarms.iter().map(|line| line["name"].to_string()).collect();
    assert!(alarms.len() <= names.len() + 3, "an alarm is printed when it changes, not with each poll");
    assert!(!std::str::from_utf8(&out).unwrap().contains(|c| c != '\n' && is_unsafe(c)));
}

/// A pipe whose reader leaves after the first line.
struct Closed(usize);

impl std::io::Write for Closed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += 1;
        if self.0 > 2 { Err(std::io::ErrorKind::BrokenPipe.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_leaves_ends_it_without_a_word() {
    let account = Account::start();
    headless::watch(account.settings(), None, Some(&mut Closed(0)), &mut Vec::new()).unwrap();
    assert_eq!(headless::print_alarms(account.settings(), true, &mut Closed(0)).unwrap(), Ended::Whole);
}

#[test]
fn events_alarms_and_restores_are_printed_once() {
    let account = Account::start();
    let mut out = Vec::new();
    assert_eq!(headless::print_events(account.settings(), true, &mut out).unwrap(), Ended::Whole);
    let events = lines(&out);
    assert!(events.len() > 20 && events.is_sorted_by(|a, b| a["time"].as_str() <= b["time"].as_str()));
    out.clear();
    assert_eq!(headless::print_alarms(account.settings(), false, &mut out).unwrap(), Ended::Whole);
    let table = String::from_utf8(out.clone()).unwrap();
    assert!(table.starts_with("STATE  ") && table.lines().count() > 101, "{table}");
    out.clear();
    assert_eq!(headless::print_restores(account.settings(), true, &mut out).unwrap(), Ended::Whole);
    assert!(lines(&out).iter().any(|line| line["state"] == "ready" && line["expires"].is_string()));
}

#[test]
fn what_failed_decides_the_exit_code() {
    let account = Account::start();
    let denied = Failure::error(403, "AccessDenied", "no");
    account.running.faults().set("monitoring", "*", "us-east-1", denied.clone());
    let mut out = Vec::new();
    let ended = headless::print_alarms(account.settings(), true, &mut out).unwrap();
    assert_eq!((ended, ended.code(), out.is_empty()), (Ended::InPart, 2, false));
    account.running.faults().set("monitoring", "*", "*", denied);
    out.clear();
    let ended = headless::print_alarms(account.settings(), true, &mut out).unwrap();
    assert_eq!((ended, ended.code(), out.is_empty()), (Ended::Failed, 1, true));
    let nowhere = Settings { restores: Vec::new(), ..account.settings() };
    assert_eq!(headless::print_restores(nowhere, true, &mut out).unwrap(), Ended::Failed);
}
