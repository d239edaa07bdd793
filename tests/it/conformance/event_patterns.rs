//! Event patterns against what EventBridge and AWS's own engine answered.

use serde_json::{Value, json};
use trailwatch::rules::{
    Compiled, Fault, Language, Subject,
    lang::event_pattern::wildcard::{Wildcard, complexity},
};

use super::recorded;

fn compile(pattern: &str) -> Result<Compiled, Vec<Fault>> {
    let language = Language::named("event-pattern").expect("the language of event patterns");
    (language.compile)(pattern)
}

fn matches(pattern: &str, event: &str) -> Result<bool, String> {
    let compiled = compile(pattern).map_err(|faults| faults[0].message.clone())?;
    let subject = Subject::envelope_of(event).map_err(|problem| problem.to_string())?;
    let (matches, gate) = (compiled.predicate.matches(&subject), compiled.predicate.gate());
    let mut asked = Vec::new();
    trailwatch::rules::Index::new([&gate]).candidates(&subject, &mut asked);
    assert!(!matches || asked == [0], "{pattern} matches and its gate is shut for {event}");
    assert_eq!(compiled.predicate.explain(&subject)[0].holds, matches);
    Ok(matches)
}

/// Puts every case of a file to the test; says how many there are, and names each that has another answer.
fn check(file: &str, wrong: impl Fn(&Value) -> Option<String>) {
    let Some(recorded) = recorded(file) else { return };
    let cases = recorded["cases"].as_array().expect("cases");
    let wrong: Vec<_> = cases.iter().filter_map(wrong).collect();
    println!("{file}: {} of {} answers are the same", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "other answers in {file}:\n{}", wrong.join("\n"));
}

/// What is wrong, unless the answer is the expected one.
fn differs<T: PartialEq + std::fmt::Debug>(case: &Value, ours: T, expected: T) -> Option<String> {
    (ours != expected).then(|| format!("{ours:?} instead of {expected:?}: {case}"))
}

#[test]
fn patterns_match_as_they_do_on_aws() {
    check("event-patterns-aws.json", |case| {
        let ours = matches(&case["pattern"].to_string(), &case["event"].to_string());
        let expected = match case["expected"].as_str() {
            Some("exception") => {
                let error = case["aws_error"].as_str().unwrap_or_default();
                Err(error.trim_start_matches("Event pattern is not valid. Reason: ").to_owned())
            }
            answer => Ok(answer == Some("match")),
        };
        differs(case, ours, expected)
    });
}

#[test]
fn patterns_match_as_they_do_in_the_engine() {
    check("event-patterns-ruler.json", |case| {
        let event = case["event"].as_str().unwrap_or_default();
        let mut ours = Vec::new();
        for rule in case["rules"].as_array().into_iter().flatten() {
            if matches(rule["pattern"].as_str().unwrap_or_default(), event) == Ok(true) {
                ours.push(rule["name"].clone());
            }
        }
        ours.dedup();
        differs(case, Value::from(ours), case["matching_rules"].clone())
    });
}

#[test]
fn patterns_are_refused_that_the_engine_refuses() {
    check("event-patterns-compile.json", |case| {
        let ours = compile(case["pattern"].as_str().unwrap_or_default()).is_ok();
        differs(case, Value::from(ours), case["valid"].clone())
    });
}

#[test]
fn values_match_as_they_do_in_the_engine() {
    check("event-values-ruler.json", |case| {
        let operand = &case["operand"];
        let matcher = match case["op"].as_str().unwrap_or_default() {
            "exact" => json!({ "exactly": operand }),
            "prefix-ignore-case" => json!({ "prefix": { "equals-ignore-case": operand } }),
            "suffix-ignore-case" => json!({ "suffix": { "equals-ignore-case": operand } }),
            "anything-but-suffix" => json!({ "anything-but": { "suffix": operand } }),
            plain => json!({ plain: operand }),
        };
        let ours = matches(&json!({ "a": [matcher] }).to_string(), &json!({ "a": case["value"] }).to_string());
        differs(case, ours.map(Value::from), Ok(case["expected"].clone()))
    });
}

#[test]
fn wildcards_are_as_complex_as_in_the_engine() {
    check("wildcard-complexity.json", |case| {
        let patterns = case["patterns"].as_array().into_iter().flatten();
        let wildcards = patterns.filter(|pattern| pattern["op"].as_str().is_some_and(|op| op.ends_with("wildcard")));
        let read = |pattern: &Value| Wildcard::new(pattern["operand"].as_str().unwrap_or_default());
        let wildcards: Vec<_> = wildcards.map(read).collect::<Result<_, _>>().expect("a wildcard");
        differs(case, Value::from(complexity(&wildcards, 100)), case["complexity"].clone())
    });
}
