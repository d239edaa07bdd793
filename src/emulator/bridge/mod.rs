//! EventBridge's buses and rules in each Region, with their targets. They route nothing: whoever watches an account
//! wants to know which rules are there, where they lead, and whether somebody has switched one off.

mod check;
mod data;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::ACCOUNT;
pub use check::{is_name, pattern_problem, schedule_is_sound};

/// The bus that every Region has.
pub const DEFAULT_BUS: &str = "default";

/// Whether a rule is at work, and on which events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Enabled,
    Disabled,
    /// On CloudTrail's management events that only read as well.
    WithReads,
}

impl State {
    pub const ALL: [Self; 3] = [Self::Enabled, Self::Disabled, Self::WithReads];

    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
            Self::WithReads => "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        }
    }
}

/// A rule; what it does not have is empty.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    pub bus: String,
    pub pattern: String,
    pub schedule: String,
    pub state: State,
    pub description: String,
    pub role: String,
    /// The service that made it and alone may change it.
    pub managed_by: &'static str,
    pub targets: Vec<Target>,
}

/// Where a rule leads.
#[derive(Clone, Debug)]
pub struct Target {
    pub id: &'static str,
    pub arn: String,
    pub role: String,
    /// What is sent instead of the event; may be empty.
    pub input: &'static str,
    /// The definition of the task that is run; empty where none is.
    pub task: String,
}

impl Rule {
    /// Its ARN in a Region.
    pub fn arn(&self, region: &str) -> String {
        let bus = if self.bus == DEFAULT_BUS { String::new() } else { format!("{}/", self.bus) };
        format!("arn:aws:events:{region}:{ACCOUNT}:rule/{bus}{}", self.name)
    }
}

/// The ARN of a bus.
pub fn bus_arn(region: &str, bus: &str) -> String {
    format!("arn:aws:events:{region}:{ACCOUNT}:event-bus/{bus}")
}

/// The buses and rules of one Region.
#[derive(Debug)]
pub struct Board {
    /// Their names, in order.
    pub buses: Vec<&'static str>,
    /// In the order of their names.
    rules: Vec<Rule>,
}

impl Board {
    /// The rules of a bus, in the order of their names.
    pub fn rules<'a>(&'a self, bus: &'a str) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(move |rule| rule.bus == bus)
    }

    /// The rule of that name.
    pub fn find(&mut self, bus: &str, name: &str) -> Option<&mut Rule> {
        self.rules.iter_mut().find(|rule| rule.bus == bus && rule.name == name)
    }

    /// Adds a rule, or replaces the one of its name, whose targets stay.
    pub fn put(&mut self, rule: Rule) {
        match self.find(&rule.bus, &rule.name) {
            Some(old) => *old = Rule { targets: std::mem::take(&mut old.targets), ..rule },
            None => {
                let at = self.rules.partition_point(|other| other.name <= rule.name);
                self.rules.insert(at, rule);
            }
        }
    }
}

/// The rules of every Region that was asked for.
#[derive(Debug, Default)]
pub struct Rules {
    boards: Mutex<HashMap<String, Board>>,
}

impl Rules {
    /// Hands over the rules of a Region.
    pub fn with<T>(&self, region: &str, act: impl FnOnce(&mut Board) -> T) -> T {
        let mut boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        act(boards.entry(region.to_owned()).or_insert_with(|| data::board(region)))
    }
}
