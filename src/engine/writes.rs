//! Changes of the account beside the sources: what the operator said yes to goes through the gate, and what became of it
//! is told.

use std::sync::Arc;

use chrono::Utc;

use crate::{
    config::Settings,
    journal::Journal,
    model::{SourceId, SourceKind, Switchable, Update, Write},
    source::{
        Clock, Deliver,
        aws::{Clients, Gate},
    },
};

/// The gate, and who hears of what went through it.
#[derive(Clone)]
pub(super) struct Writes {
    gate: Arc<Gate>,
    deliver: Deliver,
}

impl Writes {
    /// The gate as the command line leaves it; tells of what the journal has.
    pub fn start(settings: &Settings, deliver: Deliver) -> Self {
        let journal = Journal::new(settings.rules.journal.clone());
        let writes = Self { gate: Arc::new(Gate::new(settings.allow_writes, journal)), deliver };
        writes.tell();
        writes
    }

    /// Opens or closes the gate.
    pub fn arm(&self, open: bool) {
        self.gate.set_open(open);
    }

    /// Tells what the journal has: another trailwatch may write to it as well.
    pub fn tell(&self) {
        let (changes, problem) = self.gate.journal().read();
        (self.deliver)(Update::Journal { changes, problem }.into());
    }

    /// Makes a change, and tells what became of it; false when it was not made.
    pub async fn carry_out(self, clients: Clients, write: Write) -> bool {
        let result = Arc::clone(&self.gate).carry_out(&clients, write.clone(), &(Arc::new(Utc::now) as Clock)).await;
        self.tell();
        let is_made = result.is_ok();
        (self.deliver)(Update::Wrote { write, result }.into());
        is_made
    }
}

/// The source that tells how a thing is switched.
pub(super) fn source_of(thing: &Switchable) -> SourceId {
    let kind = match thing {
        Switchable::Rule { .. } => SourceKind::Rules,
        Switchable::AlarmActions { .. } => SourceKind::Alarms,
    };
    SourceId::new(kind, thing.region().clone())
}
