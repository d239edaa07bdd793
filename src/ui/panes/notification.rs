//! One message: what it says, how its sending goes, and what it is about, one Enter away.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{alert::AlertDetail, behind, events::severity_meaning, notifications, source::SourceDetail};
use crate::{
    model::{Delivery, Message, Notice, NoticeKind, duration::brief},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, Words},
        shared::Shared,
        theme::Meaning,
        widgets::document::{Document, Line, fact, line},
    },
};

/// The detail of a message, kept up to date while it is open.
pub struct NotificationDetail {
    message: Arc<Message>,
    document: Document,
}

impl NotificationDetail {
    pub fn new(message: Arc<Message>, shared: &Shared) -> Self {
        let mut detail = Self { message, document: Document::default() };
        detail.write(shared);
        detail
    }

    fn write(&mut self, shared: &Shared) {
        let mut lines = sending(&self.message, shared);
        lines.push(line("", Meaning::Text));
        lines.push(line("What it says", Meaning::Title));
        lines.extend(said(&self.message.notice));
        lines.push(line("", Meaning::Text));
        lines.push(line("What it is about", Meaning::Title));
        lines.extend(about(&self.message.notice, shared));
        self.document.set(lines);
    }
}

/// How the sending goes.
fn sending(message: &Message, shared: &Shared) -> Vec<Line> {
    let (state, meaning) = notifications::state_look(message.state, shared.now, u16::MAX);
    let full = |time| shared.clock.full(time);
    let state = match message.state {
        Delivery::Sent { at } | Delivery::Failed { at } | Delivery::Held { at } => {
            format!("{state}, {}, {} ago", full(at), brief(shared.now - at))
        }
        Delivery::Waiting { due } if due > shared.now => format!("{state}, {}", full(due)),
        Delivery::Waiting { .. } => format!("{state} for its turn since {}", full(message.made)),
    };
    let came_back = if message.said.is_empty() { "nothing yet" } else { &message.said };
    let mut lines = vec![
        fact("state", state, meaning),
        fact("came back", came_back, if meaning == Meaning::Ok { Meaning::Text } else { meaning }),
        fact("tries", message.tries.to_string(), Meaning::Text),
        fact("channel", &message.channel, Meaning::Text),
        fact("in the outbox", format!("since {}", full(message.made)), Meaning::Text),
        fact("key", &message.notice.key, Meaning::Muted),
    ];
    lines.extend(advice(message.state).map(|text| fact("what to do", text, Meaning::Title)));
    lines
}

fn advice(state: Delivery) -> Option<&'static str> {
    match state {
        Delivery::Failed { .. } => Some("once what came back is mended, R tries it again"),
        Delivery::Held { .. } => Some("nothing: a summary counts it; R sends it all the same"),
        Delivery::Sent { .. } | Delivery::Waiting { .. } => None,
    }
}

/// The title and the text, line by line.
fn said(notice: &Notice) -> Vec<Line> {
    let title = line(&notice.title, severity_meaning(notice.severity));
    std::iter::once(title).chain(notice.text.lines().map(|text| line(text, Meaning::Text))).collect()
}

/// The facts behind it; what it does not have is left out.
fn about(notice: &Notice, shared: &Shared) -> Vec<Line> {
    let when = if notice.kind == NoticeKind::RestoreExpiring { "deadline" } else { "happened" };
    let count = if notice.count > 1 { format!("{} equal ones", notice.count) } else { String::new() };
    let facts = [
        ("severity", notice.severity.as_str(), severity_meaning(notice.severity)),
        ("kind", notice.kind.as_str(), Meaning::Text),
        ("about", &notice.subject, Meaning::Text),
        ("rule", &notice.rule, Meaning::Text),
        ("stands for", &count, Meaning::Text),
        ("account", &notice.account, Meaning::Text),
        ("Region", notice.region.as_ref().map_or("", |region| region.as_str()), Meaning::Text),
        (when, &shared.clock.full(notice.time), Meaning::Text),
    ];
    let known = facts.into_iter().filter(|(_, text, _)| !text.is_empty());
    known.map(|(label, text, meaning)| fact(label, text, meaning)).collect()
}

/// Opens what a notice is about; says so when that cannot be done.
fn open(notice: &Notice, cx: &mut Cx<'_>) {
    match notice.kind {
        NoticeKind::Alert => open_alert(notice, cx),
        NoticeKind::Alarm => behind::open_alarm(notice.region.as_ref(), &notice.subject, cx),
        NoticeKind::RestoreInitiated
        | NoticeKind::RestoreReady
        | NoticeKind::RestoreExpiring
        | NoticeKind::RestoreExpired => behind::open_restore(&notice.subject, cx),
        NoticeKind::Source | NoticeKind::Credentials => {
            let found = cx.shared.sources.keys().find(|id| id.label() == notice.subject).cloned();
            match found {
                Some(id) => cx.open(SourceDetail::new(id)),
                None => cx.say("there is no such source now; Sources shows all"),
            }
        }
        NoticeKind::Summary | NoticeKind::Test => cx.say("it is about nothing that could be opened"),
    }
}

/// Opens the alert; where that is no longer there, the event behind it, which its id names after the rule.
fn open_alert(notice: &Notice, cx: &mut Cx<'_>) {
    if let Some(alert) = cx.shared.alerts.get(&notice.subject).map(Arc::clone) {
        return cx.open(AlertDetail::new(alert, cx.shared));
    }
    let event = notice.subject.strip_prefix(notice.rule.as_str()).and_then(|rest| rest.strip_prefix('/'));
    match event {
        Some(event) => behind::open(Some(event), cx),
        None => cx.say("the alert is no longer there"),
    }
}

impl Pane for NotificationDetail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Notifications, Context::Detail, Context::List]
    }

    fn title(&self, _: &Shared) -> Words {
        vec![
            ("Notifications".to_owned(), Meaning::Muted),
            (notifications::title(&self.message), Meaning::Title),
            (self.message.channel.clone(), Meaning::Muted),
        ]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.document.cursor.go(command, self.document.len()) {
            return;
        }
        match command {
            Command::Open => open(&self.message.notice, cx),
            Command::Copy => cx.copy("the line", self.document.current().unwrap_or_default()),
            command => notifications::act(&self.message, command, cx),
        }
    }

    fn line(&self) -> Option<u16> {
        Some(self.document.cursor.line())
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        let same = |message: &&Arc<Message>| {
            (message.id, &message.notice.key, &message.channel)
                == (self.message.id, &self.message.notice.key, &self.message.channel)
        };
        if matches!(change, Change::Messages)
            && let Some(message) = shared.messages.iter().find(same)
        {
            self.message = Arc::clone(message);
            self.write(shared);
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        // When it is tried next changes every second.
        self.write(shared);
        self.document.draw(area, buf, &shared.theme);
    }
}
