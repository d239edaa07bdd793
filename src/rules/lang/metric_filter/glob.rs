//! Texts with `*`, matched the way that CloudWatch Logs does it: without going back.
//!
//! Source: answers of `TestMetricFilter` from 2019. `*111.111.111` does not match `111.111.111.111`, `1*3` matches 123:
//! each piece between two stars is taken where it first occurs, and the last one must then end the text.

use memchr::memmem;

/// A text with at least one `*`.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    /// What stands before the first star.
    start: String,
    /// What stands between two stars.
    middle: Vec<String>,
    /// What stands after the last star.
    end: String,
}

impl Glob {
    /// The glob of a text; `None` when it holds no star.
    pub(super) fn new(text: &str) -> Option<Self> {
        let (start, rest) = text.split_once('*')?;
        let mut middle: Vec<_> = rest.split('*').map(str::to_owned).collect();
        let end = middle.pop()?;
        middle.retain(|piece| !piece.is_empty());
        Some(Self { start: start.to_owned(), middle, end })
    }

    /// What every text starts with that matches.
    pub(super) fn start(&self) -> &str {
        &self.start
    }

    /// What every text ends with that matches.
    pub(super) fn end(&self) -> &str {
        &self.end
    }

    /// Whether the text is one that AWS takes for this glob.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some(mut rest) = text.strip_prefix(self.start.as_str()) else { return false };
        for piece in &self.middle {
            let Some(at) = find(rest, piece) else { return false };
            rest = &rest[at + piece.len()..];
        }
        self.end.is_empty() || find(rest, &self.end).is_some_and(|at| at + self.end.len() == rest.len())
    }

    /// A text that one expects to match and AWS does not take, when such a text is likely: the end of the glob is short,
    /// or begins the way it ends.
    pub(super) fn surprise(&self) -> Option<String> {
        let end = self.end.as_str();
        let again = |at: &usize| *at > 0 && end.starts_with(&end[*at..]);
        let border = end.char_indices().map(|(at, _)| at).find(again);
        let twice = match border {
            Some(at) => format!("{}{end}", &end[..at]),
            None if !end.is_empty() && end.chars().count() < 4 => format!("{end}-{end}"),
            None => return None,
        };
        Some(format!("{}{}{twice}", self.start, self.middle.concat()))
    }
}

fn find(text: &str, piece: &str) -> Option<usize> {
    memmem::find(text.as_bytes(), piece.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(glob: &str, text: &str) -> bool {
        Glob::new(glob).unwrap().matches(text)
    }

    #[test]
    fn a_star_stands_for_any_text_and_does_not_go_back() {
        for (glob, text) in [("*", ""), ("a*", "a"), ("*a", "ba"), ("1*3", "123"), ("a*b*c", "a-b-c"), ("**", "x")] {
            assert!(matches(glob, text), "{glob} {text}");
        }
        for (glob, text) in
            [("a*", "ba"), ("*a", "ab"), ("*a", "aa"), ("ab*b", "ab"), ("*.a", "a.a.a"), ("a*b*c", "ac")]
        {
            assert!(!matches(glob, text), "{glob} {text}");
        }
    }

    #[test]
    fn a_text_that_one_would_expect_to_match_is_told() {
        let surprise = |glob| Glob::new(glob).unwrap().surprise();
        assert_eq!(surprise("*111.111"), Some("111.111.111".into()));
        assert_eq!(surprise("a*1"), Some("a1-1".into()));
        assert_eq!(surprise("*UnauthorizedOperation"), None);
        assert_eq!(surprise("AccessDenied*"), None);
    }

    proptest! {
        #[test]
        fn a_surprise_matches_a_plain_glob_and_not_this_one(glob in "[ab.]{0,3}\\*[ab.*]{0,5}") {
            let ours = Glob::new(&glob).unwrap();
            if let Some(text) = ours.surprise() {
                let plain = regex::Regex::new(&format!("^{}$", regex::escape(&glob).replace("\\*", ".*"))).unwrap();
                prop_assert!(plain.is_match(&text), "{glob} {text}");
                prop_assert!(!ours.matches(&text), "{glob} {text}");
            }
        }

        #[test]
        fn what_matches_would_match_a_plain_glob_too(glob in "[ab]{0,2}\\*[ab*]{0,5}", text in "[ab]{0,6}") {
            let plain = regex::Regex::new(&format!("^{}$", regex::escape(&glob).replace("\\*", ".*"))).unwrap();
            prop_assert!(!matches(&glob, &text) || plain.is_match(&text));
        }
    }
}
