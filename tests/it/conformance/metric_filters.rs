//! Filter patterns of CloudWatch Logs: recorded answers of AWS, examples of its user guide, and the CIS patterns.

use serde_json::Value;
use trailwatch::rules::{Predicate, Subject, lang::metric_filter::Pattern};

use super::recorded;

/// Recorded answers that are not given, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[(
    " {$.ThisFlag IS TRUE} ",
    "AWS reads it as words, because it starts with a space, and refuses it; here it is taken with a warning that says so",
)];

#[derive(Default)]
struct Score {
    right: usize,
    excepted: Vec<String>,
    wrong: Vec<String>,
}

impl Score {
    fn count(&mut self, pattern: &str, expected: &str, found: &str) {
        match EXCEPTIONS.iter().find(|(excepted, _)| *excepted == pattern) {
            _ if expected == found => self.right += 1,
            Some((_, reason)) => self.excepted.push(format!("{pattern:?}: {reason}")),
            None => self.wrong.push(format!("{pattern}\n  expected {expected}, found {found}")),
        }
    }

    fn report(self, of: &str) {
        println!("{of}: {} right, {} exceptions", self.right, self.excepted.len());
        self.excepted.iter().for_each(|reason| println!("  {reason}"));
        assert!(self.wrong.is_empty(), "{of}:\n{}", self.wrong.join("\n"));
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What is made of the pattern: `match`, `no_match` or `invalid`.
fn answer(pattern: &str, ask: impl Fn(&Pattern) -> bool) -> &'static str {
    match Pattern::read(pattern) {
        Err(_) => "invalid",
        Ok((pattern, _)) if ask(&pattern) => "match",
        Ok(_) => "no_match",
    }
}

fn ask_events(cases: &Value, list_of_cases: &str) -> Score {
    let mut score = Score::default();
    for case in list(&cases[list_of_cases]) {
        let subject = Subject::cloudtrail(&cases["events"][text(&case["event"])].to_string()).unwrap();
        let pattern = text(&case["pattern"]);
        score.count(pattern, text(&case["expected"]), answer(pattern, |pattern| pattern.matches(&subject)));
    }
    score
}

fn ask_lines(cases: &Value) -> Score {
    let mut score = Score::default();
    for case in list(cases) {
        let pattern = text(&case["pattern"]);
        let line = text(&case["line"]);
        score.count(pattern, text(&case["expected"]), answer(pattern, |pattern| pattern.matches_line(line)));
    }
    score
}

#[test]
fn recorded_answers_of_aws_are_given() {
    let Some(cases) = recorded("metric-filters-observed.json") else { return };
    ask_events(&cases, "cases").report("recorded answers");
}

#[test]
fn examples_of_the_user_guide_hold() {
    let Some(cases) = recorded("metric-filters-docs.json") else { return };
    ask_events(&cases, "json_cases").report("examples of JSON");
    ask_lines(&cases["space_delimited_cases"]).report("examples of space-delimited lines");
    ask_lines(&cases["term_cases"]).report("examples of words");
    let mut score = Score::default();
    for example in list(&cases["regex_examples"]) {
        let pattern = format!("%{}%", text(&example["regex"]));
        for (field, expected) in [("match", "match"), ("no_match", "no_match")] {
            for line in list(&example[field]) {
                score.count(&pattern, expected, answer(&pattern, |pattern| pattern.matches_line(text(line))));
            }
        }
    }
    for pattern in list(&cases["invalid_regex_patterns"]) {
        score.count(text(pattern), "invalid", answer(text(pattern), |_| true));
    }
    score.report("examples of regular expressions");
}

#[test]
fn every_cis_pattern_is_taken_and_gated() {
    let Some(cases) = recorded("cis-patterns.json") else { return };
    let mut patterns = Vec::new();
    collect(&cases, &mut patterns);
    println!("CIS patterns: {}", patterns.len());
    assert!(patterns.len() > 40);
    for text in patterns {
        let (pattern, warnings) = Pattern::read(text).unwrap_or_else(|fault| panic!("{}", fault.render("cis", text)));
        warnings.iter().for_each(|fault| print!("{}", fault.render("cis", text)));
        // What ends in a text says nothing that rules are told apart by.
        assert_eq!(pattern.gate().is_open(), text.contains("\"*Unauthorized"), "{text}");
    }
}

/// Every member called `pattern`, wherever it stands.
fn collect<'a>(value: &'a Value, patterns: &mut Vec<&'a str>) {
    let inner: Vec<_> = match value {
        Value::Object(members) => members.values().collect(),
        value => list(value).iter().collect(),
    };
    patterns.extend(value.get("pattern").and_then(Value::as_str));
    inner.into_iter().for_each(|value| collect(value, patterns));
}
