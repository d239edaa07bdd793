//! The texts of an event that a search looks into.

use crate::model::Event;

/// A text of an event: each block keeps those of a column together, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    Actor,
    Name,
    Service,
    Target,
    Address,
    /// The error code; empty when the call succeeded.
    Code,
    Region,
}

impl Column {
    pub const COUNT: usize = 7;

    /// Every column.
    pub const ALL: [Column; Column::COUNT] =
        [Column::Actor, Column::Name, Column::Service, Column::Target, Column::Address, Column::Code, Column::Region];

    pub(super) fn of(self, event: &Event) -> &str {
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
