//! Messages for the tests of channels.

use crate::model::{Delivery, Message, Notice, NoticeKind, Region, Severity, Time};

/// What an attacker may write into a user agent.
pub const EVIL: &str =
    "<!channel> *bold* [x](http://evil) @everyone \u{1b}]0;x\u{7} \r\nX-Injected: 1 </b> & <a href=\"x\">";

/// A message whose every text is hostile.
pub fn hostile() -> Message {
    let time: Time = "2026-11-21T18:00:00Z".parse().unwrap();
    let notice = Notice {
        key: format!("alert {EVIL}"),
        kind: NoticeKind::Alert,
        severity: Severity::Critical,
        title: format!("Root signed in from {EVIL}"),
        text: format!("first line\nagent {EVIL}\nlast line"),
        subject: EVIL.to_owned(),
        rule: "root-sign-in".to_owned(),
        account: "111122223333".to_owned(),
        region: Some(Region::new("us-east-1")),
        time,
        count: 1,
        channels: Vec::new(),
    };
    Message {
        id: 7,
        channel: "oncall".to_owned(),
        notice,
        made: time,
        state: Delivery::Waiting { due: time },
        tries: 0,
        said: String::new(),
    }
}
