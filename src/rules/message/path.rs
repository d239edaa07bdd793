//! A path into an event: the part of JSONPath that EventBridge takes, `$.detail.resources[0].ARN`.
//!
//! Source: EventBridge user guide, "Amazon EventBridge input transformation": dot notation, dashes, underscores, letters
//! and digits, indices, `*` and `/`.

use std::{borrow::Cow, fmt};

use crate::rules::{
    fault::Fault,
    tape::{Kind, Value},
};

/// A path, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    /// `*` or `[*]`: everything in an object or an array.
    All,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.0.iter().try_for_each(|step| match step {
            Step::Key(key) => write!(f, ".{key}"),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::All => f.write_str("[*]"),
        })
    }
}

impl Path {
    /// Reads a path such as `$.detail.userIdentity.arn`; `$` alone is the whole event.
    ///
    /// # Errors
    /// The first thing that is wrong, by its place in the path.
    pub fn new(text: &str) -> Result<Self, Fault> {
        // The limit is EventBridge's (API reference, `InputTransformer`).
        if text.chars().count() > 256 {
            return Err(Fault::new(0..text.len(), "a path has at most 256 characters"));
        }
        let steps = text.strip_prefix('$').ok_or_else(|| {
            Fault::new(0..text.len(), "a path starts with `$`")
                .help(format!("write `$.{}`", text.trim_start_matches('.')))
        })?;
        let (mut path, mut rest) = (Vec::new(), steps);
        while !rest.is_empty() {
            let at = text.len() - rest.len();
            let (step, length) = step(rest).map_err(|fault| fault.moved(at))?;
            path.push(step);
            rest = &rest[length..];
        }
        Ok(Self(path))
    }

    /// What a value has at the path, as JSON; what a `*` finds stands in an array. `None` when there is nothing.
    pub fn find<'a>(&self, value: Value<'a>) -> Option<Cow<'a, str>> {
        if !self.0.contains(&Step::All) {
            return self.one(value).map(|value| value.raw().into());
        }
        let mut found = vec![value];
        for step in &self.0 {
            found = found.into_iter().flat_map(|value| step.all(value)).collect();
        }
        let raw: Vec<&str> = found.into_iter().map(Value::raw).collect();
        (!raw.is_empty()).then(|| format!("[{}]", raw.join(",")).into())
    }

    /// The one value at the path; `None` when there is none, and for a path with a `*`.
    pub fn one<'a>(&self, value: Value<'a>) -> Option<Value<'a>> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.items().nth(*index),
            Step::All => None,
        })
    }
}

impl Step {
    fn all<'a>(&self, value: Value<'a>) -> Vec<Value<'a>> {
        match self {
            Step::Key(key) => value.get(key).into_iter().collect(),
            Step::Index(index) => value.items().nth(*index).into_iter().collect(),
            Step::All if value.kind() == Kind::Array => value.items().collect(),
            Step::All => value.children().collect(),
        }
    }
}

/// The step that the text starts with, and its length in bytes.
fn step(text: &str) -> Result<(Step, usize), Fault> {
    if let Some(name) = text.strip_prefix('.') {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '*' | ':' | '@');
        let end = name.find(|c| !fits(c)).unwrap_or(name.len());
        return match &name[..end] {
            "" => Err(Fault::new(0..1, "a dot is followed by a name").help("write `.name`, `[0]` or `.*`")),
            "*" => Ok((Step::All, 2)),
            name => Ok((Step::Key(name.to_owned()), end + 1)),
        };
    }
    let inside = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    let step = match inside.map(|(inside, _)| inside) {
        Some("*") => Some(Step::All),
        Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok().map(Step::Index),
        Some(key) => key.strip_prefix('\'').and_then(|key| key.strip_suffix('\'')).map(|key| Step::Key(key.to_owned())),
        None => None,
    };
    let length = inside.map_or(text.len(), |(inside, _)| inside.len() + 2);
    match step {
        Some(step) => Ok((step, length)),
        None => Err(Fault::new(0..length, "this is no step of a path").help("write `.name`, `[0]` or `.*`")),
    }
}
