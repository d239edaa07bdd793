//! What a pane is, and the table of panes.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    command::{Command, Context},
    keys::Key,
    panes,
    shared::Shared,
    theme::Meaning,
};
use crate::{
    history::{FilterError, RowId},
    model::{
        AlarmChange, Request, RuleTarget, SourceError, Switchable,
        text::{visible, visible_json},
    },
};

/// A view on the data: it owns its state, its drawing and its answer to commands.
pub trait Pane {
    /// Where its keys are looked up, the most particular context first; `Global` is always added.
    fn contexts(&self) -> &'static [Context];

    /// The words of its title line, the most important first: what does not fit is left out.
    fn title(&self, shared: &Shared) -> Words;

    /// Does what the operator asked for, if it is for this pane.
    fn command(&mut self, command: Command, cx: &mut Cx<'_>);

    /// Takes a key before it is looked up as a command, such as a letter typed into a text; false for a key that is none
    /// of its own.
    fn key(&mut self, _key: Key, _cx: &mut Cx<'_>) -> bool {
        false
    }

    /// Takes a pasted text.
    fn paste(&mut self, _text: &str, _cx: &mut Cx<'_>) {}

    /// Whether it may be closed; when not, it says why.
    fn may_close(&mut self, _cx: &mut Cx<'_>) -> bool {
        true
    }

    /// Whether it has done what it was opened for, so that it closes by itself.
    fn is_done(&self) -> bool {
        false
    }

    /// Where the terminal's cursor belongs, as of the last drawing.
    fn cursor(&self) -> Option<(u16, u16)> {
        None
    }

    /// The line of the pane that the operator is at, counted from its top, as of the last drawing.
    fn line(&self) -> Option<u16> {
        None
    }

    /// Takes note of new data.
    fn changed(&mut self, _change: &Change<'_>, _shared: &Shared) {}

    /// Whether there is long work to go on with.
    fn is_working(&self) -> bool {
        false
    }

    /// Goes on with long work for a few milliseconds.
    fn work(&mut self, _shared: &Shared) {}

    /// Draws itself. `&mut`, because a pane learns here how much room it has.
    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared);

    /// The text of the filter or search in force.
    fn filter(&self) -> &str {
        ""
    }

    /// Filters or searches; an empty text ends it.
    ///
    /// # Errors
    /// A text that means nothing, with what to write instead. What was in force stays.
    fn set_filter(&mut self, text: &str, _shared: &Shared) -> Result<(), Wrong> {
        match text {
            "" => Ok(()),
            _ => Err(Wrong { column: None, message: "nothing to filter here; esc closes".to_owned() }),
        }
    }

    /// Whether its filter is a search, which begins anew each time.
    fn searches(&self) -> bool {
        false
    }

    /// What the filter found, in a few words, for the prompt.
    fn found(&self) -> String {
        String::new()
    }

    /// The mouse chose a line of the pane, counted from its top.
    fn click(&mut self, _line: u16) {}

    /// The operator turned to another pane.
    fn left(&mut self, _shared: &mut Shared) {}
}

/// Why a text is no filter, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Wrong {
    /// Where in the text, in characters from 1; `None` when it is not about a place.
    pub column: Option<usize>,
    pub message: String,
}

impl From<FilterError> for Wrong {
    fn from(FilterError { column, message }: FilterError) -> Self {
        Self { column: Some(column), message }
    }
}

/// Words with their meanings.
pub type Words = Vec<(String, Meaning)>;

/// What is new in the data.
pub enum Change<'a> {
    /// New events, in time order.
    Events(&'a [RowId]),
    Alarms,
    Alerts,
    Restores,
    Rules,
    /// A rule was to be written to this file: its path, or why it was not.
    RuleSaved(&'a str, &'a Result<String, String>),
    Sources,
    /// The messages of the outbox.
    Messages,
    /// Where an EventBridge rule leads, asked for with this id.
    RuleTargets(u64, &'a Result<Vec<RuleTarget>, SourceError>),
    /// The history of an alarm, asked for with this id.
    AlarmHistory(u64, &'a Result<Vec<AlarmChange>, SourceError>),
}

/// What a pane works with when it answers a command.
pub struct Cx<'a> {
    pub shared: &'a mut Shared,
    pub steps: Vec<Step>,
}

/// What a pane wants to happen.
pub enum Step {
    /// Open another view above this one.
    Open(Box<dyn Pane>),
    /// Put a text into the clipboard and say so.
    Copy { what: &'static str, text: String },
    /// Ask the engine.
    Ask(Request),
    /// Switch a thing of the account, if the operator says yes.
    Switch(Switchable),
    /// Say something to the operator.
    Say(String),
}

impl Cx<'_> {
    pub fn open(&mut self, pane: impl Pane + 'static) {
        self.steps.push(Step::Open(Box::new(pane)));
    }

    /// Copies a text, made safe; an empty one is said to be missing.
    pub fn copy(&mut self, what: &'static str, text: &str) {
        match visible(text).into_owned() {
            text if text.is_empty() => self.say(format!("{what} is missing: nothing to copy")),
            text => self.steps.push(Step::Copy { what, text }),
        }
    }

    /// Copies a JSON text, made safe without a change to its meaning.
    pub fn copy_json(&mut self, what: &'static str, json: &str) {
        self.copy(what, &visible_json(json));
    }

    pub fn say(&mut self, text: impl Into<String>) {
        self.steps.push(Step::Say(text.into()));
    }
}

/// A pane in the row of tabs.
pub struct PaneSpec {
    pub name: &'static str,
    /// What it is called where there is too little room for the names of all.
    pub short: &'static str,
    /// Makes the pane.
    pub make: fn(&Shared) -> Box<dyn Pane>,
    /// What stands beside its name: a count, a warning.
    pub badge: fn(&Shared) -> Words,
}

/// The panes, in the order of their tabs: one line each.
pub const PANES: &[PaneSpec] = &[
    panes::events::SPEC,
    panes::alerts::SPEC,
    panes::alarms::SPEC,
    panes::restores::SPEC,
    panes::rules::SPEC,
    panes::sources::SPEC,
    // The last: nobody has to look here first, and the other numbers stay where fingers know them.
    panes::notifications::SPEC,
];
