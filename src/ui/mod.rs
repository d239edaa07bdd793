//! The screen: `App` takes messages and draws; it does no I/O and has no clock.
//!
//! ```text
//!  trailwatch  production 111122223333  user/ana   eu-west-1 us-east-1     2026-11-21 09:14:03 UTC   header
//!  1 Events 4 210  2 Alarms ▲2  3 Restores 1h 04m  4 Sources           events ● alarms ● restores ●   tabs
//!  ── Events ── newest 41s old · polled 3s ago · next in 7s ── filter user:root ── 12 of 4 210 ──────  title
//!  TIME      REGION     ACTOR        EVENT                TARGET            SOURCE         RESULT     ┐
//!  09:13:22  eu-west-1  ◆ root       ConsoleLogin                           203.0.113.7    ok         │ pane
//!  09:13:20  eu-west-1  · ci/deploy  PutObject            artefacts/…       198.51.100.4   ok         ┘
//!  /user:root█                                                                                        footer
//! ```
//!
//! A pane owns its state, its drawing and its answer to commands ([`pane::Pane`]); what all share is in
//! [`shared::Shared`]. A pane can open another above itself (an event above the list); Esc closes it.

pub mod account;
pub mod command;
pub mod footer;
pub mod header;
pub mod highlight;
pub mod keys;
pub mod overlays;
pub mod pane;
pub mod panes;
pub mod shared;
pub mod theme;
pub mod time;
pub mod widgets;

mod data;
mod input;
mod toasts;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    vec,
};

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
};

use self::{
    command::{Command, Context},
    keys::{Key, KeyMap},
    overlays::Overlay,
    pane::{Change, Cx, PANES, Pane, Step},
    shared::Shared,
    theme::{Meaning, Theme, Themes},
    time::{Clock, LocalOffset},
    toasts::Toasts,
};
use crate::{
    config::Settings,
    history::History,
    model::{Event, Request, Ring, Time, Update},
};

/// What reaches the screen.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a message is moved once and never stored")]
pub enum Message {
    Key(Key),
    /// Text pasted into the terminal.
    Paste(String),
    Mouse(Mouse),
    /// The terminal has another size, or has come back.
    Resized,
    /// A second has gone by.
    Tick,
    Update(Update),
}

/// What the mouse did, in cells from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    WheelUp,
    WheelDown,
    Click { column: u16, row: u16 },
}

/// What the screen wants done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Quit,
    Suspend,
    /// Draw every cell anew.
    Redraw,
    /// Put a safe text into the clipboard.
    Copy(String),
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Make the terminal heard, between two frames.
    Ring(Ring),
    Ask(Request),
}

/// What the screen starts with.
pub struct Start {
    pub settings: Settings,
    pub themes: Themes,
    pub theme: Theme,
    pub keys: KeyMap,
    pub local: LocalOffset,
    pub now: Time,
}

/// Events taken in by one slice of work: about 5 ms.
const SLICE: usize = 500;
/// How long a message to the operator stays.
const SAID_FOR: chrono::TimeDelta = chrono::TimeDelta::seconds(5);
/// Lines that a turn of the wheel moves.
const WHEEL: usize = 3;

/// The whole screen.
pub struct App {
    pub shared: Shared,
    /// The panes, each with the views opened above it; the last one shows.
    tabs: Vec<Vec<Box<dyn Pane>>>,
    tab: usize,
    overlay: Option<Overlay>,
    /// The keys typed so far of a sequence.
    typed: Vec<Key>,
    said: Option<(String, Time)>,
    toasts: Toasts,
    /// The filter or search confirmed last, by the context of the view that it was for.
    asked_last: HashMap<Context, String>,
    /// Events that came and are not taken in yet, as they came: moving a hundred thousand would show.
    inbox: VecDeque<vec::IntoIter<Event>>,
    /// Where the panes were last drawn, for the mouse.
    tab_places: Vec<Rect>,
    body: Rect,
}

impl App {
    pub fn new(start: Start) -> Self {
        let shared = Shared {
            now: start.now,
            history: History::new(start.settings.history),
            loaded: 0,
            alarms: BTreeMap::new(),
            looked_at: HashMap::new(),
            restores: BTreeMap::new(),
            alerts: BTreeMap::new(),
            messages: Vec::new(),
            silenced: false,
            rules: Vec::new(),
            account_rules: BTreeMap::new(),
            metric_filters: BTreeMap::new(),
            account_hits: HashMap::new(),
            journal: Vec::new(),
            armed: start.settings.allow_writes,
            sources: BTreeMap::new(),
            identity: None,
            theme: start.theme,
            themes: start.themes,
            keys: start.keys,
            clock: Clock { zone: start.settings.zone, local: start.local },
            mouse: start.settings.mouse,
            settings: start.settings,
        };
        let tabs = PANES.iter().map(|spec| vec![(spec.make)(&shared)]).collect();
        Self {
            shared,
            tabs,
            tab: 0,
            overlay: None,
            typed: Vec::new(),
            said: None,
            toasts: Toasts::default(),
            asked_last: HashMap::new(),
            inbox: VecDeque::new(),
            tab_places: Vec::new(),
            body: Rect::default(),
        }
    }

    /// Takes a message at the time `now`, and says what is to be done outside.
    pub fn update(&mut self, message: Message, now: Time) -> Vec<Effect> {
        self.shared.now = now;
        match message {
            Message::Key(key) => self.key(key),
            Message::Paste(text) => self.paste(&text),
            Message::Mouse(mouse) => self.mouse(mouse),
            Message::Resized => Vec::new(),
            Message::Tick => {
                self.said.take_if(|(_, until)| *until <= now);
                self.toasts.tick(now);
                Vec::new()
            }
            Message::Update(update) => self.data(update),
        }
    }

    /// Whether there is something left to do that would take too long at once: events that came, a filter over a long
    /// history.
    pub fn is_working(&self) -> bool {
        !self.inbox.is_empty() || self.pane().is_some_and(Pane::is_working)
    }

    /// Goes on with it for a few milliseconds; true when there is more to do.
    pub fn work(&mut self) -> bool {
        if let Some(batch) = self.inbox.front_mut() {
            let new = self.shared.history.ingest(batch.take(SLICE));
            self.inbox.pop_front_if(|batch| batch.len() == 0);
            self.tell(&Change::Events(&new));
        }
        if let Some(pane) = self.tabs[self.tab].last_mut().filter(|pane| pane.is_working()) {
            pane.work(&self.shared);
        }
        self.is_working()
    }

    /// Where the keys of what shows are looked up.
    fn contexts(&self) -> Vec<Context> {
        let own = self.pane().map_or(&[][..], |pane| pane.contexts());
        own.iter().copied().chain([Context::Global]).collect()
    }

    fn pane(&self) -> Option<&dyn Pane> {
        self.tabs[self.tab].last().map(|pane| &**pane)
    }

    fn pane_mut(&mut self) -> Option<&mut Box<dyn Pane>> {
        self.tabs[self.tab].last_mut()
    }

    /// Shows a message to the operator for some seconds.
    pub fn say(&mut self, text: impl Into<String>) {
        self.said = Some((text.into(), self.shared.now + SAID_FOR));
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        // What was said was about what came before.
        self.said = None;
        match command {
            Command::Quit => return vec![Effect::Quit],
            Command::Suspend => return vec![Effect::Suspend],
            Command::Redraw => return vec![Effect::Redraw],
            Command::Leave if self.tabs[self.tab].len() == 1 => return vec![Effect::Quit],
            Command::Leave | Command::Back => self.back(),
            Command::Help => self.overlay = Some(Overlay::help(self)),
            Command::CommandLine => self.overlay = Some(Overlay::command_line()),
            Command::Filter => self.overlay = Some(Overlay::filter(self)),
            Command::NextPane => self.turn_to((self.tab + 1) % PANES.len()),
            Command::PreviousPane => self.turn_to((self.tab + PANES.len() - 1) % PANES.len()),
            Command::Pane(number) => self.turn_to(usize::from(number) - 1),
            Command::Refresh => {
                self.say("asking every source");
                return vec![Effect::Ask(Request::Refresh)];
            }
            Command::Undo => self.propose(account::undo(&self.shared)),
            Command::Arm => return self.arm(true),
            Command::Disarm => return self.arm(false),
            Command::Bell => self.silence(!self.shared.silenced),
            Command::Silence => self.silence(true),
            Command::Dismiss => self.toasts.close(),
            Command::Zone => {
                self.shared.clock.next_zone();
                self.say(format!("times: {:?}", self.shared.clock.zone).to_lowercase());
            }
            Command::Mouse => {
                self.shared.mouse = !self.shared.mouse;
                self.say(if self.shared.mouse { "the mouse is ours" } else { "the mouse is the terminal's" });
                return vec![Effect::Mouse(self.shared.mouse)];
            }
            command => return self.give_pane(command),
        }
        Vec::new()
    }

    fn silence(&mut self, silenced: bool) {
        self.shared.silenced = silenced;
        self.say(if silenced { "the bell is silenced until you quit" } else { "the bell rings again" });
    }

    fn give_pane(&mut self, command: Command) -> Vec<Effect> {
        self.with_pane(|pane, cx| pane.command(command, cx)).1
    }

    /// Lets the pane that shows do something, and does what it wants done.
    fn with_pane<T: Default>(&mut self, act: impl FnOnce(&mut dyn Pane, &mut Cx<'_>) -> T) -> (T, Vec<Effect>) {
        let mut cx = Cx { shared: &mut self.shared, steps: Vec::new() };
        let done = self.tabs[self.tab].last_mut().map(|pane| act(&mut **pane, &mut cx));
        let steps = cx.steps;
        (done.unwrap_or_default(), self.do_steps(steps))
    }

    fn do_steps(&mut self, steps: Vec<Step>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for step in steps {
            match step {
                Step::Open(pane) => self.tabs[self.tab].push(pane),
                Step::Ask(request) => effects.push(Effect::Ask(request)),
                Step::Switch(thing) => self.propose(account::switch(&self.shared, thing)),
                Step::Say(text) => self.say(text),
                Step::Copy { what, text } => {
                    self.say(format!("copied {what}, {}", widgets::text::bytes(text.len() as u64)));
                    effects.push(Effect::Copy(text));
                }
            }
        }
        effects
    }

    /// Closes the view above its pane; at the root, ends the filter.
    fn back(&mut self) {
        if self.pane().is_some_and(|pane| !pane.filter().is_empty()) {
            let shared = &self.shared;
            if let Some(pane) = self.tabs[self.tab].last_mut() {
                // An empty filter is always understood.
                let _ = pane.set_filter("", shared);
            }
        } else if self.tabs[self.tab].len() > 1 && self.with_pane(|pane, cx| pane.may_close(cx)).0 {
            self.tabs[self.tab].pop();
        }
    }

    fn turn_to(&mut self, tab: usize) {
        if tab < self.tabs.len() && tab != self.tab {
            if let Some(pane) = self.tabs[self.tab].last_mut() {
                pane.left(&mut self.shared);
            }
            self.tab = tab;
            self.said = None;
        }
    }

    /// Draws the whole screen.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        frame.buffer_mut().set_style(area, self.shared.theme.style(Meaning::Text));
        let [header, tabs, title, body, footer] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Min(0),
            Constraint::Length(1),
        ])
        .areas(area);
        let buf = frame.buffer_mut();
        header::draw(header, buf, &self.shared);
        self.tab_places = header::tabs(tabs, buf, &self.shared, self.tab);
        self.body = body;
        if let Some(pane) = self.tabs[self.tab].last_mut() {
            header::title(title, buf, &self.shared, &pane.title(&self.shared));
            pane.draw(body, buf, &self.shared);
        }
        let cursor = match &mut self.overlay {
            Some(overlay) => {
                overlay.draw(body, footer, buf, &self.shared, self.tabs[self.tab].last().map(|pane| &**pane))
            }
            None => {
                self.draw_footer(footer, buf);
                self.pane().and_then(Pane::cursor)
            }
        };
        let line = self.pane().and_then(Pane::line).map(|line| body.y.saturating_add(line));
        let row = cursor.map(|(_, y)| y).filter(|y| (body.top()..body.bottom()).contains(y)).or(line);
        let free = self.overlay.as_ref().map_or(body, |overlay| overlay.leaves(body));
        self.toasts.draw(free, frame.buffer_mut(), &self.shared, row);
        if let Some(cursor) = cursor {
            frame.set_cursor_position(cursor);
        }
    }

    fn draw_footer(&self, area: Rect, buf: &mut ratatui::buffer::Buffer) {
        let contexts = self.contexts();
        match &self.said {
            _ if !self.typed.is_empty() => footer::sequence(area, buf, &self.shared, (&contexts, &self.typed)),
            Some((text, _)) => footer::said(area, buf, &self.shared, text),
            None => footer::hints(area, buf, &self.shared, &contexts),
        }
    }
}
