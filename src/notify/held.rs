//! What a channel held back, and the message that sums it up.

use crate::{
    config::notify::Rate,
    model::{Notice, NoticeKind, Severity, Time},
};

use super::{
    key::key,
    quiet::Hours,
    words::{self, LocalOffset, number},
};

/// Titles that a summary names.
const NAMED: usize = 5;

/// Why a message was held back.
#[derive(Clone, Copy, Debug)]
pub enum Why {
    Quiet(Hours),
    Rate(Rate),
}

/// What was held back since the last summary.
#[derive(Clone, Debug)]
pub struct Held {
    /// The key of the first of them.
    first: String,
    account: String,
    from: Time,
    /// When the first of them was held; a clock that stands before it was set back.
    since: Time,
    /// The end of the quiet hours or of the span of the rate, the latest.
    until: Time,
    rate: Option<Rate>,
    /// By severity, the mildest first.
    counts: [u32; Severity::ALL.len()],
    /// The weightiest, each with its severity, the first of equals first.
    titles: Vec<(Severity, String)>,
}

impl Held {
    /// Begins with the first message that is held.
    pub fn new(notice: &Notice, why: Why, now: Time) -> Self {
        let from = match why {
            Why::Quiet(hours) => hours.from,
            Why::Rate(_) => now,
        };
        let mut held = Self {
            first: notice.key.clone(),
            account: notice.account.clone(),
            from,
            since: now,
            until: now,
            rate: None,
            counts: [0; Severity::ALL.len()],
            titles: Vec::new(),
        };
        held.until = held.end(why);
        held.add(notice, why);
        held
    }

    /// When what holds it ends. A span of the rate counts from the first message over it.
    fn end(&self, why: Why) -> Time {
        match why {
            Why::Quiet(hours) => hours.to,
            Why::Rate(rate) => self.since + rate.per.chrono(),
        }
    }

    /// Counts a message.
    pub fn add(&mut self, notice: &Notice, why: Why) {
        self.until = self.until.max(self.end(why));
        if let Why::Rate(rate) = why {
            self.rate = Some(rate);
        }
        self.counts[notice.severity as usize] = self.counts[notice.severity as usize].saturating_add(1);
        let place = self.titles.partition_point(|(severity, _)| *severity >= notice.severity);
        if place < NAMED {
            self.titles.insert(place, (notice.severity, notice.title.clone()));
            self.titles.truncate(NAMED);
        }
    }

    /// Whether it is time for the summary: never while it is quiet.
    pub fn is_over(&self, is_quiet: bool, now: Time) -> bool {
        !is_quiet && (self.until <= now || now < self.since)
    }

    /// The summary, for a channel.
    pub fn summary(&self, channel: &str, local: LocalOffset, now: Time) -> Notice {
        let total = self.counts.iter().fold(0_u32, |sum, count| sum.saturating_add(*count));
        let weighty = Severity::ALL.into_iter().zip(self.counts).rev().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = weighty.clone().map(|(severity, count)| format!("{count} {severity}")).collect();
        let to = self.until.min(now).max(self.from);
        let clock = |time: Time| {
            let form = if to - self.from < chrono::TimeDelta::hours(20) { "%H:%M" } else { "%a %H:%M" };
            time.with_timezone(&local(time)).format(form).to_string()
        };
        let count = usize::try_from(total).unwrap_or(usize::MAX);
        let title = format!(
            "{} held back from {} to {}: {}",
            number(count, "message"),
            clock(self.from),
            clock(to),
            counts.join(", ")
        );
        Notice {
            key: key(&["summary", channel, &self.first]),
            kind: NoticeKind::Summary,
            severity: weighty.map(|(severity, _)| severity).next().unwrap_or_default(),
            title: words::title(&title),
            text: self.text(count),
            subject: channel.to_owned(),
            rule: String::new(),
            account: self.account.clone(),
            region: None,
            time: now,
            count: total,
            channels: vec![channel.to_owned()],
        }
    }

    fn text(&self, count: usize) -> String {
        let why = self.rate.map(|Rate { most, per }| format!("This channel takes {most} messages in {per}."));
        let heading = if count > self.titles.len() { "The weightiest:" } else { "" };
        let titles = self.titles.iter().map(|(severity, title)| format!("{severity}: {title}"));
        let end = "All of them are in the list of notifications.".to_owned();
        words::lines(why.into_iter().chain([heading.to_owned()]).chain(titles).chain([end]))
    }
}
