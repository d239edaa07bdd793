//! The help: every key of what shows, then all others, read from the table of commands.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget},
};

use super::Answer;
use crate::{
    history::FIELDS,
    ui::{
        command::{COMMANDS, Command, Context},
        keys::{Code, Key, Meaning as Meant},
        shared::Shared,
        theme::Meaning,
        widgets::{
            cursor::Cursor,
            text::{columns, put},
        },
    },
};

/// The columns that the keys take.
const KEYS: u16 = 16;

enum Line {
    Title(String),
    Entry(String, String),
    Blank,
}

/// The lines of the help, and how far it is scrolled.
pub struct Help {
    lines: Vec<Line>,
    cursor: Cursor,
}

impl Help {
    /// The help for these contexts: they come first.
    pub fn new(shared: &Shared, contexts: &[Context]) -> Self {
        let mut lines = Vec::new();
        let others = Context::ALL.into_iter().filter(|context| !contexts.contains(context));
        for context in contexts.iter().copied().chain(others) {
            let mut entries = Vec::new();
            for spec in COMMANDS.iter().filter(|spec| spec.context == context) {
                let keys: Vec<String> = shared.keys.keys_of(context, spec.command).collect();
                let keys = if keys.is_empty() { format!(":{}", spec.name) } else { keys.join(", ") };
                entries.push(Line::Entry(keys, spec.help.to_owned()));
            }
            if !entries.is_empty() {
                lines.push(Line::Title(context.title().to_owned()));
                lines.append(&mut entries);
                lines.push(Line::Blank);
            }
        }
        lines.push(Line::Title("Filter".to_owned()));
        lines.extend(FILTER.iter().map(|(example, help)| Line::Entry((*example).to_owned(), (*help).to_owned())));
        lines.extend(FIELDS.iter().map(|field| Line::Entry(field.example.to_owned(), field.meaning.to_owned())));
        lines.extend([Line::Blank, Line::Title("Marks".to_owned())]);
        lines.extend(MARKS.iter().map(|(mark, help)| Line::Entry((*mark).to_owned(), (*help).to_owned())));
        Self { lines, cursor: Cursor::default() }
    }

    pub fn key(&mut self, key: Key, shared: &Shared) -> Answer {
        let meaning = shared.keys.meaning(&[Context::List, Context::Global], &[key]);
        match (key.code, meaning) {
            (Code::Esc | Code::Char('q' | '?'), _) => Answer::Close,
            (_, Meant::Command(Command::Back | Command::Leave | Command::Help)) => Answer::Close,
            // Who reads of a key here tries it.
            (_, Meant::Command(command)) if !self.scroll(command) => Answer::Do(command),
            _ => Answer::Stay,
        }
    }

    /// Moves the text under the window; false for a command that does not move.
    pub fn scroll(&mut self, command: Command) -> bool {
        let mut moved = Cursor::default();
        moved.fit(self.cursor.height, self.lines.len());
        moved.choose(self.cursor.top, self.lines.len());
        let moves = moved.go(command, self.lines.len());
        self.cursor.top = moved.at.min(self.lines.len().saturating_sub(self.cursor.height));
        moves
    }

    pub fn draw(&mut self, body: Rect, footer: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        Clear.render(body, buf);
        buf.set_style(body, theme.style(Meaning::Text));
        self.cursor.height = body.height.into();
        self.cursor.top = self.cursor.top.min(self.lines.len().saturating_sub(self.cursor.height));
        for (y, line) in self.lines.iter().skip(self.cursor.top).take(self.cursor.height).enumerate() {
            let (x, y) = (body.x + 2, body.y + y as u16);
            let room = body.width.saturating_sub(2);
            match line {
                Line::Title(text) => drop(put(buf, (x, y), room, text, theme.style(Meaning::Title))),
                Line::Entry(keys, help) => {
                    let wide = (columns(keys) as u16).max(KEYS).min(room);
                    put(buf, (x, y), wide, keys, theme.style(Meaning::Key));
                    put(buf, (x + wide + 1, y), room.saturating_sub(wide + 1), help, theme.style(Meaning::Text));
                }
                Line::Blank => {}
            }
        }
        let below = self.lines.len().saturating_sub(self.cursor.top + self.cursor.height);
        let note = if below > 0 { format!("{below} more lines: j k, ctrl-d ctrl-u") } else { "the end".to_owned() };
        put(
            buf,
            (footer.x + 1, footer.y),
            footer.width,
            &format!("help · esc closes · {note}"),
            theme.style(Meaning::Hint),
        );
    }
}

/// What the filter of the events understands beside its fields.
const FILTER: &[(&str, &str)] = &[
    ("ana delete", "both words, anywhere in the row; upper and lower case are the same"),
    ("-word", "not this word; a field can be excluded as well"),
    ("\"two words\"", "the words as they stand"),
    ("svc:iam,sts", "after a field, a comma means either; a * in a word is any text"),
    ("/Put.*Policy/", "a regular expression; also after a field"),
    ("state:failed", "in Notifications; also channel:pager, severity:high, kind:restore, rule:root"),
    ("up", "in the prompt: the filter or search that you confirmed last"),
];

/// What the marks on screen mean.
const MARKS: &[(&str, &str)] = &[
    ("◆ ▲ ▪ ·", "severity: critical, high, medium, low; none for a call that only read"),
    ("+4m", "after an event's time: it came late, so many minutes after it happened"),
    ("✔ ✖ ?", "an alarm that is OK, in ALARM, without enough data"),
    ("✔a ◐s", "an alert that is acknowledged, or snoozed"),
    ("✔ ✘", "in a try-out: an event or a clause that matches, or does not"),
    ("*", "an alarm that changed since you last looked"),
    ("● ◐ ◑ ✖ ○", "a source that is live, slowed down by AWS, behind, failing, not asked yet"),
    ("E● S● A● R● Ru● I●", "the same in a narrow terminal: events, sign-ins, alarms, restores, rules, identity"),
    (
        "● ○ ◉",
        "beside a rule: on, off, on with all management events; ■ □ the same, locked by the service it belongs to",
    ),
    ("✔ … ✖ ‖", "a message that was sent, waits, was given up, is held back; ✖2 …1 beside Notifications counts them"),
    ("bell off", "the bell is silenced; B lets it ring again"),
    ("2 off by you", "what you turned off in the account and is still off; u undoes the last change"),
    ("40m left", "beside Restores: until the first restored copy is gone"),
];
