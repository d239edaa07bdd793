//! Where trailwatch keeps its files: the XDG folders.

use std::path::{Path, PathBuf};

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
    /// The folder of what is kept over a restart.
    pub state: PathBuf,
    /// `trailwatch.log`.
    pub log: PathBuf,
}

/// Where rules come from, and where is kept what becomes of them; `None` where nothing is read or kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulePlaces {
    /// The operator's own rules.
    pub folder: Option<PathBuf>,
    /// Where rules that are made on the screen are written, and read as well, when that is not `folder`.
    pub made: Option<PathBuf>,
    /// Which rules were switched by hand, as TOML.
    pub switches: Option<PathBuf>,
    /// What rules about first times have seen, as JSON.
    pub memory: Option<PathBuf>,
    /// What was changed in accounts, as JSON lines. Without it nothing can be changed.
    pub journal: Option<PathBuf>,
}

impl RulePlaces {
    /// The folders that rules are read from.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folder.iter().chain(&self.made).map(PathBuf::as_path)
    }

    /// The folder that rules are written to which are made on the screen.
    pub fn written(&self) -> Option<&Path> {
        self.made.as_deref().or(self.folder.as_deref())
    }
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
            state,
        })
    }

    /// The same places, but for what is kept over a restart.
    pub fn with_state(self, state: PathBuf) -> Self {
        Self { log: state.join("trailwatch.log"), state, ..self }
    }

    /// The folder of the stores, one for each account; with a name, apart from the rest.
    pub fn stores(&self, apart: Option<&str>) -> PathBuf {
        apart.map_or_else(|| self.state.clone(), |name| self.state.join(name)).join("accounts")
    }

    /// Where rules and what becomes of them are; with a name, what becomes of them and what is made on the screen is kept
    /// apart from the rest.
    pub fn rule_places(&self, apart: Option<&str>) -> RulePlaces {
        let state = apart.map_or_else(|| self.state.clone(), |name| self.state.join(name));
        RulePlaces {
            folder: Some(self.rules_folder.clone()),
            made: apart.map(|_| state.join("rules")),
            switches: Some(state.join("switches.toml")),
            memory: Some(state.join("seen.json")),
            journal: Some(state.join("journal.jsonl")),
        }
    }

    /// Each place with its meaning, for people.
    pub fn list(&self) -> [(&'static str, &PathBuf); 6] {
        [
            ("config", &self.config),
            ("keys", &self.keys),
            ("themes", &self.themes),
            ("rules", &self.rules_folder),
            ("state", &self.state),
            ("log", &self.log),
        ]
    }
}
