//! How often a rule matched, and on what: lines that the details of all rules have.

use super::{
    behind::{behind_line, newest_first},
    rules::{bars_meaning, sparkline},
};
use crate::{
    model::{RuleStatus, duration::brief},
    ui::{
        shared::Shared,
        theme::Meaning,
        widgets::document::{Document, Line, fact, line},
    },
};

/// How often it matched, and when.
pub fn hit_lines(rule: &RuleStatus, shared: &Shared) -> Vec<Line> {
    let hits = rule.hits_in_a_day();
    let last = rule.last_hit.map_or_else(String::new, |last| format!(", last {} ago", brief(shared.now - last)));
    let mut lines = vec![fact("hits in 24 h", format!("{hits}{last}"), Meaning::Text)];
    if hits > 0 {
        lines.push(fact("hour by hour", sparkline(&rule.hits, 24), bars_meaning(rule.severity)));
    }
    lines
}

/// The events that a rule matched last, as lines of a document.
#[derive(Default)]
pub struct MatchedLast {
    /// Their ids, in the order of their lines.
    events: Vec<String>,
    /// The line of the document in which they start.
    first: usize,
}

impl MatchedLast {
    /// Adds them to a document, below their title.
    pub fn write(&mut self, rule: &RuleStatus, lines: &mut Vec<Line>, shared: &Shared) {
        lines.push(line("", Meaning::Text));
        lines.push(line("Matched last", Meaning::Title));
        self.first = lines.len();
        self.events = newest_first(&rule.events, shared);
        match self.events.is_empty() {
            true => lines.push(line("nothing yet", Meaning::Muted)),
            false => lines.extend(self.events.iter().map(|id| behind_line(id, shared))),
        }
    }

    /// The event in the line under the cursor.
    pub fn chosen(&self, document: &Document) -> Option<&str> {
        let at = document.current_line()?.checked_sub(self.first)?;
        self.events.get(at).map(String::as_str)
    }
}
