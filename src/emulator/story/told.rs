//! One event of the story: who did what when, before a record is written of it.

use chrono::{DateTime, Utc};

use super::action::Action;
use super::actors::Actor;
use super::record;
use crate::emulator::random::{mix, uuid};

/// An event that is told; cheap to make, its record is written on demand.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The throw that decides all that is left to chance in it.
    pub throw: u64,
    pub time: DateTime<Utc>,
    pub region: &'static str,
    pub actor: &'static Actor,
    pub action: &'static Action,
}

impl Told {
    /// `eventID`.
    pub fn id(&self) -> String {
        uuid(mix(mix(self.throw, 7), self.time.timestamp() as u64))
    }

    /// `eventSource`.
    pub fn source(&self) -> String {
        format!("{}.amazonaws.com", self.action.source)
    }

    /// The record as CloudTrail delivers it: JSON text.
    pub fn record(&self) -> String {
        serde_json::Value::Object(record::record(self)).to_string()
    }
}
