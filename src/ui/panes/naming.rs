//! The name and the severity of a rule that is about to be written.

use ratatui::{buffer::Buffer, layout::Rect};

use super::events::severity_meaning;
use crate::{
    model::{Request, Severity},
    rules::{
        LANGUAGES,
        draft::{self, Draft},
        file,
    },
    ui::{
        keys::{Code, Key},
        overlays::prompt::Line,
        shared::Shared,
        theme::Meaning,
        widgets::text::{columns, put},
    },
};

/// The name as it is typed, and the severity.
pub struct Naming {
    line: Line,
    pub severity: Severity,
    /// The file that the engine was asked to write, until it answers.
    asked: Option<String>,
}

/// What a key means to the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Typed,
    /// Write the rule.
    Save,
    /// Go back to where the rule is made.
    Back,
    Ignored,
}

impl Naming {
    /// Begins with this name, or with a number behind it where a rule has it.
    pub fn new(name: &str, severity: Severity, shared: &Shared) -> Self {
        let name = draft::unique(name, |name| is_taken(name, shared));
        Self { line: Line::new(&name), severity, asked: None }
    }

    /// The name as it is typed so far; may be empty, or none that a rule can have.
    pub fn name(&self) -> &str {
        self.line.text()
    }

    /// The next severity, and after the last the first.
    pub fn turn_severity(&mut self, step: isize) {
        let at = Severity::ALL.iter().position(|severity| *severity == self.severity).unwrap_or_default();
        let next = (at as isize + step).rem_euclid(Severity::ALL.len() as isize);
        self.severity = Severity::ALL[next as usize];
    }

    /// Takes a key that is typed while the name has the cursor.
    pub fn key(&mut self, key: Key) -> Answer {
        match (key.ctrl, key.code) {
            (false, Code::Enter) | (true, Code::Char('s')) => return Answer::Save,
            (_, Code::Esc | Code::Tab | Code::BackTab) => return Answer::Back,
            (_, Code::Up) => self.turn_severity(1),
            (_, Code::Down) => self.turn_severity(-1),
            _ if self.line.edit(key) => {}
            _ => return Answer::Ignored,
        }
        Answer::Typed
    }

    /// Types a pasted text, without what no name has.
    pub fn paste(&mut self, text: &str) {
        for c in text.chars().filter(char::is_ascii_graphic).take(100) {
            self.line.edit(Key::plain(Code::Char(c)));
        }
    }

    /// What is asked of the engine to write the rule that `of` makes of the name and the severity.
    ///
    /// # Errors
    /// Why the rule cannot be written, and what to do.
    pub fn save(&mut self, shared: &Shared, of: impl FnOnce(String, Severity) -> Draft) -> Result<Request, String> {
        let name = self.line.text().to_owned();
        if shared.settings.rules.written().is_none() {
            return Err("there is no folder for rules: set HOME or XDG_CONFIG_HOME, and start again".to_owned());
        }
        if !draft::is_fine(&name) {
            return Err(format!("{name:?} cannot be a rule's name: write a to z, digits, and dashes between them"));
        }
        if is_taken(&name, shared) {
            return Err(format!("there is a rule named {name:?}: give this one another name"));
        }
        let file = format!("{name}.toml");
        let text = of(name, self.severity).to_toml();
        // What the rule keeps of another one may not go with the text that it has now.
        let faults = file::read(&file, &text, LANGUAGES).1;
        if let Some(fault) = faults.iter().find(|fault| !fault.harmless) {
            return Err(format!("the rule cannot be written: {}", fault.in_a_line()));
        }
        self.asked = Some(file.clone());
        Ok(Request::SaveRule { file, text })
    }

    /// Takes note of a file that was to be written; true when it was ours, and there is a rule now.
    pub fn saved(&mut self, file: &str, path: &Result<String, String>) -> bool {
        let is_ours = self.asked.as_deref() == Some(file);
        self.asked.take_if(|_| is_ours);
        is_ours && path.is_ok()
    }

    /// Draws the name and the severity in one line; gives where the cursor is while the name has it.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, (shared, is_active): (&Shared, bool)) -> Option<(u16, u16)> {
        let theme = &shared.theme;
        let severity = format!("severity {} {}", self.severity.glyph(), self.severity.as_str());
        let keys = if is_active { "  up down severity, enter saves, esc back" } else { "" };
        let wide = (columns(&severity) as u16).min(area.width / 2);
        let keys_wide = if area.width > 96 { columns(keys) as u16 } else { 0 };
        let x = area.right().saturating_sub(wide + keys_wide + 1);
        put(buf, (x, area.y), wide, &severity, theme.style(severity_meaning(self.severity)));
        put(buf, (x + wide, area.y), keys_wide, keys, theme.style(Meaning::Hint));
        let room = Rect { width: x.saturating_sub(area.x + 1).max(1), height: 1, ..area };
        let cursor = self.line.draw(" name ", room, buf, shared);
        is_active.then_some(cursor)
    }
}

fn is_taken(name: &str, shared: &Shared) -> bool {
    shared.rules.iter().any(|rule| rule.name == name)
}
