//! What the operator and the rules would have kept over a restart: switches, and what was seen before.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::{
    config::{self, ConfigError, load_text, load_toml},
    rules::{Switches, first::Memory},
};

/// Bytes in a file: what is larger was not written here.
const MOST: u64 = 16 << 20;

/// The switches that the operator set; none when there is no file.
///
/// # Errors
/// A file that is no table of names and true or false, with its place.
pub fn switches(path: &Path) -> Result<Switches, ConfigError> {
    Ok(load_toml(path)?.unwrap_or_default())
}

/// Switches these as well, and gives all there are then: what another program has switched in between stays.
///
/// # Errors
/// The file cannot be read, or the folder or the file cannot be written to.
pub fn switch(path: &Path, changes: impl IntoIterator<Item = (String, bool)>) -> io::Result<Switches> {
    let _lock = lock(path)?;
    let mut all = switches(path).map_err(io::Error::other)?;
    all.extend(changes);
    let text = toml::to_string(&all).map_err(io::Error::other)?;
    write(path, &format!("# Rules that were switched by hand; trailwatch writes this file.\n{text}"))?;
    Ok(all)
}

/// What rules about first times have seen; nothing when there is no file.
///
/// # Errors
/// A file that cannot be read, or is no memory, and what to do.
pub fn memory(path: &Path) -> Result<Memory, String> {
    if path.metadata().is_ok_and(|data| data.len() > MOST) {
        return Err(format!(
            "{}: larger than {} MiB; delete it, and rules about first times learn anew",
            path.display(),
            MOST >> 20
        ));
    }
    let text = load_text(path).map_err(|error| error.to_string())?.unwrap_or_default();
    if text.is_empty() {
        return Ok(Memory::new());
    }
    serde_json::from_str(&text).map_err(|error| {
        format!("{}: {error}; delete the file, and rules about first times learn anew", path.display())
    })
}

/// Writes what rules about first times have seen.
///
/// # Errors
/// The folder or the file cannot be written to.
pub fn keep_memory(path: &Path, memory: &Memory) -> io::Result<()> {
    let _lock = lock(path)?;
    write(path, &serde_json::to_string(memory).map_err(io::Error::other)?)
}

/// How long another program may take to write.
const PATIENCE: Duration = Duration::from_secs(2);

/// Keeps other programs from writing a file until what this gives is dropped.
fn lock(path: &Path) -> io::Result<File> {
    config::make_folder(path.parent().unwrap_or(Path::new(".")))?;
    let file = owned().open(beside(path, ".lock"))?;
    let end = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() > end => {
                return Err(io::Error::other("another program is writing it, and does not end"));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// A file beside another, by the ending of its name.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// To write a file that its owner alone can read.
fn owned() -> OpenOptions {
    let mut options = config::owned();
    options.write(true).create(true).truncate(true);
    options
}

/// Writes a file whole or not at all; whoever calls this has its [`lock`].
fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = beside(path, ".new");
    let mut file = owned().open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Time, rules::first::Known};

    #[test]
    fn switches_last_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/switches.toml");
        assert_eq!(switches(&path).unwrap(), Switches::default());
        let some = Switches::from([("a b".to_owned(), true), ("root-use".to_owned(), false)]);
        assert_eq!(switch(&path, some.clone()).unwrap(), some);
        assert_eq!(switches(&path).unwrap(), some);
        fs::write(&path, "x = 1").unwrap();
        assert!(switches(&path).unwrap_err().to_string().contains("switches.toml:1:5"));
        assert!(switch(&path, some).is_err(), "a file that is broken is not overwritten");
    }

    #[test]
    fn what_several_switch_at_once_all_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("switches.toml");
        thread::scope(|scope| {
            for n in 0..8 {
                let path = &path;
                scope.spawn(move || switch(path, [(format!("rule-{n}"), false)]).unwrap());
            }
        });
        assert_eq!(switches(&path).unwrap().len(), 8);
    }

    #[test]
    fn what_was_seen_lasts_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seen.json");
        assert_eq!(memory(&path).unwrap(), Memory::new());
        let mut known = Known::since(Time::UNIX_EPOCH);
        known.texts.insert("eu-west-1".to_owned());
        let some = Memory::from([("region".to_owned(), known)]);
        keep_memory(&path, &some).unwrap();
        assert_eq!(memory(&path).unwrap(), some);
        fs::write(&path, "{").unwrap();
        assert!(memory(&path).unwrap_err().contains("delete the file"));
    }
}
