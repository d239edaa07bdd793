//! The rule languages: what compiles is asked, and its answers are held against each other.

use std::ops::Range;

use trailwatch::rules::{
    Fault, Gate, Index, LANGUAGES, Language, Predicate, Subject,
    lang::{
        metric_filter::Pattern,
        sigma::{Correlations, Documents, Meta, documents},
    },
};

use super::{parts, subjects};

/// A filter pattern, and a record that it is asked about.
pub fn metric_filter(input: &[u8]) {
    let [text, record] = parts(input);
    language("metric-filter", &text, &record);
    if let Ok((pattern, _)) = Pattern::read(&text) {
        pattern.selectors().into_iter().for_each(|selector| assert!(!format!("{selector:?}").is_empty()));
        assert!(pattern.names().iter().all(|name| text.contains(name)));
        let holds = pattern.matches_line(&record);
        assert_eq!(pattern.matches_line(&record), holds);
    }
}

/// An event pattern, and an event that it is asked about.
pub fn event_pattern(input: &[u8]) {
    let [text, event] = parts(input);
    language("event-pattern", &text, &event);
}

/// A file of Sigma documents, and a record that they are asked about.
pub fn sigma(input: &[u8]) {
    let [text, record] = parts(input);
    language("sigma", &text, &record);
    let Documents { detections, correlations, faults } = documents(&text);
    say(&text, &faults);
    let subjects = subjects::with(&record);
    detections.iter().for_each(|detection| ask(detection, &text, &subjects));
    let (mut counted, faults) = Correlations::new(correlations, detections.iter().map(|detection| &detection.meta));
    say(&text, &faults);
    for (time, subject) in (1_795_000_000..).step_by(40).zip(&subjects) {
        let holding: Vec<&Meta> =
            detections.iter().filter(|rule| rule.matches(subject)).map(|rule| &rule.meta).collect();
        counted.tell(time, subject, holding.iter().copied());
        // The same comes again, and something that happened before.
        counted.tell(time - 60, subject, holding);
    }
    let fired = counted.fired();
    assert!(fired.iter().all(|firing| firing.correlation < counted.list().len()));
    assert_eq!(counted.fired().len(), 0, "what has fired fires again");
}

fn language(name: &str, text: &str, subject: &str) {
    let language = Language::named(name).expect("the language is known");
    match (language.compile)(text) {
        Ok(compiled) => {
            assert!(compiled.warnings.iter().all(|fault| fault.harmless));
            say(text, &compiled.warnings);
            ask(&*compiled.predicate, text, &subjects::with(subject));
        }
        Err(faults) => {
            assert!(faults.iter().any(|fault| !fault.harmless), "nothing is wrong, and it is refused");
            say(text, &faults);
        }
    }
}

/// Puts a rule to subjects: its answers agree, and its gate lets through what it matches.
pub fn ask(rule: &dyn Predicate, text: &str, subjects: &[Subject]) {
    let gate = rule.gate();
    let index = Index::new([&gate]);
    let mut asked = Vec::new();
    for subject in subjects {
        let holds = rule.matches(subject);
        assert_eq!(rule.matches(subject), holds, "another answer to the same question");
        index.candidates(subject, &mut asked);
        assert!(!holds || asked == [0], "{gate:?} stops {:?}", subject.envelope());
        let clauses = rule.explain(subject);
        assert_eq!(rule.explain(subject), clauses);
        clauses.iter().for_each(|clause| is_in(text, &clause.range));
        // A Sigma rule has a clause for each of its conditions; one about another log holds and never fires.
        let explained = clauses.iter().any(|clause| clause.depth == 0 && clause.holds);
        assert!(explained == holds || !holds && gate == Gate::SHUT, "{holds} is explained by {clauses:#?}");
    }
}

/// Shows what is wrong as a person reads it.
pub fn say(text: &str, faults: &[Fault]) {
    for fault in faults {
        is_in(text, &fault.range);
        let said = fault.render("file", text);
        assert!(!fault.message.is_empty() && said.contains('^'), "{said}");
        assert!(!said.replace('\n', "").contains(trailwatch::model::text::is_unsafe), "{said:?}");
    }
}

/// Whether a place can be cut out of a text.
fn is_in(text: &str, range: &Range<usize>) {
    assert!(text.get(range.clone()).is_some(), "{range:?} is no place in {text:?}");
}

/// The languages that rule files are written in.
pub const ALL: &[Language] = LANGUAGES;
