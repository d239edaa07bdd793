//! Every text can be highlighted, and parts mean what they are.

use proptest::prelude::*;

use super::*;
use Meaning as M;

fn parts<'a>(language: &str, text: &'a str) -> Vec<(&'a str, Meaning)> {
    spans(language, text).into_iter().map(|(range, meaning)| (&text[range], meaning)).collect()
}

#[test]
fn keys_and_values_of_an_event_pattern_are_told_apart() {
    assert_eq!(
        parts("event-pattern", r#"{"a" : ["x\"", -1.5, true, oops], "b"#),
        [
            ("{", M::JsonPunctuation),
            ("\"a\"", M::JsonKey),
            (":", M::JsonPunctuation),
            ("[", M::JsonPunctuation),
            ("\"x\\\"\"", M::JsonString),
            (",", M::JsonPunctuation),
            ("-1.5", M::JsonNumber),
            (",", M::JsonPunctuation),
            ("true", M::JsonLiteral),
            (",", M::JsonPunctuation),
            ("oops", M::JsonBroken),
            ("]", M::JsonPunctuation),
            (",", M::JsonPunctuation),
            ("\"b", M::JsonBroken),
        ]
    );
}

#[test]
fn selectors_operators_and_values_of_a_metric_filter_are_told_apart() {
    assert_eq!(
        parts("metric-filter", r#"{$.a['b c'][0]="x*"&&$.n NOT EXISTS||$.n>3||$.e=%a|b%}"#),
        [
            ("{", M::JsonPunctuation),
            ("$.a['b c'][0]", M::JsonKey),
            ("=", M::JsonLiteral),
            ("\"x*\"", M::JsonString),
            ("&", M::JsonLiteral),
            ("&", M::JsonLiteral),
            ("$.n", M::JsonKey),
            ("NOT", M::JsonLiteral),
            ("EXISTS", M::JsonLiteral),
            ("|", M::JsonLiteral),
            ("|", M::JsonLiteral),
            ("$.n", M::JsonKey),
            (">", M::JsonLiteral),
            ("3", M::JsonNumber),
            ("|", M::JsonLiteral),
            ("|", M::JsonLiteral),
            ("$.e", M::JsonKey),
            ("=", M::JsonLiteral),
            ("%a|b%", M::JsonString),
            ("}", M::JsonPunctuation),
        ]
    );
}

#[test]
fn keys_values_and_comments_of_a_sigma_rule_are_told_apart() {
    let text =
        "# it\ntitle: A: b # c\ndetection:\n  - a|re: 'x: y'\n    n: 4\n  condition: a and not b\ntext: |\n  k: v\nz:";
    assert_eq!(
        parts("sigma", text),
        [
            ("# it", M::Muted),
            ("title", M::JsonKey),
            (":", M::JsonPunctuation),
            ("A: b", M::JsonString),
            ("# c", M::Muted),
            ("detection", M::JsonKey),
            (":", M::JsonPunctuation),
            ("-", M::JsonPunctuation),
            ("a|re", M::JsonKey),
            (":", M::JsonPunctuation),
            ("'x: y'", M::JsonString),
            ("n", M::JsonKey),
            (":", M::JsonPunctuation),
            ("4", M::JsonNumber),
            ("condition", M::JsonKey),
            (":", M::JsonPunctuation),
            ("a", M::JsonString),
            ("and", M::JsonLiteral),
            ("not", M::JsonLiteral),
            ("b", M::JsonString),
            ("text", M::JsonKey),
            (":", M::JsonPunctuation),
            ("|", M::JsonPunctuation),
            ("k: v", M::JsonString),
            ("z", M::JsonKey),
            (":", M::JsonPunctuation),
        ]
    );
}

#[test]
fn a_part_over_several_lines_is_cut_at_their_ends() {
    assert_eq!(
        lines("event-pattern", "{\n\"a\""),
        [("{".to_owned(), vec![(0..1, M::JsonPunctuation)]), ("\"a\"".to_owned(), vec![(0..3, M::JsonString)])]
    );
}

proptest! {
    #[test]
    fn the_parts_of_any_text_are_in_order_and_whole(text in "[\\PC\n\t\"'$%{}\\[\\]:|# -]{0,80}", language in 0..3_usize) {
        let language = crate::rules::LANGUAGES[language].name;
        let mut last = 0;
        for (range, _) in spans(language, &text) {
            prop_assert!(range.start >= last && range.start < range.end, "{:?} {:?}", range, last);
            prop_assert!(text.get(range.clone()).is_some(), "{:?}", range);
            last = range.end;
        }
        for (line, parts) in lines(language, &text) {
            prop_assert!(parts.iter().all(|(range, _)| line.get(range.clone()).is_some()));
        }
    }
}
