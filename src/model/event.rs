//! One thing that happened in the account, as CloudTrail tells it.

use super::{Region, Severity, Time};

/// A CloudTrail event with the fields that a row shows, and its record as received.
///
/// Every text here was chosen by whoever made the call. It is kept as it came; whoever shows it makes it safe first
/// (see [`super::text`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// CloudTrail's `eventID`, a UUID in every record that CloudTrail writes itself.
    pub id: String,
    /// When it happened, to the second.
    pub time: Time,
    /// When trailwatch first saw it.
    pub seen: Time,
    /// The record's `awsRegion`, or the Region that was asked when the record names none.
    pub region: Region,
    /// It came when the feed had already shown what happened well after it.
    pub late: bool,
    /// How much it matters at first sight.
    pub severity: Severity,
    /// The weightiest rule that it fired; `None` when none did, or before the rules were asked.
    pub fired: Option<Severity>,
    /// The call only read.
    pub read_only: bool,
    /// Who did it.
    pub actor: Actor,
    /// `eventName`, such as `PutBucketPolicy`.
    pub name: String,
    /// `eventSource` without `.amazonaws.com`, such as `s3`.
    pub service: String,
    /// What it was done to, as short as it can be said; may be empty.
    pub target: String,
    /// `sourceIPAddress`: an address, or the name of an AWS service.
    pub source_address: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The record as received: JSON, unless somebody broke it.
    pub record: String,
}

/// One human name over all kinds of identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// The user's name, `role/session`, `root`, the service's name; may be empty.
    pub name: String,
}

/// The kind of `userIdentity`, as far as it matters for reading a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ActorKind {
    Root,
    User,
    Role,
    Federated,
    Service,
    /// Another account, named by its id.
    Account,
    #[default]
    Unknown,
}

impl ActorKind {
    /// The word used in filters and in the detail.
    pub fn as_str(self) -> &'static str {
        match self {
            ActorKind::Root => "root",
            ActorKind::User => "user",
            ActorKind::Role => "role",
            ActorKind::Federated => "federated",
            ActorKind::Service => "service",
            ActorKind::Account => "account",
            ActorKind::Unknown => "unknown",
        }
    }
}

/// How a call ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outcome {
    #[default]
    Succeeded,
    /// Refused for want of permission; holds `errorCode`, such as `AccessDenied`.
    Denied(String),
    /// Failed otherwise; holds `errorCode`, or `Failure` for a sign-in that did not succeed.
    Failed(String),
}

impl Outcome {
    /// The error code; empty when the call succeeded.
    pub fn code(&self) -> &str {
        match self {
            Outcome::Succeeded => "",
            Outcome::Denied(code) | Outcome::Failed(code) => code,
        }
    }
}
