//! `rules render`: prints what an InputTransformer would send.

use std::{
    borrow::Cow,
    io::{self, Write},
    path::PathBuf,
};

use super::{
    Verdict,
    events::{self, Taken},
    say, say_faults,
};
use crate::{
    headless::put,
    model::{Time, text},
    rules::{
        Fault, Subject,
        message::{Message, Path, Predefined, Rendered},
        tape::{Kind, Tape, Value},
    },
};

/// Makes a line safe to print.
type Safe = fn(&str) -> Cow<'_, str>;

/// A message, and the event that it is about.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// A JSON object of names with their paths.
    pub paths: &'a str,
    pub template: &'a str,
    pub rule_name: &'a str,
    /// When EventBridge takes the event in.
    pub now: Time,
    /// A file with one event; standard input when there is none.
    pub event: Option<&'a PathBuf>,
}

/// Prints the message as it would be sent; when AWS would drop the event, says why on standard error.
///
/// # Errors
/// `out` cannot be written to, other than that its reader has gone, or standard error is gone.
pub fn print_message(sent: &Sent<'_>, out: &mut impl Write) -> io::Result<Verdict> {
    let paths = match read_paths(sent.paths) {
        Ok(paths) => paths,
        Err(faults) => return say_faults("--paths", sent.paths, &faults).map(|_| Verdict::Wrong),
    };
    let message = match Message::new(&paths, sent.template) {
        Ok(message) => message,
        Err(faults) => return say_faults("--template", sent.template, &faults).map(|_| Verdict::Wrong),
    };
    let Some(subject) = event(sent)? else { return Ok(Verdict::Wrong) };
    let arn = arn(&subject, sent.rule_name);
    let predefined = Predefined { rule_name: sent.rule_name, rule_arn: &arn, ingestion_time: sent.now };
    let (text, safe): (_, Safe) = match message.render(&subject, &predefined) {
        Rendered::Text(text) => (text, text::visible),
        Rendered::Json(json) => (json, text::visible_json),
        Rendered::Dropped(why) => {
            return say(&format!("EventBridge would drop the event: {why}")).map(|()| Verdict::None);
        }
    };
    let lines: Vec<_> = text.lines().map(safe).collect();
    put(out, &lines.join("\n"))?;
    Ok(Verdict::Some)
}

/// The one event; `None` when there is none that can be used, which was said.
fn event(sent: &Sent<'_>) -> io::Result<Option<Subject>> {
    let (mut found, mut count) = (None, 0);
    let files: Vec<PathBuf> = sent.event.into_iter().cloned().collect();
    let whole = events::each(&files, |source, number, object| {
        count = number;
        match events::subject(object, Taken::Sensibly) {
            Ok(subject) => found = Some(subject),
            Err(problem) => say(&format!("{source}: {problem}"))?,
        }
        // The second is one too many.
        Ok(number < 2)
    })?;
    match count {
        _ if !whole => return Ok(None),
        1 => return Ok(found),
        0 => say("there is no event; write one JSON object")?,
        _ => say("there is more than one event; write one JSON object")?,
    }
    Ok(None)
}

/// The ARN that a rule of this name on the default bus has where the event happened.
fn arn(subject: &Subject, name: &str) -> String {
    let text = |key: &str| subject.envelope().get(key).and_then(Value::text).unwrap_or_default();
    format!("arn:aws:events:{}:{}:rule/{name}", text("region"), text("account"))
}

/// Names and paths of a JSON object.
fn read_paths(json: &str) -> Result<Vec<(String, String)>, Vec<Fault>> {
    let mut tape = Tape::default();
    let whole = tape.read(json).map_err(|problem| {
        let fault = Fault::new(problem.offset..problem.offset, format!("this is no JSON: {}", problem.reason));
        vec![fault.help("write an object such as {\"user\": \"$.detail.userIdentity.userName\"}")]
    })?;
    if whole.kind() != Kind::Object {
        let fault = Fault::new(whole.range(), "the paths are a JSON object");
        return Err(vec![fault.help("write {\"NAME\": \"$.PATH\"}")]);
    }
    let (mut paths, mut faults) = (Vec::new(), Vec::new());
    for member in whole.children() {
        match path(member) {
            Ok(path) => paths.push((member.key().unwrap_or_default().into_owned(), path)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(paths) } else { Err(faults) }
}

fn path(member: Value<'_>) -> Result<String, Fault> {
    let text = member.text().ok_or_else(|| {
        Fault::new(member.range(), "a path is a text").help("write it in quotes, such as \"$.detail.eventName\"")
    })?;
    match Path::new(&text) {
        Ok(_) => Ok(text.into_owned()),
        // Behind the quote; in a text with escapes the path as a whole.
        Err(fault) if !member.raw().contains('\\') => Err(fault.moved(member.range().start + 1)),
        Err(fault) => Err(Fault { range: member.range(), ..fault }),
    }
}
