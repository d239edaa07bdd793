//! The rules that come with the program and the operator's, read anew when a file has changed.

use std::path::PathBuf;

use crate::{
    model::RuleStatus,
    rulebook::{self, Book, Look},
    rules::{Fault, LANGUAGES, Rule, builtin},
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
        let own = std::mem::take(&mut book.rules);
        book.rules = with_built_in(own);
        Some((book, problems))
    }
}

/// The rules that come with the program, but for those in whose place the operator has put one of the same name, and
/// then the operator's.
fn with_built_in(own: Vec<Rule>) -> Vec<Rule> {
    let mut rules = builtin::read(LANGUAGES).0;
    rules.retain(|rule| own.iter().all(|other| other.name != rule.name));
    rules.extend(own);
    rules
}
