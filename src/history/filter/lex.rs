//! Cuts the text of a filter into terms.

use super::FilterError;

/// `-field:item,item`, before anything is known about the field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// Byte offset.
    pub at: usize,
    pub negated: bool,
    pub field: Option<&'a str>,
    pub items: Vec<Item>,
}

/// A text to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Byte offset.
    pub at: usize,
    pub text: String,
    pub form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it stands; `*` is any text.
    Word,
    /// In quotes: every character is meant.
    Quoted,
    /// Between slashes.
    Regex,
}

/// The terms of a filter.
///
/// # Errors
/// A quote or regex that is not closed, and what has nothing after it.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, FilterError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks();
        match lexer.rest().is_empty() {
            true => return Ok(tokens),
            false => tokens.push(lexer.token()?),
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn fail<T>(&self, at: usize, message: impl Into<String>) -> Result<T, FilterError> {
        Err(FilterError::new(self.text, at, message))
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn is_at_end_of_term(&self) -> bool {
        self.rest().chars().next().is_none_or(char::is_whitespace)
    }

    fn token(&mut self) -> Result<Token<'a>, FilterError> {
        let at = self.at;
        let negated = self.rest().starts_with(['-', '!']);
        self.at += usize::from(negated);
        let field = self.field();
        if field.is_none() && self.is_at_end_of_term() {
            let sign = &self.text[at..self.at];
            return self.fail(at, format!("nothing is excluded; write {sign}word, or \"{sign}\" to look for the sign"));
        }
        let mut items = Vec::new();
        while !self.is_at_end_of_term() {
            items.push(self.item(field.is_some())?);
            // A comma at the end is one that is about to be followed by something.
            self.at += usize::from(field.is_some() && self.rest().starts_with(','));
        }
        Ok(Token { at, negated, field, items })
    }

    /// A word of letters before a colon.
    fn field(&mut self) -> Option<&'a str> {
        let (name, _) = self.rest().split_once(':')?;
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic());
        is_name.then(|| {
            self.at += name.len() + 1;
            name
        })
    }

    fn item(&mut self, in_field: bool) -> Result<Item, FilterError> {
        let at = self.at;
        let (form, text) = match self.rest().chars().next() {
            Some('"') => (Form::Quoted, self.enclosed('"')?),
            Some('/') => (Form::Regex, self.enclosed('/')?),
            _ => {
                let ends = |c: char| c.is_whitespace() || in_field && c == ',';
                let word = self.rest().split(ends).next().unwrap_or_default();
                self.at += word.len();
                (Form::Word, word.to_owned())
            }
        };
        if form != Form::Word && !(self.is_at_end_of_term() || in_field && self.rest().starts_with(',')) {
            let whole = self.text[at..].split(char::is_whitespace).next().unwrap_or_default();
            return match form {
                Form::Regex => self
                    .fail(self.at, format!("a regex ends at its second slash; to look for slashes, write \"{whole}\"")),
                _ => self.fail(self.at, "a blank is missing after the quotes"),
            };
        }
        Ok(Item { at, text, form })
    }

    /// What stands between two of these marks; a backslash takes the mark's meaning away.
    fn enclosed(&mut self, mark: char) -> Result<String, FilterError> {
        let start = self.at;
        let mut inner = String::new();
        let mut chars = self.text[start + 1..].char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                c if c == mark => {
                    self.at = start + 1 + offset + 1;
                    return Ok(inner);
                }
                '\\' => match chars.next() {
                    Some((_, c)) if c == mark || c == '\\' && mark == '"' => inner.push(c),
                    Some((_, c)) => inner.extend(['\\', c]),
                    None => inner.push('\\'),
                },
                c => inner.push(c),
            }
        }
        match mark {
            '/' => {
                let word = &self.text[start..];
                self.fail(start, format!("the regex has no second slash; write {word}/, or \"{word}\" for the text"))
            }
            _ => self.fail(start, format!("the quotes are not closed; write {}\"", &self.text[start..])),
        }
    }
}
