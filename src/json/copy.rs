//! What is copied from a tree: paths and values.

use std::fmt::Write;

use super::{
    row::{Kind, RowNo},
    tree::Tree,
};
use crate::model::text::visible_json;

impl Tree {
    /// The path to a row, as jq takes it: `.userIdentity.sessionContext["a.b"][0]`, and through a string that holds
    /// JSON `.requestParameters.policyDocument | fromjson | .Statement[0]`.
    pub fn path(&self, at: RowNo) -> String {
        let mut steps = Vec::new();
        let mut up = Some(self.value_of(at));
        while let Some(at) = up {
            steps.push(at);
            up = self.parent(at);
        }
        let mut path = String::new();
        let mut starts = true;
        for at in steps.into_iter().rev() {
            let row = self.row(at);
            let parent = self.parent(at).map(|parent| self.row(parent).kind);
            match (self.decoded_key(at), parent) {
                (Some(key), _) => push_key(&mut path, &key, starts),
                (None, Some(Kind::Array)) => {
                    let dot = if starts { "." } else { "" };
                    let _ = write!(path, "{dot}[{}]", row.index);
                }
                (None, Some(Kind::Embedded)) => path.push_str(" | fromjson | "),
                (None, _) => {}
            }
            starts = path.is_empty() || parent == Some(Kind::Embedded);
        }
        if starts {
            path.push('.');
        }
        path
    }

    /// The value of a row as it is copied: a string as what it says, anything else as written.
    pub fn copied_value(&self, at: RowNo) -> String {
        self.decoded_value(self.value_of(at)).into_owned()
    }
}

/// Adds `.key`, or `["key"]` when it is no identifier. The quoted form is written anew: what an attacker writes as an
/// escape that JSON does not know could be code to jq.
fn push_key(path: &mut String, key: &str, starts: bool) {
    let is_name = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match is_name {
        true => _ = write!(path, ".{key}"),
        false => {
            let quoted = serde_json::Value::from(key).to_string();
            _ = write!(path, "{}[{}]", if starts { "." } else { "" }, visible_json(&quoted));
        }
    }
}
