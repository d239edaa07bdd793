//! The terminal: its bell, and the notifications that some terminals show (OSC 9 and OSC 777).
//!
//! A dashboard owns its terminal, so that it is told what to ring; without one, the terminal that the program was
//! started in is written to.

use std::{env, io::Write, sync::Arc, time::Duration};

use super::{Channel, Means, Refused, Said, Sending, words};
use crate::{
    config::notify::{self, ChannelKind},
    model::Message,
};

/// What a terminal is to ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// One line that is safe to show, at most 100 characters.
    pub title: String,
    /// One line that is safe to show, at most 200 characters; may be empty.
    pub text: String,
    /// Whether the bell rings as well.
    pub bell: bool,
}

const MOST_TITLE: usize = 100;
const MOST_TEXT: usize = 200;

impl Ring {
    /// What a message rings.
    fn new(message: &Message, bell: bool) -> Self {
        // A `;` ends a part of a sequence, and `9;4;` would be a progress bar (ConEmu, "OSC 9").
        let part = |text: &str, most| words::line(text, most).replace(';', ",");
        let text = message.notice.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Self {
            title: part(&words::headline(&message.notice, MOST_TITLE), MOST_TITLE),
            text: part(text, MOST_TEXT),
            bell,
        }
    }

    /// The bytes for a terminal: the bell, OSC 777 (rxvt-unicode's `notify`), and OSC 9 (iTerm2, "Proprietary Escape
    /// Codes") for the terminals that know only that. What a terminal does not know it passes over.
    pub fn bytes(&self, to: Around) -> Vec<u8> {
        let Self { title, text, bell } = self;
        let dash = if text.is_empty() { "" } else { ": " };
        let nine = (!to.reads_both).then(|| format!("\u{1b}]9;{title}{dash}{text}\u{7}"));
        let mut bytes = if *bell { vec![0x07] } else { Vec::new() };
        for sequence in nine.into_iter().chain([format!("\u{1b}]777;notify;{title};{text}\u{7}")]) {
            let wrapped = || format!("\u{1b}Ptmux;{}\u{1b}\\", sequence.replace('\u{1b}', "\u{1b}\u{1b}"));
            bytes.extend(if to.in_tmux { wrapped() } else { sequence }.into_bytes());
        }
        bytes
    }
}

/// What is known of the terminal that rings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// tmux is between: sequences are wrapped so that it passes them on (tmux(1), `allow-passthrough`).
    pub in_tmux: bool,
    /// It shows OSC 9 and OSC 777, and would show one message twice.
    pub reads_both: bool,
}

/// Terminals that read both, by the start of `TERM` or `TERM_PROGRAM` (the documents of ghostty, WezTerm, foot, kitty).
const READ_BOTH: [&str; 5] = ["xterm-ghostty", "ghostty", "WezTerm", "foot", "xterm-kitty"];

impl Around {
    /// As the environment has it; over SSH little is known.
    pub fn from_environment() -> Self {
        let said = |name| env::var(name).unwrap_or_default();
        let terminals = [said("TERM"), said("TERM_PROGRAM")];
        let reads_both = READ_BOTH.iter().any(|known| terminals.iter().any(|terminal| terminal.starts_with(known)));
        Self { in_tmux: !said("TMUX").is_empty(), reads_both }
    }
}

struct Terminal {
    name: String,
    bell: bool,
    ring: Option<Arc<dyn Fn(Ring) + Send + Sync>>,
}

pub(super) fn open(channel: &notify::Channel, means: &Means) -> Option<Box<dyn Channel>> {
    let ChannelKind::Terminal = channel.kind else { return None };
    let (bell, ring) = (means.settings.notify.bell, means.ring.clone());
    Some(Box::new(Terminal { name: channel.name.clone(), bell, ring }))
}

impl Channel for Terminal {
    fn name(&self) -> &str {
        &self.name
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let ring = Ring::new(message, self.bell);
            if let Some(there) = &self.ring {
                there(ring);
                return Ok(Said::new("rung on the screen"));
            }
            // A terminal that was halted (ctrl-s) takes nothing.
            let written = tokio::task::spawn_blocking(move || write(&ring.bytes(Around::from_environment())));
            match tokio::time::timeout(PATIENCE, written).await {
                Ok(Ok(Ok(()))) => Ok(Said::new("rung")),
                // Who has none now, as a service, has none later; and a bell that rings late says nothing.
                _ => Err(Refused::last("no terminal here")),
            }
        })
    }
}

const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the program was started in a terminal.
pub(super) fn is_there() -> bool {
    !cfg!(unix) || std::fs::OpenOptions::new().write(true).open("/dev/tty").is_ok()
}

/// Writes to the terminal that the program was started in, without waiting for it.
#[cfg(unix)]
fn write(bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let mut terminal = std::fs::OpenOptions::new().write(true).custom_flags(flags).open("/dev/tty")?;
    terminal.write_all(bytes)?;
    terminal.flush()
}

#[cfg(not(unix))]
fn write(_: &[u8]) -> std::io::Result<()> {
    Err(std::io::Error::other("no terminal can be found here"))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{model::text::is_unsafe, notify::channel::samples};

    #[test]
    fn hostile_text_neither_ends_nor_splits_a_sequence() {
        let mut message = samples::hostile();
        message.notice.text = format!("\n{}\nmore", "4;1;50 ".repeat(100));
        let ring = Ring::new(&message, true);
        assert!(!ring.title.contains(is_unsafe) && !ring.title.contains(';') && !ring.text.contains(';'), "{ring:?}");
        assert!(ring.title.chars().count() <= MOST_TITLE && ring.text.chars().count() <= MOST_TEXT);
        let bytes = ring.bytes(Around::default());
        let text = String::from_utf8(bytes).unwrap();
        let parts: Vec<&str> = text.split_terminator('\u{7}').collect();
        assert_eq!(parts[0], "");
        assert!(parts[1].starts_with("\u{1b}]9;[critical] Root signed in from <!channel> *bold*"), "{text:?}");
        assert!(parts[2].starts_with("\u{1b}]777;notify;[critical] Root"), "{text:?}");
        assert_eq!((parts.len(), text.matches('\u{1b}').count()), (3, 2));
    }

    #[test]
    fn inside_tmux_the_sequences_are_wrapped_and_the_bell_is_not() {
        let ring = Ring { title: "t".to_owned(), text: String::new(), bell: true };
        let text = String::from_utf8(ring.bytes(Around { in_tmux: true, ..Around::default() })).unwrap();
        let (nine, other) = ("\u{1b}\u{1b}]9;t\u{7}", "\u{1b}\u{1b}]777;notify;t;\u{7}");
        assert_eq!(text, format!("\u{7}\u{1b}Ptmux;{nine}\u{1b}\\\u{1b}Ptmux;{other}\u{1b}\\"));
        let both = Around { reads_both: true, ..Around::default() };
        assert_eq!(Ring { bell: false, ..ring }.bytes(both), b"\x1b]777;notify;t;\x07");
    }

    #[tokio::test]
    async fn a_dashboard_is_told_what_to_ring() {
        let rung = Arc::new(Mutex::new(Vec::new()));
        let ring = Arc::clone(&rung);
        let ring: Arc<dyn Fn(Ring) + Send + Sync> = Arc::new(move |it| ring.lock().unwrap().push(it));
        let channel = Terminal { name: "terminal".to_owned(), bell: false, ring: Some(ring) };
        assert_eq!(channel.send(&samples::hostile()).await, Ok(Said::new("rung on the screen")));
        assert!(!rung.lock().unwrap()[0].bell);
    }
}
