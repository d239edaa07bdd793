//! The documents of a Sigma file: detections and correlations, each read alone, so that a broken one stops no other.

use std::ops::Range;

use rsigma_parser::{CorrelationRule, Level, SigmaCollection, SigmaRule, Status, parse_sigma_yaml};

use super::{detection::Detection, mistake, places::Places};
use crate::{model::Severity, rules::Fault};

/// More open brackets than this in one document are refused: the readers of conditions and of YAML go down once for each.
const MOST_OPEN: usize = 100;

/// What a rule says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    pub title: String,
    /// The rule's UUID, by which correlations refer to it.
    pub id: Option<String>,
    /// A shorter name, by which correlations refer to it as well.
    pub name: Option<String>,
    /// What `level` says; a rule without one is of medium severity.
    pub severity: Severity,
    /// Such as `attack.t1078`.
    pub tags: Vec<String>,
    /// Empty when the rule has none.
    pub description: String,
    /// `stable`, `test`, `experimental`, `deprecated` or `unsupported`.
    pub status: Option<&'static str>,
}

/// A document that says how many matches of which detections make an alert.
#[derive(Clone, Debug)]
pub struct Correlation {
    pub meta: Meta,
    /// The ids or names of the detections and correlations that it counts.
    pub rules: Vec<String>,
    /// Whether those detections alert by themselves as well.
    pub generate: bool,
    /// Where it stands in its file, in bytes.
    pub range: Range<usize>,
    pub(super) rule: CorrelationRule,
}

/// All that a file holds.
#[derive(Debug, Default)]
pub struct Documents {
    pub detections: Vec<Detection>,
    pub correlations: Vec<Correlation>,
    /// What is wrong with documents that are not taken, and what does not do what it looks like in those that are.
    pub faults: Vec<Fault>,
}

/// Reads the documents of a file; places are bytes of the whole text.
pub fn documents(text: &str) -> Documents {
    let mut all = Documents::default();
    for range in split(text) {
        let mut found = read(&text[range.clone()]);
        found.detections.iter_mut().for_each(|detection| detection.move_by(range.start));
        found.correlations.iter_mut().for_each(|correlation| correlation.range = range.clone());
        all.detections.append(&mut found.detections);
        all.correlations.append(&mut found.correlations);
        all.faults.extend(found.faults.into_iter().map(|fault| fault.moved(range.start)));
    }
    all
}

/// The documents of a YAML stream that hold more than comments.
///
/// A line that starts with `---` begins a document wherever it stands: YAML 1.2, 9.1.2.
fn split(text: &str) -> Vec<Range<usize>> {
    let is_mark = |line: &str| {
        line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
    };
    let mut starts: Vec<usize> = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_mark(line) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let ranges = starts.iter().copied().zip(ends).map(|(start, end)| start..end);
    let says = |line: &str| {
        let line = line.strip_prefix("---").unwrap_or(line).trim();
        !line.is_empty() && !line.starts_with(['#', '%']) && line != "..."
    };
    ranges.filter(|range| text[range.clone()].lines().any(says)).collect()
}

fn read(text: &str) -> Documents {
    let places = Places::of(text);
    if let Some(fault) = mistake::old_style(text, &places).or_else(|| too_deep(text)) {
        return Documents { faults: vec![fault], ..Documents::default() };
    }
    let collection = match parse_sigma_yaml(text) {
        Ok(collection) => collection,
        Err(error) => SigmaCollection { errors: vec![error.to_string()], ..SigmaCollection::new() },
    };
    // What the reader complains about in a document that it takes is no reason to refuse it.
    let taken = !collection.is_empty();
    let mut found = Documents::default();
    found
        .faults
        .extend(collection.errors.iter().map(|error| Fault { harmless: taken, ..mistake::of(error, text, &places) }));
    for rule in collection.rules {
        match Detection::new(rule, text, places.clone()) {
            Ok((detection, warnings)) => {
                found.detections.push(detection);
                found.faults.extend(warnings);
            }
            Err(fault) => found.faults.push(fault),
        }
    }
    found.correlations.extend(collection.correlations.into_iter().map(|rule| Correlation::new(rule, text)));
    if !collection.filters.is_empty() || !taken && found.faults.is_empty() {
        found.faults.push(mistake::no_rule(&places, text));
    }
    found
}

/// A text that would exhaust the stack of the engine's reader, or the patience of whoever waits for YAML's.
fn too_deep(text: &str) -> Option<Fault> {
    let mut open = 0_usize;
    let at = text.bytes().position(|byte| {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > MOST_OPEN
    });
    let many = "not ".repeat(MOST_OPEN);
    let (at, what) = at.map(|at| (at, "brackets")).or_else(|| Some((text.find(&many)?, "`not`")))?;
    let fault = Fault::new(at..at + 1, format!("more than {MOST_OPEN} {what} stand one in the other here"));
    Some(fault.help("split the condition into several selections"))
}

impl Correlation {
    fn new(rule: CorrelationRule, text: &str) -> Self {
        let meta = Meta {
            title: rule.title.clone(),
            id: rule.id.clone(),
            name: rule.name.clone(),
            severity: severity(rule.level),
            tags: rule.tags.clone(),
            description: rule.description.clone().unwrap_or_default().trim().to_owned(),
            status: rule.status.map(status),
        };
        Self { meta, rules: rule.rules.clone(), generate: rule.generate, range: 0..text.len(), rule }
    }
}

impl Meta {
    /// What a detection says about itself.
    pub(super) fn of(rule: &SigmaRule) -> Self {
        Self {
            title: rule.title.clone(),
            id: rule.id.clone(),
            name: rule.name.clone(),
            severity: severity(rule.level),
            tags: rule.tags.clone(),
            description: rule.description.clone().unwrap_or_default().trim().to_owned(),
            status: rule.status.map(status),
        }
    }
}

fn severity(level: Option<Level>) -> Severity {
    match level {
        Some(Level::Informational) => Severity::Info,
        Some(Level::Low) => Severity::Low,
        Some(Level::Medium) | None => Severity::Medium,
        Some(Level::High) => Severity::High,
        Some(Level::Critical) => Severity::Critical,
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Stable => "stable",
        Status::Test => "test",
        Status::Experimental => "experimental",
        Status::Deprecated => "deprecated",
        Status::Unsupported => "unsupported",
    }
}
