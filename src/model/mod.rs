//! The words all parts share: plain data, no I/O, no clock.

pub mod account_rule;
pub mod alarm;
pub mod alert;
mod classify;
pub mod composite;
pub mod duration;
pub mod event;
pub mod identity;
pub mod metric_filter;
pub mod notice;
pub mod place;
pub mod record;
pub mod region;
pub mod restore;
pub mod rule;
pub mod severity;
pub mod source;
pub mod text;
pub mod update;
pub mod uuid;
pub mod write;

pub use account_rule::{AccountRule, RuleTarget};
pub use alarm::{Alarm, AlarmChange, AlarmKind, AlarmState};
pub use alert::{Alert, AlertState};
pub use event::{Actor, ActorKind, Event, Outcome};
pub use identity::Identity;
pub use metric_filter::{FilteredMetric, MetricFilter};
pub use notice::{Delivery, Message, Notice, NoticeKind, Ring};
pub use place::Place;
pub use region::{Partition, Region};
pub use restore::{Restore, RestoreState, StorageClass};
pub use rule::{AccountHits, RuleOrigin, RuleStatus};
pub use severity::Severity;
pub use source::{Behind, Progress, SourceError, SourceHealth, SourceId, SourceKind, SourceState};
pub use update::{Request, Update};
pub use write::{Operation, Setting, Switchable, Write, WriteOutcome, Written};

/// The time all of trailwatch speaks in.
pub type Time = chrono::DateTime<chrono::Utc>;

/// A time from outside, moved into the years 1 to 9998: further off, a zone's offset would leave the calendar.
pub fn sane(time: Time) -> Time {
    let end = |seconds| Time::from_timestamp(seconds, 0).unwrap_or_default();
    time.clamp(end(-62_135_596_800), end(253_370_764_799))
}
