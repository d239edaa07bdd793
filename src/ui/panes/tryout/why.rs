//! What is said about a rule's text: what is wrong with it, and why it matches an event or does not.

use crate::{
    model::{Event, text::visible},
    rules::{Clause, Fault},
    ui::{pane::Words, shared::Shared, theme::Meaning},
};

/// The clauses of one event that are told: no rule of the field has as many.
const MOST: usize = 200;
/// The characters of a value that are told.
const LONGEST: usize = 300;

/// A fault over several lines: its place and what is wrong, its line with a caret under it, and what to write instead.
pub fn fault_lines(fault: &Fault, text: &str) -> Vec<(String, Meaning)> {
    let (line, column) = fault.place(text);
    let (word, meaning) = if fault.harmless { ("warning: ", Meaning::Warning) } else { ("", Meaning::Error) };
    let mut lines = vec![(format!("line {line}, column {column}: {word}{}", fault.message), meaning)];
    let rendered = fault.render("", text);
    let excerpt: Vec<&str> = rendered.lines().skip(1).collect();
    // The message may itself have several lines: the excerpt is what is indented.
    let excerpt = excerpt.iter().filter(|line| line.starts_with("    "));
    lines.extend(excerpt.take(2).zip([Meaning::Text, meaning]).map(|(line, meaning)| ((*line).to_owned(), meaning)));
    lines.extend(fault.help.iter().map(|help| (format!("  {help}"), Meaning::Hint)));
    lines
}

/// Whether an event matches, for the line above its clauses.
pub fn verdict(event: &Event, matches: bool, shared: &Shared) -> Words {
    let (word, meaning) = if matches { ("✔ matches", Meaning::Ok) } else { ("✘ does not match", Meaning::Failed) };
    let time = shared.clock.row(event.time, shared.now, 12);
    let what = format!("{time} {} {}", visible(&event.name), visible(&event.actor.name));
    vec![(word.to_owned(), meaning), (what.trim_end().to_owned(), Meaning::Muted)]
}

/// Each clause with whether it holds and what the event has there.
pub fn clause_lines(clauses: &[Clause]) -> Vec<(String, Meaning)> {
    let line = |clause: &Clause| {
        let (mark, meaning) = if clause.holds { ("✔", Meaning::Ok) } else { ("✘", Meaning::Failed) };
        let cut = |text: &str| visible(&text.chars().take(LONGEST).collect::<String>()).into_owned();
        let indent = "  ".repeat(clause.depth.min(12));
        let found = match &clause.found {
            Some(found) => format!("   ← {}", cut(found)),
            None => String::new(),
        };
        (format!("{indent}{mark} {}{found}", cut(&clause.text)), meaning)
    };
    clauses.iter().take(MOST).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_with_place_caret_and_fix() {
        let fault = Fault::new(6..9, "no such thing").help("write \"y\"");
        let lines: Vec<String> = fault_lines(&fault, "{\n  a bad }").into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, ["line 2, column 5: no such thing", "      a bad }", "        ^^^", "  write \"y\""]);
    }

    #[test]
    fn a_clause_says_what_was_found_and_hides_nothing() {
        let clause = |holds, found: Option<&str>| Clause {
            range: 0..0,
            depth: 1,
            text: "a is \u{202e}x".to_owned(),
            holds,
            found: found.map(str::to_owned),
        };
        let lines = clause_lines(&[clause(false, Some("\"\u{1b}y\"")), clause(true, None)]);
        assert_eq!(lines[0], ("  ✘ a is \\u{202e}x   ← \"\\u{1b}y\"".to_owned(), Meaning::Failed));
        assert_eq!(lines[1], ("  ✔ a is \\u{202e}x".to_owned(), Meaning::Ok));
    }
}
