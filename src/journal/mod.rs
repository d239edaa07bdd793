//! The journal of what was changed in accounts: a file of JSON lines to which lines are only added.
//!
//! Each change has two lines with one id: the first is on disk before the call is made, the second says what became of
//! it. Where the second is missing, the program or the machine ended in between.

mod line;

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use line::Line;

use crate::{
    config::{self, load_text},
    model::{Time, Write, WriteOutcome, Written},
};

/// The journal of this user.
#[derive(Clone, Debug)]
pub struct Journal {
    path: Option<PathBuf>,
}

/// A change that stands in the journal and is about to be made. Only [`Journal::intend`] makes one.
#[derive(Debug)]
pub struct Intent {
    written: Written,
    write: Write,
}

impl Intent {
    pub fn write(&self) -> &Write {
        &self.write
    }
}

impl Journal {
    /// The journal in this file, which need not exist; without a path nothing can be changed.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path }
    }

    /// Every change, the oldest first, and what is wrong with the file, if anything is: lines that are no changes are
    /// left out.
    pub fn read(&self) -> (Vec<Written>, Option<String>) {
        let Some(path) = &self.path else { return (Vec::new(), None) };
        match load_text(path) {
            Ok(text) => read(path, &text.unwrap_or_default()),
            Err(error) => (Vec::new(), Some(error.to_string())),
        }
    }

    /// Writes down that a change is about to be made, and returns when that is on disk.
    ///
    /// # Errors
    /// The file cannot be written, and what to do: the change must not be made then.
    pub fn intend(&self, write: Write, now: Time) -> Result<Intent, String> {
        let path = self.path()?;
        let written = Written {
            id: format!("{}-{}", now.format("%Y%m%dT%H%M%S%.6fZ"), std::process::id()),
            time: now,
            account: write.account().to_owned(),
            thing: write.thing().clone(),
            before: write.before(),
            after: write.after(),
            undoes: write.undoes().map(str::to_owned),
            outcome: WriteOutcome::Unknown(String::new()),
        };
        append(path, &Line::intended(&written, write.operation())).map_err(|error| unwritable(path, &error))?;
        Ok(Intent { written, write })
    }

    /// Writes down what became of a change.
    ///
    /// # Errors
    /// The file cannot be written. The change was made or refused all the same.
    pub fn complete(&self, intent: &Intent, outcome: WriteOutcome) -> Result<(), String> {
        let path = self.path()?;
        let written = Written { outcome, ..intent.written.clone() };
        append(path, &Line::ended(&written, intent.write.operation())).map_err(|error| unwritable(path, &error))
    }

    fn path(&self) -> Result<&Path, String> {
        self.path.as_deref().ok_or_else(|| "there is no place for the journal: set HOME".to_owned())
    }
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("the journal {} cannot be written: {error}", path.display())
}

fn read(path: &Path, text: &str) -> (Vec<Written>, Option<String>) {
    let (mut changes, mut places, mut problem) = (Vec::<Written>::new(), HashMap::new(), None);
    for (number, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        match Line::read(text) {
            Ok(written) => match places.get(&written.id) {
                Some(at) => changes[*at] = written,
                None => {
                    places.insert(written.id.clone(), changes.len());
                    changes.push(written);
                }
            },
            Err(why) => {
                let place = format!("{}:{}", path.display(), number + 1);
                problem.get_or_insert(format!("{place}: no change is written here, and it is left out: {why}"));
            }
        }
    }
    (changes, problem)
}

/// Adds a line, and waits until it is on disk. Nobody but the owner can read a new file.
fn append(path: &Path, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    let is_new = !path.exists();
    let folder = path.parent().unwrap_or(Path::new("."));
    config::make_folder(folder)?;
    let mut file = config::owned().read(true).append(true).create(true).open(path)?;
    // Another trailwatch may write at the same time; closing the file gives the lock back.
    file.lock()?;
    if ends_inside_a_line(&mut file)? {
        text.insert(0, '\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if is_new {
        // The name of a new file is on disk when its folder is.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Whether the last line was not written to its end.
fn ends_inside_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::model::{Region, Setting, Switchable};

    fn thing() -> Switchable {
        Switchable::Rule { region: Region::new("us-east-1"), bus: "default".into(), name: "root-sign-in".into() }
    }

    fn write() -> Write {
        Write::new("111122223333", thing(), (Setting::On, Setting::Off), None).unwrap()
    }

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_change_is_on_disk_before_it_is_made_and_says_afterwards_what_became_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/journal.jsonl");
        let journal = Journal::new(Some(path.clone()));
        assert_eq!(journal.read(), (Vec::new(), None));
        let intent = journal.intend(write(), at(0)).unwrap();
        let (changes, problem) = journal.read();
        assert_eq!((changes.len(), problem), (1, None));
        assert_eq!(changes[0].outcome, WriteOutcome::Unknown(String::new()));
        assert_eq!((&changes[0].thing, changes[0].before, changes[0].after), (&thing(), Setting::On, Setting::Off));
        journal.complete(&intent, WriteOutcome::Done).unwrap();
        let undo = Write::new("111122223333", thing(), (Setting::Off, Setting::On), None).unwrap();
        let undo = journal.intend(undo.undoing(&changes[0].id), at(1)).unwrap();
        journal.complete(&undo, WriteOutcome::Refused("AccessDenied: no".into())).unwrap();
        let (changes, _) = journal.read();
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[0].outcome, WriteOutcome::Done);
        assert_eq!(changes[1].undoes.as_ref(), Some(&changes[0].id));
        assert_eq!(changes[1].outcome, WriteOutcome::Refused("AccessDenied: no".into()));
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        let first = fs::read_to_string(&path).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(
            first,
            "{\"id\":\"20231114T221320.000000Z-PID\",\"time\":\"2023-11-14T22:13:20Z\",\"account\":\"111122223333\",\
             \"region\":\"us-east-1\",\"call\":\"events:DisableRule\",\"parameters\":{\"Name\":\"root-sign-in\",\
             \"EventBusName\":\"default\"},\"kind\":\"rule\",\"bus\":\"default\",\"name\":\"root-sign-in\",\
             \"before\":\"ENABLED\",\"after\":\"DISABLED\",\"result\":\"intended\"}"
                .replace("PID", &std::process::id().to_string())
        );
    }

    #[test]
    fn a_line_that_breaks_off_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        fs::write(&path, "{\"id\":\"1\",\"ti").unwrap();
        let journal = Journal::new(Some(path));
        journal.intend(write(), at(0)).unwrap();
        let (changes, problem) = journal.read();
        assert_eq!(changes.len(), 1);
        assert!(problem.unwrap().contains("journal.jsonl:1: no change is written here"));
    }

    #[test]
    fn without_a_journal_nothing_can_be_changed() {
        assert!(Journal::new(None).intend(write(), at(0)).unwrap_err().contains("set HOME"));
        let folder = tempfile::tempdir().unwrap();
        let error = Journal::new(Some(folder.path().to_owned())).intend(write(), at(0)).unwrap_err();
        assert!(error.contains("cannot be written"), "{error}");
    }
}
