//! The panes, and the views that open above them.

pub mod account_rule;
pub mod alarm;
pub mod alarms;
pub mod alert;
pub mod alerts;
pub mod behind;
pub mod event;
pub mod events;
mod hits;
mod list;
mod naming;
mod new_rule;
mod nothing;
pub mod notification;
pub mod notifications;
pub mod record;
pub mod restore;
pub mod restores;
pub mod rule;
pub mod rules;
pub mod source;
pub mod sources;
mod summary;
mod terms;
mod trial;
pub mod tryout;

use super::{pane::Words, shared::Freshness, theme::Meaning, widgets::text::number};
use crate::model::{Time, duration::brief};

/// Whether every word of a filter is in one of the texts; upper and lower case are the same.
fn matches(filter: &str, texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    filter.to_lowercase().split_whitespace().all(|word| match word.strip_prefix(['-', '!']) {
        Some(not) => not.is_empty() || !texts.iter().any(|text| text.contains(not)),
        None => texts.iter().any(|text| text.contains(word)),
    })
}

/// How fresh a pane is, in words: what is wrong first.
fn freshness(fresh: &Freshness, now: Time, with_newest: bool) -> Words {
    let ago = |time: Option<Time>| time.map(|time| brief(now - time));
    let mut words = Vec::new();
    if let Some(problem) = &fresh.problem {
        words.push((format!("✖ {problem}"), Meaning::Error));
    }
    if fresh.throttled > 0 {
        words.push((format!("◐ slowed down by AWS: {} of {}", fresh.throttled, fresh.sources), Meaning::Warning));
    }
    if fresh.unread_seconds > 0 {
        let behind = brief(chrono::TimeDelta::seconds(fresh.unread_seconds));
        words.push((format!("◑ {behind} of events not read yet"), Meaning::Warning));
    }
    if let Some(progress) = fresh.progress {
        let events = if fresh.loaded > 0 { format!(", {} events so far", number(fresh.loaded)) } else { String::new() };
        words.push((format!("loading {:.0} %{events}", progress * 100.0), Meaning::Title));
    }
    if let Some(newest) = ago(fresh.newest).filter(|_| with_newest) {
        words.push((format!("newest {newest} old"), Meaning::Muted));
    }
    match ago(fresh.polled) {
        Some(polled) => words.push((format!("polled {polled} ago"), Meaning::Muted)),
        None if fresh.sources > 0 && fresh.failed == 0 => words.push(("asking AWS".to_owned(), Meaning::Muted)),
        None => {}
    }
    if let Some(next) = fresh.next.filter(|next| *next > now) {
        words.push((format!("next in {}", brief(next - now)), Meaning::Muted));
    }
    words
}

/// A filter as a title shows it: behind a slash, but for a regex, which has its own.
fn asked(filter: &str) -> String {
    if filter.starts_with('/') { filter.to_owned() } else { format!("/{filter}") }
}

/// The filter in force, for the title of a list.
fn filter_words(filter: &str, shown: usize, of: usize) -> Words {
    match filter {
        "" => Vec::new(),
        filter => vec![(asked(filter), Meaning::Prompt), (format!("{shown} of {of}"), Meaning::Muted)],
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn every_word_of_a_filter_counts() {
        assert!(matches("root ALARM", &["signin-root", "alarm"]));
        assert!(!matches("root ok", &["signin-root", "alarm"]));
        assert!(!matches("signin -root", &["signin-root", "alarm"]));
        assert!(matches("", &["x"]));
    }
}
