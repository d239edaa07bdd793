//! The rules that come with the program and the operator's, read anew when a file has changed.

use std::path::PathBuf;

use crate::{
    model::{RuleOrigin, RuleStatus},
    rulebook::{self, Book, File, Look},
    rules::{Fault, LANGUAGES, builtin},
};

/// The folders of rule files, and what they looked like when they were last read.
#[derive(Debug)]
pub struct RuleFiles {
    folders: Vec<PathBuf>,
    seen: Option<Look>,
}

impl RuleFiles {
    /// Of these folders, whether they are there or not.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders, seen: None }
    }

    /// All rules, what is wrong with files, and what is odd in them, when those are not as they were when this was last asked.
    pub fn changed(&mut self) -> Option<(Book, Vec<RuleStatus>, Vec<Warning>)> {
        let look: Look = self.folders.iter().flat_map(|folder| rulebook::look(folder)).collect();
        if self.seen.as_ref() == Some(&look) {
            return None;
        }
        self.seen = Some(look);
        let there: Vec<PathBuf> = self.folders.iter().filter(|folder| folder.exists()).cloned().collect();
        let mut book = rulebook::read_all(&there);
        let (problems, warnings) = (problems(&book), warnings(&book));
        book.rules.splice(0..0, builtin::read(LANGUAGES).0);
        Some((book, problems, warnings))
    }
}

/// What is wrong in files, as rows among the rules.
fn problems(book: &Book) -> Vec<RuleStatus> {
    let of = |file: &File| {
        let (path, file) = (file.path.display().to_string(), file.clone());
        let faults = file.faults.clone().into_iter().filter(|fault| !fault.harmless);
        faults.map(move |fault| {
            let line = if file.text.is_empty() { 0 } else { fault.place(&file.text).0 };
            let text = if file.text.is_empty() { fault.in_a_line() } else { fault.render(&path, &file.text) };
            RuleStatus { text, ..RuleStatus::broken(path.clone(), line, fault.in_a_line()) }
        })
    };
    book.files.iter().flat_map(of).collect()
}

/// What does not do what it looks like.
#[derive(Clone, Debug)]
pub struct Warning {
    path: String,
    line: usize,
    text: String,
}

/// The warnings of all files.
fn warnings(book: &Book) -> Vec<Warning> {
    let of = |file: &File| {
        let path = file.path.display().to_string();
        let faults = file.faults.iter().filter(|fault| fault.harmless);
        let warning =
            |fault: &Fault| Warning { path: path.clone(), line: fault.place(&file.text).0, text: fault.in_a_line() };
        faults.map(warning).collect::<Vec<_>>()
    };
    book.files.iter().flat_map(of).collect()
}

/// Gives each warning to the rule in which it stands: the last that begins before it.
pub fn warn(rules: &mut [RuleStatus], warnings: &[Warning]) {
    for warning in warnings {
        let begins = |rule: &RuleStatus| match &rule.origin {
            RuleOrigin::File { path, line } if *path == warning.path && *line <= warning.line => Some(*line),
            _ => None,
        };
        let rule = rules.iter_mut().filter(|rule| !rule.is_broken() && begins(rule).is_some());
        if let Some(rule) = rule.max_by_key(|rule| begins(rule)) {
            let gap = if rule.problem.is_empty() { "" } else { "\n" };
            rule.problem += &format!("{gap}{}", warning.text);
        }
    }
}
