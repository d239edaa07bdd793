//! The rules that come with the program and the operator's, read anew when a file has changed.

use std::path::PathBuf;

use crate::{
    model::RuleStatus,
    rulebook::{self, Book, File, Look},
    rules::{LANGUAGES, builtin},
};

/// The folder of rule files, and what it looked like when it was last read.
#[derive(Debug)]
pub struct RuleFiles {
    folder: Option<PathBuf>,
    seen: Option<Look>,
}

impl RuleFiles {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, seen: None }
    }

    /// All rules, and what is wrong with files, when those are not as they were when this was last asked.
    pub fn changed(&mut self) -> Option<(Book, Vec<RuleStatus>)> {
        let look = self.folder.as_deref().map(rulebook::look).unwrap_or_default();
        if self.seen.as_ref() == Some(&look) {
            return None;
        }
        self.seen = Some(look);
        let mut book = self.folder.as_deref().map(rulebook::read).unwrap_or_default();
        let problems = problems(&book);
        book.rules.splice(0..0, builtin::read(LANGUAGES).0);
        Some((book, problems))
    }
}

/// What is wrong in files, as rows among the rules. Warnings are for whoever checks the files.
fn problems(book: &Book) -> Vec<RuleStatus> {
    let of = |file: &File| {
        let path = file.path.display().to_string();
        let faults = file.faults.iter().filter(|fault| !fault.harmless);
        let rows: Vec<_> = faults
            .map(|fault| {
                let line = if file.text.is_empty() { 0 } else { fault.place(&file.text).0 };
                RuleStatus::broken(path.clone(), line, fault.in_a_line())
            })
            .collect();
        rows
    };
    book.files.iter().flat_map(of).collect()
}
