//! What AWS refuses, and what it takes and never matches, with what to write instead.

use super::*;

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
        ("{ $.sourceIPAddress = \"10.20.0.0/16\" }", "\"10.20.0.0/16\"", "\"10.20.*\""),
        ("{ $.sourceIPAddress = \"2001:db8::/24\" }", "\"2001:db8::/24\"", "`%^10"),
        ("{ $.detail.eventName = X }", "$.detail.eventName", "`$.eventName`"),
        ("{ $.a = x && ($.b = 1) && $.a = y }", "$.a = y", "`||`"),
        ("{ $.a = 1 || ($.a != x || $.a != y) }", "$.a != y", "`&&`"),
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
        "{ ($.a = x || $.a = y) && $.b != x && $.b != y && $.c[*] = x && $.c[*] = y && $.d = x && $.d = x }",
        "ERROR -\"x y\"",
        "[a, b = 1]",
    ] {
        assert_eq!(warned(pattern), [], "{pattern}");
    }
}
