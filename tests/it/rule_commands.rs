//! The commands about rules, as a shell calls them: `rules match`, `rules render` and `rules check`.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::conformance::recorded;

/// What the program printed, said on standard error, and ended with.
type Said = (String, String, i32);

/// Calls the program in a folder with nothing of the caller's environment.
fn call(folder: &Path, words: &[&str], input: &[u8]) -> Said {
    let mut program = Command::new(env!("CARGO_BIN_EXE_trailwatch"));
    program.args(words).env_clear().env("HOME", folder).env("COLUMNS", "100").current_dir(folder);
    let mut running =
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
    let mut pipe = running.stdin.take().unwrap();
    let input = input.to_vec();
    // The program may end before it has read everything.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = running.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn ask(words: &[&str], input: &str) -> Said {
    call(tempfile::tempdir().unwrap().path(), words, input.as_bytes())
}

fn matches(language: &str, pattern: &str, input: &str) -> Said {
    ask(&["rules", "match", "--language", language, "--", pattern], input)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

const LOGIN: &str = r#"{"eventID":"1","eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com"}"#;
const OTHER: &str = r#"{"eventID":"2","eventName":"GetUser","eventSource":"iam.amazonaws.com"}"#;
const FILTER: &str = "{ $.eventName = ConsoleLogin }";

#[test]
fn the_help_of_each_rules_command() {
    for command in ["list", "enable", "match", "render", "check"] {
        assert_snapshot!(format!("help-rules-{command}"), ask(&["rules", command, "--help"], "").0);
    }
}

#[test]
fn events_that_match_are_printed_in_every_form_that_they_come_in() {
    for input in [
        format!("{LOGIN}\n{OTHER}\n"),
        format!("[{OTHER},{LOGIN}]"),
        format!("{{\"Records\":[{OTHER},{LOGIN}]}}"),
        format!("{OTHER}{}", LOGIN.replace(',', ",\r\n  ").replace(':', ": ")),
    ] {
        assert_eq!(matches("metric-filter", FILTER, &input), (format!("{LOGIN}\n"), String::new(), 0), "{input}");
    }
    assert_eq!(matches("metric-filter", FILTER, OTHER), (String::new(), String::new(), 1));
    assert_eq!(matches("metric-filter", FILTER, ""), (String::new(), String::new(), 1));
}

#[test]
fn files_are_read_in_their_order_gzipped_or_not() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.gz"), gzip(LOGIN)).unwrap();
    fs::write(folder.path().join("b.json"), OTHER).unwrap();
    fs::write(folder.path().join("pattern"), "{ $.eventName = * }\n").unwrap();
    let words = ["rules", "match", "--language", "metric-filter", "--file", "pattern", "b.json", "a.gz"];
    assert_eq!(call(folder.path(), &words, b""), (format!("{OTHER}\n{LOGIN}\n"), String::new(), 0));
}

#[test]
fn an_event_pattern_sees_the_envelope_and_never_takes_objects_as_they_are() {
    let pattern = r#"{"source":["aws.signin"],"detail":{"eventName":["ConsoleLogin"]}}"#;
    assert_eq!(matches("event-pattern", pattern, LOGIN).2, 0);
    let envelope = format!(r#"{{"detail-type":"t","source":"aws.signin","detail":{LOGIN}}}"#);
    assert_eq!(matches("event-pattern", pattern, &envelope).0, format!("{envelope}\n"));
    let never = |pattern, input| {
        ask(&["rules", "match", "--language", "event-pattern", "--envelope", "never", pattern], input).2
    };
    assert_eq!((never(pattern, LOGIN), never(r#"{"eventName":["ConsoleLogin"]}"#, LOGIN)), (1, 0));
    assert_eq!(matches("metric-filter", FILTER, &envelope).2, 0);
}

#[test]
fn a_sigma_rule_matches_as_well() {
    let rule = "title: T\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  s:\n    eventName: consolelogin\n  condition: s\n";
    assert_eq!(matches("sigma", rule, &format!("{OTHER}\n{LOGIN}")).0, format!("{LOGIN}\n"));
}

#[test]
fn a_pattern_that_is_wrong_is_refused_with_its_place() {
    let refusals = [
        ("metric-filter", "{ $.eventName = }"),
        ("metric-filter", "{ $.userIdentity.type = \"root\" }"),
        ("event-pattern", "{\"source\": \"aws.s3\"}"),
        ("event-pattern", "{\"source\": [{\"prefx\": \"aws\"}]}"),
        ("sigma", "title: T\ndetection:\n  s:\n    a: b\n  condition: sel\n"),
    ];
    let refusal = |(language, pattern)| {
        let (out, err, code) = matches(language, pattern, LOGIN);
        assert_eq!(out, "");
        format!("{language}: {pattern}\n{err}= {code}\n")
    };
    assert_snapshot!(refusals.map(refusal).join("\n"));
}

#[test]
fn input_that_is_broken_is_said_and_the_rest_is_read() {
    let input = format!("{LOGIN}\n{{\"a\":1,}}\n7\n{{\"eventName\":\"x\n{LOGIN}\n{{\"Records\":[{LOGIN},{{\"b");
    let (out, err, code) = matches("metric-filter", FILTER, &input);
    assert_eq!((out, code), (format!("{LOGIN}\n{LOGIN}\n{LOGIN}\n"), 2));
    assert_snapshot!(err);
    let folder = tempfile::tempdir().unwrap();
    let mut broken = gzip(&format!("{LOGIN}\n").repeat(5_000));
    broken.truncate(broken.len() / 2);
    fs::write(folder.path().join("b.gz"), broken).unwrap();
    let words = ["rules", "match", "--language", "metric-filter", FILTER];
    let (out, err, code) = call(folder.path(), &[&words[..], &["b.gz", "none", "."]].concat(), b"");
    assert!(out.lines().count() > 100 && out.lines().all(|line| line == LOGIN));
    assert_eq!(code, 2);
    let err: Vec<_> = err.lines().map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(": ")).collect();
    assert_eq!(err.len(), 3 + usize::from(err.len() > 3), "{err:?}");
    assert!(err[err.len() - 2..] == ["none: cannot be read", ".: cannot be read"], "{err:?}");
}

#[test]
fn hostile_events_do_no_harm() {
    let deep = format!("{{\"eventName\":\"ConsoleLogin\",\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(matches("metric-filter", FILTER, &deep), (format!("{deep}\n"), String::new(), 0));
    let odd = "{\"eventName\":\"ConsoleLogin\",\"userAgent\":\"\u{1b}]0;x\u{7}\u{202e}\"}";
    let (out, _, code) = matches("metric-filter", FILTER, odd);
    assert!(code == 0 && out.trim_end().chars().all(|c| c.is_ascii() && !c.is_control()), "{out}");
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["userAgent"], "\u{1b}]0;x\u{7}\u{202e}");
    // A bomb: 64 MB of one text in 64 KB.
    let bomb = gzip(&format!("{{\"a\":\"{}\"}}\n{LOGIN}", "x".repeat(64 << 20)));
    let folder = tempfile::tempdir().unwrap();
    let words = ["rules", "match", "--language", "metric-filter", FILTER];
    let (_, err, code) = call(folder.path(), &words, &bomb);
    assert!(err.contains("longer than 32 MB") && code == 2, "{err}");
}

#[test]
fn a_reader_that_has_enough_ends_it() {
    let (mut program, folder) = (Command::new(env!("CARGO_BIN_EXE_trailwatch")), tempfile::tempdir().unwrap());
    program.args(["rules", "match", "--language", "metric-filter", FILTER]).env_clear().env("HOME", folder.path());
    let mut running = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    drop(running.stdout.take());
    let mut pipe = running.stdin.take().unwrap();
    let endless = std::thread::spawn(move || while writeln!(pipe, "{LOGIN}").is_ok() {});
    assert!(running.wait().unwrap().code().is_some());
    endless.join().unwrap();
}

fn render(paths: &Value, template: &str, event: &str) -> Said {
    ask(&["rules", "render", "--paths", &paths.to_string(), "--template", template], event)
}

#[test]
fn a_message_is_printed_as_it_would_be_sent() {
    let paths = json!({"name": "$.detail.eventName", "kind": "$.detail-type"});
    let (out, err, code) = render(&paths, "\"<name> (<kind>) by <aws.events.rule-name>\"", LOGIN);
    assert_eq!((&out[..], &err[..], code), ("\"ConsoleLogin (AWS API Call via CloudTrail) by rule\"\n", "", 0));
    let (out, _, code) = render(&json!({"a": "$.detail"}), "{\"a\": <a>}", "{\"detail\":{\"x\":[1]}}");
    assert_eq!((&out[..], code), ("{\"a\": {\"x\":[1]}}\n", 0));
    let (out, err, code) = render(&json!({"a": "$.a"}), "{\"a\": \"<a>\"}", r#"{"a":"x\"y"}"#);
    assert_eq!((&out[..], code), ("", 1));
    assert!(err.starts_with("EventBridge would drop the event: "), "{err}");
}

#[test]
fn a_message_that_is_wrong_is_refused_with_its_place() {
    let refusals = [
        ("{\"a\": 1}", "\"<a>\"", LOGIN),
        ("{\"a\": \"detail.b\"}", "\"<a>\"", LOGIN),
        ("[]", "\"x\"", LOGIN),
        ("{", "\"x\"", LOGIN),
        ("{}", "\"<a>\"", LOGIN),
        ("{}", "\"x\"", ""),
        ("{}", "\"x\"", "{}{}{}"),
        ("{}", "\"x\"", "{\"a\""),
    ];
    let refusal = |(paths, template, event)| {
        let (out, err, code) = ask(&["rules", "render", "--paths", paths, "--template", template], event);
        assert_eq!(out, "");
        format!("--paths {paths} --template {template} < {event}\n{err}= {code}\n")
    };
    assert_snapshot!(refusals.map(refusal).join("\n"));
}

const RULE: &str =
    "[[rule]]\nname = \"login\"\nlanguage = \"metric-filter\"\npattern = '{ $.eventName = ConsoleLogin }'\n";

#[test]
fn rules_are_checked_in_files_and_in_the_rules_folder() {
    let home = tempfile::tempdir().unwrap();
    let check = |words: &[&str]| {
        let (out, err, code) = call(home.path(), &[&["rules", "check"], words].concat(), b"");
        format!("$ trailwatch rules check {}\n{out}{err}= {code}\n", words.join(" "))
            .replace(home.path().to_str().unwrap(), "HOME")
    };
    let mut said = vec![check(&[])];
    fs::create_dir_all(home.path().join(".config/trailwatch/rules/more")).unwrap();
    fs::write(home.path().join(".config/trailwatch/rules/a.toml"), RULE).unwrap();
    said.push(check(&[]));
    fs::write(home.path().join(".config/trailwatch/rules/more/b.toml"), RULE.replace("ConsoleLogin", "")).unwrap();
    said.push(check(&[]));
    fs::write(
        home.path().join("c.yml"),
        "title: T\nlogsource: {product: windows}\ndetection:\n  s: {a: b}\n  condition: s\n",
    )
    .unwrap();
    said.push(check(&["c.yml", "none.toml"]));
    assert_snapshot!(said.join("\n"));
}

/// Answers of the services themselves, through the command line: a few of each kind.
#[test]
fn recorded_answers_are_given_on_the_command_line_too() {
    let mut asked = 0;
    let Some(file) = recorded("event-patterns-aws.json") else { return };
    for case in file["cases"].as_array().unwrap().iter().step_by(8) {
        let words = ["rules", "match", "--language", "event-pattern", "--envelope", "never", "--"];
        let pattern = case["pattern"].as_str().map_or_else(|| case["pattern"].to_string(), str::to_owned);
        let event = case["event"].as_str().map_or_else(|| case["event"].to_string(), str::to_owned);
        let (_, err, code) = ask(&[&words[..], &[&pattern]].concat(), &event);
        let expected = ["match", "no_match"].iter().position(|word| case["expected"] == *word).unwrap_or(2);
        assert_eq!(code, expected as i32, "{case} {err}");
        asked += 1;
    }
    let Some(file) = recorded("input-transformer.json") else { return };
    for case in file["cases"].as_array().unwrap() {
        let template = case["template"].as_str().unwrap();
        if template.contains("<aws.") {
            continue;
        }
        let (out, err, code) = render(&case["paths"], template, &case["event"].to_string());
        let out = out.trim_end_matches('\n');
        match (&case["output"], code) {
            (Value::Null, code) => assert_eq!(code, 1, "{case}"),
            (Value::String(text), 0) => assert_eq!(out, text, "{case}"),
            (json, 0) => assert_eq!(serde_json::from_str::<Value>(out).unwrap(), *json, "{case}"),
            _ => panic!("{case}: {err}"),
        }
        asked += 1;
    }
    println!("{asked} recorded answers were asked for");
}

#[test]
fn rules_are_listed_and_switched_for_good() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/trailwatch/rules");
    fs::create_dir_all(&folder).unwrap();
    let own = "[[rule]]\nname = \"own\"\nlanguage = \"metric-filter\"\npattern = \"{ $.eventName = A }\"\n";
    fs::write(folder.join("own.toml"), own).unwrap();
    let said = |words: &[&str]| call(home.path(), words, b"");
    let (table, wrong, code) = said(&["rules", "list"]);
    assert_eq!((wrong.as_str(), code), ("", 0));
    assert!(
        table.starts_with("ON   SEVERITY  NAME") && table.contains("\non   critical  guardduty-disabled "),
        "{table}"
    );
    assert!(table.contains("own.toml:1") && table.contains("\noff  info      iam-all-calls "), "{table}");
    assert_eq!(said(&["rules", "disable", "own", "cis-root-use"]), (String::new(), String::new(), 0));
    assert_eq!(said(&["rules", "enable", "iam-all-calls"]), (String::new(), String::new(), 0));
    let lines = said(&["rules", "list", "--json"]).0;
    let rules: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let on = |name: &str| {
        let rule = rules.iter().find(|rule| rule["name"] == name).unwrap();
        (rule["on"].as_bool().unwrap(), rule["on_by_default"].as_bool().unwrap())
    };
    assert_eq!([on("own"), on("cis-root-use"), on("iam-all-calls")], [(false, true), (false, true), (true, false)]);
    let near = "trailwatch: there is no rule named \"iam-al-calls\": did you mean iam-all-calls?\n".to_owned();
    assert_eq!(said(&["rules", "disable", "own", "iam-al-calls"]), (String::new(), near, 1));
    fs::write(folder.join("own.toml"), own.replace("name = \"own\"", "nam = \"own\"")).unwrap();
    let (table, wrong, code) = said(&["rules", "list"]);
    assert!(!table.contains("own.toml") && wrong.contains("own.toml:2:1:") && code == 1, "{wrong}");
}
