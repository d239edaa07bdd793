//! The regular expressions between two `%`, in the dialect of CloudWatch Logs.
//!
//! Source: CloudWatch Logs user guide, "Supported regular expressions (regex) syntax": letters, digits and a few symbols
//! and operators, no parentheses and nothing beyond ASCII.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use crate::rules::Fault;

/// What a compiled expression may weigh, in bytes: a pattern's 1,024 characters can ask for much more.
const WEIGHT: usize = 1 << 20;

const SYMBOLS: &str = ":_#=@/;,- ^$?[]{}|\\*+.";

/// Compiles the text between the two `%`, which stands at `offset` of the pattern.
///
/// # Errors
/// What AWS does not take, with its place in the pattern.
pub(super) fn compile(source: &str, offset: usize) -> Result<Regex, Fault> {
    let whole = offset..offset + source.len();
    if source.is_empty() {
        return Err(Fault::new(whole, "the regular expression is empty").help("write it between two `%`: `%Access.*%`"));
    }
    if let Some((at, c)) = source.char_indices().find(|(_, c)| !c.is_ascii_alphanumeric() && !SYMBOLS.contains(*c)) {
        return Err(foreign(c, offset + at..offset + at + c.len_utf8()));
    }
    let translated = translate(source, offset)?;
    let built = RegexBuilder::new(&translated).size_limit(WEIGHT).dfa_size_limit(WEIGHT).build();
    built.map_err(|error| {
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Fault::new(whole, format!("this is no regular expression: {reason}"))
    })
}

fn foreign(c: char, range: Range<usize>) -> Fault {
    let fault = Fault::new(range, format!("`{c}` cannot stand in a regular expression of a filter pattern"));
    match c {
        '(' | ')' => {
            fault.help("there are no groups: write the alternatives out, `^ab|^ac`; for the sign itself `\\x28`")
        }
        c if c.is_ascii() => fault.help(format!("write `\\x{:02X}`", c as u32)),
        _ => fault.help("only ASCII can stand here: write `.` for any character"),
    }
}

/// The expression in the dialect of the `regex` crate: without Unicode classes and without operations on sets, which
/// AWS does not know, and with `{,n}`, which it does.
fn translate(source: &str, offset: usize) -> Result<String, Fault> {
    let mut out = String::with_capacity(source.len() + 8);
    let mut set = None;
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let at = source.len() - rest.len();
        // A bracket or a minus that stands first in a set is one of its characters.
        let first = set.is_some_and(|start: usize| matches!(&source[start + 1..at], "" | "^"));
        let mut length = 1;
        match c {
            '\\' => {
                let (text, taken) = escape(rest, offset + at)?;
                out.push_str(text);
                length = taken;
            }
            '[' if set.is_none() => {
                set = Some(at);
                length = if rest.starts_with("[^") { 2 } else { 1 };
                out.push_str(&rest[..length]);
            }
            '[' => out.push_str("\\["),
            ']' if first => out.push_str("\\]"),
            ']' => {
                set = None;
                out.push(']');
            }
            '-' if first => out.push_str("\\-"),
            // A range up to the minus: two of them alone would take one set out of the other.
            '-' if set.is_some() && rest.starts_with("--") => {
                length = 2;
                out.push_str("-\\-");
            }
            '{' if set.is_none() && rest.starts_with("{,") => out.push_str("{0"),
            c => out.push(c),
        }
        rest = &rest[length..];
    }
    Ok(out)
}

/// What the escape at the start of the text is in the other dialect, and its length.
fn escape(text: &str, at: usize) -> Result<(&str, usize), Fault> {
    let hex = |digits: &[u8]| digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit);
    Ok(match text.as_bytes().get(1) {
        Some(b'd') => ("[0-9]", 2),
        Some(b'D') => ("[^0-9]", 2),
        Some(b's') => ("[ \\t\\r\\n\\f\\v]", 2),
        Some(b'S') => ("[^ \\t\\r\\n\\f\\v]", 2),
        Some(b'w') => ("[0-9A-Za-z_]", 2),
        Some(b'W') => ("[^0-9A-Za-z_]", 2),
        Some(b'x') if text.as_bytes().get(2..4).is_some_and(hex) => (&text[..4], 4),
        Some(c) if !c.is_ascii_alphanumeric() => (&text[..2], 2),
        _ => {
            let end = text.len().min(2);
            let fault = Fault::new(at..at + end, format!("`{}` is no escape of a filter pattern", &text[..end]));
            return Err(fault
                .help("there are `\\d`, `\\D`, `\\s`, `\\S`, `\\w`, `\\W`, `\\x28`, and `\\.` for the sign itself"));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(regex: &str, text: &str) -> bool {
        compile(regex, 0).unwrap().is_match(text)
    }

    #[test]
    fn an_expression_is_sought_anywhere_in_the_text() {
        for (regex, text) in [
            ("at$", "hat"),
            ("^[hc]at", "hats"),
            ("a{,2}b$", "aab"),
            ("^\\w\\d\\s\\x28$", "x1 ("),
            ("^[]a-]+$", "]a-"),
            ("^[a[]$", "["),
            ("^[+--]$", ","),
            ("^[--/]$", "."),
            ("^[^--/]$", "x"),
            ("\\[.\\]", "[é]"),
            ("^[^]]$", "x"),
            ("^[\\d.]+$", "1.2"),
        ] {
            assert!(matches(regex, text), "{regex} {text}");
        }
        assert!(!matches("^\\d$", "٣") && !matches("^\\w$", "é") && !matches("^Hat", "hat"));
    }

    #[test]
    fn what_aws_does_not_take_is_refused_at_its_place() {
        for (regex, range, help) in [
            ("a(b|c)", 6..7, "alternatives"),
            ("something!", 14..15, "`\\x21`"),
            ("é", 5..7, "ASCII"),
            ("a\\b", 6..8, "\\d"),
            ("a\\", 6..7, "\\d"),
            ("", 5..5, "`%Access.*%`"),
        ] {
            let fault = compile(regex, 5).unwrap_err();
            assert_eq!(fault.range, range, "{regex}");
            assert!(fault.help.unwrap().contains(help), "{regex}");
        }
        for regex in ["[a", "a{", "*", "a{999}{999}{99}", "a{3,2}"] {
            assert_eq!(compile(regex, 5).unwrap_err().range, 5..5 + regex.len(), "{regex}");
        }
    }
}
