//! A list that is filtered, ordered and chosen from: what the panes of alarms and restores have in common.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    filter_words, freshness, matches,
    terms::{self, Field, Terms},
};
use crate::{
    model::{SourceKind, Time},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, Words, Wrong},
        shared::Shared,
        theme::Meaning,
        widgets::cursor::Cursor,
    },
};

/// A thing that a pane lists, and what is its own about that.
pub trait Listed: Sized + 'static {
    /// What the pane is called.
    const NAME: &'static str;
    /// The sources that it comes from; `None` for what is made here.
    const KIND: Option<SourceKind>;
    const CONTEXTS: &'static [Context];
    type Order: Ord;

    /// All there are.
    fn all(shared: &Shared) -> impl Iterator<Item = &Arc<Self>>;

    /// Hands the texts in which a filter looks to `holds`.
    fn fits(&self, holds: impl Fn(&[&str]) -> bool) -> bool;

    /// The fields that its filter knows beside words.
    const FIELDS: &'static [Field] = &[];

    /// Whether a value asked for behind one of them is true of it; upper and lower case are the same.
    fn has(&self, _field: &str, _value: &str) -> bool {
        false
    }

    /// Where it stands in the list.
    fn order(&self, now: Time) -> Self::Order;

    /// Whether this is the other one as it is now.
    fn is_same(&self, other: &Self) -> bool;

    /// Whether a change is about them.
    fn is_told_by(change: &Change<'_>) -> bool;

    /// What else the title says.
    fn words(_shared: &Shared) -> Words {
        Words::new()
    }

    /// Whether a command sends the chosen one elsewhere in the list, and the next should be chosen then.
    fn sends_away(_command: Command) -> bool {
        false
    }

    /// Does what the operator asked for with the chosen one.
    fn command(chosen: Arc<Self>, command: Command, cx: &mut Cx<'_>);

    fn draw(list: &mut List<Self>, area: Rect, buf: &mut Buffer, shared: &Shared);

    /// The operator turned to another pane.
    fn left(_shared: &mut Shared) {}
}

/// The things that the filter lets through, in their order, and the cursor among them.
pub struct List<T> {
    shown: Vec<Arc<T>>,
    all: usize,
    filter: String,
    cursor: Cursor,
    /// The chosen one goes elsewhere: the cursor stays where it is.
    stays: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), all: 0, filter: String::new(), cursor: Cursor::default(), stays: false }
    }
}

impl<T: Listed> List<T> {
    /// Takes the things anew. At the top the list shows what comes first; elsewhere the cursor stays on its thing.
    fn gather(&mut self, shared: &Shared) {
        let stays = std::mem::take(&mut self.stays);
        let chosen = self.shown.get(self.cursor.at).cloned().filter(|_| self.cursor.at > 0 && !stays);
        let terms = Terms::read(&self.filter, T::FIELDS);
        let fits = |thing: &&Arc<T>| {
            thing.fits(|texts| matches(&terms.words, texts)) && terms.hold(|field, value| thing.has(field, value))
        };
        self.all = T::all(shared).count();
        self.shown = T::all(shared).filter(fits).cloned().collect();
        self.shown.sort_by_cached_key(|thing| thing.order(shared.now));
        if let Some(at) = chosen.and_then(|chosen| self.shown.iter().position(|thing| thing.is_same(&chosen))) {
            self.cursor.choose(at, self.shown.len());
        }
    }

    /// How many there are with and without the filter.
    pub fn counts(&self) -> (usize, usize) {
        (self.shown.len(), self.all)
    }

    /// The rows that show in a window of this height: the line of each, whether it is chosen, and the thing.
    pub fn window(&mut self, height: u16) -> impl Iterator<Item = (u16, bool, &Arc<T>)> {
        self.cursor.fit(height.into(), self.shown.len());
        let cursor = self.cursor;
        let rows = self.shown.iter().enumerate().skip(cursor.top).take(cursor.height);
        rows.map(move |(row, thing)| ((row - cursor.top) as u16, row == cursor.at, thing))
    }
}

impl<T: Listed> Pane for List<T> {
    fn contexts(&self) -> &'static [Context] {
        T::CONTEXTS
    }

    fn title(&self, shared: &Shared) -> Words {
        let mut words = vec![(T::NAME.to_owned(), Meaning::Title)];
        words.extend(filter_words(&self.filter, self.shown.len(), self.all));
        words.extend(T::words(shared));
        if let Some(kind) = T::KIND {
            words.extend(freshness(&shared.freshness(kind), shared.now, false));
        }
        words
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if !self.cursor.go(command, self.shown.len())
            && let Some(chosen) = self.shown.get(self.cursor.at)
        {
            self.stays = T::sends_away(command);
            T::command(Arc::clone(chosen), command, cx);
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        if T::is_told_by(change) {
            self.gather(shared);
        }
    }

    fn line(&self) -> Option<u16> {
        Some(1 + self.cursor.line())
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        T::draw(self, area, buf, shared);
    }

    fn filter(&self) -> &str {
        &self.filter
    }

    fn set_filter(&mut self, text: &str, shared: &Shared) -> Result<(), Wrong> {
        terms::check(text, T::FIELDS)?;
        text.clone_into(&mut self.filter);
        self.gather(shared);
        Ok(())
    }

    fn found(&self) -> String {
        format!("{} of {}", self.shown.len(), self.all)
    }

    /// The first line has the titles.
    fn click(&mut self, line: u16) {
        if let Some(row) = usize::from(line).checked_sub(1) {
            self.cursor.choose(self.cursor.top + row, self.shown.len());
        }
    }

    fn left(&mut self, shared: &mut Shared) {
        T::left(shared);
    }
}
