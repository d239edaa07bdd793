//! Which files hold rules, and their texts, of a bounded size.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Bytes in one file; a rule has about a thousand.
const MOST_BYTES: u64 = 1 << 20;
/// Bytes in all files together.
const MOST_IN_ALL: u64 = 32 << 20;
/// Files and folders that are looked at.
const MOST_FILES: usize = 20_000;

/// A file that was read, or why it was not: a sentence without a full stop, and what to do.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) text: Result<String, (String, &'static str)>,
}

/// Each rule file with its size and when it was last written: while this is the same, so are the rules.
pub type Look = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// What the rule files of a folder look like from outside; nothing where there is no folder.
pub fn look(folder: &Path) -> Look {
    let told = |path: PathBuf| {
        let data = fs::metadata(&path).ok()?;
        Some((path, (data.len(), data.modified().ok())))
    };
    match folder.exists() {
        true => paths(&[folder.to_owned()]).0.into_iter().filter_map(told).collect(),
        false => Look::new(),
    }
}

/// The rule files below what is named, in the order of their names, folder by folder. A file that is named itself is
/// read whatever it is called.
pub(super) fn files(named: &[PathBuf]) -> Vec<Found> {
    let (paths, mut found) = paths(named);
    let mut left = MOST_IN_ALL;
    let files = paths.into_iter().map(|path| {
        let file = read(path, left);
        left -= file.text.as_ref().map_or(0, |text| text.len() as u64);
        file
    });
    let files: Vec<Found> = files.collect();
    found.splice(0..0, files);
    found
}

/// The paths of the rule files below what is named, and what cannot be looked into.
fn paths(named: &[PathBuf]) -> (Vec<PathBuf>, Vec<Found>) {
    let (mut files, mut wrong) = (Vec::new(), Vec::new());
    // What is to be visited, the next at the end, with whether it was named.
    let mut rest: Vec<(PathBuf, bool)> = named.iter().rev().map(|path| (path.clone(), true)).collect();
    let mut visited = 0;
    while let Some((path, is_named)) = rest.pop() {
        visited += 1;
        if visited > MOST_FILES {
            let why = format!("more than {MOST_FILES} files and folders stand here; the rest is not read");
            wrong.push(Found { path, text: Err((why, "name a folder that holds rules alone")) });
            break;
        }
        // A link to a folder in a folder is not followed, so that there is no end to none.
        let is_folder = if is_named { path.is_dir() } else { is_real_folder(&path) };
        if is_folder {
            match inside(&path) {
                Ok(paths) => rest.extend(paths.into_iter().map(|path| (path, false))),
                Err(error) => wrong.push(unreadable(path, &error)),
            }
        } else if is_named || is_rules(&path) {
            files.push(path);
        }
    }
    (files, wrong)
}

fn is_real_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|data| data.is_dir())
}

/// What stands in a folder, the last name first.
fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.take(MOST_FILES + 1).map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<io::Result<_>>()?;
    paths.sort_by(|a, b| b.cmp(a));
    Ok(paths)
}

fn is_rules(path: &Path) -> bool {
    let is_hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    !is_hidden && matches!(ending.as_str(), "toml" | "yml" | "yaml")
}

/// Reads a file of at most `left` bytes.
fn read(path: PathBuf, left: u64) -> Found {
    let most = MOST_BYTES.min(left);
    // Reading a pipe might never end.
    let text = match fs::metadata(&path) {
        Err(error) => Err(error),
        Ok(data) if !data.is_file() => Err(io::Error::other("it is not a regular file")),
        Ok(_) => bytes(&path, most),
    };
    let text = match text {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(path, &error),
    };
    let text = match String::from_utf8(text) {
        Ok(text) if text.len() as u64 > most => {
            let limit = if most == MOST_BYTES { "1 MiB in one file" } else { "32 MiB in all files" };
            Err((format!("rules are at most {limit}"), "take out what are no rules, or split the file"))
        }
        Ok(text) => Ok(text),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err((format!("the file is not UTF-8 from byte {at} on"), "save it as UTF-8"))
        }
    };
    Found { path, text }
}

fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: PathBuf, error: &io::Error) -> Found {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "name a file or a folder that is there",
        io::ErrorKind::PermissionDenied => "let yourself read it",
        _ => "name a file or a folder that can be read",
    };
    Found { path, text: Err((format!("it cannot be read: {error}"), help)) }
}
