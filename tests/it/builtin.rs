//! The built-in rules against records: one that fires each, and near misses that do not.

use std::{collections::BTreeSet, fs};

use serde_json::{Map, Value};
use trailwatch::rules::{
    LANGUAGES, Language, Subject,
    builtin::{self, FILES},
    message::Predefined,
    rule::Rule,
};

/// By the rule's name: `fires`, as a change to the usual record, what the rule `says` then, and, as changes to the one that
/// fires, those that fire `also` and the near `misses`.
/// A change is a JSON merge patch (RFC 7396). An envelope stands as it is.
fn cases() -> Map<String, Value> {
    let mut cases = Map::new();
    for entry in fs::read_dir("tests/builtin").unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        cases.extend(serde_json::from_str::<Map<_, _>>(&text).unwrap());
    }
    cases
}

fn usual() -> Value {
    serde_json::json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLEANA000000", "arn": "arn:aws:iam::111122223333:user/ana",
            "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE000000000", "userName": "ana"
        },
        "eventTime": "2026-11-20T10:00:00Z",
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.31.0",
        "requestParameters": null,
        "responseElements": null,
        "readOnly": false,
        "eventID": "0b2c1f7e-0000-4000-8000-000000000001",
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management"
    })
}

fn patched(mut value: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    if !value.is_object() {
        value = Value::Object(Map::new());
    }
    for (key, change) in patch {
        let old = value.as_object_mut().unwrap().shift_remove(key).unwrap_or_default();
        if !change.is_null() {
            value[key] = patched(old, change);
        }
    }
    value
}

fn subject(object: &Value) -> Subject {
    match object.get("detail-type") {
        Some(_) => Subject::envelope_of(&object.to_string()).unwrap(),
        None => Subject::cloudtrail(&object.to_string()).unwrap(),
    }
}

/// What is wrong with a rule on its records.
fn slips(rule: &Rule, case: &Value) -> Vec<String> {
    let base = if case["fires"].get("detail-type").is_some() { Value::Null } else { usual() };
    let fires = patched(base, &case["fires"]);
    let mut slips = Vec::new();
    let asked = subject(&fires);
    if !rule.predicate.matches(&asked) {
        slips.push(format!("{} does not fire on {fires}", rule.name));
    }
    let said = rule.say(&asked, &Predefined::of(&rule.name, chrono::DateTime::UNIX_EPOCH));
    if case["says"] != said.as_str() {
        slips.push(format!("{} says {said:?}", rule.name));
    }
    for (key, expected) in [("also", true), ("misses", false)] {
        for change in case[key].as_array().into_iter().flatten() {
            let changed = patched(fires.clone(), change);
            if rule.predicate.matches(&subject(&changed)) != expected {
                slips.push(format!("{}: {key} is wrong about {changed}", rule.name));
            }
        }
    }
    slips
}

#[test]
fn every_built_in_rule_fires_on_what_it_is_about_and_on_nothing_near() {
    let (rules, faults) = builtin::read(LANGUAGES);
    let cases = cases();
    let missing =
        ["metric-filter", "event-pattern", "sigma"].into_iter().filter(|name| Language::named(name).is_none());
    let missing: Vec<_> = missing.collect();
    if missing.is_empty() {
        let faults: Vec<_> = faults.iter().map(|(file, fault)| fault.render(file.path, file.text)).collect();
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    } else {
        println!("skipped: the rules in languages that are not there: {}", missing.join(", "));
    }
    let slips: Vec<_> = rules.iter().flat_map(|rule| slips(rule, &cases[&rule.name])).collect();
    assert!(slips.is_empty(), "\n{}", slips.join("\n"));
    println!("{} built-in rules fire on their records and on nothing near", rules.len());
}

#[test]
fn every_built_in_rule_has_records() {
    let named = |line: &str| Some(line.strip_prefix("name = \"")?.strip_suffix('"')?.to_owned());
    let names: BTreeSet<_> = FILES.iter().flat_map(|file| file.text.lines()).filter_map(named).collect();
    let cases: BTreeSet<_> = cases().keys().cloned().collect();
    assert_eq!(names, cases, "each built-in rule has a case in tests/builtin, and each case a rule");
}

#[test]
fn every_file_of_rules_is_part_of_the_program() {
    let mut files: Vec<_> = fs::read_dir("rules")
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().replace('\\', "/"))
        .collect();
    let mut known: Vec<_> = FILES.iter().map(|file| file.path.to_owned()).collect();
    files.sort();
    known.sort();
    assert_eq!(files, known, "give each file in rules/ a line in FILES in src/rules/builtin.rs");
}
