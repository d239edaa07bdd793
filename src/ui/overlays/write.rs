//! The dialog before a change of the account: the exact call, where it goes, what is now and what will be.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget},
};

use super::Answer;
use crate::{
    model::Write,
    ui::{
        account::Proposal,
        command::{Command, Context},
        keys::{Code, Key, Meaning as Meant},
        shared::Shared,
        theme::Meaning,
        widgets::{
            document::{Document, Line, fact, line},
            text::put,
        },
    },
};

/// The change that waits for a yes.
pub struct WriteDialog {
    write: Write,
    document: Document,
}

impl WriteDialog {
    pub fn new(proposal: Proposal, shared: &Shared) -> Self {
        let mut document = Document::default();
        document.set(lines(&proposal, shared));
        Self { write: proposal.write, document }
    }

    /// `y` alone says yes. Enter does nothing, for it is typed without a thought; what moves scrolls; all else says no.
    pub fn key(&mut self, key: Key, shared: &Shared) -> Answer {
        if key == Key::plain(Code::Char('y')) {
            return Answer::Write(Box::new(self.write.clone()));
        }
        match shared.keys.meaning(&[Context::List], &[key]) {
            _ if key.code == Code::Enter => Answer::Stay,
            Meant::Command(command) if self.scroll(command) => Answer::Stay,
            _ => Answer::Say("nothing was changed".to_owned()),
        }
    }

    /// Moves in the text; false for what does not move.
    pub fn scroll(&mut self, command: Command) -> bool {
        self.document.cursor.go(command, self.document.len())
    }

    pub fn draw(&mut self, body: Rect, footer: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        Clear.render(body, buf);
        buf.set_style(body, theme.style(Meaning::Text));
        let inside = Rect { x: body.x + 1, width: body.width.saturating_sub(1), ..body };
        self.document.draw(inside, buf, theme);
        let mut x = footer.x + 1;
        for (key, hint) in [("y", "do it"), ("esc", "leave it as it is")] {
            x += put(buf, (x, footer.y), footer.right().saturating_sub(x), key, theme.style(Meaning::Key)) + 1;
            x += put(buf, (x, footer.y), footer.right().saturating_sub(x), hint, theme.style(Meaning::Hint)) + 2;
        }
    }
}

fn lines(Proposal { write, notes }: &Proposal, shared: &Shared) -> Vec<Line> {
    let (service, operation) = write.operation().name();
    let thing = write.thing();
    let name = shared.settings.accounts.get(write.account()).map_or_else(String::new, |name| format!(" ({name})"));
    let caller = shared.identity.as_ref().map_or("", |identity| identity.caller());
    let mut lines = vec![
        line("Change the account?", Meaning::Title),
        line("", Meaning::Text),
        fact("account", format!("{}{name}", write.account()), Meaning::Account),
        fact("caller", caller, Meaning::Text),
        fact("Region", thing.region().as_str(), Meaning::Text),
        fact("call", format!("{service} {operation}"), Meaning::Warning),
    ];
    let parameters = write.operation().parameters();
    lines.extend(parameters.into_iter().map(|(name, value)| fact(" ", format!("{name}: {value}"), Meaning::Text)));
    lines.push(fact("now", thing.word(write.before()), Meaning::Text));
    lines.push(fact("then", thing.word(write.after()), Meaning::Warning));
    lines.extend(notes.iter().map(|note| fact("note", note, Meaning::Muted)));
    lines
}
