//! Which sources a printing command still waits for, and what it says of that on standard error.

use std::{
    collections::{BTreeMap, HashSet},
    io::{self, IsTerminal, Write},
    time::Duration,
};

use super::{Ended, line, table};
use crate::model::{Region, SourceError, SourceHealth, SourceId, SourceKind, SourceState, text::visible};

/// How long it may take until an answer brings something. Nothing but throttling takes longer: all else ends as a
/// failure.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Which sources have not come to an end yet.
pub struct Waiting<'a> {
    kinds: &'a [SourceKind],
    /// The last health of each, and whether it is done.
    sources: BTreeMap<SourceId, (SourceHealth, bool)>,
    failures: Vec<(String, String)>,
}

impl<'a> Waiting<'a> {
    /// Waits for every source of these kinds.
    pub fn new(kinds: &'a [SourceKind]) -> Self {
        Self { kinds, sources: BTreeMap::new(), failures: Vec::new() }
    }

    /// Takes note of how a source is, and tells whether that brings the end nearer.
    pub fn heard(&mut self, health: &SourceHealth) -> bool {
        let of_interest = self.kinds.contains(&health.id.kind);
        // Without a Region no other source will ever be heard of.
        let failed = matches!(health.state, SourceState::Failed(_));
        let fatal = health.id.kind == SourceKind::Identity && failed && self.sources.is_empty();
        if !of_interest && !fatal {
            return false;
        }
        let (last, done) = self.sources.entry(health.id.clone()).or_insert_with(|| (health.clone(), false));
        if *done {
            return false;
        }
        last.clone_from(health);
        match &health.state {
            SourceState::Failed(error) => {
                *done = true;
                let who = if fatal { "trailwatch".to_owned() } else { health.id.label() };
                self.failures.push((who, in_words(error)));
            }
            SourceState::Live => *done = health.polled.is_some() && health.progress.is_none(),
            SourceState::Starting | SourceState::Throttled { .. } => return false,
        }
        true
    }

    /// Takes whatever is not done for failed.
    pub fn give_up(&mut self) {
        let minutes = PATIENCE.as_secs() / 60;
        for (id, (health, done)) in self.sources.iter_mut().filter(|(_, (_, done))| !done) {
            *done = true;
            let why = health.state.error().map_or_else(|| "no answer".to_owned(), in_words);
            self.failures.push((id.label(), format!("given up after {minutes} minutes without an answer: {why}")));
        }
        if self.sources.is_empty() {
            let id = SourceId::new(SourceKind::Identity, Region::new("no Region"));
            self.sources.insert(id.clone(), (SourceHealth::starting(id, 0), true));
            self.failures.push(("trailwatch".to_owned(), format!("nothing answered for {minutes} minutes")));
        }
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        !self.sources.is_empty() && self.sources.values().all(|(_, done)| *done)
    }

    /// How it ended.
    pub fn ended(&self) -> Ended {
        match self.failures.len() {
            0 => Ended::Whole,
            failed if failed < self.sources.len() => Ended::InPart,
            _ => Ended::Failed,
        }
    }

    /// `2 of 4 sources are done; events eu-west-1: 34 %`, with the one that has the longest way to go.
    fn progress(&self) -> String {
        let done = self.sources.values().filter(|(_, done)| *done).count();
        let ratio = |health: &SourceHealth| health.progress.map_or(0.0, |progress| progress.ratio());
        let left = self.sources.values().filter(|(_, done)| !done).map(|(health, _)| health);
        let slowest = left.min_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        let slowest = slowest.map_or_else(String::new, |health| {
            let label = health.id.label();
            match &health.state {
                SourceState::Throttled { until, .. } => format!("; {label}: slowed down until {}", line::time(*until)),
                _ => format!("; {label}: {:.0} %", ratio(health) * 100.0),
            }
        });
        format!("{done} of {} sources are done{slowest}", self.sources.len())
    }
}

/// The code, the message, and what to do about it.
fn in_words(error: &SourceError) -> String {
    let advice = error.advice.as_ref().map_or_else(String::new, |advice| format!(" ({advice})"));
    format!("{}: {}{advice}", error.code, error.message)
}

/// What is said on standard error. There, a terminal shows in one line how far it is; a file gets only what an operator
/// has to know.
pub struct Said {
    is_terminal: bool,
    /// Whose slowness was said: once is enough.
    throttled: HashSet<SourceId>,
}

impl Default for Said {
    fn default() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), throttled: HashSet::new() }
    }
}

/// The columns of the line of progress: any terminal has them.
const COLUMNS: usize = 79;

impl Said {
    /// Says what is new about a source.
    pub fn news(&mut self, waiting: &Waiting<'_>, health: &SourceHealth) {
        if !waiting.sources.contains_key(&health.id) {
            return;
        }
        if let SourceState::Throttled { until, error } = &health.state
            && self.throttled.insert(health.id.clone())
        {
            let (words, until) = (in_words(error), line::time(*until));
            self.line(&format!("{}: slowed down by AWS until {until}: {words}", health.id.label()));
        }
        if self.is_terminal {
            let shown = table::cut(&visible(&waiting.progress()), COLUMNS).into_owned();
            self.put(&format!("\r{shown}\x1b[K"));
        }
    }

    /// Takes the progress away and says what failed.
    pub fn end(&self, waiting: &Waiting<'_>) {
        for (label, words) in &waiting.failures {
            self.line(&format!("{label}: {words}"));
        }
        self.clear();
    }

    fn line(&self, text: &str) {
        self.clear();
        self.put(&format!("{}\n", visible(text)));
    }

    fn clear(&self) {
        if self.is_terminal {
            self.put("\r\x1b[K");
        }
    }

    /// Where standard error is gone, there is nobody to tell.
    fn put(&self, text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    fn health(region: &str, state: SourceState) -> SourceHealth {
        let id = SourceId::new(SourceKind::Events, Region::new(region));
        SourceHealth { state, polled: Some(Time::default()), ..SourceHealth::starting(id, 60) }
    }

    fn throttled(region: &str) -> SourceHealth {
        let (code, message) = ("ThrottlingException".to_owned(), "Rate exceeded".to_owned());
        let since = Time::default();
        let error = SourceError { code, message, missing_action: None, advice: None, since };
        health(region, SourceState::Throttled { until: since, error })
    }

    #[test]
    fn throttling_without_end_is_given_up_with_the_words_of_the_api() {
        let mut waiting = Waiting::new(&[SourceKind::Events]);
        assert!(!waiting.heard(&throttled("eu-west-1")) && !waiting.is_over());
        assert_eq!(
            waiting.progress(),
            "0 of 1 sources are done; events eu-west-1: slowed down until 1970-01-01T00:00:00Z"
        );
        waiting.give_up();
        assert!(waiting.is_over());
        assert_eq!(waiting.ended(), Ended::Failed);
        let words = "given up after 2 minutes without an answer: ThrottlingException: Rate exceeded";
        assert_eq!(waiting.failures, [("events eu-west-1".to_owned(), words.to_owned())]);
    }

    #[test]
    fn what_was_answered_before_is_kept_when_another_is_given_up() {
        let mut waiting = Waiting::new(&[SourceKind::Events]);
        assert!(waiting.heard(&health("us-east-1", SourceState::Live)));
        waiting.heard(&throttled("eu-west-1"));
        waiting.give_up();
        assert_eq!((waiting.ended(), waiting.failures.len()), (Ended::InPart, 1));
    }

    #[test]
    fn silence_from_the_start_is_a_failure() {
        let mut waiting = Waiting::new(&[SourceKind::Alarms]);
        waiting.give_up();
        assert!(waiting.is_over());
        assert_eq!(waiting.ended(), Ended::Failed);
    }
}
