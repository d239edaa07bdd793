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
    /// The message's paths, each with its name, and its template.
    pub message: Option<(Vec<(String, String)>, String)>,
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
            line("tags", &format!("[{}]", self.tags.iter().map(|tag| quoted(tag)).collect::<Vec<_>>().join(", ")));
        }
        if let Some((paths, template)) = &self.message {
            let paths: Vec<_> =
                paths.iter().map(|(name, path)| format!("{} = {}", quoted(name), quoted(path))).collect();
            line("message.paths", &format!("{{ {} }}", paths.join(", ")));
            line("message.template", &quoted(template));
        }
        text
    }
}

/// A text on one line, with escapes.
///
/// Source: TOML 1.0, "String": what must be escaped in a basic string.
fn quoted(text: &str) -> String {
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

/// A text over several lines as it is, where TOML can hold it so: without three quotes and what steers a terminal.
fn paragraph(text: &str) -> String {
    let plain = |c: char| c == '\n' || !crate::model::text::is_unsafe(c);
    match text.contains("'''") || text.ends_with('\'') || !text.chars().all(plain) {
        true => quoted(text),
        false => format!("'''\n{text}'''"),
    }
}
