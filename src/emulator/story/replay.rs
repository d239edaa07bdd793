//! Real CloudTrail records instead of the story: read from files, their times moved so that they happen now.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value as Json};

use super::record::seconds;
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
type Timed = (DateTime<Utc>, Map<String, Json>);

/// Reads the files and lays their management events around `start`, ordered by time.
pub fn read(files: &[PathBuf], start: DateTime<Utc>) -> Result<Vec<Recorded>, ReplayError> {
    let mut records = Vec::new();
    for path in files {
        let mut found = parse(path, &bytes(path)?)?;
        found.retain(is_management);
        let timed = timed(found).ok_or_else(|| ReplayError::Empty { path: path.clone() })?;
        records.extend(timed);
    }
    // One trail delivers an event more than once now and then, and the API shows it once.
    let mut seen = HashSet::new();
    records.retain(|(_, record)| match record.get("eventID") {
        Some(id) => seen.insert(id.to_string()),
        None => true,
    });
    records.sort_by_key(|(time, _)| *time);
    Ok(lay(records, start))
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

/// Reads a stream of JSON values, each a record, a list of them, or a delivered file's `Records`.
fn parse(path: &Path, text: &[u8]) -> Result<Vec<Map<String, Json>>, ReplayError> {
    let malformed = |line, column, problem| ReplayError::Malformed { path: path.to_owned(), line, column, problem };
    let mut records = Vec::new();
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Json>();
    loop {
        let begin = values.byte_offset();
        let items = match values.next() {
            None => return Ok(records),
            Some(Err(error)) => {
                let said = error.to_string();
                // The place is said in front already.
                let problem = said.split(" at line ").next().unwrap_or(&said).to_owned();
                return Err(malformed(error.line(), error.column(), problem));
            }
            Some(Ok(Json::Array(items))) => items,
            Some(Ok(Json::Object(mut object))) => match object.remove("Records") {
                Some(Json::Array(items)) => items,
                Some(other) => vec![other],
                None => vec![Json::Object(object)],
            },
            Some(Ok(other)) => vec![other],
        };
        for (number, item) in (1..).zip(items) {
            let Json::Object(record) = item else {
                let (line, column) = place(text, begin);
                return Err(malformed(line, column, format!("record {number} from here is {item} and not an object")));
            };
            records.push(record);
        }
    }
}

/// Line and column of the first thing at or after an offset, counted from 1.
fn place(text: &[u8], offset: usize) -> (usize, usize) {
    let blank = text[offset..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let before = &text[..offset + blank];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}

fn is_management(record: &Map<String, Json>) -> bool {
    let category = record.get("eventCategory").and_then(Json::as_str);
    record.get("managementEvent") != Some(&Json::Bool(false)) && !matches!(category, Some("Data" | "NetworkActivity"))
}

/// Finds the time of each record; one without takes that of the record before it. `None` when none has a time.
fn timed(records: Vec<Map<String, Json>>) -> Option<Vec<Timed>> {
    let time = |record: &Map<String, Json>| {
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

/// Shortens the gaps and moves the whole: a long recording ends [`LIVE`] after the start, a short one begins
/// [`LEAD`] before it.
fn lay(records: Vec<Timed>, start: DateTime<Utc>) -> Vec<Recorded> {
    let mut offsets = Vec::with_capacity(records.len());
    let (mut offset, mut last): (_, Option<DateTime<Utc>>) = (TimeDelta::zero(), None);
    for (time, _) in &records {
        offset += last.map_or(TimeDelta::zero(), |last| (*time - last).min(LONGEST_GAP));
        last = Some(*time);
        offsets.push(offset);
    }
    let begin = if offset < LIVE { start - LEAD } else { start + LIVE - offset };
    let moved = records.into_iter().zip(offsets).map(|((_, record), offset)| Recorded::new(begin + offset, record));
    moved.collect()
}

impl Recorded {
    fn new(time: DateTime<Utc>, mut record: Map<String, Json>) -> Self {
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

    fn parsed(text: &str) -> Result<Vec<Map<String, Json>>, ReplayError> {
        parse(Path::new("trail.json"), text.as_bytes())
    }

    #[test]
    fn each_way_to_write_records_is_read() {
        for text in [
            r#"{"Records":[{"eventID":"a"},{"eventID":"b"}]}"#,
            r#"[{"eventID":"a"},{"eventID":"b"}]"#,
            "{\"eventID\":\"a\"}\n{\"eventID\":\"b\"}\n",
        ] {
            assert_eq!(parsed(text).unwrap().len(), 2, "{text}");
        }
    }

    #[test]
    fn what_is_no_record_is_refused_with_its_place() {
        let error = parsed("{\"eventID\":\"a\"}\n  7\n").unwrap_err().to_string();
        assert!(error.starts_with("trail.json:2:3: record 1 from here is 7 and not an object"), "{error}");
        let error = parsed("{\"eventID\":\n\"a\"").unwrap_err().to_string();
        assert!(error.starts_with("trail.json:2:3: EOF while parsing an object; give "), "{error}");
    }

    #[test]
    fn gaps_are_shortened_and_a_short_recording_begins_before_the_start() {
        let text = r#"[{"eventTime":"2020-01-01T00:00:00Z"},{"eventTime":"2020-01-01T00:00:05Z"},
                       {"@timestamp":"2020-01-01T03:00:00.000Z","@version":"1"}]"#;
        let records = lay(timed(parsed(text).unwrap()).unwrap(), start());
        let offsets: Vec<i64> = records.iter().map(|record| (record.time - start()).num_seconds()).collect();
        assert_eq!(offsets, [-30, -25, -5]);
        assert_eq!(records[2].record.to_string(), r#"{"eventTime":"2027-01-15T07:59:55Z"}"#);
    }

    #[test]
    fn the_end_of_a_long_recording_comes_live() {
        let lines: String =
            (0..200).map(|i| format!("{{\"eventTime\":\"2020-01-01T{:02}:00:00Z\"}}\n", i % 24)).collect();
        let mut records = timed(parsed(&lines).unwrap()).unwrap();
        records.sort_by_key(|(time, _)| *time);
        let records = lay(
            (0..50)
                .flat_map(|_| records.iter().take(1).cloned())
                .chain((0..60).map(|i| (records[0].0 + TimeDelta::seconds(i * 15 + 15), Map::new())))
                .collect(),
            start(),
        );
        assert_eq!(records.last().unwrap().time, start() + LIVE);
        assert!(records[0].time < start());
    }

    #[test]
    fn data_events_are_left_out() {
        let records = parsed(r#"[{"eventCategory":"Data"},{"managementEvent":false},{"eventName":"x"}]"#).unwrap();
        assert_eq!(records.iter().filter(|record| is_management(record)).count(), 1);
    }
}
