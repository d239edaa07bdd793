//! A short JSON text in lines, as it was written: each field on its own, a list of plain values on one.

use crate::json::{Kind, RowNo, Tree};

/// A list with a longer text has a line for each value.
const WIDEST_LIST: usize = 100;
/// Deeper fields are not moved further to the right.
const MOST_INDENT: usize = 20;

/// The lines of a JSON text; of what is none, as far as it is.
pub fn pretty(text: &str) -> Vec<String> {
    let tree = Tree::parse(text);
    let (mut lines, mut at) = (Vec::new(), 0);
    while at < tree.len() {
        let row = tree.row(at);
        let last =
            if is_short_list(&tree, at) || row.kind == Kind::Embedded { tree.pair(at).unwrap_or(at) } else { at };
        let value = match (row.kind, last == at) {
            (Kind::Object, true) => "{",
            (Kind::Array, true) => "[",
            _ => tree.value(at),
        };
        let key = tree.key(at).map_or_else(String::new, |key| format!("{key}: "));
        let follows = !row.kind.opens() || last > at;
        let comma = if follows && tree.next_sibling(at).is_some() { "," } else { "" };
        lines.push(format!("{:indent$}{key}{value}{comma}", "", indent = 2 * (row.depth as usize).min(MOST_INDENT)));
        at = last + 1;
    }
    lines
}

/// Whether a list holds only plain values and is short enough for one line.
fn is_short_list(tree: &Tree, at: RowNo) -> bool {
    let (row, value) = (tree.row(at), tree.value(at));
    let Some(end) = tree.pair(at) else { return false };
    let plain = |at: RowNo| !tree.row(at).kind.opens() && tree.row(at).kind != Kind::Broken;
    row.kind == Kind::Array && value.len() <= WIDEST_LIST && !value.contains('\n') && (at + 1..=end).all(plain)
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn a_pattern_has_a_line_for_each_field() {
        let pattern = r#"{"source":["aws.iam"],"detail":{"n":[{"numeric":[">=",4.0]}],"s":["a", "b"]}}"#;
        let lines = [
            "{",
            r#"  "source": ["aws.iam"],"#,
            r#"  "detail": {"#,
            r#"    "n": ["#,
            "      {",
            r#"        "numeric": [">=",4.0]"#,
            "      }",
            "    ],",
            r#"    "s": ["a", "b"]"#,
            "  }",
            "}",
        ];
        assert_eq!(pretty(pattern), lines);
    }

    #[test]
    fn what_is_no_json_is_shown_as_far_as_it_goes() {
        assert!(pretty(r#"{"a":["b"#).join(" ").contains("\"b"));
        assert_eq!(pretty("").len(), 1);
        assert!(!pretty(&"[".repeat(5_000)).is_empty());
    }
}
