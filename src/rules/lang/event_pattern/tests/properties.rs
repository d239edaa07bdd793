//! What no pattern, event or text can do.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

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
