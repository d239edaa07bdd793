//! Which files hold records, of what an operator names.

use std::{
    ffi::OsString,
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
    let mut walk = Walk::new(named);
    let paths = walk.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok(Files { paths, digests: walk.digests, others: walk.others })
}

/// The files below what is named, one after the other: only the folders on the way to the next are in memory.
#[derive(Debug)]
pub struct Walk {
    /// What is to be visited, the next at the end.
    rest: Vec<Step>,
    /// As [`Files::digests`], so far.
    pub digests: usize,
    /// As [`Files::others`], so far.
    pub others: usize,
}

#[derive(Debug)]
enum Step {
    /// Something that was named.
    Named(PathBuf),
    /// What stands in a folder, from the last name to the first.
    Inside(PathBuf, Vec<(OsString, bool)>),
}

impl Walk {
    pub fn new(named: &[PathBuf]) -> Self {
        Self { rest: named.iter().rev().cloned().map(Step::Named).collect(), digests: 0, others: 0 }
    }

    fn enter(&mut self, folder: PathBuf) -> Result<(), (PathBuf, io::Error)> {
        match entries(&folder) {
            Ok(names) => self.rest.push(Step::Inside(folder, names)),
            Err(error) => return Err((folder, error)),
        }
        Ok(())
    }

    /// Whether a file in a folder holds records.
    fn holds_records(&mut self, path: &Path) -> bool {
        let (digest, log) = (is_digest(path), is_log(path) && path.is_file());
        self.digests += usize::from(digest);
        self.others += usize::from(!digest && !log);
        !digest && log
    }
}

impl Iterator for Walk {
    type Item = Result<PathBuf, (PathBuf, io::Error)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let entered = match self.rest.pop()? {
                Step::Named(path) => match fs::metadata(&path) {
                    Err(error) => return Some(Err((path, error))),
                    Ok(data) if data.is_dir() => self.enter(path),
                    Ok(_) => return Some(Ok(path)),
                },
                Step::Inside(folder, mut names) => {
                    let Some((name, is_folder)) = names.pop() else { continue };
                    let path = folder.join(name);
                    self.rest.push(Step::Inside(folder, names));
                    match is_folder {
                        true => self.enter(path),
                        false if self.holds_records(&path) => return Some(Ok(path)),
                        false => Ok(()),
                    }
                }
            };
            if let Err(wrong) = entered {
                return Some(Err(wrong));
            }
        }
    }
}

/// What stands in a folder from the last name to the first, with whether it is a folder; a link to one is not followed,
/// so that there is no end to none.
fn entries(folder: &Path) -> io::Result<Vec<(OsString, bool)>> {
    let entry = |entry: io::Result<fs::DirEntry>| entry.and_then(|it| Ok((it.file_name(), it.file_type()?.is_dir())));
    let mut names: Vec<_> = fs::read_dir(folder)?.map(entry).collect::<io::Result<_>>()?;
    names.sort_by(|a, b| b.cmp(a));
    Ok(names)
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
