//! One event as a row of the list: which columns there are in which width, and what stands in them.

use std::{borrow::Cow, ops::RangeInclusive};

use ratatui::{buffer::Buffer, style::Style};

use crate::{
    history::{Ending, Row},
    model::{ActorKind, Severity, duration::brief},
    ui::{
        shared::Shared,
        theme::Meaning,
        widgets::{
            table::{Column, Table},
            text::middle,
        },
    },
};

/// The columns of the list.
pub const COLUMNS: &[Column] = &[
    Column::new("TIME", 9, 9).until(ROOMY),
    Column::new("TIME", 12, 12).from(ROOMY).until(WIDE),
    Column::new("TIME", 17, 17).from(WIDE),
    Column::new("RGN", 4, 5).until(WIDE),
    Column::new("REGION", 14, 14).from(WIDE),
    Column::new(" ", 1, 1),
    Column::new("ACTOR", 12, 40),
    Column::new("EVENT", 16, 34).ends(),
    Column::new("SERVICE", 10, 14).from(150),
    Column::new("TARGET", 9, 60).ends(),
    Column::new("SOURCE", 15, 16).ends(),
    Column::new("RESULT", 6, 6).until(ROOMY),
    Column::new("RESULT", 12, 16).from(ROOMY),
];

/// The places in `COLUMNS` of those that are drawn in a way of their own.
const TIMES: RangeInclusive<usize> = 0..=2;
const SEVERITY: usize = 5;
const ACTOR: usize = 6;
const EVENT: usize = 7;
const SERVICE: usize = 8;
const TARGET: usize = 9;

/// A rule matched the event.
const FIRED: &str = "!";

/// From this width on, there is room for whole results, and for the months of other days.
const ROOMY: u16 = 96;

/// From this width on, Regions are written out.
const WIDE: u16 = 140;

/// Draws an event into a row, `y` rows below the titles.
pub fn draw_row(table: &Table, buf: &mut Buffer, y: u16, (row, selected): (&Row<'_>, bool), shared: &Shared) {
    let style = |meaning| shared.theme.cell(meaning, selected);
    let calm = if row.read_only { Meaning::ReadOnly } else { Meaning::Text };
    table.row(buf, y, style(Meaning::Text));
    draw_time(table, buf, y, row, shared, style);
    let (result, result_meaning) = result(row);
    // Of a role's session the end tells who it is; of a person, the start.
    let actor = match row.actor.contains('/') {
        true => middle(row.actor, table.width(ACTOR).into()).into(),
        false => Cow::Borrowed(row.actor),
    };
    let short_region = short_region(row.region);
    let weight = row.fired.map_or(row.severity, |fired| fired.max(row.severity));
    let cells = [
        (short_region.as_str(), Meaning::Muted),
        (row.region, Meaning::Muted),
        (weight.glyph(), severity_meaning(weight)),
        (&actor, if row.actor_kind == ActorKind::Root { Meaning::Root } else { actor_meaning(row) }),
        (row.name, event_meaning(row, calm)),
        (row.service, Meaning::Service),
        (row.target, calm),
        // A service acts from its own name.
        (row.source_address.strip_suffix(".amazonaws.com").unwrap_or(row.source_address), Meaning::Address),
        (brief_result(row), result_meaning),
        (result, result_meaning),
    ];
    for (column, (text, meaning)) in (TIMES.end() + 1..).zip(cells) {
        // An event that is about nothing has that room for its name.
        let to = if row.target.is_empty() && table.width(SERVICE) == 0 { TARGET } else { EVENT };
        let columns = if column == EVENT { EVENT..=to } else { column..=column };
        table.across(buf, y, columns, (text, style(meaning)));
    }
    if row.fired.is_some() {
        table.before(buf, y, SEVERITY, (FIRED, style(severity_meaning(weight.max(Severity::Low)))));
    }
}

/// When it happened, and at the end of the column how late it came.
fn draw_time(
    table: &Table,
    buf: &mut Buffer,
    y: u16,
    row: &Row<'_>,
    shared: &Shared,
    style: impl Fn(Meaning) -> Style,
) {
    let late = if row.late { format!("+{}", brief_delay(row)) } else { String::new() };
    for column in TIMES {
        let room = table.width(column).saturating_sub(late.len() as u16);
        let time = shared.clock.row(row.time, shared.now, room);
        table.cell(buf, y, column, (&time, style(Meaning::Time)));
        table.end(buf, y, column, (&late, style(Meaning::Late)));
    }
}

/// The delay in at most three columns: `59s`, `12m`, `3h`.
fn brief_delay(row: &Row<'_>) -> String {
    let delay = brief(row.seen - row.time);
    delay.split(' ').next().unwrap_or_default().to_owned()
}

fn actor_meaning(row: &Row<'_>) -> Meaning {
    match row.actor_kind {
        ActorKind::Service => Meaning::Muted,
        _ if row.read_only => Meaning::ReadOnly,
        _ => Meaning::Actor,
    }
}

fn event_meaning(row: &Row<'_>, calm: Meaning) -> Meaning {
    match row.severity {
        Severity::High | Severity::Critical | Severity::Medium => severity_meaning(row.severity),
        _ if calm == Meaning::Text => Meaning::EventName,
        _ => calm,
    }
}

/// What a severity means on screen.
pub fn severity_meaning(severity: Severity) -> Meaning {
    match severity {
        Severity::Info => Meaning::Info,
        Severity::Low => Meaning::Low,
        Severity::Medium => Meaning::Medium,
        Severity::High => Meaning::High,
        Severity::Critical => Meaning::Critical,
    }
}

fn result<'a>(row: &Row<'a>) -> (&'a str, Meaning) {
    match row.ending {
        Ending::Succeeded => ("ok", Meaning::Muted),
        Ending::Denied => (row.code, Meaning::Denied),
        Ending::Failed => (row.code, Meaning::Failed),
    }
}

/// The result where there is no room for its code.
fn brief_result(row: &Row<'_>) -> &'static str {
    match row.ending {
        Ending::Succeeded => "ok",
        Ending::Denied => "denied",
        Ending::Failed => "failed",
    }
}

/// A Region in four or five columns, as people shorten it: `euw1` for `eu-west-1`.
pub fn short_region(region: &str) -> String {
    let mut parts = region.split('-');
    let area = parts.next().unwrap_or_default();
    let rest = parts.map(|part| match part {
        "northeast" => "ne",
        "northwest" => "nw",
        "southeast" => "se",
        "southwest" => "sw",
        part => part.get(..1).unwrap_or(part),
    });
    rest.fold(area.to_owned(), |short, part| short + part)
}

#[cfg(test)]
mod tests {
    use super::short_region;

    #[test]
    fn a_region_is_shortened_as_people_do() {
        for (region, short) in [
            ("eu-west-1", "euw1"),
            ("us-east-1", "use1"),
            ("ap-southeast-2", "apse2"),
            ("us-gov-west-1", "usgw1"),
            ("odd", "odd"),
            ("", ""),
        ] {
            assert_eq!(short_region(region), short);
        }
    }
}
