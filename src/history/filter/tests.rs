//! What the filter language means and refuses.

use super::{
    super::samples::{event, with},
    *,
};
use crate::model::{ActorKind, Outcome};

fn filter(text: &str) -> Filter {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn each_form_of_term_lets_through_what_it_says() {
    let event = with(|event| {
        event.id = "875240ac-e821-4fc6-a311-8c352a1d20f5".into();
        event.actor.name = "Deploy/ci-42".into();
        event.actor.kind = ActorKind::Role;
        event.name = "PutBucketPolicy".into();
        event.service = "s3".into();
        event.target = "backup data, old".into();
        event.source_address = "203.0.113.7".into();
        event.outcome = Outcome::Denied("AccessDenied".into());
        event.severity = Severity::High;
        event.late = true;
        event.fired = Some(event.severity);
        event.record = r#"{"userAgent":"Boto3/1.26"}"#.into();
    });
    for yes in [
        "",
        "deploy",
        "putbucket deploy",
        "-root",
        "!root s3",
        "user:ci-",
        "event:put*policy",
        "event:/^Put.*Policy$/",
        "/^put/",
        "svc:iam,s3",
        "service:s3",
        "target:\"data, old\"",
        "\"backup data\"",
        "target:*",
        "ip:203.0.113.",
        "ip:203.0.0.0/16",
        "ip:10.0.0.0/8,203.0.113.7",
        "ip:198.51.100.,203.0.113.0/24",
        "-ip:2001:db8::/32",
        "err:",
        "err:*",
        "error:denied",
        "region:eu-west-1",
        "sev:high",
        "severity:low",
        "sev:critical,medium",
        "kind:root,role",
        "late:yes",
        "fired:yes",
        "read:no",
        "write:yes",
        "id:875240",
        "json:boto3",
        "json:\"\\\"userAgent\\\":\"",
        "user:ana,ci",
        "user:ci,",
    ] {
        assert!(filter(yes).matches(&event), "{yes}");
    }
    for no in [
        "root",
        "-deploy",
        "-event:/^Put/",
        "!err:*",
        "-late:yes",
        "fired:no",
        "deploy root",
        "sev:critical",
        "kind:user",
        "event:/^Bucket/",
        "ip:203.0.112.0/24,10.",
        "ip:2001:db8::/32",
        "json:PutBucketPolicy",
    ] {
        assert!(!filter(no).matches(&event), "{no}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place_and_what_to_write() {
    for (text, column, words) in [
        ("ana usr:ben", 5, "usr is not a field; did you mean user:?"),
        ("arn:aws:iam::1:user/x", 1, "write \"arn:aws:iam::1:user/x\""),
        ("sev:hgh", 5, "did you mean high? Write one of info, low, medium, high, critical"),
        ("kind:root,robot", 11, "\"robot\" is no value of kind"),
        ("late:maybe", 6, "; write one of yes, no"),
        ("zoë user:", 5, "user needs a value, such as user:ana"),
        ("x -", 3, "nothing is excluded; write -word"),
        ("\"open", 1, "the quotes are not closed; write \"open\""),
        ("/aws/lambda", 6, "write \"/aws/lambda\""),
        ("/aws", 1, "write /aws/, or \"/aws\""),
        ("ip:10.,10.0.0.0/33", 8, "0 to 32; write 10.0.0.0/16"),
        ("event:/(/", 7, "the regex cannot be read: unclosed group"),
        ("\"\"", 1, "nothing to look for"),
    ] {
        let error = text.parse::<Filter>().unwrap_err();
        assert_eq!(error.column, column, "{text}: {error}");
        assert!(error.message.contains(words), "{text}: {error}");
    }
}

#[test]
fn every_example_of_the_help_is_a_filter() {
    for field in FIELDS {
        filter(field.example);
        assert!(field.names().any(|name| field.example.starts_with(&format!("{name}:"))), "{}", field.name);
    }
}

#[test]
fn no_two_fields_share_a_name() {
    let mut names: Vec<&str> = FIELDS.iter().flat_map(Field::names).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn a_filter_gives_its_text_back_and_what_keys_chose_counts_too() {
    let mut chosen = filter("  svc:iam  -root ");
    assert_eq!(chosen.to_string(), "svc:iam  -root");
    assert_eq!(chosen, filter("svc:iam  -root"));
    assert!(!chosen.is_all() && filter(" ").is_all());
    let read = with(|event| {
        event.service = "iam".into();
        event.read_only = true;
    });
    assert!(chosen.matches(&read));
    chosen.hide_read_only = true;
    assert!(!chosen.matches(&read));
    let mild = Filter { min_severity: Some(Severity::High), ..Filter::default() };
    assert!(!mild.matches(&event()));
}
