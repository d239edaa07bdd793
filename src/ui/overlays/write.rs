//! The dialog before a change of the account: the exact call, where it goes, what is now and what will be.

use chrono::TimeDelta;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget},
};

use super::Answer;
use crate::{
    model::{Time, Write},
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

/// How long the whole call must have stood on the screen before a yes counts: a key that was typed ahead is no answer.
const TO_READ: TimeDelta = TimeDelta::milliseconds(500);
/// In less room than this, lines are cut or there are too few to be read.
const LEAST: (u16, u16) = (40, 4);

/// The change that waits for a yes.
pub struct WriteDialog {
    write: Write,
    document: Document,
    seen: Seen,
}

/// What of the dialog was on the screen, in the room that it has.
#[derive(Default)]
struct Seen {
    room: Rect,
    /// Rows from the top.
    rows: usize,
    /// Since when that is all of them.
    whole: Option<Time>,
}

impl Seen {
    /// Takes note of what a drawing has shown.
    fn drawn(&mut self, room: Rect, document: &Document, now: Time) {
        if room != self.room {
            *self = Self { room, ..Self::default() };
        }
        if room.width < LEAST.0 || room.height < LEAST.1 {
            return;
        }
        if document.cursor.top <= self.rows {
            self.rows = self.rows.max(document.cursor.top + usize::from(room.height));
        }
        if self.rows >= document.len() {
            self.whole.get_or_insert(now);
        }
    }

    fn is_read(&self, now: Time) -> bool {
        self.whole.is_some_and(|since| now - since >= TO_READ)
    }
}

impl WriteDialog {
    pub fn new(proposal: Proposal, shared: &Shared) -> Self {
        let mut document = Document::default();
        document.set(lines(&proposal, shared));
        Self { write: proposal.write, document, seen: Seen::default() }
    }

    /// `y` alone says yes, once the whole call was there to be read. Enter does nothing, for it is typed without a
    /// thought; what moves scrolls; all else says no.
    pub fn key(&mut self, key: Key, shared: &Shared) -> Answer {
        if key == Key::plain(Code::Char('y')) {
            return match self.seen.is_read(shared.now) {
                true => Answer::Write(Box::new(self.write.clone())),
                false => Answer::Stay,
            };
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
        self.seen.drawn(inside, &self.document, shared.now);
        let mut x = footer.x + 1;
        let yes = match self.seen.whole {
            Some(_) => ("y", "do it"),
            None if inside.width < LEAST.0 || inside.height < LEAST.1 => ("", "make the window larger"),
            None => ("j", "read all of it first"),
        };
        for (key, hint) in [yes, ("esc", "leave it as it is")] {
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
