//! The event pattern that asks for some fields of a record.

use serde_json::Value as Json;

use super::Leaf;

/// What stands before each level.
const INDENT: &str = "  ";

/// A key of the pattern with what is in it.
enum Node<'a> {
    Inner(Vec<(&'a str, Node<'a>)>),
    /// The values, one of which an event must have.
    Values(Vec<&'a str>),
}

/// The pattern that wants each field to have the value, and of several values of one field one of them.
pub fn pattern(leaves: &[&Leaf]) -> String {
    let mut fields = Vec::new();
    for leaf in leaves {
        add(&mut fields, &leaf.keys, &leaf.value);
    }
    let mut text = String::from("{\n");
    let detail = [("detail", Node::Inner(fields))];
    write(&detail, 1, &mut text);
    text.push_str("\n}");
    text
}

fn add<'a>(mut fields: &mut Vec<(&'a str, Node<'a>)>, keys: &'a [String], value: &'a str) {
    let Some((last, way)) = keys.split_last() else { return };
    for key in way {
        let at = position(fields, key, || Node::Inner(Vec::new()));
        let Node::Inner(inner) = &mut fields[at].1 else { return };
        fields = inner;
    }
    let at = position(fields, last, || Node::Values(Vec::new()));
    if let Node::Values(values) = &mut fields[at].1
        && !values.contains(&value)
    {
        values.push(value);
    }
}

/// Where a key stands, at the end if it is new.
fn position<'a>(fields: &mut Vec<(&'a str, Node<'a>)>, key: &'a str, new: impl Fn() -> Node<'a>) -> usize {
    fields.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
        fields.push((key, new()));
        fields.len() - 1
    })
}

// The depth of the fields is bounded where they are listed.
fn write(fields: &[(&str, Node<'_>)], depth: usize, text: &mut String) {
    for (at, (key, node)) in fields.iter().enumerate() {
        if at > 0 {
            text.push_str(",\n");
        }
        text.push_str(&INDENT.repeat(depth));
        text.push_str(&crate::model::text::visible_json(&Json::from(*key).to_string()));
        text.push_str(": ");
        match node {
            Node::Values(values) => text.push_str(&format!("[{}]", values.join(", "))),
            Node::Inner(inner) => {
                text.push_str("{\n");
                write(inner, depth + 1, text);
                text.push_str(&format!("\n{}}}", INDENT.repeat(depth)));
            }
        }
    }
}
