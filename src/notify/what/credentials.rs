//! That credentials are about to end.

use serde::{Deserialize, Serialize};

use super::Cx;
use crate::{
    model::{Identity, Notice, NoticeKind, Severity, Time},
    notify::{
        facts::{Fact, Facts},
        key::key,
        words::{self, span},
    },
};

/// So many minutes before the end somebody is told.
const BEFORE: [i64; 2] = [5, 15];
/// The name of the only fact.
const OURS: &str = "ours";

/// What was told of credentials that end at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    expires: Time,
    /// The fewest minutes that were told.
    minutes: i64,
}

#[derive(Debug)]
pub(super) struct Credentials {
    expires: Option<Time>,
    told: Facts<Told>,
}

impl Default for Credentials {
    fn default() -> Self {
        Self { expires: None, told: Facts::new("notified/credentials/") }
    }
}

impl Credentials {
    pub fn load(&mut self, key: &str, bytes: &[u8]) {
        self.told.load(key, bytes);
    }

    pub fn take_facts(&mut self) -> Vec<Fact> {
        self.told.take_changed()
    }

    /// Takes who is asking.
    pub fn take(&mut self, identity: &Identity) {
        self.expires = identity.expires;
    }

    /// Tells that they are about to end. That they have ended, the sources say.
    pub fn tend(&mut self, cx: &Cx<'_>) -> Option<Notice> {
        let expires = self.expires?;
        let left = expires - cx.now;
        let minutes = BEFORE.into_iter().find(|minutes| left <= chrono::TimeDelta::minutes(*minutes))?;
        let told = self.told.get(OURS).filter(|told| told.expires == expires);
        if left <= chrono::TimeDelta::zero() || told.is_some_and(|told| told.minutes <= minutes) {
            return None;
        }
        self.told.set(OURS, Told { expires, minutes });
        let name = key(&["credentials", &expires.timestamp_millis().to_string(), &format!("{minutes}m")]);
        let when = cx.words.when(expires, cx.now);
        let advice = "Sign in anew before then; until then nothing is missed, and afterwards nothing is seen.";
        Some(Notice {
            title: words::title(&format!("Our credentials end in {} ({when})", span(left))),
            text: words::lines([advice, &cx.words.place(None)]),
            ..cx.blank(NoticeKind::Credentials, Severity::High, name, expires)
        })
    }
}
