//! Puts the rules to the records of a batch: what each thread does.

use std::sync::Mutex;

use super::{
    plan::Plan,
    seen::{Ids, Word},
};
use crate::{
    json::Problem,
    model::{
        Region, Time,
        record::{self, Envelope},
    },
    rules::{Subject, lang::sigma, message::Predefined, tape::Value},
    trail::Batch,
};

/// Bytes of a record from which on all threads share one place to read it in: a long one may take 50 times its size.
const LONG: usize = 128 << 10;
/// Values in a long record; CloudTrail writes none with so many, and each takes memory.
const MOST_VALUES: usize = 200_000;
/// Bytes of a message; the rest is cut.
const MOST_OF_A_MESSAGE: usize = 4_000;

/// What the rules say to the records of a batch.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The number of the first record in its file, from 1.
    pub(super) first: u64,
    /// By record, its id and what it says.
    pub(super) ids: Vec<Word>,
    /// The records that a rule matched, in their order.
    pub(super) hits: Vec<Hit>,
    /// The numbers of records in the file that are no JSON, with why.
    pub(super) broken: Vec<(u64, Problem)>,
    /// Records that happened too early to be looked at.
    pub(super) early: u64,
}

/// A record that rules matched.
#[derive(Debug)]
pub(super) struct Hit {
    /// Its place in the batch.
    pub(super) at: usize,
    pub(super) id: String,
    pub(super) time: Option<Time>,
    /// Who did it, if a rule says something about it.
    pub(super) who: Option<String>,
    /// The rules, by their numbers, with what they say; with nothing when that is not wanted.
    pub(super) rules: Vec<(u32, Option<String>)>,
    /// What correlations look at, if one counts a rule.
    pub(super) digest: Option<String>,
}

/// What all threads share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) plan: &'a Plan,
    pub(super) ids: Ids,
    pub(super) now: Time,
    /// Where long records are read, one at a time.
    pub(super) long: Mutex<()>,
}

/// One thread's own.
#[derive(Debug)]
pub(super) struct Asker<'a> {
    shared: &'a Shared<'a>,
    subject: Subject,
    candidates: Vec<u32>,
    matched: Vec<u32>,
    /// By rule, the earliest match that this thread knows of. What came later is not the first of all.
    earliest: Vec<Option<Time>>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(shared: &'a Shared<'a>) -> Self {
        let earliest = vec![None; shared.plan.rules.len()];
        Self { shared, subject: Subject::default(), candidates: Vec::new(), matched: Vec::new(), earliest }
    }

    /// Asks every rule that may be about a record of the batch.
    pub(super) fn ask(&mut self, batch: &Batch) -> Answer {
        let mut answer = Answer { ids: Vec::with_capacity(batch.len()), ..Answer::default() };
        for (at, (number, record)) in batch.iter().enumerate() {
            if at == 0 {
                answer.first = number;
            }
            match record.len() < LONG {
                true => self.record(at, number, record, &mut answer),
                false if memchr::memchr3_iter(b',', b'[', b'{', record.as_bytes()).count() > MOST_VALUES => {
                    let reason = "it has more than 200,000 values, which CloudTrail writes none of";
                    answer.ids.push(Word::NONE);
                    answer.broken.push((number, Problem { offset: 0, reason }));
                }
                false => {
                    let _alone = self.shared.long.lock();
                    self.record(at, number, record, &mut answer);
                    self.subject = Subject::default();
                }
            }
        }
        answer
    }

    fn record(&mut self, at: usize, number: u64, record: &str, answer: &mut Answer) {
        if let Err(problem) = self.subject.tell(record) {
            answer.ids.push(Word::NONE);
            answer.broken.push((number, problem));
            return;
        }
        let told = self.subject.record();
        let id = told.get("eventID").and_then(Value::text);
        answer.ids.push(id.map_or(Word::NONE, |id| self.shared.ids.word(&id, told)));
        let plan = self.shared.plan;
        if let (Some(since), Some(time)) = (plan.since, self.time())
            && time < since
        {
            answer.early += 1;
            return;
        }
        plan.index.candidates(&self.subject, &mut self.candidates);
        let holds = |rule: &u32| plan.rules[*rule as usize].rule.predicate.matches(&self.subject);
        self.matched.clear();
        self.matched.extend(self.candidates.iter().copied().filter(holds));
        if !self.matched.is_empty() {
            answer.hits.push(self.hit(at, record));
        }
    }

    /// When the event happened. Some collectors rename the field.
    fn time(&self) -> Option<Time> {
        let record = self.subject.record();
        let time = |key| parse(record.get(key)?.text()?.as_ref());
        time("eventTime").or_else(|| time("@timestamp"))
    }

    fn hit(&mut self, at: usize, record: &str) -> Hit {
        let plan = self.shared.plan;
        let time = self.time();
        let id = self.subject.record().get("eventID").and_then(Value::text).unwrap_or_default().into_owned();
        let matched = std::mem::take(&mut self.matched);
        let rules: Vec<_> = matched.iter().map(|&rule| (rule, self.message(rule, time))).collect();
        let who = rules.iter().any(|(_, message)| message.is_some()).then(|| self.who(record));
        let counts = |(rule, _): &(u32, _)| plan.rules[*rule as usize].counted.is_some();
        let digest = rules.iter().any(counts).then(|| sigma::digest(&self.subject, &plan.fields));
        self.matched = matched;
        Hit { at, id, time, who, rules, digest }
    }

    /// What a rule says, if that may be shown.
    fn message(&mut self, rule: u32, time: Option<Time>) -> Option<String> {
        let planned = &self.shared.plan.rules[rule as usize];
        let earliest = &mut self.earliest[rule as usize];
        let is_first = earliest.is_none_or(|earliest| time.is_none_or(|time| time <= earliest));
        if planned.quiet || !(is_first || self.shared.plan.tells_all) {
            return None;
        }
        *earliest = time.or(*earliest);
        let mut message = planned.rule.say(&self.subject, &Predefined::of(&planned.rule.name, self.shared.now));
        if message.len() > MOST_OF_A_MESSAGE {
            message.truncate(message.floor_char_boundary(MOST_OF_A_MESSAGE));
            message.push('…');
        }
        Some(message)
    }

    fn who(&self, record: &str) -> String {
        let mut who = record::read(Envelope::bare(Region::new(""), record), self.shared.now).actor.name;
        who.truncate(who.floor_char_boundary(MOST_OF_A_MESSAGE));
        who
    }
}

/// A time as it is written in a record.
fn parse(text: &str) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| crate::model::sane(time.to_utc()))
}
