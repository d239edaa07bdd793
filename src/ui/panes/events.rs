//! What happens in the account, the newest first. Follows the newest until the operator moves, then holds still.

mod row;

use ratatui::{buffer::Buffer, layout::Rect};

pub(in crate::ui::panes) use self::row::{COLUMNS, draw_row};
pub use self::row::{severity_meaning, short_region};
use super::{asked, event::EventDetail, freshness, new_rule::NewRule, nothing};
use crate::{
    history::{Ending, Filter, RowId, View},
    model::{Severity, SourceKind},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, PaneSpec, Words, Wrong},
        shared::Shared,
        theme::Meaning,
        widgets::{cursor::Cursor, table::Table, text::number},
    },
};

pub const SPEC: PaneSpec =
    PaneSpec { name: "Events", short: "Events", make: |shared| Box::new(Events::new(shared)), badge };

fn badge(shared: &Shared) -> Words {
    vec![(number(shared.history.len()), Meaning::Tab)]
}

/// Rows that a slice of work looks at: a millisecond or two, for the next letter of a filter waits for it.
const SLICE: usize = 20_000;

/// The list, its filter and its cursor.
pub struct Events {
    view: View,
    filter: Filter,
    text: String,
    cursor: Cursor,
    /// The event that the cursor holds on to; `None` while it follows the newest.
    held: Option<RowId>,
    /// How many events came while the list was paused; `None` when it is not.
    waiting: Option<usize>,
}

impl Events {
    fn new(shared: &Shared) -> Self {
        let mut filter = Filter::default();
        filter.hide_read_only = shared.settings.hide_read_only;
        Self {
            view: View::new(filter.clone()),
            filter,
            text: String::new(),
            cursor: Cursor::default(),
            held: None,
            waiting: None,
        }
    }

    fn chosen(&self) -> Option<RowId> {
        self.view.get(self.cursor.at)
    }

    /// After a move: hold on to the chosen event, or follow the newest from the top.
    fn hold(&mut self) {
        self.held = if self.cursor.at == 0 { None } else { self.chosen() };
    }

    /// After the list changed: keeps the held event under the cursor, on the same line of the screen.
    fn keep(&mut self, shared: &Shared) {
        let Some(held) = self.held else {
            self.cursor.choose(0, self.view.len());
            return;
        };
        match self.view.position(&shared.history, held) {
            Some(at) => self.cursor.hold(at),
            // The filter hides it, or it went with the oldest: stay where the screen is.
            None => {
                self.cursor.choose(self.cursor.at, self.view.len());
                self.hold();
            }
        }
    }

    /// Lists anew what the filter lets through.
    fn sift(&mut self, shared: &Shared) {
        let held = self.held;
        self.view = View::new(self.filter.clone());
        self.view.work(&shared.history, SLICE);
        self.held = held;
        self.keep(shared);
    }

    fn narrow(&mut self, cx: &mut Cx<'_>, change: impl FnOnce(&mut Filter) -> String) {
        let said = change(&mut self.filter);
        self.sift(cx.shared);
        cx.say(said);
    }

    fn pause(&mut self, cx: &mut Cx<'_>) {
        match self.waiting.take() {
            None => {
                self.waiting = Some(0);
                cx.say("paused; p goes on");
            }
            Some(waiting) => {
                self.view.take_in(&cx.shared.history);
                self.keep(cx.shared);
                cx.say(format!("goes on, {} new", number(waiting)));
            }
        }
    }

    /// Goes to the nearest event that failed, `step` rows at a time.
    fn seek_error(&mut self, step: isize, cx: &mut Cx<'_>) {
        let mut at = self.cursor.at;
        while let Some(next) = at.checked_add_signed(step).filter(|next| *next < self.view.len()) {
            at = next;
            let row = self.view.get(at).and_then(|id| cx.shared.history.row(id));
            if row.is_some_and(|row| row.ending != Ending::Succeeded) {
                self.cursor.choose(at, self.view.len());
                self.hold();
                return;
            }
        }
        cx.say(if step > 0 { "no older event failed" } else { "no newer event failed" });
    }

    fn same_actor(&mut self, cx: &mut Cx<'_>) {
        let row = self.chosen().and_then(|id| cx.shared.history.row(id));
        let Some(actor) = row.map(|row| row.actor.to_owned()).filter(|actor| !actor.is_empty()) else { return };
        let text = format!("user:\"{}\"", actor.replace('"', ""));
        if let Err(wrong) = self.set_filter(&text, cx.shared) {
            cx.say(wrong.to_string());
        }
    }

    fn about_chosen(&mut self, command: Command, cx: &mut Cx<'_>) {
        let Some(event) = self.chosen().and_then(|id| cx.shared.history.event(id)) else { return };
        match command {
            Command::Open => cx.open(EventDetail::new(event)),
            Command::WriteRule => NewRule::open(event, cx),
            Command::Copy => cx.copy("the event's id", &event.id),
            Command::CopyRecord => cx.copy_json("the record", &event.record),
            Command::CopyAddress => cx.copy("the source address", &event.source_address),
            Command::CopyArn => cx.copy("the actor's ARN", &super::event::actor_arn(&event.record)),
            _ => {}
        }
    }
}

impl Pane for Events {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Events, Context::List]
    }

    fn title(&self, shared: &Shared) -> Words {
        let mut words = vec![("Events".to_owned(), Meaning::Title)];
        if let Some(waiting) = &self.waiting {
            words.push((format!("‖ paused, {} waiting", number(*waiting)), Meaning::Warning));
        }
        if !self.text.is_empty() {
            words.push((asked(&self.text), Meaning::Prompt));
        }
        if self.filter.hide_read_only {
            words.push(("reads hidden".to_owned(), Meaning::Prompt));
        }
        if let Some(least) = self.filter.min_severity {
            words.push((format!("{least} and above"), Meaning::Prompt));
        }
        if self.is_narrowed() {
            words.push((self.found(), Meaning::Muted));
        }
        words.extend(freshness(&shared.freshness(SourceKind::Events), shared.now, true));
        words
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.cursor.go(command, self.view.len()) {
            self.hold();
            return;
        }
        match command {
            Command::Reads => self.narrow(cx, |filter| {
                filter.hide_read_only = !filter.hide_read_only;
                if filter.hide_read_only { "calls that only read are hidden" } else { "all calls show" }.to_owned()
            }),
            Command::Important => self.narrow(cx, |filter| {
                filter.min_severity = filter.min_severity.is_none().then_some(Severity::Medium);
                if filter.min_severity.is_some() { "only medium and above" } else { "all severities" }.to_owned()
            }),
            Command::Pause => self.pause(cx),
            Command::NextError => self.seek_error(1, cx),
            Command::PreviousError => self.seek_error(-1, cx),
            Command::SameActor => self.same_actor(cx),
            command => self.about_chosen(command, cx),
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        let Change::Events(new) = change else { return };
        match &mut self.waiting {
            Some(waiting) => *waiting += new.len(),
            None => {
                self.view.take_in(&shared.history);
                self.keep(shared);
            }
        }
    }

    fn is_working(&self) -> bool {
        !self.view.is_complete()
    }

    fn work(&mut self, shared: &Shared) {
        self.view.work(&shared.history, SLICE);
        self.keep(shared);
    }

    fn line(&self) -> Option<u16> {
        Some(1 + self.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let table = Table::new(COLUMNS, area);
        table.titles(buf, &shared.theme);
        self.cursor.fit(area.height.saturating_sub(1).into(), self.view.len());
        for (y, at) in (self.cursor.top..self.view.len()).take(self.cursor.height).enumerate() {
            if let Some(row) = self.view.get(at).and_then(|id| shared.history.row(id)) {
                draw_row(&table, buf, y as u16, (&row, at == self.cursor.at), shared);
            }
        }
        if self.view.is_empty() {
            let kind = shared.history.is_empty().then_some(SourceKind::Events);
            nothing::draw(area, buf, shared, (kind, self.why_empty(shared)));
        }
    }

    fn filter(&self) -> &str {
        &self.text
    }

    fn set_filter(&mut self, text: &str, shared: &Shared) -> Result<(), Wrong> {
        let mut filter = text.parse::<Filter>()?;
        // What the keys chose stays.
        filter.hide_read_only = self.filter.hide_read_only;
        filter.min_severity = self.filter.min_severity;
        self.filter = filter;
        text.trim().clone_into(&mut self.text);
        self.sift(shared);
        Ok(())
    }

    fn found(&self) -> String {
        let so_far = if self.view.is_complete() { "" } else { " so far" };
        format!("{} shown{so_far}", number(self.view.len()))
    }

    fn click(&mut self, line: u16) {
        if let Some(row) = usize::from(line).checked_sub(1) {
            self.cursor.choose(self.cursor.top + row, self.view.len());
            self.hold();
        }
    }
}

impl Events {
    fn is_narrowed(&self) -> bool {
        !self.text.is_empty() || self.filter.hide_read_only || self.filter.min_severity.is_some()
    }

    fn why_empty(&self, shared: &Shared) -> &'static str {
        match shared.freshness(SourceKind::Events) {
            _ if !shared.history.is_empty() && self.view.is_complete() => "no event matches the filter",
            _ if !shared.history.is_empty() => "looking",
            fresh if fresh.polled.is_none() => "waiting for the first answer",
            _ => "nothing happened",
        }
    }
}
