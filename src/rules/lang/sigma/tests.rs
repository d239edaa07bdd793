//! What Sigma rules mean here: own cases, and the gate against whatever may come.

use proptest::prelude::*;

use super::*;
use crate::{
    model::Severity,
    rules::{Index, Predicate, Subject},
};

/// A detection with these lines under `detection`.
fn rule(detection: &str) -> String {
    let lines: String = detection.lines().map(|line| format!("    {}\n", line.trim_end())).collect();
    format!("title: T\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n{lines}level: high\n")
}

fn one(field: &str) -> String {
    rule(&format!("sel:\n    {field}\ncondition: sel"))
}

fn holds(rule: &str, record: &str) -> bool {
    let compiled = compile(rule).unwrap_or_else(|faults| panic!("{}", faults[0].render("rule", rule)));
    compiled.predicate.matches(&Subject::cloudtrail(record).unwrap())
}

/// What is said about a text, as a person reads it.
fn said(text: &str) -> String {
    let faults = match compile(text) {
        Ok(compiled) => compiled.warnings,
        Err(faults) => faults,
    };
    faults.iter().map(|fault| fault.render("r.yml", text)).collect()
}

#[test]
fn texts_are_compared_without_their_case_and_with_wildcards() {
    let record = r#"{"eventName":"PutBucketAcl","a":{"b":["x","Y*z"]},"n":5,"t":true,"s":"5"}"#;
    for (field, expected) in [
        ("eventName: putbucketacl", true),
        ("eventName|cased: putbucketacl", false),
        ("eventName: Put*", true),
        ("eventName: put?ucketacl", true),
        ("eventName: Put", false),
        ("a.b: y\\*z", true),
        ("a.b: y\\*", false),
        ("eventName|contains: BUCKET", true),
        ("eventName|startswith: put", true),
        ("eventName|endswith: acl", true),
        ("eventName|re: ^Put", true),
        ("eventName|re: ^put", false),
        ("n: 5", true),
        ("s: 5", true),
        ("n: '5'", true),
        ("n|gt: 4", true),
        ("t: true", true),
        ("t: 'true'", true),
        ("a.b|contains|all: [x, y]", true),
        ("a.b|contains|all: [x, w]", false),
        ("eventName: [Get, Put*]", true),
        ("eventName|fieldref: eventName", true),
        ("eventName|neq: x", true),
    ] {
        assert_eq!(holds(&one(field), record), expected, "{field}");
    }
}

#[test]
fn null_is_absent_or_null_and_exists_is_neither() {
    let (absent, null, there) = (r#"{"x":1}"#, r#"{"errorCode":null}"#, r#"{"errorCode":"X"}"#);
    for (field, expected) in [
        ("errorCode: null", [true, true, false]),
        ("errorCode: [null, x]", [true, true, true]),
        ("errorCode: [null, y]", [true, true, false]),
        ("errorCode|exists: true", [false, false, true]),
        ("errorCode|exists: false", [true, true, false]),
        ("errorCode|contains: '*'", [false, false, true]),
    ] {
        assert_eq!([absent, null, there].map(|record| holds(&one(field), record)), expected, "{field}");
    }
}

#[test]
fn an_object_is_searched_as_its_text() {
    let record = r#"{"requestParameters": {"VersioningConfiguration": {"Status": "Suspended"}}}"#;
    assert!(holds(&one("requestParameters|contains: suspended"), record));
    assert!(holds(&one("requestParameters|contains: '\"Status\":\"Suspended\"'"), record));
    assert!(holds(&one("requestParameters|contains|all: [Status, Versioning]"), record));
    assert!(!holds(&one("requestParameters|contains: Enabled"), record));
    assert!(!holds(&one("requestParameters: null"), record));
    let policy = r#"{"requestParameters":{"policyDocument":"{\"Action\":[\"s3:GetObject\"]}"}}"#;
    assert!(holds(&one("requestParameters|contains: '\"s3:GetObject\"'"), policy));
    let found = documents(&one("requestParameters|contains: x"));
    let clauses = found.detections[0].explain(&Subject::cloudtrail(policy).unwrap());
    assert_eq!(clauses[1].found.as_deref(), Some(r#"{"policyDocument":"{\"Action\":[\"s3:GetObject\"]}"}"#));
}

#[test]
fn a_dollar_is_only_a_dollar() {
    let record = r#"{"c":"curl $AWS_URI","u":"arn:${aws:username}"}"#;
    assert!(holds(&one("c|contains: '$AWS_URI'"), record));
    assert!(holds(&one("u: 'arn:${aws:username}'"), record));
}

#[test]
fn conditions_join_selections() {
    let text = |condition: &str| {
        rule(&format!("sel_a:\n    a: 1\nsel_b:\n    b: 1\nfilter:\n    c: 1\ncondition: {condition}"))
    };
    for (condition, record, expected) in [
        ("1 of sel_* and not filter", r#"{"a":1}"#, true),
        ("1 of sel_* and not filter", r#"{"a":1,"c":1}"#, false),
        ("all of sel_*", r#"{"a":1}"#, false),
        ("all of sel_*", r#"{"a":1,"b":1}"#, true),
        ("1 of them", r#"{"c":1}"#, true),
        ("sel_a or sel_b and filter", r#"{"a":1}"#, true),
        ("(sel_a or sel_b) and filter", r#"{"a":1}"#, false),
    ] {
        assert_eq!(holds(&text(condition), record), expected, "{condition}");
    }
    let keywords = rule("words:\n    - needle\n    - 'ne*le'\ncondition: words");
    assert!(holds(&keywords, r#"{"x":[{"y":"a Needle b"}]}"#));
    assert!(!holds(&keywords, r#"{"needle":"x"}"#));
}

#[test]
fn a_rule_says_what_it_is() {
    let text = "title: T\nid: i\nname: n\nstatus: test\nlevel: informational\ndescription: |\n  D\n  E\ntags: [attack.t1]\nlogsource:\n  product: AWS\ndetection:\n  s:\n    a: b\n  condition: s\n";
    let found = documents(text);
    let expected = Meta {
        title: "T".into(),
        id: Some("i".into()),
        name: Some("n".into()),
        severity: Severity::Info,
        tags: vec!["attack.t1".into()],
        description: "D\nE".into(),
        status: Some("test"),
    };
    assert_eq!(found.detections[0].meta, expected);
    assert_eq!(found.faults, []);
}

#[test]
fn a_broken_document_stops_no_other() {
    let good = one("a: 1");
    let text = format!(
        "# a file\n---\n{good}---\ntitle: [\n---\n{good}...\n--- # three\ntitle: C\ncorrelation:\n    type: event_count\n    rules: [n]\n    timespan: 5m\n    condition:\n        gte: 3\n"
    );
    let found = documents(&text);
    assert_eq!((found.detections.len(), found.correlations.len()), (2, 1));
    assert_eq!(found.correlations[0].rules, ["n"]);
    let [fault] = &found.faults[..] else { panic!("{:?}", found.faults) };
    let line = text[..text.find("title: [").unwrap()].matches('\n').count() + 1;
    assert!((line..=line + 1).contains(&fault.place(&text).0), "{fault:?}");
}

#[test]
fn each_mistake_is_told_with_its_place_and_what_to_write() {
    for (text, lines) in [
        (rule("sel:\n    a: b\ncondition: sel | count() by x > 5"), "r.yml:8:20: counting in a condition is the old style, which engines understand no more\n        condition: sel | count() by x > 5"),
        (rule("sel:\n    a: b\ncondition: sel and"), "r.yml:8:23: the condition is not understood from here on"),
        (rule("sel:\n    a: b\ncondition: sel and nope"), "r.yml:8:24: no selection is named `nope`"),
        (one("a|conains: b"), "r.yml:7:11: there is no modifier `conains`\n            a|conains: b\n              ^^^^^^^\n  help: write `contains`"),
        (one("a|re: '('"), "invalid regex pattern: unclosed group"),
        (one("a|all: b"), "|all modifier requires more than one value"),
        (one("a: {b: c}"), "r.yml:7:9: the value of `a` is a mapping"),
        ("title: T\n".to_owned(), "r.yml:1:1: the document has no `detection`"),
        ("- x\n".to_owned(), "r.yml:1:3: document is not a YAML mapping"),
        (String::new(), "r.yml:1:1: the text is not one Sigma detection"),
        (one("a: b").replace("high", "hgh"), "r.yml:9:1: warning: there is no level `hgh`"),
        (one("a: b").replace("aws", "windows"), "r.yml:2:1: warning: the rule is about windows/cloudtrail, so it never fires here"),
        (rule("sel:\n    a: b\ntimeframe: 5m\ncondition: sel"), "r.yml:8:5: warning: a timeframe does nothing in a detection"),
        (rule("sel:\n    a: b\ncondition: sel or 1 of x_*"), "warning: no selection is named `x_*`"),
        ("title: T\nfilter:\n    rules: any\n    sel:\n        a: b\n    condition: sel\nlogsource:\n    product: aws\n".to_owned(), "documents with `filter` are not read"),
    ] {
        let said = said(&text);
        assert!(said.contains(lines), "{text}\n{said}");
    }
}

#[test]
fn a_rule_for_another_log_never_fires() {
    let text = one("a: b").replace("cloudtrail", "guardduty");
    let compiled = compile(&text).unwrap();
    assert!(!compiled.predicate.matches(&Subject::cloudtrail(r#"{"a":"b"}"#).unwrap()));
    assert_eq!(compiled.predicate.gate(), crate::rules::Gate::SHUT);
    assert!(compiled.warnings[0].harmless);
}

#[test]
fn what_nests_without_end_is_refused() {
    for condition in
        [format!("{}sel{}", "(".repeat(50_000), ")".repeat(50_000)), format!("{}sel", "not ".repeat(20_000))]
    {
        let said = said(&rule(&format!("sel:\n    a: b\ncondition: {condition}")));
        assert!(said.contains("more than 100"), "{}", &said[..200]);
    }
    let said = said(&one(&format!("a: {}x{}", "[".repeat(50_000), "]".repeat(50_000))));
    assert!(said.contains("more than 100"), "{}", &said[..200]);
}

#[test]
fn the_clauses_say_why() {
    let text = rule(
        "sel:\n    eventName: ConsoleLogin\n    a.b|contains: x\nfilter:\n    errorCode: null\ncondition: sel and not filter",
    );
    let found = documents(&format!("# before\n---\n{text}"));
    let whole = format!("# before\n---\n{text}");
    let subject = Subject::cloudtrail(r#"{"eventName":"ConsoleLogin","a":{"b":"y"},"errorCode":"E"}"#).unwrap();
    let clauses = found.detections[0].explain(&subject);
    let told: Vec<_> = clauses
        .iter()
        .map(|clause| {
            let found = clause.found.as_deref().unwrap_or("-");
            format!(
                "{}{} {} {found} @{}",
                "  ".repeat(clause.depth),
                clause.text,
                clause.holds,
                &whole[clause.range.clone()]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "all of these false - @condition: sel and not filter",
            "  sel false - @sel:",
            "    eventName is consolelogin true \"ConsoleLogin\" @eventName: ConsoleLogin",
            "    a.b contains x false \"y\" @a.b|contains: x",
            "  not true - @condition: sel and not filter",
            "    filter false - @filter:",
            "      errorCode is null or absent false \"E\" @errorCode: null",
        ]
    );
}

#[test]
fn most_rules_have_a_narrow_gate() {
    let gate = |detection: &str| compile(&rule(detection)).unwrap().predicate.gate();
    let narrow = gate(
        "sel:\n    eventSource: iam.amazonaws.com\n    eventName:\n        - CreateUser\n        - Put*\nfilter:\n    a: b\ncondition: sel and not 1 of filter*",
    );
    let put = crate::rules::gate::Word::starts("put");
    let create = crate::rules::gate::Word::is("createuser");
    assert_eq!(narrow, crate::rules::Gate::one_of(crate::rules::Key::EventName, [create, put]));
    assert!(gate("sel:\n    eventName|contains: x\ncondition: sel").is_open());
    assert!(gate("sel:\n    errorCode: null\ncondition: sel").is_open());
    assert!(gate("sel:\n    eventName: x\ncondition: not sel").is_open());
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "Put", "put", "PutX", "Get", "K", "\u{212a}", "s", "ſ", "", "1", "1.0", "true", "Root", "x|y"
        ])
        .prop_map(str::to_owned),
        "[a-cA-C*?]{0,3}",
    ]
}

#[test]
fn a_place_behind_letters_beyond_ascii_is_one() {
    let condition = rule("sel:\n    a: b\ncondition: sel and é ( \u{1f980}");
    let yaml = "title: T\né\u{1f980}: \"x\" y\n";
    for text in [condition.as_str(), yaml] {
        let faults = documents(text).faults;
        assert!(!faults.is_empty() && faults.iter().all(|fault| text.get(fault.range.clone()).is_some()), "{faults:?}");
    }
}

fn value() -> impl Strategy<Value = String> {
    let quoted = text().prop_map(|text| format!("'{text}'"));
    let plain =
        prop::sample::select(vec!["null", "1", "1.0", "true", "[a, null]", "[Put, Get]"]).prop_map(str::to_owned);
    prop_oneof![3 => quoted, 1 => plain]
}

fn item() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec!["eventName", "eventSource", "errorCode", "userIdentity.type", "other"]);
    let modifier =
        prop::sample::select(vec!["", "|contains", "|startswith", "|endswith", "|cased", "|re", "|exists", "|neq"]);
    (field, modifier, value()).prop_map(|(field, modifier, value)| format!("{field}{modifier}: {value}"))
}

fn json() -> impl Strategy<Value = String> {
    let quoted = text().prop_map(|text| serde_json::to_string(&text).unwrap());
    let plain = prop::sample::select(vec![
        "null",
        "1",
        "1.0",
        "1e0",
        "true",
        "{}",
        r#"["Put"]"#,
        r#"{"type":"Root"}"#,
        r#"[{"type":"Put"}]"#,
    ]);
    prop_oneof![3 => quoted, 1 => plain.prop_map(str::to_owned)]
}

proptest! {
    #[test]
    fn what_matches_passes_the_gate(
        items in prop::collection::vec(item(), 3),
        condition in prop::sample::select(vec!["a and b", "a or b", "a and not c", "not a", "1 of them", "all of them", "2 of them", "(a or b) and c"]),
        fields in prop::collection::vec((prop::sample::select(vec!["eventName", "eventSource", "errorCode", "userIdentity", "userIdentity.type", "other"]), json()), 0..6),
    ) {
        let lines: String = items.iter().zip(["a", "b", "c"]).map(|(item, name)| format!("{name}:\n    {item}\n")).collect();
        let members: Vec<_> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let record = format!("{{{}}}", members.join(","));
        let text = rule(&format!("{lines}condition: {condition}"));
        if let Ok(compiled) = compile(&text) {
            let subject = Subject::cloudtrail(&record).unwrap();
            let mut asked = Vec::new();
            Index::new([&compiled.predicate.gate()]).candidates(&subject, &mut asked);
            let matches = compiled.predicate.matches(&subject);
            prop_assert!(!matches || asked == [0], "{text}{record}");
            prop_assert_eq!(compiled.predicate.explain(&subject).is_empty(), false);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(title: T\n|detection:\n|    sel:\n|        a\\|re: b\n|    condition: |sel|1 of|---\n|[\\[\\]{}:,'\"&*|>%@ \n-]|correlation:\n|é|logsource:\n){0,14}") {
        for fault in documents(&text).faults {
            prop_assert!(!fault.render("f", &text).is_empty());
        }
    }
}
