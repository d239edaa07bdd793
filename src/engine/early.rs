//! What is learnt before it is known where to keep it: who we are, and how the sources start.

use std::collections::BTreeMap;

use crate::model::{SourceId, Update};

/// The last of each, for whoever keeps it later.
#[derive(Debug, Default)]
pub struct Early {
    identity: Option<Update>,
    sources: BTreeMap<SourceId, Update>,
}

impl Early {
    /// Takes what was learnt; all that comes once is kept elsewhere or comes again.
    pub fn hear(&mut self, update: &Update) {
        match update {
            Update::Identity(_) => self.identity = Some(update.clone()),
            Update::Source(health) => {
                self.sources.insert(health.id.clone(), update.clone());
            }
            _ => {}
        }
    }

    /// All of it, once.
    pub fn take(&mut self) -> impl Iterator<Item = Update> + use<> {
        let Self { identity, sources } = std::mem::take(self);
        identity.into_iter().chain(sources.into_values())
    }
}
