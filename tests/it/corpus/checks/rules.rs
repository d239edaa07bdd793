//! What stands around a rule's pattern: messages, and the files with rules.

use std::collections::HashSet;

use serde::de::IgnoredAny;
use trailwatch::{
    model::Time,
    rules::{
        file,
        message::{Message, Path, Predefined, Rendered},
    },
};

use super::{languages, parts, subjects};

/// Lines of a name, a blank and a path; a template; and an event.
pub fn message(input: &[u8]) {
    let [paths, template, event] = parts(input);
    let pairs = paths.lines().map(|line| line.split_once(' ').unwrap_or((line, "")));
    let pairs: Vec<(String, String)> = pairs.map(|(name, path)| (name.to_owned(), path.to_owned())).collect();
    for (_, path) in &pairs {
        languages::say(path, &Path::new(path).err().into_iter().collect::<Vec<_>>());
    }
    match Message::new(&pairs, &template) {
        Ok(message) => subjects::with(&event).iter().for_each(|subject| {
            let predefined = Predefined::of("a \"rule\"", Time::UNIX_EPOCH);
            let rendered = message.render(subject, &predefined);
            assert_eq!(message.render(subject, &predefined), rendered);
            assert!(!matches!(&rendered, Rendered::Json(text) if serde_json::from_str::<IgnoredAny>(text).is_err()));
            let _ = rendered.for_people();
        }),
        Err(faults) => {
            assert!(!faults.is_empty());
            languages::say(&template, &faults);
        }
    }
}

/// A file of rules, and an event.
pub fn file(input: &[u8]) {
    let [text, event] = parts(input);
    let (rules, faults) = file::read("file", &text, languages::ALL);
    languages::say(&text, &faults);
    let names: HashSet<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names.len(), rules.len(), "two rules have one name");
    let subjects = subjects::with(&event);
    for rule in &rules {
        languages::ask(&*rule.predicate, &rule.pattern, &subjects);
        for subject in &subjects {
            let _ = rule.say(subject, &Predefined::of(&rule.name, Time::UNIX_EPOCH));
        }
    }
}
