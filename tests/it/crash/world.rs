//! A pretended account, real watchers on it, and a webhook that writes down what it gets.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;
use trailwatch::{emulator, store::Reader};

use crate::engine::Account;

/// Fires on each event that is no read, and so says each of them once.
const RULES: &str = r#"
[[rule]]
name = "every-change"
severity = "medium"
language = "event-pattern"
cooldown = "0s"
pattern = '{ "detail": { "readOnly": [false] } }'
"#;

const OFF: &str = r#"
[notify]
floor = "info"
[notify.channels.desktop]
kind = "desktop"
on = false
[notify.channels.terminal]
kind = "terminal"
on = false
"#;

/// What a webhook was sent: by key, how often and for which alert.
pub type Got = BTreeMap<String, (usize, Option<String>)>;

/// The account, and the folders of one operator.
pub struct World {
    pub account: Account,
    pub home: tempfile::TempDir,
    got: Arc<Mutex<Got>>,
}

impl World {
    pub fn start() -> Self {
        let world = Self { account: Account::start(), home: tempfile::tempdir().unwrap(), got: Arc::default() };
        let rules = world.home.path().join(".config/trailwatch/rules");
        fs::create_dir_all(&rules).unwrap();
        fs::write(rules.join("every.toml"), RULES).unwrap();
        let port = serve(world.got.clone());
        let hook = format!(
            "[notify.channels.hook]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{port}/\"\nrate = \"none\"\n"
        );
        fs::write(world.home.path().join("told.toml"), format!("{OFF}{hook}")).unwrap();
        fs::write(world.home.path().join("untold.toml"), OFF).unwrap();
        world
    }

    pub fn state(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The program on a state folder, with nothing of the caller's environment.
    pub fn program(&self, state: &str, config: &str, words: &[&str]) -> Command {
        let (id, secret) = emulator::credentials();
        let mut program = Command::new(env!("CARGO_BIN_EXE_trailwatch"));
        let url = self.account.running.url();
        program.args(["--endpoint-url", &url, "--region", "eu-west-1", "--since", "8m"]);
        program.arg("--config").arg(self.home.path().join(config)).arg("--state").arg(self.state(state)).args(words);
        program.env_clear().env("HOME", self.home.path());
        program.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret);
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        program
    }

    /// A watcher whose lines are read.
    pub fn watch(&self, state: &str, config: &str, words: &[&str]) -> Watcher {
        let mut child = self.program(state, config, words).spawn().unwrap();
        let out = collect(child.stdout.take().unwrap());
        let err = collect(child.stderr.take().unwrap());
        Watcher { child, out, err }
    }

    pub fn got(&self) -> Got {
        self.got.lock().unwrap().clone()
    }

    /// The store of the account in a state folder, once there is one.
    pub fn reader(&self, state: &str) -> Option<Reader> {
        Reader::open(&account_folder(&self.state(state))).ok()
    }
}

/// Where the store of the pretended account is.
pub fn account_folder(state: &Path) -> PathBuf {
    state.join("accounts").join("111122223333")
}

/// A watcher at work; ended with the test.
pub struct Watcher {
    pub child: Child,
    out: Arc<Mutex<String>>,
    err: Arc<Mutex<String>>,
}

impl Watcher {
    /// What it has printed, line by line.
    pub fn lines(&self) -> Vec<Value> {
        let text = self.out.lock().unwrap().clone();
        // The last line may not have come in whole.
        text.split_inclusive('\n').filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// What it has said on standard error.
    pub fn said(&self) -> String {
        self.err.lock().unwrap().clone()
    }

    /// SIGKILL. It must not have ended before.
    pub fn kill(&mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None, "it ended by itself: {}", self.said());
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and that it ends well.
    pub fn end(mut self) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success(), "{}", self.said());
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(from: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let into = text.clone();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            into.lock().unwrap().extend([&line, "\n"]);
        }
    });
    text
}

/// Takes what is posted; gives the port.
fn serve(got: Arc<Mutex<Got>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let got = got.clone();
            thread::spawn(move || while take(&stream, &got).is_some() {});
        }
    });
    port
}

/// One request, or what a sender that was killed left of it.
fn take(stream: &TcpStream, got: &Mutex<Got>) -> Option<()> {
    let mut from = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        length = line.strip_prefix("content-length:").and_then(|text| text.trim().parse().ok()).unwrap_or(length);
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    let message: Value = serde_json::from_slice(&body).ok()?;
    let alert = (message["kind"] == "alert").then(|| message["subject"].as_str().unwrap().to_owned());
    got.lock().unwrap().entry(message["key"].as_str()?.to_owned()).or_insert((0, alert)).0 += 1;
    let mut stream = stream;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()
}
