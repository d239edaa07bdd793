//! Slips in a pattern's JSON: what a person who writes JavaScript, Python or YAML takes for JSON, and what to write.

use std::ops::Range;

use crate::{
    json::{Problem, Scanner, Token},
    rules::fault::Fault,
};

/// Marks that other languages and text programs put around texts.
const QUOTES: &[char] = &['\'', '`', '‘', '’', '‚', '“', '”', '„', '«', '»'];
/// How many brackets a help names.
const MOST_BRACKETS: usize = 20;

/// The fault of a text that is no JSON, with what to write where that is known.
pub fn fault(text: &str, problem: &Problem) -> Fault {
    let at = problem.offset;
    let (before, rest) = (text[..at].trim_end(), &text[at..]);
    let (range, help) = slip(text, before, rest).unwrap_or_else(|| (at..at + first_length(rest), None));
    let reason = if text[range.clone()] == *"," { "nothing follows the comma" } else { problem.reason };
    let fault = Fault::new(range, format!("the pattern is no JSON: {reason}"));
    help.into_iter().fold(fault, Fault::help)
}

/// Where a slip is, and what to write.
type Slip = (Range<usize>, Option<String>);

/// The slip between what is JSON and the rest.
fn slip(text: &str, before: &str, rest: &str) -> Option<Slip> {
    let at = text.len() - rest.len();
    let (first, own) = (rest.chars().next(), at..at + first_length(rest));
    let said = |range: Range<usize>, help: String| Some((range, Some(help)));
    let Some(first) = first else { return said(own, closers(before)?) };
    match first {
        ']' | '}' if before.ends_with(',') => {
            let comma = before.len() - 1;
            said(comma..comma + 1, format!("take the comma out: write `{first}` right after the value"))
        }
        ']' | '}' => said(own, bracket(before, first)?),
        '"' if before.ends_with(['"', ']', '}']) => said(own, "write `,` before it".into()),
        '"' => said(own, r#"close it with `"`; in JSON a backslash is written `\\`"#.into()),
        '=' => said(own, "write `:`".into()),
        ':' if open(before).is_empty() => said(0..at, format!("put braces around it: write {{{before}: […]}}")),
        '/' | '#' => said(own, "take it out: JSON has no comments".into()),
        _ if QUOTES.contains(&first) => quoted(before, rest).map(|(length, help)| (at..at + length, Some(help))),
        _ => bare(before, rest).map(|(length, help)| (at..at + length, Some(help))),
    }
}

/// A text in marks that JSON does not know, its length, and what to write.
fn quoted(before: &str, rest: &str) -> Option<(usize, String)> {
    let start = first_length(rest);
    let inner = rest[start..].split(['\n', '"']).next()?;
    let end = inner.find(QUOTES)?;
    let length = start + end + first_length(&inner[end..]);
    Some((length, instead(before, &inner[..end])))
}

/// A word or number without quotes, its length, and what to write.
fn bare(before: &str, rest: &str) -> Option<(usize, String)> {
    let part = |c: char| c.is_alphanumeric() || "_-.*/$+".contains(c);
    let word = &rest[..rest.find(|c| !part(c)).unwrap_or(rest.len())];
    let literal = match word.to_lowercase().as_str() {
        "" => return None,
        "true" | "yes" => Some("true"),
        "false" | "no" => Some("false"),
        "null" | "none" | "nil" | "undefined" => Some("null"),
        _ => None,
    };
    let help = match literal.filter(|_| !before.ends_with(['{', ','])) {
        Some(literal) => format!("write {literal}"),
        None => instead(before, word),
    };
    Some((word.len(), help))
}

/// A text as JSON has it: in an array where it is the value of a field, and no operator's.
fn instead(before: &str, inner: &str) -> String {
    let text = serde_json::Value::from(inner).to_string();
    match before.ends_with(':') && !open(before).contains(&b'[') {
        true => format!("write [{text}]"),
        false => format!("write {text}"),
    }
}

/// What to do about a closing bracket that nothing waits for.
fn bracket(before: &str, first: char) -> Option<String> {
    match open(before).last() {
        None => Some(format!("take it out: no bracket is open that `{first}` would close")),
        Some(open) if !before.ends_with(['{', '[', ':']) => Some(format!("write `{}` before it", closer(*open))),
        Some(_) => None,
    }
}

/// What closes all that is open.
fn closers(before: &str) -> Option<String> {
    let mut open = open(before);
    open.reverse();
    let short = !open.is_empty() && open.len() <= MOST_BRACKETS && !before.ends_with([':', ',']);
    short.then(|| format!("close what is open: write `{}` here", open.into_iter().map(closer).collect::<String>()))
}

fn closer(open: u8) -> char {
    if open == b'[' { ']' } else { '}' }
}

/// The brackets that are open at the end of a text.
fn open(text: &str) -> Vec<u8> {
    let (mut scanner, mut open) = (Scanner::new(text), Vec::new());
    while let Ok((token, _)) = scanner.next() {
        match token {
            Token::Mark(mark @ (b'{' | b'[')) => open.push(mark),
            Token::Mark(b'}' | b']') => drop(open.pop()),
            Token::End => break,
            _ => {}
        }
    }
    open
}

/// The length of a text's first character.
fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;

    #[test]
    fn a_slip_has_its_place_and_what_to_write() {
        for (pattern, place, help) in [
            (r#"{source: ["aws.s3"]}"#, "source", r#"write "source""#),
            (r#"{detail-type: ["x"]}"#, "detail-type", r#"write "detail-type""#),
            (r#"{'source': ["aws.s3"]}"#, "'source'", r#"write "source""#),
            (r#"{"source": ['aws.s3']}"#, "'aws.s3'", r#"write "aws.s3""#),
            (r#"{"source": [“aws.s3”]}"#, "“aws.s3”", r#"write "aws.s3""#),
            (r#"{"source": 'aws.s3'}"#, "'aws.s3'", r#"write ["aws.s3"]"#),
            (r#"{"source": aws.s3}"#, "aws.s3", r#"write ["aws.s3"]"#),
            (r#"{"a": [{"prefix": Put}]}"#, "Put", r#"write "Put""#),
            (r#"{"a": [True]}"#, "True", "write true"),
            (r#"{None: [1]}"#, "None", r#"write "None""#),
            (r#"{"a": [01]}"#, "01", r#"write "01""#),
            (r#"{"source": ["aws.s3"],}"#, ",", "take the comma out: write `}` right after the value"),
            ("{\"source\": [\"aws.s3\",\n ]}", ",", "take the comma out: write `]` right after the value"),
            (r#"{"a": ["x"] "b": ["y"]}"#, r#"""#, "write `,` before it"),
            (r#"{"a": ["x" "y"]}"#, r#"""#, "write `,` before it"),
            (r#"{"a"= ["x"]}"#, "=", "write `:`"),
            (r#"{"a": ["x"]}}"#, "}", "take it out: no bracket is open that `}` would close"),
            (r#"{"a": ["x"}"#, "}", "write `]` before it"),
            (r#"{"a": [{"prefix": "x"}"#, "", "close what is open: write `]}` here"),
            (r#"{"a": ["b\"]}"#, r#"""#, r#"close it with `"`; in JSON a backslash is written `\\`"#),
            (r#""source": ["a"]"#, r#""source""#, r#"put braces around it: write {"source": […]}"#),
            ("// all\n{\"a\": [1]}", "/", "take it out: JSON has no comments"),
        ] {
            let faults = parse(pattern).unwrap_err();
            assert_eq!(&pattern[faults[0].range.clone()], place, "{pattern}");
            assert_eq!(faults[0].help.as_deref(), Some(help), "{pattern}");
        }
    }

    #[test]
    fn a_slip_that_is_not_known_has_its_place_alone() {
        for pattern in ["{\"a\": [‘x]}", "{\"a\":", "{", "", "{\"a\": [1,, 2]}", "\u{202e}", "{\"a\": [é"] {
            let faults = parse(pattern).unwrap_err();
            assert!(pattern.get(faults[0].range.clone()).is_some(), "{pattern}");
        }
    }
}
