//! A rule tried out: its text in an editor, and below it at once the events that it matches, or what is wrong.

mod draw;
mod found;
mod why;

pub use self::{
    draw::{below, draw_lines},
    why::fault_lines,
};

use ratatui::{buffer::Buffer, layout::Rect};

use self::found::Found;
use super::{
    event::EventDetail,
    naming::{Answer, Naming},
    trial::Trial,
};
use crate::{
    history::RowId,
    model::{RuleStatus, Severity},
    rules::{LANGUAGES, Language, draft::Draft},
    ui::{
        command::{Command, Context},
        highlight::{self, Span},
        keys::Key,
        pane::{Change, Cx, Pane, Step, Words},
        shared::Shared,
        theme::Meaning,
        widgets::editor::{Edit, Editor},
    },
};

/// The rule that is tried out, as it was before.
pub struct Start {
    /// The name for a rule that is made of it; it need not be unique.
    pub name: String,
    pub severity: Severity,
    pub language: &'static Language,
    pub text: String,
    /// Why somebody should look when it fires; may be empty.
    pub reason: String,
    pub tags: Vec<String>,
    /// What else it is set to, which a rule that is made of it keeps: see [`RuleStatus::beside`].
    pub beside: String,
    /// An event to be explained, whether it matches or not.
    pub event: Option<RowId>,
}

impl Start {
    /// A rule among others.
    ///
    /// # Errors
    /// Why it cannot be tried out, and what to do.
    pub fn of(rule: &RuleStatus) -> Result<Self, String> {
        let language = Language::named(rule.language).ok_or_else(|| match rule.is_broken() {
            true => format!("{}: there is no rule to try out; mend the file first", rule.origin.label()),
            false => format!("{}: a {} has no pattern to try out", rule.name, rule.language),
        })?;
        if rule.text.len() > Editor::MOST {
            let most = Editor::MOST >> 10;
            return Err(format!("{}: the text is longer than {most} KiB; edit it in its file", rule.origin.label()));
        }
        Ok(Self {
            name: rule.name.clone(),
            severity: rule.severity,
            language,
            text: rule.text.trim_end().to_owned(),
            reason: rule.reason.clone(),
            tags: rule.tags.clone(),
            beside: rule.beside.clone(),
            event: None,
        })
    }
}

/// Who has the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Text,
    Events,
    Name,
}

/// The text, what it matches, and the event that is explained.
pub struct TryOut {
    start: Start,
    language: &'static Language,
    editor: Editor,
    /// Whether the text is not what it was.
    is_changed: bool,
    spans: Vec<Span>,
    trial: Trial,
    found: Found,
    focus: Focus,
    /// The name of the rule that is to be written, once the operator wants to.
    naming: Option<Naming>,
    /// The operator was asked whether to leave a text that was changed.
    has_asked: bool,
    cursor: Option<(u16, u16)>,
    /// Where the editor and the list were last drawn, counted from the top of the pane.
    places: draw::Places,
}

impl TryOut {
    /// Tries a rule out on the events of the history.
    pub fn new(start: Start, shared: &Shared) -> Self {
        let mut tried = Self {
            language: start.language,
            editor: Editor::new(&start.text),
            is_changed: false,
            spans: highlight::spans(start.language.name, &start.text),
            trial: Trial::new(start.language, &start.text, &shared.history),
            found: Found::holding(start.event),
            focus: Focus::Text,
            naming: None,
            has_asked: false,
            cursor: None,
            places: draw::Places::default(),
            start,
        };
        tried.keep(shared);
        tried
    }

    /// After the text or its language changed.
    fn read(&mut self, shared: &Shared) {
        let text = self.editor.text();
        self.is_changed = text != self.start.text || self.language.name != self.start.language.name;
        self.spans = highlight::spans(self.language.name, &text);
        self.trial = Trial::new(self.language, &text, &shared.history);
        self.keep(shared);
    }

    fn keep(&mut self, shared: &Shared) {
        if let Some(view) = self.trial.view() {
            self.found.keep(view, &shared.history);
        }
    }

    fn turn_focus(&mut self, shared: &Shared) {
        self.focus = match (self.focus, self.trial.view()) {
            (Focus::Text, Some(view)) => {
                self.found.enter(view, &shared.history);
                Focus::Events
            }
            _ => Focus::Text,
        };
    }

    fn next_language(&mut self, cx: &mut Cx<'_>) {
        let at = LANGUAGES.iter().position(|language| language.name == self.language.name).unwrap_or_default();
        self.language = &LANGUAGES[(at + 1) % LANGUAGES.len()];
        self.read(cx.shared);
        cx.say(format!("read as {}", self.language.title));
    }

    /// Asks for the name first, and writes the rule when there is one.
    fn save(&mut self, cx: &mut Cx<'_>) {
        if !self.trial.is_understood() {
            cx.say("the text is no rule yet: mend what is wrong first");
            return;
        }
        let (start, text, language) = (&self.start, self.editor.text(), self.language);
        let Some(naming) = &mut self.naming else {
            self.naming = Some(Naming::new(&start.name, start.severity, cx.shared));
            self.focus = Focus::Name;
            return;
        };
        let draft = |name, severity| Draft {
            name,
            severity,
            language,
            pattern: text,
            reason: start.reason.clone(),
            tags: start.tags.clone(),
            beside: start.beside.clone(),
        };
        match naming.save(cx.shared, draft) {
            Ok(request) => cx.steps.push(Step::Ask(request)),
            Err(why) => cx.say(why),
        }
    }

    /// Takes note of a file that was to be written; true when it is ours and was.
    fn is_saved(&mut self, file: &str, path: &Result<String, String>) -> bool {
        self.naming.as_mut().is_some_and(|naming| naming.saved(file, path))
    }

    fn key_to_name(&mut self, key: Key, cx: &mut Cx<'_>) -> bool {
        match self.naming.as_mut().map_or(Answer::Back, |naming| naming.key(key)) {
            Answer::Typed => {}
            Answer::Save => self.save(cx),
            Answer::Back => (self.naming, self.focus) = (None, Focus::Text),
            Answer::Ignored => return false,
        }
        true
    }

    fn key_to_text(&mut self, key: Key, cx: &mut Cx<'_>) -> bool {
        match self.editor.key(key) {
            Edit::Ignored => return false,
            Edit::Moved => {}
            Edit::Changed => self.read(cx.shared),
        }
        true
    }
}

impl Pane for TryOut {
    fn contexts(&self) -> &'static [Context] {
        match self.focus {
            Focus::Text | Focus::Name => &[Context::RuleText, Context::List],
            Focus::Events => &[Context::TryOut, Context::List],
        }
    }

    fn title(&self, _: &Shared) -> Words {
        let changed = if self.is_changed { "changed" } else { "" };
        vec![
            ("Try-out".to_owned(), Meaning::Muted),
            (self.start.name.clone(), Meaning::Title),
            (self.language.title.to_owned(), Meaning::Muted),
            (changed.to_owned(), Meaning::Changed),
        ]
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        self.has_asked = false;
        if let Some(view) = self.trial.view()
            && self.found.go(command, view)
        {
            return;
        }
        match command {
            Command::Focus => self.turn_focus(cx.shared),
            Command::Language => self.next_language(cx),
            Command::Save => self.save(cx),
            Command::AllEvents => {
                self.found.turn(&cx.shared.history);
                self.keep(cx.shared);
                // An event that shows no more is no longer the one that is explained.
                if let Some(view) = self.trial.view().filter(|_| !self.is_working()) {
                    self.found.enter(view, &cx.shared.history);
                }
            }
            Command::Open => {
                let chosen = self.trial.view().and_then(|view| self.found.explained(view, &cx.shared.history));
                match chosen.and_then(|id| cx.shared.history.event(id)) {
                    Some(event) => cx.open(EventDetail::new(event)),
                    None => cx.say("there is no event to open"),
                }
            }
            _ => {}
        }
    }

    fn key(&mut self, key: Key, cx: &mut Cx<'_>) -> bool {
        let taken = match self.focus {
            Focus::Text => self.key_to_text(key, cx),
            Focus::Name => self.key_to_name(key, cx),
            Focus::Events => false,
        };
        self.has_asked &= !taken;
        taken
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        match (self.focus, &mut self.naming) {
            (Focus::Name, Some(naming)) => naming.paste(text),
            (Focus::Text, _) => {
                let left_out = self.editor.insert(text);
                self.has_asked = false;
                self.read(cx.shared);
                if left_out > 0 {
                    let most = Editor::MOST >> 10;
                    cx.say(format!(
                        "{left_out} characters were left out: they cannot be seen, or a text is longer than {most} KiB"
                    ));
                }
            }
            _ => {}
        }
    }

    fn may_close(&mut self, cx: &mut Cx<'_>) -> bool {
        if self.is_changed && !self.has_asked {
            self.has_asked = true;
            cx.say("the text was changed: esc again drops it, ctrl-s writes it as a rule of your own");
            return false;
        }
        true
    }

    fn cursor(&self) -> Option<(u16, u16)> {
        self.cursor
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        match change {
            Change::Events(_) => {
                self.trial.take_in(&shared.history);
                self.found.take_in(&shared.history);
                self.keep(shared);
            }
            Change::RuleSaved(file, path) if self.is_saved(file, path) => {
                (self.naming, self.focus) = (None, Focus::Text);
                (self.start.text, self.start.language) = (self.editor.text(), self.language);
                self.is_changed = false;
            }
            _ => {}
        }
    }

    fn is_working(&self) -> bool {
        self.trial.is_working() || self.found.is_working()
    }

    fn work(&mut self, shared: &Shared) {
        match self.found.is_working() {
            true => self.found.work(&shared.history),
            false => self.trial.work(&shared.history),
        }
        self.keep(shared);
    }

    fn line(&self) -> Option<u16> {
        (self.focus == Focus::Events).then(|| self.places.event(self.found.line()))
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        self.draw_in(area, buf, shared);
    }

    fn click(&mut self, line: u16) {
        match self.places.meant(line) {
            draw::Place::Text(row) if self.focus != Focus::Name => {
                self.editor.click(row, 0);
                self.focus = Focus::Text;
            }
            draw::Place::Event(row) => {
                if let Some(view) = self.trial.view() {
                    self.found.click(row, view);
                }
            }
            _ => {}
        }
    }
}
