//! How much an event matters at first sight, before any rule has looked at it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// From a read that nobody minds to a thing that wakes somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A call that only read.
    #[default]
    Info,
    /// A call that changed something.
    Low,
    /// A change to who may do what, or a refusal.
    Medium,
    /// A thing to look at today.
    High,
    /// A thing to look at now.
    Critical,
}

impl Severity {
    /// Every severity, the mildest first.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The lower-case word used in config, filters and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// One column wide, so that a severity can be told without colour.
    pub fn glyph(self) -> &'static str {
        match self {
            Severity::Info => " ",
            Severity::Low => "·",
            Severity::Medium => "▪",
            Severity::High => "▲",
            Severity::Critical => "◆",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
