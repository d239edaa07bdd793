//! What came in, in a small box at the top right for some seconds. It takes no key from anybody, and makes way for the
//! row that the operator is at.

use std::cmp::Reverse;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Block, Clear, Widget},
};
use unicode_width::UnicodeWidthStr;

use super::{
    command::{Command, Context},
    panes::events::severity_meaning,
    shared::Shared,
    theme::Meaning,
    widgets::text::{columns, put},
};
use crate::model::{
    Notice, NoticeKind, Severity, Time,
    text::{short_arns, visible},
};

/// What weighs less is told elsewhere.
const FLOOR: Severity = Severity::Medium;
/// More than this are counted.
const MOST: usize = 3;
/// How long one stays, from when it first showed.
const STAYS: chrono::TimeDelta = chrono::TimeDelta::seconds(8);
/// Characters of a title that are kept: more never show.
const TITLE: usize = 200;
/// Columns of the box: at least, and at most.
const LEAST_WIDE: u16 = 24;
const MOST_WIDE: u16 = 64;

/// What came in and still shows, the weightiest first, then the newest.
#[derive(Default)]
pub struct Toasts {
    shown: Vec<Toast>,
    /// How many did not get a place.
    more: usize,
}

/// One of them: a notice, or several of one rule.
struct Toast {
    kind: NoticeKind,
    rule: String,
    severity: Severity,
    /// Safe to show.
    title: String,
    count: u32,
    /// `None` until it shows.
    until: Option<Time>,
}

impl Toast {
    fn new(notice: &Notice) -> Self {
        let title: String = notice.title.chars().take(TITLE).collect();
        Self {
            kind: notice.kind,
            rule: notice.rule.clone(),
            severity: notice.severity,
            title: visible(&short_arns(&title)).into_owned(),
            count: notice.count.max(1),
            until: None,
        }
    }

    /// Whether both are of one rule, or say the same.
    fn is_like(&self, other: &Self) -> bool {
        let same = if self.rule.is_empty() { self.title == other.title } else { self.rule == other.rule };
        self.kind == other.kind && same
    }

    fn tail(&self) -> String {
        if self.count > 1 { format!(" ×{}", self.count) } else { String::new() }
    }
}

impl Toasts {
    /// Takes what came in. Where there are too many, the weightiest and newest have the places.
    pub fn take(&mut self, notices: &[Notice]) {
        for notice in notices.iter().filter(|notice| notice.severity >= FLOOR) {
            let mut toast = Toast::new(notice);
            if let Some(at) = self.shown.iter().position(|shown| shown.is_like(&toast)) {
                let before = self.shown.remove(at);
                toast.count = toast.count.saturating_add(before.count);
                toast.severity = toast.severity.max(before.severity);
            }
            self.shown.insert(0, toast);
            self.shown.sort_by_key(|toast| Reverse(toast.severity));
            self.more += self.shown.len().saturating_sub(MOST);
            self.shown.truncate(MOST);
        }
    }

    /// Lets those go whose time is over.
    pub fn tick(&mut self, now: Time) {
        self.shown.retain(|toast| toast.until.is_none_or(|until| until > now));
        if self.shown.is_empty() {
            self.close();
        }
    }

    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Draws as many as there is room for in `area`, above or below the row that the operator is at; none where there is
    /// no room for any.
    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared, row: Option<u16>) {
        let Some(place) = place(area, self.shown.len() as u16, row).filter(|_| !self.shown.is_empty()) else { return };
        let place = self.narrowed(place);
        for toast in self.shown.iter_mut().take(usize::from(place.height) - 2) {
            toast.until.get_or_insert(shared.now + STAYS);
        }
        self.draw_box(place, buf, shared);
        let inside = Rect { x: place.x + 2, y: place.y + 1, width: place.width - 4, height: place.height - 2 };
        for (y, toast) in (inside.y..inside.bottom()).zip(&self.shown) {
            toast.draw(Rect { y, height: 1, ..inside }, buf, shared);
        }
    }

    /// The box no wider than what stands in it, at the right.
    fn narrowed(&self, place: Rect) -> Rect {
        let longest = self.shown.iter().map(|toast| columns(&toast.title) + columns(&toast.tail()) + 2).max();
        let width = (longest.unwrap_or(0) as u16).saturating_add(4).clamp(LEAST_WIDE, place.width);
        Rect { x: place.right() - width, width, ..place }
    }

    fn draw_box(&self, place: Rect, buf: &mut Buffer, shared: &Shared) {
        make_way(place, buf);
        Clear.render(place, buf);
        buf.set_style(place, shared.theme.style(Meaning::Text));
        let heaviest = self.shown.iter().map(|toast| toast.severity).max().unwrap_or(FLOOR);
        Block::bordered().border_style(shared.theme.style(severity_meaning(heaviest))).render(place, buf);
        let hidden = self.more + self.shown.len().saturating_sub(usize::from(place.height) - 2);
        let more = if hidden > 0 { format!(" +{hidden} more ") } else { String::new() };
        put(buf, (place.x + 2, place.bottom() - 1), place.width - 4, &more, shared.theme.style(Meaning::Muted));
        if let Some(key) = shared.keys.keys_of(Context::Global, Command::Dismiss).next() {
            let hint = format!(" {key} closes ");
            let wide = (columns(&hint) as u16).min(place.width - 4);
            let x = place.right() - 2 - wide;
            if x >= place.x + 2 + columns(&more) as u16 {
                put(buf, (x, place.bottom() - 1), wide, &hint, shared.theme.style(Meaning::Hint));
            }
        }
    }
}

impl Toast {
    /// The mark, the title, and how often, which is never cut.
    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let style = shared.theme.style(severity_meaning(self.severity));
        put(buf, (area.x, area.y), area.width.min(1), self.severity.glyph(), style);
        let tail = self.tail();
        let room = area.width.saturating_sub(2 + columns(&tail) as u16);
        let used = put(buf, (area.x + 2, area.y), room, &self.title, shared.theme.style(Meaning::Text));
        put(buf, (area.x + 2 + used, area.y), area.width.saturating_sub(2 + used), &tail, style);
    }
}

/// The place of a box with so many lines: at the top right, or below the row that must stay free; with fewer lines where
/// there is less room.
fn place(area: Rect, lines: u16, row: Option<u16>) -> Option<Rect> {
    let width = (area.width / 8 * 5).min(MOST_WIDE);
    let row = row.filter(|row| (area.top()..area.bottom()).contains(row));
    let (above, below) = match row {
        Some(row) => (area.top()..row, row + 1..area.bottom()),
        None => (area.top()..area.bottom(), 0..0),
    };
    let needed = lines + 2;
    let free = if above.len() >= needed.into() || above.len() >= below.len() { above } else { below };
    let height = needed.min(free.len() as u16);
    let place = Rect { x: area.right().saturating_sub(width), y: free.start, width, height };
    (width >= LEAST_WIDE && height >= 3).then_some(place)
}

/// A character of two columns that the box would cut in half gives way to a blank.
fn make_way(place: Rect, buf: &mut Buffer) {
    let Some(x) = place.x.checked_sub(1) else { return };
    for y in place.top()..place.bottom() {
        if let Some(cell) = buf.cell_mut((x, y)).filter(|cell| cell.symbol().width() > 1) {
            cell.set_symbol(" ");
        }
    }
}
