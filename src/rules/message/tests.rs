//! Messages: what is taken, what is refused, and what is delivered.

use super::*;

const RECORD: &str = r#"{"eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","eventTime":"2026-11-20T10:00:00Z",
    "userIdentity": {"type": "IAMUser", "userName": "ana"}, "mfa": false, "n": 3.50, "none": null,
    "domain": "CORP\\ana", "lines": "a\nb", "tags": [ "a b", {"k": "v"} ], "agent": "say \"hi\"\nnow", "a/b": 1}"#;

fn message(paths: &[(&str, &str)], template: &str) -> Result<Message, Vec<Fault>> {
    let paths: Vec<_> = paths.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
    Message::new(&paths, template)
}

fn rendered(template: &str) -> Rendered {
    let paths = [
        ("user", "$.detail.userIdentity.userName"),
        ("who", "$.detail.userIdentity"),
        ("mfa", "$.detail.mfa"),
        ("n", "$.detail.n"),
        ("none", "$.detail.none"),
        ("tags", "$.detail.tags"),
        ("first", "$.detail.tags[0]"),
        ("ks", "$.detail.tags[*].k"),
        ("agent", "$.detail.agent"),
        ("slash", "$.detail.a/b"),
        ("domain", "$.detail.domain"),
        ("lines", "$.detail.lines"),
        ("gone", "$.detail.gone[4].x"),
    ];
    let now = Time::from_timestamp(1_795_000_000, 0).unwrap();
    let message = message(&paths, template).unwrap();
    message.render(&Subject::cloudtrail(RECORD).unwrap(), &Predefined::of("a-rule", now))
}

fn json(template: &str) -> String {
    match rendered(template) {
        Rendered::Json(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_keeps_the_quotes_that_people_do_not_see() {
    let text = rendered("\"<user> signed in, MFA <mfa>\"\n\"as <who>: <tags>\"\n");
    let Rendered::Text(delivered) = &text else { panic!("{text:?}") };
    assert!(delivered.starts_with("\"ana signed in, MFA false\"\n\"as {type:IAMUser,userName:ana}: [a b,{k:v}]\""));
    assert_eq!(text.for_people(), "ana signed in, MFA false\nas {type:IAMUser,userName:ana}: [a b,{k:v}]");
}

#[test]
fn outside_of_quotes_a_variable_is_json() {
    let whole = json(r#"{"u": <user>, "w": <who>, "t": <tags>, "n": <n>, "0": <none>, "s": <slash>, "a": <agent>}"#);
    let expected = r#"{"u": "ana", "w": {"type":"IAMUser","userName":"ana"}, "t": ["a b",{"k":"v"}], "n": 3.50, "0": null, "s": 1, "a": "say \"hi\"\nnow"}"#;
    assert_eq!(whole, expected);
    assert_eq!(
        json(r#"{"f": <first>, "ks": <ks>, "name": <aws.events.rule-name>}"#),
        r#"{"f": "a b", "ks": ["v"], "name": "a-rule"}"#
    );
}

#[test]
fn what_is_missing_is_an_empty_text() {
    assert_eq!(json(r#"{"gone": <gone>, "in": "<gone>"}"#), r#"{"gone": "", "in": ""}"#);
    assert_eq!(rendered("\"[<gone><none>] <gone>\"").for_people(), "[]");
}

#[test]
fn what_breaks_the_json_drops_the_event() {
    for value in ["who", "tags", "agent", "domain", "lines"] {
        let template = &format!("{{\"a\": \"<{value}>\"}}");
        let Rendered::Dropped(reason) = rendered(template) else { panic!("{template}") };
        assert!(reason.contains("no JSON"), "{reason}");
        assert!(rendered(template).for_people().starts_with("no message: "));
    }
}

#[test]
fn the_event_without_its_detail_is_named_as_eventbridge_names_it() {
    let event: serde_json::Value = serde_json::from_str(&json(r#"{"e": <aws.events.event>}"#)).unwrap();
    assert_eq!(event["e"]["detailType"], "AWS API Call via CloudTrail");
    assert_eq!(event["e"]["time"], "2026-11-18T11:06:40Z");
    assert_eq!(event["e"].get("detail").or(event["e"].get("detail-type")), None);
    let whole: serde_json::Value = serde_json::from_str(&json("{\"e\": <aws.events.event.json>}")).unwrap();
    assert_eq!(whole["e"]["time"], "2026-11-20T10:00:00Z");
    assert_eq!(whole["e"]["detail"]["userIdentity"]["userName"], "ana");
}

fn refused(paths: &[(&str, &str)], template: &str) -> Fault {
    message(paths, template).unwrap_err().remove(0)
}

#[test]
fn a_variable_without_a_path_is_refused_in_awss_words() {
    let fault = refused(&[("user", "$.detail.user")], "\"<usr> did it\"");
    assert_eq!((fault.range, fault.message.as_str()), (1..6, "the template contains invalid placeholder usr"));
    assert_eq!(fault.help.as_deref(), Some("write <user>"));
}

#[test]
fn what_looks_like_no_variable_is_text() {
    let text = message(&[], "\"a < b and c > d, <>\"").unwrap();
    let said = text.render(&Subject::default(), &Predefined::of("r", Time::default()));
    assert_eq!(said.for_people(), "a < b and c > d, <>");
}

#[test]
fn a_template_that_no_value_makes_good_is_refused() {
    for (template, word) in [
        ("{\"a\": 1", "no JSON"),
        ("{\"a\": <aws.events.rule-name> x}", "no JSON"),
        (r#"{"a": "\q"}"#, "invalid escape"),
        ("no quotes", "in quotes"),
        ("\"one\"\ntwo", "in quotes"),
        ("  ", "between 1 and"),
        ("{\"a\": \"<aws.events.event>\"}", "is an object"),
    ] {
        let fault = refused(&[], template);
        assert!(fault.message.contains(word), "{template}: {}", fault.message);
    }
    assert_eq!(refused(&[("user", "$.a")], "{\"a\": <user>, \"<user>\": 1 2}").range.start, 26);
}

#[test]
fn names_and_paths_have_limits() {
    let many: Vec<_> = (0..101).map(|n| (format!("n{n}"), "$.a".to_owned())).collect();
    assert!(Message::new(&many, "\"x\"").unwrap_err()[0].message.contains("at most 100 paths"));
    assert!(refused(&[("a b", "$.a")], "\"x\"").message.contains("cannot name a path"));
    for (path, range) in [("detail.a", 0..8), ("$.", 1..2), ("$.a[x]", 3..6), ("$.a[", 3..4), ("$a", 1..2)] {
        assert_eq!(Path::new(path).unwrap_err().range, range, "{path}");
    }
    assert!(Path::new(&format!("$.{}", "a".repeat(300))).is_err());
    assert!(refused(&[("a", "$.a b")], "\"<a>\"").message.starts_with("the path of \"a\""));
}
