//! The account's own rules: AWS evaluates them, and what their texts match here is counted. They say nothing, mark no
//! event, and are no part of correlations.

use std::collections::{BTreeMap, HashMap};

use super::listener::{Listener, Reads, Sees, Told, only_reads};
use crate::{
    model::{AccountHits, AccountRule, Alarm, FilteredMetric, MetricFilter, Region, Setting, Time},
    rules::{
        Fault, Gate, Language, Predicate, Subject,
        lang::{event_pattern, metric_filter},
        tally::hour_of,
    },
};

/// The rules of the account, and what they have matched.
#[derive(Debug, Default)]
pub struct Foreign {
    /// Each Region's lists, as they were last given.
    rules: BTreeMap<Region, Vec<AccountRule>>,
    filters: BTreeMap<Region, Vec<MetricFilter>>,
    /// Each Region's alarms that go grey without data: namespace and name of the metric, then the alarm.
    grey: BTreeMap<Region, Grey>,
    /// Each text once, however many rules have it: an account often has the same rules in every Region.
    texts: Vec<Text>,
    listeners: Vec<Listener>,
    /// The hour in which hits were last told.
    hour: i64,
}

type Grey = BTreeMap<(String, String), String>;

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

impl Foreign {
    /// Takes the EventBridge rules of a Region in place of those it has; false when they are the same.
    pub fn set_rules(&mut self, region: &Region, rules: &[AccountRule]) -> bool {
        replace(&mut self.rules, region, rules) && self.read()
    }

    /// Takes the metric filters of a Region in place of those it has; false when they are the same.
    pub fn set_filters(&mut self, region: &Region, filters: &[MetricFilter]) -> bool {
        replace(&mut self.filters, region, filters) && self.read()
    }

    /// Takes the alarms of a Region; false when they change nothing that is said of filters.
    pub fn set_alarms(&mut self, region: &Region, alarms: &[Alarm]) -> bool {
        let grey = alarms.iter().filter(|alarm| alarm.goes_grey()).filter_map(|alarm| {
            let (namespace, metric) = alarm.metric()?;
            Some(((namespace.to_owned(), metric.to_owned()), alarm.name.clone()))
        });
        let grey: Grey = grey.collect();
        let is_known = self.grey.get(region) == Some(&grey);
        self.grey.insert(region.clone(), grey);
        !is_known && self.filters.contains_key(region) && self.read()
    }

    /// Makes of the lists what is asked about things. What was understood or counted before stays.
    fn read(&mut self) -> bool {
        let key = |language: &Language, text: &str| (language.name, text.to_owned());
        let mut known: HashMap<_, Text> =
            self.texts.drain(..).map(|text| (key(text.language, &text.text), text)).collect();
        let mut before: HashMap<_, Listener> =
            self.listeners.drain(..).map(|one| ((one.origin.clone(), one.name.clone()), one)).collect();
        let rules = self.rules.values().flatten().map(of_a_bus);
        let filters = self.filters.values().flatten().map(|filter| of_a_log_group(filter, hint(&self.grey, filter)));
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
            text.bearers.push(self.listeners.len());
            one.note(text.problem(&one.sees));
            self.listeners.push(one);
        }
        true
    }

    /// What things have that match, text after text.
    pub fn gates(&self) -> impl Iterator<Item = Gate> {
        let is_told = |text: &&Text| text.bearers.iter().any(|&bearer| self.listeners[bearer].is_told());
        let predicate = move |text| Some(text).filter(is_told).and_then(|text: &Text| text.predicate.as_ref());
        self.texts.iter().map(move |text| predicate(text).map_or(Gate::SHUT, |predicate| predicate.gate()))
    }

    /// Puts a thing to the text of this number, and counts it for the rules that have it.
    pub fn ask(&mut self, number: usize, subject: &Subject, thing: Told<'_>) {
        let Some(Text { predicate: Some(predicate), bearers, .. }) = self.texts.get(number) else { return };
        let is_there = |one: &Listener| one.is_there(thing);
        if !bearers.iter().any(|&bearer| is_there(&self.listeners[bearer])) || !predicate.matches(subject) {
            return;
        }
        let only_reads = thing.is_record && only_reads(subject);
        bearers.iter().for_each(|&bearer| self.listeners[bearer].count(thing, only_reads));
    }

    /// Whether a rule is there that has not been told what happened before.
    pub fn has_new(&self) -> bool {
        self.listeners.iter().any(|one| one.is_new)
    }

    /// Every rule has been told what happened before.
    pub fn none_is_new(&mut self) {
        self.listeners.iter_mut().for_each(|one| one.is_new = false);
    }

    /// The rules whose hits have changed since this was last asked; once an hour, all that have any.
    pub fn take_hits(&mut self, now: Time) -> Vec<AccountHits> {
        let hour = hour_of(now);
        let is_another = std::mem::replace(&mut self.hour, hour) != hour;
        let is_told = |one: &&mut Listener| one.is_news || (is_another && one.has_hits());
        self.listeners.iter_mut().filter(is_told).map(|one| one.tell(now)).collect()
    }
}

/// Keeps a Region's list; false when it is as it was.
fn replace<T: Clone + PartialEq>(lists: &mut BTreeMap<Region, Vec<T>>, region: &Region, list: &[T]) -> bool {
    match lists.get(region) {
        Some(known) if known == list => false,
        _ => {
            lists.insert(region.clone(), list.to_vec());
            true
        }
    }
}

fn of_a_bus(rule: &AccountRule) -> (&'static Language, Listener) {
    let sees = match (rule.sees_nothing(), rule.setting()) {
        (Some(_), _) => Sees::Nothing,
        (None, Some(Setting::OnWithReads)) => Sees::Region(rule.region.clone(), Reads::All),
        (None, _) => Sees::Region(rule.region.clone(), Reads::None),
    };
    (&event_pattern::LANGUAGE, Listener::new(rule.origin(), (&rule.name, &rule.pattern), sees, String::new()))
}

fn of_a_log_group(filter: &MetricFilter, hint: String) -> (&'static Language, Listener) {
    let sees = if filter.is_about_records() { Sees::Records } else { Sees::Nothing };
    (&metric_filter::LANGUAGE, Listener::new(filter.origin(), (&filter.name, &filter.pattern), sees, hint))
}

/// What follows for an alarm from a filter without a default value.
fn hint(grey: &BTreeMap<Region, Grey>, filter: &MetricFilter) -> String {
    let grey = grey.get(&filter.region);
    let over = |metric: &FilteredMetric| grey?.get(&(metric.namespace.clone(), metric.name.clone()));
    let alarm = filter.silent_metrics().find_map(over);
    alarm
        .map_or_else(String::new, |alarm| format!("no default value: the alarm {alarm} goes grey when nothing matches"))
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
