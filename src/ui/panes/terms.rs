//! Fields in the filter of a list, such as `state:failed`, beside its words.

use crate::ui::pane::Wrong;

/// A field as it is written before a colon.
pub struct Field {
    /// Its name, and others for the same.
    pub names: &'static [&'static str],
    /// The words that may follow, each by its start; any text where there are none.
    pub values: &'static [&'static str],
}

impl Field {
    fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }
}

/// A filter, read.
#[derive(Debug, Default, PartialEq)]
pub struct Terms {
    /// What is asked of no field.
    pub words: String,
    fields: Vec<Term>,
}

/// What is asked of a field: one of the values, or none of them.
#[derive(Debug, PartialEq)]
struct Term {
    field: &'static str,
    values: Vec<String>,
    not: bool,
}

impl Terms {
    /// Takes the fields out of a filter. What stands before a colon and is no field is part of a word, such as `arn:aws`.
    pub fn read(filter: &str, fields: &'static [Field]) -> Self {
        let mut terms = Self::default();
        for word in filter.split_whitespace() {
            match split(word, fields) {
                Some((field, value, not)) => {
                    let values = value.to_lowercase().split(',').map(str::to_owned).collect();
                    terms.fields.push(Term { field: field.name(), values, not });
                }
                None => {
                    terms.words.push_str(word);
                    terms.words.push(' ');
                }
            }
        }
        terms
    }

    /// Whether a thing is as it is asked for, when `has` says whether a value of a field is true of it.
    pub fn hold(&self, has: impl Fn(&str, &str) -> bool) -> bool {
        self.fields.iter().all(|term| term.not != term.values.iter().any(|value| has(term.field, value)))
    }
}

/// Checks the values of those fields that know theirs.
///
/// # Errors
/// A value that no thing can have, with its place and what there is.
pub fn check(filter: &str, fields: &'static [Field]) -> Result<(), Wrong> {
    for word in filter.split_whitespace() {
        let Some((field, values, _)) = split(word, fields).filter(|(field, ..)| !field.values.is_empty()) else {
            continue;
        };
        let unknown = |value: &&str| {
            let value = value.to_lowercase();
            !field.values.iter().any(|known| known.starts_with(&value))
        };
        if let Some(value) = values.split(',').find(unknown) {
            // Words are parts of the filter: how far in this one starts is where it lies in memory.
            let at = value.as_ptr() as usize - filter.as_ptr() as usize;
            let column = Some(filter[..at].chars().count() + 1);
            let message = format!("{value:?} is no {}; there are {}", field.name(), field.values.join(", "));
            return Err(Wrong { column, message });
        }
    }
    Ok(())
}

/// The field of a word, what is asked of it, and whether that is excluded; `None` for a word without a field.
fn split<'a>(word: &'a str, fields: &'static [Field]) -> Option<(&'static Field, &'a str, bool)> {
    let (bare, not) = word.strip_prefix(['-', '!']).map_or((word, false), |bare| (bare, true));
    let (name, value) = bare.split_once(':')?;
    let field = fields.iter().find(|field| field.names.iter().any(|known| known.eq_ignore_ascii_case(name)))?;
    Some((field, value, not))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[Field] =
        &[Field { names: &["state", "is"], values: &["sent", "failed"] }, Field { names: &["channel"], values: &[] }];

    fn holds(filter: &str) -> bool {
        let has = |field: &str, value: &str| match field {
            "state" => "failed".starts_with(value),
            _ => "pager".contains(value),
        };
        Terms::read(filter, FIELDS).hold(has)
    }

    #[test]
    fn a_field_asks_for_one_of_its_values() {
        for (filter, held) in [
            ("state:failed channel:pager", true),
            ("State:FAILED", true),
            ("is:failed", true),
            ("state:sent,failed", true),
            ("-state:failed", false),
            ("!channel:log state:f", true),
            ("state:sent", false),
            ("root", true),
        ] {
            assert_eq!(holds(filter), held, "{filter}");
        }
    }

    #[test]
    fn what_is_no_field_is_a_word() {
        let terms = Terms::read("arn:aws:iam state:sent root", FIELDS);
        assert_eq!((terms.words.as_str(), terms.fields.len()), ("arn:aws:iam root ", 1));
    }

    #[test]
    fn a_value_that_cannot_be_is_refused_with_its_place() {
        let wrong = check("é state:sent,gone", FIELDS).unwrap_err();
        assert_eq!(wrong.column, Some(14));
        assert_eq!(wrong.message, "\"gone\" is no state; there are sent, failed");
        for filter in ["", "state:", "state:se", "channel:gone", "stat:x", "-", "!:"] {
            assert_eq!(check(filter, FIELDS), Ok(()), "{filter}");
        }
    }
}
