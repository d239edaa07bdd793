//! Takes out of an error what stands in the config and must not be printed.

use crate::config::{ConfigError, Written};

/// Settings of channels whose values are nobody's secret.
const HARMLESS: [&str; 14] = [
    "kind",
    "on",
    "floor",
    "quiet",
    "quiet-except",
    "rate",
    "kinds",
    "topic",
    "format",
    "secret-env",
    "secret-file",
    "run",
    "path",
    "",
];

/// The error without the value on its line, when the line is of a channel and may hold an address or a secret.
pub fn redact(error: ConfigError, text: &str) -> ConfigError {
    match error {
        ConfigError::Wrong { mut at, message } if may_tell(&at, text) => {
            let key = at.excerpt.split_once('=').map_or(String::new(), |(key, _)| format!("{}= ", key));
            at.excerpt = key + "…";
            ConfigError::Wrong { at, message: without_value(&message) }
        }
        error => error,
    }
}

fn may_tell(at: &Written, text: &str) -> bool {
    let before: Vec<&str> = text.lines().take(at.line).collect();
    let table = before.iter().rev().find(|line| line.trim_start().starts_with('['));
    let in_notify = table.is_none_or(|table| table.contains("notify"));
    let key = at.excerpt.split_once('=').map(|(key, _)| key.trim());
    // A line without a key may be part of a longer text; a header of a table is not.
    let is_table = at.excerpt.trim_start().starts_with('[');
    let is_harmless = is_table || key.is_some_and(|key| HARMLESS.contains(&key));
    in_notify && !is_harmless && before.iter().any(|line| line.contains("channels"))
}

/// `the text "…" stands where a table belongs` without the text.
fn without_value(message: &str) -> String {
    match (message.starts_with("the text \""), message.rfind("\" stands where ")) {
        (true, Some(end)) => format!("a text{}", &message[end + 1..]),
        _ => message.to_owned(),
    }
}
