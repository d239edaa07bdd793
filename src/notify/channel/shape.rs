//! A message as JSON: what a webhook, a command and the log are given.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::words;
use crate::model::{Message, text::visible_json};

/// A message as one JSON object in one line, in which no character steers a terminal.
///
/// | member | |
/// | --- | --- |
/// | `key` | names the fact |
/// | `idempotency_key` | the same on every try, as in the header: `key`, or its digest where it is no word |
/// | `kind` | `alert`, `alarm`, `restore-expiring` … |
/// | `severity` | `info`, `low`, `medium`, `high`, `critical` |
/// | `title`, `text` | what happened, in one line and in more; parts of both are chosen by whoever made a call |
/// | `subject` | the alert, alarm, object or source that it is about |
/// | `rule`, `account` | may be empty |
/// | `region` | null where there is none |
/// | `time` | RFC 3339, when it happened; for a deadline, the deadline |
/// | `count` | how many equal facts it stands for |
/// | `channel` | the channel's name |
pub fn text(message: &Message) -> String {
    visible_json(&object(message).to_string()).into_owned()
}

/// The same, to be added to.
pub fn object(message: &Message) -> Value {
    let notice = &message.notice;
    json!({
        "key": notice.key,
        "idempotency_key": words::idempotency(&notice.key),
        "kind": notice.kind.as_str(),
        "severity": notice.severity,
        "title": notice.title,
        "text": notice.text,
        "subject": notice.subject,
        "rule": notice.rule,
        "account": notice.account,
        "region": notice.region.as_ref().map(|region| region.as_str()),
        "time": notice.time.to_rfc3339_opts(SecondsFormat::Millis, true),
        "count": notice.count,
        "channel": message.channel,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::text::is_unsafe, notify::channel::samples};

    #[test]
    fn hostile_text_stays_what_it_was_and_reaches_no_terminal() {
        let message = samples::hostile();
        let said = text(&message);
        assert!(!said.contains(is_unsafe), "{said}");
        let read: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(read["title"], message.notice.title);
        assert_eq!(read["text"], message.notice.text);
        assert_eq!((read["kind"].as_str(), read["severity"].as_str()), (Some("alert"), Some("critical")));
        assert_eq!(
            (read["region"].as_str(), read["time"].as_str()),
            (Some("us-east-1"), Some("2026-11-21T18:00:00.000Z"))
        );
    }
}
