//! Notices and messages for tests.

use crate::model::{Delivery, Message, Notice, NoticeKind, Severity, Time};

/// So many seconds after Saturday, 21 November 2026, 09:00 UTC.
pub fn at(second: i64) -> Time {
    Time::from_timestamp(1_795_251_600 + second, 0).unwrap_or_default()
}

/// An alert.
pub fn notice(key: &str, severity: Severity) -> Notice {
    Notice {
        key: key.to_owned(),
        kind: NoticeKind::Alert,
        severity,
        title: format!("title of {key}"),
        text: String::new(),
        subject: key.to_owned(),
        rule: "a-rule".to_owned(),
        account: "111122223333".to_owned(),
        region: None,
        time: at(0),
        count: 1,
        channels: Vec::new(),
    }
}

/// A message of the channel `desktop` that waits.
pub fn message(id: i64, made: Time) -> Message {
    Message {
        id,
        channel: "desktop".to_owned(),
        notice: notice(&format!("alert/{id}"), Severity::Medium),
        made,
        state: Delivery::Waiting { due: made },
        tries: 0,
        said: String::new(),
    }
}
