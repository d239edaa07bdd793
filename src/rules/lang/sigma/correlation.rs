//! Counts matches of detections over time: Sigma's correlation documents.
//!
//! The engine counts in the order in which it is told, but CloudTrail delivers late and out of order (AWS CloudTrail user
//! guide: within about 5 minutes, which is no promise). So what was counted is kept for a while, and an event that comes
//! late makes the engine count again from there: whatever the order, the same correlations fire. An event counts once for
//! a firing; the next one counts others.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use rsigma_eval::{
    CorrelationAction, CorrelationConfig, CorrelationEngine, CorrelationEventMode, DetectionBody, EvaluationResult,
    Event, EventValue, ResultBody, RuleHeader, TimestampFallback,
};
use rsigma_parser::{CorrelationCondition, CorrelationRule};

use super::{
    document::{Correlation, Meta},
    view::View,
};
use crate::rules::{Fault, Subject, fault::nearest};

/// How late an event may come and still be counted where it belongs, in seconds.
const LATE: i64 = 3_600;
/// Matches that are kept; the oldest go first.
const MOST_KEPT: usize = 50_000;
/// Groups that are counted at a time, and events in one of them.
const MOST_GROUPS: usize = 20_000;
/// Events that a firing names; the newest.
const MOST_NAMED: usize = 1_000;
/// The longest `timespan`, in seconds: a leap year.
const LONGEST: u64 = 366 * 86_400;

/// One correlation that fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Firing {
    /// Which, by its number in [`Correlations::list`].
    pub correlation: usize,
    /// When the event happened that made it fire, in seconds since 1970.
    pub time: i64,
    /// The fields of `group-by` with what they hold; a field that is absent is left out.
    pub group: Vec<(String, String)>,
    /// What was counted or added up.
    pub value: f64,
    /// The `eventID`s of the events, in order of time; empty for a correlation of correlations.
    pub events: Vec<String>,
}

/// The correlations of all rules, and what they have counted.
pub struct Correlations {
    list: Vec<Correlation>,
    engine: CorrelationEngine,
    /// The fields that are counted or grouped by; the rest of an event is not kept.
    fields: Vec<String>,
    /// Ordered by time.
    kept: Vec<Seen>,
    /// How many of those the engine has counted.
    counted: usize,
    /// The last firings, so that none is told twice.
    told: Vec<Firing>,
    /// How long what was counted is kept, in seconds.
    horizon: i64,
    dropped: u64,
}

/// What is kept of an event.
#[derive(Debug)]
struct Seen {
    time: i64,
    id: String,
    /// The ids and names of the detections that matched.
    rules: Vec<String>,
    values: Vec<Option<EventValue<'static>>>,
}

impl Correlations {
    /// Correlations over these detections; one that cannot be counted is left out, and a fault says why. Its place is in
    /// the file that the correlation came from.
    pub fn new<'a>(documents: Vec<Correlation>, detections: impl IntoIterator<Item = &'a Meta>) -> (Self, Vec<Fault>) {
        let mut known: HashSet<String> = detections.into_iter().flat_map(names).map(str::to_owned).collect();
        let (mut list, mut rest, mut faults) = (Vec::new(), documents, Vec::new());
        // Each round takes those that count only what is known: what is left counts something unknown, or itself.
        loop {
            let (ready, waiting): (Vec<_>, Vec<_>) =
                rest.into_iter().partition(|document| document.rules.iter().all(|rule| known.contains(rule)));
            rest = waiting;
            if ready.is_empty() {
                break;
            }
            known.extend(ready.iter().flat_map(|document| names(&document.meta)).map(str::to_owned));
            list.extend(ready);
        }
        faults.extend(rest.iter().map(|document| unknown(document, &rest, &known)));
        let mut this = Self::empty();
        for document in list {
            if let Err(reason) = this.add(document) {
                faults.push(reason);
            }
        }
        (this, faults)
    }

    fn empty() -> Self {
        let config = CorrelationConfig {
            timestamp_fields: Vec::new(),
            timestamp_fallback: TimestampFallback::Skip,
            max_state_entries: MOST_GROUPS,
            max_group_entries: Some(MOST_GROUPS),
            suppress: None,
            action_on_match: CorrelationAction::Reset,
            emit_detections: true,
            correlation_event_mode: CorrelationEventMode::Refs,
            max_correlation_events: MOST_NAMED,
        };
        Self {
            list: Vec::new(),
            engine: CorrelationEngine::new(config),
            fields: Vec::new(),
            kept: Vec::new(),
            counted: 0,
            told: Vec::new(),
            horizon: LATE,
            dropped: 0,
        }
    }

    fn add(&mut self, document: Correlation) -> Result<(), Fault> {
        let mut rule = document.rule.clone();
        let fault = |message: String| Fault::new(document.range.clone(), message);
        if rule.timespan.seconds > LONGEST {
            return Err(fault("the timespan is longer than a year".to_owned()).help("count over at most 366d"));
        }
        for field in fields(&rule) {
            if !self.fields.contains(field) {
                self.fields.push(field.clone());
            }
        }
        self.horizon += i64::try_from(rule.timespan.seconds).unwrap_or(i64::MAX / 4);
        // The engine says which correlation fired by title and id, and sets itself up by attributes of any rule.
        rule.id = rule.id.or_else(|| rule.name.clone()).or_else(|| Some(rule.title.clone()));
        rule.title = self.list.len().to_string();
        (rule.tags, rule.custom_attributes) = (Vec::new(), HashMap::new());
        self.engine.add_correlation(&rule).map_err(|error| {
            fault(format!("the correlation cannot be counted: {error}"))
                .help("see the Sigma specification, \"Correlations\"")
        })?;
        self.list.push(document);
        Ok(())
    }

    /// The correlations, in the order of their numbers.
    pub fn list(&self) -> &[Correlation] {
        &self.list
    }

    /// The fields of an event that are counted or grouped by; the rest of it is not looked at.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// Whether a correlation counts this detection.
    pub fn counts(&self, detection: &Meta) -> bool {
        self.list.iter().any(|correlation| refers(correlation, detection))
    }

    /// Whether a detection is only there to be counted: it does not alert by itself, unless a correlation says
    /// `generate: true` (Sigma specification, "Correlations").
    pub fn is_quiet(&self, detection: &Meta) -> bool {
        self.counts(detection) && !self.list.iter().any(|it| it.generate && refers(it, detection))
    }

    /// Events that came too late to be counted.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Tells of an event that happened at `time`, in seconds since 1970, with the detections that matched it.
    pub fn tell<'a>(&mut self, time: i64, subject: &Subject, matched: impl IntoIterator<Item = &'a Meta>) {
        let is_counted =
            |name: &&str| self.list.iter().any(|correlation| correlation.rules.iter().any(|rule| rule == name));
        let rules: Vec<String> = matched.into_iter().flat_map(names).filter(is_counted).map(str::to_owned).collect();
        if rules.is_empty() {
            return;
        }
        if self.kept.last().is_some_and(|newest| time < newest.time.saturating_sub(self.horizon)) {
            self.dropped += 1;
            return;
        }
        let seen = Seen::new(time, subject, rules, &self.fields);
        let at = self.kept.partition_point(|kept| kept.time <= time);
        let twins = self.kept[..at].iter().rev().take_while(|kept| kept.time == time);
        // A trail delivers an event more than once now and then.
        if seen.id.is_empty() || !twins.into_iter().any(|kept| kept.id == seen.id) {
            self.kept.insert(at, seen);
            if at < self.counted {
                self.counted = 0;
                self.engine.evict_expired(i64::MAX / 4);
            }
        }
    }

    /// What has fired since the last time this was asked, in order of time; an alert for each.
    ///
    /// Ask after a batch of events rather than after each: a late event makes everything that is kept be counted again.
    pub fn fired(&mut self) -> Vec<Firing> {
        let mut firings = Vec::new();
        for seen in &self.kept[self.counted..] {
            let results = seen.rules.iter().map(|rule| result(rule)).collect();
            let event = Sighting { seen, fields: &self.fields };
            let results = self.engine.process_with_detections(&event, results, seen.time);
            firings.extend(results.iter().filter_map(|result| firing(result, seen.time)));
        }
        self.counted = self.kept.len();
        firings.retain(|firing| !self.told.iter().any(|told| told.is_same(firing)));
        self.told.extend(firings.iter().cloned());
        self.forget();
        firings
    }

    /// Lets go of what no event can still be counted with.
    fn forget(&mut self) {
        let Some(newest) = self.kept.last().map(|seen| seen.time) else { return };
        let oldest = newest.saturating_sub(self.horizon);
        let old = self.kept.partition_point(|seen| seen.time < oldest);
        let excess = self.kept.len().saturating_sub(MOST_KEPT);
        // Seldom, since all that is kept moves up.
        if old > self.kept.len() / 2 || excess > MOST_KEPT / 4 {
            let gone = old.max(excess);
            self.kept.drain(..gone);
            self.counted -= gone;
            self.told.retain(|told| told.time >= oldest);
        }
    }
}

/// What correlations look at of a subject, as a record that stands for it: its `eventID` and these fields.
pub fn digest(subject: &Subject, fields: &[String]) -> String {
    let view = View { subject, walked: &[] };
    let id = view.get_field("eventID").map(|id| ("eventID".to_owned(), owned(&id).to_json()));
    let values = fields.iter().filter_map(|field| Some((field.clone(), owned(&view.get_field(field)?).to_json())));
    serde_json::Value::from(values.chain(id).collect::<serde_json::Map<_, _>>()).to_string()
}

impl fmt::Debug for Correlations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Correlations").field("list", &self.list).field("kept", &self.kept.len()).finish_non_exhaustive()
    }
}

impl Firing {
    /// Whether both are of one occurrence: they share an event, or, where none is known, the moment.
    fn is_same(&self, other: &Self) -> bool {
        self.correlation == other.correlation
            && self.group == other.group
            && match self.events.is_empty() {
                true => self.time == other.time,
                false => self.events.iter().any(|event| other.events.contains(event)),
            }
    }
}

impl Seen {
    fn new(time: i64, subject: &Subject, rules: Vec<String>, fields: &[String]) -> Self {
        let view = View { subject, walked: &[] };
        let values = fields.iter().map(|field| view.get_field(field).map(|value| owned(&value))).collect();
        let id = subject.record().get("eventID").and_then(|id| id.text().map(|text| text.into_owned()));
        Self { time, id: id.unwrap_or_default(), rules, values }
    }
}

/// A value that borrows from nothing. Of a list, which cannot be grouped by, only that it is there.
fn owned(value: &EventValue<'_>) -> EventValue<'static> {
    match value {
        EventValue::Int(number) => EventValue::Int(*number),
        EventValue::Float(number) => EventValue::Float(*number),
        EventValue::Bool(is) => EventValue::Bool(*is),
        EventValue::Null => EventValue::Null,
        EventValue::Str(text) => EventValue::Str(text.to_string().into()),
        EventValue::Array(_) | EventValue::Map(_) => EventValue::Array(Vec::new()),
    }
}

/// What was kept of an event, as the engine asks for it.
struct Sighting<'a> {
    seen: &'a Seen,
    fields: &'a [String],
}

impl Event for Sighting<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        let at = self.fields.iter().position(|field| field == path)?;
        self.seen.values.get(at)?.clone()
    }

    fn any_string_value(&self, _: &dyn Fn(&str) -> bool) -> bool {
        false
    }

    fn all_string_values(&self) -> Vec<std::borrow::Cow<'_, str>> {
        Vec::new()
    }

    fn to_json(&self) -> serde_json::Value {
        // By this key the engine names the events that it counted.
        serde_json::json!({ "id": self.seen.id })
    }
}

fn names(meta: &Meta) -> impl Iterator<Item = &str> {
    meta.id.as_deref().into_iter().chain(meta.name.as_deref())
}

fn refers(correlation: &Correlation, detection: &Meta) -> bool {
    names(detection).any(|name| correlation.rules.iter().any(|rule| rule == name))
}

/// The fields of an event that a correlation asks for.
fn fields(rule: &CorrelationRule) -> impl Iterator<Item = &String> {
    let counted = match &rule.condition {
        CorrelationCondition::Threshold { field, .. } => field.as_deref(),
        CorrelationCondition::Extended(_) => None,
    };
    let aliases = rule.aliases.iter().flat_map(|alias| alias.mapping.values());
    rule.group_by.iter().chain(aliases).chain(counted.into_iter().flatten())
}

fn unknown(document: &Correlation, rest: &[Correlation], known: &HashSet<String>) -> Fault {
    let title = &document.meta.title;
    let is_waiting = |rule: &&String| rest.iter().any(|other| names(&other.meta).any(|name| name == rule.as_str()));
    match document.rules.iter().find(|rule| !known.contains(*rule) && !is_waiting(rule)) {
        Some(rule) => {
            let message = format!("the correlation \"{title}\" counts `{rule}`, which no rule has as its id or name");
            let near = nearest(rule, known.iter().map(String::as_str));
            let help = near
                .map_or("write the id or name of a detection that is loaded".to_owned(), |it| format!("write `{it}`"));
            Fault::new(document.range.clone(), message).help(help)
        }
        None => Fault::new(
            document.range.clone(),
            format!("the correlation \"{title}\" counts itself, or one that is not taken"),
        )
        .help("let correlations count detections, or correlations that count detections"),
    }
}

/// The match of a detection, as far as the engine looks at it.
fn result(rule: &str) -> EvaluationResult {
    EvaluationResult {
        header: RuleHeader {
            rule_title: String::new(),
            rule_id: Some(rule.to_owned()),
            level: None,
            tags: Vec::new(),
            custom_attributes: Arc::default(),
            enrichments: None,
        },
        body: ResultBody::Detection(DetectionBody {
            matched_selections: Vec::new(),
            matched_fields: Vec::new(),
            event: None,
        }),
    }
}

fn firing(result: &EvaluationResult, time: i64) -> Option<Firing> {
    let body = result.as_correlation()?;
    let events = body.event_refs.iter().flatten().filter_map(|event| event.id.clone()).collect();
    let correlation = result.header.rule_title.parse().ok()?;
    Some(Firing { correlation, time, group: body.group_key.clone(), value: body.aggregated_value, events })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::lang::sigma::documents;

    fn correlations(text: &str) -> (Correlations, Vec<Fault>) {
        let found = documents(text);
        assert_eq!(found.faults, []);
        Correlations::new(found.correlations, found.detections.iter().map(|detection| &detection.meta))
    }

    fn rule(name: &str) -> String {
        format!("title: T\nname: {name}\nlogsource:\n  product: aws\ndetection:\n  s:\n    a: b\n  condition: s\n---\n")
    }

    fn count(extra: &str) -> String {
        format!(
            "title: C\nname: c\ncorrelation:\n  type: event_count\n  rules: [fail]\n  group-by: [user]\n  timespan: 60s\n  condition: {{gte: 3}}\n{extra}"
        )
    }

    fn meta(name: &str) -> Meta {
        Meta { name: Some(name.to_owned()), ..Meta::default() }
    }

    fn tell(correlations: &mut Correlations, time: i64, rule: &str, user: &str) {
        let subject = Subject::cloudtrail(&format!(r#"{{"eventID":"{rule}{user}{time}","user":"{user}"}}"#)).unwrap();
        correlations.tell(time, &subject, [&meta(rule)]);
    }

    #[test]
    fn enough_events_of_one_group_fire_once() {
        let (mut all, faults) = correlations(&(rule("fail") + &count("")));
        assert_eq!(faults, []);
        for (time, user) in [(100, "a"), (110, "b"), (120, "a"), (140, "a"), (150, "a"), (500, "a"), (510, "a")] {
            tell(&mut all, time, "fail", user);
            tell(&mut all, time, "other", user);
        }
        let events = ["faila100", "faila120", "faila140"].map(str::to_owned).to_vec();
        let group = vec![("user".to_owned(), "a".to_owned())];
        assert_eq!(all.fired(), [Firing { correlation: 0, time: 140, group, value: 3.0, events }]);
        assert_eq!(all.fired(), []);
        assert!(all.is_quiet(&meta("fail")) && !all.is_quiet(&meta("other")));
        assert_eq!(all.list()[0].meta.title, "C");
    }

    #[test]
    fn a_late_event_counts_where_it_belongs_and_a_second_copy_does_not() {
        let (mut all, _) = correlations(&(rule("fail") + &count("")));
        for time in [100, 140, 100, 1_000, 140] {
            tell(&mut all, time, "fail", "a");
        }
        assert_eq!(all.fired(), []);
        tell(&mut all, 120, "fail", "a");
        let fired = all.fired();
        assert_eq!(fired.len(), 1);
        assert_eq!((fired[0].time, &fired[0].events[1][..]), (140, "faila120"));
        tell(&mut all, 130, "fail", "a");
        assert_eq!(all.fired(), []);
        tell(&mut all, 100_000, "fail", "a");
        tell(&mut all, 130, "fail", "a");
        assert_eq!((all.fired(), all.dropped()), (Vec::new(), 1));
    }

    #[test]
    fn steps_in_order_and_correlations_of_correlations_fire() {
        let text = rule("fail")
            + &rule("login")
            + &count("---\n")
            + "title: O\ncorrelation:\n  type: temporal_ordered\n  rules: [c, login]\n  group-by: [user]\n  timespan: 5m\n  generate: true\n";
        let (mut all, faults) = correlations(&text);
        assert_eq!(faults, []);
        for (time, rule) in [(10, "login"), (100, "fail"), (110, "fail"), (120, "fail"), (130, "login")] {
            tell(&mut all, time, rule, "a");
        }
        let fired: Vec<_> = all.fired().into_iter().map(|firing| (firing.correlation, firing.time)).collect();
        assert_eq!(fired, [(0, 120), (1, 130)]);
        assert!(!all.is_quiet(&meta("login")));
    }

    #[test]
    fn a_digest_counts_as_its_event_does() {
        let record = r#"{"eventID":"e","userIdentity":{"arn":"a","n":1},"rest":"x","list":["u"]}"#;
        let fields = ["userIdentity.arn", "userIdentity.n", "none", "list"].map(str::to_owned);
        let whole = Subject::cloudtrail(record).unwrap();
        let digest = digest(&whole, &fields);
        assert!(!digest.contains("rest"), "{digest}");
        let small = Subject::cloudtrail(&digest).unwrap();
        let seen = |subject: &Subject| format!("{:?}", Seen::new(1, subject, Vec::new(), &fields));
        assert_eq!(seen(&small), seen(&whole));
    }

    #[test]
    fn what_counts_nothing_known_is_told() {
        let (all, faults) = correlations(
            &(rule("fails") + &count("---\n") + &count("").replace("name: c", "name: d").replace("[fail]", "[d]")),
        );
        assert!(all.list().is_empty());
        assert!(faults[0].message.contains("counts `fail`") && faults[0].help.as_deref() == Some("write `fails`"));
        assert!(faults[1].message.contains("counts itself"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_order_of_delivery_does_not_matter(mut times in prop::collection::vec((0_i64..600, "[ab]"), 0..30), seed in any::<u64>()) {
            times.sort();
            times.dedup();
            let fire = |times: &[(i64, String)]| {
                let (mut all, _) = correlations(&(rule("fail") + &count("")));
                times.iter().for_each(|(time, user)| tell(&mut all, *time, "fail", user));
                all.fired()
            };
            let expected = fire(&times);
            times.sort_by_key(|(time, user)| (*time as u64 + user.len() as u64 + 1).wrapping_mul(seed | 1) % 1_009);
            prop_assert_eq!(fire(&times), expected);
        }
    }
}
