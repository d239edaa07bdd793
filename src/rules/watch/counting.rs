//! The correlations at work: which have fired, and how often.

use chrono::DateTime;

use crate::{
    model::{RuleStatus, Time, duration::Span},
    rules::{
        lang::sigma::{self, Correlation, Correlations, Firing, Meta},
        rule::{Counted, Rule},
        subject::Subject,
        tally::Tally,
    },
};

/// All correlations, and the counters of those that are on.
#[derive(Debug, Default)]
pub struct Counting {
    all: Vec<One>,
    counters: Option<Correlations>,
}

#[derive(Debug)]
struct One {
    counted: Counted,
    on: bool,
    tally: Tally,
}

/// What a correlation that fired says.
#[derive(Debug)]
pub struct Said {
    pub name: String,
    pub severity: crate::model::Severity,
    pub message: String,
    pub time: Time,
    /// The ids of the events that were counted; never empty.
    pub events: Vec<String>,
}

impl Counting {
    /// Correlations with whether each is on.
    pub fn new(all: impl IntoIterator<Item = (Counted, bool)>) -> Self {
        let one = |(counted, on)| One { counted, on, tally: Tally::default() };
        Self { all: all.into_iter().map(one).collect(), counters: None }
    }

    /// Switches a correlation; false when there is none of this name.
    pub fn switch(&mut self, name: &str, on: bool) -> bool {
        let Some(one) = self.all.iter_mut().find(|one| one.counted.name == name) else { return false };
        one.on = on;
        true
    }

    /// Begins to count anew, over these detections.
    pub fn begin<'a>(&mut self, detections: impl IntoIterator<Item = &'a Meta>) {
        let on = self.all.iter().filter(|one| one.on);
        let documents: Vec<Correlation> = on.map(|one| one.counted.correlation.clone()).collect();
        // What cannot be counted was left out when the files were read, but for those that count what is off.
        let counters = Correlations::new(documents, detections).0;
        self.counters = Some(counters).filter(|counters| !counters.list().is_empty());
    }

    /// Whether a detection is only there to be counted.
    pub fn is_quiet(&self, detection: &Meta) -> bool {
        self.counters.as_ref().is_some_and(|counters| counters.is_quiet(detection))
    }

    /// Counts what matched a subject.
    pub fn tell<'a>(&mut self, time: Time, subject: &Subject, matched: impl IntoIterator<Item = &'a Meta>) {
        if let Some(counters) = &mut self.counters {
            counters.tell(time.timestamp(), subject, matched);
        }
    }

    /// What has fired since this was last asked.
    pub fn fired(&mut self) -> Vec<Said> {
        let Some(counters) = &mut self.counters else { return Vec::new() };
        let firings = counters.fired();
        let mut said = Vec::new();
        for firing in firings {
            let Some(correlation) = counters.list().get(firing.correlation) else { continue };
            let is_same = |one: &&mut One| {
                let other = &one.counted.correlation;
                (&other.meta, &other.range) == (&correlation.meta, &correlation.range)
            };
            if let Some(one) = self.all.iter_mut().find(is_same) {
                said.push(one.say(firing));
            }
        }
        said
    }

    pub fn statuses(&self, now: Time) -> impl Iterator<Item = RuleStatus> {
        self.all.iter().map(move |one| one.status(now))
    }
}

impl One {
    fn say(&mut self, firing: Firing) -> Said {
        let Counted { name, correlation, .. } = &self.counted;
        let time = DateTime::from_timestamp(firing.time, 0).unwrap_or_default();
        // A correlation of correlations names no events.
        let alone = || vec![format!("{name}/{}", firing.time)];
        let events = if firing.events.is_empty() { alone() } else { firing.events };
        self.tally.count(&events[events.len() - 1], time);
        let group: Vec<String> = firing.group.iter().map(|(field, text)| format!("{field} {text}")).collect();
        let by = if group.is_empty() { String::new() } else { format!(" by {}", group.join(", ")) };
        let message = format!("{}: {}{by}", correlation.meta.title, firing.value);
        Said { name: name.clone(), severity: correlation.meta.severity, message, time, events }
    }

    fn status(&self, now: Time) -> RuleStatus {
        let Counted { name, origin, text, correlation } = &self.counted;
        RuleStatus {
            name: name.clone(),
            title: correlation.meta.title.clone(),
            severity: correlation.meta.severity,
            language: sigma::LANGUAGE.name,
            origin: origin.into(),
            on: self.on,
            on_by_default: true,
            text: text.clone(),
            reason: correlation.meta.description.clone(),
            tags: correlation.meta.tags.clone(),
            channels: Vec::new(),
            cooldown: Span::seconds(Rule::COOLDOWN.num_seconds().unsigned_abs()),
            settings: Vec::new(),
            beside: String::new(),
            problem: String::new(),
            hits: self.tally.hits(now),
            last_hit: self.tally.last(),
            events: self.tally.events().map(str::to_owned).collect(),
            account: None,
        }
    }
}
