//! Whose account it is: what lasts is kept by account, and so the feeds wait until that is known.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use tokio::sync::watch;

use crate::{
    config::{self, Settings},
    model::{SourceKind, SourceState, Update},
};

/// What the first answer was to who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// This account's number.
    Account(String),
    /// Nobody answered.
    Unknown,
}

/// Hears who we are from what the sources say.
#[derive(Debug, Default)]
pub struct Ear {
    heard: watch::Sender<Option<Who>>,
}

impl Ear {
    pub fn hear(&self, update: &Update) {
        let who = match update {
            Update::Identity(identity) => Who::Account(identity.account.clone()),
            Update::Source(health) if health.id.kind == SourceKind::Identity => match health.state {
                SourceState::Failed(_) | SourceState::Throttled { .. } => Who::Unknown,
                SourceState::Starting | SourceState::Live => return,
            },
            _ => return,
        };
        self.heard.send_if_modified(|heard| match heard {
            Some(Who::Account(_)) => false,
            _ => {
                let is_news = heard.as_ref() != Some(&who);
                *heard = Some(who);
                is_news
            }
        });
    }

    /// The first answer.
    pub async fn first(&self) -> Who {
        let mut heard = self.heard.subscribe();
        let first = heard.wait_for(Option::is_some).await;
        first.ok().and_then(|who| who.clone()).unwrap_or(Who::Unknown)
    }
}

/// The folder of the account's store: by its number, or, while nobody answers, by what it was last time for the same
/// profile and endpoint.
pub fn folder(settings: &Settings, who: &Who) -> Option<PathBuf> {
    let stores = settings.stores.as_deref()?;
    let account = match who {
        Who::Account(account) => {
            // What was not kept costs the next start without a network its history.
            let _ = remember(stores, &asked(settings), account);
            account.clone()
        }
        Who::Unknown => last(stores, &asked(settings)).unwrap_or_else(|| "unknown".to_owned()),
    };
    Some(stores.join(plain(&account)))
}

/// The folder of the store of the account that was last watched with these settings, without asking anybody.
pub fn stored(settings: &Settings) -> Option<PathBuf> {
    let stores = settings.stores.as_deref()?;
    Some(stores.join(plain(&last(stores, &asked(settings))?)))
}

/// By what an account is found again before it has answered.
fn asked(settings: &Settings) -> String {
    let profile = settings.profile.as_deref().unwrap_or_default();
    format!("{profile} {}", settings.endpoint_url.as_deref().unwrap_or_default())
}

/// A number from outside as the name of a folder.
fn plain(account: &str) -> String {
    let plain: String = account.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    if plain.is_empty() { "unknown".to_owned() } else { plain }
}

fn file(stores: &Path) -> PathBuf {
    stores.join("last.json")
}

fn read(stores: &Path) -> BTreeMap<String, String> {
    fs::read(file(stores)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

fn last(stores: &Path, asked: &str) -> Option<String> {
    read(stores).remove(asked)
}

fn remember(stores: &Path, asked: &str, account: &str) -> io::Result<()> {
    let mut known = read(stores);
    if known.get(asked).is_some_and(|before| before == account) {
        return Ok(());
    }
    known.insert(asked.to_owned(), account.to_owned());
    config::make_folder(stores)?;
    // Whole or not at all: another trailwatch may read it.
    let new = stores.join(format!("last.json.{}", std::process::id()));
    let written = write(&new, &serde_json::to_vec(&known)?).and_then(|()| fs::rename(&new, file(stores)));
    if written.is_err() {
        let _ = fs::remove_file(new);
    }
    written
}

/// Writes a file that its owner alone can read.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    config::owned().write(true).create(true).truncate(true).open(path)?.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_again_by_profile_and_endpoint() {
        let folder = tempfile::tempdir().unwrap();
        let settings = |profile: &str| Settings {
            profile: Some(profile.to_owned()),
            stores: Some(folder.path().to_owned()),
            ..Settings::default()
        };
        let known = Who::Account("111122223333".to_owned());
        let path = super::folder(&settings("work"), &known).unwrap();
        assert_eq!(path, folder.path().join("111122223333"));
        assert_eq!(super::folder(&settings("work"), &Who::Unknown), Some(path));
        assert_eq!(super::folder(&settings("home"), &Who::Unknown), Some(folder.path().join("unknown")));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_kept_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let stores = home.path().join("state/accounts");
        let settings = Settings { stores: Some(stores.clone()), ..Settings::default() };
        super::folder(&settings, &Who::Account("111122223333".to_owned())).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&home.path().join("state")), mode(&stores), mode(&file(&stores))), (0o700, 0o700, 0o600));
    }

    #[test]
    fn an_account_s_number_leaves_no_folder() {
        assert_eq!(plain("../../etc"), "etc");
        assert_eq!(plain("…"), "unknown");
    }
}
