//! `rules check`: says what is wrong with rules.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::say;
use crate::{
    headless::put,
    rulebook::{self, File},
};

/// Prints what is wrong in these files and folders of rules, or in the operator's own folder when there are none, and
/// says on standard error how much that is. Gives whether nothing is.
///
/// # Errors
/// `out` cannot be written to, other than that its reader has gone, or standard error is gone.
pub fn check(files: &[PathBuf], own: Option<&Path>, out: &mut impl Write) -> io::Result<bool> {
    let book = match (files, own) {
        ([], Some(folder)) if !folder.exists() => {
            say(&format!("{} is not there: there are no rules to check", folder.display()))?;
            return Ok(true);
        }
        ([], Some(folder)) => rulebook::read(folder),
        ([], None) => {
            say("the system names no home folder: name files or folders of rules")?;
            return Ok(false);
        }
        _ => rulebook::read_all(files),
    };
    let mut complaints = book.files.iter().flat_map(File::complaints);
    while let Some(complaint) = complaints.next()
        && put(out, complaint.trim_end())?
    {}
    let faults = || book.files.iter().flat_map(|file| &file.faults);
    let (rules, files) = (book.rules.len() + book.counted.len(), book.files.len());
    let warnings = faults().filter(|fault| fault.harmless).count();
    let mistakes = faults().count() - warnings;
    let many = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let found = match (mistakes, warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        _ => format!("{} and {}", many(mistakes, "mistake"), many(warnings, "warning")),
    };
    say(&format!("{} in {}: {found}", many(rules, "rule"), many(files, "file")))?;
    Ok(mistakes + warnings == 0)
}
