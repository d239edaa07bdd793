//! What the operator and the rules would have kept over a restart: switches, and what was seen before.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use crate::{
    config::{ConfigError, load_text, load_toml},
    rules::{Switches, first::Memory},
};

/// The switches that the operator set; none when there is no file.
///
/// # Errors
/// A file that is no table of names and true or false, with its place.
pub fn switches(path: &Path) -> Result<Switches, ConfigError> {
    Ok(load_toml(path)?.unwrap_or_default())
}

/// Writes the switches.
///
/// # Errors
/// The folder or the file cannot be written to.
pub fn keep_switches(path: &Path, switches: &Switches) -> io::Result<()> {
    let text = toml::to_string(switches).map_err(io::Error::other)?;
    write(path, &format!("# Rules that were switched by hand; trailwatch writes this file.\n{text}"))
}

/// What rules about first times have seen; nothing when there is no file.
///
/// # Errors
/// A file that cannot be read, or is no memory, and what to do.
pub fn memory(path: &Path) -> Result<Memory, String> {
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
    write(path, &serde_json::to_string(memory).map_err(io::Error::other)?)
}

/// Writes a file that its owner alone can read, whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Two programs may write at the same time: each has its own new file, and the later one stays.
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = folder.join(name);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
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
        keep_switches(&path, &some).unwrap();
        assert_eq!(switches(&path).unwrap(), some);
        fs::write(&path, "x = 1").unwrap();
        assert!(switches(&path).unwrap_err().to_string().contains("switches.toml:1:5"));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
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
