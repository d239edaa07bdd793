//! What filter patterns mean, case by case; the recorded answers of AWS are asked for in `tests/it/conformance`.

use proptest::prelude::*;

use super::*;
use crate::rules::Index;

const RECORD: &str = r#"{
    "eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com", "errorCode": "Client.AccessDenied",
    "userIdentity": {"type": "IAMUser", "userName": "ann \"a\" é"}, "readOnly": false, "managementEvent": true,
    "responseElements": null, "empty": "", "count": 120, "share": 12.50, "big": 1e2, "text": "120", "c.d": "x",
    "tags": ["red", "green"], "groups": [{"id": 1, "name": "a"}, {"id": 2}], "nested": [[1, 2], [3]], "none": []
}"#;

fn read(pattern: &str) -> (Pattern, Vec<Fault>) {
    Pattern::read(pattern).unwrap_or_else(|fault| panic!("{}", fault.render("pattern", pattern)))
}

fn matches(pattern: &str) -> bool {
    read(pattern).0.matches(&Subject::cloudtrail(RECORD).unwrap())
}

fn all_match(patterns: &[&str]) {
    patterns.iter().for_each(|pattern| assert!(matches(pattern), "{pattern}"));
}

fn none_matches(patterns: &[&str]) {
    patterns.iter().for_each(|pattern| assert!(!matches(pattern), "{pattern}"));
}

#[test]
fn texts_are_compared_with_their_case() {
    all_match(&[
        "{ $.eventName = \"ConsoleLogin\" }",
        "{$.eventName=ConsoleLogin}",
        "{ $.eventName != \"consolelogin\" }",
        "{ $.userIdentity.userName = \"ann \\\"a\\\" é\" }",
        "{ $.empty = \"\" }",
        "{ $.empty = \"*\" }",
        "{ $.['c.d'] = x }",
        "{ $.c\\.d = x }",
        "{ $.errorCode = *Denied }",
        "{ $.errorCode = \"Client.*\" }",
        "{ $.errorCode = %^Client\\.[AB]% }",
        "{ $.errorCode != %^Server% }",
    ]);
    none_matches(&["{ $.eventName = consolelogin }", "{ $.eventName = Console }", "{ $.errorCode = %^Access% }"]);
}

#[test]
fn a_number_without_quotes_is_a_number_and_with_quotes_a_text() {
    all_match(&[
        "{ $.count = 120.0 }",
        "{ $.share = 12.5 }",
        "{ $.big = 100 }",
        "{ $.big = \"1e2\" }",
        "{ $.share = \"12.50\" }",
        "{ $.share != \"12.5\" }",
        "{ $.count = 1* }",
        "{ $.count = %^12% }",
        "{ $.text = 120 }",
        "{ $.text != 120.0 }",
        "{ $.count >= 120 && $.count < 1.3e2 && $.count > -5 && $.count <= +120 }",
    ]);
    none_matches(&["{ $.big = \"100\" }", "{ $.count != 120.0 }", "{ $.text >= 1 }", "{ $.tags > 0 }"]);
}

#[test]
fn an_absent_field_is_neither_equal_nor_unequal() {
    none_matches(&["{ $.nothing != x }", "{ $.nothing = * }", "{ $.nothing < 1 }", "{ $.nothing IS NULL }"]);
    all_match(&["{ $.nothing NOT EXISTS }", "{ ($.nothing NOT EXISTS) || ($.nothing != x) }"]);
    none_matches(&["{ $.responseElements NOT EXISTS }", "{ $.tags NOT EXISTS }"]);
}

#[test]
fn containers_booleans_and_null_are_neither_equal_nor_unequal() {
    for field in ["tags", "userIdentity", "readOnly", "responseElements"] {
        none_matches(&[&format!("{{ $.{field} = * }}"), &format!("{{ $.{field} != x }}")]);
    }
    all_match(&["{ $.readOnly IS FALSE }", "{ $.managementEvent IS TRUE }", "{ $.responseElements IS NULL }"]);
    none_matches(&["{ $.readOnly IS TRUE }", "{ $.text IS TRUE }", "{ $.readOnly IS NULL }"]);
}

#[test]
fn elements_are_chosen_by_number_or_all_are_asked() {
    all_match(&[
        "{ $.tags[1] = green }",
        "{ $.tags[*] = green }",
        "{ $.tags[*] != green }",
        "{ $.groups[1].id = 2 }",
        "{ $.groups[*].name = a }",
        "{ $.nested[0][1] = 2 }",
        "{ $.nested[*][0] = 3 }",
        "{ $.* = ConsoleLogin }",
        "{ $.userIdentity.* = IAMUser }",
        "{ $.none[*] NOT EXISTS }",
    ]);
    none_matches(&["{ $.tags[2] = * }", "{ $.eventName[0] = * }", "{ $.tags.* = red }", "{ $.userIdentity[*] = * }"]);
}

#[test]
fn and_binds_tighter_than_or() {
    all_match(&[
        "{ $.count = 120 || $.count = 1 && $.count = 2 }",
        "{($.count=1)||($.eventName=ConsoleLogin)&&($.text=120)}",
        "{\n ($.count = 120)\n &&\t(($.text = 1) || ($.text = 120))\n}\n",
    ]);
    none_matches(&["{ ($.count = 120 || $.count = 1) && $.count = 2 }"]);
}

#[test]
fn words_are_sought_in_the_text_of_a_line() {
    let line = "[ERROR 419] MISSING ARGUMENTS in \"é\" 50%";
    let holds = |pattern: &str| read(pattern).0.matches_line(line);
    for pattern in ["", " ", "ERROR", "RGU", "ERROR ARGUMENTS", "-INFO", "?WARN ?ERROR", "\" \"", "\"419] M\" -\"x y\""]
    {
        assert!(holds(pattern), "{pattern}");
    }
    for pattern in ["?WARN ERROR", "%\\[E.*9\\]%", "-%^ERROR%", "?%WARN|MISS%", "\"\\\"é\\\"\"", "\"50%\""] {
        assert!(holds(pattern), "{pattern}");
    }
    for pattern in ["error", "ERROR WARN", "ERROR -MISSING", "?WARN ?INFO", "?ERROR WARN", "%^ERROR%"] {
        assert!(!holds(pattern), "{pattern}");
    }
    assert!(matches("ConsoleLogin -Root") && !matches("\"consolelogin\""));
}

#[test]
fn fields_of_a_line_are_told_apart_by_their_place() {
    let line = "127.0.0.1 - [10/Oct/2026:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";
    let holds = |pattern: &str| read(pattern).0.matches_line(line);
    for pattern in [
        "[ip, user, time, request, status, bytes]",
        "[...]",
        "[ip, ..., bytes > 1000]",
        "[..., request = *html*, status = 4*, bytes]",
        "[ip=%^127\\.%, ...]",
        "[ip, user, time = \"10/Oct*\", ...]",
        "[..., status = 404 || status = 410, bytes]",
        "[..., status != 200 && (status < 410 || status = 5*), bytes=1534.0]",
        "[ip, user, time, request, status, ..., bytes]",
    ] {
        assert!(holds(pattern), "{pattern}");
    }
    for pattern in ["[ip, user]", "[ip, ..., bytes > 2000]", "[a, b, c, d, e, f, ..., g]", "[status = 404, ...]"] {
        assert!(!holds(pattern), "{pattern}");
    }
    assert_eq!(read("[ip, ..., bytes > 2000]").0.names(), ["ip", "bytes"]);
}

/// The text that a fault is about, with what it says to write instead.
fn refused(pattern: &str) -> (&str, String) {
    let fault = Pattern::read(pattern).expect_err(pattern);
    assert!(!fault.harmless);
    (&pattern[fault.range.clone()], fault.help.unwrap_or_default())
}

#[test]
fn what_aws_refuses_is_refused_with_what_to_write() {
    for (pattern, place, help) in [
        ("{ $.a IS NOT NULL }", "IS NOT NULL", "`= *`"),
        ("{ $.a IS NOT TRUE }", "IS NOT TRUE", "`IS FALSE`"),
        ("{ $.a EXISTS }", "EXISTS", "`= *`"),
        ("{ $.a NOT NULL }", "NOT NULL", "`NOT EXISTS`"),
        ("{ $.a IS x }", "IS x", "`=`"),
        ("{ NOT $.a = 1 }", "NOT", "`!=`"),
        ("{ !$.a = 1 }", "!", "`!=`"),
        ("{ $.a == 1 }", "==", "`=`"),
        ("{ $.a <> 1 }", "<>", "`!=`"),
        ("{ $.a = 1 and $.b = 2 }", "and", "`&&`"),
        ("{ ($.a = 1 OR $.b = 2) }", "OR", "`||`"),
        ("{ $.a = 1, $.b = 2 }", ",", "`&&`"),
        ("{ $.a = 1 & $.b = 2 }", "&", "`&&`"),
        ("{ $.a = 1 | $.b = 2 }", "|", "`||`"),
        ("{ $.a = 1 $.b = 2 }", "$.b", "`&&`"),
        ("{ $.a = 1 = 2 }", "=", "joined"),
        ("{ eventName = X }", "eventName", "`$.eventName`"),
        ("{ .eventName = X }", ".eventName", "`$.eventName`"),
        ("{ $eventName = X }", "$eventName", "`$.eventName`"),
        ("{ \"x\" = $.a }", "\"x\"", "`$.field = \"x\"`"),
        ("{ $.a = $.b }", "$.b", "quotes"),
        ("{ $.a = }", "}", "`*`"),
        ("{ $.a }", "}", "`NOT EXISTS`"),
        ("{ }", "}", "$.eventName"),
        ("{ $.a = 1 && }", "}", "$.eventName"),
        ("{ $.a = 1", "{", "`}`"),
        ("{ ($.a = 1 }", "(", "`)`"),
        ("{ $.a = 1) }", ")", "take it out"),
        ("{ $.a = 1 } x", "x", "move `}`"),
        ("{ $.a = 1 ] }", "]", "`&&`"),
        ("$.a = 1", "$.a = 1", "`{ $.a = 1 }`"),
        ("($.a = 1) || ($.b = 2)\n", "($.a = 1) || ($.b = 2)", "`{ ($.a"),
        ("{ $.a = “x y” }", "“x y”", "`\"x y\"`"),
        ("{ $.a = 'x y' }", "'x y'", "`\"x y\"`"),
        ("{ $.a = ‘x }", "‘", "`\"\"`"),
        ("{ $.a = \"x }", "\"", "close it"),
        ("{ $.a = two words }", "words", "\"two words\""),
        ("{ $.a = arn:aws:iam::1:root }", "arn:aws:iam::1:root", "`\"arn:aws:iam::1:root\"`"),
        ("{ $.a = é }", "é", "`\"é\"`"),
        ("{ $.a < \"12\" }", "\"12\"", "without quotes: 12"),
        ("{ $.a >= abc }", "abc", "`= abc`"),
        ("{ $.a > 1* }", "1*", "`= 1*`"),
        ("{ $.a > }", "}", "number"),
        ("{ $.a = %x }", "%", "`%`"),
        ("{ $.a = %some(thing)% }", "(", "alternatives"),
        ("{ $.a = %a% || $.b = %b% || $.c = %c% }", "%c%", "`|`"),
        ("{ $.a[*].b[*] = 1 }", "[*]", "one condition for each"),
        ("{ $.a[*]=1||$.b.*=1||$.c[*]=1||$.d[*]=1 }", "$.d[*]", "split"),
        ("{ $.a.b:c = 1 }", ":c", "`.['b:c']`"),
        ("ERROR: x", "ERROR:", "`\"ERROR:\"`"),
        ("a - b", "-", "right after"),
        ("a \"b", "\"", "close it"),
        ("%a(b)%", "(", "alternatives"),
        ("[a, b", "[", "`]`"),
        ("[a, b = 1 && c = 2]", "c = 2", "commas"),
        ("[..., a, ...]", "...", "between the two"),
        ("[$.a = 1]", "$.a", "braces"),
        ("[a b]", "b", "quotes"),
        ("[]", "]", "`...`"),
        ("[a] x", "x", "move `]`"),
    ] {
        let (found, said) = refused(pattern);
        assert_eq!(found, place, "{pattern}");
        assert!(said.contains(help), "{pattern}: {said}");
    }
}

#[test]
fn a_pattern_may_have_1024_characters_and_groups_100_deep() {
    let long = |length: usize| format!("{{ $.a = \"{}\" }}", "é".repeat(length - 12));
    assert!(Pattern::read(&long(1024)).is_ok());
    assert!(refused(&long(1025)).1.contains("split"));
    let deep = |depth: usize| format!("{{{}$.a=1{}}}", "(".repeat(depth), ")".repeat(depth));
    assert!(Pattern::read(&deep(100)).is_ok());
    assert_eq!(refused(&deep(101)).0, "(");
}

/// What a pattern is warned about, with what it says to write instead.
fn warned(pattern: &str) -> Vec<(&str, String)> {
    let warnings = read(pattern).1;
    assert!(warnings.iter().all(|fault| fault.harmless));
    warnings.into_iter().map(|fault| (&pattern[fault.range.clone()], fault.help.unwrap_or_default())).collect()
}

#[test]
fn what_never_matches_is_taken_with_a_warning() {
    for (pattern, place, help) in [
        ("{ $.userIdentity.type = \"root\" }", "\"root\"", "\"Root\""),
        ("{ $.userIdentity.type = IamUser }", "IamUser", "\"IAMUser\""),
        ("{ $.userIdentity.type = Human }", "Human", "Root, IAMUser"),
        ("{ $.userIdentity.type = root* }", "root*", "Root, IAMUser"),
        ("{ $.eventType != \"AWSServiceEvent\" }", "\"AWSServiceEvent\"", "\"AwsServiceEvent\""),
        ("{ $.eventName = \"consolelogin\" }", "\"consolelogin\"", "\"ConsoleLogin\""),
        ("{ $.eventName = createThing }", "createThing", "\"CreateThing\""),
        ("{ $.eventName = \"Add\" }", "\"Add\"", "\"Add*\""),
        ("{ $.eventName = \"iam:CreateUser\" }", "\"iam:CreateUser\"", "\"iam.amazonaws.com\""),
        ("{ $.eventSource = iam }", "iam", "\"iam.amazonaws.com\""),
        ("{ $.eventSource = \"aws.s3\" }", "\"aws.s3\"", "\"s3.amazonaws.com\""),
        ("{ $.errorCode = UnauthorizedOperation }", "UnauthorizedOperation", "\"*UnauthorizedOperation\""),
        ("{ $.eventname = X }", "$.eventname", "`eventName`"),
        ("{ $.userIdentity.username = X }", "$.userIdentity.username", "`userName`"),
        ("{ $.readOnly = \"false\" }", "\"false\"", "`$.readOnly IS FALSE`"),
        ("{ $.a.b = true }", "true", "`IS TRUE`"),
        (
            "{ $.userIdentity.sessionContext.attributes.mfaAuthenticated IS FALSE }",
            "IS FALSE",
            "attributes.mfaAuthenticated = \"false\"`",
        ),
        ("{ $.errorCode != Throttled }", "$.errorCode != Throttled", "($.errorCode NOT EXISTS) || ($.errorCode != Thr"),
        ("{ $.sourceIPAddress = *111.111 }", "*111.111", "`%…$%`"),
        ("{ $.a is null }", "is", "`IS`"),
        (" { $.a = 1 }", " ", "take the space out"),
        ("?a b", "?a", "give every word"),
    ] {
        let found = warned(pattern);
        let fits = |(range, said): &(&str, String)| *range == place && said.contains(help);
        assert!(found.iter().any(fits), "{pattern}: {found:?}");
    }
}

#[test]
fn what_matches_is_taken_without_a_warning() {
    for pattern in [
        "{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != \"AwsServiceEvent\" }",
        "{ ($.errorCode = \"*UnauthorizedOperation\") || ($.errorCode = \"AccessDenied*\") }",
        "{ ($.errorCode NOT EXISTS) || ($.errorCode != \"x\") }",
        "{ $.userIdentity.sessionContext.attributes.mfaAuthenticated = true }",
        "{ $.userIdentity.type = Assumed* || $.eventName = Publish || $.eventSource = s3.amazonaws.com }",
        "{ $.requestParameters.publiclyAccessible IS TRUE || $.requestParameters.x = \"true\" }",
        "ERROR -\"x y\"",
        "[a, b = 1]",
    ] {
        assert_eq!(warned(pattern), [], "{pattern}");
    }
}

#[test]
fn a_pattern_is_explained_part_by_part() {
    let pattern = "{ $.count>100 &&\n ($.errorCode = \"Access*\" || $.tags[*] = green || $.x NOT   EXISTS) }";
    let subject = Subject::cloudtrail(RECORD).unwrap();
    let clauses = read(pattern).0.explain(&subject);
    let seen: Vec<_> = clauses.iter().map(|c| (c.depth, c.text.as_str(), c.holds, c.found.as_deref())).collect();
    assert_eq!(
        seen,
        [
            (0, "all of these", true, None),
            (1, "$.count > 100", true, Some("120")),
            (1, "any of these", true, None),
            (2, "$.errorCode = \"Access*\"", false, Some("\"Client.AccessDenied\"")),
            (2, "$.tags[*] = green", true, Some("\"green\"")),
            (2, "$.x NOT EXISTS", true, None),
        ]
    );
    assert_eq!(&pattern[clauses[3].range.clone()], "$.errorCode = \"Access*\"");
    let clauses = read("Console -Root").0.explain(&subject);
    let seen: Vec<_> = clauses.iter().map(|c| (c.depth, c.text.as_str(), c.holds)).collect();
    let expected = [
        (0, "all of these words", true),
        (1, "the line contains \"Console\"", true),
        (1, "the line does not contain \"Root\"", true),
    ];
    assert_eq!(seen, expected);
    let clauses = read("[a = x*, ...]").0.explain(&subject);
    let seen: Vec<_> = clauses.iter().map(|c| (c.depth, c.text.as_str(), c.holds, c.found.as_deref())).collect();
    assert_eq!(seen[2], (1, "a = x*", false, Some("\"{\"")));
}

#[test]
fn the_fields_that_a_pattern_asks_can_be_the_value_of_a_metric() {
    let (pattern, _) = read("{ $.count = * && $.count > 1 && $.groups[*].id = * }");
    let names: Vec<_> = pattern.selectors().into_iter().map(Selector::to_string).collect();
    assert_eq!(names, ["$.count", "$.groups[*].id"]);
    assert!(pattern.selectors().contains(&&Selector::read("$.count").unwrap()));
    let subject = Subject::cloudtrail(RECORD).unwrap();
    let numbers: Vec<_> = pattern.selectors().into_iter().map(|selector| selector.number(&subject)).collect();
    assert_eq!(numbers, [Some(120.0), Some(1.0)]);
}

#[test]
fn a_pattern_on_names_is_asked_about_these_alone() {
    let open = |pattern: &str| read(pattern).0.gate().is_open();
    assert!(!open("{ $.eventName = A || $.eventName = B* && $.x != 1 }"));
    assert!(!open("{ $.eventSource = \"a\" && ($.x = 1 || $.eventName = *) }"));
    for pattern in ["{ $.eventName != A }", "{ $.eventName = A || $.x = 1 }", "{ $.eventName = 1 }", "ConsoleLogin"] {
        assert!(open(pattern), "{pattern}");
    }
}

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
