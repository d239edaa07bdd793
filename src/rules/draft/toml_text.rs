//! The file of a rule that the operator made on the screen.

use crate::{model::Severity, rules::Language};

/// A rule before it is written to its file.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Such that [`is_fine`](super::is_fine).
    pub name: String,
    pub severity: Severity,
    pub language: &'static Language,
    /// The rule's text.
    pub pattern: String,
    /// Why somebody should look; may be empty.
    pub reason: String,
    pub tags: Vec<String>,
    /// What else it is set to, as lines of a rule file: see [`beside`](super::beside).
    pub beside: String,
}

impl Draft {
    /// The text of a rule file that says this; [`file::read`](crate::rules::file::read) takes it back unchanged.
    pub fn to_toml(&self) -> String {
        let mut text = String::from("[[rule]]\n");
        let mut line = |key: &str, value: &str| text.push_str(&format!("{key} = {value}\n"));
        line("name", &quoted(&self.name));
        line("severity", &quoted(self.severity.as_str()));
        line("language", &quoted(self.language.name));
        line("pattern", &paragraph(&self.pattern));
        if !self.reason.is_empty() {
            line("reason", &quoted(&self.reason));
        }
        if !self.tags.is_empty() {
            line("tags", &list(&self.tags));
        }
        text + &self.beside
    }
}

/// A text on one line, with escapes.
///
/// Source: TOML 1.0, "String": what must be escaped in a basic string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if crate::model::text::is_unsafe(c) => out.push_str(&format!("\\U{:08x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Texts in an array.
pub(super) fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// A text over several lines as it is, where TOML can hold it so: without three quotes and what steers a terminal.
fn paragraph(text: &str) -> String {
    let plain = |c: char| c == '\n' || !crate::model::text::is_unsafe(c);
    match text.contains("'''") || text.ends_with('\'') || !text.chars().all(plain) {
        true => quoted(text),
        false => format!("'''\n{text}'''"),
    }
}
