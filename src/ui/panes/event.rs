//! One event: who did what to what, from where and how it ended, then the record as a tree.

use ratatui::{buffer::Buffer, layout::Rect};
use serde_json::Value;

use super::{
    events::severity_meaning,
    new_rule::NewRule,
    record::RecordTree,
    summary::{self, Fact, facts},
};
use crate::{
    model::{Event, Severity, duration::brief},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, Words, Wrong},
        shared::Shared,
        theme::Meaning,
        widgets::text::{middle, put},
    },
};

/// Columns of a title line that the event's name and the text searched for may take, so that 80 are enough for both and
/// the count of the matches.
const MOST_NAME: usize = 30;
const MOST_SEARCHED: usize = 16;

/// The detail of an event.
pub struct EventDetail {
    event: Event,
    facts: Vec<Fact>,
    /// The rules that it fired, as of the last news of alerts; `None` when they have not been looked for.
    fired: Option<Fact>,
    /// The rows above the record, as of the last drawing.
    above: u16,
    record: RecordTree,
}

impl EventDetail {
    pub fn new(event: Event) -> Self {
        // A record that is no JSON has no facts beyond those of the row; the tree shows it as far as it goes.
        let record: Value = serde_json::from_str(&event.record).unwrap_or(Value::Null);
        Self {
            facts: facts(&event, &record),
            fired: None,
            above: 0,
            record: RecordTree::new(event.record.as_str()),
            event,
        }
    }
}

/// The ARN of whoever made the call; empty when the record has none.
pub fn actor_arn(record: &str) -> String {
    let record: Value = serde_json::from_str(record).unwrap_or(Value::Null);
    record["userIdentity"]["arn"].as_str().unwrap_or_default().to_owned()
}

/// The rules whose alerts name the event; empty when there are none.
fn fired(event: &Event, shared: &Shared) -> Fact {
    let Some(severity) = event.fired else { return ("fired", String::new(), Meaning::Text) };
    let named = shared.alerts.values().filter(|alert| alert.events.contains(&event.id));
    let mut rules: Vec<&str> = named.map(|alert| alert.rule.as_str()).collect();
    rules.dedup();
    ("fired", rules.join(" · "), severity_meaning(severity.max(Severity::Low)))
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
        let mut words = vec![("Events".to_owned(), Meaning::Muted), (self.event.name.clone(), Meaning::Title)];
        if !self.record.searched().is_empty() {
            // There is room for the count of the matches at any width, whatever is searched for.
            words[1].0 = middle(&self.event.name, MOST_NAME);
            words.push((format!("/{}", middle(self.record.searched(), MOST_SEARCHED)), Meaning::Prompt));
            words.push((self.record.found(), Meaning::Muted));
        }
        words.push((self.event.id.clone(), Meaning::Muted));
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

    fn changed(&mut self, change: &Change<'_>, _: &Shared) {
        if matches!(change, Change::Alerts) {
            self.fired = None;
        }
    }

    fn line(&self) -> Option<u16> {
        Some(self.above + self.record.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let when = ("when", when(&self.event, shared), Meaning::Text);
        let fired = &*self.fired.get_or_insert_with(|| fired(&self.event, shared));
        let fired = Some(fired).filter(|(_, rules, _)| !rules.is_empty());
        let y = area.y + summary::draw(area, buf, theme, self.facts.iter().chain(fired).chain([&when]));
        for x in area.left()..area.right() {
            put(buf, (x, y), 1, "─", theme.style(Meaning::Border));
        }
        let tree = Rect { y: y + 1, height: area.bottom().saturating_sub(y + 1), ..area };
        self.above = tree.y - area.y;
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
        if let Some(line) = line.checked_sub(self.above) {
            self.record.click(line.into());
        }
    }
}
