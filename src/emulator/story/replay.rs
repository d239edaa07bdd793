//! Real CloudTrail records instead of the story: read from files, their times moved so that they happen now.

use std::collections::HashSet;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value as Json;

use super::record::seconds;
use super::records::{Problem, Record, parse};
use crate::emulator::REGIONS;
use crate::emulator::random::{hash, pick};

/// A longer silence between two records is shortened to this, so that whoever watches sees the attack unfold.
const LONGEST_GAP: TimeDelta = TimeDelta::seconds(20);
/// How much of a long recording comes live; the rest lies before the start.
const LIVE: TimeDelta = TimeDelta::minutes(10);
/// How long before the start a short recording begins.
const LEAD: TimeDelta = TimeDelta::seconds(30);

/// Why a recording cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("cannot read {}: {source}; name a file of CloudTrail records that this user may read", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error(
        "{}:{line}:{column}: {problem}; give CloudTrail records as {{\"Records\":[…]}}, as a JSON array, or as one \
         record a line, gzipped or not", path.display()
    )]
    Malformed { path: PathBuf, line: usize, column: usize, problem: String },
    #[error(
        "{}: no management event with an eventTime in it, and LookupEvents answers no others; give CloudTrail records of \
         a trail that logs management events", path.display()
    )]
    Empty { path: PathBuf },
}

/// A record from a file.
#[derive(Debug)]
pub struct Recorded {
    /// When it happens now.
    pub time: DateTime<Utc>,
    /// The Region whose event history holds it.
    pub region: &'static str,
    pub record: Json,
}

/// A record and when it happened.
type Timed = (DateTime<Utc>, Record);

/// The records of some files, in the order of their times.
#[derive(Clone, Default)]
pub struct Recording {
    records: Vec<Timed>,
    left_out: Vec<LeftOut>,
}

/// What of a file is not told, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    path: PathBuf,
    problem: Problem,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { line, column, what } = &self.problem;
        write!(f, "{}:{line}:{column}: left out: {what}", self.path.display())
    }
}

impl Recording {
    /// Reads the management events in the files. A record that cannot be read is left out.
    ///
    /// # Errors
    /// A file that cannot be read, or with nothing in it to tell.
    pub fn read(files: &[PathBuf]) -> Result<Self, ReplayError> {
        let mut recording = Self::default();
        for path in files {
            recording.add(path, &bytes(path)?)?;
        }
        // One trail delivers an event more than once now and then, and the API shows it once.
        let mut seen = HashSet::new();
        recording.records.retain(|(_, record)| match record.get("eventID") {
            Some(id) => seen.insert(id.to_string()),
            None => true,
        });
        recording.records.sort_by_key(|(time, _)| *time);
        Ok(recording)
    }

    fn add(&mut self, path: &Path, text: &[u8]) -> Result<(), ReplayError> {
        let (mut found, problems) = parse(text);
        if let ([], Some(Problem { line, column, what })) = (found.as_slice(), problems.first()) {
            let (path, problem) = (path.to_owned(), what.clone());
            return Err(ReplayError::Malformed { path, line: *line, column: *column, problem });
        }
        found.retain(is_management);
        self.records.extend(timed(found).ok_or_else(|| ReplayError::Empty { path: path.to_owned() })?);
        self.left_out.extend(problems.into_iter().map(|problem| LeftOut { path: path.to_owned(), problem }));
        Ok(())
    }

    /// What was not understood, in the order of the files.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// How many records are told.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How long before its start the recording begins.
    pub fn reach(&self) -> TimeDelta {
        let length = offsets(&self.records).last().unwrap_or_default();
        if length < LIVE { LEAD } else { length - LIVE }
    }

    /// The records moved, the silences between them shortened: a long recording ends ten minutes after the start, a
    /// short one begins half a minute before it.
    pub fn laid_around(self, start: DateTime<Utc>) -> Vec<Recorded> {
        let begin = start - self.reach();
        let offsets: Vec<TimeDelta> = offsets(&self.records).collect();
        let laid = self.records.into_iter().zip(offsets);
        laid.map(|((_, record), offset)| Recorded::new(begin + offset, record)).collect()
    }
}

/// When each record is told, after the first.
fn offsets(records: &[Timed]) -> impl Iterator<Item = TimeDelta> {
    let mut last = None;
    records.iter().scan(TimeDelta::zero(), move |offset, (time, _)| {
        let gap = *time - last.replace(*time).unwrap_or(*time);
        *offset += gap.min(LONGEST_GAP);
        Some(*offset)
    })
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").field("records", &self.records.len()).field("left_out", &self.left_out).finish()
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, ReplayError> {
    let unreadable = |source| ReplayError::Unreadable { path: path.to_owned(), source };
    let raw = std::fs::read(path).map_err(unreadable)?;
    if !raw.starts_with(&[0x1f, 0x8b]) {
        return Ok(raw);
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(raw.as_slice()).read_to_end(&mut plain).map_err(unreadable)?;
    Ok(plain)
}

fn is_management(record: &Record) -> bool {
    let category = record.get("eventCategory").and_then(Json::as_str);
    record.get("managementEvent") != Some(&Json::Bool(false)) && !matches!(category, Some("Data" | "NetworkActivity"))
}

/// Finds the time of each record; one without takes that of the record before it. `None` when none has a time.
fn timed(records: Vec<Record>) -> Option<Vec<Timed>> {
    let time = |record: &Record| {
        let text = record.get("eventTime").or_else(|| record.get("@timestamp"))?.as_str()?;
        DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
    };
    let mut last = records.iter().find_map(time)?;
    let with_time = |record| {
        last = time(&record).unwrap_or(last);
        (last, record)
    };
    Some(records.into_iter().map(with_time).collect())
}

impl Recorded {
    fn new(time: DateTime<Utc>, mut record: Record) -> Self {
        let now = Json::from(seconds(time));
        if record.contains_key("eventTime") || record.shift_remove("@timestamp").is_none() {
            record.insert("eventTime".to_owned(), now);
        } else {
            record.shift_remove("@version");
            record.shift_insert(0, "eventTime".to_owned(), now);
        }
        let region = record.get("awsRegion").and_then(Json::as_str).unwrap_or(REGIONS[0]);
        // A Region that nobody watches is laid on one that somebody does; the record keeps its own.
        let known = REGIONS.iter().find(|known| **known == region);
        let region = known.unwrap_or_else(|| pick(&REGIONS, hash(region)));
        Self { time, region, record: record.into() }
    }

    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.record.pointer(pointer)?.as_str()
    }

    /// `readOnly`, which some records hold as a text.
    pub fn read_only(&self) -> Option<bool> {
        match self.record.get("readOnly")? {
            Json::String(text) => text.parse().ok(),
            other => other.as_bool(),
        }
    }

    /// The user's name, the session's, or root, as LookupEvents gives it.
    pub fn username(&self) -> Option<&str> {
        let session = || self.text("/userIdentity/arn")?.split_once("assumed-role/")?.1.split_once('/').map(|(_, s)| s);
        let root = || (self.text("/userIdentity/type")? == "Root").then_some("root");
        self.text("/userIdentity/userName").or_else(session).or_else(root)
    }

    /// Type and name of each resource in the record.
    pub fn resources(&self) -> Vec<(String, String)> {
        let listed = self.record.get("resources").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let text = |item: &Json, name: &str| item.get(name).and_then(Json::as_str).map(str::to_owned);
        listed.iter().filter_map(|item| Some((text(item, "type")?, text(item, "ARN")?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn recording(text: &str) -> Result<Recording, ReplayError> {
        let mut recording = Recording::default();
        recording.add(Path::new("trail.json"), text.as_bytes())?;
        recording.records.sort_by_key(|(time, _)| *time);
        Ok(recording)
    }

    fn at(offsets: impl IntoIterator<Item = i64>) -> String {
        let first = DateTime::from_timestamp(1_577_836_800, 0).unwrap();
        let time = |second| seconds(first + TimeDelta::seconds(second));
        offsets.into_iter().map(|second| format!("{{\"eventTime\":\"{}\"}}\n", time(second))).collect()
    }

    #[test]
    fn a_file_without_a_record_is_refused_with_the_place_of_its_first_mistake() {
        let error = recording("{\"eventID\":\n\"a\"").unwrap_err().to_string();
        assert!(error.starts_with("trail.json:2:3: EOF while parsing an object; give "), "{error}");
    }

    #[test]
    fn what_is_no_record_is_left_out_and_said_with_its_place() {
        let recording = recording(&format!("{}\n  7\n", at([0]))).unwrap();
        let said: Vec<_> = recording.left_out().iter().map(ToString::to_string).collect();
        assert_eq!((recording.len(), said), (1, vec!["trail.json:3:3: left out: 7 and not an object".to_owned()]));
    }

    #[test]
    fn gaps_are_shortened_and_a_short_recording_begins_before_the_start() {
        let text = r#"[{"eventTime":"2020-01-01T00:00:00Z"},{"eventTime":"2020-01-01T00:00:05Z"},
                       {"@timestamp":"2020-01-01T03:00:00.000Z","@version":"1"}]"#;
        let records = recording(text).unwrap().laid_around(start());
        let offsets: Vec<i64> = records.iter().map(|record| (record.time - start()).num_seconds()).collect();
        assert_eq!(offsets, [-30, -25, -5]);
        assert_eq!(records[2].record.to_string(), r#"{"eventTime":"2027-01-15T07:59:55Z"}"#);
    }

    #[test]
    fn the_end_of_a_long_recording_comes_live() {
        let recording = recording(&at((0..60).map(|i| i * 15))).unwrap();
        assert_eq!(recording.reach(), TimeDelta::seconds(59 * 15) - LIVE);
        let records = recording.laid_around(start());
        assert_eq!(records.last().unwrap().time, start() + LIVE);
        assert!(records[0].time < start());
    }

    #[test]
    fn data_events_are_left_out() {
        let text = r#"[{"eventCategory":"Data"},{"managementEvent":false},{"eventTime":"2020-01-01T00:00:00Z"}]"#;
        assert_eq!(recording(text).unwrap().len(), 1);
    }
}
