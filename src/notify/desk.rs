//! Which channels a notice goes to, and what of it waits: by severity, by kind, in quiet hours, by the channel's rate.

#[cfg(test)]
mod tests;

use super::{
    held::{Held, Why},
    quiet,
    rate::Bucket,
    words::LocalOffset,
};
use crate::{
    config::{Notify, notify::Channel},
    model::{Delivery, Message, Notice, NoticeKind, Time},
};

/// The channels and how much each has taken.
#[derive(Debug)]
pub struct Desk {
    desks: Vec<ChannelDesk>,
    local: LocalOffset,
}

#[derive(Debug)]
struct ChannelDesk {
    channel: Channel,
    /// Of what is told in quiet hours too, and of all else: a flood of mild messages must not hold back a weighty one.
    weighty: Bucket,
    others: Bucket,
    held: Option<Held>,
}

impl Desk {
    /// Messages older than this say nothing about the limits any more: the longest quiet hours, and the longest rate.
    pub const RECENT: chrono::TimeDelta = chrono::TimeDelta::hours(50);

    /// With the channels of the settings; `local` says where this machine is.
    pub fn new(notify: &Notify, local: LocalOffset) -> Self {
        let desk = |channel: &Channel| ChannelDesk {
            channel: channel.clone(),
            weighty: Bucket::default(),
            others: Bucket::default(),
            held: None,
        };
        Self { desks: notify.channels.iter().map(desk).collect(), local }
    }

    /// Takes the messages of the outbox that are not older than [`Desk::RECENT`], in the order of their ids, after a
    /// start: what they took of the rates, and what is held and in no summary yet.
    pub fn recall<'a>(&mut self, messages: impl IntoIterator<Item = &'a Message>) {
        let local = self.local;
        for message in messages {
            if let Some(desk) = self.desks.iter_mut().find(|desk| desk.channel.name == message.channel) {
                desk.recall(message, local);
            }
        }
    }

    /// The messages that a notice becomes, in the order in which they belong into the outbox; a summary that was due may
    /// be among them.
    pub fn post(&mut self, notice: &Notice, now: Time) -> Vec<Message> {
        let names: Vec<&String> =
            notice.channels.iter().filter(|name| self.desks.iter().any(|desk| desk.channel.name == **name)).collect();
        let local = self.local;
        let mut messages = Vec::new();
        for desk in &mut self.desks {
            // A rule whose channels are all unknown is told as one that names none, and not to nobody.
            let takes = match names.is_empty() {
                true => desk.takes(notice),
                false => names.contains(&&desk.channel.name),
            };
            if takes {
                messages.extend(desk.summary(local, now));
                messages.push(desk.post(notice, local, now));
            }
        }
        messages
    }

    /// The summaries that are due.
    pub fn tend(&mut self, now: Time) -> Vec<Message> {
        let local = self.local;
        self.desks.iter_mut().filter_map(|desk| desk.summary(local, now)).collect()
    }
}

impl ChannelDesk {
    fn takes(&self, notice: &Notice) -> bool {
        let Channel { kinds, floor, .. } = &self.channel;
        notice.kind == NoticeKind::Test
            || notice.severity >= *floor && (kinds.is_empty() || kinds.contains(&notice.kind))
    }

    fn post(&mut self, notice: &Notice, local: LocalOffset, now: Time) -> Message {
        let state = match self.why_not(notice, local, now) {
            None => Delivery::Waiting { due: now },
            Some(why) => {
                self.hold(notice, why, now);
                Delivery::Held { at: now }
            }
        };
        message(&self.channel.name, notice.clone(), state, now)
    }

    /// Why a notice is held back, if it is; one that is not takes its part of the rate.
    fn why_not(&mut self, notice: &Notice, local: LocalOffset, now: Time) -> Option<Why> {
        let is_weighty = notice.severity >= self.channel.quiet_except;
        if notice.kind == NoticeKind::Test {
            return None;
        }
        if let Some(hours) = self.quiet(local, now).filter(|_| !is_weighty) {
            return Some(Why::Quiet(hours));
        }
        let bucket = if is_weighty { &mut self.weighty } else { &mut self.others };
        let rate = self.channel.rate?;
        (!bucket.take(rate, now)).then_some(Why::Rate(rate))
    }

    fn quiet(&self, local: LocalOffset, now: Time) -> Option<quiet::Hours> {
        quiet::hours(self.channel.quiet.as_ref()?, local, now)
    }

    fn hold(&mut self, notice: &Notice, why: Why, now: Time) {
        match &mut self.held {
            Some(held) => held.add(notice, why),
            None => self.held = Some(Held::new(notice, why, now)),
        }
    }

    fn summary(&mut self, local: LocalOffset, now: Time) -> Option<Message> {
        let is_quiet = self.quiet(local, now).is_some();
        let held = self.held.take_if(|held| held.is_over(is_quiet, now))?;
        let name = &self.channel.name;
        Some(message(name, held.summary(name, local, now), Delivery::Waiting { due: now }, now))
    }

    fn recall(&mut self, message: &Message, local: LocalOffset) {
        let Message { notice, made, state, .. } = message;
        match state {
            _ if notice.kind == NoticeKind::Summary => self.held = None,
            Delivery::Held { at } => {
                let quiet = self.quiet(local, *at).filter(|_| notice.severity < self.channel.quiet_except);
                let rate = self.channel.rate.map(Why::Rate);
                // With other settings than before, what was held is told as soon as it can be.
                let why = quiet.map(Why::Quiet).or(rate).unwrap_or(Why::Quiet(quiet::Hours { from: *at, to: *at }));
                self.hold(notice, why, *at);
            }
            _ => {
                let _ = self.why_not(notice, local, *made);
            }
        }
    }
}

fn message(channel: &str, notice: Notice, state: Delivery, made: Time) -> Message {
    Message { id: 0, channel: channel.to_owned(), notice, made, state, tries: 0, said: String::new() }
}
