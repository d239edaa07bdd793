//! What is wrong with a rule's text: where it stands, what it is, and what to write instead.

use std::{borrow::Cow, fmt::Write as _, ops::Range};

use unicode_width::UnicodeWidthStr;

use crate::model::text::{head_and_tail, visible};

/// Characters that a message and a help have at most: more of a text is cited by nobody who wants to be read.
const MOST_SAID: usize = 500;
/// Characters of a file's name.
const MOST_OF_A_NAME: usize = 300;
/// Characters of each part of the line that a fault stands in: before it, itself, and after it.
const MOST_OF_A_PART: usize = 400;

/// One mistake in a text, or one thing in it that does not do what it looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, in bytes of the text; may be empty where something is missing.
    pub range: Range<usize>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
    /// The text is taken all the same: a warning.
    pub harmless: bool,
}

impl Fault {
    /// A mistake for which the text is refused.
    pub fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { range, message: short(message.into()), help: None, harmless: false }
    }

    /// A thing to know about a text that is taken.
    pub fn warning(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { harmless: true, ..Self::new(range, message) }
    }

    /// The fault with what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(short(help.into()));
        self
    }

    /// The fault of a part of a text, as one of the text that the part starts at `offset` of.
    #[must_use]
    pub fn moved(mut self, offset: usize) -> Self {
        self.range = self.range.start + offset..self.range.end + offset;
        self
    }

    /// Line and column in the text, each from 1; a column is a character.
    pub fn place(&self, text: &str) -> (usize, usize) {
        let before = &text[..floor(text, self.range.start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    /// What is wrong and what to write instead, in one line.
    pub fn in_a_line(&self) -> String {
        match &self.help {
            Some(help) => format!("{}; {help}", self.message),
            None => self.message.clone(),
        }
    }

    /// The fault as a person reads it, with the line it stands in and a caret under it, over several lines:
    ///
    /// ```text
    /// rules/a.toml:3:12: `"root"` is never a userIdentity.type
    ///     { $.userIdentity.type = "root" }
    ///                             ^^^^^^
    ///   help: write "Root"
    /// ```
    ///
    /// `file` is what the place is told with; whatever may come from the text, which somebody else may have written, is
    /// made safe, and cut where it is long.
    pub fn render(&self, file: &str, text: &str) -> String {
        let (line, column) = self.place(text);
        let word = if self.harmless { "warning: " } else { "" };
        let part = |part: &str| visible(&head_and_tail(part, MOST_OF_A_PART)).into_owned();
        let file = head_and_tail(file, MOST_OF_A_NAME);
        let mut out = format!("{}:{line}:{column}: {word}{}\n", visible(&file), visible(&self.message));
        let start = floor(text, self.range.start);
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = floor(text, self.range.end).clamp(start, to);
        let (before, marked) = (part(&text[from..start]), part(&text[start..end]));
        let carets = "^".repeat(marked.width().max(1));
        let _ = writeln!(out, "    {before}{marked}{}", part(&text[end..to]));
        let _ = writeln!(out, "    {}{carets}", " ".repeat(before.width()));
        if let Some(help) = &self.help {
            let _ = writeln!(out, "  help: {}", visible(help));
        }
        out
    }
}

/// What is said about a text, with the ends of what it cites when that is long.
fn short(said: String) -> String {
    match head_and_tail(&said, MOST_SAID) {
        Cow::Owned(short) => short,
        Cow::Borrowed(_) => said,
    }
}

/// The last place at or before `at` where a character starts.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The known word that a mistyped one most likely stands for: at most two letters off, or another case.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |other: &str| distance(&word.to_lowercase(), &other.to_lowercase());
    let length = word.chars().count();
    let far = if length < 5 { 1 } else { 2 };
    let near = |other: &&str| other.chars().count().abs_diff(length) <= far;
    known
        .into_iter()
        .filter(near)
        .map(|other| (distance(other), other))
        .filter(|(d, _)| *d <= far)
        .min()
        .map(|(_, other)| other)
}

/// How many letters must be added, left out or changed to make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, d) in b.iter().enumerate() {
            let least = (corner + usize::from(c != *d)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], least);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_its_line_with_a_caret_below() {
        let text = "{\n  $.a = \"é\u{202e}x\" }";
        let fault = Fault::new(10..18, "no such thing").help("write \"y\"");
        assert_eq!(
            fault.render("a.toml", text),
            "a.toml:2:9: no such thing\n      $.a = \"é\\u{202e}x\" }\n            ^^^^^^^^^^^^\n  help: write \"y\"\n"
        );
    }

    #[test]
    fn what_a_message_and_a_help_cite_is_made_safe() {
        let fault = Fault::new(0..0, "no \u{202e}field").help("write \u{1b}x\ny");
        let said = fault.render("a\u{7}.toml", "");
        assert_eq!(said, "a\\u{7}.toml:1:1: no \\u{202e}field\n    \n    ^\n  help: write \\u{1b}x\\ny\n");
    }

    #[test]
    fn a_place_outside_of_the_text_or_in_a_character_does_no_harm() {
        assert!(Fault::new(1..900, "x").render("f", "é").contains('^'));
        assert!(Fault::new(900..901, "x").render("f", "").contains('^'));
    }

    #[test]
    fn of_what_is_long_the_ends_are_said() {
        let long = "é".repeat(1 << 20);
        let fault = Fault::new(0..4, format!("`{long}` is no name")).help(format!("write \"{long}\""));
        let said = fault.render(&long, &format!("{long}{long}"));
        assert!(said.chars().count() < 3000, "{}", said.len());
        assert!(said.contains("é` is no name\n") && said.contains("help: write \"é") && said.contains("é…é"));
        assert_eq!(said.lines().count(), 4);
        assert!(fault.in_a_line().chars().count() < 1100);
    }

    #[test]
    fn a_mistyped_word_finds_its_neighbour() {
        let known = ["prefix", "suffix", "wildcard", "numeric"];
        assert_eq!(nearest("prefx", known), Some("prefix"));
        assert_eq!(nearest("WILDCARD", known), Some("wildcard"));
        assert_eq!(nearest("between", known), None);
    }
}
