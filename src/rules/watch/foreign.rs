//! The account's own rules: AWS evaluates them, and what their texts match here is counted. They say nothing, mark no
//! event, and are no part of correlations.
//!
//! Source of what a rule on a bus is told: EventBridge user guide, "Receiving read-only management events from AWS
//! services" and "Event buses".

use std::collections::{BTreeMap, HashMap};

use crate::{
    model::{AccountHits, AccountRule, MetricFilter, Region, RuleOrigin, Setting, Time},
    rules::{
        Fault, Gate, Key, Language, Predicate, Subject,
        lang::{event_pattern, metric_filter},
        tally::{Tally, hour_of},
    },
};

/// The rules of the account, and what they have matched.
#[derive(Debug, Default)]
pub struct Foreign {
    /// Each Region's lists, as they were last given.
    rules: BTreeMap<Region, Vec<AccountRule>>,
    filters: BTreeMap<Region, Vec<MetricFilter>>,
    /// Each text once, however many rules have it: an account often has the same rules in every Region.
    texts: Vec<Text>,
    counted: Vec<Counted>,
    /// The hour in which hits were last told.
    hour: i64,
}

/// A pattern, and the rules that have it.
#[derive(Debug)]
struct Text {
    language: &'static Language,
    text: String,
    /// `None` when it is not understood here.
    predicate: Option<Box<dyn Predicate>>,
    /// What is wrong or odd with it.
    faults: Vec<Fault>,
    /// By their numbers among all rules.
    bearers: Vec<usize>,
}

/// One rule at work.
#[derive(Debug)]
struct Counted {
    origin: RuleOrigin,
    name: String,
    text: String,
    sees: Sees,
    problem: String,
    tally: Tally,
    /// It was not listed before, or with another text.
    is_new: bool,
    /// It has not been told since it changed.
    is_news: bool,
}

/// Which things a rule is told of.
#[derive(Debug)]
enum Sees {
    Nothing,
    /// What happens in a Region; of the calls that only read, all or none.
    Region(Region, Reads),
    /// The records of every Region: a trail may send those of all to one log group.
    Records,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
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

impl Foreign {
    /// Takes the EventBridge rules of a Region in place of those it has; false when they are the same.
    pub fn set_rules(&mut self, region: &Region, rules: &[AccountRule]) -> bool {
        replace(&mut self.rules, region, rules) && self.read()
    }

    /// Takes the metric filters of a Region in place of those it has; false when they are the same.
    pub fn set_filters(&mut self, region: &Region, filters: &[MetricFilter]) -> bool {
        replace(&mut self.filters, region, filters) && self.read()
    }

    /// Makes of the lists what is asked about things. What was understood or counted before stays.
    fn read(&mut self) -> bool {
        let key = |language: &Language, text: &str| (language.name, text.to_owned());
        let mut known: HashMap<_, Text> =
            self.texts.drain(..).map(|text| (key(text.language, &text.text), text)).collect();
        let mut before: HashMap<_, Counted> =
            self.counted.drain(..).map(|one| ((one.origin.clone(), one.name.clone()), one)).collect();
        let rules = self.rules.values().flatten().map(of_a_bus);
        let filters = self.filters.values().flatten().map(of_a_log_group);
        let mut places: HashMap<(&'static str, String), usize> = HashMap::new();
        for (language, mut one) in rules.chain(filters) {
            if let Some(old) = before.remove(&(one.origin.clone(), one.name.clone())) {
                one.go_on_from(old);
            }
            let key = key(language, &one.text);
            let place = *places.entry(key.clone()).or_insert_with(|| {
                let text = known.remove(&key).unwrap_or_else(|| Text::read(language, &one.text));
                self.texts.push(Text { bearers: Vec::new(), ..text });
                self.texts.len() - 1
            });
            let text = &mut self.texts[place];
            text.bearers.push(self.counted.len());
            one.note(text.problem(&one.sees));
            self.counted.push(one);
        }
        true
    }

    /// What things have that match, text after text.
    pub fn gates(&self) -> impl Iterator<Item = Gate> {
        let is_told = |text: &&Text| text.bearers.iter().any(|&bearer| self.counted[bearer].is_told());
        let predicate = move |text| Some(text).filter(is_told).and_then(|text: &Text| text.predicate.as_ref());
        self.texts.iter().map(move |text| predicate(text).map_or(Gate::SHUT, |predicate| predicate.gate()))
    }

    /// Puts a thing to the text of this number, and counts it for the rules that have it.
    pub fn ask(&mut self, number: usize, subject: &Subject, thing: Told<'_>) {
        let Some(Text { predicate: Some(predicate), bearers, .. }) = self.texts.get(number) else { return };
        let is_there = |one: &Counted| one.is_there(thing);
        if !bearers.iter().any(|&bearer| is_there(&self.counted[bearer])) || !predicate.matches(subject) {
            return;
        }
        let only_reads = thing.is_record && only_reads(subject);
        for &bearer in bearers {
            let one = &mut self.counted[bearer];
            if one.is_there(thing) && !(only_reads && matches!(one.sees, Sees::Region(_, Reads::None))) {
                one.tally.count(thing.id, thing.time);
                one.is_news = true;
            }
        }
    }

    /// Whether a rule is there that has not been told what happened before.
    pub fn has_new(&self) -> bool {
        self.counted.iter().any(|one| one.is_new)
    }

    /// Every rule has been told what happened before.
    pub fn none_is_new(&mut self) {
        self.counted.iter_mut().for_each(|one| one.is_new = false);
    }

    /// The rules whose hits have changed since this was last asked; once an hour, all that have any.
    pub fn take_hits(&mut self, now: Time) -> Vec<AccountHits> {
        let hour = hour_of(now);
        let is_another = std::mem::replace(&mut self.hour, hour) != hour;
        let is_told = |one: &&mut Counted| one.is_news || (is_another && one.tally.last().is_some());
        self.counted.iter_mut().filter(is_told).map(|one| one.tell(now)).collect()
    }
}

/// Keeps a Region's list; false when it is as it was.
fn replace<T: Clone + PartialEq>(lists: &mut BTreeMap<Region, Vec<T>>, region: &Region, list: &[T]) -> bool {
    match lists.get(region) {
        Some(known) if known == list => false,
        _ => lists.insert(region.clone(), list.to_vec()).is_none_or(|_| true),
    }
}

fn of_a_bus(rule: &AccountRule) -> (&'static Language, Counted) {
    let sees = match (rule.sees_nothing(), rule.setting()) {
        (Some(_), _) => Sees::Nothing,
        (None, Some(Setting::OnWithReads)) => Sees::Region(rule.region.clone(), Reads::All),
        (None, _) => Sees::Region(rule.region.clone(), Reads::None),
    };
    (&event_pattern::LANGUAGE, Counted::new(rule.origin(), (&rule.name, &rule.pattern), sees, ""))
}

fn of_a_log_group(filter: &MetricFilter) -> (&'static Language, Counted) {
    let sees = if filter.is_about_records() { Sees::Records } else { Sees::Nothing };
    (&metric_filter::LANGUAGE, Counted::new(filter.origin(), (&filter.name, &filter.pattern), sees, filter.hint()))
}

impl Text {
    fn read(language: &'static Language, text: &str) -> Self {
        let (predicate, faults) = match (language.compile)(text) {
            // A schedule has no pattern.
            _ if text.is_empty() => (None, Vec::new()),
            Ok(compiled) => (Some(compiled.predicate), compiled.warnings),
            Err(faults) => (None, faults),
        };
        Self { language, text: text.to_owned(), predicate, faults, bearers: Vec::new() }
    }

    /// What is wrong or odd with it, for a rule that is told of these things, line by line.
    fn problem(&self, sees: &Sees) -> String {
        let of_all = matches!(sees, Sees::Region(_, Reads::All));
        let say = |fault: &Fault| match event_pattern::is_about_reads(fault) {
            true if of_all => None,
            // The advice that goes with it is for rules of trailwatch's own, which see reads in any case.
            true => Some(format!("{}, and none is counted", fault.message)),
            false if fault.harmless => Some(fault.in_a_line()),
            false => Some(format!("not counted: AWS took its pattern, trailwatch cannot: {}", fault.in_a_line())),
        };
        self.faults.iter().filter_map(say).collect::<Vec<_>>().join("\n")
    }
}

impl Counted {
    fn new(origin: RuleOrigin, (name, text): (&str, &str), sees: Sees, problem: &str) -> Self {
        let (name, text, problem) = (name.to_owned(), text.to_owned(), problem.to_owned());
        Self { origin, name, text, sees, problem, tally: Tally::default(), is_new: true, is_news: true }
    }

    /// Goes on counting where it was before the list came anew, unless it says something else now.
    fn go_on_from(&mut self, old: Self) {
        if self.text == old.text {
            (self.tally, self.is_new) = (old.tally, old.is_new);
        }
    }

    /// Puts what is odd with its text before what is odd with the rest.
    fn note(&mut self, problem: String) {
        let gap = if self.problem.is_empty() || problem.is_empty() { "" } else { "\n" };
        self.problem = problem + gap + &self.problem;
    }

    /// Whether anything at all reaches it.
    fn is_told(&self) -> bool {
        !matches!(self.sees, Sees::Nothing)
    }

    /// Whether a thing reaches the place that it watches.
    fn is_there(&self, thing: Told<'_>) -> bool {
        let reaches = match &self.sees {
            Sees::Nothing => false,
            Sees::Region(region, _) => region == thing.region,
            Sees::Records => thing.is_record,
        };
        reaches && (self.is_new || !thing.is_past)
    }

    fn tell(&mut self, now: Time) -> AccountHits {
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
fn only_reads(subject: &Subject) -> bool {
    let text = |key: &str| subject.record().get(key).and_then(|value| value.text());
    let name = subject.fact(Key::EventName).and_then(|name| name.text()).unwrap_or_default();
    ["Describe", "Get", "List"].iter().any(|start| name.starts_with(start))
        && !["GetFederationToken", "GetSessionToken"].contains(&&*name)
        && text("eventCategory").as_deref() != Some("Data")
}
