//! Objects under restore: ready ones by their deadline, then those in progress, then those that ran out.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{filter_words, freshness, matches, restore::RestoreDetail};
use crate::{
    model::{Restore, RestoreState, SourceKind, Time, duration::brief},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, Pane, PaneSpec, Words},
        shared::Shared,
        theme::Meaning,
        time::utc_deadline,
        widgets::{
            cursor::Cursor,
            table::{Column, Table},
            text::{bytes, tail},
        },
    },
};

pub const SPEC: PaneSpec = PaneSpec { name: "Restores", make: |_| Box::new(Restores::default()), badge };

/// A deadline nearer than this stands out.
const SOON: chrono::TimeDelta = chrono::TimeDelta::hours(6);

fn badge(shared: &Shared) -> Words {
    let ready = shared.restores.values().flatten().filter_map(|restore| match state_at(restore, shared.now) {
        RestoreState::Ready { expires } => Some(expires),
        _ => None,
    });
    match ready.min() {
        Some(first) if first - shared.now < SOON => vec![(brief(first - shared.now), Meaning::Soon)],
        Some(first) => vec![(brief(first - shared.now), Meaning::Ready)],
        None => Vec::new(),
    }
}

/// The state at a time: a copy whose deadline has passed is gone, whatever the last listing said.
pub fn state_at(restore: &Restore, now: Time) -> RestoreState {
    match restore.state {
        RestoreState::Ready { expires } if expires <= now => RestoreState::Expired { expires },
        state => state,
    }
}

/// How a state looks.
pub fn state_look(state: RestoreState, now: Time) -> (&'static str, Meaning) {
    match state {
        RestoreState::InProgress => ("… in progress", Meaning::InProgress),
        RestoreState::Ready { expires } if expires - now < SOON => ("▲ soon gone", Meaning::Soon),
        RestoreState::Ready { .. } => ("✔ ready", Meaning::Ready),
        RestoreState::Expired { .. } => ("✖ expired", Meaning::Expired),
    }
}

/// What is left until the deadline: `2d 04h`, or how long ago it was.
pub fn left(state: RestoreState, now: Time) -> String {
    match state {
        RestoreState::InProgress => String::new(),
        RestoreState::Ready { expires } => countdown(expires, now),
        RestoreState::Expired { expires } => format!("{} ago", brief(now - expires)),
    }
}

/// The last hour is counted in seconds.
fn countdown(expires: Time, now: Time) -> String {
    let left = expires - now;
    match left.num_seconds() {
        s @ 0..3_600 => format!("{}m {:02}s", s / 60, s % 60),
        _ => brief(left),
    }
}

const COLUMNS: &[Column] = &[
    Column::new("STATE", 13, 13),
    Column::new("LEFT", 8, 10),
    Column::new("DEADLINE UTC", 12, 12),
    Column::new("LOCAL", 12, 12).from(90),
    Column::new("SIZE", 7, 8),
    Column::new("CLASS", 12, 18).from(100),
    Column::new("OBJECT", 20, u16::MAX),
];

const OBJECT: usize = 6;

/// The list, its filter and its cursor.
#[derive(Default)]
pub struct Restores {
    shown: Vec<Arc<Restore>>,
    all: usize,
    filter: String,
    cursor: Cursor,
}

impl Restores {
    fn gather(&mut self, shared: &Shared) {
        let chosen = self.shown.get(self.cursor.at).map(|restore| restore.uri());
        let all = || shared.restores.values().flatten();
        let fits = |restore: &&Arc<Restore>| {
            matches(&self.filter, &[&restore.uri(), restore.storage_class.human(), restore.state.as_str()])
        };
        self.shown = all().filter(fits).cloned().collect();
        self.all = all().count();
        self.sort(shared.now);
        if let Some(row) = self.shown.iter().position(|restore| Some(restore.uri()) == chosen) {
            self.cursor.choose(row, self.shown.len());
        }
    }

    fn sort(&mut self, now: Time) {
        self.shown.sort_by_key(|restore| match state_at(restore, now) {
            RestoreState::Ready { expires } => (0, expires, restore.key.clone()),
            RestoreState::InProgress => (1, restore.first_seen, restore.key.clone()),
            RestoreState::Expired { expires } => (2, expires, restore.key.clone()),
        });
    }
}

impl Pane for Restores {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Restores, Context::List]
    }

    fn title(&self, shared: &Shared) -> Words {
        let mut words = vec![("Restores".to_owned(), Meaning::Title)];
        words.extend(filter_words(&self.filter, self.shown.len(), self.all));
        words.extend(freshness(&shared.freshness(SourceKind::Restores), shared.now, false));
        words
    }

    fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        if self.cursor.go(command, self.shown.len()) {
            return;
        }
        let Some(restore) = self.shown.get(self.cursor.at).cloned() else { return };
        match command {
            Command::Open => cx.open(RestoreDetail::new(restore)),
            Command::Copy => cx.copy("the object's address", &restore.uri()),
            _ => {}
        }
    }

    fn changed(&mut self, change: &Change<'_>, shared: &Shared) {
        if matches!(change, Change::Restores) {
            self.gather(shared);
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let (theme, now) = (&shared.theme, shared.now);
        let table = Table::new(COLUMNS, area);
        table.titles(buf, COLUMNS, theme);
        self.cursor.fit(area.height.saturating_sub(1).into(), self.shown.len());
        for (y, row) in (self.cursor.top..self.shown.len()).take(self.cursor.height).enumerate() {
            let (restore, selected, y) = (&self.shown[row], row == self.cursor.at, y as u16);
            let state = state_at(restore, now);
            let (word, meaning) = state_look(state, now);
            let gone = matches!(state, RestoreState::Expired { .. });
            let style = |meaning| theme.cell(if gone { Meaning::Expired } else { meaning }, selected);
            table.row(buf, y, style(Meaning::Text));
            let deadline = restore.deadline();
            let utc = deadline.map_or_else(String::new, |deadline| utc_deadline(deadline, now));
            let local = deadline.map_or_else(String::new, |deadline| shared.clock.local_deadline(deadline, now));
            let cells = [
                (word, meaning),
                (&left(state, now), meaning),
                (&utc, Meaning::Text),
                (&local, Meaning::Muted),
                (&bytes(restore.size), Meaning::Muted),
                (restore.storage_class.human(), Meaning::Muted),
                (&tail(&restore.uri(), table.width(OBJECT).into()), Meaning::Text),
            ];
            for (column, (text, meaning)) in cells.into_iter().enumerate() {
                table.cell(buf, y, column, (text, style(meaning)));
            }
        }
        if self.shown.is_empty() {
            table.cell(buf, 1, OBJECT, (self.nothing(shared), theme.style(Meaning::Muted)));
        }
    }

    fn filter(&self) -> &str {
        &self.filter
    }

    fn set_filter(&mut self, text: &str, shared: &Shared) -> Result<(), String> {
        text.clone_into(&mut self.filter);
        self.gather(shared);
        Ok(())
    }

    fn found(&self) -> String {
        format!("{} of {}", self.shown.len(), self.all)
    }

    fn click(&mut self, line: u16) {
        if let Some(row) = usize::from(line).checked_sub(1) {
            self.cursor.choose(self.cursor.top + row, self.shown.len());
        }
    }
}

impl Restores {
    fn nothing(&self, shared: &Shared) -> &'static str {
        match shared.freshness(SourceKind::Restores) {
            _ if self.all > 0 => "no restore matches the filter",
            fresh if fresh.sources == 0 => "name a place with --restore s3://BUCKET/PREFIX or in the config",
            fresh if fresh.polled.is_none() => "waiting for the first answer",
            _ => "nothing is being restored in the places watched",
        }
    }
}
