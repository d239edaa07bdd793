//! A channel: where it leads, and what it takes.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Notify, Quiet, Secret, SecretPlace, Topic};
use crate::model::{NoticeKind, Severity, duration::Span};

/// One way to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// As the config has it, and as rules name it.
    pub name: String,
    pub kind: ChannelKind,
    /// The mildest severity that it takes.
    pub floor: Severity,
    /// When it only takes the weightiest.
    pub quiet: Option<Quiet>,
    /// The mildest severity that it takes in quiet hours too.
    pub quiet_except: Severity,
    /// How much it takes; `None` is without a limit.
    pub rate: Option<Rate>,
    /// What it takes; empty is all.
    pub kinds: Vec<NoticeKind>,
}

/// Where a channel leads, and what is needed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// The notifications of the desktop.
    Desktop,
    /// The terminal that trailwatch runs in.
    Terminal,
    Sns(Topic),
    Webhook(Webhook),
    /// A program and its arguments, started without a shell.
    Command {
        program: String,
        args: Vec<String>,
    },
    /// A file of JSON lines; without a path, trailwatch's own.
    Log {
        path: Option<PathBuf>,
    },
}

impl ChannelKind {
    /// The word used in the config and on the screen.
    pub fn as_str(&self) -> &'static str {
        match self {
            ChannelKind::Desktop => "desktop",
            ChannelKind::Terminal => "terminal",
            ChannelKind::Sns(_) => "sns",
            ChannelKind::Webhook(_) => "webhook",
            ChannelKind::Command { .. } => "command",
            ChannelKind::Log { .. } => "log",
        }
    }
}

/// An address that messages are posted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// `https://…`, or `http://` on this machine; without user and password.
    pub url: Secret,
    pub format: Format,
    /// A template that replaces the format's body.
    pub body: Option<Secret>,
    /// What the body is signed with.
    pub secret: Option<SecretPlace>,
    /// Further headers, by names in lower case; name and value are such as HTTP allows.
    pub headers: Vec<(String, Secret)>,
}

/// What a webhook's body looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Json,
    Slack,
    Teams,
    Discord,
}

/// At most so many messages in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At least 1.
    pub most: u32,
    /// Between a second and a day.
    pub per: Span,
}

impl Rate {
    /// What a person can still read.
    pub const DEFAULT: Rate = Rate { most: 20, per: Span::seconds(600) };
}

/// What stands in the config: a rate, or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct RateWritten(pub Option<Rate>);

impl TryFrom<String> for RateWritten {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        let fail = || {
            format!(
                "{text:?} is no rate; write a number of messages and a span of up to a day, such as 20/10m, or none"
            )
        };
        let (most, per) = text.split_once('/').ok_or_else(fail)?;
        let (most, per) = (most.parse::<u32>().map_err(|_| fail())?, per.parse::<Span>().map_err(|_| fail())?);
        match most > 0 && (1..=86_400).contains(&per.seconds) {
            true => Ok(Self(Some(Rate { most, per }))),
            false => Err(fail()),
        }
    }
}

impl Channel {
    /// A channel that takes what all channels take.
    pub fn new(name: &str, kind: ChannelKind, notify: &Notify) -> Self {
        // A log disturbs nobody and is read later: it has everything that is told.
        let is_log = matches!(kind, ChannelKind::Log { .. });
        Self {
            name: name.to_owned(),
            kind,
            floor: notify.floor,
            quiet: notify.quiet.filter(|_| !is_log),
            quiet_except: notify.quiet_except,
            rate: (!is_log).then_some(Rate::DEFAULT),
            kinds: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_and_a_span() {
        let read = |text: &str| RateWritten::try_from(text.to_owned()).map(|written| written.0);
        assert_eq!(read("20/10m"), Ok(Some(Rate::DEFAULT)));
        assert_eq!(read("none"), Ok(None));
        for text in ["", "20", "0/10m", "-1/10m", "20/0s", "20/2d", "20/10", "many/1h"] {
            assert!(read(text).unwrap_err().ends_with("such as 20/10m, or none"), "{text}");
        }
    }
}
