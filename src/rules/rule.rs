//! One rule: what it is about, why somebody should look, and what it says when it fires.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{
    Subject,
    alarm::Spec,
    first::First,
    lang::{
        Language, Predicate,
        sigma::{Correlation, Meta},
    },
    message::{Message, Predefined, Rendered},
};
use crate::model::{RuleOrigin, Severity};

/// A rule that was understood.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Unique in its file; letters a to z, digits and dashes by custom.
    pub name: String,
    /// What people call it, where the name is not enough.
    pub title: Option<String>,
    pub severity: Severity,
    pub language: &'static Language,
    /// The rule's text, as it was written.
    pub pattern: String,
    /// On as long as nobody switches it.
    pub enabled: bool,
    /// Why somebody should look, and at what; may be empty.
    pub reason: String,
    /// Such as `attack.t1078.004`.
    pub tags: Vec<String>,
    /// What it says; with none, its title.
    pub message: Option<Message>,
    /// Names of the channels that are told; with none, all that take its severity.
    pub channels: Vec<String>,
    /// While the same was said this short ago, it is counted and not said again.
    pub cooldown: TimeDelta,
    /// The alarm over its matches, if there is one.
    pub alarm: Option<Spec>,
    /// It is about what was never there before.
    pub first: Option<First>,
    /// What a Sigma rule says about itself, by which correlations know it.
    pub meta: Option<Meta>,
    pub origin: Origin,
    pub predicate: Arc<dyn Predicate>,
}

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It came with the program.
    BuiltIn,
    /// A file as its reader names it, and the line of the rule in it, from 1.
    File { path: String, line: usize },
}

impl From<&Origin> for RuleOrigin {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::BuiltIn => RuleOrigin::BuiltIn,
            Origin::File { path, line } => RuleOrigin::File { path: path.clone(), line: *line },
        }
    }
}

/// A correlation as a rule among others.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Unique among all rules.
    pub name: String,
    pub origin: Origin,
    /// Its document.
    pub text: String,
    pub correlation: Correlation,
}

impl Rule {
    /// The cooldown of a rule that says nothing about it.
    pub const COOLDOWN: TimeDelta = TimeDelta::minutes(5);

    /// What people call it.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }

    /// What it says about a subject. Where its message says nothing, or EventBridge would drop it, the title stands in.
    /// Whoever shows it makes it safe first: parts of it were chosen by whoever made the call.
    pub fn say(&self, subject: &Subject, predefined: &Predefined) -> String {
        let rendered = self.message.as_ref().map(|message| message.render(subject, predefined));
        let said = rendered.as_ref().map(Rendered::for_people).unwrap_or_default();
        match rendered {
            Some(Rendered::Dropped(_)) => format!("{} ({said})", self.title()),
            _ if said.is_empty() => self.title().to_owned(),
            _ => said.into_owned(),
        }
    }
}
