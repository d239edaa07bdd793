//! A message's template: a text, and the variables in it.

use std::ops::Range;

use crate::rules::{
    fault::{Fault, nearest},
    tape::Tape,
};

/// A template, understood.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) shape: Shape,
    pub(super) parts: Vec<Part>,
}

/// What a template makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Lines in quotes.
    Text,
    Json,
}

#[derive(Clone, Debug)]
pub(super) enum Part {
    Text(String),
    Variable {
        variable: Variable,
        quoted: bool,
        /// The bytes that it takes in the template.
        width: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    /// The path of this number.
    Path(usize),
    RuleArn,
    RuleName,
    IngestionTime,
    /// The envelope without `detail`.
    Event,
    EventJson,
}

/// Source: EventBridge user guide, "Input transformation", predefined variables.
const PREDEFINED: [(&str, Variable); 5] = [
    ("aws.events.rule-arn", Variable::RuleArn),
    ("aws.events.rule-name", Variable::RuleName),
    ("aws.events.event.ingestion-time", Variable::IngestionTime),
    ("aws.events.event", Variable::Event),
    ("aws.events.event.json", Variable::EventJson),
];

/// The longest template in characters (EventBridge API reference, `InputTransformer`).
const LONGEST: usize = 8_192;

impl Body {
    pub(super) fn read(template: &str, names: &[&str]) -> Result<Self, Vec<Fault>> {
        let shape = if template.trim_start().starts_with(['{', '[']) { Shape::Json } else { Shape::Text };
        let mut reader = Reader { template, names, shape, parts: Vec::new(), faults: Vec::new(), quoted: false };
        reader.read();
        let Reader { parts, mut faults, .. } = reader;
        let body = Self { shape, parts };
        if faults.is_empty() {
            faults.extend(body.wrong_shape(template));
        }
        if faults.is_empty() { Ok(body) } else { Err(faults) }
    }

    /// What no value could make good: JSON that is none, or a text without its quotes.
    fn wrong_shape(&self, template: &str) -> Option<Fault> {
        let length = template.chars().count();
        if template.trim().is_empty() || length > LONGEST {
            let wrong = format!("a template has between 1 and {LONGEST} characters; this one has {length}");
            return Some(Fault::new(0..template.len(), wrong));
        }
        match self.shape {
            Shape::Json => self.no_json(template),
            Shape::Text => no_lines(template),
        }
    }

    fn no_json(&self, template: &str) -> Option<Fault> {
        let value = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Variable { quoted, .. } => if *quoted { "" } else { "\"\"" }.to_owned(),
        };
        let filled: String = self.parts.iter().map(value).collect();
        let (offset, reason) = no_json(&filled)?;
        let range = self.place(offset).min(template.len())..template.len();
        Some(
            Fault::new(range, format!("the template is no JSON: {reason}"))
                .help("a template that starts with `{` or `[` is JSON; put a text in quotes"),
        )
    }

    /// A place in the filled template as one in the template.
    fn place(&self, offset: usize) -> usize {
        let (mut filled, mut written) = (0, 0);
        for part in &self.parts {
            let (short, long) = match part {
                Part::Text(text) => (text.len(), text.len()),
                Part::Variable { quoted, width, .. } => (if *quoted { 0 } else { 2 }, *width),
            };
            if filled + short > offset {
                break;
            }
            (filled, written) = (filled + short, written + long);
        }
        written + (offset - filled)
    }
}

/// Why a text is no JSON, with the place in bytes.
///
/// A tape takes any character and any escape in a string; EventBridge drops what other readers do not take.
pub(super) fn no_json(text: &str) -> Option<(usize, String)> {
    if let Err(problem) = Tape::default().read(text) {
        return Some((problem.offset, problem.reason.to_owned()));
    }
    let error = serde_json::from_str::<serde::de::IgnoredAny>(text).err()?;
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let said = error.to_string();
    let reason = said.split(" at line ").next().unwrap_or_default().to_owned();
    Some((text.floor_char_boundary((before + error.column()).saturating_sub(1)), reason))
}

/// A line of a text template that is not in quotes.
fn no_lines(template: &str) -> Option<Fault> {
    let mut at = 0;
    for line in template.split_inclusive('\n') {
        let inside = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let quoted = inside.len() > 1 && inside.starts_with('"') && inside.ends_with('"') && !inside.ends_with("\\\"");
        let variable = inside.starts_with('<') && inside.ends_with('>');
        if !(inside.is_empty() || quoted || variable) {
            let range = start..start + inside.len();
            return Some(
                Fault::new(range, "each line of a text stands in quotes")
                    .help(format!("write \"{}\"", inside.trim_matches('"'))),
            );
        }
    }
    None
}

struct Reader<'a> {
    template: &'a str,
    names: &'a [&'a str],
    shape: Shape,
    parts: Vec<Part>,
    faults: Vec<Fault>,
    /// Whether what comes next stands in quotes.
    quoted: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while let Some((start, name)) = placeholder(self.template, at) {
            self.text(at..start);
            at = start + name.len() + 2;
            self.variable(name, start..at);
        }
        self.text(at..self.template.len());
    }

    fn text(&mut self, range: Range<usize>) {
        let text = &self.template[range];
        let mut escaped = false;
        for c in text.chars() {
            self.quoted ^= c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
        }
        self.parts.push(Part::Text(text.to_owned()));
    }

    fn variable(&mut self, name: &str, range: Range<usize>) {
        let predefined = PREDEFINED.iter().find(|(known, _)| *known == name).map(|(_, variable)| *variable);
        let path = || self.names.iter().position(|known| *known == name).map(Variable::Path);
        let Some(variable) = predefined.or_else(path) else { return self.faults.push(self.unknown(name, range)) };
        let object = matches!(variable, Variable::Event | Variable::EventJson);
        if object && self.quoted && self.shape == Shape::Json {
            let wrong = format!("`<{name}>` is an object: in quotes it is no JSON, and EventBridge drops the event");
            self.faults.push(Fault::new(range.clone(), wrong).help("take the quotes around it away"));
        }
        self.parts.push(Part::Variable { variable, quoted: self.quoted, width: range.len() });
    }

    /// In the words with which `PutTargets` refuses it.
    fn unknown(&self, name: &str, range: Range<usize>) -> Fault {
        let fault = Fault::new(range, format!("the template contains invalid placeholder {name}"));
        let known = self.names.iter().copied().chain(PREDEFINED.map(|(name, _)| name));
        match nearest(name, known) {
            Some(near) => fault.help(format!("write <{near}>")),
            None => fault.help(format!("give it a path: {name} = \"$.detail…\"")),
        }
    }
}

/// The next `<name>` from a place on: where it starts, and its name.
fn placeholder(template: &str, from: usize) -> Option<(usize, &str)> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    template[from..].match_indices('<').find_map(|(at, _)| {
        let start = from + at;
        let (name, _) = template[start + 1..].split_once('>')?;
        (!name.is_empty() && name.chars().all(fits)).then_some((start, name))
    })
}
