//! What takes the keys for a while: the help, the command line, the filter's prompt.

mod command_line;
mod help;
mod prompt;

use ratatui::{buffer::Buffer, layout::Rect};

use self::{command_line::CommandLine, help::Help, prompt::Filter};
use super::{App, command::Command, keys::Key, pane::Pane, shared::Shared};

/// The overlay that is open.
pub enum Overlay {
    Help(Help),
    CommandLine(CommandLine),
    Filter(Filter),
}

/// What an overlay makes of a key.
pub enum Answer {
    /// It stays open.
    Stay,
    /// It closes.
    Close,
    /// Filter by this text, and close or stay open.
    Filter { text: String, close: bool },
    /// Run this line of the command line, and close.
    Run(String),
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
        Overlay::Filter(Filter::new(app.pane().map_or("", |pane| pane.filter())))
    }

    pub(super) fn key(&mut self, key: Key, shared: &Shared) -> Answer {
        match self {
            Overlay::Help(help) => help.key(key, shared),
            Overlay::CommandLine(line) => line.key(key, shared),
            Overlay::Filter(filter) => filter.key(key),
        }
    }

    pub(super) fn paste(&mut self, text: &str, shared: &Shared) -> Answer {
        let typed =
            text.chars().take(MOST_PASTED).filter(|c| !c.is_control()).map(|c| Key::plain(super::keys::Code::Char(c)));
        let mut answer = Answer::Stay;
        for key in typed {
            answer = self.key(key, shared);
        }
        answer
    }

    pub(super) fn scroll(&mut self, command: Command) {
        if let Overlay::Help(help) = self {
            help.scroll(command);
        }
    }

    /// Shows why a filter was not understood, or that it was.
    pub(super) fn with_error(mut self, error: Option<String>) -> Self {
        if let Overlay::Filter(filter) = &mut self {
            filter.error = error;
        }
        self
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
            Overlay::CommandLine(line) => Some(line.draw(body, footer, buf, shared)),
            Overlay::Filter(filter) => {
                let found = pane.map(|pane| pane.found()).unwrap_or_default();
                Some(filter.draw(footer, buf, shared, &found))
            }
        }
    }
}
