//! The rules at work: each thing that happens is put to those that are on and about it.

mod account;
mod counting;
mod early;
mod foreign;
#[cfg(test)]
mod foreign_tests;
mod happening;
mod listener;
mod recall;
#[cfg(test)]
mod tests;
mod watched;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use account::told;
use counting::Counting;
use early::Early;
use foreign::Foreign;
use happening::Happening;
use listener::Told;
pub use watched::LocalState;
use watched::Watched;

use super::{
    alarm::Spec,
    alerts::{Alerts, Cry},
    first::{Known, Memory},
    gate::{Gate, Index},
    message::Predefined,
    rule::{Counted, Rule},
    subject::Subject,
};
use crate::model::{
    Alarm, AlarmChange, AlarmState, AlertState, Event, Place, Region, Restore, RestoreState, RuleStatus, Severity, Time,
};

/// Rules that the operator switched by hand: name and whether it is on.
pub type Switches = BTreeMap<String, bool>;

/// Minutes of which it is known that logs arrived in them: a week of late ones and more.
const MOST_MINUTES: usize = 20_000;

/// The rules, what they have seen, and what they have said.
#[derive(Default)]
pub struct Watch {
    rules: Vec<Watched>,
    /// The account's own rules, which are only counted.
    foreign: Foreign,
    /// Events that came before those were known.
    early: Early,
    /// Finds the rules by number, and after them the texts of the account's.
    index: Index,
    counting: Counting,
    alerts: Alerts,
    memory: Memory,
    memory_changed: bool,
    /// A local alarm has changed.
    judged: bool,
    /// Minutes in which logs arrived, told to the alarms.
    minutes: BTreeSet<i64>,
    /// The account's number, for the envelopes of what is no call.
    account: String,
    /// How each Region's alarms were when they were last given, by their names.
    alarms: HashMap<Region, HashMap<String, AlarmState>>,
    /// How each place's restores were, by their keys.
    restores: HashMap<Place, HashMap<String, RestoreState>>,
    subject: Subject,
    /// The rules to be asked, by number; kept for its memory.
    asked: Vec<u32>,
}

impl Watch {
    /// A watch whose rules about first times remember this.
    pub fn new(memory: Memory) -> Self {
        Self { memory, ..Self::default() }
    }

    /// Takes these rules in place of those it has. One of the same name and text goes on counting where it was;
    /// correlations begin anew.
    pub fn set_rules(&mut self, rules: Vec<Rule>, counted: Vec<Counted>, switches: &Switches) {
        let mut old: HashMap<String, Watched> =
            self.rules.drain(..).map(|watched| (watched.rule.name.clone(), watched)).collect();
        self.rules = Vec::with_capacity(rules.len());
        for rule in rules {
            let before = old.remove(&rule.name);
            let on = switches.get(&rule.name).copied().unwrap_or(rule.enabled);
            let mut watched = Watched::new(rule, on);
            if let Some(before) = before.filter(|before| before.on == on) {
                watched.go_on_from(before);
            }
            self.rules.push(watched);
        }
        let is_on = |name: &String| switches.get(name).copied().unwrap_or(true);
        self.counting = Counting::new(counted.into_iter().map(|counted| {
            let on = is_on(&counted.name);
            (counted, on)
        }));
        self.correlate();
        self.rules_changed();
    }

    /// Lets the correlations that are on begin to count.
    fn correlate(&mut self) {
        self.counting.begin(self.rules.iter().filter_map(|watched| watched.rule.meta.as_ref()));
    }

    /// Switches a rule; false when there is none of this name.
    pub fn switch(&mut self, name: &str, on: bool) -> bool {
        if let Some(watched) = self.rules.iter_mut().find(|watched| watched.rule.name == name) {
            watched.switch(on);
        } else if self.counting.switch(name, on) {
            self.correlate();
        } else {
            return false;
        }
        self.rules_changed();
        true
    }

    fn rules_changed(&mut self) {
        self.index_anew();
        // An alarm that is new has not been told of them.
        self.minutes.clear();
    }

    fn index_anew(&mut self) {
        const OFF: Gate = Gate::SHUT;
        let gate = |watched: &Watched| if watched.on { watched.rule.predicate.gate() } else { OFF };
        let gates: Vec<Gate> = self.rules.iter().map(gate).chain(self.foreign.gates()).collect();
        self.index = Index::new(&gates);
    }

    /// Whose account it is, as soon as that is known.
    pub fn set_account(&mut self, account: &str) {
        account.clone_into(&mut self.account);
    }

    /// Puts events of the feed to the rules: counts, raises alerts, and marks each event with the weightiest rule that it
    /// fired.
    pub fn events(&mut self, events: &mut [Event], now: Time) {
        events.iter_mut().for_each(|event| self.event(event, now));
        self.correlated(now);
    }

    fn event(&mut self, event: &mut Event, now: Time) {
        self.read(event);
        self.logs_arrived(event.time);
        self.early.keep(event, now);
        event.fired = self.ask(told(event), event.late, now);
    }

    /// Makes an event the subject.
    fn read(&mut self, event: &Event) {
        if self.subject.tell(&event.record).is_err() {
            self.subject = Subject::event(event);
        }
    }

    /// Takes a Region's alarms; those that changed since they were last given are put to the rules.
    pub fn alarms(&mut self, region: &Region, alarms: &[Alarm], now: Time) {
        if self.foreign.set_alarms(region, alarms) {
            self.foreign_changed();
        }
        let known = self.alarms.remove(region);
        for alarm in alarms {
            let before = known.as_ref().and_then(|known| known.get(&alarm.name)).filter(|state| **state != alarm.state);
            let changed = before.and_then(|before| happening::alarm_changed(*before, alarm, &self.account, now));
            self.happened(changed, region, now);
        }
        let known = alarms.iter().map(|alarm| (alarm.name.clone(), alarm.state));
        self.alarms.insert(region.clone(), known.collect());
    }

    /// Takes a place's restores; those that changed since they were last given are put to the rules.
    pub fn restores(&mut self, place: &Place, restores: &[Restore], now: Time) {
        // What is there at first sight did not happen now.
        if let Some(known) = self.restores.remove(place) {
            for restore in restores {
                let before = known.get(&restore.key).copied();
                let changed = happening::restore_changed(before, restore, &self.account, now);
                self.happened(changed, &restore.region, now);
            }
        }
        let known = restores.iter().map(|restore| (restore.key.clone(), restore.state));
        self.restores.insert(place.clone(), known.collect());
    }

    fn happened(&mut self, happening: Option<Happening>, region: &Region, now: Time) {
        if let Some(Happening { id, time, subject }) = happening {
            self.subject = subject;
            self.ask(Told { id: &id, time, region, is_record: false, is_past: false }, false, now);
        }
    }

    /// Tells the alarms that logs arrived, once a minute.
    fn logs_arrived(&mut self, time: Time) {
        if self.minutes.insert(time.timestamp().div_euclid(60)) {
            self.rules.iter_mut().for_each(|watched| watched.saw(time));
            if self.minutes.len() > MOST_MINUTES {
                self.minutes.pop_first();
            }
        }
    }

    /// Puts what is in `self.subject` to the rules.
    fn ask(&mut self, told: Told<'_>, late: bool, now: Time) -> Option<Severity> {
        let thing = Thing { id: told.id, time: told.time, late };
        let mut asked = std::mem::take(&mut self.asked);
        self.index.candidates(&self.subject, &mut asked);
        let (mut fired, mut matched) = (None, Vec::new());
        for &number in &asked {
            let number = number as usize;
            if let Some(text) = number.checked_sub(self.rules.len()) {
                self.foreign.ask(text, &self.subject, told);
                continue;
            }
            if self.rules[number].rule.predicate.matches(&self.subject) && self.is_news(number, now) {
                matched.push(number);
                fired = fired.max(self.matched(number, thing, now));
            }
        }
        self.asked = asked;
        let metas = matched.iter().filter_map(|number| self.rules[*number].rule.meta.as_ref());
        self.counting.tell(thing.time, &self.subject, metas);
        fired
    }

    /// For a rule about first times, whether this is one.
    fn is_news(&mut self, number: usize, now: Time) -> bool {
        let rule = &self.rules[number].rule;
        let Some(first) = &rule.first else { return true };
        let known = self.memory.entry(rule.name.clone()).or_insert_with(|| Known::since(now));
        let before = known.texts.len();
        let is_new = first.is_new(&self.subject, known, now);
        self.memory_changed |= known.texts.len() != before;
        is_new
    }

    /// Counts a match, and says it unless it is only there to be counted.
    fn matched(&mut self, number: usize, thing: Thing<'_>, now: Time) -> Option<Severity> {
        let watched = &mut self.rules[number];
        let value = watched.rule.alarm.as_ref().and_then(|spec| spec.value.of(&self.subject));
        let is_told = watched.count(thing.id, thing.time, value);
        let rule = &watched.rule;
        let is_quiet = rule.meta.as_ref().is_some_and(|meta| self.counting.is_quiet(meta));
        if is_quiet {
            return None;
        }
        if is_told {
            let message = rule.say(&self.subject, &Predefined::of(&rule.name, now));
            self.alerts.cry(Cry { message: &message, ..cry(rule, thing) }, now);
        }
        Some(rule.severity)
    }

    /// Says which correlations have fired.
    fn correlated(&mut self, now: Time) {
        for said in self.counting.fired() {
            let (rule, severity, cooldown) = (&*said.name, said.severity, Rule::COOLDOWN);
            for event in &said.events {
                let cry = Cry { rule, severity, message: &said.message, cooldown, event, time: said.time, late: false };
                self.alerts.cry(cry, now);
            }
        }
    }

    /// Evaluates the alarms over matches: those that are raised and took more than one match are told.
    pub fn tend(&mut self, now: Time) {
        self.early.end(now);
        for watched in &mut self.rules {
            let before = watched.local_state();
            let judged = watched.judge(now);
            self.judged |= watched.local_state() != before;
            let Some((judgement, events)) = judged else { continue };
            let message = alarmed(&watched.rule, events.len());
            let span = watched.rule.alarm.as_ref().map(Spec::looked_at).unwrap_or_default();
            for (time, id) in &events {
                let thing = Thing { id, time: *time, late: judgement.late };
                // What raised the alarm is one alert, however far apart it happened.
                let cooldown = watched.rule.cooldown.max(span);
                self.alerts.cry(Cry { message: &message, cooldown, ..cry(&watched.rule, thing) }, now);
            }
        }
    }

    /// The alarms over matches, as alarms of [`Region::LOCAL`].
    pub fn local_alarms(&self) -> Vec<Alarm> {
        self.rules.iter().filter_map(Watched::alarm).collect()
    }

    /// The changes of a local alarm, the newest first; `None` when there is no rule of this name.
    pub fn alarm_changes(&self, name: &str) -> Option<Vec<AlarmChange>> {
        self.rules.iter().find(|watched| watched.rule.name == name).map(Watched::changes)
    }

    /// Notes what was done with an alert; false when there is none with this id.
    pub fn set_alert(&mut self, id: &str, state: AlertState) -> bool {
        self.alerts.set_state(id, state)
    }

    /// What was done with the alert of this id; `None` when there is none.
    pub fn alert_state(&self, id: &str) -> Option<AlertState> {
        self.alerts.state(id)
    }

    /// The alerts that are new or have changed since this was last asked.
    pub fn take_alerts(&mut self) -> Vec<crate::model::Alert> {
        self.alerts.take_changed()
    }

    /// What rules about first times have seen, when that has changed since this was last asked.
    pub fn take_memory(&mut self) -> Option<Memory> {
        std::mem::take(&mut self.memory_changed).then(|| self.memory.clone())
    }

    /// How every rule does.
    pub fn statuses(&self, now: Time) -> Vec<RuleStatus> {
        self.rules.iter().map(|watched| watched.status(now)).chain(self.counting.statuses(now)).collect()
    }
}

/// What a rule is asked about, beside its text.
#[derive(Clone, Copy)]
struct Thing<'a> {
    id: &'a str,
    time: Time,
    late: bool,
}

/// What a rule says about a thing, but for the words.
fn cry<'a>(rule: &'a Rule, thing: Thing<'a>) -> Cry<'a> {
    let Rule { name, severity, cooldown, .. } = rule;
    let Thing { id, time, late } = thing;
    Cry { rule: name, severity: *severity, message: "", cooldown: *cooldown, event: id, time, late }
}

/// What is said when it took several events to raise the alarm: `Failed sign-ins pile up: 4 events, Sum >= 3 for …`.
fn alarmed(rule: &Rule, events: usize) -> String {
    let condition = rule.alarm.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{}: {events} events ({condition})", rule.title())
}
