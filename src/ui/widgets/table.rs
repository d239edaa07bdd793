//! Columns: who gets how much room, and cells put in their place.

use std::ops::RangeInclusive;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::text::{columns, middle, put};
use crate::ui::theme::{Meaning, Theme};

/// A column of a table.
pub struct Column {
    pub title: &'static str,
    /// The columns of the screen it needs.
    pub min: u16,
    /// The columns it can make use of.
    pub max: u16,
    /// It shows in a table of at least this width.
    pub from: u16,
    /// It shows in a table narrower than this.
    pub until: u16,
    /// What does not fit loses its middle, because its end tells as much as its start.
    pub ends: bool,
}

impl Column {
    /// A column that shows in tables of any width.
    pub const fn new(title: &'static str, min: u16, max: u16) -> Self {
        Self { title, min, max, from: 0, until: u16::MAX, ends: false }
    }

    /// The column in tables of at least this width only.
    pub const fn from(self, from: u16) -> Self {
        Self { from, ..self }
    }

    /// The column in tables narrower than this only.
    pub const fn until(self, until: u16) -> Self {
        Self { until, ..self }
    }

    /// The column with both ends of what is too long for it, instead of its start.
    pub const fn ends(self) -> Self {
        Self { ends: true, ..self }
    }
}

/// A table laid out in an area: the place of each column; `None` for one that found no room.
pub struct Table {
    area: Rect,
    columns: &'static [Column],
    places: Vec<Option<(u16, u16)>>,
}

impl Table {
    /// Gives each column its least width, and what is left to those that can use it, the same to each.
    pub fn new(columns: &'static [Column], area: Rect) -> Self {
        let shows: Vec<bool> = columns.iter().map(|c| (c.from..c.until).contains(&area.width)).collect();
        let mut widths: Vec<u16> =
            columns.iter().zip(&shows).map(|(c, shows)| if *shows { c.min } else { 0 }).collect();
        let gaps = shows.iter().filter(|s| **s).count().saturating_sub(1) as u16;
        let mut left = area.width.saturating_sub(widths.iter().sum::<u16>() + gaps);
        while left > 0 {
            let hungry: Vec<usize> = (0..columns.len()).filter(|&i| shows[i] && widths[i] < columns[i].max).collect();
            if hungry.is_empty() {
                break;
            }
            let share = (left / hungry.len() as u16).max(1);
            for i in hungry {
                let more = share.min(columns[i].max - widths[i]).min(left);
                widths[i] += more;
                left -= more;
            }
        }
        let mut x = area.x;
        let place = |(width, shows): (u16, bool)| {
            let place = (x, width.min(area.right().saturating_sub(x)));
            x = if shows { x.saturating_add(width + 1) } else { x };
            shows.then_some(place)
        };
        Self { area, columns, places: widths.into_iter().zip(shows).map(place).collect() }
    }

    /// The titles in the first row of the area.
    pub fn titles(&self, buf: &mut Buffer, theme: &Theme) {
        let style = theme.style(Meaning::Column);
        for (column, place) in self.columns.iter().zip(&self.places) {
            if let Some((x, width)) = place.filter(|_| !column.title.trim().is_empty()) {
                put(buf, (x, self.area.y), width, column.title, style);
            }
        }
    }

    /// The width of a column; 0 when it does not show.
    pub fn width(&self, column: usize) -> u16 {
        self.places.get(column).copied().flatten().map_or(0, |(_, width)| width)
    }

    /// Puts a cell into a row, `y` rows below the titles.
    pub fn cell(&self, buf: &mut Buffer, y: u16, column: usize, cell: (&str, Style)) {
        self.across(buf, y, column..=column, cell);
    }

    /// Puts a cell into several columns that stand side by side, as if they were the first of them.
    pub fn across(&self, buf: &mut Buffer, y: u16, columns: RangeInclusive<usize>, (text, style): (&str, Style)) {
        let first = *columns.start();
        let Some((x, width)) = self.places.get(first).copied().flatten() else { return };
        let others = self.places.get(columns).unwrap_or_default().iter().skip(1).flatten();
        let width = others.map(|(at, wide)| at + wide - x).next_back().unwrap_or(width);
        let cut = self.columns[first].ends.then(|| middle(text, width.into()));
        put(buf, (x, self.area.y + 1 + y), width, cut.as_deref().unwrap_or(text), style);
    }

    /// Puts a short text at the end of a column, over what is there.
    pub fn end(&self, buf: &mut Buffer, y: u16, column: usize, (text, style): (&str, Style)) {
        let Some((x, width)) = self.places.get(column).copied().flatten() else { return };
        let used = (columns(text) as u16).min(width);
        put(buf, (x + width - used, self.area.y + 1 + y), used, text, style);
    }

    /// Puts a mark of one column between a column and the one before it.
    pub fn before(&self, buf: &mut Buffer, y: u16, column: usize, (mark, style): (&str, Style)) {
        if let Some((x, _)) = self.places.get(column).copied().flatten().filter(|(x, _)| *x > self.area.x) {
            put(buf, (x - 1, self.area.y + 1 + y), 1, mark, style);
        }
    }

    /// Styles a whole row, `y` rows below the titles.
    pub fn row(&self, buf: &mut Buffer, y: u16, style: Style) {
        buf.set_style(Rect { y: self.area.y + 1 + y, height: 1, ..self.area }, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column::new("TIME", 8, 8),
        Column::new("ACTOR", 10, 30),
        Column::new("ADDRESS", 15, 15).from(60),
        Column::new("TARGET", 10, u16::MAX),
    ];

    fn widths(width: u16) -> Vec<u16> {
        let table = Table::new(COLUMNS, Rect::new(0, 0, width, 5));
        (0..COLUMNS.len()).map(|i| table.width(i)).collect()
    }

    #[test]
    fn room_goes_to_those_that_can_use_it() {
        assert_eq!(widths(40), [8, 15, 0, 15]);
        assert_eq!(widths(60), [8, 17, 15, 17]);
        assert_eq!(widths(120), [8, 30, 15, 64]);
    }

    #[test]
    fn a_table_in_no_room_at_all_stays_inside() {
        assert_eq!(widths(5), [5, 0, 0, 0]);
    }
}
