//! What matches, what is refused and with which help, and what is explained.

use serde_json::json;

use super::*;

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
    let branch = format!("[{}]", [r#"{"a":[1]}"#; 10].join(","));
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
        (
            r#"{"a": [1}"#,
            "the pattern is no JSON: a comma or a closing bracket should stand here",
            "}",
            "write `]` before it",
        ),
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
        (r#"{"detail": {"eventName": ["Add"]}}"#, r#""Add""#, r#"did you mean {"prefix": "Add"}?"#),
        (r#"{"detail": {"eventName": ["delete"]}}"#, r#""delete""#, r#"did you mean {"prefix": "Delete"}?"#),
        (
            r#"{"detail": {"eventName": ["createUser"]}}"#,
            r#""createUser""#,
            r#"the case of letters counts: write "CreateUser""#,
        ),
        (
            r#"{"detail": {"eventName": ["iam:CreateUser"]}}"#,
            r#""iam:CreateUser""#,
            r#"write "CreateUser", and "eventSource": ["iam.amazonaws.com"] beside it"#,
        ),
        (r#"{"source": ["s3"]}"#, r#""s3""#, r#"did you mean "aws.s3"?"#),
        (r#"{"source": ["aws.S3"]}"#, r#""aws.S3""#, r#"did you mean "aws.s3"?"#),
        (r#"{"detail": {"eventSource": ["s3"]}}"#, r#""s3""#, r#"write "s3.amazonaws.com""#),
        (r#"{"detail": {"eventSource": ["S3.amazonaws"]}}"#, r#""S3.amazonaws""#, r#"write "s3.amazonaws.com""#),
        (r#"{"detail-type": ["AWS API call"]}"#, r#""AWS API call""#, r#"write "AWS API Call via CloudTrail""#),
        (
            r#"{"detail-type": ["object restore"]}"#,
            r#""object restore""#,
            r#"did you mean {"prefix": "Object Restore"}?"#,
        ),
        (
            r#"{"detail-type": ["Cloudwatch alarm state change"]}"#,
            r#""Cloudwatch alarm state change""#,
            r#"write "CloudWatch Alarm State Change""#,
        ),
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
    let own = r#"{"source": ["com.example.shop", "shop/orders"], "detail-type": ["Order Placed", "EC2 Instance State-change Notification"], "resources": ["x"]}"#;
    assert_eq!(compiled(own).warnings, []);
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
