//! What must never be printed, and where it is kept.

use std::{fmt, fs, path::PathBuf};

use serde::Deserialize;

/// A text that `Debug` does not print.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the request alone, never for a log, an error or the screen.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Where a secret is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// In the config itself.
    Here(Secret),
    /// In this variable of the environment.
    Env(String),
    /// In this file, without the line break at its end.
    File(PathBuf),
}

/// A secret is no longer than this, in bytes.
const LONGEST: u64 = 64 * 1024;

impl SecretPlace {
    /// The secret as it is now, so that one that was changed is taken up.
    ///
    /// # Errors
    /// It is not there, or empty; what is said names the place and never the secret.
    pub fn read(&self) -> Result<Secret, String> {
        let (secret, place) = match self {
            SecretPlace::Here(secret) => return Ok(secret.clone()),
            SecretPlace::Env(name) => (std::env::var(name).map_err(|error| error.to_string()), format!("${name}")),
            SecretPlace::File(path) => (read(path), path.display().to_string()),
        };
        let secret = secret.map_err(|error| format!("the secret in {place} cannot be read: {error}"))?;
        match secret.trim_end_matches(['\r', '\n']) {
            "" => Err(format!("the secret in {place} is empty; write one there")),
            secret => Ok(Secret::new(secret)),
        }
    }
}

fn read(path: &PathBuf) -> Result<String, String> {
    let about = fs::metadata(path).map_err(|error| error.to_string())?;
    match about.is_file() && about.len() <= LONGEST {
        true => fs::read_to_string(path).map_err(|error| error.to_string()),
        false => Err(format!("it is no regular file of at most {LONGEST} bytes")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", SecretPlace::Here(Secret::new("hunter2"))), "Here([secret])");
    }

    #[test]
    fn a_secret_in_a_file_has_no_line_break_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "hunter2\n").unwrap();
        assert_eq!(SecretPlace::File(path.clone()).read().unwrap().reveal(), "hunter2");
        fs::write(&path, "\n").unwrap();
        assert!(SecretPlace::File(path.clone()).read().unwrap_err().ends_with("is empty; write one there"));
        assert!(SecretPlace::File(folder.path().into()).read().unwrap_err().contains("no regular file"));
    }
}
