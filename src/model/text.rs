//! Makes text that an attacker chose safe to show.

use std::borrow::Cow;

/// Whether a character could steer a terminal, hide itself or turn the reading order around.
///
/// Control characters (C0, DEL, C1), the bidirectional controls of UAX #9, zero-width and other invisible format
/// characters, tag characters, line and paragraph separators, and the interlinear marks.
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{34f}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2800}' | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{fe00}'..='\u{fe0e}'
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// The text with every unsafe character as a visible escape: `\n`, `\t`, `\r`, or `\u{202e}`.
///
/// Borrows when there is nothing to do, which is nearly always.
pub fn visible(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_unsafe) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for c in text[first..].chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// A text of at most `most` characters: of a longer one its head and its tail with `…` between.
pub fn head_and_tail(text: &str, most: usize) -> Cow<'_, str> {
    let Some(half) = most.checked_sub(1).map(|rest| rest / 2) else { return Cow::Borrowed("") };
    if text.len() <= most || text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let end = |(at, _)| at;
    let head = text.char_indices().nth(most - 1 - half).map_or(text.len(), end);
    let tail = if half == 0 { text.len() } else { text.char_indices().rev().nth(half - 1).map_or(0, end) };
    Cow::Owned(format!("{}…{}", &text[..head], &text[tail..]))
}

fn push_visible(out: &mut String, c: char) {
    use std::fmt::Write;
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_unsafe(c) => {
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        }
        c => out.push(c),
    }
}

/// A JSON text in which every unsafe character is a JSON escape, so that its meaning stays the same.
///
/// White space between tokens is valid JSON outside strings and would not survive as an escape there, so line breaks
/// and tabs become blanks.
pub fn visible_json(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_unsafe(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// What every ARN starts with.
const ARN: &str = "arn:";

/// A text with its ARNs shortened to what tells people and things apart: `reporting-role/nightly` for
/// `arn:aws:sts::111122223333:assumed-role/reporting-role/nightly`, `user/ana` for a user. Root keeps the account.
///
/// Source of the form: IAM user guide, "Amazon Resource Names (ARNs)": five colons, then the resource.
pub fn short_arns(text: &str) -> Cow<'_, str> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(ARN) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| c.is_whitespace() || "\"'<>()[]{};".contains(c)).unwrap_or(from.len());
        // A full stop or a comma behind it belongs to the sentence.
        let arn = from[..end].trim_end_matches([',', '.', ':']);
        let is_word = !before.ends_with(|c: char| c.is_alphanumeric());
        out.push_str(before);
        match short_arn(arn).filter(|_| is_word) {
            Some(short) => out.push_str(&short),
            None => out.push_str(arn),
        }
        rest = &from[arn.len()..];
    }
    match rest.len() == text.len() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(out + rest),
    }
}

fn short_arn(arn: &str) -> Option<Cow<'_, str>> {
    let mut parts = arn.splitn(6, ':').skip(1);
    let (_partition, service, _region, account) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let resource = parts.next().filter(|resource| !resource.is_empty())?;
    // What stands between the kind and the name is a path, by which nobody is called.
    let named = |kind: &str| resource.strip_prefix(kind)?.strip_prefix('/').map(|name| name.rsplit('/').next());
    Some(match (service, resource) {
        ("sts", _) => resource.strip_prefix("assumed-role/").unwrap_or(resource).into(),
        ("iam", "root") => format!("{account}:root").into(),
        ("iam", _) => {
            let kind = ["user", "role", "policy", "group"].into_iter().find_map(|kind| Some((kind, named(kind)??)));
            kind.map_or(resource.into(), |(kind, name)| format!("{kind}/{name}").into())
        }
        _ => resource.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_head_and_its_tail() {
        for (text, most, cut) in [
            ("abcdef", 6, "abcdef"),
            ("abcdefg", 6, "abc…fg"),
            ("äöüß", 3, "ä…ß"),
            ("äöüß", 4, "äöüß"),
            ("abc", 1, "…"),
            ("abc", 2, "a…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(head_and_tail(text, most), cut, "{text} {most}");
        }
    }

    #[test]
    fn an_arn_is_shortened_to_what_tells_people_apart() {
        for (text, short) in [
            ("arn:aws:sts::111122223333:assumed-role/reporting-role/nightly", "reporting-role/nightly"),
            ("arn:aws:iam::111122223333:user/staff/ana did it.", "user/ana did it."),
            ("arn:aws:iam::111122223333:root", "111122223333:root"),
            ("by arn:aws-cn:iam::1:role/aws-service-role/x/Name, then", "by role/Name, then"),
            ("(arn:aws:s3:::bucket/a/b)", "(bucket/a/b)"),
            ("arn:aws:lambda:eu-west-1:1:function:f:1.", "function:f:1."),
            ("\"arn:aws:sts::1:federated-user/bo\" and arn:aws:iam::1:user/c", "\"federated-user/bo\" and user/c"),
            ("arn:aws:iam::aws:policy/AdministratorAccess", "policy/AdministratorAccess"),
            (
                "arn: arn:aws: arn:aws:iam::1: barn:aws:iam::1:root arn:",
                "arn: arn:aws: arn:aws:iam::1: barn:aws:iam::1:root arn:",
            ),
            ("nothing", "nothing"),
            ("", ""),
        ] {
            assert_eq!(short_arns(text), short, "{text}");
        }
    }

    #[test]
    fn what_steers_a_terminal_becomes_visible() {
        for (text, shown) in [
            ("curl/8.1", "curl/8.1"),
            ("a\u{1b}]52;c;x\u{7}", "a\\u{1b}]52;c;x\\u{7}"),
            ("evil\u{202e}gpj.exe", "evil\\u{202e}gpj.exe"),
            ("two\r\nlines\tx", "two\\r\\nlines\\tx"),
            ("c1 \u{9b}31m", "c1 \\u{9b}31m"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("Zoë 日本", "Zoë 日本"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn json_keeps_its_meaning() {
        let json = "{\"a\":\"x\u{202e}y\u{7f}\u{e0041}\"}";
        let safe = visible_json(json);
        assert!(!safe.contains(is_unsafe), "{safe}");
        let (before, after): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(json).unwrap(), serde_json::from_str(&safe).unwrap());
        assert_eq!(before, after);
    }
}
