//! A pattern's text as tokens, with where each stands.

use std::ops::Range;

use super::selector::Selector;
use crate::rules::Fault;

/// One token of a JSON or space-delimited pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// One of `{ } ( ) [ ] ,`.
    Mark(char),
    And,
    Or,
    Sign(Sign),
    Selector(Selector),
    /// A text in quotes, without them and with its escapes resolved.
    Quoted(String),
    /// A text without quotes.
    Word(&'t str),
    /// What stands between two `%`.
    Regex(&'t str),
    /// `...`
    Dots,
    End,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

pub(super) type Spanned<'t> = (Token<'t>, Range<usize>);

/// The tokens of a text, the last of which is the end.
///
/// # Errors
/// The first sign that stands in no pattern.
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned<'_>>, Fault> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let end = token.0 == Token::End;
        tokens.push(token);
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

/// Signs of other languages, and what stands for them here.
const FOREIGN: [(&str, &str); 7] = [
    ("==", "write `=`"),
    ("=~", "write `= %…%` with a regular expression"),
    ("=>", "write `>=`"),
    ("=<", "write `<=`"),
    ("=!", "write `!=`"),
    ("<>", "write `!=`"),
    ("!~", "write `!= %…%` with a regular expression"),
];

const SIGNS: [(&str, Token<'static>); 8] = [
    ("&&", Token::And),
    ("||", Token::Or),
    ("!=", Token::Sign(Sign::Unequal)),
    ("<=", Token::Sign(Sign::AtMost)),
    (">=", Token::Sign(Sign::AtLeast)),
    ("=", Token::Sign(Sign::Equal)),
    ("<", Token::Sign(Sign::Less)),
    (">", Token::Sign(Sign::Greater)),
];

/// Quotes that a text processor makes, and those of other languages.
const QUOTES: &str = "“”„‟«»‘’‚'`";

impl<'t> Lexer<'t> {
    fn next(&mut self) -> Result<Spanned<'t>, Fault> {
        self.at = self.text.len() - self.text[self.at..].trim_start().len();
        let rest = &self.text[self.at..];
        let (token, length) = match rest.chars().next() {
            None => (Token::End, 0),
            Some(mark @ ('{' | '}' | '(' | ')' | '[' | ']' | ',')) => (Token::Mark(mark), 1),
            Some('$') => {
                let (selector, end) = Selector::scan(self.text, self.at)?;
                (Token::Selector(selector), end - self.at)
            }
            Some('"') => self.quoted(rest)?,
            Some('%') => self.regex(rest)?,
            Some('&' | '|' | '!' | '=' | '<' | '>') => self.sign(rest)?,
            Some(c) if QUOTES.contains(c) => return Err(self.foreign_quotes(rest, c)),
            Some(_) => self.word(rest)?,
        };
        let range = self.at..self.at + length;
        self.at = range.end;
        Ok((token, range))
    }

    fn fault(&self, length: usize, message: impl Into<String>) -> Fault {
        Fault::new(self.at..self.at + length, message)
    }

    fn sign(&self, rest: &str) -> Result<(Token<'t>, usize), Fault> {
        if let Some((sign, help)) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign)) {
            return Err(self.fault(sign.len(), format!("`{sign}` is no comparison of filter patterns")).help(*help));
        }
        if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            return Ok((token.clone(), sign.len()));
        }
        Err(match &rest[..1] {
            "!" => self.fault(1, "there is no `!`").help("write `!=`, or `NOT EXISTS` after a field"),
            sign => self.fault(1, format!("a single `{sign}` joins nothing")).help(format!("write `{sign}{sign}`")),
        })
    }

    fn quoted(&self, rest: &str) -> Result<(Token<'t>, usize), Fault> {
        let mut text = String::new();
        let mut chars = rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => return Ok((Token::Quoted(text), at + 1)),
                '\\' => text.push(chars.next_if(|(_, next)| matches!(next, '"' | '\\')).map_or('\\', |(_, next)| next)),
                c => text.push(c),
            }
        }
        Err(self
            .fault(1, "the quote that opens here is not closed")
            .help("close it with `\"`; a quote inside is `\\\"`"))
    }

    fn regex(&self, rest: &'t str) -> Result<(Token<'t>, usize), Fault> {
        match rest[1..].find('%') {
            Some(end) => Ok((Token::Regex(&rest[1..=end]), end + 2)),
            None => Err(self
                .fault(1, "the regular expression that opens here is not closed")
                .help("close it with `%`; for the sign itself write the text in quotes")),
        }
    }

    fn foreign_quotes(&self, rest: &str, quote: char) -> Fault {
        let inner = &rest[quote.len_utf8()..];
        let inside = inner.find(|c| QUOTES.contains(c));
        let text = &inner[..inside.unwrap_or(0)];
        let close = inside.and_then(|at| inner[at..].chars().next()).map_or(0, char::len_utf8);
        let fault =
            self.fault(quote.len_utf8() + text.len() + close, format!("`{quote}` is no quote of filter patterns"));
        fault.help(format!("write `\"{text}\"`"))
    }

    fn word(&self, rest: &'t str) -> Result<(Token<'t>, usize), Fault> {
        if rest.starts_with("...") {
            return Ok((Token::Dots, 3));
        }
        let ends = |c: char| c.is_whitespace() || "{}()[],&|!=<>\"%".contains(c);
        // A pattern's `[1-9]` is no word, but a bracket in the middle of one is worth the same advice.
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-*".contains(c);
        match word.chars().all(plain) || number(word).is_some() {
            true => Ok((Token::Word(word), word.len())),
            false => {
                let fault = self.fault(word.len(), format!("`{word}` needs quotes"));
                Err(fault.help(format!("only letters, digits and `. _ - *` stand without: write `\"{word}\"`")))
            }
        }
    }
}

/// The number that a word is, the way filter patterns write numbers: with a sign, a point or an exponent.
pub(super) fn number(word: &str) -> Option<f64> {
    // Rust reads "inf" and "nan" too.
    let digits =
        word.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c)) && word.contains(|c: char| c.is_ascii_digit());
    digits.then(|| word.parse().ok()).flatten().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_need_no_spaces_around_them() {
        let tokens = tokens("{($.a=X)||($.b!=\"y\\\"\\\\\\n\")&&$.c>=-1.5e3}").unwrap();
        let selector = |text| Token::Selector(Selector::read(text).unwrap());
        let expected = [
            Token::Mark('{'),
            Token::Mark('('),
            selector("$.a"),
            Token::Sign(Sign::Equal),
            Token::Word("X"),
            Token::Mark(')'),
            Token::Or,
            Token::Mark('('),
            selector("$.b"),
            Token::Sign(Sign::Unequal),
            Token::Quoted("y\"\\\\n".into()),
            Token::Mark(')'),
            Token::And,
            selector("$.c"),
            Token::Sign(Sign::AtLeast),
            Token::Word("-1.5e3"),
            Token::Mark('}'),
            Token::End,
        ];
        assert_eq!(tokens.into_iter().map(|(token, _)| token).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_number_is_what_aws_writes_as_one() {
        assert_eq!([number("-1.50"), number("+2e3"), number("7")], [Some(-1.5), Some(2000.0), Some(7.0)]);
        assert_eq!([number("inf"), number("1e999"), number("1.2.3"), number("e"), number("0x1")], [None; 5]);
    }
}
