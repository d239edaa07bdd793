//! What a rule says when it fires: paths into the event and a template with their values, as EventBridge's input
//! transformer has them.
//!
//! Source of the rules: EventBridge user guide, "Input transformation"; what the guide leaves open was taken from bodies
//! that EventBridge delivered.

mod path;
mod template;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, ops::Range};

pub use path::Path;
use template::{Body, Part, Shape, Variable};

use super::{Subject, fault::Fault};
use crate::model::Time;

/// Paths and a template, understood.
#[derive(Clone, Debug)]
pub struct Message {
    /// The name of each path.
    names: Vec<String>,
    paths: Vec<Path>,
    body: Body,
    template: String,
}

/// What every template may name without a path.
#[derive(Clone, Copy, Debug)]
pub struct Predefined<'a> {
    /// `<aws.events.rule-name>`.
    pub rule_name: &'a str,
    /// `<aws.events.rule-arn>`; empty for a rule that AWS does not know.
    pub rule_arn: &'a str,
    /// `<aws.events.event.ingestion-time>`.
    pub ingestion_time: Time,
}

impl<'a> Predefined<'a> {
    /// Those of a rule that is none of AWS's.
    pub fn of(rule_name: &'a str, ingestion_time: Time) -> Self {
        Self { rule_name, rule_arn: "", ingestion_time }
    }
}

/// A message as EventBridge would deliver it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendered {
    /// A text, with the quotes around each of its lines.
    Text(String),
    /// A JSON text.
    Json(String),
    /// EventBridge drops the event without a word; why, in one sentence without a full stop.
    Dropped(String),
}

impl Rendered {
    /// The message without the quotes around its lines. Whoever shows it makes it safe first: parts of it were chosen by
    /// whoever made the call.
    pub fn for_people(&self) -> Cow<'_, str> {
        match self {
            Rendered::Text(text) => text.trim().lines().map(unquoted).collect::<Vec<_>>().join("\n").into(),
            Rendered::Json(text) => text.trim().into(),
            Rendered::Dropped(reason) => format!("no message: {reason}").into(),
        }
    }
}

/// A line without the quotes around it, with those inside as they are meant, and without the blanks that a missing value
/// left at its end.
fn unquoted(line: &str) -> String {
    let line = line.trim();
    let inside = line.strip_prefix('"').and_then(|line| line.strip_suffix('"'));
    inside.unwrap_or(line).trim_end().replace("\\\"", "\"")
}

impl Message {
    /// The most paths (EventBridge API reference, `InputTransformer`).
    const MAX_PATHS: usize = 100;

    /// The template, as it was written.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Each path with its name.
    pub fn paths(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.names.iter().map(String::as_str).zip(&self.paths)
    }

    /// Understands pairs of name and path, and a template.
    ///
    /// # Errors
    /// All that is wrong, by its place in the template; what is wrong with a path stands at the template's start and names
    /// it. [`Path::new`] has its place in the path.
    pub fn new(paths: &[(String, String)], template: &str) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        if paths.len() > Self::MAX_PATHS {
            let many = format!("a message has at most {} paths; there are {}", Self::MAX_PATHS, paths.len());
            faults.push(Fault::new(0..0, many));
        }
        faults.extend(paths.iter().filter_map(|(name, _)| wrong_name(name)));
        let found: Vec<_> =
            paths.iter().map(|(name, path)| Path::new(path).map_err(|fault| of_path(name, fault))).collect();
        let names: Vec<&str> = paths.iter().map(|(name, _)| name.as_str()).collect();
        let body = Body::read(template, &names).map_err(|wrong| faults.extend(wrong));
        let names = paths.iter().map(|(name, _)| name.clone()).collect();
        let mut paths = Vec::new();
        found.into_iter().for_each(|path| path.map_or_else(|fault| faults.push(fault), |path| paths.push(path)));
        match body {
            Ok(body) if faults.is_empty() => Ok(Self { names, paths, body, template: template.to_owned() }),
            _ => Err(faults),
        }
    }

    /// The message about a subject.
    pub fn render(&self, subject: &Subject, predefined: &Predefined) -> Rendered {
        let mut out = String::new();
        for part in &self.body.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Variable { variable, quoted, .. } => {
                    let value = self.value(*variable, subject, predefined);
                    match (quoted, self.body.shape) {
                        (false, _) => out.push_str(&value.json()),
                        (true, Shape::Json) => out.push_str(&value.raw()),
                        (true, Shape::Text) => out.push_str(&value.raw_text()),
                    }
                }
            }
        }
        self.deliver(out)
    }

    fn deliver(&self, text: String) -> Rendered {
        if self.body.shape == Shape::Text {
            return Rendered::Text(text);
        }
        match template::no_json(&text) {
            None => Rendered::Json(text),
            Some((offset, reason)) => {
                Rendered::Dropped(format!("with the event's values the template is no JSON: {reason} at byte {offset}"))
            }
        }
    }

    fn value<'a>(&'a self, variable: Variable, subject: &'a Subject, predefined: &Predefined<'a>) -> Worth<'a> {
        match variable {
            Variable::Path(at) => self.paths[at].find(subject.envelope()).map_or(Worth::Nothing, Worth::Json),
            Variable::RuleName => Worth::Word(predefined.rule_name.into()),
            Variable::RuleArn => Worth::Word(predefined.rule_arn.into()),
            Variable::IngestionTime => Worth::Word(timestamp(predefined.ingestion_time).into()),
            Variable::Event => Worth::Json(without_detail(subject, predefined.ingestion_time).into()),
            Variable::EventJson => Worth::Json(subject.envelope().raw().into()),
        }
    }
}

/// A variable's value.
enum Worth<'a> {
    /// The event has nothing at the path.
    Nothing,
    /// JSON, as it was written.
    Json(Cow<'a, str>),
    /// A text that is none of the event's.
    Word(Cow<'a, str>),
}

impl Worth<'_> {
    /// Outside of quotes: JSON. What is missing is an empty text there, where the guide says that it does not appear.
    fn json(&self) -> Cow<'_, str> {
        match self {
            Worth::Nothing => "\"\"".into(),
            Worth::Json(json) => minified(json).into(),
            Worth::Word(word) => serde_json::Value::from(word.as_ref()).to_string().into(),
        }
    }

    /// In quotes: a text as it is, and nothing is escaped.
    fn raw(&self) -> Cow<'_, str> {
        match self {
            Worth::Nothing => "".into(),
            Worth::Json(json) if json.starts_with('"') => crate::json::decode(json),
            Worth::Json(json) => minified(json).into(),
            Worth::Word(word) => word.as_ref().into(),
        }
    }

    /// In a text: an object or an array loses all of its quotes. What becomes of a null there is not known; for people it
    /// is nothing.
    fn raw_text(&self) -> Cow<'_, str> {
        match self {
            Worth::Json(json) if json.starts_with(['{', '[']) => minified(json).replace('"', "").into(),
            Worth::Json(json) if json == "null" => "".into(),
            other => other.raw(),
        }
    }
}

/// JSON without the blanks between its parts.
fn minified(json: &str) -> String {
    let (mut out, mut inside, mut escaped) = (String::with_capacity(json.len()), false, false);
    for c in json.chars() {
        if inside || !c.is_ascii_whitespace() {
            out.push(c);
        }
        inside ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
    }
    out
}

/// The envelope without `detail`, as `<aws.events.event>` has it: `detail-type` is `detailType` there, and `time` is when
/// EventBridge took the event in.
fn without_detail(subject: &Subject, ingestion_time: Time) -> String {
    let time = format!("\"{}\"", timestamp(ingestion_time));
    let member = |value: super::tape::Value<'_>| {
        let key = value.key()?;
        match key.as_ref() {
            "detail" => None,
            "detail-type" => Some(format!("\"detailType\":{}", minified(value.raw()))),
            "time" => Some(format!("\"time\":{time}")),
            key => Some(format!("{}:{}", serde_json::Value::from(key), minified(value.raw()))),
        }
    };
    let members: Vec<_> = subject.envelope().children().filter_map(member).collect();
    format!("{{{}}}", members.join(","))
}

fn timestamp(time: Time) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// What is wrong with the name of a path (EventBridge API reference, `InputTransformer`). EventBridge's own names, which
/// have dots, are none either.
fn wrong_name(name: &str) -> Option<Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let wrong = name.is_empty() || !name.chars().all(fits);
    let fault = || Fault::new(0..0, format!("{name:?} cannot name a path"));
    wrong.then(|| fault().help("a name has letters, digits, `-` and `_` alone"))
}

fn of_path(name: &str, fault: Fault) -> Fault {
    let told = Fault::new(Range::default(), format!("the path of {name:?}: {}", fault.message));
    Fault { help: fault.help, harmless: fault.harmless, ..told }
}
