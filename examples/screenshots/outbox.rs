//! What the story owes two channels, as if they had taken nearly all of it.

use chrono::{FixedOffset, TimeDelta};
use trailwatch::{
    config::{
        Settings,
        notify::{Channel, ChannelKind},
    },
    model::{Delivery, Message, Time, Update},
    notify::{Desk, What},
};

/// What is decided of messages, and what became of them.
pub struct Outbox {
    what: What,
    desk: Desk,
    messages: Vec<Message>,
}

impl Outbox {
    pub fn new(settings: &Settings, now: Time) -> Self {
        let local = |_| FixedOffset::east_opt(3_600).expect("an offset");
        let mut notify = settings.notify.clone();
        notify.channels = vec![
            Channel::new("desktop", ChannelKind::Desktop, &notify),
            Channel::new("log", ChannelKind::Log { path: None }, &notify),
        ];
        Self { what: What::new(settings, local, now), desk: Desk::new(&notify, local), messages: Vec::new() }
    }

    /// Takes what the engine would.
    pub fn take(&mut self, update: &Update, now: Time) {
        let mut notices = self.what.update(update, now);
        notices.extend(self.what.tend(now));
        let mut messages = self.desk.tend(now);
        messages.extend(notices.iter().flat_map(|notice| self.desk.post(notice, now)));
        for message in messages {
            let id = self.messages.len() as i64 + 1;
            self.messages.push(Message { id, ..message });
        }
    }

    /// The outbox as the screen is told of it: the desktop has not answered to the last.
    pub fn messages(mut self) -> Update {
        for message in &mut self.messages {
            if let Delivery::Waiting { due } = message.state {
                let said = if message.channel == "desktop" { "shown" } else { "written" };
                (message.state, message.tries) = (Delivery::Sent { at: due + TimeDelta::seconds(1) }, 1);
                said.clone_into(&mut message.said);
            }
        }
        if let Some(last) = self.messages.iter_mut().rev().find(|message| message.said == "shown") {
            (last.state, last.tries) = (Delivery::Waiting { due: last.made + TimeDelta::seconds(8) }, 2);
            "did not answer within 5 s".clone_into(&mut last.said);
        }
        self.messages.reverse();
        Update::Messages(self.messages)
    }
}
