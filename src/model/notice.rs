//! What a person is told wherever they are, and how the telling went.

use serde::{Deserialize, Serialize};

use super::{Region, Severity, Time};

/// One fact that is worth a message.
///
/// Title and text hold parts that were chosen by whoever made a call. They are kept as they came; each channel makes
/// them safe in its own way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Names the fact: the same again when the same fact is learnt again, over restarts too. Every try of every channel
    /// carries it, so that a receiver can tell a repeat.
    pub key: String,
    pub kind: NoticeKind,
    pub severity: Severity,
    /// What happened, in one line.
    pub title: String,
    /// More about it, in lines; may be empty.
    pub text: String,
    /// What it is about: the id of an alert, the name of an alarm, the address of a restored object, the label of a
    /// source.
    pub subject: String,
    /// The rule behind it, by name; empty when there is none.
    pub rule: String,
    /// The account's number; empty while it is not known.
    pub account: String,
    /// Where it happened, when it happened in a Region.
    pub region: Option<Region>,
    /// When it happened; for a deadline, the deadline.
    pub time: Time,
    /// How many equal facts it stands for, itself among them.
    pub count: u32,
    /// The names of the channels that are told; with none, all that take its severity.
    pub channels: Vec<String>,
}

/// What kind of fact it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A rule fired.
    Alert,
    /// An alarm changed its state.
    Alarm,
    RestoreInitiated,
    RestoreReady,
    /// A restored copy is about to be deleted.
    RestoreExpiring,
    RestoreExpired,
    /// A source has been broken for a while, or is well again.
    Source,
    /// Our credentials are about to end, or have ended.
    Credentials,
    /// What a channel held back.
    Summary,
    /// A sample, sent by hand.
    Test,
}

impl NoticeKind {
    /// The word used in JSON and in the config.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Alert => "alert",
            NoticeKind::Alarm => "alarm",
            NoticeKind::RestoreInitiated => "restore-initiated",
            NoticeKind::RestoreReady => "restore-ready",
            NoticeKind::RestoreExpiring => "restore-expiring",
            NoticeKind::RestoreExpired => "restore-expired",
            NoticeKind::Source => "source",
            NoticeKind::Credentials => "credentials",
            NoticeKind::Summary => "summary",
            NoticeKind::Test => "test",
        }
    }
}

/// A notice on its way through one channel: a row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number in the outbox: a channel sends in this order. 0 while it has none.
    pub id: i64,
    /// The channel's name, as the config has it.
    pub channel: String,
    pub notice: Notice,
    /// When it was put into the outbox.
    pub made: Time,
    pub state: Delivery,
    /// How often it was tried.
    pub tries: u32,
    /// What came of the last try, in words that may be shown: no token, no address with one. Empty before the first.
    pub said: String,
}

/// What the terminal is to do so that somebody looks at it, between two frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Ring the bell, unless it is silenced.
    pub bell: bool,
    /// What else the terminal is told, made safe: whole escape sequences; may be empty.
    pub sequence: String,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// To be tried at this time, or as soon after it as those before it are gone.
    Waiting { due: Time },
    /// The channel took it.
    Sent { at: Time },
    /// Given up.
    Failed { at: Time },
    /// Not sent by itself, for the channel's rate limit or in its quiet hours: a summary counts it.
    Held { at: Time },
}

impl Delivery {
    /// The word used in JSON and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Delivery::Waiting { .. } => "waiting",
            Delivery::Sent { .. } => "sent",
            Delivery::Failed { .. } => "failed",
            Delivery::Held { .. } => "held",
        }
    }
}
