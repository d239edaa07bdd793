//! The ways to a person, one file each: a channel sends one message and says what came back.
//!
//! A channel decides nothing: what is sent, when, and whether again is the notifier's business. What it says may be
//! shown: no token, and no address with one, is ever in it.

mod command;
mod desktop;
mod log;
mod shape;
mod sns;
mod terminal;
mod webhook;
mod words;

use std::{path::PathBuf, pin::Pin, sync::Arc};

pub use terminal::{Around, Ring};

use crate::{
    config::{self, Settings, notify::ChannelKind},
    model::{Message, duration::Span},
    source::Clock,
};

/// One try under way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Said, Refused>> + Send + 'a>>;

/// One way to a person.
pub trait Channel: Send + Sync {
    /// As the config has it.
    fn name(&self) -> &str;

    /// Tries to send a message once. Every channel ends by itself, within half a minute at most; what is dropped before
    /// may have been sent.
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a>;
}

/// What came back from a channel that took a message, in words that may be shown: `200 OK`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub words: String,
}

/// Why a channel did not take a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// In words that may be shown.
    pub words: String,
    /// Whether another try may fare better.
    pub retry: bool,
    /// How long to wait before it, where the other side said so.
    pub after: Option<Span>,
}

impl Said {
    fn new(words: impl AsRef<str>) -> Self {
        Self { words: words::line(words.as_ref(), words::MOST_SAID) }
    }
}

impl Refused {
    /// Another try may fare better.
    fn passing(words: impl AsRef<str>) -> Self {
        Self { words: words::line(words.as_ref(), words::MOST_SAID), retry: true, after: None }
    }

    /// No other try will.
    fn last(words: impl AsRef<str>) -> Self {
        Self { retry: false, ..Self::passing(words) }
    }

    /// The same would be said again, unless somebody is just mending or moving the other side: a few tries tell.
    fn unless_mended(words: impl AsRef<str>, message: &Message) -> Self {
        Self { retry: message.tries + 1 < TRIES, ..Self::passing(words) }
    }
}

/// How often what is likely to be refused again is tried: with pauses that double, for a quarter of a minute, so that
/// what waits behind it is not held up for long.
const TRIES: u32 = 5;

/// What channels need of the program around them.
#[derive(Clone)]
pub struct Means {
    pub clock: Clock,
    /// How the account is reached, for the topics in it.
    pub settings: Arc<Settings>,
    /// Where the log is kept that has no path of its own.
    pub folder: Option<PathBuf>,
    /// Rings the terminal that a dashboard has; without one, the terminal that the program was started in is looked for.
    pub ring: Option<Arc<dyn Fn(Ring) + Send + Sync>>,
}

/// Makes a channel of its table in the config, if it is of that kind.
type Open = fn(&config::notify::Channel, &Means) -> Option<Box<dyn Channel>>;

/// Every kind of channel. A new one is a file and a line here, and its settings in `config`.
const KINDS: &[Open] = &[command::open, desktop::open, log::open, sns::open, terminal::open, webhook::open];

/// Whether a channel can tell anybody here. A desktop and a terminal are on unless the config says otherwise, and many a
/// machine that is reached over SSH, or a service, has neither: there they are left out, and nothing fails over and over.
///
/// `has_screen` says that a dashboard has the terminal.
pub fn is_there(channel: &config::notify::Channel, has_screen: bool) -> bool {
    match channel.kind {
        ChannelKind::Desktop => desktop::has_session(),
        ChannelKind::Terminal => has_screen || terminal::is_there(),
        _ => true,
    }
}

/// The channel of a table in the config.
///
/// # Errors
/// No file here knows its kind.
pub fn open(channel: &config::notify::Channel, means: &Means) -> Result<Box<dyn Channel>, String> {
    let no_kind = || format!("the channel {} is of no kind that can send: {}", channel.name, channel.kind.as_str());
    KINDS.iter().find_map(|open| open(channel, means)).ok_or_else(no_kind)
}

#[cfg(test)]
mod samples;
