//! Which rules need to be asked about a subject at all.
//!
//! A [`Gate`] is a condition that every subject which a rule matches fulfils: one of a few texts at one of a few fields.
//! It may let too much through, never too little. The [`Index`] of many gates finds the rules to be asked by looking up
//! what a subject has at these fields, so that a thousand rules cost little more than the few that are about it.

use std::collections::HashMap;

use super::{subject::Subject, tape::Value};

/// A field that rules are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `eventName` of a CloudTrail record.
    EventName,
    /// `eventSource` of a CloudTrail record.
    EventSource,
    /// `errorCode` of a CloudTrail record.
    ErrorCode,
    /// `userIdentity.type` of a CloudTrail record.
    IdentityType,
    /// `detail-type` of the envelope.
    DetailType,
    /// `source` of the envelope.
    Source,
}

impl Key {
    pub const ALL: [Key; 6] =
        [Key::EventName, Key::EventSource, Key::ErrorCode, Key::IdentityType, Key::DetailType, Key::Source];

    /// The key of a field of a CloudTrail record, such as `userIdentity.type`.
    pub fn of_record(path: &str) -> Option<Self> {
        Some(match path {
            "eventName" => Key::EventName,
            "eventSource" => Key::EventSource,
            "errorCode" => Key::ErrorCode,
            "userIdentity.type" => Key::IdentityType,
            _ => return None,
        })
    }

    /// The key of a field of the envelope, such as `detail.eventName`.
    pub fn of_envelope(path: &str) -> Option<Self> {
        match path {
            "detail-type" => Some(Key::DetailType),
            "source" => Some(Key::Source),
            path => Self::of_record(path.strip_prefix("detail.")?),
        }
    }

    /// How well a text at this field tells events apart; the higher the better.
    fn weight(self) -> u8 {
        match self {
            Key::EventName => 3,
            Key::ErrorCode | Key::IdentityType => 2,
            Key::EventSource | Key::Source => 1,
            Key::DetailType => 0,
        }
    }
}

/// What a text at a field must be. The case of ASCII letters is not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// This text.
    Is(String),
    /// A text that starts with this one.
    Starts(String),
}

impl Word {
    pub fn is(text: &str) -> Self {
        Word::Is(text.to_ascii_lowercase())
    }

    pub fn starts(text: &str) -> Self {
        Word::Starts(text.to_ascii_lowercase())
    }

    /// The word for a wildcard pattern in which `*` stands for any text: what stands before the first.
    pub fn glob(text: &str) -> Self {
        match text.split_once('*') {
            Some((start, _)) => Word::starts(start),
            None => Word::is(text),
        }
    }
}

impl Word {
    /// Whether a text of ASCII letters is such a word. An empty word says nothing about a text that is there.
    fn fits(&self, text: &str) -> bool {
        match self {
            Word::Is(word) => word.is_empty() || word.eq_ignore_ascii_case(text),
            Word::Starts(start) => text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)),
        }
    }
}

/// A condition that every subject which a rule matches fulfils.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate(
    /// The subject has one of these; `None`: nothing is known, the rule is always asked.
    Option<Vec<(Key, Word)>>,
);

impl Gate {
    /// Lets everything through.
    pub const OPEN: Gate = Gate(None);
    /// Lets nothing through: the rule can never match.
    pub const SHUT: Gate = Gate(Some(Vec::new()));

    /// The field has one of these texts. An empty prefix says nothing.
    pub fn one_of(key: Key, words: impl IntoIterator<Item = Word>) -> Self {
        let words: Vec<_> = words.into_iter().map(|word| (key, word)).collect();
        match words.iter().any(|(_, word)| matches!(word, Word::Starts(start) if start.is_empty())) {
            true => Gate::OPEN,
            false => Gate(Some(words)),
        }
    }

    /// Both conditions hold: the one that lets less through is kept.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (&self.0, &other.0) {
            (None, _) => other,
            (_, None) => self,
            (Some(a), Some(b)) if worth(b) > worth(a) => other,
            _ => self,
        }
    }

    /// One of the conditions holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(mut a), Some(b)) => {
                a.extend(b);
                Gate(Some(a))
            }
            _ => Gate::OPEN,
        }
    }

    /// Whether a subject whose `eventName` is this may pass: `false` is certain. A name that is missing or not made of
    /// ASCII letters tells nothing, as in [`Index::candidates`].
    pub fn may_pass(&self, event_name: &str) -> bool {
        let Some(words) = self.0.as_ref().filter(|_| !event_name.is_empty() && event_name.is_ascii()) else {
            return true;
        };
        words.iter().any(|(key, word)| *key != Key::EventName || word.fits(event_name))
    }

    /// Whether every rule with this gate must always be asked.
    pub fn is_open(&self) -> bool {
        self.0.is_none()
    }
}

/// How little the words let through: by the field that says least, and exact texts before prefixes.
fn worth(words: &[(Key, Word)]) -> (u8, bool) {
    let least = words.iter().map(|(key, _)| key.weight()).min().unwrap_or(u8::MAX);
    (least, words.iter().all(|(_, word)| matches!(word, Word::Is(_))))
}

/// Finds the rules, by their number, whose gates a subject passes.
#[derive(Clone, Debug, Default)]
pub struct Index {
    always: Vec<u32>,
    fields: [Field; Key::ALL.len()],
}

/// The rules that a text at one field lets be asked.
#[derive(Clone, Debug, Default)]
struct Field {
    exact: HashMap<String, Vec<u32>>,
    prefixes: HashMap<String, Vec<u32>>,
    /// The lengths of the prefixes, each once.
    lengths: Vec<usize>,
    /// Every rule above, for a field that holds something else than one text.
    all: Vec<u32>,
}

impl Index {
    /// The index of these gates; the number of a rule is its place among them.
    pub fn new<'a>(gates: impl IntoIterator<Item = &'a Gate>) -> Self {
        let mut index = Self::default();
        for (rule, gate) in (0..).zip(gates) {
            match &gate.0 {
                None => index.always.push(rule),
                Some(words) => words.iter().for_each(|(key, word)| index.fields[*key as usize].add(word, rule)),
            }
        }
        index
    }

    /// Puts the numbers of the rules to be asked about a subject, from low to high, in place of what `rules` held.
    pub fn candidates(&self, subject: &Subject, rules: &mut Vec<u32>) {
        rules.clear();
        rules.extend(&self.always);
        for key in Key::ALL {
            let field = &self.fields[key as usize];
            if let (false, Some(value)) = (field.all.is_empty(), subject.fact(key)) {
                field.look_up(value, rules);
            }
        }
        rules.sort_unstable();
        rules.dedup();
    }
}

impl Field {
    fn add(&mut self, word: &Word, rule: u32) {
        let (map, text) = match word {
            Word::Is(text) => (&mut self.exact, text),
            Word::Starts(text) => (&mut self.prefixes, text),
        };
        map.entry(text.clone()).or_default().push(rule);
        if matches!(word, Word::Starts(_)) && !self.lengths.contains(&text.len()) {
            self.lengths.push(text.len());
        }
        self.all.push(rule);
    }

    fn look_up(&self, value: Value<'_>, rules: &mut Vec<u32>) {
        // Whatever is no plain text is compared by each language in its own way: a null is nothing in one and a value in
        // the next, a number has several texts, and letters beyond ASCII may be folded onto those in it.
        let Some(text) = value.text().filter(|text| text.is_ascii()) else { return rules.extend(&self.all) };
        let text = text.to_ascii_lowercase();
        rules.extend(self.exact.get(&text).into_iter().flatten());
        let starts = self.lengths.iter().filter_map(|&length| self.prefixes.get(text.get(..length)?));
        rules.extend(starts.flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(gates: &[Gate], record: &str) -> Vec<u32> {
        let mut rules = vec![77];
        Index::new(gates).candidates(&Subject::cloudtrail(record).unwrap(), &mut rules);
        rules
    }

    #[test]
    fn only_the_rules_about_a_subject_are_asked() {
        let gates = [
            Gate::one_of(Key::EventName, [Word::is("ConsoleLogin")]),
            Gate::one_of(Key::EventName, [Word::starts("Put"), Word::starts("Attach")]),
            Gate::OPEN,
            Gate::one_of(Key::EventSource, [Word::is("iam.amazonaws.com")]),
            Gate::SHUT,
        ];
        let record = |name: &str| format!(r#"{{"eventSource":"iam.amazonaws.com","eventName":{name}}}"#);
        assert_eq!(asked(&gates, &record(r#""consolelogin""#)), [0, 2, 3]);
        assert_eq!(asked(&gates, &record(r#""AttachUserPolicy""#)), [1, 2, 3]);
        assert_eq!(asked(&gates, &record(r#""\u0050utX""#)), [1, 2, 3]);
        assert_eq!(asked(&gates, &record(r#"["PutX"]"#)), [0, 1, 2, 3]);
        assert_eq!(asked(&gates, &record("1.0")), [0, 1, 2, 3]);
        assert_eq!(asked(&gates, &record(r#""x\u212a""#)), [0, 1, 2, 3]);
        assert_eq!(asked(&gates, "{}"), [2]);
    }

    #[test]
    fn a_name_alone_can_tell_that_a_rule_is_about_something_else() {
        let names = Gate::one_of(Key::EventName, [Word::is("StopLogging"), Word::starts("Put")]);
        assert!(names.may_pass("stoplogging") && names.may_pass("PutObject") && !names.may_pass("Pu"));
        assert!(names.may_pass("") && names.may_pass("Put\u{212a}"));
        assert!(Gate::OPEN.may_pass("x") && !Gate::SHUT.may_pass("x"));
        assert!(names.or(Gate::one_of(Key::EventSource, [Word::is("s3")])).may_pass("x"));
    }

    #[test]
    fn of_two_conditions_the_narrower_is_kept_and_of_alternatives_all() {
        let name = || Gate::one_of(Key::EventName, [Word::glob("Delete*")]);
        let source = || Gate::one_of(Key::EventSource, [Word::glob("s3.amazonaws.com")]);
        assert_eq!(source().and(name()), name());
        assert_eq!(name().and(Gate::OPEN).and(source()), name());
        assert_eq!(name().or(Gate::OPEN), Gate::OPEN);
        assert_eq!(asked(&[name().or(source())], r#"{"eventSource":"s3.amazonaws.com"}"#), [0]);
        assert_eq!(Gate::one_of(Key::EventName, [Word::glob("*")]), Gate::OPEN);
    }
}
