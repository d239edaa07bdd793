//! A rule's text put to the events of the history: which it matches, or what is wrong with it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    history::{Filter, History, Question, Row, View},
    model::Event,
    rules::{Clause, Compiled, Fault, Gate, Language, Predicate, Subject},
    ui::{shared::Shared, widgets::text::number},
};

/// Rows that are looked at in one slice of work: about 2 ms, and as many records as can be read in that time.
const SLICE: usize = 50_000;
/// Rows that are looked at with the key press itself, so that few matches do not flicker.
const FIRST_SLICE: usize = 10_000;

/// A text in a language, and what it matches so far.
pub struct Trial {
    /// Of a text that was understood.
    running: Option<Running>,
    faults: Vec<Fault>,
}

struct Running {
    predicate: Arc<dyn Predicate>,
    view: View,
}

impl Trial {
    /// Reads the text, and begins to look for what it matches.
    pub fn new(language: &Language, text: &str, history: &History) -> Self {
        match (language.compile)(text) {
            Ok(Compiled { predicate, warnings }) => {
                let predicate: Arc<dyn Predicate> = Arc::from(predicate);
                let mut view = View::new(Filter::asking(Arc::new(Asking::new(Arc::clone(&predicate)))));
                view.work(history, FIRST_SLICE);
                Self { running: Some(Running { predicate, view }), faults: warnings }
            }
            Err(faults) => Self { running: None, faults },
        }
    }

    /// Whether the text means something.
    pub fn is_understood(&self) -> bool {
        self.running.is_some()
    }

    /// What is wrong with the text, or does not do what it looks like; what costs the rule first.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The events that it matches so far; `None` while the text means nothing.
    pub fn view(&self) -> Option<&View> {
        self.running.as_ref().map(|running| &running.view)
    }

    /// Whether there are events that were not looked at.
    pub fn is_working(&self) -> bool {
        self.view().is_some_and(|view| !view.is_complete())
    }

    /// Looks at more of them for a few milliseconds.
    pub fn work(&mut self, history: &History) {
        if let Some(running) = &mut self.running {
            running.view.work(history, SLICE);
        }
    }

    /// Takes in what is new in the history.
    pub fn take_in(&mut self, history: &History) {
        if let Some(running) = &mut self.running {
            running.view.take_in(history);
        }
    }

    /// `12 of 4 210 events`, and how far the search is; empty while the text means nothing.
    pub fn count(&self, shared: &Shared) -> String {
        let Some(view) = self.view() else { return String::new() };
        let so_far = match view.is_complete() {
            true => String::new(),
            false => format!(" · looked at {:.0} %", view.progress(&shared.history) * 100.0),
        };
        format!("{} of {} events{so_far}", number(view.len()), number(shared.history.len()))
    }

    /// Whether it matches an event, and each of its clauses with what the event has there; `None` while the text means
    /// nothing.
    pub fn explain(&self, event: &Event) -> Option<(bool, Vec<Clause>)> {
        let Running { predicate, .. } = self.running.as_ref()?;
        let subject = Subject::event(event);
        Some((predicate.matches(&subject), predicate.explain(&subject)))
    }
}

/// A rule as a question that the history can put to its events.
#[derive(Debug)]
struct Asking {
    predicate: Arc<dyn Predicate>,
    gate: Gate,
    /// Memory for the event that is asked about.
    subject: Mutex<Subject>,
}

impl Asking {
    fn new(predicate: Arc<dyn Predicate>) -> Self {
        Self { gate: predicate.gate(), predicate, subject: Mutex::default() }
    }
}

impl Question for Asking {
    /// A row has the record's event name. Of a record that has none, it has the one that the API gave beside it, which is
    /// the same event's.
    fn may_hold(&self, row: &Row<'_>) -> bool {
        self.gate.may_pass(row.name)
    }

    fn holds(&self, record: &str, event: &dyn Fn() -> Option<Event>) -> bool {
        let mut subject = self.subject.lock().unwrap_or_else(PoisonError::into_inner);
        if subject.tell(record).is_err() {
            let Some(event) = event() else { return false };
            *subject = Subject::event(&event);
        }
        self.predicate.matches(&subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Region, Time, record},
        rules::LANGUAGES,
    };

    fn history(records: &[&str]) -> History {
        let mut history = History::new(1_000);
        let event = |text: &&str| {
            let envelope = record::Envelope {
                name: if text.starts_with('{') { String::new() } else { "FromTheApi".to_owned() },
                id: (*text).to_owned(),
                ..record::Envelope::bare(Region::new("eu-west-1"), *text)
            };
            record::read(envelope, Time::UNIX_EPOCH)
        };
        history.ingest(records.iter().map(event));
        history
    }

    fn matched(language: usize, text: &str, history: &History) -> usize {
        let mut trial = Trial::new(&LANGUAGES[language], text, history);
        while trial.is_working() {
            trial.work(history);
        }
        trial.view().unwrap().len()
    }

    #[test]
    fn every_language_is_put_to_every_event() {
        let history = history(&[
            r#"{"eventName":"StopLogging","eventSource":"cloudtrail.amazonaws.com"}"#,
            r#"{"eventName":"PutObject"}"#,
            "broken",
        ]);
        assert_eq!(matched(0, "{ $.eventName = \"stop*\" || $.eventName = \"Stop*\" }", &history), 1);
        assert_eq!(matched(1, r#"{"detail":{"eventName":["PutObject","StopLogging"]}}"#, &history), 2);
        assert_eq!(matched(1, r#"{"detail":{"eventName":["FromTheApi"]}}"#, &history), 1);
        assert_eq!(matched(1, r#"{"detail":{"eventName":[{"anything-but":["x"]}]}}"#, &history), 3);
        let sigma = "title: x\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  a:\n    eventName: \
                     PutObject\n  condition: a\n";
        assert_eq!(matched(2, sigma, &history), 1);
    }

    fn asked_one_by_one(language: usize, text: &str, history: &History) -> usize {
        let compiled = (LANGUAGES[language].compile)(text).unwrap();
        let mut all = View::new(Filter::default());
        while all.work(history, SLICE) {}
        let events = (0..all.len()).filter_map(|at| history.event(all.get(at).unwrap()));
        events.filter(|event| compiled.predicate.matches(&Subject::event(event))).count()
    }

    proptest::proptest! {
        #[test]
        fn a_search_finds_what_asking_each_event_finds(
            names in proptest::collection::vec("(PutObject|putobject|Put|StopLogging||\u{212a}|1)", 0..20),
            of in proptest::collection::vec(0..4_usize, 20),
        ) {
            let record = |(at, name): (usize, &String)| match of[at] {
                0 => format!(r#"{{"eventName":"{name}","at":{at}}}"#),
                1 => format!(r#"{{"eventName":["{name}"],"at":{at}}}"#),
                2 => format!(r#"{{"x":{at}}}"#),
                _ => format!("broken {at}{}", "x".repeat(at)),
            };
            let records: Vec<String> = names.iter().enumerate().map(record).collect();
            let history = history(&records.iter().map(String::as_str).collect::<Vec<_>>());
            for (language, text) in [
                (0, "{ $.eventName = Put* }"),
                (0, "{ $.eventName != Put* }"),
                (0, "{ $.eventName NOT EXISTS }"),
                (1, r#"{"detail":{"eventName":["PutObject",""]}}"#),
                (1, r#"{"detail":{"eventName":[{"equals-ignore-case":"putobject"}]}}"#),
                (1, r#"{"detail":{"eventName":[{"exists":false}]}}"#),
            ] {
                proptest::prop_assert_eq!(
                    matched(language, text, &history), asked_one_by_one(language, text, &history), "{}", text
                );
            }
        }
    }

    #[test]
    fn a_text_that_means_nothing_matches_nothing() {
        let trial = Trial::new(&LANGUAGES[1], "{", &History::new(10));
        assert!(!trial.is_understood() && !trial.is_working() && !trial.faults().is_empty());
    }
}
