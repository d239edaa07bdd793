//! `[notify]`: what a person is told, through which channels, and when not.

mod address;
mod channel;
mod file;
mod quiet;
mod redact;
mod secret;
#[cfg(test)]
mod tests;

pub use address::{Topic, webhook_address};
pub use channel::{Channel, ChannelKind, Format, Rate, Webhook};
pub use file::NotifyFile;
pub use quiet::{Quiet, QuietZone};
pub use redact::redact;
pub use secret::{Secret, SecretPlace};

use crate::model::{Severity, duration::Span};

/// What a person is told, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notify {
    /// The mildest severity that is told.
    pub floor: Severity,
    /// When only the weightiest is told.
    pub quiet: Option<Quiet>,
    /// The mildest severity that is told in quiet hours too.
    pub quiet_except: Severity,
    /// How long before a restored copy is deleted somebody is told; the longest first, each once.
    pub deadlines: Vec<Span>,
    /// Which changes of alarms are told.
    pub alarms: AlarmsTold,
    /// Whether restores are told of.
    pub restores: bool,
    /// For how long a source has to be broken before somebody is told.
    pub broken_after: Span,
    /// Whether the terminal's bell rings.
    pub bell: bool,
    /// Those that are on, in the order of their names; no two have the same.
    pub channels: Vec<Channel>,
}

/// Which changes of CloudWatch alarms are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlarmsTold {
    /// To ALARM, and from there back to OK.
    #[default]
    Alarm,
    /// Every change of a state.
    Changes,
    None,
}

impl Notify {
    /// The channel of a name.
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }
}

/// Told so long before the end of a restore, unless the config says otherwise.
const DEADLINES: [u64; 5] = [72 * 3_600, 24 * 3_600, 6 * 3_600, 3_600, 900];

impl Default for Notify {
    fn default() -> Self {
        let mut notify = Self {
            floor: Severity::Medium,
            quiet: None,
            quiet_except: Severity::Critical,
            deadlines: DEADLINES.into_iter().map(Span::seconds).collect(),
            alarms: AlarmsTold::default(),
            restores: true,
            broken_after: Span::seconds(600),
            bell: true,
            channels: Vec::new(),
        };
        notify.channels = [("desktop", ChannelKind::Desktop), ("terminal", ChannelKind::Terminal)]
            .map(|(name, kind)| Channel::new(name, kind, &notify))
            .into();
        notify
    }
}
