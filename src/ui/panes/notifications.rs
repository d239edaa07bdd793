//! The notifications: what was sent where, how it went, what waits and what was given up.

use std::{cmp::Reverse, sync::Arc};

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    events::severity_meaning,
    list::{List, Listed},
    nothing,
    notification::NotificationDetail,
    terms::Field,
};
use crate::{
    model::{Delivery, Message, Request, Severity, SourceKind, Time, duration::brief, text::short_arns},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, PaneSpec, Step, Words},
        shared::Shared,
        theme::Meaning,
        widgets::{
            table::{Column, Table},
            text::put,
        },
    },
};

pub const SPEC: PaneSpec =
    PaneSpec { name: Message::NAME, short: "Notices", make: |_| Box::new(List::<Message>::default()), badge };

/// How many were given up, and how many wait.
fn badge(shared: &Shared) -> Words {
    counts(shared).map(|(count, glyph, _, meaning)| (format!("{glyph}{count}"), meaning)).collect()
}

/// What stands out: how many, the glyph, the word and the meaning of each state that has any.
fn counts(shared: &Shared) -> impl Iterator<Item = (usize, &'static str, &'static str, Meaning)> {
    let count = |is: fn(&Delivery) -> bool| shared.messages.iter().filter(|message| is(&message.state)).count();
    let failed = count(|state| matches!(state, Delivery::Failed { .. }));
    let waiting = count(|state| matches!(state, Delivery::Waiting { .. }));
    let all = [(failed, "✖", "failed", Meaning::Error), (waiting, "…", "waiting", Meaning::Warning)];
    all.into_iter().filter(|(count, ..)| *count > 0)
}

const COLUMNS: &[Column] = &[
    Column::new("TIME", 8, 8).until(LONG_TIMES),
    Column::new("TIME", 12, 12).from(LONG_TIMES),
    Column::new("CHANNEL", 8, 10).ends().until(SAID_FROM),
    Column::new("CHANNEL", 8, 16).ends().from(SAID_FROM),
    Column::new("KIND", 9, 17).ends().from(LONG_TIMES),
    Column::new("STATE", 11, 11).until(LONG_TIMES),
    Column::new("STATE", 22, 22).from(LONG_TIMES),
    Column::new("TRIES", 5, 5),
    Column::new(" ", 1, 1),
    Column::new("TITLE", 24, u16::MAX),
    Column::new("WHAT CAME BACK", 20, u16::MAX).from(SAID_FROM),
];

/// The place of the roomy state in `COLUMNS`; a narrow table does not have it.
const STATE: usize = 6;

/// From this width on, the times of other days have their month.
const LONG_TIMES: u16 = 140;
/// From this width on, each row says what came back; in a narrower list the last line says it of the chosen one.
const SAID_FROM: u16 = 110;
/// A state in so many columns says what the time in it is.
const ROOMY: u16 = 18;
/// A lower list has no line to spare.
const LEAST_WITH_SAID: u16 = 5;

/// How a state looks in so many columns: its glyph with a word or the time of the next try, and its meaning.
pub fn state_look(state: Delivery, now: Time, width: u16) -> (String, Meaning) {
    match state {
        Delivery::Sent { .. } => ("✔ sent".to_owned(), Meaning::Ok),
        Delivery::Failed { .. } => ("✖ failed".to_owned(), Meaning::Error),
        Delivery::Held { .. } => ("‖ held".to_owned(), Meaning::Muted),
        Delivery::Waiting { due } if due <= now => ("… waiting".to_owned(), Meaning::Warning),
        Delivery::Waiting { due } => {
            let words = if width < ROOMY { "in" } else { "next try in" };
            (format!("… {words} {}", brief(due - now)), Meaning::Warning)
        }
    }
}

/// The title, with how many facts it stands for.
pub fn title(message: &Message) -> String {
    let title = short_arns(&message.notice.title);
    match message.notice.count {
        0 | 1 => title.into_owned(),
        count => format!("{title} ×{count}"),
    }
}

/// Does what is done with a message in the list as in its detail.
pub fn act(message: &Message, command: Command, cx: &mut Cx<'_>) {
    match command {
        Command::Retry => retry(message, cx),
        Command::RetryAll => retry_all(cx),
        Command::CopyRecord => {
            let notice = &message.notice;
            cx.copy("the message", format!("{}\n{}", notice.title, notice.text).trim_end());
        }
        Command::CopyValue => cx.copy("the key", &message.notice.key),
        _ => {}
    }
}

fn retry(message: &Message, cx: &mut Cx<'_>) {
    match (message.state, message.id) {
        (Delivery::Sent { at }, _) => {
            let at = cx.shared.clock.full(at);
            cx.say(format!("{} took it at {at}: it is not sent again", message.channel));
        }
        (_, 0) => cx.say("it is not in the outbox yet"),
        (_, id) => {
            cx.steps.push(Step::Ask(Request::Retry(Some(id))));
            cx.say(format!("trying {} now", message.channel));
        }
    }
}

fn retry_all(cx: &mut Cx<'_>) {
    let waits = |message: &&Arc<Message>| matches!(message.state, Delivery::Waiting { .. });
    match cx.shared.messages.iter().filter(waits).count() {
        0 => cx.say("nothing waits; R tries the chosen one"),
        count => {
            cx.steps.push(Step::Ask(Request::Retry(None)));
            cx.say(format!("trying all that wait now: {count}"));
        }
    }
}

impl Listed for Message {
    const NAME: &'static str = "Notifications";
    const KIND: Option<SourceKind> = None;
    const CONTEXTS: &'static [Context] = &[Context::Notifications, Context::List];
    const FIELDS: &'static [Field] = &[
        Field { names: &["state"], values: &["waiting", "sent", "failed", "held"] },
        Field { names: &["severity", "sev"], values: &["info", "low", "medium", "high", "critical"] },
        Field { names: &["channel"], values: &[] },
        Field { names: &["kind"], values: &[] },
        Field { names: &["rule"], values: &[] },
    ];
    type Order = (Reverse<Time>, Reverse<i64>);

    fn all(shared: &Shared) -> impl Iterator<Item = &Arc<Self>> {
        shared.messages.iter()
    }

    fn fits(&self, holds: impl Fn(&[&str]) -> bool) -> bool {
        let notice = &self.notice;
        let texts = [&self.channel, &notice.title, &notice.text, &notice.subject, &notice.rule, &self.said];
        let texts = texts.map(String::as_str).into_iter();
        let words = [notice.kind.as_str(), notice.severity.as_str(), self.state.as_str(), &notice.key];
        holds(&texts.chain(words).collect::<Vec<_>>())
    }

    fn has(&self, field: &str, value: &str) -> bool {
        let notice = &self.notice;
        match field {
            "state" => self.state.as_str().starts_with(value),
            // As in the filter of the events: this severity and above.
            "severity" => {
                let least = Severity::ALL.into_iter().find(|severity| severity.as_str().starts_with(value));
                least.is_some_and(|least| notice.severity >= least)
            }
            "channel" => self.channel.to_lowercase().contains(value),
            "kind" => notice.kind.as_str().contains(value),
            _ => notice.rule.to_lowercase().contains(value),
        }
    }

    /// The newest first.
    fn order(&self, _: Time) -> Self::Order {
        (Reverse(self.made), Reverse(self.id))
    }

    fn is_same(&self, other: &Self) -> bool {
        (self.id, &self.channel, &self.notice.key) == (other.id, &other.channel, &other.notice.key)
    }

    fn is_told_by(change: &Change<'_>) -> bool {
        matches!(change, Change::Messages)
    }

    fn words(shared: &Shared) -> Words {
        counts(shared).map(|(count, glyph, word, meaning)| (format!("{glyph} {count} {word}"), meaning)).collect()
    }

    fn command(message: Arc<Self>, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Open => cx.open(NotificationDetail::new(message, cx.shared)),
            Command::Copy => cx.copy("the title", &message.notice.title),
            command => act(&message, command, cx),
        }
    }

    fn draw(list: &mut List<Self>, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let below = u16::from(area.width < SAID_FROM && area.height >= LEAST_WITH_SAID);
        let table = Table::new(COLUMNS, area);
        table.titles(buf, theme);
        let mut said = None;
        for (y, selected, message) in list.window(area.height.saturating_sub(1 + below)) {
            table.row(buf, y, theme.cell(Meaning::Text, selected));
            draw_row(&table, buf, y, (message, selected), shared);
            said = said.or(selected.then(|| Arc::clone(message)));
        }
        if let Some(message) = said.filter(|_| below > 0) {
            draw_said(area, buf, &message, shared);
        }
        match list.counts() {
            (0, 0) => nothing::say(area, buf, shared, guide()),
            (0, _) => nothing::draw(area, buf, shared, (None, "no message matches the filter")),
            _ => {}
        }
    }
}

fn draw_row(table: &Table, buf: &mut Buffer, y: u16, (message, selected): (&Message, bool), shared: &Shared) {
    let notice = &message.notice;
    let (state, meaning) = state_look(message.state, shared.now, table.width(STATE));
    // What came through needs nobody; what waits or failed stands out.
    let stands_out = matches!(message.state, Delivery::Failed { .. } | Delivery::Waiting { .. });
    let [calm, channel] = [Meaning::Muted, Meaning::Text].map(|calm| if stands_out { meaning } else { calm });
    let time = shared.clock.row(message.made, shared.now, table.width(0).max(table.width(1)));
    let tries = if message.tries > 0 { message.tries.to_string() } else { String::new() };
    let title = title(message);
    let cells = [
        (time.as_str(), Meaning::Time),
        (time.as_str(), Meaning::Time),
        (&message.channel, channel),
        (&message.channel, channel),
        (notice.kind.as_str(), Meaning::Muted),
        (&state, meaning),
        (&state, meaning),
        (&tries, calm),
        (notice.severity.glyph(), severity_meaning(notice.severity)),
        (&title, Meaning::Text),
        (&message.said, calm),
    ];
    for (column, (text, meaning)) in cells.into_iter().enumerate() {
        table.cell(buf, y, column, (text, shared.theme.cell(meaning, selected)));
    }
}

/// What came back, in the last line.
fn draw_said(area: Rect, buf: &mut Buffer, message: &Message, shared: &Shared) {
    let said = if message.said.is_empty() { "nothing came back yet" } else { &message.said };
    let (y, room) = (area.bottom().saturating_sub(1), area.width.saturating_sub(1));
    let (state, meaning) = state_look(message.state, shared.now, ROOMY);
    let used = put(buf, (area.x + 1, y), room, &format!("{state}: "), shared.theme.style(meaning));
    put(buf, (area.x + 1 + used, y), room.saturating_sub(used), said, shared.theme.style(Meaning::Muted));
}

/// What would stand here, and how to come by it.
fn guide() -> Words {
    let line = |text: &str, meaning| (text.to_owned(), meaning);
    vec![
        line("nobody was told anything yet", Meaning::Text),
        line("", Meaning::Text),
        line(
            "What is told, wherever you are: alerts, alarms that change, restores that start, are ready, run out or ran \
             out, a source that stays broken, credentials that end. Here stands each message: where it was sent, how \
             it went, and what waits.",
            Meaning::Muted,
        ),
        line("", Meaning::Text),
        line("To be told, set up a channel under [notify] in the config: trailwatch config --template", Meaning::Title),
        line("Then send a sample: trailwatch notify test", Meaning::Title),
    ]
}
