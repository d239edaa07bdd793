//! What names an event in the history, and what a list shows of it.

use crate::model::{ActorKind, Event, Outcome, Severity, Time};

/// Names an event in a [`History`](super::History) until it is evicted.
///
/// Given in the order of arrival. After four billion events the numbers start anew, which is why ids are compared by
/// [`RowId::came_before`] alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowId(pub(in crate::history) u32);

impl RowId {
    /// Whether this event was taken in before the other. Holds for ids less than two billion events apart.
    pub fn came_before(self, other: RowId) -> bool {
        (self.0.wrapping_sub(other.0) as i32) < 0
    }
}

/// Where an event stands in the order that the history is read in: by time, then by arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub time: Time,
    pub id: RowId,
}

impl Key {
    pub fn is_before(self, other: Key) -> bool {
        self.time < other.time || self.time == other.time && self.id.came_before(other.id)
    }
}

/// The fields of an event that a list shows, borrowed from the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    pub id: RowId,
    pub time: Time,
    pub seen: Time,
    pub region: &'a str,
    pub late: bool,
    pub severity: Severity,
    /// The weightiest rule that it fired.
    pub fired: Option<Severity>,
    pub read_only: bool,
    pub actor_kind: ActorKind,
    pub actor: &'a str,
    pub name: &'a str,
    pub service: &'a str,
    pub target: &'a str,
    pub source_address: &'a str,
    pub ending: Ending,
    /// The error code; empty when the call succeeded.
    pub code: &'a str,
}

/// The fields of an event that are of a fixed size, for filters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub late: bool,
    /// A rule matched it.
    pub fired: bool,
    pub severity: Severity,
    pub read_only: bool,
    pub actor_kind: ActorKind,
    pub ending: Ending,
}

impl From<&Event> for Facts {
    fn from(event: &Event) -> Self {
        Self {
            late: event.late,
            fired: event.fired.is_some(),
            severity: event.severity,
            read_only: event.read_only,
            actor_kind: event.actor.kind,
            ending: Ending::from(&event.outcome),
        }
    }
}

/// How a call ended: [`Outcome`] without its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    Succeeded,
    Denied,
    Failed,
}

impl Ending {
    /// The outcome with its code.
    pub fn with_code(self, code: &str) -> Outcome {
        match self {
            Ending::Succeeded => Outcome::Succeeded,
            Ending::Denied => Outcome::Denied(code.to_owned()),
            Ending::Failed => Outcome::Failed(code.to_owned()),
        }
    }
}

impl From<&Outcome> for Ending {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Ending::Succeeded,
            Outcome::Denied(_) => Ending::Denied,
            Outcome::Failed(_) => Ending::Failed,
        }
    }
}

/// The texts of a row that are kept once per segment and that a filter looks into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Actor,
    Name,
    Service,
    Target,
    Address,
    Code,
    Region,
}

impl Column {
    pub const COUNT: usize = 7;
    pub const ALL: [Column; Column::COUNT] =
        [Column::Actor, Column::Name, Column::Service, Column::Target, Column::Address, Column::Code, Column::Region];

    pub fn of_event(self, event: &Event) -> &str {
        match self {
            Column::Actor => &event.actor.name,
            Column::Name => &event.name,
            Column::Service => &event.service,
            Column::Target => &event.target,
            Column::Address => &event.source_address,
            Column::Code => event.outcome.code(),
            Column::Region => event.region.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrival_goes_on_when_the_numbers_start_anew() {
        assert!(RowId(u32::MAX - 1).came_before(RowId(3)));
        assert!(!RowId(3).came_before(RowId(u32::MAX - 1)));
        assert!(!RowId(3).came_before(RowId(3)));
    }
}
