//! One rule at work: how often it matched, and what its alarm is.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{
    model::{Alarm, AlarmChange, AlarmKind, AlarmState, Region, RuleStatus, Time, duration::Span},
    rules::{
        alarm::{Judgement, Spec, Window},
        draft::beside,
        rule::Rule,
        tally::Tally,
    },
};

/// Changes of an alarm that are kept.
const MOST_CHANGES: usize = 100;
/// Matches that are kept by name, to say what raised an alarm.
const MOST_RECENT: usize = 200;

/// A rule, what it has seen and what its alarm is.
#[derive(Debug)]
pub struct Watched {
    pub rule: Rule,
    pub on: bool,
    tally: Tally,
    alarm: Option<LocalAlarm>,
    /// See [`RuleStatus::beside`].
    beside: String,
}

/// The alarm over a rule's matches.
#[derive(Debug)]
struct LocalAlarm {
    window: Window,
    /// Whether each match is told by itself, as one of them is enough to raise the alarm.
    one_is_enough: bool,
    since: Option<Time>,
    reason: String,
    evaluated: Option<Time>,
    changes: VecDeque<AlarmChange>,
    /// The matches told last, with what the alert says.
    recent: VecDeque<(Time, String)>,
    /// Matches before this were told when it was raised.
    told: Option<Time>,
}

/// What lasts of a local alarm over a restart, beside the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalState {
    pub state: AlarmState,
    /// When it went there.
    pub since: Option<Time>,
    /// Matches before this were told.
    pub told: Option<Time>,
}

impl Watched {
    pub fn new(rule: Rule, on: bool) -> Self {
        let alarm = rule.alarm.as_ref().map(|spec| LocalAlarm {
            window: Window::new(spec.clone()),
            one_is_enough: spec.one_is_enough(),
            since: None,
            // As CloudWatch says of an alarm that was just made.
            reason: "Unchecked: Initial alarm creation".to_owned(),
            evaluated: None,
            changes: VecDeque::new(),
            recent: VecDeque::new(),
            told: None,
        });
        Self { beside: beside(&rule), rule, on, tally: Tally::default(), alarm }
    }

    /// Goes on counting where another rule has stopped that says the same.
    pub fn go_on_from(&mut self, old: Self) {
        let same = |a: &Rule, b: &Rule| a.pattern == b.pattern && a.language.name == b.language.name;
        if same(&self.rule, &old.rule) {
            self.tally = old.tally;
            if self.rule.alarm == old.rule.alarm {
                self.alarm = old.alarm;
            }
        }
    }

    /// Switched off, an alarm forgets: what happens meanwhile is not counted.
    pub fn switch(&mut self, on: bool) {
        if self.on != on {
            *self = Self { tally: std::mem::take(&mut self.tally), ..Self::new(self.rule.clone(), on) };
        }
    }

    /// Logs arrived that happened at `time`.
    pub fn saw(&mut self, time: Time) {
        if let Some(alarm) = self.alarm.as_mut().filter(|_| self.on) {
            alarm.window.saw(time);
        }
    }

    /// Counts an event that matched, with the value that it reports. Says whether it is told by itself: not when it
    /// takes more than one to raise the rule's alarm.
    pub fn count(&mut self, event: &str, time: Time, value: Option<f64>) -> bool {
        self.tally.count(event, time);
        let Some(alarm) = &mut self.alarm else { return true };
        if let Some(value) = value {
            alarm.window.take(time, value);
        }
        if !alarm.one_is_enough {
            if alarm.recent.len() == MOST_RECENT {
                alarm.recent.pop_front();
            }
            alarm.recent.push_back((time, event.to_owned()));
        }
        alarm.one_is_enough
    }

    /// Evaluates the alarm. Gives the judgement with the events behind it when it was raised and they were not told
    /// one by one.
    pub fn judge(&mut self, now: Time) -> Option<(Judgement, Vec<(Time, String)>)> {
        let on = self.on;
        let alarm = self.alarm.as_mut().filter(|_| on)?;
        let before = alarm.window.state();
        let judgement = alarm.window.state_at(now);
        alarm.evaluated = Some(judgement.at);
        alarm.reason.clone_from(&judgement.reason);
        if !judgement.is_new {
            return None;
        }
        alarm.note(before, &judgement);
        let is_told = judgement.state == AlarmState::Alarm && !alarm.one_is_enough;
        if !is_told {
            return None;
        }
        // Those of the periods that were looked at; what was told once is not told again.
        let begin = judgement.at - self.rule.alarm.as_ref().map(Spec::looked_at).unwrap_or_default();
        let (past, later): (Vec<_>, Vec<_>) = alarm.recent.drain(..).partition(|(time, _)| *time < judgement.at);
        alarm.recent = later.into();
        alarm.told = Some(judgement.at);
        let events = past.into_iter().filter(|(time, _)| *time >= begin).collect();
        Some((judgement, events))
    }

    /// How its alarm is, if it is on and has one.
    pub fn local_state(&self) -> Option<LocalState> {
        let alarm = self.alarm.as_ref().filter(|_| self.on)?;
        Some(LocalState { state: alarm.window.state(), since: alarm.since, told: alarm.told })
    }

    /// After the events were counted again: its alarm is as it was, with all evaluated that was over at `evaluated`.
    pub fn recall(&mut self, kept: LocalState, evaluated: Time) {
        if let Some(alarm) = &mut self.alarm {
            alarm.window.recall(kept.state, evaluated);
            (alarm.since, alarm.told) = (kept.since, kept.told);
            alarm.recent.retain(|(time, _)| kept.told.is_none_or(|told| *time >= told));
        }
    }

    /// The alarm as one of the account's, if the rule is on and has one.
    pub fn alarm(&self) -> Option<Alarm> {
        let (alarm, spec) = (self.alarm.as_ref().filter(|_| self.on)?, self.rule.alarm.as_ref()?);
        Some(Alarm {
            region: Region::new(Region::LOCAL),
            name: self.rule.name.clone(),
            arn: String::new(),
            kind: AlarmKind::Metric,
            description: self.rule.reason.clone(),
            state: alarm.window.state(),
            reason: alarm.reason.clone(),
            reason_data: String::new(),
            since: alarm.since,
            updated: alarm.evaluated,
            actions_enabled: true,
            alarm_actions: vec![format!("an alert of the rule {}", self.rule.name)],
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            evaluation_state: String::new(),
            suppressed_by: String::new(),
            condition: spec.to_string(),
            missing_data: spec.missing.as_str().to_owned(),
            settings: settings(&self.rule, spec),
        })
    }

    /// The changes of its alarm, the newest first.
    pub fn changes(&self) -> Vec<AlarmChange> {
        self.alarm.iter().flat_map(|alarm| alarm.changes.iter().rev().cloned()).collect()
    }

    pub fn status(&self, now: Time) -> RuleStatus {
        let rule = &self.rule;
        RuleStatus {
            name: rule.name.clone(),
            title: rule.title().to_owned(),
            severity: rule.severity,
            language: rule.language.name,
            origin: (&rule.origin).into(),
            on: self.on,
            on_by_default: rule.enabled,
            text: rule.pattern.clone(),
            reason: rule.reason.clone(),
            tags: rule.tags.clone(),
            channels: rule.channels.clone(),
            cooldown: span(rule.cooldown),
            settings: said(rule),
            beside: self.beside.clone(),
            problem: String::new(),
            hits: self.tally.hits(now),
            last_hit: self.tally.last(),
            events: self.tally.events().map(str::to_owned).collect(),
            account: None,
        }
    }
}

impl LocalAlarm {
    fn note(&mut self, before: AlarmState, judgement: &Judgement) {
        self.since = Some(judgement.at);
        if self.changes.len() == MOST_CHANGES {
            self.changes.pop_front();
        }
        let late = if judgement.late { ", by an event that came late" } else { "" };
        self.changes.push_back(AlarmChange {
            time: judgement.at,
            kind: "StateUpdate".to_owned(),
            summary: format!("Alarm updated from {} to {}{late}", before.as_str(), judgement.state.as_str()),
            data: serde_json::json!({ "newState": { "stateReason": judgement.reason } }).to_string(),
        });
    }
}

/// A local alarm's settings, by CloudWatch's names where it has one.
fn settings(rule: &Rule, spec: &Spec) -> Vec<(String, String)> {
    let settings = [
        ("Rule", rule.name.clone()),
        ("Pattern", rule.pattern.trim().to_owned()),
        ("Statistic", spec.statistic.as_str().to_owned()),
        ("Period", spec.period.num_seconds().to_string()),
        ("EvaluationPeriods", spec.evaluation_periods.to_string()),
        ("DatapointsToAlarm", spec.datapoints_to_alarm.to_string()),
        ("Threshold", spec.threshold.to_string()),
        ("ComparisonOperator", spec.comparison.as_str().to_owned()),
        ("TreatMissingData", spec.missing.as_str().to_owned()),
        ("DefaultValue", spec.default_value.map_or_else(|| "none".to_owned(), |value| value.to_string())),
    ];
    settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What a rule is set to beside its text.
fn said(rule: &Rule) -> Vec<(&'static str, String)> {
    let mut said = Vec::new();
    said.extend(rule.first.as_ref().map(|first| {
        ("only first", format!("what {} never held before, after {} to learn", first.field, span(first.learn)))
    }));
    said.extend(rule.message.as_ref().map(|message| ("says", message.template().to_owned())));
    said.extend(rule.alarm.as_ref().map(|alarm| ("alarm", alarm.to_string())));
    said.push(("cooldown", span(rule.cooldown).to_string()));
    said.extend((!rule.channels.is_empty()).then(|| ("tells", rule.channels.join(", "))));
    said
}

fn span(span: chrono::TimeDelta) -> Span {
    Span::seconds(span.num_seconds().max(0).unsigned_abs())
}
