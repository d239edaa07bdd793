//! What is said of an event above its record: who did what to what, from where, and how it ended.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};
use serde_json::Value;

use super::events::severity_meaning;
use crate::{
    model::{ActorKind, Event, Outcome, Severity, text::visible},
    ui::{
        theme::{Meaning, Theme},
        widgets::{
            document::wrapped,
            text::{MOST_BYTES_IN_A_CELL, middle, put, tail},
        },
    },
};

/// The columns that the labels take.
const LABEL: u16 = 8;

/// Rows that one fact may take: a longer one stands whole in the record below.
const MOST_ROWS: usize = 4;

/// A label, what it says, and how that looks.
pub type Fact = (&'static str, String, Meaning);

/// The facts that do not change with the time, those worth reading first at the start of each.
pub fn facts(event: &Event, record: &Value) -> Vec<Fact> {
    let mut facts = vec![
        who(event, record),
        what(event),
        ("on", event.target.clone(), Meaning::Text),
        ("from", from(event, record), Meaning::Text),
        result(event, record),
    ];
    facts.retain(|(_, text, _)| !text.is_empty());
    facts
}

fn who(event: &Event, record: &Value) -> Fact {
    let kind = event.actor.kind.as_str();
    let kind = if kind == event.actor.name { "" } else { kind };
    let arn = text(&record["userIdentity"]["arn"]);
    let meaning = if event.actor.kind == ActorKind::Root { Meaning::Root } else { Meaning::Actor };
    // An ARN is long, and whether there was MFA decides what the rest is worth.
    ("who", join(&[event.actor.name.as_str(), kind, mfa(record), arn]), meaning)
}

fn what(event: &Event) -> Fact {
    let reads = if event.read_only { "only reads" } else { "" };
    let what = join(&[format!("{} {}", event.service, event.name).trim(), reads, event.severity.as_str()]);
    ("what", what, severity_meaning(event.severity.max(Severity::Low)))
}

fn from(event: &Event, record: &Value) -> String {
    let short = |name: &str| name.strip_suffix(".amazonaws.com").unwrap_or(name).to_owned();
    let agent = text(&record["userAgent"]);
    // A service names itself as the address and as the agent.
    let agent = if short(agent) == short(&event.source_address) { "" } else { agent };
    join(&[&event.source_address, agent])
}

fn result(event: &Event, record: &Value) -> Fact {
    let message = text(&record["errorMessage"]);
    let (text, meaning) = match &event.outcome {
        Outcome::Succeeded => ("succeeded".to_owned(), Meaning::Ok),
        Outcome::Denied(code) => (join(&[&format!("refused: {code}"), message]), Meaning::Denied),
        Outcome::Failed(code) => (join(&[&format!("failed: {code}"), message]), Meaning::Failed),
    };
    ("result", text, meaning)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn join(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Whether MFA was used: a session says so in its attributes, a sign-in beside them.
fn mfa(record: &Value) -> &'static str {
    let session = record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"].as_str();
    match session.or(record["additionalEventData"]["MFAUsed"].as_str()) {
        Some("true" | "Yes") => "with MFA",
        Some("false" | "No") => "without MFA",
        _ => "",
    }
}

/// Draws facts in at most half of the area, each wrapped beside its label. Returns the rows used.
pub fn draw<'a>(area: Rect, buf: &mut Buffer, theme: &Theme, facts: impl Iterator<Item = &'a Fact>) -> u16 {
    let most = usize::from(area.height / 2);
    let room = area.width.saturating_sub(LABEL + 2);
    let facts: Vec<_> = facts.take(most).map(|fact| (fact, rows(&fact.1, room))).collect();
    let shares = shares(&facts.iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), most);
    let mut y = area.y;
    for (((label, text, meaning), rows), share) in facts.iter().zip(shares) {
        put(buf, (area.x + 1, y), LABEL.min(area.width), label, theme.style(Meaning::Muted));
        for i in 0..share {
            let style = theme.style(*meaning);
            put(buf, (area.x + 1 + LABEL, y), room, &row(text, rows, (i, share), room), style);
            y += 1;
        }
    }
    y - area.y
}

/// The rows of a text, safe, and one more than it may take where there are more: no more is looked at than could show.
fn rows(text: &str, room: u16) -> Vec<String> {
    let most = (usize::from(room) + 1) * (MOST_ROWS + 1);
    let text = visible(text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end]));
    let rows = wrapped(&text, room.max(1).into());
    rows.into_iter().take(MOST_ROWS + 1).map(|row| text[row].to_owned()).collect()
}

/// A row of so many of a text. Where they are too few, the last one shows its end: there stands why something was
/// refused.
fn row<'a>(text: &str, rows: &'a [String], (at, of): (usize, usize), room: u16) -> Cow<'a, str> {
    match (rows.len() > of, at + 1 == of) {
        (true, true) if of == 1 => middle(text, room.into()).into(),
        (true, true) => {
            let most = usize::from(room) * MOST_BYTES_IN_A_CELL;
            tail(&text[text.ceil_char_boundary(text.len().saturating_sub(most))..], room.into()).into()
        }
        _ => rows[at].trim_end().into(),
    }
}

/// How many of the rows it wants each fact gets when there are `most`: one each, and the others in turn from the last on,
/// because the result is what most often is long and matters.
fn shares(wanted: &[usize], most: usize) -> Vec<usize> {
    let mut shares = vec![1; wanted.len()];
    let mut left = most.saturating_sub(wanted.len());
    for _ in 1..MOST_ROWS {
        for (share, wanted) in shares.iter_mut().zip(wanted).rev() {
            if *share < *wanted && left > 0 {
                *share += 1;
                left -= 1;
            }
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Region, record};

    fn fact(label: &str, record: &str) -> String {
        let event =
            record::read(record::Envelope::bare(Region::new("eu-west-1"), record), chrono::DateTime::UNIX_EPOCH);
        let record = serde_json::from_str(&event.record).unwrap();
        facts(&event, &record).into_iter().find(|fact| fact.0 == label).unwrap().1
    }

    #[test]
    fn a_service_that_is_its_own_agent_is_named_once() {
        for (agent, from) in
            [("lambda.amazonaws.com", "lambda.amazonaws.com"), ("Boto3", "lambda.amazonaws.com · Boto3")]
        {
            let text = format!(r#"{{"sourceIPAddress":"lambda.amazonaws.com","userAgent":"{agent}"}}"#);
            assert_eq!(fact("from", &text), from);
        }
    }

    #[test]
    fn whether_there_was_mfa_stands_before_the_arn() {
        let record =
            r#"{"userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root"},"additionalEventData":{"MFAUsed":"No"}}"#;
        assert_eq!(fact("who", record), "root · without MFA · arn:aws:iam::1:root");
    }

    #[test]
    fn rows_are_shared_from_the_last_fact_on() {
        assert_eq!(shares(&[1, 1, 4], 10), [1, 1, 4]);
        assert_eq!(shares(&[4, 1, 4], 6), [2, 1, 3]);
        assert_eq!(shares(&[4, 1, 4], 3), [1, 1, 1]);
    }
}
