//! The notifications of a desktop: the real program on a session bus of its own, and who shows them, a pretended one.

use std::{
    collections::HashMap,
    future::poll_fn,
    io::{BufRead, BufReader},
    path::Path,
    pin::Pin,
    process::{Child, Command, Stdio},
};

use zbus::{MessageStream, export::futures_core::Stream, zvariant::OwnedValue};

/// A session bus that ends with the test.
struct Bus {
    daemon: Child,
    address: String,
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl Bus {
    /// Starts one; `None`, and a word about it, where there is no `dbus-daemon`.
    fn start(folder: &Path) -> Option<Self> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1"]);
        command.arg(format!("--address=unix:path={}", folder.join("bus").display()));
        let Ok(mut daemon) = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
            println!("skipped: there is no dbus-daemon here (Debian: dbus-daemon)");
            return None;
        };
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Some(Self { daemon, address: address.trim().to_owned() })
    }
}

/// What `notify test desktop` prints on that bus, and its exit code.
async fn test(home: &Path, bus: Option<&str>) -> (String, Option<i32>) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_trailwatch"));
    program.args(["notify", "test", "desktop"]).env_clear().env("HOME", home);
    program.envs(bus.map(|address| ("DBUS_SESSION_BUS_ADDRESS", address)));
    let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

/// What the method `Notify` is given (Desktop Notifications Specification, "Protocol").
type Notified = (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedValue>, i32);

/// Shows one notification, and gives it back.
async fn show(mut calls: MessageStream, connection: zbus::Connection) -> Notified {
    while let Some(message) = poll_fn(|cx| Pin::new(&mut calls).poll_next(cx)).await {
        let message = message.unwrap();
        let header = message.header();
        if header.member().is_some_and(|member| member == "Notify") {
            connection.reply(&header, &7_u32).await.unwrap();
            return message.body().deserialize().unwrap();
        }
    }
    panic!("the bus is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_shows_what_it_is_told() {
    let home = tempfile::tempdir().unwrap();
    let Some(bus) = Bus::start(home.path()) else { return };
    let said = test(home.path(), Some(&bus.address)).await;
    assert_eq!(said, ("desktop  refused: nothing on this desktop shows notifications\n".to_owned(), Some(1)));
    let builder = zbus::connection::Builder::address(bus.address.as_str());
    let connection = builder.name("org.freedesktop.Notifications").build().await.unwrap();
    let shown = tokio::spawn(show(MessageStream::from(&connection), connection.clone()));
    assert_eq!(test(home.path(), Some(&bus.address)).await, ("desktop  shown\n".to_owned(), Some(0)));
    let (program, _, _, title, text, _, hints, _) = shown.await.unwrap();
    assert_eq!((program.as_str(), title.as_str()), ("trailwatch", "[info] A sample from trailwatch"));
    assert_eq!(text, "Nothing has happened. The channel desktop works.");
    assert_eq!(u8::try_from(hints["urgency"].clone()).unwrap(), 0);
    // Now it takes what it is told, and never answers.
    let begun = std::time::Instant::now();
    let said = test(home.path(), Some(&bus.address)).await;
    assert_eq!(said, ("desktop  refused: the desktop did not answer within 5 s\n".to_owned(), Some(1)));
    assert!(begun.elapsed() < std::time::Duration::from_secs(15));
}

#[tokio::test]
async fn without_a_desktop_it_is_said_and_nothing_is_started() {
    let home = tempfile::tempdir().unwrap();
    let said = test(home.path(), None).await;
    assert_eq!(said, ("desktop  refused: no desktop session here\n".to_owned(), Some(1)));
}
