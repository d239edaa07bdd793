//! `scan`, as a shell calls it.

use std::{fs, io::Write, path::Path, process::Command};

use insta::assert_snapshot;
use serde_json::Value;

/// What the program printed, said on standard error without how long it took, and ended with.
fn scan(home: &Path, words: &[&str]) -> (String, String, i32) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_trailwatch"));
    program.arg("scan").args(words).env_clear().env("HOME", home).env("COLUMNS", "100").current_dir(home);
    let output = program.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let said: Vec<String> = text(output.stderr)
        .lines()
        .map(|line| line.rsplit_once(" in ").filter(|(_, time)| time.ends_with(" s")).map_or(line, |(said, _)| said))
        .map(str::to_owned)
        .collect();
    (text(output.stdout), said.join("\n"), output.status.code().unwrap())
}

fn record(id: u32, name: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.1","eventID":"e{id}","eventName":"{name}","eventSource":"cloudtrail.amazonaws.com","eventTime":"2026-11-20T10:00:{id:02}Z","userIdentity":{{"type":"IAMUser","userName":"ana","arn":"arn:aws:iam::111122223333:user/ana"}},"requestParameters":{{"name":"x\u001b[2J"}}}}"#
    )
}

fn gzip(path: &Path, text: &str) {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    fs::write(path, encoder.finish().unwrap()).unwrap();
}

/// A home with a trail: two Regions, a copy, a digest, and a rule of the operator.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("trail/AWSLogs/111122223333/CloudTrail");
    for region in ["eu-west-1", "us-east-1"] {
        fs::create_dir_all(folder.join(region)).unwrap();
    }
    let all = format!("{{\"Records\":[{},{}]}}", record(1, "StopLogging"), record(2, "GetTrail"));
    gzip(&folder.join("eu-west-1/a.json.gz"), &all);
    gzip(
        &folder.join("us-east-1/b.json.gz"),
        &format!("{{\"Records\":[{},{}]}}", record(1, "StopLogging"), record(3, "StopLogging")),
    );
    gzip(&folder.join("us-east-1/111_CloudTrail-Digest_x.json.gz"), "{}");
    fs::create_dir_all(home.path().join(".config/trailwatch/rules")).unwrap();
    let own = "[[rule]]\nname = \"reads\"\nseverity = \"info\"\nlanguage = \"metric-filter\"\npattern = '{ $.eventName = Get* }'\n";
    fs::write(home.path().join(".config/trailwatch/rules/own.toml"), own).unwrap();
    home
}

#[test]
fn a_trail_is_scanned_with_the_built_in_rules_and_ones_own() {
    let home = home();
    let (out, said, code) = scan(home.path(), &["trail"]);
    assert_eq!(code, 0);
    assert_snapshot!(format!("{out}\n{said}"));
}

#[test]
fn findings_are_lines_of_json_that_are_safe_to_print() {
    let home = home();
    let (out, _, code) = scan(home.path(), &["--json", "trail"]);
    assert_eq!(code, 0);
    assert!(out.chars().all(|c| c == '\n' || !c.is_control()));
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |rule: &str| -> Vec<&Value> { lines.iter().filter(|line| line["rule"] == rule).collect() };
    let stopped = of("trail-stopped-or-deleted");
    assert_eq!(stopped.iter().map(|line| line["id"].as_str().unwrap()).collect::<Vec<_>>(), ["e1", "e3"]);
    assert_eq!(stopped[0]["severity"], "critical");
    assert_eq!(stopped[0]["time"], "2026-11-20T10:00:01Z");
    assert_eq!(stopped[0]["who"], "ana");
    assert!(stopped[0]["file"].as_str().unwrap().ends_with("eu-west-1/a.json.gz"));
    assert_eq!(of("reads")[0]["message"], "reads");
    assert_eq!(scan(home.path(), &["--json", "trail"]).0, out);
}

#[test]
fn the_exit_code_tells_something_nothing_and_wrong_apart() {
    let home = home();
    let code = |words: &[&str]| scan(home.path(), words).2;
    fs::write(home.path().join("reads.json"), record(1, "ListTrails")).unwrap();
    fs::write(home.path().join("broken.json"), record(1, "StopLogging") + "{\"a").unwrap();
    fs::write(home.path().join("bad.toml"), "[[rule]]\n").unwrap();
    assert_eq!(code(&["reads.json"]), 1);
    assert_eq!(code(&["broken.json"]), 2);
    assert_eq!(code(&["none"]), 2);
    assert_eq!(code(&["--no-builtin", "--rules", "bad.toml", "trail"]), 2);
    assert_eq!(code(&["--since", "2026-11-20T10:00:03Z", "trail"]), 0);
    assert_eq!(code(&["--since", "2026-11-21", "trail"]), 1);
    assert_eq!(code(&["--since", "soon", "trail"]), 2);
    assert_eq!(code(&[]), 2);
}

#[test]
fn a_bomb_and_a_file_that_breaks_off_are_said() {
    let home = home();
    let bomb = format!("{}\n{{\"x\":\"{}", record(1, "StopLogging"), "x".repeat(64 << 20));
    gzip(&home.path().join("bomb.gz"), &bomb);
    let (out, said, code) = scan(home.path(), &["bomb.gz"]);
    assert!(out.contains("trail-stopped-or-deleted") && said.contains("longer than 1 MB") && code == 2, "{said}");
    gzip(&home.path().join("half.gz"), &(1..50).map(|id| record(id, "StopLogging")).collect::<String>());
    let half = fs::read(home.path().join("half.gz")).unwrap();
    fs::write(home.path().join("half.gz"), &half[..half.len() - 20]).unwrap();
    let (_, said, code) = scan(home.path(), &["half.gz"]);
    assert!(said.contains("half.gz: record") && code == 2, "{said}");
}
