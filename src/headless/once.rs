//! `trailwatch events`, `alarms` and `restores`: print what there is and end.

use std::{
    io::{self, Write},
    time::Duration,
};

use tokio::time::{Instant, timeout_at};

use super::{
    line, put,
    recent::Recent,
    said::Said,
    table,
    waiting::{PATIENCE, Waiting},
};
use crate::{
    config::Settings,
    model::{Alarm, Event, Region, Restore, SourceKind, Time, Update, duration::brief},
};

/// How a printing command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every source answered.
    Whole,
    /// Some did; what failed was said on standard error.
    InPart,
    /// None did; why was said on standard error.
    Failed,
}

impl Ended {
    /// The exit code: 0, 2 for in part, 1 for failed.
    pub fn code(self) -> u8 {
        match self {
            Ended::Whole => 0,
            Ended::Failed => 1,
            Ended::InPart => 2,
        }
    }
}

/// Prints the events of the first load, oldest first: a table, or a line as `watch` prints it.
///
/// # Errors
/// `out` cannot be written to, other than that its reader has gone.
pub fn print_events(settings: Settings, json: bool, out: &mut impl Write) -> io::Result<Ended> {
    let settings = Settings { restores: Vec::new(), ..settings };
    let mut events: Vec<Event> = Vec::new();
    let ended = gather(settings, &[SourceKind::Events, SourceKind::SignIns], |update| {
        if let Update::Events(more) = update {
            events.extend(more);
        }
    })?;
    events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    let mut printed = Recent::default();
    events.retain(|event| printed.is_new(&event.id));
    if json {
        return print(out, events.iter().map(line::event), ended);
    }
    let row = |event: &Event| {
        let late = if event.late { " late" } else { "" };
        [
            format!("{}{late}", line::time(event.time)),
            event.region.to_string(),
            event.actor.name.clone(),
            format!("{}:{}", event.service, event.name),
            match event.outcome.code() {
                "" => "ok".to_owned(),
                code => code.to_owned(),
            },
            event.source_address.clone(),
            event.target.clone(),
        ]
    };
    let rows: Vec<_> = events.iter().map(row).collect();
    let heads = ["TIME", "REGION", "ACTOR", "EVENT", "RESULT", "FROM", "TARGET"];
    print(out, table::table(heads, &rows, table::width()).into_iter(), ended)
}

/// Prints all alarms, those in ALARM first: a table, or a line as `watch` prints it.
///
/// # Errors
/// `out` cannot be written to, other than that its reader has gone.
pub fn print_alarms(settings: Settings, json: bool, out: &mut impl Write) -> io::Result<Ended> {
    let settings = Settings { restores: Vec::new(), ..settings };
    let mut alarms: Vec<Alarm> = Vec::new();
    let mut at = Time::default();
    let ended = gather(settings, &[SourceKind::Alarms], |update| {
        if let Update::Alarms { region, alarms: more, at: now } = update
            // Alarms over the live feed have seen nothing yet.
            && region.as_str() != Region::LOCAL
        {
            at = at.max(now);
            alarms.extend(more);
        }
    })?;
    let urgency = |alarm: &Alarm| ["ALARM", "INSUFFICIENT_DATA"].iter().position(|word| *word == alarm.state.as_str());
    alarms
        .sort_by(|a, b| (urgency(a).unwrap_or(usize::MAX), a.key()).cmp(&(urgency(b).unwrap_or(usize::MAX), b.key())));
    if json {
        return print(out, alarms.iter().map(line::alarm), ended);
    }
    let row = |alarm: &Alarm| {
        [
            alarm.state.as_str().to_owned(),
            alarm.since.map_or_else(String::new, |since| brief(at - since)),
            alarm.region.to_string(),
            alarm.name.clone(),
            alarm.actions_in_a_word().to_owned(),
            alarm.condition.clone(),
        ]
    };
    let rows: Vec<_> = alarms.iter().map(row).collect();
    print(
        out,
        table::table(["STATE", "FOR", "REGION", "ALARM", "ACTIONS", "CONDITION"], &rows, table::width()).into_iter(),
        ended,
    )
}

/// Prints what is under restore in the places of the settings, the soonest deadline first: a table, or a line as
/// `watch` prints it.
///
/// # Errors
/// `out` cannot be written to, other than that its reader has gone.
pub fn print_restores(settings: Settings, json: bool, out: &mut impl Write) -> io::Result<Ended> {
    if settings.restores.is_empty() {
        eprintln!("no place to look for restores: give --restore s3://BUCKET/PREFIX, or [restores] in the config");
        return Ok(Ended::Failed);
    }
    let mut restores: Vec<Restore> = Vec::new();
    let mut at = Time::default();
    let ended = gather(settings, &[SourceKind::Restores], |update| {
        if let Update::Restores { restores: more, at: now, .. } = update {
            at = at.max(now);
            restores.extend(more);
        }
    })?;
    restores.sort_by_key(|restore| (restore.deadline().is_none(), restore.deadline(), restore.uri()));
    if json {
        return print(out, restores.iter().map(line::restore), ended);
    }
    let row = |restore: &Restore| {
        [
            restore.state.as_str().to_owned(),
            restore.deadline().map_or_else(String::new, |deadline| brief(deadline - at)),
            restore.deadline().map_or_else(String::new, line::time),
            restore.storage_class.0.clone(),
            restore.size.to_string(),
            restore.uri(),
        ]
    };
    let rows: Vec<_> = restores.iter().map(row).collect();
    let heads = ["STATE", "LEFT", "EXPIRES", "CLASS", "BYTES", "OBJECT"];
    print(out, table::table(heads, &rows, table::width()).into_iter(), ended)
}

fn print(out: &mut impl Write, lines: impl Iterator<Item = String>, ended: Ended) -> io::Result<Ended> {
    if ended != Ended::Failed {
        for line in lines {
            if !put(out, &line)? {
                break;
            }
        }
    }
    Ok(ended)
}

/// How often it is looked whether there is something to say of the wait.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Runs the engine until every source of these kinds has given all it has, failed, or kept silent for too long, and
/// says on standard error what failed.
fn gather(settings: Settings, kinds: &[SourceKind], mut take: impl FnMut(Update)) -> io::Result<Ended> {
    let mut running = super::start(settings)?;
    let mut waiting = Waiting::new(kinds);
    let mut said = Said::on_stderr(Instant::now());
    running.runtime.block_on(async {
        let mut patience = Instant::now() + PATIENCE;
        while !waiting.is_over() {
            let look_again = Instant::now() + LOOK_AGAIN;
            match timeout_at(patience.min(look_again), running.updates.recv()).await {
                Ok(Some(Update::Source(health))) if waiting.heard(&health) => patience = Instant::now() + PATIENCE,
                Ok(Some(Update::Source(_))) => {}
                Ok(Some(update)) => take(update),
                Ok(None) => break,
                Err(_) if Instant::now() >= patience => waiting.give_up(),
                Err(_) => {}
            }
            let now = Instant::now();
            said.look(&waiting, now, patience.saturating_duration_since(now));
        }
    });
    said.end(&waiting);
    Ok(waiting.ended())
}
