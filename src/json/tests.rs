//! Trees against serde_json, and against whatever else a record may hold.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;

/// A CloudTrail record with what makes records awkward.
const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","a.b":[1.50,{"x":null}]},
 "requestParameters":{"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\"}]}"},
 "userAgent":"[Boto3\/1.26]","empty":{},"none":[],"eventName":"A","eventName":"\u0042"}"#;

/// The tree as lines, the rows that show only.
fn drawn(tree: &Tree) -> Vec<String> {
    let mut lines = Vec::new();
    let mut at = Some(0);
    while let Some(row) = at {
        let key = tree.key(row).map(|key| format!("{key}: ")).unwrap_or_default();
        let value = match tree.row(row).kind {
            Kind::Object | Kind::Array if tree.is_folded(row) => format!("… {}", tree.row(row).children),
            Kind::Object => "{".to_owned(),
            Kind::Array => "[".to_owned(),
            Kind::Broken => format!("BROKEN {}", tree.value(row)),
            _ => tree.value(row).to_owned(),
        };
        let comma = if tree.has_comma(row) { "," } else { "" };
        lines.push(format!("{:1$}{key}{value}{comma}", "", tree.row(row).depth as usize * 2));
        at = tree.next_visible(row);
    }
    lines
}

/// The value of a row, made from the rows alone.
fn value(tree: &Tree, at: RowNo) -> Value {
    let mut children = Vec::new();
    let mut child = tree.first_child(at);
    while let Some(at) = child {
        children.push(at);
        child = tree.next_sibling(at);
    }
    match tree.row(at).kind {
        Kind::Object => {
            let pair = |&at: &RowNo| (tree.decoded_key(at).unwrap_or_default().into_owned(), value(tree, at));
            Value::Object(children.iter().map(pair).collect::<Map<_, _>>())
        }
        Kind::Array => children.iter().map(|&at| value(tree, at)).collect(),
        Kind::String | Kind::Embedded => tree.decoded_value(at).into(),
        _ => serde_json::from_str(tree.value(at)).expect("a scalar as written"),
    }
}

/// What must hold of every tree, however broken its text.
fn check(tree: &Tree) {
    assert!(!tree.is_empty());
    let mut down = vec![0];
    while let Some(next) = tree.next_visible(down[down.len() - 1]) {
        down.push(next);
    }
    let mut up = vec![tree.last_visible()];
    while let Some(next) = tree.previous_visible(up[up.len() - 1]) {
        up.push(next);
    }
    up.reverse();
    assert_eq!(up, down, "{:?}", tree.text());
    for at in 0..tree.len() {
        let shows = down.binary_search(&at).is_ok();
        assert_eq!(tree.visible(at) == at, shows, "row {at} of {:?}", tree.text());
        tree.path(at);
        tree.copied_value(at);
        if let Some(parent) = tree.parent(at) {
            assert!(parent < at && tree.row(parent).kind.opens());
            assert!(tree.pair(parent).is_some_and(|pair| pair >= at));
        }
    }
}

fn row_with_path(tree: &Tree, path: &str) -> RowNo {
    (0..tree.len()).find(|&at| tree.path(at) == path).unwrap_or_else(|| panic!("no row {path}"))
}

#[test]
fn a_record_shows_as_it_was_written() {
    let mut tree = Tree::parse(RECORD);
    check(&tree);
    let policy = row_with_path(&tree, ".requestParameters.policyDocument");
    tree.set_folded(policy, false);
    check(&tree);
    let lines = drawn(&tree);
    for line in [
        r#"      1.50,"#,
        r#"  "userAgent": "[Boto3\/1.26]","#,
        r#"  "eventName": "A","#,
        r#"  "eventName": "\u0042""#,
        r#"      {"#,
        r#"        "Version": "2012-10-17","#,
    ] {
        assert!(lines.iter().any(|drawn| drawn == line), "{line} in {lines:#?}");
    }
}

#[test]
fn folding_hides_what_is_inside_and_nothing_else() {
    let mut tree = Tree::parse(r#"{"a":[1,[2,3]],"b":{}}"#);
    tree.fold_to(1);
    assert_eq!(drawn(&tree), ["{", "  \"a\": … 2,", "  \"b\": {", "  }", "}"]);
    tree.fold_to(0);
    assert_eq!(drawn(&tree), ["… 2"]);
    tree.reveal(row_with_path(&tree, ".a[1]"));
    assert_eq!(drawn(&tree)[1..5], ["  \"a\": [", "    1,", "    … 2", "  ],"]);
    let open = tree.toggle(0);
    let close = tree.pair(open).unwrap();
    assert_eq!((drawn(&tree).len(), tree.visible(close)), (1, 0));
    tree.unfold_all();
    assert_eq!(tree.toggle(close), 0);
}

#[test]
fn a_path_is_one_that_jq_takes() {
    let mut tree = Tree::parse(RECORD);
    tree.unfold_all();
    for path in [
        ".",
        r#".userIdentity["a.b"][1].x"#,
        ".requestParameters.policyDocument | fromjson | .",
        ".requestParameters.policyDocument | fromjson | .Statement[0].Action",
    ] {
        row_with_path(&tree, path);
    }
    let odd = Tree::parse("[{\"\\(env)\u{202e}\":1}]");
    assert_eq!(odd.path(2), ".[0][\"\\\\(env)\\u202e\"]");
    let top = Tree::parse(r#"{"a b":{"c":1}}"#);
    assert_eq!(top.path(2), r#".["a b"].c"#);
}

#[test]
fn a_string_is_copied_as_what_it_says_and_a_container_as_written() {
    let tree = Tree::parse(r#"{"a":"x\ny","b":[1, 2]}"#);
    assert_eq!(tree.copied_value(row_with_path(&tree, ".a")), "x\ny");
    assert_eq!(tree.copied_value(row_with_path(&tree, ".b")), "[1, 2]");
    assert_eq!(tree.copied_value(0), tree.text());
}

#[test]
fn what_is_broken_shows_as_far_as_it_goes() {
    for (text, offset, reason, last) in [
        ("", 0, "the text ends too early", "BROKEN "),
        ("{\"a\":1,\"b\":tru", 11, "a value, a bracket or a comma", "  \"b\": BROKEN tru"),
        ("{\"a\":1,\"b", 7, "the string has no end", "  BROKEN \"b"),
        ("[1,]", 3, "a value should stand here", "  BROKEN ]"),
        ("[1}", 2, "a comma or a closing bracket", "  BROKEN }"),
        ("{\"a\" 1}", 5, "a colon should stand here", "  \"a\": BROKEN 1}"),
        ("{} x", 3, "a value, a bracket or a comma", "BROKEN x"),
        ("{}{}", 2, "the text goes on", "BROKEN {}"),
        ("[01]", 1, "no number that JSON knows", "  BROKEN 01]"),
    ] {
        let tree = Tree::parse(text);
        check(&tree);
        let problem = tree.problem().unwrap_or_else(|| panic!("{text} is JSON"));
        assert_eq!(problem.offset, offset, "{text}");
        assert!(problem.reason.contains(reason), "{text}: {problem}");
        assert_eq!(drawn(&tree).last().map(String::as_str), Some(last), "{text}");
    }
}

#[test]
fn a_search_finds_keys_and_values_below_folds_and_goes_around() {
    let mut tree = Tree::parse(RECORD);
    let search = Search::new(&tree, Pattern::new("action").unwrap());
    assert_eq!(search.len(), 1);
    let found = search.next(0).unwrap();
    assert_ne!(tree.visible(found), found);
    tree.reveal(found);
    assert_eq!(tree.visible(found), found);
    let names = Search::new(&tree, Pattern::new("eventname").unwrap());
    let (first, last) = (names.next(0).unwrap(), names.previous(0).unwrap());
    assert_eq!((names.len(), names.next(last), names.previous(first)), (2, Some(first), Some(last)));
    assert_eq!(names.index_of(last), Some(1));
    assert!(Search::new(&tree, Pattern::new("EVENTname").unwrap()).is_empty());
    assert_eq!(Search::new(&tree, Pattern::new("B").unwrap()).len(), 2);
    assert!(Pattern::new("").is_none());
}

#[test]
fn nesting_of_any_depth_is_read_without_a_deep_stack() {
    for text in
        ["[".repeat(100_000), format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), "{\"a\":".repeat(100_000)]
    {
        let mut tree = Tree::parse(text);
        assert!(tree.len() > 100_000);
        let last = tree.last_visible();
        assert!(tree.path(last - 1).len() > 1);
        tree.fold_to(3);
        tree.reveal(last);
        assert_eq!(tree.visible(last), last);
    }
}

#[test]
fn json_in_strings_in_strings_ends_somewhere() {
    let mut text = "{\"end\":1}".to_owned();
    for _ in 0..8 {
        text = format!("{{\"in\":{}}}", Value::from(text));
    }
    let mut tree = Tree::parse(text);
    check(&tree);
    tree.unfold_all();
    check(&tree);
    // The record itself and four levels of strings.
    assert_eq!(drawn(&tree).iter().filter(|line| line.contains("\"in\":")).count(), 5);
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f32>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("{\"a\":[1,\"[2]\"]}")),
        Just(Value::from(" [broken")),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_reads_is_read_alike(json in json(), pretty in any::<bool>(), level in 0..4_u32) {
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
        let mut tree = Tree::parse(text.expect("a value"));
        prop_assert_eq!(tree.problem(), None);
        // serde_json reads a number as the nearest it can hold; so does the value made from rows.
        prop_assert_eq!(value(&tree, 0), serde_json::from_str::<Value>(tree.text()).expect("its own text"));
        check(&tree);
        tree.fold_to(level);
        check(&tree);
        tree.unfold_all();
        check(&tree);
    }

    #[test]
    fn no_text_makes_a_tree_panic(text in "[\\[\\]{}:,\"\\\\0-9eE.+a-u -]{0,60}|.{0,40}", level in 0..4_u32) {
        let mut tree = Tree::parse(text.clone());
        check(&tree);
        tree.fold_to(level);
        check(&tree);
        // Lone surrogates and control characters pass here, because they can be shown.
        prop_assert!(serde_json::from_str::<Value>(&text).is_err() || tree.problem().is_none());
    }

    #[test]
    fn a_record_with_a_few_bytes_changed_is_still_shown(
        changes in prop::collection::vec((0..RECORD.len(), "[\\[\\]{}:,\"\\\\u0-]{0,3}"), 1..4),
        toggled in prop::collection::vec(0..60_usize, 0..8),
    ) {
        let mut text = RECORD.to_owned();
        for (at, new) in changes {
            let at = text.floor_char_boundary(at);
            let end = text.ceil_char_boundary((at + 1).min(text.len()));
            text.replace_range(at..end, &new);
        }
        let mut tree = Tree::parse(text);
        for at in toggled {
            tree.toggle(at % tree.len());
        }
        check(&tree);
    }
}
