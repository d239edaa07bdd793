//! One rule of the account at work: what it is told of, and how often that matched.
//!
//! Source of what a rule on a bus is told: EventBridge user guide, "Receiving read-only management events from AWS
//! services" and "Event buses".

use crate::{
    model::{AccountHits, Region, RuleOrigin, Time},
    rules::{Key, Subject, tally::Tally},
};

/// One rule at work.
#[derive(Debug)]
pub struct Listener {
    pub origin: RuleOrigin,
    pub name: String,
    pub text: String,
    pub sees: Sees,
    problem: String,
    tally: Tally,
    /// It was not listed before, or with another text.
    pub is_new: bool,
    /// It has not been told since it changed.
    pub is_news: bool,
}

/// Which things a rule is told of.
#[derive(Debug)]
pub enum Sees {
    Nothing,
    /// What happens in a Region; of the calls that only read, all or none.
    Region(Region, Reads),
    /// The records of every Region: a trail may send those of all to one log group.
    Records,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    All,
    None,
}

/// What a rule of the account is told of, beside its text.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub id: &'a str,
    pub time: Time,
    /// Where it happened: the Region of the bus that it reaches, which for global services is the record's own as well.
    pub region: &'a Region,
    /// It is a CloudTrail record.
    pub is_record: bool,
    /// Only rules that were not there before are to count it.
    pub is_past: bool,
}

impl Listener {
    pub fn new(origin: RuleOrigin, (name, text): (&str, &str), sees: Sees, problem: String) -> Self {
        let (name, text) = (name.to_owned(), text.to_owned());
        Self { origin, name, text, sees, problem, tally: Tally::default(), is_new: true, is_news: true }
    }

    /// Goes on counting where it was before the list came anew, unless it says something else now.
    pub fn go_on_from(&mut self, old: Self) {
        if self.text == old.text {
            (self.tally, self.is_new) = (old.tally, old.is_new);
        }
    }

    /// Puts what is odd with its text before what is odd with the rest.
    pub fn note(&mut self, problem: String) {
        let gap = if self.problem.is_empty() || problem.is_empty() { "" } else { "\n" };
        self.problem = problem + gap + &self.problem;
    }

    /// Whether anything at all reaches it.
    pub fn is_told(&self) -> bool {
        !matches!(self.sees, Sees::Nothing)
    }

    /// Whether a thing reaches the place that it watches.
    pub fn is_there(&self, thing: Told<'_>) -> bool {
        let reaches = match &self.sees {
            Sees::Nothing => false,
            Sees::Region(region, _) => region == thing.region,
            Sees::Records => thing.is_record,
        };
        reaches && (self.is_new || !thing.is_past)
    }

    /// Counts a thing that matches; `only_reads` when it is a call of which some rules are not told.
    pub fn count(&mut self, thing: Told<'_>, only_reads: bool) {
        if self.is_there(thing) && !(only_reads && matches!(self.sees, Sees::Region(_, Reads::None))) {
            self.tally.count(thing.id, thing.time);
            self.is_news = true;
        }
    }

    pub fn has_hits(&self) -> bool {
        self.tally.last().is_some()
    }

    /// What was counted, up to the hour that `now` is in.
    pub fn tell(&mut self, now: Time) -> AccountHits {
        self.is_news = false;
        AccountHits {
            origin: self.origin.clone(),
            name: self.name.clone(),
            hits: self.tally.hits(now),
            last_hit: self.tally.last(),
            events: self.tally.events().map(str::to_owned).collect(),
            problem: self.problem.clone(),
        }
    }
}

/// Whether it is a management event that only reads, which a rule in the state `ENABLED` is not told of: EventBridge goes
/// by the name. Two calls of STS begin like one and are none; a data event, such as `GetObject`, is not meant.
pub fn only_reads(subject: &Subject) -> bool {
    let text = |key: &str| subject.record().get(key).and_then(|value| value.text());
    let name = subject.fact(Key::EventName).and_then(|name| name.text()).unwrap_or_default();
    ["Describe", "Get", "List"].iter().any(|start| name.starts_with(start))
        && !["GetFederationToken", "GetSessionToken"].contains(&&*name)
        && text("eventCategory").as_deref() != Some("Data")
}
