//! What takes the keys for a while: the help, the command line, the filter's prompt.

mod command_line;
pub mod filter;
mod help;
pub mod prompt;
mod write;

use ratatui::{buffer::Buffer, layout::Rect};

use self::{command_line::CommandLine, filter::Filter, help::Help, write::WriteDialog};
use super::{
    App,
    account::Proposal,
    command::Command,
    keys::Key,
    pane::{Pane, Wrong},
    shared::Shared,
};
use crate::model::Write;

/// The overlay that is open.
pub enum Overlay {
    Help(Help),
    CommandLine(CommandLine),
    Filter(Filter),
    Write(WriteDialog),
}

/// What an overlay makes of a key.
pub enum Answer {
    /// It stays open.
    Stay,
    /// It closes.
    Close,
    /// Filter by this text, and close or stay open.
    Filter { text: String, close: bool },
    /// It closes, and this is said.
    Say(String),
    /// The operator said yes to a change of the account.
    Write(Box<Write>),
    /// Run this line of the command line, and close.
    Run(String),
    /// Do this, and close.
    Do(Command),
}

/// Characters of a paste that are taken: nobody types a longer filter.
const MOST_PASTED: usize = 2_000;

impl Overlay {
    pub(super) fn help(app: &App) -> Self {
        Overlay::Help(Help::new(&app.shared, &app.contexts()))
    }

    pub(super) fn command_line() -> Self {
        Overlay::CommandLine(CommandLine::default())
    }

    pub(super) fn filter(app: &App) -> Self {
        Overlay::Filter(app.filter_prompt())
    }

    pub(super) fn write(proposal: Proposal, shared: &Shared) -> Self {
        Overlay::Write(WriteDialog::new(proposal, shared))
    }

    pub(super) fn key(&mut self, key: Key, shared: &Shared) -> Answer {
        match self {
            Overlay::Help(help) => help.key(key, shared),
            Overlay::CommandLine(line) => line.key(key, shared),
            Overlay::Filter(filter) => filter.key(key),
            Overlay::Write(dialog) => dialog.key(key, shared),
        }
    }

    pub(super) fn paste(&mut self, text: &str, shared: &Shared) -> Answer {
        let typed =
            text.chars().take(MOST_PASTED).filter(|c| !c.is_control()).map(|c| Key::plain(super::keys::Code::Char(c)));
        let mut answer = Answer::Stay;
        // A yes is typed, never pasted.
        if matches!(self, Overlay::Write(_)) {
            return answer;
        }
        for key in typed {
            answer = self.key(key, shared);
        }
        answer
    }

    pub(super) fn scroll(&mut self, command: Command) {
        match self {
            Overlay::Help(help) => help.scroll(command),
            Overlay::Write(dialog) => dialog.scroll(command),
            Overlay::CommandLine(_) | Overlay::Filter(_) => false,
        };
    }

    /// The part of the body that it leaves as it is. A dialog is read to its end before it is answered: nothing stands
    /// before it.
    pub(super) fn leaves(&self, body: Rect) -> Rect {
        let below = match self {
            Overlay::Help(_) | Overlay::Write(_) => body.height,
            Overlay::CommandLine(_) | Overlay::Filter(_) => command_line::ROWS as u16,
        };
        Rect { height: body.height.saturating_sub(below), ..body }
    }

    /// Tells the prompt what became of its text; returns the text to filter by instead, if there is one.
    pub(super) fn judged(&mut self, text: &str, wrong: Option<Wrong>) -> Option<String> {
        match self {
            Overlay::Filter(filter) => filter.judged(text, wrong),
            _ => None,
        }
    }

    /// Draws over the body or into the footer; returns where the terminal's cursor belongs.
    pub(super) fn draw(
        &mut self,
        body: Rect,
        footer: Rect,
        buf: &mut Buffer,
        shared: &Shared,
        pane: Option<&dyn Pane>,
    ) -> Option<(u16, u16)> {
        match self {
            Overlay::Help(help) => {
                help.draw(body, footer, buf, shared);
                None
            }
            Overlay::Write(dialog) => {
                dialog.draw(body, footer, buf, shared);
                None
            }
            Overlay::CommandLine(line) => Some(line.draw(body, footer, buf, shared)),
            Overlay::Filter(filter) => {
                let found = pane.map(|pane| pane.found()).unwrap_or_default();
                Some(filter.draw(body, footer, buf, (shared, &found)))
            }
        }
    }
}
