//! Which files hold records, of what an operator names.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Endings of the files that are read in a folder; a file that is named itself is always read.
const ENDINGS: &[&str] = &[".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz", ".gz"];

/// Files to be read, and what was passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// In the order of their names, folder by folder: a trail's files are then in the order of time.
    pub paths: Vec<PathBuf>,
    /// Digest files, which a trail keeps beside its logs, and files of CloudTrail Insights: neither holds calls.
    pub digests: usize,
    /// Files in folders whose names do not look like records, and what is no file, such as a pipe.
    pub others: usize,
}

/// Finds the files below what is named: files as they are, folders with all in them.
///
/// # Errors
/// The path that cannot be read, with why.
pub fn files(named: &[PathBuf]) -> Result<Files, (PathBuf, io::Error)> {
    let mut found = Files::default();
    for path in named {
        match fs::metadata(path).map_err(|error| (path.clone(), error))?.is_dir() {
            true => walk(path, &mut found)?,
            false => found.paths.push(path.clone()),
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Files) -> Result<(), (PathBuf, io::Error)> {
    // What is to be visited, the next at the end.
    let mut rest = vec![(folder.to_owned(), true)];
    while let Some((path, is_folder)) = rest.pop() {
        if is_folder {
            let mut inside = entries(&path).map_err(|error| (path, error))?;
            inside.sort_by(|a, b| b.cmp(a));
            rest.extend(inside);
        } else if is_digest(&path) {
            found.digests += 1;
        } else if is_log(&path) && path.is_file() {
            found.paths.push(path);
        } else {
            found.others += 1;
        }
    }
    Ok(())
}

/// What stands in a folder, with whether it is one; a link to a folder is not followed, so that there is no end to none.
fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let entry = |entry: io::Result<fs::DirEntry>| entry.and_then(|it| Ok((it.path(), it.file_type()?.is_dir())));
    fs::read_dir(folder)?.map(entry).collect()
}

/// The names are in the CloudTrail user guide, "CloudTrail log file examples" and "Digest file structure".
fn is_digest(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.contains("_CloudTrail-Digest_") || name.contains("_CloudTrail-Insight_")
}

fn is_log(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    !name.starts_with('.') && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_in_order_and_digests_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["b/2.json.gz", "b/1.jsonl", "a/x/1_CloudTrail-Digest_y.json.gz", "a/x/z.json", "c.txt", ".hidden.json"]
        {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = files(&[folder.path().to_owned(), folder.path().join("c.txt")]).unwrap();
        let names: Vec<_> =
            found.paths.iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a/x/z.json", "b/1.jsonl", "b/2.json.gz", "c.txt"]);
        assert_eq!((found.digests, found.others), (1, 2));
        assert!(files(&[folder.path().join("none")]).is_err());
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_in_a_folder_is_no_file_of_records() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("x.json");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let found = files(&[folder.path().to_owned()]).unwrap();
        assert_eq!((found.paths.len(), found.others), (0, 1));
    }
}
