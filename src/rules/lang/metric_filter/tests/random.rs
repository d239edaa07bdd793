//! What holds for any filter pattern and any record.

use proptest::prelude::*;

use super::*;
use crate::rules::Index;

/// A condition on a field that gates know, or on another.
fn condition() -> impl Strategy<Value = String> {
    let fields = ["eventName", "eventSource", "errorCode", "userIdentity.type", "['userIdentity.type']", "x", "*"];
    let asked = [
        "= A",
        "= a",
        "= \"A\"",
        "= A*",
        "= *",
        "= \"*A\"",
        "= 1",
        "= \"1\"",
        "= 1.0",
        "= 1*",
        "!= A",
        "!= 1",
        "= \"\"",
        "= %A%",
        "< 2",
        "IS NULL",
        "IS TRUE",
        "NOT EXISTS",
        "= é*",
    ];
    (prop::sample::select(fields.to_vec()), prop::sample::select(asked.to_vec()))
        .prop_map(|(field, asked)| format!("$.{field} {asked}"))
}

fn pattern() -> impl Strategy<Value = String> {
    let expr = condition().prop_recursive(3, 8, 3, |inner| {
        (prop::collection::vec(inner, 2..4), any::<bool>())
            .prop_map(|(parts, all)| format!("({})", parts.join(if all { " && " } else { " || " })))
    });
    expr.prop_map(|expr| format!("{{ {expr} }}"))
}

fn record() -> impl Strategy<Value = String> {
    let values = [
        "\"A\"",
        "\"a\"",
        "\"AB\"",
        "\"\\u0041\"",
        "1",
        "1.0",
        "1e0",
        "\"1\"",
        "\"\"",
        "null",
        "true",
        "[\"A\"]",
        "\"éA\"",
    ];
    let value = prop::sample::select(values.to_vec()).prop_map(str::to_owned);
    let kind = (any::<u8>(), value.clone()).prop_map(|(shape, value)| match shape % 4 {
        0 => format!("\"userIdentity\":{value}"),
        1 => format!("\"userIdentity.type\":{value}"),
        2 => format!("\"userIdentity\":{{\"type\":{value}}}"),
        _ => "\"userIdentity\":{}".to_owned(),
    });
    let names = prop::sample::select(&["eventName", "eventSource", "errorCode", "x"]);
    let member = (names, value).prop_map(|(name, value)| format!("\"{name}\":{value}"));
    prop::collection::vec(prop_oneof![3 => member, 1 => kind], 0..6).prop_map(|all| format!("{{{}}}", all.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_matches_passes_the_gate(pattern in pattern(), record in record()) {
        let Ok((pattern, _)) = Pattern::read(&pattern) else { return Ok(()) };
        let subject = Subject::cloudtrail(&record).unwrap();
        let mut rules = Vec::new();
        Index::new([&pattern.gate()]).candidates(&subject, &mut rules);
        prop_assert!(!pattern.matches(&subject) || rules == [0]);
    }

    #[test]
    fn the_first_clause_says_what_the_pattern_says(pattern in pattern(), record in record()) {
        let Ok((pattern, _)) = Pattern::read(&pattern) else { return Ok(()) };
        let subject = Subject::cloudtrail(&record).unwrap();
        prop_assert_eq!(pattern.explain(&subject)[0].holds, pattern.matches(&subject));
    }

    #[test]
    fn no_text_makes_it_panic(text in any_pattern()) {
        let subject = Subject::cloudtrail(RECORD).unwrap();
        let faults = match Pattern::read(&text) {
            Ok((pattern, warnings)) => {
                pattern.explain(&subject);
                pattern.matches(&subject);
                pattern.matches_line(&text);
                warnings
            }
            Err(fault) => vec![fault],
        };
        for fault in faults {
            prop_assert!(text.get(fault.range.clone()).is_some(), "{fault:?}");
            prop_assert!(fault.help.is_some() || fault.message.contains("no regular expression"), "{fault:?}");
        }
    }
}

/// Texts of the parts that patterns are made of, and any others.
fn any_pattern() -> impl Strategy<Value = String> {
    let parts = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "[*]",
        ".*",
        "$",
        "$.",
        "a",
        "é",
        ".['",
        "']",
        "\\",
        "\"",
        "%",
        "=",
        "!=",
        "<",
        ">=",
        "1",
        "-",
        "*",
        "&&",
        "||",
        "&",
        " IS ",
        " NOT ",
        " EXISTS ",
        " NULL ",
        " TRUE ",
        "...",
        ",",
        "?",
        " ",
        "\n",
        "“",
        "[0]",
        "$.a = 1",
        "$.eventName = ",
        "$.errorCode != ",
        "{,2}",
        "\\d",
        "|",
        "^",
        "'",
    ];
    let made = |start: &'static [&'static str]| {
        (prop::sample::select(start), prop::collection::vec(prop::sample::select(parts.to_vec()), 0..14))
            .prop_map(|(start, parts)| start.to_owned() + &parts.concat())
    };
    prop_oneof![4 => made(&["{ ", "[", "", " {$.a = %", "{ $.eventName = \""]), 1 => any::<String>()]
}

#[test]
fn a_text_of_a_million_characters_is_refused_by_its_length_alone() {
    for part in ["(", "{", "$.a", "%a", "\"", "a ", "[a,", "é"] {
        let text = part.repeat(1_000_000);
        assert!(Pattern::read(&text).unwrap_err().message.contains("1024"), "{part}");
    }
}
