//! What filter patterns mean, case by case; the recorded answers of AWS are asked for in `tests/it/conformance`.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod random;

use super::*;

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
