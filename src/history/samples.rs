//! Events for the tests of the store.

use chrono::DateTime;

use crate::model::{Actor, ActorKind, Event, Outcome, Region, Severity};

/// An event to change as a test needs it.
pub(super) fn event() -> Event {
    Event {
        id: "e-1".into(),
        time: DateTime::UNIX_EPOCH,
        seen: DateTime::UNIX_EPOCH,
        region: Region::new("eu-west-1"),
        late: false,
        severity: Severity::Low,
        fired: None,
        read_only: false,
        actor: Actor { kind: ActorKind::User, name: "ana".into() },
        name: "CreateThing".into(),
        service: "thing".into(),
        target: "thing-1".into(),
        source_address: "192.0.2.1".into(),
        outcome: Outcome::Succeeded,
        record: "{}".into(),
    }
}

/// The event after a change.
pub(super) fn with(change: impl FnOnce(&mut Event)) -> Event {
    let mut event = event();
    change(&mut event);
    event
}
