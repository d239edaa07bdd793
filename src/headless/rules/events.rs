//! Events from files or standard input, each as it is written.

use std::{
    borrow::Cow,
    io,
    path::{Path, PathBuf},
};

use super::say;
use crate::{
    json::{Problem, compact},
    model::text::visible_json,
    rules::Subject,
    trail::{Batch, Reader},
};

/// What an event is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A CloudTrail record gets its envelope, an envelope is one, anything else is as it is.
    Sensibly,
    /// Everything is as it is.
    AsItIs,
}

/// Members that a CloudTrail record has, and nothing else on a bus.
const OF_RECORDS: &[&str] = &["eventVersion", "eventSource", "eventName", "eventID", "userIdentity"];

/// The subject that an object is.
///
/// # Errors
/// Why the text is no JSON object.
pub(super) fn subject(object: &str, taken: Taken) -> Result<Subject, Problem> {
    let bare = Subject::bare(object)?;
    let has = |key: &str| bare.envelope().get(key).is_some();
    if taken == Taken::AsItIs {
        return Ok(bare);
    }
    // As LookupEvents has it: the record is a text.
    let told = bare.envelope().get("CloudTrailEvent").and_then(|record| record.text());
    match told.map(|record| Subject::cloudtrail(&record)) {
        Some(Ok(subject)) => Ok(subject),
        _ if has("detail-type") && has("detail") => Subject::envelope_of(object),
        _ if OF_RECORDS.iter().any(|key| has(key)) => Subject::cloudtrail(object),
        _ => Ok(bare),
    }
}

/// Calls `each` with every object in the files, or in standard input when there are none, until it says that it has
/// enough. Gives whether everything could be read; what could not was said.
///
/// # Errors
/// Whatever `each` fails with, or standard error is gone.
pub(super) fn each(files: &[PathBuf], mut each: impl FnMut(&str, u64, &str) -> io::Result<bool>) -> io::Result<bool> {
    if files.is_empty() {
        return read("standard input", Reader::new(io::stdin()), &mut each).map(|(whole, _)| whole);
    }
    let mut all = true;
    for path in files {
        let (whole, go_on) = read(&path.display().to_string(), open(path), &mut each)?;
        all &= whole;
        if !go_on {
            break;
        }
    }
    Ok(all)
}

fn open(path: &Path) -> io::Result<Reader> {
    match path.is_dir() {
        true => Err(io::Error::other("it is a folder; name the files in it")),
        false => Reader::open(path),
    }
}

/// Reads one source; whether all of it could be read, and whether to go on with the next.
fn read(
    name: &str,
    reader: io::Result<Reader>,
    each: &mut impl FnMut(&str, u64, &str) -> io::Result<bool>,
) -> io::Result<(bool, bool)> {
    let mut reader = match reader {
        Ok(reader) => reader.whole(),
        Err(error) => return unreadable(name, &error),
    };
    let (mut batch, mut go_on) = (Batch::default(), true);
    while go_on {
        if let Err(error) = reader.read(&mut batch) {
            return unreadable(name, &error);
        }
        if batch.is_empty() {
            break;
        }
        for (number, object) in batch.iter() {
            go_on = go_on && each(name, number, object)?;
        }
    }
    for damage in reader.damages() {
        say(&format!("{name}: byte {}: {}; it is left out", damage.byte, damage.what))?;
    }
    let more = reader.damaged() - reader.damages().len() as u64;
    if more > 0 {
        say(&format!("{name}: {more} more places are damaged"))?;
    }
    Ok((reader.damaged() == 0, go_on))
}

fn unreadable(name: &str, error: &io::Error) -> io::Result<(bool, bool)> {
    say(&format!("{name}: cannot be read: {error}")).map(|()| (false, true))
}

/// A JSON text on one line and safe to print; what stands on one line already stays as it is written.
pub(super) fn line(json: &str) -> Cow<'_, str> {
    let json = json.trim();
    match json.contains(['\n', '\r']) {
        true => visible_json(&compact(json)).into_owned().into(),
        false => visible_json(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(object: &str) -> (String, String) {
        let subject = subject(object, Taken::Sensibly).unwrap();
        let kind = subject.envelope().get("detail-type").map(|kind| kind.raw().to_owned()).unwrap_or_default();
        (kind, subject.record().raw().to_owned())
    }

    #[test]
    fn an_object_is_taken_for_what_it_looks_like() {
        let record = r#"{"eventName":"x"}"#;
        let call = "\"AWS API Call via CloudTrail\"".to_owned();
        assert_eq!(told(record), (call.clone(), record.to_owned()));
        let lookup = format!(r#"{{"EventName":"x","CloudTrailEvent":{}}}"#, serde_json::Value::from(record));
        assert_eq!(told(&lookup), (call, record.to_owned()));
        let envelope = r#"{"detail-type":"t","detail":{"a":1}}"#;
        assert_eq!(told(envelope), ("\"t\"".to_owned(), "{\"a\":1}".to_owned()));
        assert_eq!(told(r#"{"a":1}"#), (String::new(), r#"{"a":1}"#.to_owned()));
        assert_eq!(subject(envelope, Taken::AsItIs).unwrap().record().raw(), envelope);
        assert!(subject("[1]", Taken::AsItIs).is_err());
    }

    #[test]
    fn an_object_over_several_lines_is_printed_on_one() {
        assert_eq!(line("{\n  \"a\": \"x y\",\r\n \"b\": [ 1.0 ]\n}"), r#"{"a":"x y","b":[1.0]}"#);
        assert_eq!(line("{ \"a\":  1 }"), "{ \"a\":  1 }");
        assert_eq!(line("{\"a\":\"\u{202e}\"}"), "{\"a\":\"\\u202e\"}");
    }
}
