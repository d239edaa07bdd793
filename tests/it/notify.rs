//! The commands about channels, as a shell calls them, and SNS against the pretended account.

use std::{fs, path::Path, process::Command};

use insta::assert_snapshot;
use trailwatch::{
    config::{self, Credentials, Settings},
    emulator::{self, Failure},
    headless,
};

/// Calls the program with a config in a home, with nothing of the caller's environment; what it printed and said, and
/// its exit code.
fn call(home: &Path, config: &str, words: &[&str]) -> (String, String, i32) {
    let folder = home.join(".config/trailwatch");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), config).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_trailwatch"));
    let output = program.args(words).env_clear().env("HOME", home).current_dir(home).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

const OFF: &str = "
[notify.channels.desktop]
kind = \"desktop\"
on = false
[notify.channels.terminal]
kind = \"terminal\"
on = false
";

const CHANNELS: &str = r#"
[notify.channels.oncall]
kind = "webhook"
url = "https://hooks.slack.com/services/SESAME/T0KEN"
format = "slack"
secret = "SESAME"
headers = { Authorization = "Bearer SESAME" }
floor = "high"

[notify.channels.own]
kind = "webhook"
url = "http://127.0.0.1:9/SESAME"
body = '{"routing_key": "SESAME", "text": "<title>"}'

[notify.channels.page]
kind = "command"
run = ["/bin/echo", "--token", "SESAME"]

[notify.channels.topic]
kind = "sns"
topic = "arn:aws:sns:eu-west-1:111122223333:security-alerts"

[notify.channels.file]
kind = "log"
"#;

#[test]
fn the_help_of_each_notify_command() {
    let home = tempfile::tempdir().unwrap();
    for command in ["list", "test"] {
        assert_snapshot!(format!("help-notify-{command}"), call(home.path(), "", &["notify", command, "--help"]).0);
    }
}

#[test]
fn the_channels_are_listed_without_their_secrets() {
    let home = tempfile::tempdir().unwrap();
    let (out, err, code) = call(home.path(), CHANNELS, &["notify", "list"]);
    assert_eq!((err.as_str(), code), ("", 0));
    assert!(!out.contains("SESAME"));
    assert_snapshot!(out, @r"
    NAME      KIND      FLOOR   RATE    LEADS TO
    desktop   desktop   medium  20/10m  the notifications of the desktop
    file      log       medium  none    notices.jsonl in the state folder
    oncall    webhook   high    20/10m  https://hooks.slack.com/…, for Slack, signed
    own       webhook   medium  20/10m  http://127.0.0.1:9/…, a template
    page      command   medium  20/10m  /bin/echo, with 2 arguments
    terminal  terminal  medium  20/10m  the terminal: bell, OSC 9, OSC 777
    topic     sns       medium  20/10m  arn:aws:sns:eu-west-1:111122223333:security-alerts
    ");
}

#[test]
fn a_sample_goes_through_every_channel_and_what_came_back_is_printed() {
    let home = tempfile::tempdir().unwrap();
    let config = format!(
        "{OFF}[notify.channels.file]\nkind = \"log\"\n[notify.channels.page]\nkind = \"command\"\n\
         run = [\"/bin/sh\", \"-c\", \"cat >message.json\"]\n"
    );
    let said = call(home.path(), &config, &["notify", "test"]);
    assert_eq!(said, ("file  written\npage  exit 0\n".to_owned(), String::new(), 0));
    for file in [".local/state/trailwatch/notices.jsonl", "message.json"] {
        let text = fs::read_to_string(home.path().join(file)).unwrap();
        let message: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&message["kind"], &message["title"]),
            (&"test".into(), &"A sample from trailwatch".into()),
            "{file}"
        );
    }
}

#[test]
fn a_channel_that_refuses_makes_the_test_end_with_1_and_says_no_secret() {
    let home = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!(
        "{OFF}[notify.channels.hook]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{free}/SESAME\"\n\
         [notify.channels.page]\nkind = \"command\"\nrun = [\"/bin/sh\", \"-c\", \"echo no pager >&2; exit 4\"]\n"
    );
    let (out, err, code) = call(home.path(), &config, &["notify", "test"]);
    assert_eq!((err.as_str(), code), ("", 1));
    assert_snapshot!(out, @r"
    hook  refused: tcp connect error: Connection refused (os error 111)
    page  refused: exit 4: no pager
    ");
    assert!(!out.contains("SESAME"));
}

#[test]
fn a_channel_that_is_not_there_is_refused_with_what_was_meant() {
    let home = tempfile::tempdir().unwrap();
    for (name, words) in [("onclal", "did you mean oncall?"), ("x", "the channels are desktop, file, oncall, own")] {
        let (out, err, code) = call(home.path(), CHANNELS, &["notify", "test", name]);
        assert_eq!((out.as_str(), code), ("", 1));
        assert!(err.contains(words), "{err}");
    }
}

/// The channels of a config, on the pretended account.
fn settings(url: String, config: &str) -> Settings {
    let mut settings = Settings::default();
    config::Config::parse("config.toml", config).unwrap().apply(&mut settings);
    let (id, secret) = emulator::credentials();
    settings.credentials = Some(Credentials { access_key_id: id.to_owned(), secret_access_key: secret.to_owned() });
    settings.endpoint_url = Some(url);
    settings.notify.channels.retain(|channel| channel.kind.as_str() == "sns");
    settings
}

fn topic(name: &str, arn: &str) -> String {
    format!("[notify.channels.{name}]\nkind = \"sns\"\ntopic = \"{arn}\"\n")
}

#[test]
fn a_topic_takes_a_sample_with_its_key_and_says_what_is_wrong() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = emulator::Options::new(chrono::Utc::now(), std::sync::Arc::new(chrono::Utc::now));
    let account = runtime.block_on(emulator::start(options, "127.0.0.1:0".parse().unwrap())).unwrap();
    let at = |region: &str, name: &str| format!("arn:aws:sns:{region}:111122223333:{name}");
    let config = topic("a", &at("us-east-1", "security-alerts"))
        + &topic("b", &at("eu-west-1", "audit-trail.fifo"))
        + &topic("c", &at("eu-west-1", "nobody"));
    let ask = || {
        let mut out = Vec::new();
        let all = headless::notify::test(settings(account.url(), &config), None, None, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), all)
    };
    let (out, all) = ask();
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("a  MessageId ") && lines[1].starts_with("b  MessageId "), "{out}");
    assert_eq!((lines[2], all), ("c  refused: NotFound: Topic does not exist", false));
    let published = account.published();
    let first = published.iter().find(|message| message.topic == at("us-east-1", "security-alerts")).unwrap();
    assert_eq!(first.subject, "[info] A sample from trailwatch");
    let names: Vec<&str> = first.attributes.iter().map(|(name, _)| name.as_str()).collect();
    assert!(["idempotency-key", "kind", "severity"].iter().all(|name| names.contains(name)), "{names:?}");
    let fifo = published.iter().find(|message| message.topic.ends_with(".fifo")).unwrap();
    assert!(fifo.deduplication.starts_with("test/b/"), "{fifo:?}");
    let denied = "User: arn:x is not authorized to perform: SNS:Publish on resource: arn:y";
    account.faults().set("sns", "Publish", "*", Failure::error(403, "AuthorizationError", denied));
    let (out, _) = ask();
    assert!(out.starts_with(&format!("a  refused: AuthorizationError: {denied} (allow ")), "{out}");
}
