//! The words of what is told: plain text, safe to show, of a bounded length.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{FixedOffset, TimeDelta};

use crate::model::{Time, sane, text};

/// Where this machine is: the offset from UTC at a time, which changes with the season.
pub type LocalOffset = fn(Time) -> FixedOffset;

/// Characters of a title at most.
pub const LONGEST_TITLE: usize = 200;
/// Characters of a text at most.
pub const LONGEST_TEXT: usize = 2_000;
/// Characters of one line of a text at most, so that one long name leaves room for the rest.
const LONGEST_LINE: usize = 600;

/// A title: one line, without what steers a terminal, ARNs as people say them.
pub fn title(words: &str) -> String {
    cut(&safe(words), LONGEST_TITLE)
}

/// A text of lines, the empty ones left out.
pub fn lines<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> String {
    let safe = lines.into_iter().map(|line| cut(&safe(line.as_ref()), LONGEST_LINE)).filter(|line| !line.is_empty());
    cut(&safe.collect::<Vec<_>>().join("\n"), LONGEST_TEXT)
}

/// The start of words that others follow in a title.
pub fn head(words: &str) -> String {
    cut(&safe(words), LONGEST_TITLE - 60)
}

fn safe(words: &str) -> String {
    let short = text::short_arns(words.trim());
    text::visible(&short).into_owned()
}

fn cut(words: &str, longest: usize) -> String {
    match words.char_indices().nth(longest) {
        None => words.to_owned(),
        Some(_) => words.chars().take(longest - 1).chain(['…']).collect(),
    }
}

/// `1 object`, `3 objects`.
pub fn number(count: usize, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        count => format!("{count} {thing}s"),
    }
}

/// A span as a person says it, to the minute: `15 minutes`, `5 hours 50 minutes`, `3 days`.
pub fn span(span: TimeDelta) -> String {
    let minutes = usize::try_from((span.num_seconds() + 30) / 60).unwrap_or_default();
    let (days, hours) = (minutes / 1_440, minutes / 60);
    let two =
        |large: String, small: String, has_small: bool| if has_small { format!("{large} {small}") } else { large };
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => number(minutes, "minute"),
        60..2_880 => two(number(hours, "hour"), number(minutes % 60, "minute"), !minutes.is_multiple_of(60)),
        _ => two(number(days, "day"), number(hours % 24, "hour"), !hours.is_multiple_of(24)),
    }
}

/// What is the same in all that is told: where this machine is, and whose account it is.
#[derive(Clone, Debug)]
pub struct Words {
    pub local: LocalOffset,
    /// Names that people use for account ids.
    pub accounts: BTreeMap<String, String>,
    /// The account's number; empty while it is not known.
    pub account: String,
}

impl Words {
    /// A time in UTC, and local where that differs; with the day unless it is today: `21:15 UTC, 22:15 local`.
    pub fn when(&self, time: Time, now: Time) -> String {
        let time = sane(time);
        let offset = (self.local)(time);
        let (local, today) = (time.with_timezone(&offset), sane(now).with_timezone(&offset).date_naive());
        let is_today = local.date_naive() == today && time.date_naive() == sane(now).date_naive();
        let day = if is_today { "%H:%M" } else { "%a %-d %b %H:%M" };
        match offset.local_minus_utc() {
            0 => format!("{} UTC", time.format(day)),
            _ if local.date_naive() == time.date_naive() => {
                format!("{} UTC, {} local", time.format(day), local.format("%H:%M"))
            }
            _ => format!("{} UTC, {} local", time.format(day), local.format("%a %H:%M")),
        }
    }

    /// The account by number, with its name where it has one, and the Region: `Account production (111122223333), eu-west-1`.
    pub fn place(&self, region: Option<&str>) -> String {
        let account: Cow<'_, str> = match (self.account.as_str(), self.accounts.get(&self.account)) {
            ("", _) => "".into(),
            (id, Some(name)) => format!("Account {name} ({id})").into(),
            (id, None) => format!("Account {id}").into(),
        };
        [account.as_ref(), region.unwrap_or_default()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn berlin(_: Time) -> FixedOffset {
        FixedOffset::east_opt(3_600).unwrap()
    }

    #[test]
    fn a_span_is_said_as_a_person_would() {
        for (seconds, words) in [
            (-5, "less than a minute"),
            (29, "less than a minute"),
            (60, "1 minute"),
            (898, "15 minutes"),
            (3_600, "1 hour"),
            (21_000, "5 hours 50 minutes"),
            (86_400, "24 hours"),
            (259_170, "3 days"),
            (259_200 + 7_200, "3 days 2 hours"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), words);
        }
    }

    #[test]
    fn a_time_is_said_in_utc_and_local() {
        let words = Words { local: berlin, accounts: BTreeMap::new(), account: String::new() };
        let now = at("2026-11-21T20:00:00Z");
        assert_eq!(words.when(at("2026-11-21T21:15:00Z"), now), "21:15 UTC, 22:15 local");
        assert_eq!(words.when(at("2026-11-23T00:00:00Z"), now), "Mon 23 Nov 00:00 UTC, 01:00 local");
        assert_eq!(words.when(at("2026-11-21T23:30:00Z"), now), "Sat 21 Nov 23:30 UTC, Sun 00:30 local");
        let utc = Words { local: |_| FixedOffset::east_opt(0).unwrap(), ..words };
        assert_eq!(utc.when(at("2026-11-21T21:15:00Z"), now), "21:15 UTC");
        assert!(!utc.when(Time::MAX_UTC, Time::MIN_UTC).is_empty());
    }

    #[test]
    fn what_an_attacker_wrote_stays_one_safe_line() {
        let title = title("Root\r\nsigned in \u{202e}evil\u{1b}[31m");
        assert_eq!(title, "Root\\r\\nsigned in \\u{202e}evil\\u{1b}[31m");
        assert_eq!(super::title(&"é".repeat(900)).chars().count(), LONGEST_TITLE);
        let long = lines([
            "a\nb".to_owned(),
            String::new(),
            "x".repeat(5_000),
            "y".repeat(5_000),
            "z".repeat(5_000),
            "é".repeat(900),
        ]);
        assert!(long.starts_with("a\\nb\nxxx") && long.chars().count() == LONGEST_TEXT);
    }

    #[test]
    fn the_account_has_its_name() {
        let accounts = BTreeMap::from([("111122223333".to_owned(), "production".to_owned())]);
        let words = Words { local: berlin, accounts, account: "111122223333".into() };
        assert_eq!(words.place(Some("eu-west-1")), "Account production (111122223333), eu-west-1");
        assert_eq!(Words { account: String::new(), ..words }.place(None), "");
    }
}
