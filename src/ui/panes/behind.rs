//! What stands behind an alert or a rule's hits: events of the history, and what is no call, such as a restore.

use std::{cmp::Reverse, sync::Arc};

use super::{alarm::AlarmDetail, event::EventDetail, events::severity_meaning, restore::RestoreDetail};
use crate::{
    model::{Alarm, Region},
    ui::{
        pane::{Cx, Step},
        shared::Shared,
        theme::Meaning,
        widgets::document::{Line, line},
    },
};

/// The ids with the newest event first; what the history does not have comes last, the latest first.
pub fn newest_first(ids: &[String], shared: &Shared) -> Vec<String> {
    let time = |id: &String| shared.history.find(id).and_then(|row| shared.history.row(row)).map(|row| row.time);
    let mut ids: Vec<String> = ids.iter().rev().cloned().collect();
    ids.sort_by_cached_key(|id| Reverse(time(id)));
    ids
}

/// One of them in a line.
pub fn behind_line(id: &str, shared: &Shared) -> Line {
    let row = shared.history.find(id).and_then(|row| shared.history.row(row));
    if let Some(row) = row {
        let time = shared.clock.full(row.time);
        let text =
            format!("{time}  {}  {}  {} {}  {}", row.region, row.actor, row.name, row.target, row.source_address);
        return line(text, severity_meaning(row.severity));
    }
    match other(id) {
        Some(Other::Restore { kind, uri }) => line(format!("{kind}  {uri}"), Meaning::Text),
        Some(Other::Alarm { region, name }) => line(format!("alarm {name} in {region}"), Meaning::Text),
        None => line(format!("{id}  no longer in the history"), Meaning::Muted),
    }
}

/// Opens one of them; says so when that cannot be done.
pub fn open(id: Option<&str>, cx: &mut Cx<'_>) {
    let Some(id) = id else { return cx.say("choose one of the events below") };
    if let Some(event) = cx.shared.history.find(id).and_then(|row| cx.shared.history.event(row)) {
        return cx.open(EventDetail::new(event));
    }
    match other(id) {
        Some(Other::Restore { uri, .. }) => open_restore(uri, cx),
        Some(Other::Alarm { region, name }) => open_alarm(Some(&Region::new(region)), name, cx),
        None => cx.say("it is no longer in the history"),
    }
}

/// Opens the restore of this object; says so when it is no longer listed.
pub fn open_restore(uri: &str, cx: &mut Cx<'_>) {
    let found = cx.shared.restores.values().flatten().find(|restore| restore.uri() == uri).map(Arc::clone);
    match found {
        Some(restore) => cx.open(RestoreDetail::new(restore)),
        None => cx.say(format!("{uri} is no longer listed")),
    }
}

/// Opens the alarm of this name, in any Region when none is given; says so when it is no longer listed.
pub fn open_alarm(region: Option<&Region>, name: &str, cx: &mut Cx<'_>) {
    let is_it = |alarm: &&Arc<Alarm>| alarm.name == name && region.is_none_or(|region| alarm.region == *region);
    let found = cx.shared.all_alarms().find(is_it).map(Arc::clone);
    match found {
        Some(alarm) => {
            let (detail, request) = AlarmDetail::new(alarm, cx.shared);
            cx.steps.push(Step::Ask(request));
            cx.open(detail);
        }
        None => cx.say(format!("the alarm {name} is no longer listed")),
    }
}

/// What is no call.
enum Other<'a> {
    Restore { kind: &'a str, uri: &'a str },
    Alarm { region: &'a str, name: &'a str },
}

/// Reads the id that the rules gave it: `Object Restore Completed/s3://bucket/key/TIME`, `alarm/REGION/NAME/TIME`.
fn other(id: &str) -> Option<Other<'_>> {
    let (what, _) = id.rsplit_once('/')?;
    let (kind, rest) = what.split_once('/')?;
    match kind {
        "alarm" => rest.split_once('/').map(|(region, name)| Other::Alarm { region, name }),
        kind if rest.starts_with("s3://") => Some(Other::Restore { kind, uri: rest }),
        _ => None,
    }
}
