//! Every rule that is written says what was chosen.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    model::Severity,
    rules::{LANGUAGES, Subject, file, lang::event_pattern},
};

/// Keys that are awkward: operators, dots, the same with another meaning, and what steers a terminal.
fn key() -> impl Strategy<Value = String> {
    let keys = ["a", "b", "a.b", "b.a", "$or", "exists", "", "é\u{202e}\"", "eventName", "type", "'''"];
    prop::sample::select(keys.to_vec()).prop_map(str::to_owned)
}

fn record() -> impl Strategy<Value = Value> {
    let texts = ["", "x", "*", "\\", "a\u{1b}[2J\u{202e}", "'''", "1", "prefix:"];
    let leaf = prop_oneof![
        prop::sample::select(texts.to_vec()).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    let inner = leaf.prop_recursive(5, 40, 4, |inner| {
        let members = prop::collection::vec((key(), inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| members.into_iter().collect()),
        ]
    });
    prop::collection::vec((key(), inner), 0..5).prop_map(|members| members.into_iter().collect())
}

/// The chosen fields, each left out that another one before it excludes: as the screen does it.
fn chosen(leaves: &[Leaf], choose: &[bool]) -> Vec<Leaf> {
    let mut chosen: Vec<Leaf> = Vec::new();
    for (leaf, _) in leaves.iter().zip(choose.iter().cycle()).filter(|(_, choose)| **choose) {
        if !chosen.iter().any(|other| other.excludes(leaf)) {
            chosen.push(leaf.clone());
        }
    }
    chosen
}

fn draft(pattern: String) -> Draft {
    let paths = [("who".to_owned(), "$.detail.userIdentity.arn".to_owned())];
    Draft {
        name: "some-rule".to_owned(),
        severity: Severity::High,
        language: &event_pattern::LANGUAGE,
        pattern,
        reason: "because \"it\"\nis \\so".to_owned(),
        tags: vec!["attack.t1078".to_owned()],
        beside: said(&paths, "\"<who> did it\""),
    }
}

proptest! {
    #[test]
    fn any_fields_of_any_record_make_a_rule_that_matches_it(
        record in record(), choose in prop::collection::vec(any::<bool>(), 1..20)
    ) {
        let record = record.to_string();
        let subject = Subject::cloudtrail(&record).unwrap();
        let leaves = leaves(&record);
        let chosen = chosen(&leaves, &choose);
        prop_assume!(!chosen.is_empty());
        let text = pattern(&chosen.iter().collect::<Vec<_>>());
        prop_assert!(!text.replace('\n', "").contains(crate::model::text::is_unsafe), "{}", text);
        let compiled = (event_pattern::LANGUAGE.compile)(&text);
        prop_assert!(compiled.is_ok(), "{}\n{:?}", text, compiled.err());
        prop_assert!(compiled.is_ok_and(|compiled| compiled.predicate.matches(&subject)), "{}\n{}", text, record);
        let (rules, faults) = file::read("a.toml", &draft(text.clone()).to_toml(), LANGUAGES);
        prop_assert!(rules.len() == 1 && faults.iter().all(|fault| fault.harmless), "{:?}", faults);
        prop_assert_eq!(&rules[0].pattern, &text);
    }

    #[test]
    fn a_rule_file_is_taken_back_unchanged(name in "[a-z0-9][a-z0-9-]{0,20}", reason in ".*", tag in ".*", end in ".*") {
        let pattern = format!("{{ $.a = \"{}\" }}", end.replace(['"', '\\', '\n', '\r', '*', '%'], "'"));
        let draft = Draft {
            name, reason, tags: vec![tag], language: &LANGUAGES[0], ..draft(pattern)
        };
        let (rules, faults) = file::read("a.toml", &draft.to_toml(), LANGUAGES);
        prop_assert!(rules.len() == 1, "{}\n{:?}", draft.to_toml(), faults);
        let rule = &rules[0];
        prop_assert_eq!((&rule.name, &rule.pattern), (&draft.name, &draft.pattern));
        prop_assert_eq!((&rule.reason, &rule.tags, rule.severity), (&draft.reason, &draft.tags, draft.severity));
        prop_assert!(rule.message.is_some());
    }

    #[test]
    fn any_record_can_be_looked_through(text in ".*", depth in 0_usize..3_000) {
        leaves(&text);
        let deep = format!("{}1{}", "[{\"a\":".repeat(depth), "}]".repeat(depth));
        leaves(&format!("{{\"a\":{deep}}}"));
        prop_assert!(is_fine(&from_event(&text)), "{}", from_event(&text));
    }
}

#[test]
fn the_usual_fields_are_told_from_the_others() {
    let record = json!({
        "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com", "errorCode": "X",
        "userIdentity": { "type": "Root", "arn": "a" }, "type": "y",
    });
    let leaves = leaves(&record.to_string());
    let usual: Vec<_> = leaves.iter().filter(|leaf| leaf.is_usual()).map(Leaf::path).collect();
    assert_eq!(usual, ["eventName", "eventSource", "errorCode", "userIdentity.type"]);
    assert_eq!(leaves.len(), 6);
}

#[test]
fn fields_of_different_elements_exclude_each_other() {
    let record = json!({ "items": [{ "port": 22, "cidr": "10.0.0.0/8" }, { "port": 80, "cidr": "0.0.0.0/0" }] });
    let leaves = leaves(&record.to_string());
    let find = |value: &str| leaves.iter().find(|leaf| leaf.value == value).unwrap();
    assert!(find("22").excludes(find("\"0.0.0.0/0\"")));
    assert!(!find("22").excludes(find("\"10.0.0.0/8\"")) && !find("22").excludes(find("80")));
    let text = pattern(&[find("80"), find("\"0.0.0.0/0\"")]);
    assert_eq!(
        text,
        "{\n  \"detail\": {\n    \"items\": {\n      \"port\": [80],\n      \"cidr\": [\"0.0.0.0/0\"]\n    }\n  }\n}"
    );
}

#[test]
fn a_key_that_stands_twice_is_not_offered() {
    let leaves = leaves(r#"{"a":1,"a":{"b":2},"c":3}"#);
    assert_eq!(leaves.iter().map(Leaf::path).collect::<Vec<_>>(), ["c"]);
}

#[test]
fn a_name_is_made_of_the_words_of_an_event() {
    for (event, name) in [
        ("ConsoleLogin", "console-login"),
        ("PutBucketACL", "put-bucket-acl"),
        ("CreateDBInstance", "create-db-instance"),
        ("GetV2Policy", "get-v2-policy"),
        ("Evil\u{1b}[2J Name", "evil-2-j-name"),
        ("日本", "rule"),
    ] {
        assert_eq!(from_event(event), name);
    }
    assert_eq!(unique("a", |name| ["a", "a-2"].contains(&name)), "a-3");
    assert!(!is_fine("../x") && !is_fine("") && !is_fine("-x") && !is_fine("A") && is_fine("a-1"));
}

#[test]
fn a_rule_made_of_another_keeps_what_that_is_set_to() {
    let text = r#"
        [[rule]]
        name = "a"
        language = "metric-filter"
        pattern = "{ $.bytes = * }"
        channels = ["phone", "mail"]
        cooldown = "1h30m"
        message.paths = { "who" = "$.detail.userIdentity.arn", all = "$.detail.resources[0].*" }
        message.template = '"<who> took \\"much\\" of <all>"'
        alarm = { statistic = "Maximum", period = "2m", evaluation_periods = 5, datapoints_to_alarm = 3, threshold = 1e9, comparison = "GreaterThanOrEqualToThreshold", missing_data = "notBreaching", default_value = 0.5, value = "$.bytes" }
        first = { field = "$.awsRegion", learn = "1d" }

        [[rule]]
        name = "b"
        language = "metric-filter"
        pattern = "{ $.a = 1 }"
    "#;
    let (rules, faults) = file::read("a.toml", text, LANGUAGES);
    assert_eq!((rules.len(), faults), (2, vec![]));
    let made = |rule: &crate::rules::rule::Rule| Draft {
        language: rule.language,
        beside: beside(rule),
        ..draft(rule.pattern.clone())
    };
    let again = made(&rules[0]).to_toml();
    let (copies, faults) = file::read("b.toml", &again, LANGUAGES);
    assert_eq!((copies.len(), faults), (1, vec![]), "{again}");
    let (a, b) = (&rules[0], &copies[0]);
    assert_eq!((&a.channels, a.cooldown, &a.alarm, &a.first), (&b.channels, b.cooldown, &b.alarm, &b.first));
    assert_eq!(format!("{:?}", a.message), format!("{:?}", b.message));
    assert_eq!(beside(&rules[1]), "");
}

#[test]
fn every_built_in_rule_can_be_written_as_a_rule_of_ones_own() {
    for rule in crate::rules::builtin::read(LANGUAGES).0 {
        let made = Draft { language: rule.language, beside: beside(&rule), ..draft(rule.pattern.clone()) }.to_toml();
        let (copies, faults) = file::read("b.toml", &made, LANGUAGES);
        assert!(copies.len() == 1 && faults.iter().all(|fault| fault.harmless), "{made}\n{faults:?}");
        assert_eq!((&copies[0].alarm, beside(&copies[0])), (&rule.alarm, beside(&rule)), "{made}");
    }
}
