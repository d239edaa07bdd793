//! Writes a new file of rules into the operator's folder.

use std::{
    fs,
    io::{self, Write},
    path::{Component, Path, PathBuf},
};

use crate::config;

/// Writes a file of this name into the folder, which is made where it is missing; whole or not at all, and never over a
/// file that is there. Gives its path.
///
/// # Errors
/// Why it was not written, and what to do.
pub fn save(folder: &Path, file: &str, text: &str) -> Result<PathBuf, String> {
    let mut parts = Path::new(file).components();
    if !matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) {
        return Err(format!("{file:?} is no name of a file; give the rule another name"));
    }
    let path = folder.join(file);
    write(folder, &path, text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{} is there already and stays as it is; give the rule another name", path.display())
        }
        _ => format!("{} cannot be written: {error}; make the folder writable", path.display()),
    })?;
    Ok(path)
}

fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    // A file in the place of the folder is not the file that is to be written.
    config::make_folder(folder).map_err(io::Error::other)?;
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // A name with a dot in front is no rule file, so that a half of one is never read.
    let new = folder.join(format!(".{}.new", std::process::id()));
    let mut unfinished = config::owned().write(true).create(true).truncate(true).open(&new)?;
    let written = unfinished.write_all(text.as_bytes()).and_then(|()| unfinished.sync_all());
    // Unlike a rename, a link fails where a file has come meanwhile.
    let placed = written.and_then(|()| match fs::hard_link(&new, path) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported || error.kind() == io::ErrorKind::PermissionDenied => {
            fs::rename(&new, path)
        }
        linked => linked,
    });
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => placed.and(Err(error)),
        _ => placed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_once_and_never_over_another() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("config/rules");
        let path = save(&folder, "a.toml", "x = 1\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "x = 1\n");
        let error = save(&folder, "a.toml", "x = 2\n").unwrap_err();
        assert!(error.contains("a.toml is there already") && error.contains("another name"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "x = 1\n");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "something unfinished was left");
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let home = tempfile::tempdir().unwrap();
        for name in ["../a.toml", "/etc/a.toml", "", ".", "a/b.toml"] {
            assert!(save(home.path(), name, "").unwrap_err().contains("is no name of a file"), "{name}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("rules"), "").unwrap();
        let error = save(&home.path().join("rules"), "a.toml", "").unwrap_err();
        assert!(error.contains("rules/a.toml cannot be"), "{error}");
    }
}
