//! The account that the services share: its story, its alarms, its archive, its limits and its clock.

use chrono::{DateTime, Utc};

use super::alarms::Alarms;
use super::archive::Archive;
use super::bridge::Rules;
use super::story::Story;
use super::throttle::Throttle;
use super::topics::Messages;
use super::{Clock, Options};

/// The state behind the services.
pub struct Account {
    clock: Clock,
    seed: u64,
    pub story: Story,
    pub alarms: Alarms,
    pub archive: Archive,
    pub rules: Rules,
    pub messages: Messages,
    pub throttle: Throttle,
}

impl Account {
    pub fn new(options: Options) -> Self {
        let (clock, seed) = (options.clock.clone(), options.seed);
        let story = Story::new(options);
        Self {
            clock,
            seed,
            archive: if story.is_recorded() { Archive::untouched(story.time(0)) } else { Archive::new(story.time(0)) },
            story,
            alarms: Alarms::default(),
            rules: Rules::default(),
            messages: Messages::default(),
            throttle: Throttle::default(),
        }
    }

    /// The time in the account.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("seed", &self.seed).finish_non_exhaustive()
    }
}
