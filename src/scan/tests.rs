//! Tests of scans.

use std::{fs, path::Path};

use super::*;
use crate::{
    rulebook,
    rules::{LANGUAGES, builtin},
};

/// Keeps everything that it is told, as text.
#[derive(Default)]
struct Heard {
    found: Vec<String>,
    wrong: Vec<String>,
}

impl Listener for Heard {
    fn found(&mut self, finding: &Finding<'_>) -> io::Result<()> {
        let name = finding.file.and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        self.found.push(format!("{} {} {} {name}", finding.rule, finding.id, finding.message));
        Ok(())
    }

    fn wrong(&mut self, what: &str) -> io::Result<()> {
        self.wrong.push(what.to_owned());
        Ok(())
    }

    fn goes_on(&mut self, _: u64) {}
}

/// A rule that only counts, and one that fires at three of a minute.
const SIGMA: &str = "title: Denied\nname: denied\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s: {errorCode: AccessDenied}\n  condition: s\n---\ntitle: Many Denied\ncorrelation:\n  type: event_count\n  rules: [denied]\n  group-by: [userIdentity.userName]\n  timespan: 60s\n  condition: {gte: 3}\nlevel: high\n";

fn record(id: &str, name: &str, second: u32, rest: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.1","eventID":"{id}","eventName":"{name}","eventSource":"cloudtrail.amazonaws.com","eventTime":"2026-11-20T10:00:{second:02}Z","userIdentity":{{"type":"IAMUser","userName":"ana"}}{rest}}}"#
    )
}

fn plan(folder: &Path, since: Option<Time>) -> Plan {
    fs::write(folder.join("r.yml"), SIGMA).unwrap();
    Plan::new(builtin::read(LANGUAGES).0, rulebook::read(&folder.join("r.yml"))).since(since).telling_all(true)
}

fn scan_with(cores: usize, plan: &Plan, paths: &[PathBuf]) -> (Report, Heard) {
    let mut heard = Heard::default();
    let report = lanes::run(plan, Walk::new(paths), cores, Time::default(), &Progress::default(), &mut heard).unwrap();
    (report, heard)
}

#[test]
fn any_number_of_threads_says_the_same_of_one_file_and_of_many() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), None);
    let denied = r#","errorCode":"AccessDenied""#;
    let records: Vec<String> = (0..6_000)
        .map(|n| match n % 500 {
            7 => record(&n.to_string(), "StopLogging", n % 60, ""),
            // A copy of one that came before.
            9 => record(&(n - 2).to_string(), "StopLogging", (n - 2) % 60, ""),
            11 => record(&n.to_string(), "GetUser", n % 60, denied),
            _ => record(&n.to_string(), "GetUser", n % 60, ""),
        })
        .collect();
    let (one, many) = (folder.path().join("one.jsonl"), folder.path().join("many"));
    fs::write(&one, records.join("\n")).unwrap();
    fs::create_dir(&many).unwrap();
    for (number, some) in records.chunks(37).enumerate() {
        fs::write(many.join(format!("{number:04}.json")), format!("{{\"Records\":[{}]}}", some.join(","))).unwrap();
    }
    let (report, heard) = scan_with(1, &plan, std::slice::from_ref(&one));
    assert_eq!((report.records, report.copies, report.wrong, heard.wrong.len()), (5_988, 12, 0, 0));
    let stopped = report.rows.iter().find(|row| row.rule == "trail-stopped-or-deleted").unwrap();
    assert_eq!((stopped.hits, stopped.who.as_str()), (12, "ana"));
    assert!(report.rows.iter().any(|row| row.rule == "many-denied" && row.message.contains("userName ana")));
    assert!(report.rows.iter().all(|row| row.rule != "denied"));
    let without_file = |heard: &Heard| -> Vec<String> {
        heard.found.iter().map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
    };
    for (cores, path) in [(3, &one), (16, &one), (1, &many), (7, &many)] {
        let (other, said) = scan_with(cores, &plan, std::slice::from_ref(path));
        assert_eq!(other.rows, report.rows, "{cores} {}", path.display());
        assert_eq!(without_file(&said), without_file(&heard));
    }
}

#[test]
fn a_record_with_the_id_of_another_one_is_put_to_the_rules_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), None);
    let hidden = record("1", "StopLogging", 2, "");
    let (first, wide) = (record("1", "GetUser", 1, ""), hidden.replace(",\"", ", \""));
    let text = [&*first, &hidden, &hidden, &wide];
    fs::write(folder.path().join("a.json"), text.join("\n")).unwrap();
    let (report, _) = scan_with(2, &plan, &[folder.path().join("a.json")]);
    let stopped = report.rows.iter().find(|row| row.rule == "trail-stopped-or-deleted").unwrap();
    assert_eq!((stopped.hits, report.records, report.copies, report.shared_ids), (1, 2, 2, 1));
}

#[test]
fn regions_one_after_the_other_are_counted_in_the_order_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), None);
    let denied = r#","errorCode":"AccessDenied""#;
    let late = |id, second| record(id, "GetUser", second, denied).replace("2026-11-20", "2026-12-20");
    fs::write(folder.path().join("a.json"), record("1", "GetUser", 1, denied) + &late("2", 1)).unwrap();
    fs::write(folder.path().join("b.json"), record("3", "GetUser", 2, denied) + &late("4", 2)).unwrap();
    fs::write(folder.path().join("c.json"), record("5", "GetUser", 0, denied)).unwrap();
    let (report, heard) = scan_with(2, &plan, &[folder.path().to_owned()]);
    assert_eq!(report.uncounted, 0);
    let fired: Vec<_> = heard.found.iter().filter(|line| line.starts_with("many-denied")).collect();
    assert_eq!(fired, ["many-denied 3 Many Denied (3, userIdentity.userName ana) "]);
}

#[test]
fn what_is_broken_is_told_and_the_rest_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), Some("2026-11-20T10:00:30Z".parse().unwrap()));
    let whole = record("1", "StopLogging", 31, "");
    let long = record("2", "StopLogging", 32, &format!(",\"x\":\"{}\"", "x".repeat(900 << 10)));
    let deep = record("3", "StopLogging", 33, &format!(",\"x\":{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    let endless = format!("{{\"x\":\"{}", "x".repeat(3 << 20));
    let early = record("4", "StopLogging", 3, "");
    let text = [&whole, "{\"a\":1,}", &long, &deep, &early, "7", &endless].join("\n");
    fs::write(folder.path().join("a.json"), text).unwrap();
    let paths = [folder.path().join("a.json"), folder.path().join("none")];
    let (report, heard) = scan_with(2, &plan, &paths);
    let stopped = report.rows.iter().find(|row| row.rule == "trail-stopped-or-deleted").unwrap();
    assert_eq!((stopped.hits, report.early), (3, 1));
    assert_eq!(heard.wrong.len(), 5, "{:?}", heard.wrong);
    for (said, words) in
        heard.wrong.iter().zip(["record 2: byte 7", "no object", "longer than 1 MB", "breaks off", "cannot be read"])
    {
        assert!(said.contains(words), "{said}");
    }
    assert!(heard.found.iter().all(|line| line.len() < 5_000));
}

/// A listener that has enough.
struct Deaf;

impl Listener for Deaf {
    fn found(&mut self, _: &Finding<'_>) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn wrong(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn goes_on(&mut self, _: u64) {}
}

#[test]
fn a_scan_ends_when_nobody_listens() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), None);
    let text = record("", "StopLogging", 1, "").repeat(20_000);
    let paths: Vec<_> = (0..20).map(|n| folder.path().join(n.to_string())).collect();
    paths.iter().for_each(|path| fs::write(path, &text).unwrap());
    let ended = lanes::run(&plan, Walk::new(&paths), 4, Time::default(), &Progress::default(), &mut Deaf);
    assert!(ended.is_err());
}
