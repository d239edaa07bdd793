//! A program of the operator's: started without a shell, given the message as JSON on its standard input.
//!
//! Nothing that an attacker could have chosen is in its arguments or its environment. It gets half a minute.

use std::{future::pending, io, process::Stdio, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStderr, Command},
    sync::Mutex,
    time::timeout,
};

use super::{Channel, Means, Refused, Said, Sending, shape, words};
use crate::{
    config::notify::{self, ChannelKind},
    model::Message,
};

const PATIENCE: Duration = Duration::from_secs(30);
/// For what it still says after its end: a program that it started may hold on to its standard error.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// The bytes of its standard error that are kept; the rest is read and dropped, so that it never waits for us.
const MOST_OF_ERRORS: usize = 4_096;

struct Program {
    name: String,
    program: String,
    args: Vec<String>,
    patience: Duration,
}

pub(super) fn open(channel: &notify::Channel, _: &Means) -> Option<Box<dyn Channel>> {
    let ChannelKind::Command { program, args } = &channel.kind else { return None };
    let (name, program, args) = (channel.name.clone(), program.clone(), args.clone());
    Some(Box::new(Program { name, program, args, patience: PATIENCE }))
}

impl Channel for Program {
    fn name(&self) -> &str {
        &self.name
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let started = self.start(message);
            let mut child = started.map_err(|error| {
                let program = self.program.rsplit('/').next().unwrap_or_default();
                Refused::unless_mended(format!("{program} cannot be started: {error}"), message)
            })?;
            let errors = Arc::<Mutex<Vec<u8>>>::default();
            let listening = child.stderr.take().map(|from| tokio::spawn(listen(from, Arc::clone(&errors))));
            let ended = timeout(self.patience, feed(&mut child, shape::text(message) + "\n")).await;
            if ended.is_err() {
                // It alone: what it started is its own business.
                let _ = child.kill().await;
            }
            if let Some(mut listening) = listening {
                if timeout(LAST_WORDS, &mut listening).await.is_err() {
                    listening.abort();
                }
            }
            let first = first_line(&errors.lock().await);
            match ended {
                Err(_) => Err(Refused::passing(format!("killed after {} s{first}", self.patience.as_secs()))),
                Ok(Err(error)) => Err(Refused::passing(format!("lost: {error}"))),
                Ok(Ok(status)) if status.success() => Ok(Said::new(format!("exit 0{first}"))),
                Ok(Ok(status)) => Err(Refused::passing(match status.code() {
                    Some(code) => format!("exit {code}{first}"),
                    None => format!("{status}{first}"),
                })),
            }
        })
    }
}

impl Program {
    fn start(&self, message: &Message) -> io::Result<Child> {
        let notice = &message.notice;
        let mut command = Command::new(&self.program);
        command.args(&self.args).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.env("TRAILWATCH_CHANNEL", &message.channel);
        command.env("TRAILWATCH_KIND", notice.kind.as_str());
        command.env("TRAILWATCH_SEVERITY", notice.severity.as_str());
        command.env("TRAILWATCH_KEY", words::idempotency(&notice.key));
        // Ctrl-c is for the dashboard, not for what it started.
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }
}

/// Gives the program its message and waits for its end. It need not read the message.
async fn feed(child: &mut Child, text: String) -> io::Result<std::process::ExitStatus> {
    let input = child.stdin.take();
    let give = async move {
        if let Some(mut input) = input {
            let _ = input.write_all(text.as_bytes()).await;
        }
        pending::<()>().await;
    };
    tokio::select! {
        status = child.wait() => status,
        () = give => Err(io::Error::other("its input never ends")),
    }
}

async fn listen(mut from: ChildStderr, kept: Arc<Mutex<Vec<u8>>>) {
    let mut piece = [0; 1024];
    while let Ok(read @ 1..) = from.read(&mut piece).await {
        let mut kept = kept.lock().await;
        let room = MOST_OF_ERRORS.saturating_sub(kept.len()).min(read);
        kept.extend_from_slice(&piece[..room]);
    }
}

/// `: ` and the first line that says something, if any does.
fn first_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if line.is_empty() { String::new() } else { format!(": {}", line.trim()) }
}

#[cfg(test)]
mod tests {
    #![cfg(unix)]

    use super::*;
    use crate::notify::channel::samples::{self, EVIL};

    async fn run(script: &str) -> Result<Said, Refused> {
        let args = vec!["-c".to_owned(), script.to_owned()];
        let name = "script".to_owned();
        let program = Program { name, program: "/bin/sh".to_owned(), args, patience: Duration::from_secs(2) };
        program.send(&samples::hostile()).await
    }

    #[tokio::test]
    async fn the_message_comes_on_standard_input_and_nothing_hostile_in_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let (input, around) = (folder.path().join("input"), folder.path().join("env"));
        let script = format!("cat >{}; env | grep ^TRAILWATCH_ >{}", input.display(), around.display());
        assert_eq!(run(&script).await, Ok(Said::new("exit 0")));
        let read: serde_json::Value = serde_json::from_slice(&std::fs::read(input).unwrap()).unwrap();
        assert!(read["title"].as_str().unwrap().contains(EVIL));
        let around = std::fs::read_to_string(around).unwrap();
        let mut lines: Vec<&str> = around.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines.len(), 4, "{around}");
        assert!(lines[1].starts_with("TRAILWATCH_KEY=sha256-"), "{around}");
        assert_eq!([lines[0], lines[2]], ["TRAILWATCH_CHANNEL=oncall", "TRAILWATCH_KIND=alert"]);
    }

    #[tokio::test]
    async fn a_failure_says_the_code_and_the_first_line_made_safe() {
        let refused = run("printf '\\n\\033]0;x\\007 no pager\\nmore' >&2; exit 3").await.unwrap_err();
        assert_eq!((refused.words.as_str(), refused.retry), ("exit 3: \\u{1b}]0;x\\u{7} no pager", true));
        let refused = run("kill -9 $$").await.unwrap_err();
        assert!(refused.words.contains("signal: 9"), "{refused:?}");
    }

    #[tokio::test]
    async fn a_program_that_reads_nothing_says_much_or_leaves_a_child_behind_holds_nobody_up() {
        assert_eq!(run("exit 0").await, Ok(Said::new("exit 0")));
        let much = run(
            "i=0; while [ $i -lt 2000 ]; do echo $i 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done",
        );
        assert!(much.await.unwrap().words.starts_with("exit 0: 0 0123"));
        assert_eq!(run("sleep 5 & exit 0").await, Ok(Said::new("exit 0")));
    }

    #[tokio::test]
    async fn a_program_that_never_ends_is_killed() {
        let refused = run("echo waiting >&2; exec sleep 60").await.unwrap_err();
        assert_eq!((refused.words.as_str(), refused.retry), ("killed after 2 s: waiting", true));
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_tried_three_times() {
        let args = Vec::new();
        let gone = Program { name: "x".to_owned(), program: "/nowhere/page".to_owned(), args, patience: PATIENCE };
        let mut message = samples::hostile();
        let refused = gone.send(&message).await.unwrap_err();
        assert!(refused.words.starts_with("page cannot be started: No such file") && refused.retry, "{refused:?}");
        message.tries = 2;
        assert!(!gone.send(&message).await.unwrap_err().retry);
    }
}
