//! The fields of the filter language: one table that the parser, the help and the completion read.

use super::super::row::Column;
use crate::model::{ActorKind, Severity};

/// A field as it is written before a colon.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    /// Shorter or other names of the same field.
    pub aliases: &'static [&'static str],
    /// A term that uses it.
    pub example: &'static str,
    /// What the term asks for, as the help says it.
    pub meaning: &'static str,
    pub(super) takes: Takes,
}

/// What stands after a field's colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// A text of a column.
    Text(Column),
    /// An address, the start of one, or a network.
    Address,
    /// An error code, or nothing for any error.
    Error,
    Severity,
    Kind,
    Late,
    /// `yes` for events that a rule matched.
    Fired,
    /// `yes` for calls that only read.
    Read,
    /// `yes` for calls that change something.
    Write,
    Id,
    Record,
}

/// Every field, in the order of the help.
pub const FIELDS: &[Field] = &[
    field("user", &["actor", "who"], "user:ana", "who did it", Takes::Text(Column::Actor)),
    field("event", &["name"], "event:Put*Policy", "the name of the call", Takes::Text(Column::Name)),
    field("service", &["svc"], "svc:iam,sts", "the service called", Takes::Text(Column::Service)),
    field("target", &["on"], "target:backup", "what it was done to", Takes::Text(Column::Target)),
    field(
        "ip",
        &["from", "source"],
        "ip:10.0.0.0/8",
        "the address it came from, its start, or its network",
        Takes::Address,
    ),
    field("err", &["error"], "err:AccessDenied", "the error code; err:* for any error", Takes::Error),
    field("region", &[], "region:us-east-1", "the Region", Takes::Text(Column::Region)),
    field("severity", &["sev"], "sev:high", "this severity and above", Takes::Severity),
    field("kind", &[], "kind:root,user", "the kind of identity", Takes::Kind),
    field("late", &[], "late:yes", "events that came late", Takes::Late),
    field("fired", &["alert"], "fired:yes", "events that a rule matched", Takes::Fired),
    field("read", &[], "read:no", "calls that only read", Takes::Read),
    field("write", &[], "write:yes", "calls that change something", Takes::Write),
    field("id", &[], "id:875240ac", "the event's id", Takes::Id),
    field("json", &["record"], "json:MFAUsed", "the text of the record", Takes::Record),
];

const fn field(
    name: &'static str,
    aliases: &'static [&'static str],
    example: &'static str,
    meaning: &'static str,
    takes: Takes,
) -> Field {
    Field { name, aliases, example, meaning, takes }
}

impl Field {
    /// The field with this name or alias, in any case.
    pub fn named(name: &str) -> Option<&'static Field> {
        FIELDS.iter().find(|field| field.names().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// The name and the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// The words that may follow the colon; empty when any text may.
    pub fn values(&self) -> Vec<&'static str> {
        match self.takes {
            Takes::Severity => Severity::ALL.iter().map(|severity| severity.as_str()).collect(),
            Takes::Kind => KINDS.iter().map(|kind| kind.as_str()).collect(),
            Takes::Late | Takes::Fired | Takes::Read | Takes::Write => vec!["yes", "no"],
            Takes::Text(_) | Takes::Address | Takes::Error | Takes::Id | Takes::Record => Vec::new(),
        }
    }
}

pub(super) const KINDS: [ActorKind; 7] = [
    ActorKind::Root,
    ActorKind::User,
    ActorKind::Role,
    ActorKind::Federated,
    ActorKind::Service,
    ActorKind::Account,
    ActorKind::Unknown,
];
