//! Puts together what was found, in the order of files and records, so that the same files always say the same.

mod sightings;

use std::{io, path::Path};

use sightings::Sightings;

use super::{
    Listener,
    asker::{Answer, Hit},
    lanes::End,
    plan::Plan,
    seen::{News, Seen},
};
use crate::{
    model::{Severity, Time},
    trail::Walk,
};

/// Records between two words on how far the scan is.
const STEP: u64 = 5_000;

/// One match of a rule, or one time that a correlation fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding<'a> {
    pub rule: &'a str,
    pub severity: Severity,
    /// `eventID`; of a correlation, that of the last event that it counted. May be empty.
    pub id: &'a str,
    /// When it happened, where the record says so.
    pub time: Option<Time>,
    /// What the rule says. Parts of it were chosen by whoever made the call.
    pub message: &'a str,
    /// Who did it; may be empty.
    pub who: &'a str,
    /// The file of the record; `None` for a correlation.
    pub file: Option<&'a Path>,
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub rule: String,
    pub severity: Severity,
    pub hits: u64,
    pub first: Option<Time>,
    pub last: Option<Time>,
    /// What the rule said of the first, and who did it.
    pub message: String,
    pub who: String,
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The rules that found something, the most severe first.
    pub rows: Vec<Row>,
    /// Records that were looked at, each once.
    pub records: u64,
    pub files: u64,
    /// Copies of records that were seen before.
    pub copies: u64,
    /// Ids that several records have which are not the same.
    pub shared_ids: u64,
    /// Records from before the time that the plan starts at.
    pub early: u64,
    /// Records and files that could not be read.
    pub wrong: u64,
    /// Matches that correlations did not count any more, because there were too many.
    pub uncounted: u64,
    /// Files that were passed over in folders: digests and Insights, and what does not look like records.
    pub others: usize,
}

pub(super) struct Collector<'a> {
    plan: &'a Plan,
    seen: Seen,
    /// By rule, then by correlation.
    rows: Vec<Row>,
    sightings: Sightings,
    report: Report,
    /// Records of all kinds so far.
    passed: u64,
}

impl<'a> Collector<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let row = |name: &str, severity, title: &str| Row {
            rule: name.to_owned(),
            severity,
            hits: 0,
            first: None,
            last: None,
            message: title.to_owned(),
            who: String::new(),
        };
        let rules = plan.rules.iter().map(|planned| &planned.rule);
        let rules = rules.map(|rule| row(&rule.name, rule.severity, rule.title()));
        let counted = plan.counted.iter().map(|counted| (&counted.name, &counted.correlation.meta));
        let counted = counted.map(|(name, meta)| row(name, meta.severity, &meta.title));
        let rows = rules.chain(counted).collect();
        let (seen, sightings) = (Seen::default(), Sightings::default());
        Self { plan, seen, rows, sightings, report: Report::default(), passed: 0 }
    }

    /// Takes the answer to a batch of a file.
    pub(super) fn take(&mut self, file: &Path, answer: Answer, listener: &mut impl Listener) -> io::Result<()> {
        let before = self.passed / STEP;
        self.passed += answer.ids.len() as u64;
        for (number, problem) in &answer.broken {
            self.wrong(&format!("{}: record {number}: {problem}; it is left out", file.display()), listener)?;
        }
        self.report.early += answer.early;
        let mut hits = answer.hits.into_iter().peekable();
        for (at, id) in answer.ids.iter().enumerate() {
            let hit = hits.next_if(|hit| hit.at == at);
            let news = self.seen.take(*id);
            if news == News::Copy {
                self.report.copies += 1;
                continue;
            }
            self.report.records += 1;
            self.report.shared_ids += u64::from(news == News::Other { first: true });
            if let Some(hit) = hit {
                self.hit(file, hit, listener)?;
            }
        }
        if self.passed / STEP > before {
            listener.goes_on(self.passed);
        }
        Ok(())
    }

    fn hit(&mut self, file: &Path, hit: Hit, listener: &mut impl Listener) -> io::Result<()> {
        for (rule, message) in &hit.rules {
            let (row, planned) = (&mut self.rows[*rule as usize], &self.plan.rules[*rule as usize]);
            if planned.quiet {
                continue;
            }
            row.count(hit.time, message.as_deref(), hit.who.as_deref());
            if self.plan.tells_all {
                listener.found(&Finding {
                    rule: &planned.rule.name,
                    severity: planned.rule.severity,
                    id: &hit.id,
                    time: hit.time,
                    message: message.as_deref().unwrap_or_else(|| planned.rule.title()),
                    who: hit.who.as_deref().unwrap_or_default(),
                    file: Some(file),
                })?;
            }
        }
        if let (Some(digest), Some(time)) = (hit.digest, hit.time) {
            let rules = hit.rules.iter().map(|(rule, _)| *rule);
            let counted = rules.filter(|rule| self.plan.rules[*rule as usize].counted.is_some());
            self.sightings.keep(time, counted.collect(), digest);
        }
        Ok(())
    }

    fn wrong(&mut self, what: &str, listener: &mut impl Listener) -> io::Result<()> {
        self.report.wrong += 1;
        listener.wrong(what)
    }

    /// Notes that a file is over.
    pub(super) fn end(&mut self, file: &Path, end: End, listener: &mut impl Listener) -> io::Result<()> {
        self.report.files += 1;
        let name = file.display();
        for damage in &end.damages {
            self.wrong(&format!("{name}: record {}, byte {}: {}", damage.record, damage.byte, damage.what), listener)?;
        }
        self.report.wrong += end.damaged - end.damages.len() as u64;
        match end.error {
            Some(error) => self.wrong(&format!("{name}: cannot be read: {error}"), listener),
            None => Ok(()),
        }
    }

    /// What was found in all files; the correlations are counted here.
    pub(super) fn finish(mut self, walk: &Walk, listener: &mut impl Listener) -> io::Result<Report> {
        let sightings = std::mem::take(&mut self.sightings);
        self.report.uncounted = sightings.left_out();
        let rules = self.plan.rules.len();
        for fired in sightings.count(self.plan) {
            let row = &mut self.rows[rules + fired.correlation];
            let is_first = row.first.is_none_or(|first| fired.time.is_some_and(|time| time < first));
            row.count(fired.time, is_first.then_some(&*fired.message), None);
            if self.plan.tells_all {
                listener.found(&Finding {
                    rule: &self.plan.counted[fired.correlation].name,
                    severity: row.severity,
                    id: &fired.id,
                    time: fired.time,
                    message: &fired.message,
                    who: "",
                    file: None,
                })?;
            }
        }
        self.report.others = walk.digests + walk.others;
        let mut rows: Vec<Row> = self.rows.into_iter().filter(|row| row.hits > 0).collect();
        rows.sort_by(|a, b| (b.severity, b.hits, &a.rule).cmp(&(a.severity, a.hits, &b.rule)));
        Ok(Report { rows, ..self.report })
    }
}

impl Row {
    /// Counts a match. Of those that happened at the same time, the first that is counted is the first.
    fn count(&mut self, time: Option<Time>, message: Option<&str>, who: Option<&str>) {
        self.hits += 1;
        let is_first = match (self.first, time) {
            (None, _) => self.hits == 1 || time.is_some(),
            (Some(first), Some(time)) => time < first,
            (Some(_), None) => false,
        };
        if let (true, Some(message)) = (is_first, message) {
            self.message = message.to_owned();
            self.who = who.unwrap_or_default().to_owned();
        }
        self.first = self.first.into_iter().chain(time).min();
        self.last = self.last.max(time);
    }
}
