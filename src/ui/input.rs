//! Keys, pastes and the mouse on their way to a command or a text.

use super::{
    App, Effect, Mouse, WHEEL,
    command::{Argument, COMMANDS, Command},
    keys::{Code, Key, Meaning},
    overlays::{Answer, Overlay, filter::Filter},
    pane::Wrong,
};
use crate::{
    config::{Zone, nearest},
    model::Request,
};

impl App {
    /// A terminal sends Alt as an Escape before the key: where no command has that key, somebody typed Escape and, at
    /// once, another key.
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        let sent_with_escape = matches!(key.code, Code::Char(_) | Code::Enter | Code::Tab | Code::Backspace);
        if !key.alt || !sent_with_escape || self.is_bound(key) {
            return self.one_key(key);
        }
        let mut effects = self.one_key(Key::plain(Code::Esc));
        effects.extend(self.one_key(Key { alt: false, ..key }));
        effects
    }

    /// Whether the key means something here, after those typed so far.
    fn is_bound(&self, key: Key) -> bool {
        let typed: Vec<Key> = self.typed.iter().copied().chain([key]).collect();
        self.overlay.is_none() && self.shared.keys.meaning(&self.contexts(), &typed) != Meaning::Nothing
    }

    fn one_key(&mut self, key: Key) -> Vec<Effect> {
        if key == Key::ctrl('c') {
            return vec![Effect::Quit];
        }
        // Nobody loses a key to the box of what came in: escape does what it does, and the box goes with it.
        if key.code == Code::Esc {
            self.toasts.close();
        }
        match self.overlay.take() {
            Some(overlay) => self.key_to_overlay(overlay, key),
            None => self.key_to_command(key),
        }
    }

    fn key_to_command(&mut self, key: Key) -> Vec<Effect> {
        if self.typed.is_empty()
            && let (true, effects) = self.with_pane(|pane, cx| pane.key(key, cx))
        {
            return effects;
        }
        let contexts = self.contexts();
        if !self.typed.is_empty() && key.code == Code::Esc {
            self.typed.clear();
            return Vec::new();
        }
        self.typed.push(key);
        match self.shared.keys.meaning(&contexts, &self.typed) {
            Meaning::Prefix => Vec::new(),
            Meaning::Command(command) => {
                self.typed.clear();
                self.command(command)
            }
            Meaning::Nothing => {
                self.typed.clear();
                Vec::new()
            }
        }
    }

    fn key_to_overlay(&mut self, mut overlay: Overlay, key: Key) -> Vec<Effect> {
        let answer = overlay.key(key, &self.shared);
        self.answer(overlay, answer)
    }

    fn answer(&mut self, overlay: Overlay, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Stay => self.overlay = Some(overlay),
            Answer::Close => {}
            Answer::Filter { text, close } => self.filter(overlay, &text, close),
            Answer::Say(text) => self.say(text),
            Answer::Write(write) => {
                self.say(format!("asking AWS: {}", write.operation().name().1));
                return vec![Effect::Ask(Request::Write(write))];
            }
            Answer::Run(line) => return self.run(&line),
            Answer::Do(command) => return self.command(command),
        }
        Vec::new()
    }

    /// Filters by what stands in the prompt. While that is wrong, the last good filter stays, and the prompt stays open.
    fn filter(&mut self, mut overlay: Overlay, text: &str, close: bool) {
        match (self.set_filter(text).err(), close) {
            (None, true) => self.remember(text),
            (wrong, _) => {
                if let Some(good) = overlay.judged(text, wrong) {
                    // It was understood before.
                    let _ = self.set_filter(&good);
                }
                self.overlay = Some(overlay);
            }
        }
    }

    fn set_filter(&mut self, text: &str) -> Result<(), Wrong> {
        let shared = &self.shared;
        self.tabs[self.tab].last_mut().map_or(Ok(()), |pane| pane.set_filter(text, shared))
    }

    fn remember(&mut self, text: &str) {
        let kind = self.pane().and_then(|pane| pane.contexts().first().copied());
        if let Some(kind) = kind.filter(|_| !text.is_empty()) {
            self.asked_last.insert(kind, text.to_owned());
        }
    }

    /// The prompt for the filter or the search of what shows.
    pub(super) fn filter_prompt(&self) -> Filter {
        let kind = self.pane().and_then(|pane| pane.contexts().first());
        let last = kind.and_then(|kind| self.asked_last.get(kind));
        Filter::new(self.pane(), last.map_or("", String::as_str))
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        match self.overlay.take() {
            Some(mut overlay) => {
                let answer = overlay.paste(text, &self.shared);
                self.answer(overlay, answer)
            }
            None => self.with_pane(|pane, cx| pane.paste(text, cx)).1,
        }
    }

    pub(super) fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        match mouse {
            Mouse::WheelUp => self.wheel(Command::Up),
            Mouse::WheelDown => self.wheel(Command::Down),
            Mouse::Click { column, row } => {
                let inside = |r: &ratatui::layout::Rect| r.contains((column, row).into());
                match self.tab_places.iter().position(inside) {
                    Some(tab) => self.turn_to(tab),
                    None if self.body.contains((column, row).into()) => {
                        let line = row - self.body.y;
                        if let Some(pane) = self.pane_mut() {
                            pane.click(line);
                        }
                    }
                    None => {}
                }
            }
        }
        Vec::new()
    }

    fn wheel(&mut self, command: Command) {
        for _ in 0..WHEEL {
            match &mut self.overlay {
                Some(overlay) => overlay.scroll(command),
                None => drop(self.give_pane(command)),
            }
        }
    }

    /// Runs a line of the command line: a name and what follows it.
    fn run(&mut self, line: &str) -> Vec<Effect> {
        let (name, argument) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        if name.is_empty() {
            return Vec::new();
        }
        let name = if name == "q" { "quit" } else { name };
        let contexts = self.contexts();
        let here = |spec: &&super::command::Spec| contexts.contains(&spec.context);
        let Some(spec) = COMMANDS.iter().filter(here).find(|spec| spec.name == name) else {
            let near = nearest(name, COMMANDS.iter().filter(here).map(|spec| spec.name));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            self.say(format!("there is no command {name:?} here{hint}"));
            return Vec::new();
        };
        match (spec.argument, argument.trim()) {
            (Argument::Theme, "") => self.say(format!("themes: {}", self.theme_names().join(", "))),
            (Argument::Theme, theme) => self.choose_theme(theme),
            (Argument::Zone, zone) if !zone.is_empty() => self.choose_zone(zone),
            (Argument::Filter, text) if !text.is_empty() => {
                let prompt = self.filter_prompt().with_text(text);
                self.filter(Overlay::Filter(prompt), text, true);
            }
            (Argument::None, rest) if !rest.is_empty() => self.say(format!("{name} takes nothing after it")),
            _ => return self.command(spec.command),
        }
        Vec::new()
    }

    fn theme_names(&self) -> Vec<&str> {
        self.shared.themes.names().collect()
    }

    fn choose_theme(&mut self, name: &str) {
        match self.shared.themes.get(name) {
            Ok(theme) => self.shared.theme = theme,
            // There is one line to say it in; the rest is the excerpt of the file.
            Err(error) => self.say(error.lines().next().unwrap_or_default()),
        }
    }

    fn choose_zone(&mut self, name: &str) {
        match <Zone as clap::ValueEnum>::from_str(name, true) {
            Ok(zone) => self.shared.clock.zone = zone,
            Err(_) => self.say(format!("there is no zone {name:?}; there are utc, local, relative")),
        }
    }
}
