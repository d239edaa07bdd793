//! One condition of a filter.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::{
    super::{
        question::Question,
        row::{Column, Ending, Facts},
    },
    FilterError,
    field::{FIELDS, Field, KINDS, Takes},
    lex::{Form, Item, Token},
    network::Network,
};
use crate::{
    config::nearest,
    model::{ActorKind, Severity},
};

/// A condition that an event must meet, or must not.
#[derive(Clone, Debug)]
pub(in crate::history) struct Term {
    pub negated: bool,
    pub test: Test,
}

/// What is asked of an event.
#[derive(Clone, Debug)]
pub(in crate::history) enum Test {
    /// A text of one of these columns matches.
    Text(&'static [Column], TextPattern),
    Plain(Plain),
    /// The id matches.
    Id(Regex),
    /// The record matches.
    Record(Regex),
    /// What somebody else asks is so.
    Asked(Arc<dyn Question>),
}

/// What a text must match to be let through: a regex, or an address in one of some networks.
#[derive(Clone, Debug)]
pub(in crate::history) struct TextPattern {
    regex: Option<Regex>,
    /// It is made of plain texts: it looks at nothing around a match, and no match is longer than these texts.
    is_literal: bool,
    networks: Vec<Network>,
}

impl TextPattern {
    pub fn matches(&self, text: &str) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.is_match(text))
            || self.networks.iter().any(|network| network.contains(text))
    }

    /// The regex, when the pattern is made of plain texts alone.
    pub fn literal(&self) -> Option<&Regex> {
        self.regex.as_ref().filter(|_| self.is_literal)
    }

    pub fn is_literal(&self) -> bool {
        self.literal().is_some()
    }
}

/// What the fixed-size part of a row answers.
#[derive(Clone, Debug)]
pub(in crate::history) enum Plain {
    Failed,
    AtLeast(Severity),
    Kinds(Vec<ActorKind>),
    Late(bool),
    Fired(bool),
    ReadOnly(bool),
}

impl Plain {
    pub fn holds(&self, facts: &Facts) -> bool {
        match self {
            Plain::Failed => facts.ending != Ending::Succeeded,
            Plain::AtLeast(severity) => facts.severity >= *severity,
            Plain::Kinds(kinds) => kinds.contains(&facts.actor_kind),
            Plain::Late(late) => facts.late == *late,
            Plain::Fired(fired) => facts.fired == *fired,
            Plain::ReadOnly(read_only) => facts.read_only == *read_only,
        }
    }
}

/// The condition that a token states; `text` is the whole filter.
///
/// # Errors
/// A field or value that does not exist, a missing value, a regex that is none.
pub(super) fn term(text: &str, token: &Token<'_>) -> Result<Term, FilterError> {
    let test = match token.field {
        None => Test::Text(&Column::ALL, text_pattern(text, &token.items)?),
        Some(name) => {
            let field = Field::named(name).ok_or_else(|| unknown_field(text, token, name))?;
            field_test(text, token, field)?
        }
    };
    Ok(Term { negated: token.negated, test })
}

fn field_test(text: &str, token: &Token<'_>, field: &Field) -> Result<Test, FilterError> {
    let items = token.items.as_slice();
    let any = items.is_empty() || matches!(items, [Item { form: Form::Word, text, .. }] if text == "*");
    if items.is_empty() && field.takes != Takes::Error {
        return Err(FilterError::new(
            text,
            token.at,
            format!("{} needs a value, such as {}", field.name, field.example),
        ));
    }
    let word = |item: &Item| choose(text, field, item);
    let yes = || Ok(words(items, word)?.contains(&"yes"));
    Ok(match field.takes {
        Takes::Error if any => Test::Plain(Plain::Failed),
        Takes::Error => Test::Text(&[Column::Code], text_pattern(text, items)?),
        Takes::Text(column) => Test::Text(only(column), text_pattern(text, items)?),
        Takes::Address => Test::Text(only(Column::Address), address_pattern(text, items)?),
        Takes::Id => Test::Id(pattern(text, items)?),
        Takes::Record => Test::Record(pattern(text, items)?),
        Takes::Severity => {
            let chosen = words(items, word)?;
            let least = Severity::ALL.into_iter().find(|severity| chosen.contains(&severity.as_str()));
            Test::Plain(Plain::AtLeast(least.unwrap_or_default()))
        }
        Takes::Kind => {
            let chosen = words(items, word)?;
            Test::Plain(Plain::Kinds(KINDS.into_iter().filter(|kind| chosen.contains(&kind.as_str())).collect()))
        }
        Takes::Late => Test::Plain(Plain::Late(yes()?)),
        Takes::Fired => Test::Plain(Plain::Fired(yes()?)),
        Takes::Read => Test::Plain(Plain::ReadOnly(yes()?)),
        Takes::Write => Test::Plain(Plain::ReadOnly(!yes()?)),
    })
}

fn words(
    items: &[Item],
    word: impl Fn(&Item) -> Result<&'static str, FilterError>,
) -> Result<Vec<&'static str>, FilterError> {
    items.iter().map(word).collect()
}

/// The column as a list of one that lives as long as the program.
fn only(column: Column) -> &'static [Column] {
    let at = column as usize;
    &Column::ALL[at..=at]
}

/// The one of a field's words that an item is.
fn choose(text: &str, field: &Field, item: &Item) -> Result<&'static str, FilterError> {
    let values = field.values();
    let wanted = item.text.to_ascii_lowercase();
    if let Some(word) = values.iter().find(|word| **word == wanted) {
        return Ok(word);
    }
    let near = nearest(&wanted, values.iter().copied()).map(|word| format!("did you mean {word}? Write"));
    let near = near.as_deref().unwrap_or("write");
    let message = format!("{:?} is no value of {}; {near} one of {}", item.text, field.name, values.join(", "));
    Err(FilterError::new(text, item.at, message))
}

fn unknown_field(text: &str, token: &Token<'_>, name: &str) -> FilterError {
    let whole = text[token.at..].trim_start_matches(['-', '!']).split(char::is_whitespace).next().unwrap_or_default();
    let near = nearest(&name.to_ascii_lowercase(), FIELDS.iter().flat_map(Field::names));
    let near = near.map(|field| format!("did you mean {field}:? To"));
    let near = near.as_deref().unwrap_or("to");
    let message = format!("{name} is not a field; {near} look for a text with a colon, write \"{whole}\"");
    FilterError::new(text, token.at, message)
}

fn text_pattern(text: &str, items: &[Item]) -> Result<TextPattern, FilterError> {
    let is_literal = |item: &Item| match item.form {
        Form::Word => !item.text.contains('*'),
        Form::Quoted => true,
        Form::Regex => false,
    };
    let regex = Some(pattern(text, items)?);
    Ok(TextPattern { regex, is_literal: items.iter().all(is_literal), networks: Vec::new() })
}

/// Texts as everywhere, and networks: no address has a slash.
fn address_pattern(text: &str, items: &[Item]) -> Result<TextPattern, FilterError> {
    let is_network = |item: &&Item| item.form == Form::Word && item.text.contains('/');
    let (networks, texts): (Vec<&Item>, Vec<&Item>) = items.iter().partition(is_network);
    let network = |item: &&Item| Network::parse(&item.text).map_err(|why| FilterError::new(text, item.at, why));
    let networks: Vec<Network> = networks.iter().map(network).collect::<Result<_, _>>()?;
    match networks.is_empty() {
        true => text_pattern(text, items),
        false => {
            let texts: Vec<Item> = texts.into_iter().cloned().collect();
            let regex = if texts.is_empty() { None } else { Some(pattern(text, &texts)?) };
            Ok(TextPattern { regex, is_literal: false, networks })
        }
    }
}

/// One regex that matches what any of the items asks for, in any case.
fn pattern(text: &str, items: &[Item]) -> Result<Regex, FilterError> {
    let mut whole = String::new();
    for item in items {
        let one = match item.form {
            Form::Regex => item.text.clone(),
            Form::Quoted => regex::escape(&item.text),
            Form::Word if item.text == "*" => ".".to_owned(),
            Form::Word => regex::escape(&item.text).replace(r"\*", ".*"),
        };
        if one.is_empty() {
            return Err(FilterError::new(text, item.at, "there is nothing to look for; write a text"));
        }
        // Each is tried alone first, so that the error is about what was written.
        build(&one).map_err(|error| FilterError::new(text, item.at, regex_message(&error)))?;
        let bar = if whole.is_empty() { "" } else { "|" };
        whole.push_str(&format!("{bar}(?:{one})"));
    }
    build(&whole)
        .map_err(|error| FilterError::new(text, items.first().map_or(0, |item| item.at), regex_message(&error)))
}

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).dot_matches_new_line(true).build()
}

/// The last line of a regex error says what is wrong; those before it draw the place.
fn regex_message(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    let reason = last.strip_prefix("error: ").unwrap_or(last);
    format!("the regex cannot be read: {reason}; for the text itself, write it in quotes")
}
