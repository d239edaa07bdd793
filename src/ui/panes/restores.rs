//! Objects under restore: ready ones by their deadline, then those in progress, then those that ran out.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    list::{List, Listed},
    nothing,
    restore::RestoreDetail,
};
use crate::{
    model::{Restore, RestoreState, SourceKind, Time, duration::brief},
    ui::{
        command::{Command, Context},
        pane::{Change, Cx, PaneSpec, Words},
        shared::Shared,
        theme::Meaning,
        time::utc_deadline,
        widgets::{
            table::{Column, Table},
            text::{bytes, columns, middle, tail},
        },
    },
};

pub const SPEC: PaneSpec =
    PaneSpec { name: Restore::NAME, short: Restore::NAME, make: |_| Box::new(List::<Restore>::default()), badge };

/// A deadline nearer than this stands out.
const SOON: chrono::TimeDelta = chrono::TimeDelta::hours(6);

fn badge(shared: &Shared) -> Words {
    let ready = shared.restores.values().flatten().filter_map(|restore| match state_at(restore, shared.now) {
        RestoreState::Ready { expires } => Some(expires),
        _ => None,
    });
    let Some(left) = ready.min().map(|first| first - shared.now) else { return Vec::new() };
    let meaning = if left < SOON { Meaning::Soon } else { Meaning::Ready };
    vec![(format!("{} left", brief(left)), meaning)]
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

/// The place of the object in `COLUMNS`.
const OBJECT: usize = 6;

impl Listed for Restore {
    const NAME: &'static str = "Restores";
    const KIND: Option<SourceKind> = Some(SourceKind::Restores);
    const CONTEXTS: &'static [Context] = &[Context::Restores, Context::List];
    type Order = (u8, i64, String);

    fn all(shared: &Shared) -> impl Iterator<Item = &Arc<Self>> {
        shared.restores.values().flatten()
    }

    fn fits(&self, holds: impl Fn(&[&str]) -> bool) -> bool {
        holds(&[&self.uri(), self.storage_class.human(), self.state.as_str()])
    }

    /// Ready ones by their deadline, then those in progress, then those that ran out, the last one first.
    fn order(&self, now: Time) -> Self::Order {
        match state_at(self, now) {
            RestoreState::Ready { expires } => (0, expires.timestamp(), self.key.clone()),
            RestoreState::InProgress => (1, self.first_seen.timestamp(), self.key.clone()),
            RestoreState::Expired { expires } => (2, -expires.timestamp(), self.key.clone()),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.uri() == other.uri()
    }

    fn is_told_by(change: &Change<'_>) -> bool {
        matches!(change, Change::Restores)
    }

    fn command(restore: Arc<Self>, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Open => cx.open(RestoreDetail::new(restore)),
            Command::Copy => cx.copy("the object's address", &restore.uri()),
            _ => {}
        }
    }

    fn draw(list: &mut List<Self>, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let (theme, now) = (&shared.theme, shared.now);
        let table = Table::new(COLUMNS, area);
        table.titles(buf, theme);
        for (y, selected, restore) in list.window(area.height.saturating_sub(1)) {
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
                (&object(restore, table.width(OBJECT)), Meaning::Text),
            ];
            for (column, (text, meaning)) in cells.into_iter().enumerate() {
                table.cell(buf, y, column, (text, style(meaning)));
            }
        }
        if let (0, all) = list.counts() {
            nothing::draw(area, buf, shared, ((all == 0).then_some(SourceKind::Restores), why_empty(all, shared)));
        }
    }
}

/// An object in a column of this width: where there is too little room, its bucket and the end of its key. What every
/// address starts with tells nothing.
fn object(restore: &Restore, width: u16) -> String {
    let (uri, width) = (restore.uri(), usize::from(width));
    let address = uri.strip_prefix("s3://").unwrap_or(&uri);
    match address.split_once('/').filter(|_| columns(address) > width) {
        None => address.to_owned(),
        Some((bucket, key)) => {
            let bucket = middle(bucket, width * 2 / 3);
            format!("{bucket}/{}", tail(key, width.saturating_sub(columns(&bucket) + 1)))
        }
    }
}

/// Why the list is empty.
fn why_empty(all: usize, shared: &Shared) -> &'static str {
    match shared.freshness(SourceKind::Restores) {
        _ if all > 0 => "no restore matches the filter",
        fresh if fresh.sources == 0 => "name a place with --restore s3://BUCKET/PREFIX or in the config",
        fresh if fresh.polled.is_none() => "waiting for the first answer",
        _ => "nothing is being restored in the places watched",
    }
}
