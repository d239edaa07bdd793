//! What a text must match to be found, in any case.

use std::{fmt, sync::Arc};

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::literal::{Extractor, Literal};

use super::sketch::{Place, places};

/// What a text is asked that no pattern can say, such as whether an address is in a network.
type Question = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What a text must match, wherever in it, in any case.
#[derive(Clone)]
pub struct Pattern {
    any: Vec<One>,
}

#[derive(Clone)]
enum One {
    /// What the sketch of a block must have, and the regex. It looks at nothing around a match.
    Texts(Vec<Place>, Regex),
    /// Of these lists, the sketch of a block must have all of one; without any, nothing can be said.
    Regex(Vec<Vec<Place>>, Regex),
    Asked(Question),
}

impl Pattern {
    /// The text itself.
    ///
    /// # Errors
    /// A text that is too long for a pattern.
    pub fn text(text: &str) -> Result<Self, regex::Error> {
        Self::pieces(&[text])
    }

    /// A text in which `*` stands for any characters.
    ///
    /// # Errors
    /// A text that is too long for a pattern.
    pub fn wildcard(text: &str) -> Result<Self, regex::Error> {
        Self::pieces(&text.split('*').collect::<Vec<_>>())
    }

    fn pieces(pieces: &[&str]) -> Result<Self, regex::Error> {
        let escaped: Vec<String> = pieces.iter().map(|text| regex::escape(text)).collect();
        let needles = pieces.iter().flat_map(|text| places(text)).collect();
        Ok(One::Texts(needles, build(&escaped.join(".*"))?).into())
    }

    /// A regular expression in the form of the `regex` crate; `.` matches line breaks too.
    ///
    /// # Errors
    /// A text that is no regular expression.
    pub fn regex(text: &str) -> Result<Self, regex::Error> {
        Ok(One::Regex(starts(text).unwrap_or_default(), build(text)?).into())
    }

    /// Any text for which the answer is yes.
    pub fn asking(question: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        One::Asked(Arc::new(question)).into()
    }

    /// What this one or the other matches.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.any.extend(other.any);
        self
    }

    /// Whether a text matches.
    pub fn holds(&self, text: &str) -> bool {
        self.any.iter().any(|one| match one {
            One::Texts(_, regex) | One::Regex(_, regex) => regex.is_match(text),
            One::Asked(question) => question(text),
        })
    }

    /// Whether one of some texts may match that stand one after the other: `false` is certain.
    pub(super) fn may_hold(&self, joined: &str) -> bool {
        self.any.iter().any(|one| match one {
            One::Texts(_, regex) => regex.is_match(joined),
            One::Regex(..) | One::Asked(_) => true,
        })
    }

    /// All of one of these lists are in the sketch of a block where the pattern matches; `None` when nothing can be said.
    pub(super) fn needles(&self) -> Option<Vec<Vec<Place>>> {
        let needles = |one: &One| match one {
            One::Texts(places, _) if !places.is_empty() => Some(vec![places.clone()]),
            One::Regex(starts, _) if !starts.is_empty() => Some(starts.clone()),
            One::Texts(..) | One::Regex(..) | One::Asked(_) => None,
        };
        let all: Option<Vec<_>> = self.any.iter().map(needles).collect();
        all.map(|all| all.concat())
    }
}

/// The texts with one of which every match of a regex starts, where they are few and long enough to be looked for.
fn starts(text: &str) -> Option<Vec<Vec<Place>>> {
    let starts = Extractor::new().extract(&regex_syntax::parse(text).ok()?);
    let place = |literal: &Literal| Some(places(str::from_utf8(literal.as_bytes()).ok()?)).filter(|p| !p.is_empty());
    starts.literals()?.iter().map(place).collect()
}

impl From<One> for Pattern {
    fn from(one: One) -> Self {
        Self { any: vec![one] }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |one: &One| match one {
            One::Texts(_, regex) | One::Regex(_, regex) => regex.as_str().to_owned(),
            One::Asked(_) => "?".to_owned(),
        };
        f.debug_list().entries(self.any.iter().map(text)).finish()
    }
}

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).dot_matches_new_line(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regex_says_what_its_matches_start_with() {
        let lists = |text| Pattern::regex(text).unwrap().needles().map(|lists| lists.len());
        assert_eq!(lists("put.*policy"), Some(1));
        assert_eq!(lists("^(root|admin)-.*$"), Some(2));
        assert_eq!(lists("r?oot"), Some(2));
        for nothing in [".*policy", "(?:pu|put)t*", "", "[a-z]+", "x?"] {
            assert_eq!(lists(nothing), None, "{nothing}");
        }
        assert!(Pattern::regex("Größe").unwrap().needles().is_some());
        assert_eq!(Pattern::regex("put.*").unwrap().or(Pattern::text("ab").unwrap()).needles(), None);
    }
}
