//! Tells the tokens of a JSON text apart, and the escapes in a string.

use std::{borrow::Cow, ops::Range};

/// Why a text is no JSON from some place on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {reason}")]
pub struct Problem {
    /// Where the text stops being JSON, in bytes from its start.
    pub offset: usize,
    pub reason: &'static str,
}

/// A token of a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// `{`, `}`, `[`, `]`, `:` or `,`.
    Mark(u8),
    /// A string with its quotes.
    String,
    Number,
    Bool,
    Null,
    End,
}

/// Reads tokens from the start of a text to its end.
#[derive(Debug)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token and where it stands.
    ///
    /// # Errors
    /// What is no token, with its place.
    #[expect(clippy::should_implement_trait, reason = "an iterator would end, and could not say what is wrong")]
    pub fn next(&mut self) -> Result<(Token, Range<usize>), Problem> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        let start = self.at;
        let fail = |reason| Err(Problem { offset: start, reason });
        let (token, length) = match bytes.get(start) {
            None => (Token::End, 0),
            Some(&mark @ (b'{' | b'}' | b'[' | b']' | b':' | b',')) => (Token::Mark(mark), 1),
            Some(b'"') => match string_length(&bytes[start..]) {
                Some(length) => (Token::String, length),
                None => return fail("the string has no end"),
            },
            Some(b'-' | b'0'..=b'9') => match number_length(&bytes[start..]) {
                Some(length) => (Token::Number, length),
                None => return fail("no number that JSON knows"),
            },
            Some(_) => match self.word() {
                Some(word) => word,
                None => return fail("a value, a bracket or a comma should stand here"),
            },
        };
        self.at += length;
        Ok((token, start..self.at))
    }

    fn word(&self) -> Option<(Token, usize)> {
        let rest = &self.text.as_bytes()[self.at..];
        let known = [("true", Token::Bool), ("false", Token::Bool), ("null", Token::Null)];
        let (word, token) = known.into_iter().find(|(word, _)| rest.starts_with(word.as_bytes()))?;
        let goes_on = rest.get(word.len()).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
        (!goes_on).then_some((token, word.len()))
    }
}

/// The length of a string with both quotes. What its escapes are worth is not asked: it is shown as written.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// The length of a number; `None` when what stands there is none.
fn number_length(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut at = usize::from(bytes[0] == b'-');
    let whole = digits(at);
    let leading_zero = whole > 1 && bytes[at] == b'0';
    at += whole;
    let mut valid = whole > 0 && !leading_zero;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        valid &= fraction > 0;
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        valid &= exponent > 0;
        at += 1 + sign + exponent;
    }
    let goes_on = bytes.get(at).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'+' | b'-'));
    (valid && !goes_on).then_some(at)
}

/// A JSON text without the blanks between its tokens; of one that breaks off, as far as it goes.
pub fn compact(json: &str) -> String {
    let (mut scanner, mut out) = (Scanner::new(json), String::with_capacity(json.len()));
    while let Ok((token, range)) = scanner.next() {
        if token == Token::End {
            break;
        }
        out.push_str(&json[range]);
    }
    out
}

/// What a string says: without quotes, with its escapes resolved. An escape that JSON does not know, and half a
/// surrogate pair, stay as written.
pub fn decode(quoted: &str) -> Cow<'_, str> {
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(quoted);
    let Some(first) = memchr::memchr(b'\\', inner.as_bytes()) else { return Cow::Borrowed(inner) };
    let mut out = String::with_capacity(inner.len());
    out.push_str(&inner[..first]);
    let mut rest = &inner[first..];
    while !rest.is_empty() {
        let (c, length) = escape(rest).unwrap_or(('\\', 1));
        out.push(c);
        rest = &rest[length..];
        let plain = rest.find('\\').unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
    }
    Cow::Owned(out)
}

/// The character that the escape at the start of a text stands for, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let c = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode_escape(text),
        _ => return None,
    };
    Some((c, 2))
}

fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|c| c.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let first = unit(0)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, 6));
    }
    let c = char::decode_utf16([first, unit(6)?]).next()?.ok()?;
    Some((c, 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_what_they_stand_for_and_the_rest_stays() {
        for (quoted, text) in [
            (r#""plain""#, "plain"),
            (r#""a\"b\\c\/d\n\t\r\b\f""#, "a\"b\\c/d\n\t\r\u{8}\u{c}"),
            (r#""\u00e9\ud83d\ude00""#, "é😀"),
            (r#""\ud83d half""#, r"\ud83d half"),
            (r#""\ud83d\u0041""#, r"\ud83dA"),
            (r#""\x \u12 \u+123 \uzzzz""#, r"\x \u12 \u+123 \uzzzz"),
        ] {
            assert_eq!(decode(quoted), text, "{quoted}");
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for number in ["0", "-0", "12", "1.50", "1e5", "-1.2E+30", "123456789012345678901234567890"] {
            assert_eq!(number_length(number.as_bytes()), Some(number.len()), "{number}");
        }
        for other in ["-", "01", "1.", "1.e5", "1e", "1e+", "1.2.3", "0x10", "1-2", "-a"] {
            assert_eq!(number_length(other.as_bytes()), None, "{other}");
        }
    }
}
