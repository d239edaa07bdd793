//! A rule that matches an event: its fields to choose from, the pattern that they make, and what it would have hit.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    naming::{Answer, Naming},
    trial::Trial,
    tryout::{Start, TryOut, below, draw_lines, fault_lines},
};
use crate::{
    history::RowId,
    model::{Event, Severity, text::visible},
    rules::{
        draft::{self, Draft, Leaf},
        lang::event_pattern,
    },
    ui::{
        command::{Command, Context},
        header,
        highlight::{self, Span},
        keys::Key,
        pane::{Change, Cx, Pane, Step, Words},
        shared::Shared,
        theme::Meaning,
        widgets::{
            cursor::Cursor,
            document::{Document, line_of},
            text::{columns, number, put},
        },
    },
};

/// In narrower panes the pattern stands below the fields.
const SIDE_BY_SIDE: u16 = 100;

/// What the rule says, each with the field that must be there and its name in the template.
const SAID: [(&str, &str); 4] =
    [("who", "userIdentity.arn"), ("call", "eventName"), ("service", "eventSource"), ("from", "sourceIPAddress")];
const TEMPLATE: &str = "\"<who> called <call> of <service> from <from>\"";

/// The fields of an event, which of them the rule asks for, and what that matches.
pub struct NewRule {
    event_name: String,
    event: Option<RowId>,
    leaves: Vec<Leaf>,
    chosen: Vec<bool>,
    /// The columns of the longest path.
    widest: u16,
    cursor: Cursor,
    pattern: String,
    document: Document,
    trial: Trial,
    naming: Naming,
    /// The name has the cursor, not the fields.
    is_naming: bool,
    /// Something was chosen or typed that would be lost.
    is_changed: bool,
    has_asked: bool,
    is_done: bool,
    caret: Option<(u16, u16)>,
    /// The line of the first field, from the top of the pane.
    first_line: u16,
}

impl NewRule {
    /// Opens the view for an event, unless there is nothing in it to ask for.
    pub fn open(event: Event, cx: &mut Cx<'_>) {
        let mut leaves = draft::leaves(&event.record);
        if leaves.is_empty() {
            cx.say("the record of this event is broken: there is no field that a rule could ask for");
            return;
        }
        // What most rules ask for stands on top.
        leaves.sort_by_key(Leaf::rank);
        let severity = event.severity.max(Severity::Medium);
        let mut rule = Self {
            event: cx.shared.history.find(&event.id),
            chosen: leaves.iter().map(Leaf::is_usual).collect(),
            widest: leaves.iter().map(|leaf| columns(&visible(&leaf.path()))).max().unwrap_or_default().min(200) as u16,
            leaves,
            cursor: Cursor::default(),
            pattern: String::new(),
            document: Document::default(),
            trial: Trial::new(&event_pattern::LANGUAGE, "", &cx.shared.history),
            naming: Naming::new(&draft::from_event(&event.name), severity, cx.shared),
            is_naming: false,
            is_changed: false,
            has_asked: false,
            is_done: false,
            caret: None,
            first_line: 0,
            event_name: event.name,
        };
        rule.read(cx.shared);
        cx.open(rule);
    }

    /// After other fields were chosen.
    fn read(&mut self, shared: &Shared) {
        let chosen: Vec<&Leaf> =
            self.leaves.iter().zip(&self.chosen).filter(|(_, on)| **on).map(|(leaf, _)| leaf).collect();
        self.pattern = if chosen.is_empty() { String::new() } else { draft::pattern(&chosen) };
        self.trial = Trial::new(&event_pattern::LANGUAGE, &self.pattern, &shared.history);
        let lines = highlight::lines(event_pattern::LANGUAGE.name, &self.pattern);
        self.document.set(lines.iter().map(|(text, spans): &(String, Vec<Span>)| line_of(text, spans)).collect());
    }

    /// Asks for the field under the cursor, or no more; what cannot be asked for together with it is let go.
    fn choose(&mut self, cx: &mut Cx<'_>) {
        let at = self.cursor.at;
        let (Some(on), Some(leaf)) = (self.chosen.get_mut(at), self.leaves.get(at)) else { return };
        *on = !*on;
        if *on {
            let mut let_go = Vec::new();
            for (other, on) in self.leaves.iter().zip(&mut self.chosen).filter(|(_, on)| **on) {
                if other.excludes(leaf) {
                    *on = false;
                    let_go.push(other.path());
                }
            }
            if !let_go.is_empty() {
                cx.say(format!("no more asked for, as it stands in another element: {}", let_go.join(", ")));
            }
        }
        self.is_changed = true;
        self.read(cx.shared);
    }

    fn save(&mut self, cx: &mut Cx<'_>) {
        if self.pattern.is_empty() {
            cx.say("choose at least one field: space chooses");
            return;
        }
        if let Some(fault) = self.trial.faults().iter().find(|fault| !fault.harmless) {
            cx.say(fault.in_a_line());
            return;
        }
        let (pattern, beside) = (self.pattern.clone(), message(&self.leaves));
        let draft = |name, severity| Draft {
            name,
            severity,
            language: &event_pattern::LANGUAGE,
            pattern,
            reason: String::new(),
            tags: Vec::new(),
            beside,
        };
        match self.naming.save(cx.shared, draft) {
            Ok(request) => cx.steps.push(Step::Ask(request)),
            Err(why) => {
                self.is_naming = true;
                cx.say(why);
            }
        }
    }

    /// Goes on with the pattern by hand.
    fn edit(&self, cx: &mut Cx<'_>) {
        let usual = || draft::from_event(&self.event_name);
        let start = Start {
            name: Some(self.naming.name()).filter(|name| !name.is_empty()).map_or_else(usual, str::to_owned),
            severity: self.naming.severity,
            language: &event_pattern::LANGUAGE,
            text: self.pattern.clone(),
            reason: String::new(),
            tags: Vec::new(),
            beside: message(&self.leaves),
            event: self.event,
        };
        cx.open(TryOut::new(start, cx.shared));
    }
}

/// The lines of the message of a rule about events that have these fields; none when one of them is missing, as the title says more
/// than half a sentence.
fn message(leaves: &[Leaf]) -> String {
    let has = |path: &str| leaves.iter().any(|leaf| leaf.path() == path);
    let paths = SAID.map(|(name, path)| (name.to_owned(), format!("$.detail.{path}")));
    if SAID.iter().all(|(_, path)| has(path)) { draft::said(&paths, TEMPLATE) } else { String::new() }
}

impl Pane for NewRule {
    fn contexts(&self) -> &'static [Context] {
        if self.is_naming { &[Context::List] } else { &[Context::NewRule, Context::List] }
    }

    fn title(&self, _: &Shared) -> Words {
        vec![("New rule".to_owned(), Meaning::Title), (format!("like {}", self.event_name), Meaning::Muted)]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        self.has_asked = false;
        if self.cursor.go(command, self.leaves.len()) {
            return;
        }
        match command {
            Command::Choose => self.choose(cx),
            Command::Severity => {
                self.naming.turn_severity(1);
                self.is_changed = true;
            }
            Command::Focus => self.is_naming = true,
            Command::TryOut => self.edit(cx),
            Command::Save => self.save(cx),
            _ => {}
        }
    }

    fn key(&mut self, key: Key, cx: &mut Cx<'_>) -> bool {
        if !self.is_naming {
            return false;
        }
        self.has_asked = false;
        match self.naming.key(key) {
            Answer::Typed => self.is_changed = true,
            Answer::Save => self.save(cx),
            Answer::Back => self.is_naming = false,
            Answer::Ignored => return false,
        }
        true
    }

    fn paste(&mut self, text: &str, _: &mut Cx<'_>) {
        if self.is_naming {
            self.naming.paste(text);
            self.is_changed = true;
        }
    }

    fn may_close(&mut self, cx: &mut Cx<'_>) -> bool {
        if self.is_changed && !self.has_asked {
            self.has_asked = true;
            cx.say("the rule is not written yet: esc again drops it, enter writes it");
            return false;
        }
        true
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn cursor(&self) -> Option<(u16, u16)> {
        self.caret
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        match change {
            Change::Events(_) => self.trial.take_in(&shared.history),
            Change::RuleSaved(file, path) => self.is_done |= self.naming.saved(file, path),
            _ => {}
        }
    }

    fn is_working(&self) -> bool {
        self.trial.is_working()
    }

    fn work(&mut self, shared: &Shared) {
        self.trial.work(&shared.history);
    }

    fn line(&self) -> Option<u16> {
        Some(self.first_line + self.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        self.caret = self.naming.draw(Rect { height: area.height.min(1), ..area }, buf, (shared, self.is_naming));
        let rest = below(area, 1);
        let (fields, pattern) = match area.width >= SIDE_BY_SIDE {
            true => {
                let half = rest.width / 2;
                (Rect { width: half, ..rest }, Rect { x: rest.x + half + 1, width: rest.width - half - 1, ..rest })
            }
            false => (Rect { height: rest.height / 2, ..rest }, below(rest, rest.height / 2)),
        };
        self.first_line = (fields.y + 1).saturating_sub(area.y);
        self.draw_fields(fields, buf, shared);
        self.draw_pattern(pattern, buf, shared);
    }

    fn click(&mut self, line: u16) {
        if let Some(row) = line.checked_sub(self.first_line).filter(|row| usize::from(*row) < self.cursor.height) {
            self.cursor.choose(self.cursor.top + usize::from(row), self.leaves.len());
        }
    }
}

impl NewRule {
    fn draw_fields(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        if area.is_empty() {
            return;
        }
        let chosen = self.chosen.iter().filter(|on| **on).count();
        let words =
            vec![(format!("asks for {} of {} fields", number(chosen), number(self.leaves.len())), Meaning::Muted)];
        header::title(Rect { height: 1, ..area }, buf, shared, &words);
        let area = below(area, 1);
        self.cursor.fit(area.height.into(), self.leaves.len());
        let rows = self.leaves.iter().zip(&self.chosen).enumerate().skip(self.cursor.top).take(area.height.into());
        for (y, (at, (leaf, on))) in (area.y..).zip(rows) {
            let row = Rect { y, height: 1, ..area };
            draw_field(row, buf, (shared, leaf, self.widest), (*on, at == self.cursor.at && !self.is_naming));
        }
    }

    fn draw_pattern(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        if area.is_empty() {
            return;
        }
        let (words, meaning) = match self.trial.is_understood() {
            true => (self.trial.count(shared), Meaning::Title),
            false if self.pattern.is_empty() => ("choose at least one field".to_owned(), Meaning::Warning),
            false => ("✖ EventBridge refuses this".to_owned(), Meaning::Error),
        };
        header::title(Rect { height: 1, ..area }, buf, shared, &vec![(words, meaning)]);
        let area = below(area, 1);
        let used = draw_lines(area, buf, (shared, &self.mistakes()));
        // No line of it is chosen: the cursor is among the fields.
        self.document.draw_plain(below(area, used), buf, &shared.theme);
        let text = below(area, used + self.document.len() as u16);
        draw_lines(below(text, 1), buf, (shared, &self.warnings()));
    }
}

impl NewRule {
    /// What EventBridge would refuse the pattern for; an empty one is no mistake yet.
    fn mistakes(&self) -> Vec<(String, Meaning)> {
        let faults = self.trial.faults().iter().filter(|fault| !fault.harmless && !self.pattern.is_empty());
        faults.flat_map(|fault| fault_lines(fault, &self.pattern)).collect()
    }

    /// What is good to know about the pattern, below it.
    fn warnings(&self) -> Vec<(String, Meaning)> {
        let faults = self.trial.faults().iter().filter(|fault| fault.harmless);
        faults.map(|fault| (format!("warning: {}", fault.in_a_line()), Meaning::Warning)).collect()
    }
}

/// A field with its mark, its path and its value; of a path that is too long, the end tells most.
fn draw_field(
    area: Rect,
    buf: &mut Buffer,
    (shared, leaf, widest): (&Shared, &Leaf, u16),
    (on, selected): (bool, bool),
) {
    let style = |meaning| shared.theme.cell(meaning, selected);
    buf.set_style(area, style(Meaning::Text));
    let (mark, meaning) = if on { ("[x]", Meaning::Ok) } else { ("[ ]", Meaning::Muted) };
    put(buf, (area.x + 1, area.y), area.width.saturating_sub(1).min(3), mark, style(meaning));
    let x = area.x + 5;
    let room = area.right().saturating_sub(x);
    let path = visible(&leaf.path()).into_owned();
    let wide = widest.min((room / 2).max(24)).min(room);
    let path = crate::ui::widgets::text::tail(&path, wide.into());
    put(buf, (x, area.y), wide, &path, style(Meaning::JsonKey));
    let meaning = match leaf.value.as_bytes().first() {
        Some(b'"') => Meaning::JsonString,
        Some(b't' | b'f' | b'n') => Meaning::JsonLiteral,
        _ => Meaning::JsonNumber,
    };
    put(buf, (x + wide + 2, area.y), room.saturating_sub(wide + 2), &leaf.value, style(meaning));
}
