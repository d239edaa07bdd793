//! Events for the tests of the store.

use crate::model::{
    Actor, ActorKind, Alert, AlertState, Delivery, Event, Message, Notice, NoticeKind, Outcome, Region, Severity, Time,
};

/// A time, in seconds after an hour in 2023.
pub(super) fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

/// The event with this number, which happened so many seconds after [`at`]'s.
pub(super) fn event(n: u64) -> Event {
    let id = format!("{n:08x}-ca15-4b73-9e51-0a2b5e4f2d11");
    Event {
        time: at(n as i64),
        seen: at(n as i64 + 60),
        region: Region::new(["eu-west-1", "us-east-1"][(n % 2) as usize]),
        late: n % 10 == 3,
        severity: Severity::ALL[(n % 5) as usize],
        fired: n.is_multiple_of(7).then_some(Severity::High),
        read_only: n.is_multiple_of(3),
        actor: Actor { kind: ActorKind::Role, name: format!("role-{}/session-{}", n % 7, n % 101) },
        name: ["DescribeThings", "PutThing", "DeleteThing"][(n % 3) as usize].into(),
        service: ["things", "iam"][(n % 2) as usize].into(),
        target: format!("thing-{n}"),
        source_address: format!("10.0.{}.{}", n / 250, n % 250),
        outcome: if n % 20 == 5 { Outcome::Denied("AccessDenied".into()) } else { Outcome::Succeeded },
        record: format!(r#"{{"eventID":"{id}","requestID":"r-{:016x}","userAgent":"agent"}}"#, n * 0x9e37_79b9_7f4a),
        id,
    }
}

/// The events with these numbers.
pub(super) fn events(numbers: std::ops::Range<u64>) -> Vec<Event> {
    numbers.map(event).collect()
}

/// An open alert.
pub(super) fn alert(id: &str, seconds: i64) -> Alert {
    Alert {
        id: id.into(),
        rule: "root-use".into(),
        severity: Severity::High,
        message: "root did it".into(),
        first: at(seconds),
        last: at(seconds),
        raised: at(seconds),
        count: 1,
        events: vec!["e-1".into()],
        late: false,
        state: AlertState::Open,
    }
}

/// A message that waits.
pub(super) fn message(channel: &str, key: &str, seconds: i64) -> Message {
    let notice = Notice {
        key: key.into(),
        kind: NoticeKind::RestoreExpiring,
        severity: Severity::High,
        title: "a restore expires".into(),
        text: String::new(),
        subject: "s3://archive/tape".into(),
        rule: String::new(),
        account: "111122223333".into(),
        region: Some(Region::new("eu-west-1")),
        time: at(seconds),
        count: 1,
        channels: Vec::new(),
    };
    let (made, state) = (at(seconds), Delivery::Waiting { due: at(seconds) });
    Message { id: 0, channel: channel.into(), notice, made, state, tries: 0, said: String::new() }
}
