//! Where trailwatch keeps its files: the XDG folders.

use std::path::PathBuf;

use etcetera::BaseStrategy;

/// The folders and files, whether they exist or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// `config.toml`.
    pub config: PathBuf,
    /// `keys.toml`.
    pub keys: PathBuf,
    /// The operator's own themes, `NAME.toml`.
    pub themes: PathBuf,
    /// The operator's own rules: TOML and Sigma files, in folders of any depth.
    pub rules_folder: PathBuf,
    /// `trailwatch.log`.
    pub log: PathBuf,
}

impl Paths {
    /// The places by the XDG Base Directory Specification; `None` when the system names no home folder.
    pub fn from_environment() -> Option<Self> {
        let base = etcetera::choose_base_strategy().ok()?;
        let config = base.config_dir().join("trailwatch");
        let state = base.state_dir().unwrap_or_else(|| base.data_dir()).join("trailwatch");
        Some(Self {
            config: config.join("config.toml"),
            keys: config.join("keys.toml"),
            themes: config.join("themes"),
            rules_folder: config.join("rules"),
            log: state.join("trailwatch.log"),
        })
    }

    /// Each place with its meaning, for people.
    pub fn list(&self) -> [(&'static str, &PathBuf); 5] {
        [
            ("config", &self.config),
            ("keys", &self.keys),
            ("themes", &self.themes),
            ("rules", &self.rules_folder),
            ("log", &self.log),
        ]
    }
}
