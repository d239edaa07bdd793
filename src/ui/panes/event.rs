//! One event: who did what to what, from where and how it ended, then the record as a tree.

use ratatui::{buffer::Buffer, layout::Rect};
use serde_json::Value;

use super::{events::severity_meaning, new_rule::NewRule, record::RecordTree};
use crate::{
    model::{ActorKind, Event, Outcome, duration::brief},
    ui::{
        command::{Command, Context},
        pane::{Cx, Pane, Words, Wrong},
        shared::Shared,
        theme::Meaning,
        widgets::text::put,
    },
};

/// The columns that the labels of the facts take.
const LABEL: u16 = 8;

/// The detail of an event.
pub struct EventDetail {
    event: Event,
    facts: Vec<(&'static str, String, Meaning)>,
    record: RecordTree,
}

impl EventDetail {
    pub fn new(event: Event) -> Self {
        // A record that is no JSON has no facts beyond those of the row; the tree shows it as far as it goes.
        let record: Value = serde_json::from_str(&event.record).unwrap_or(Value::Null);
        Self { facts: facts(&event, &record), record: RecordTree::new(event.record.as_str()), event }
    }
}

/// The ARN of whoever made the call; empty when the record has none.
pub fn actor_arn(record: &str) -> String {
    let record: Value = serde_json::from_str(record).unwrap_or(Value::Null);
    record["userIdentity"]["arn"].as_str().unwrap_or_default().to_owned()
}

fn facts(event: &Event, record: &Value) -> Vec<(&'static str, String, Meaning)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let identity = &record["userIdentity"];
    let kind = event.actor.kind.as_str();
    let kind = if kind == event.actor.name { "" } else { kind };
    let who = join(&[event.actor.name.as_str(), kind, &text(&identity["arn"]), mfa(record)]);
    let reads = if event.read_only { "only reads" } else { "" };
    let what = join(&[&format!("{} {}", event.service, event.name), reads, event.severity.as_str()]);
    let address = event.source_address.strip_suffix(".amazonaws.com").unwrap_or(&event.source_address);
    let agent = text(&record["userAgent"]);
    // A service names itself as the address and as the agent.
    let agent = if agent.strip_suffix(".amazonaws.com").unwrap_or(&agent) == address { "" } else { &agent };
    let from = join(&[&event.source_address, agent]);
    let message = text(&record["errorMessage"]);
    let (result, result_meaning) = match &event.outcome {
        Outcome::Succeeded => ("succeeded".to_owned(), Meaning::Ok),
        Outcome::Denied(code) => (join(&[&format!("refused: {code}"), &message]), Meaning::Denied),
        Outcome::Failed(code) => (join(&[&format!("failed: {code}"), &message]), Meaning::Failed),
    };
    let actor = if event.actor.kind == ActorKind::Root { Meaning::Root } else { Meaning::Actor };
    let mut facts = vec![
        ("who", who, actor),
        ("what", what, severity_meaning(event.severity.max(crate::model::Severity::Low))),
        ("on", event.target.clone(), Meaning::Text),
        ("from", from, Meaning::Text),
        ("result", result, result_meaning),
    ];
    facts.retain(|(_, text, _)| !text.is_empty());
    facts
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

/// When it happened, and how late it came.
fn when(event: &Event, shared: &Shared) -> String {
    let mut text =
        format!("{} · {} · {} ago", shared.clock.full(event.time), event.region, brief(shared.now - event.time));
    if event.late {
        text += &format!(" · came late, {} after it happened", brief(event.seen - event.time));
    }
    text
}

impl Pane for EventDetail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Tree, Context::List]
    }

    fn title(&self, _: &Shared) -> Words {
        let mut words = vec![
            ("Events".to_owned(), Meaning::Muted),
            (self.event.name.clone(), Meaning::Title),
            (self.event.id.clone(), Meaning::Muted),
        ];
        if !self.record.searched().is_empty() {
            words.push((format!("/{}", self.record.searched()), Meaning::Prompt));
            words.push((self.record.found(), Meaning::Muted));
        }
        words
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::CopyRecord => cx.copy_json("the record", &self.event.record),
            Command::CopyAddress => cx.copy("the source address", &self.event.source_address),
            Command::WriteRule => NewRule::open(self.event.clone(), cx),
            Command::CopyArn => cx.copy("the actor's ARN", &actor_arn(&self.event.record)),
            Command::Copy | Command::CopyValue => cx.copy("the value", &self.record.value()),
            Command::CopyPath => cx.copy("the path", &self.record.path()),
            command => {
                if let Err(why) = self.record.command(command) {
                    cx.say(why);
                }
            }
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let when = ("when", when(&self.event, shared), Meaning::Text);
        let most = usize::from(area.height / 2);
        let facts = self.facts.iter().chain([&when]).take(most);
        let mut y = area.y;
        for (label, text, meaning) in facts {
            let (x, room) = (area.x + 1, area.width.saturating_sub(LABEL + 2));
            put(buf, (x, y), LABEL.min(area.width), label, theme.style(Meaning::Muted));
            put(buf, (x + LABEL, y), room, text, theme.style(*meaning));
            y += 1;
        }
        for x in area.left()..area.right() {
            put(buf, (x, y), 1, "─", theme.style(Meaning::Border));
        }
        let tree = Rect { y: y + 1, height: area.bottom().saturating_sub(y + 1), ..area };
        self.record.draw(tree, buf, theme);
    }

    fn filter(&self) -> &str {
        self.record.searched()
    }

    fn set_filter(&mut self, text: &str, _: &Shared) -> Result<(), Wrong> {
        self.record.search(text);
        Ok(())
    }

    fn searches(&self) -> bool {
        true
    }

    fn found(&self) -> String {
        self.record.found()
    }

    fn click(&mut self, line: u16) {
        let facts = self.facts.len() as u16 + 2;
        if let Some(line) = line.checked_sub(facts) {
            self.record.click(line.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Region, record};

    #[test]
    fn a_service_that_is_its_own_agent_is_named_once() {
        for (agent, from) in
            [("lambda.amazonaws.com", "lambda.amazonaws.com"), ("Boto3", "lambda.amazonaws.com · Boto3")]
        {
            let text = format!(r#"{{"sourceIPAddress":"lambda.amazonaws.com","userAgent":"{agent}"}}"#);
            let event =
                record::read(record::Envelope::bare(Region::new("eu-west-1"), text), chrono::DateTime::UNIX_EPOCH);
            let record = serde_json::from_str(&event.record).unwrap();
            assert!(facts(&event, &record).iter().any(|(label, text, _)| *label == "from" && text == from), "{from}");
        }
    }
}
