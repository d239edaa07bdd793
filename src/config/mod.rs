//! What the operator chose: the config file, and the settings that come of it and of the command line.

mod checks;
mod file;
pub mod notify;
mod owned;
mod paths;
mod store;
mod template;
mod words;

use std::{collections::BTreeMap, path::PathBuf};

pub use checks::{Since, endpoint, loopback, moment, region, since, since_ago, unknown_region};
pub use file::{Config, ConfigError, Written, load_text, load_toml, nearest, parse_toml, wrong_at};
pub use notify::Notify;
pub use owned::{make_folder, owned};
pub use paths::{Paths, RulePlaces};
pub use template::template;

use crate::model::{Place, Region, duration::Span};

/// Everything the engine and the screen need to know, resolved.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The profile of the AWS config files; `None` lets the SDK choose.
    pub profile: Option<String>,
    /// The Regions asked for, the home Region first; empty lets the SDK's chain name it.
    pub regions: Vec<Region>,
    /// Another endpoint for every service.
    pub endpoint_url: Option<String>,
    /// Credentials that replace the SDK's chain.
    pub credentials: Option<Credentials>,
    /// How far back the first load goes.
    pub since: Span,
    /// Where restores are looked for.
    pub restores: Vec<Place>,
    pub polling: Polling,
    /// How many events are kept in memory.
    pub history: usize,
    /// Names that people use for account ids.
    pub accounts: BTreeMap<String, String>,
    pub theme: Option<String>,
    /// Where the theme is named, when a config file does.
    pub theme_written: Option<Written>,
    pub zone: Zone,
    pub hide_read_only: bool,
    pub mouse: bool,
    /// What a person is told, and through which channels.
    pub notify: Notify,
    /// Whether what comes in is shown for some seconds in the corner of the screen.
    pub toasts: bool,
    pub rules: RulePlaces,
    /// The folder in which each account has a folder for its store; `None` keeps nothing.
    pub stores: Option<PathBuf>,
    pub keep: Keep,
    /// Whether the account may be changed, as the command line says; no config can.
    pub allow_writes: bool,
}

/// How much the store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// What happened longer ago goes.
    pub age: Span,
    /// Bytes on disk; when there are more, the oldest events go.
    pub bytes: u64,
}

impl Default for Keep {
    fn default() -> Self {
        Self { age: Span::seconds(90 * 86_400), bytes: 2 << 30 }
    }
}

/// A key pair given by hand.
#[derive(Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// How often each source is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polling {
    /// New events of a watched Region.
    pub events: Span,
    /// The last 20 minutes again, for what arrives late.
    pub sweep: Span,
    /// `ConsoleLogin` in the other sign-in Regions.
    pub sign_ins: Span,
    pub alarms: Span,
    pub restores: Span,
    /// The account's EventBridge rules and metric filters.
    pub rules: Span,
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            events: Span::seconds(10),
            sweep: Span::seconds(60),
            sign_ins: Span::seconds(60),
            // CloudWatch evaluates most alarms once a minute.
            alarms: Span::seconds(15),
            restores: Span::seconds(60),
            rules: Span::seconds(60),
        }
    }
}

/// The zone that times are shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    #[default]
    Utc,
    Local,
    /// How long ago.
    Relative,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: None,
            regions: Vec::new(),
            endpoint_url: None,
            credentials: None,
            since: Span::seconds(3_600),
            restores: Vec::new(),
            polling: Polling::default(),
            history: 1_000_000,
            accounts: BTreeMap::new(),
            theme: None,
            theme_written: None,
            zone: Zone::default(),
            hide_read_only: false,
            mouse: false,
            notify: Notify::default(),
            toasts: true,
            rules: RulePlaces::default(),
            stores: None,
            keep: Keep::default(),
            allow_writes: false,
        }
    }
}
