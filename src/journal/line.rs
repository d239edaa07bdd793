//! One line of the journal, as it is written and read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::{Operation, Region, Setting, Switchable, Time, WriteOutcome, Written};

/// A change with what became of it so far. Each line says everything, so that one alone is understood.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    id: String,
    time: Time,
    account: String,
    region: String,
    /// Service and operation, such as `events:DisableRule`.
    call: String,
    /// Every parameter that is sent.
    #[serde(default)]
    parameters: Map<String, Value>,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    bus: Option<String>,
    name: String,
    before: String,
    after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<String>,
    result: Result,
    /// What the account said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    said: String,
    /// What a later version may add.
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Rule,
    AlarmActions,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Result {
    /// The call was about to be made.
    Intended,
    Done,
    Refused,
    Unknown,
}

impl Line {
    /// A change that is about to be made.
    pub fn intended(written: &Written, operation: &Operation) -> Self {
        Self::new(written, operation, (Result::Intended, ""))
    }

    /// A change with what became of it.
    pub fn ended(written: &Written, operation: &Operation) -> Self {
        let result = match &written.outcome {
            WriteOutcome::Done => (Result::Done, ""),
            WriteOutcome::Refused(said) => (Result::Refused, said.as_str()),
            WriteOutcome::Unknown(said) => (Result::Unknown, said.as_str()),
        };
        Self::new(written, operation, result)
    }

    fn new(written: &Written, operation: &Operation, (result, said): (Result, &str)) -> Self {
        let Written { id, time, account, thing, before, after, undoes, .. } = written;
        let (kind, bus, name) = match thing {
            Switchable::Rule { bus, name, .. } => (Kind::Rule, Some(bus.clone()), name),
            Switchable::AlarmActions { name, .. } => (Kind::AlarmActions, None, name),
        };
        let parameters = operation.parameters().into_iter();
        Self {
            id: id.clone(),
            time: *time,
            account: account.clone(),
            region: thing.region().to_string(),
            call: operation.action().to_owned(),
            parameters: parameters.map(|(name, value)| (name.to_owned(), value.into())).collect(),
            kind,
            bus,
            name: name.clone(),
            before: thing.word(*before).to_owned(),
            after: thing.word(*after).to_owned(),
            undoes: undoes.clone(),
            result,
            said: said.to_owned(),
            more: BTreeMap::new(),
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What is no line of a journal, in words.
    pub fn read(text: &str) -> std::result::Result<Written, String> {
        let line: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let region = Region::new(&line.region);
        let thing = match (line.kind, line.bus) {
            (Kind::Rule, Some(bus)) => Switchable::Rule { region, bus, name: line.name },
            (Kind::Rule, None) => return Err("a rule without its bus".to_owned()),
            (Kind::AlarmActions, _) => Switchable::AlarmActions { region, name: line.name },
        };
        let setting = |word: &str| -> std::result::Result<Setting, String> {
            thing.setting(word).ok_or_else(|| format!("{word:?} is no state that trailwatch sets"))
        };
        let (before, after) = (setting(&line.before)?, setting(&line.after)?);
        let outcome = match line.result {
            Result::Intended => WriteOutcome::Unknown(String::new()),
            Result::Done => WriteOutcome::Done,
            Result::Refused => WriteOutcome::Refused(line.said),
            Result::Unknown => WriteOutcome::Unknown(line.said),
        };
        let Line { id, time, account, undoes, .. } = line;
        Ok(Written { id, time, account, thing, before, after, undoes, outcome })
    }
}
