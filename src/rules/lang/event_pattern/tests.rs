//! Event patterns as a whole: what matches, what is refused and with which help, and what no text can do.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::rules::Index;

fn compiled(pattern: &str) -> Compiled {
    compile(pattern).unwrap_or_else(|faults| panic!("{}", faults[0].render("pattern", pattern)))
}

fn matches(pattern: &str, event: &str) -> bool {
    compiled(pattern).predicate.matches(&Subject::envelope_of(event).unwrap())
}

/// The message, the text that it is about, and the help of the first fault or warning.
fn said(pattern: &str) -> (String, String, String) {
    let fault = match compile(pattern) {
        Ok(compiled) => compiled.warnings.into_iter().next().unwrap_or_else(|| panic!("nothing is said of {pattern}")),
        Err(mut faults) => faults.remove(0),
    };
    (fault.message, pattern[fault.range].to_owned(), fault.help.unwrap_or_default())
}

const STAFF: &str = r#"{"staff": [
    [{"first": "Anna", "last": "Smith", "ids": []}, {"first": "Ben", "last": "Jones", "ids": [1, 2]}],
    [{"first": "Cleo", "last": "Smith", "sites": [{"city": "Bonn", "floor": 1}, {"city": "Lyon", "floor": 2}]}]
]}"#;

#[test]
fn fields_in_an_array_hold_in_one_element() {
    assert!(matches(r#"{"staff": {"first": ["Anna"], "last": ["Smith"]}}"#, STAFF));
    assert!(!matches(r#"{"staff": {"first": ["Anna"], "last": ["Jones"]}}"#, STAFF));
    assert!(matches(r#"{"staff": {"last": ["Smith"], "sites": {"city": ["Lyon"], "floor": [2]}}}"#, STAFF));
    assert!(!matches(r#"{"staff": {"sites": {"city": ["Lyon"], "floor": [1]}}}"#, STAFF));
    assert!(!matches(r#"{"staff": {"first": ["Ben"], "sites": {"city": ["Lyon"]}}}"#, STAFF));
    assert!(matches(r#"{"staff": {"first": ["Ben"], "ids": [2]}}"#, STAFF));
}

#[test]
fn what_must_not_exist_is_looked_for_in_the_chosen_element() {
    assert!(matches(r#"{"staff": {"first": ["Anna"], "ids": [{"exists": false}]}}"#, STAFF));
    assert!(!matches(r#"{"staff": {"first": ["Ben"], "ids": [{"exists": false}]}}"#, STAFF));
    // Whatever the order of the names is.
    assert!(matches(r#"{"staff": {"zip": [{"exists": false}], "first": ["Ben"]}}"#, STAFF));
    assert!(matches(
        r#"{"staff": {"last": ["Smith"], "first": [{"exists": false}]}}"#,
        r#"{"staff": [{"first": 1}, {"last": "Smith"}]}"#
    ));
    // With no element chosen, in all of them.
    assert!(!matches(r#"{"staff": {"ids": [{"exists": false}]}}"#, STAFF));
    assert!(matches(r#"{"staff": {"first": ["Ben"], "ids": [{"exists": false}, 1]}}"#, STAFF));
    assert!(!matches(r#"{"staff": {"first": ["Ben"], "ids": [{"exists": false}, 3]}}"#, STAFF));
}

#[test]
fn a_dot_and_a_step_down_are_the_same() {
    for pattern in
        [r#"{"a": {"b": {"c": [1]}}}"#, r#"{"a.b": {"c": [1]}}"#, r#"{"a": {"b.c": [1]}}"#, r#"{"a.b.c": [1]}"#]
    {
        for event in
            [r#"{"a": {"b": {"c": 1}}}"#, r#"{"a.b": {"c": 1}}"#, r#"{"a": {"b\u002ec": 1}}"#, r#"{"a.b.c": 1}"#]
        {
            assert!(matches(pattern, event), "{pattern} {event}");
        }
        assert!(!matches(pattern, r#"{"a.b.c": {"c": 1}, "a.b": 1, "a.bb": {"c": 1}}"#));
    }
    assert!(matches(r#"{"a": {"b": [1], "c": [2]}}"#, r#"{"a.b": 1, "a": {"c": 2}}"#));
    assert!(matches(r#"{"": {"": [1]}}"#, r#"{"": {"": 1}}"#) && !matches(r#"{"": {"": [1]}}"#, r#"{"": 1}"#));
}

#[test]
fn exists_sees_leaves_alone() {
    for (event, expected) in [
        ("{}", false),
        (r#"{"a": null}"#, true),
        (r#"{"a": []}"#, false),
        (r#"{"a": {"b": 1}}"#, false),
        (r#"{"a": [{}, 1]}"#, true),
    ] {
        assert_eq!(matches(r#"{"a": [{"exists": true}]}"#, event), expected, "{event}");
        assert_eq!(matches(r#"{"a": [{"exists": false}]}"#, event), !expected, "{event}");
    }
}

#[test]
fn anything_but_needs_a_value_and_one_other_is_enough() {
    let other = r#"{"a": [{"anything-but": ["x", "y"]}]}"#;
    for (event, expected) in [
        ("{}", false),
        (r#"{"a": null}"#, true),
        (r#"{"a": 1}"#, true),
        (r#"{"a": ["x", "z"]}"#, true),
        (r#"{"a": ["x", "y"]}"#, false),
    ] {
        assert_eq!(matches(other, event), expected, "{event}");
    }
    assert!(!matches(r#"{"a": [{"anything-but": [1, 2]}]}"#, r#"{"a": 2.0}"#));
    assert!(!matches(r#"{"a": [{"anything-but": {"wildcard": ["x*", "*y"]}}]}"#, r#"{"a": "ay"}"#));
}

#[test]
fn each_operator_says_what_it_says_on_aws() {
    for (choice, yes, no) in [
        (r#""x""#, r#""x""#, r#""X""#),
        ("300", "3.0e2", r#""300""#),
        ("null", "null", r#""null""#),
        (r#""::1""#, r#""0:0:0:0:0:0:0:1""#, r#""::2""#),
        (r#"{"exactly": "::1"}"#, r#""::1""#, r#""0:0:0:0:0:0:0:1""#),
        (r#"{"prefix": ""}"#, r#""""#, "1"),
        (r#"{"suffix": "é"}"#, r#""caf\u00e9""#, r#""cafe""#),
        (r#"{"prefix": {"equals-ignore-case": "Co"}}"#, r#""cOnsole""#, r#""c""#),
        (r#"{"suffix": {"equals-ignore-case": "IN"}}"#, r#""login""#, r#""n""#),
        (r#"{"equals-ignore-case": "É"}"#, r#""é""#, r#""e""#),
        (r#"{"wildcard": "a\\*b*"}"#, r#""a*bc""#, r#""axbc""#),
        (r#"{"numeric": [">", 0, "<=", 5]}"#, "5.0", "0"),
        (r#"{"numeric": ["=", 3.8]}"#, "38e-1", r#""3.8""#),
        (r#"{"cidr": "10.0.0.0/8"}"#, r#""10.255.0.1""#, r#""ten""#),
    ] {
        let pattern = format!(r#"{{"a": [{choice}]}}"#);
        assert!(matches(&pattern, &format!(r#"{{"a": {yes}}}"#)), "{choice} {yes}");
        assert!(!matches(&pattern, &format!(r#"{{"a": {no}}}"#)), "{choice} {no}");
    }
}

#[test]
fn a_branch_of_an_or_stands_with_all_around_it() {
    let pattern = r#"{"a": [1], "$or": [{"b": [1]}, {"c": {"$or": [{"d": [1]}, {"e": [1]}]}}]}"#;
    for (event, expected) in [
        (json!({"a": 1, "b": 1}), true),
        (json!({"a": 1, "c": {"e": 1}}), true),
        (json!({"b": 1}), false),
        (json!({"a": 1, "e": 1}), false),
    ] {
        assert_eq!(matches(pattern, &event.to_string()), expected, "{event}");
    }
    // A field that a branch names again takes the place of the one before, in that branch.
    let twice = r#"{"a": [1], "$or": [{"a": [2]}, {"b": [1]}]}"#;
    assert!(matches(twice, r#"{"a": 2}"#) && !matches(twice, r#"{"a": 1}"#) && matches(twice, r#"{"a": 1, "b": 1}"#));
    assert!(matches(r#"{"x": ["y"], "x": ["z"]}"#, r#"{"x": "z"}"#));
}

#[test]
fn an_or_of_too_many_combinations_is_refused_before_it_is_built() {
    let branch = format!("[{}]", vec![r#"{"a":[1]}"#; 10].join(","));
    let nested = |depth: usize| (0..depth).map(|i| format!(r#"{{"k{i}":{{"$or":{branch}}}}}"#)).collect::<Vec<_>>();
    let all = |depth: usize| {
        let fields: Vec<_> = nested(depth).iter().map(|field| field[1..field.len() - 1].to_owned()).collect();
        format!("{{{}}}", fields.join(","))
    };
    assert!(compile(&all(3)).is_ok());
    assert_eq!(said(&all(20)).0, "more than 1000 combinations of $or branches");
}

#[test]
fn a_mistake_is_shown_where_it_stands_with_what_to_write() {
    for (pattern, message, place, help) in [
        (
            r#"{"source": "aws.iam"}"#,
            r#""source" must be an object or an array"#,
            r#""aws.iam""#,
            r#"put it in an array: ["aws.iam"]"#,
        ),
        (
            r#"{"a": {"prefix": "x"}}"#,
            r#""prefix" must be an object or an array"#,
            r#""x""#,
            r#"an operator stands in an array: [{"prefix": "x"}]"#,
        ),
        (r#"{"a": [{"prefxi": "x"}]}"#, "Unrecognized match type prefxi", r#""prefxi""#, r#"write "prefix""#),
        (r#"{"a": [{"EXISTS": true}]}"#, "Unrecognized match type EXISTS", r#""EXISTS""#, r#"write "exists""#),
        (r#"{"a": [{"not": "x"}]}"#, "Unrecognized match type not", r#""not""#, r#"write "anything-but""#),
        (r#"{"a": [{"prefix": 1}]}"#, "prefix match pattern must be a string", "1", r#"put it in quotes: "1""#),
        (
            r#"{"a": [{"cidr": "10.0.0.1/32"}]}"#,
            "IPv4 mask bits must be < 32",
            r#""10.0.0.1/32""#,
            r#"write the address itself: "10.0.0.1""#,
        ),
        (
            r#"{"a": [{"numeric": ["<", 5, ">", 0]}]}"#,
            "Too many elements in numeric expression",
            r#"">""#,
            r#"a range names its lower end first: [">", 0, "<=", 5]"#,
        ),
        (
            r#"{"a": [{"wildcard": "x**"}]}"#,
            "Consecutive wildcard characters at pos 2",
            r#""x**""#,
            r"one `*` stands for any text; write `\\*` in JSON for a star, `\\\\` for a backslash",
        ),
        ("{\"a\": []}", "Empty arrays are not allowed", "[]", r#"name what the field may be, or [{"exists": true}]"#),
        ("{\"a\": {}}", "Empty objects are not allowed", "{}", "name at least one field in it"),
        ("[1]", "Filter is not an object", "[1]", r#"write {"source": ["aws.iam"]}"#),
        (
            r#"{"$or": [{"a": [1]}, {"prefix": ["x"]}]}"#,
            "prefix is Ruler reserved fieldName which cannot be used inside $or.",
            r#""prefix""#,
            "each branch of $or names a field first",
        ),
        (r#"{"a": [1}"#, "the pattern is no JSON: a comma or a closing bracket should stand here", "}", ""),
    ] {
        assert_eq!(said(pattern), (message.into(), place.into(), help.into()), "{pattern}");
    }
    assert_eq!(compile(r#"{"a": [], "b": 1, "c": [{"x": 1}, {"exists": 1}]}"#).unwrap_err().len(), 4);
}

#[test]
fn what_no_event_has_is_warned_about() {
    for (pattern, place, help) in [
        (
            r#"{"source": ["iam.amazonaws.com"]}"#,
            r#""iam.amazonaws.com""#,
            r#"write "aws.iam", or ask detail.eventSource"#,
        ),
        (r#"{"detail": {"eventSource": ["aws.iam"]}}"#, r#""aws.iam""#, r#"write "iam.amazonaws.com", or ask source"#),
        (r#"{"detailType": ["x"]}"#, r#""detailType""#, r#"write "detail-type""#),
        (r#"{"detail_type": ["x"]}"#, r#""detail_type""#, r#"write "detail-type""#),
        (r#"{"eventName": ["x"]}"#, r#""eventName""#, r#"write "detail": {"eventName": …}"#),
        (r#"{"detail": {"eventname": ["x"]}}"#, r#""eventname""#, r#"write "eventName""#),
        (
            r#"{"detail-type": ["AWS API Call via Cloudtrail"]}"#,
            r#""AWS API Call via Cloudtrail""#,
            r#"write "AWS API Call via CloudTrail""#,
        ),
        (r#"{"detail": {"userIdentity": {"type": ["root"]}}}"#, r#""root""#, r#"write "Root""#),
        (r#"{"detail": {"eventName": ["Add"]}}"#, r#""Add""#, r#"write {"prefix": "Add"}"#),
        (r#"{"detail": {"eventName": ["Delete*"]}}"#, r#""Delete*""#, r#"write {"wildcard": "Delete*"}"#),
        (r#"{"$OR": [1]}"#, r#""$OR""#, r#"write "$or""#),
        (r#"{"x": ["y"], "x": ["z"]}"#, r#"["y"]"#, "write all alternatives in one array"),
    ] {
        let (message, found, said) = said(pattern);
        assert_eq!((&*found, &*said), (place, help), "{pattern}: {message}");
    }
    for name in [r#""GetObject""#, r#"{"prefix": "List"}"#] {
        let (message, ..) = said(&format!(r#"{{"detail": {{"eventName": [{name}]}}}}"#));
        assert!(message.starts_with("on a bus, a rule that is ENABLED receives no"), "{message}");
    }
    let right = r#"{"source": ["aws.iam"], "detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventSource": ["iam.amazonaws.com"], "eventName": ["CreateUser", {"prefix": "Attach"}], "state": ["x"], "instance-id": ["i-1"]}}"#;
    assert_eq!(compiled(right).warnings, []);
}

#[test]
fn a_long_pattern_is_warned_about_and_a_longer_one_refused() {
    let pattern = |length: usize| format!(r#"{{"a": ["{}"]}}"#, "x".repeat(length));
    assert!(compiled(&pattern(2000)).warnings.is_empty());
    assert!(said(&pattern(2100)).2.contains("quota"));
    assert!(compile(&pattern(4100)).is_err());
}

#[test]
fn every_part_is_explained_with_what_the_event_has() {
    let pattern = r#"{"a": [1, {"prefix": "x"}], "$or": [{"b": [{"exists": false}]}, {"c.d": ["y"]}]}"#;
    let subject = Subject::envelope_of(r#"{"a": ["xy"], "c": [{"d": "z"}]}"#).unwrap();
    let clauses = compiled(pattern).predicate.explain(&subject);
    let told: Vec<_> = clauses
        .iter()
        .map(|c| {
            format!(
                "{}{}{} | {}",
                "  ".repeat(c.depth),
                if c.holds { "+ " } else { "- " },
                c.text,
                c.found.clone().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "+ all of these | ",
            r#"  + a is one of these | ["xy"]"#,
            "    - a 1 | ",
            r#"    + a {"prefix": "x"} | "xy""#,
            "  + one of these | ",
            "    + all of these | ",
            r#"      + b {"exists": false} | "#,
            "    - all of these | ",
            r#"      - c.d "y" | "z""#,
        ]
    );
    assert_eq!(&pattern[clauses[3].range.clone()], r#"{"prefix": "x"}"#);
}

#[test]
fn fields_that_hold_in_different_elements_are_explained() {
    let pattern = compiled(r#"{"staff": {"first": ["Anna"], "last": ["Jones"]}}"#);
    let clauses = pattern.predicate.explain(&Subject::envelope_of(STAFF).unwrap());
    assert_eq!(clauses[0].text, "all of these, in one and the same element of each array");
    assert_eq!(clauses.iter().map(|clause| clause.holds).collect::<Vec<_>>(), [false, true, true]);
}

fn asked(pattern: &str, event: &str) -> bool {
    let mut rules = Vec::new();
    Index::new([&compiled(pattern).predicate.gate()]).candidates(&Subject::envelope_of(event).unwrap(), &mut rules);
    !rules.is_empty()
}

#[test]
fn the_gate_lets_through_what_a_name_can_match() {
    let event = r#"{"source": "aws.iam", "detail": {"eventName": "AttachUserPolicy"}}"#;
    for (pattern, expected) in [
        (r#"{"detail": {"eventName": ["AttachUserPolicy"]}}"#, true),
        (r#"{"detail": {"eventName": [{"prefix": "Delete"}, {"wildcard": "Put*Policy"}]}}"#, false),
        (r#"{"detail": {"eventName": [{"suffix": "Policy"}, "X"]}}"#, true),
        (r#"{"source": ["aws.s3"], "detail": {"errorCode": [{"exists": false}]}}"#, false),
        (
            r#"{"$or": [{"source": ["aws.s3"]}, {"detail.eventName": [{"equals-ignore-case": "ATTACHUSERPOLICY"}]}]}"#,
            true,
        ),
        (r#"{"$or": [{"source": ["aws.s3"]}, {"detail.eventName": ["X"]}]}"#, false),
    ] {
        assert_eq!(asked(pattern, event), expected, "{pattern}");
    }
}

/// A field of an event: its path, its value, and for each array around it the element that it is in.
type Flat = (String, Value, Vec<(usize, usize)>);

/// All fields of an event, as AWS's engine lists them.
fn flatten(value: &Value, path: &str, within: &[(usize, usize)], arrays: &mut usize, out: &mut Vec<Flat>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(value, &path, within, arrays, out);
            }
        }
        Value::Array(items) => {
            *arrays += 1;
            let array = *arrays;
            for (at, item) in items.iter().enumerate() {
                let inner = [within, &[(array, at)]].concat();
                flatten(item, path, if item.is_array() || item.is_object() { &inner } else { within }, arrays, out);
            }
        }
        leaf => out.push((path.to_owned(), leaf.clone(), within.to_vec())),
    }
}

fn together(a: &[(usize, usize)], b: &[(usize, usize)]) -> bool {
    a.iter().all(|(array, at)| b.iter().all(|(other, element)| array != other || at == element))
}

/// Whether fields can be chosen, one for each wanted path and value, so that all hold and are in the same elements;
/// `None` wants that there is none. By trying all.
fn tried(wanted: &[(String, Option<Value>)], fields: &[Flat]) -> bool {
    fn go(left: &[&(String, Option<Value>)], fields: &[Flat], chosen: &[(usize, usize)], absent: &[&String]) -> bool {
        match left {
            [] => absent.iter().all(|path| !fields.iter().any(|f| f.0 == **path && together(&f.2, chosen))),
            [(path, None), rest @ ..] => go(rest, fields, chosen, &[absent, &[path]].concat()),
            [(path, Some(value)), rest @ ..] => fields.iter().any(|f| {
                f.0 == *path
                    && f.1 == *value
                    && together(&f.2, chosen)
                    && go(rest, fields, &[chosen, &f.2].concat(), absent)
            }),
        }
    }
    go(&wanted.iter().collect::<Vec<_>>(), fields, &[], &[])
}

fn event() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(json!("x")), Just(json!(1)), Just(Value::Null)];
    let inner = leaf.prop_recursive(5, 24, 3, |inner| {
        let members = prop::collection::vec(("[ab]", inner.clone()), 0..3);
        prop_oneof![
            prop::collection::vec(inner, 0..3).prop_map(Value::from),
            members.prop_map(|members| members.into_iter().collect()),
        ]
    });
    prop::collection::vec(("[ab]", inner), 0..3).prop_map(|members| members.into_iter().collect())
}

fn wanted() -> impl Strategy<Value = Vec<(String, Option<Value>)>> {
    let value = prop_oneof![Just(None), Just(Some(json!("x"))), Just(Some(json!(1))), Just(Some(Value::Null))];
    // One length, so that no path goes through another.
    prop_oneof![Just("[ab]\\.[ab]"), Just("[ab]\\.[ab]\\.[ab]")]
        .prop_flat_map(move |path| prop::collection::btree_map(path, value.clone(), 1..5))
        .prop_map(|wanted| wanted.into_iter().collect())
}

/// Texts that are near to patterns.
fn near() -> impl Strategy<Value = String> {
    let words = vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"$or\"",
        "\"prefix\"",
        "\"numeric\"",
        "\">\"",
        "\"<\"",
        "1",
        "-0.5e400",
        "true",
        "null",
        "\"\"",
        "\"wildcard\"",
        "\"*a\\\\\"",
        "\"anything-but\"",
        "\"cidr\"",
        "\"1.1.1.1/8\"",
        "\"é.\"",
        "\"equals-ignore-case\"",
        "\"exists\"",
        "\"detail\"",
        "\"eventName\"",
        "\"suffix\"",
    ];
    prop::collection::vec(prop::sample::select(words), 0..24).prop_map(|words| words.concat())
}

/// A pattern of one or two operators at fields that gates look at.
fn gated() -> impl Strategy<Value = (String, Value)> {
    let path = prop::sample::select(&["source", "detail.eventName", "detail.userIdentity.type", "detail-type"][..]);
    let operator = prop::sample::select(&["prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but"][..]);
    let text = "[aAkK\u{212a}ß*]{0,3}";
    let choice = (operator, text, any::<bool>()).prop_map(|(operator, text, plain)| match plain {
        true => json!(text),
        false => json!({ operator: text }),
    });
    (path, prop::collection::vec(choice, 1..3)).prop_map(|(path, choices)| (path.to_owned(), json!(choices)))
}

fn said_by_events() -> impl Strategy<Value = Value> {
    let text = || "[aAkK\u{212a}ßS]{0,3}".prop_map(Value::from);
    let value = || prop_oneof![text(), prop::collection::vec(text(), 0..3).prop_map(Value::from), Just(Value::Null)];
    (value(), value(), value(), 0..6).prop_map(|(a, b, c, shape)| match shape {
        0 => json!({"source": a, "detail.eventName": b, "detail": {"userIdentity": {"type": c}}}),
        1 => json!({"source": a, "detail": [{"eventName": b}, {"userIdentity.type": c}]}),
        2 => json!({"detail-type": a, "detail": {"userIdentity.type": b, "userIdentity": {"type": c}}}),
        3 => json!({"source": a, "detail": {"eventName": b, "userIdentity": [{"type": c}]}}),
        4 => json!({"detail.userIdentity": {"type": a}, "detail": {"eventName": b}, "source": c}),
        _ => json!({"source": a, "detail": {"eventName": b, "userIdentity": {"type": c}}}),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn one_walk_says_what_trying_all_elements_says(wanted in wanted(), event in event()) {
        let choice = |value: &Option<Value>| value.clone().unwrap_or_else(|| json!({"exists": false}));
        let pattern: serde_json::Map<_, _> = wanted.iter().map(|(path, value)| (path.clone(), json!([choice(value)]))).collect();
        let mut fields = Vec::new();
        flatten(&event, "", &[], &mut 0, &mut fields);
        let pattern = Value::from(pattern).to_string();
        prop_assert_eq!(matches(&pattern, &event.to_string()), tried(&wanted, &fields), "{} {}", pattern, event);
    }

    #[test]
    fn no_text_makes_compiling_panic(text in near(), wild in "\\PC{0,40}") {
        for pattern in [text.clone(), wild, format!("{{\"a\":[{text}]}}"), format!("{{{text}}}")] {
            if let Err(faults) = compile(&pattern) {
                prop_assert!(faults.iter().all(|fault| !fault.render("f", &pattern).is_empty()));
            }
        }
    }

    #[test]
    fn what_matches_passes_the_gate(first in gated(), second in gated(), either in any::<bool>(), event in said_by_events()) {
        let (a, b) = (json!({ first.0: first.1 }), json!({ second.0: second.1 }));
        let both = || a.as_object().into_iter().chain(b.as_object()).flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
        let pattern = if either { json!({"$or": [a, b]}) } else { both() }.to_string();
        if compile(&pattern).is_ok() {
            let event = event.to_string();
            prop_assert!(!matches(&pattern, &event) || asked(&pattern, &event), "{} {}", pattern, event);
        }
    }
}

#[test]
fn deep_and_wide_events_cost_no_more_than_their_length() {
    // Each pattern asks for something in every element of arrays in arrays: combinations would never end.
    let steps = |inner: &str| {
        (0..12)
            .rev()
            .fold(inner.to_owned(), |inner, _| format!(r#"{{"a": {inner}, "b": [2], "c": [{{"exists": false}}]}}"#))
    };
    let pattern = steps("[3]").replace("{\"a\": [3]", "{\"a\": [3, 4]");
    let element = (0..11)
        .fold(r#"{"a": 1, "b": 2}"#.to_owned(), |inner, _| format!(r#"{{"a": [{inner}, {inner}], "b": [1, 2]}}"#));
    assert!(!matches(&pattern, &element));
    let nested = format!(r#"{{"a": {}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches(r#"{"a": [1]}"#, &nested) && !matches(r#"{"a": {"b": [1]}}"#, &nested));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    assert!(!matches(r#"{"a": {"a": [1]}}"#, &objects));
    let keys = format!("{{{}}}", vec![r#""a.b": {"c.d": 1}"#; 20_000].join(","));
    assert!(!matches(r#"{"a": {"b": {"c": {"d": [2], "e": [1]}}}}"#, &keys));
}
