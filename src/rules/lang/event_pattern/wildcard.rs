//! The `wildcard` operator: `*` for any text, and how much work a pattern makes on AWS.
//!
//! Source: event-ruler, `WildcardParser` and `MachineComplexityEvaluator`, by their tests.

use std::collections::HashSet;

use memchr::memmem;

use crate::rules::gate::Word;

/// The most that is taken of [`complexity`]. The service's own limit is not documented: of the recorded answers, it refused
/// a pattern of 11 and took one of 7. In between, the pattern is taken: refusing what AWS takes is the worse mistake.
pub const LIMIT: usize = 10;

/// A text with `*` in it.
#[derive(Debug)]
pub struct Wildcard {
    /// The bytes in a row, `None` for a `*`.
    steps: Vec<Option<u8>>,
    start: String,
    middle: Vec<memmem::Finder<'static>>,
    /// What follows the last `*`; `None` when there is no `*`.
    end: Option<String>,
}

impl Wildcard {
    /// Reads a pattern, in which `\*` and `\\` stand for themselves.
    ///
    /// # Errors
    /// Why it is none, in AWS's words. Positions count the bytes of the text with its quotes, from 0.
    pub fn new(text: &str) -> Result<Self, String> {
        let (mut pieces, mut piece) = (Vec::new(), String::new());
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let literal = match (c, chars.peek()) {
                ('*', Some((_, '*'))) => return Err(format!("Consecutive wildcard characters at pos {}", at + 1)),
                ('*', _) => {
                    pieces.push(std::mem::take(&mut piece));
                    continue;
                }
                ('\\', Some(&(_, next @ ('*' | '\\')))) => {
                    chars.next();
                    next
                }
                ('\\', _) => return Err(format!("Invalid escape character at pos {}", at + 1)),
                (c, _) => c,
            };
            piece.push(literal);
        }
        pieces.push(piece);
        Ok(Self::of(pieces))
    }

    fn of(mut pieces: Vec<String>) -> Self {
        let literal = |piece: &String| piece.bytes().map(Some).collect::<Vec<_>>();
        let steps = pieces.iter().map(literal).collect::<Vec<_>>().join(&None);
        let start = pieces.remove(0);
        let end = pieces.pop();
        let middle = pieces.iter().map(|piece| memmem::Finder::new(piece).into_owned()).collect();
        Self { steps, start, middle, end }
    }

    /// Whether a text is what the pattern describes.
    pub fn matches(&self, text: &str) -> bool {
        let Some(rest) = text.as_bytes().strip_prefix(self.start.as_bytes()) else { return false };
        let Some(end) = &self.end else { return rest.is_empty() };
        let Some(mut rest) = rest.strip_suffix(end.as_bytes()) else { return false };
        // The first place of each piece leaves the most for the next ones.
        self.middle.iter().all(|piece| {
            let found = piece.find(rest);
            rest = found.map_or(&[], |at| &rest[at + piece.needle().len()..]);
            found.is_some()
        })
    }

    /// What every text that matches is or starts with.
    pub fn word(&self) -> Word {
        match self.end {
            Some(_) => Word::starts(&self.start),
            None => Word::is(&self.start),
        }
    }
}

/// How many places of the patterns, each after another part of them, one text can be at: event-ruler's measure for the
/// work that they make. Stops counting once it is more than `most`.
pub fn complexity<'a>(wildcards: impl IntoIterator<Item = &'a Wildcard>, most: usize) -> usize {
    let distinct: HashSet<&[Option<u8>]> = wildcards.into_iter().map(|wildcard| &*wildcard.steps).collect();
    let places = Places { patterns: distinct.into_iter().collect() };
    let start: Set = (0..places.patterns.len()).flat_map(|pattern| places.reached(pattern, 0)).collect();
    let (mut seen, mut open, mut worst) = (HashSet::from([start.clone()]), vec![start], 0);
    while let Some(set) = open.pop() {
        worst = worst.max(set.iter().filter(|(_, at)| *at > 0).count());
        // A pattern of many thousand places cannot be measured quickly, on AWS as little as here.
        if worst > most || seen.len() > 10_000 {
            break;
        }
        open.extend(places.next(&set).into_iter().filter(|next| seen.insert(next.clone())));
    }
    worst
}

/// Pattern and place in it, each once, in order.
type Set = Vec<(usize, usize)>;

struct Places<'a> {
    patterns: Vec<&'a [Option<u8>]>,
}

impl Places<'_> {
    /// A place, and the one behind the `*` that stands there.
    fn reached(&self, pattern: usize, at: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let star = self.patterns[pattern].get(at) == Some(&None);
        [(pattern, at), (pattern, at + 1)].into_iter().take(1 + usize::from(star))
    }

    /// The places where another byte can lead: one set for each byte that some pattern waits for, and one for all others.
    fn next(&self, set: &Set) -> Vec<Set> {
        let mut bytes: Vec<_> =
            set.iter().filter_map(|&(pattern, at)| *self.patterns[pattern].get(at)?).map(Some).collect();
        bytes.push(None);
        bytes.sort_unstable();
        bytes.dedup();
        bytes.into_iter().map(|byte| self.after(set, byte)).collect()
    }

    fn after(&self, set: &Set, byte: Option<u8>) -> Set {
        let mut next = Set::new();
        for &(pattern, at) in set {
            let steps = self.patterns[pattern];
            if at > 0 && steps[at - 1].is_none() {
                next.extend(self.reached(pattern, at));
            }
            if byte.is_some() && steps.get(at) == Some(&byte) {
                next.extend(self.reached(pattern, at + 1));
            }
        }
        next.sort_unstable();
        next.dedup();
        next
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Wildcard::new(pattern).unwrap().matches(text)
    }

    #[test]
    fn a_star_is_any_text() {
        for (pattern, text) in
            [("*", ""), ("a*", "a"), ("a*b*c", "abbxc"), ("*aab", "aaab"), (r"\**\\", r"*x\"), ("", "")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*", "ba"), ("a*a", "a"), ("a*b*b", "ab"), (r"a\*", "ab"), ("", "a"), ("a", "ab")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn two_stars_in_a_row_and_other_escapes_are_refused() {
        assert_eq!(Wildcard::new("é:**").unwrap_err(), "Consecutive wildcard characters at pos 4");
        assert_eq!(Wildcard::new(r"a\b").unwrap_err(), "Invalid escape character at pos 2");
        assert_eq!(Wildcard::new(r"a\").unwrap_err(), "Invalid escape character at pos 2");
    }

    #[test]
    fn complexity_counts_the_places_of_one_text() {
        for (pattern, expected) in [("abc", 1), ("*", 1), ("*x", 2), ("x*yzy", 3), ("*xx", 3)] {
            assert_eq!(complexity([&Wildcard::new(pattern).unwrap()], 100), expected, "{pattern}");
        }
        assert_eq!(complexity([&Wildcard::new("*:*:*:*:*:event-bus/*").unwrap()], 100), LIMIT + 1);
    }

    fn slow(pattern: &[u8], text: &[u8]) -> bool {
        match pattern {
            [] => text.is_empty(),
            [b'*', rest @ ..] => (0..=text.len()).any(|at| slow(rest, &text[at..])),
            [c, rest @ ..] => text.first() == Some(c) && slow(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn a_wildcard_says_what_trying_everything_says(pattern in "[ab*]{0,6}", text in "[ab]{0,8}") {
            if let Ok(wildcard) = Wildcard::new(&pattern) {
                prop_assert_eq!(wildcard.matches(&text), slow(pattern.as_bytes(), text.as_bytes()));
            }
        }
    }
}
