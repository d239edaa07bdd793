//! `trailwatch watch`: everything that the engine learns, one JSON object a line, until told to stop.

use std::{
    collections::HashMap,
    io::{self, Write},
    pin::pin,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use anyhow::anyhow;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};

use super::{Running, line, put, recent::Recent};
use crate::{
    config::Settings,
    model::{
        Alarm, AlarmState, Place, Region, Restore, RestoreState, SourceError, SourceHealth, SourceId, SourceKind,
        Update, duration::Span, text::visible,
    },
};

/// Prints what happens to `out`, and to `err` what is wrong with what is kept, until `stop_after` has passed, SIGTERM, SIGINT or SIGHUP comes, or nobody reads any more. Without
/// an output it only sees to what is to be told elsewhere, which takes a store.
///
/// The lines are told apart by `kind`: `event` for each event, oldest first within a page;
/// `alarm` and `restore` at first sight and when they changed;
/// `alert` when a rule fired, and again with the same id when it fired once more;
/// `source` when a source's state, error or backlog changed.
///
/// # Errors
/// `out` cannot be written to, other than that its reader has gone; there is neither an output nor a store that can be
/// used; or there are no threads to be had.
pub fn watch<W: Write>(
    settings: Settings,
    stop_after: Option<Span>,
    mut out: Option<&mut W>,
    err: &mut impl Write,
) -> anyhow::Result<()> {
    let mut running = super::start(settings)?;
    let Running { engine, updates, runtime } = &mut running;
    runtime.block_on(async {
        let stop = stop(stop_after, [listen(SIGTERM)?, listen(SIGINT)?, listen(SIGHUP)?]);
        let ended = print(updates, stop, &mut out, err).await;
        engine.settle(PATIENCE).await;
        ended
    })
}

/// How long a message that is being sent may take at the end: what it takes longer is sent again by the next start.
const PATIENCE: Duration = Duration::from_secs(10);

async fn print<W: Write>(
    updates: &mut mpsc::Receiver<Update>,
    stop: impl Future<Output = ()>,
    out: &mut Option<&mut W>,
    err: &mut impl Write,
) -> anyhow::Result<()> {
    let mut seen = Seen::default();
    let mut stop = pin!(stop);
    loop {
        let update = tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            update = updates.recv() => update,
        };
        let Some(update) = update else { return Ok(()) };
        let trouble = trouble(&update);
        if out.is_none() && trouble.is_some_and(|error| error.code == SourceError::STORE_UNUSABLE) {
            return Err(anyhow!(trouble.map(words).unwrap_or_default()));
        }
        seen.say(&update, err);
        let Some(out) = out else { continue };
        for line in seen.lines(update) {
            if !put(out, &line)? {
                return Ok(());
            }
        }
    }
}

/// What is wrong with the store, when an update says that.
fn trouble(update: &Update) -> Option<&SourceError> {
    match update {
        Update::Source(health) if health.id.kind == SourceKind::Store => health.state.error(),
        _ => None,
    }
}

fn words(error: &SourceError) -> String {
    let advice = error.advice.iter().flat_map(|advice| ["; ", advice]);
    std::iter::once(error.message.as_str()).chain(advice).collect()
}

/// Ends when it is time to stop.
async fn stop(after: Option<Span>, mut signals: [Signal; 3]) {
    let [term, int, hup] = &mut signals;
    let time = async {
        match after {
            Some(after) => tokio::time::sleep(after.std()).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
        _ = hup.recv() => {}
        () = time => {}
    }
}

/// Listens for a signal once. Should the output hang, nobody hears the first one; the second ends the program as if it
/// did not listen.
fn listen(number: i32) -> io::Result<Signal> {
    let heard = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register_conditional_default(number, heard.clone())?;
    signal_hook::flag::register(number, heard)?;
    signal(SignalKind::from_raw(number))
}

/// What of an alarm is worth a line when it changes: its state, whether it tells anybody, and whom.
type Signature = (AlarmState, bool, [Vec<String>; 3]);

/// What was printed last of each thing that is printed only when it changes, and which events.
#[derive(Default)]
struct Seen {
    events: Recent,
    alarms: HashMap<(Region, String), Signature>,
    restores: HashMap<(Place, String), RestoreState>,
    sources: HashMap<SourceId, String>,
    /// What is wrong with the store.
    trouble: Option<String>,
}

impl Seen {
    fn lines(&mut self, update: Update) -> Vec<String> {
        match update {
            Update::Events(events) => {
                events.iter().filter(|event| self.events.is_new(&event.id)).map(line::event).collect()
            }
            Update::Alarms { alarms, .. } => {
                alarms.iter().filter(|alarm| self.alarm_changed(alarm)).map(line::alarm).collect()
            }
            Update::Restores { restores, .. } => {
                let mut changed = |restore: &&Restore| {
                    let key = (restore.place.clone(), restore.key.clone());
                    self.restores.insert(key, restore.state) != Some(restore.state)
                };
                restores.iter().filter(|restore| changed(restore)).map(line::restore).collect()
            }
            Update::Alerts(alerts) => alerts.iter().map(line::alert).collect(),
            Update::Source(health) => self.source_changed(&health).then(|| line::source(&health)).into_iter().collect(),
            Update::Identity(_)
            | Update::Recalled { .. }
            | Update::Said(_)
            | Update::Notices(_)
            | Update::Messages(_)
            | Update::Ring(_)
            | Update::Rules(_)
            | Update::RuleSaved { .. }
            | Update::AccountRules { .. }
            | Update::MetricFilters { .. }
            | Update::AccountHits(_)
            | Update::RuleTargets { .. }
            | Update::Journal { .. }
            | Update::Wrote { .. }
            | Update::AlarmHistory { .. } => Vec::new(),
        }
    }

    /// Says what somebody should know who looks after the program; where nobody reads that, it goes on.
    fn say(&mut self, update: &Update, err: &mut impl Write) {
        let said = match update {
            Update::Said(said) => Some(said.clone()),
            Update::Source(health) if health.id.kind == SourceKind::Store => {
                let now = health.state.error().map(words);
                let is_news = self.trouble != now;
                let before = std::mem::replace(&mut self.trouble, now.clone());
                now.or_else(|| before.map(|_| "the store can be written to again".to_owned())).filter(|_| is_news)
            }
            _ => None,
        };
        if let Some(said) = said {
            let _ = writeln!(err, "trailwatch: {}", visible(&said));
        }
    }

    fn alarm_changed(&mut self, alarm: &Alarm) -> bool {
        let key = (alarm.region.clone(), alarm.name.clone());
        let actions = [&alarm.alarm_actions, &alarm.ok_actions, &alarm.insufficient_data_actions].map(Clone::clone);
        let now = (alarm.state, alarm.actions_enabled, actions);
        self.alarms.insert(key, now.clone()).as_ref() != Some(&now)
    }

    /// A backlog is news when it comes and goes, not each second that it grows or shrinks.
    fn source_changed(&mut self, health: &SourceHealth) -> bool {
        let error = health.state.error().map(|error| format!("{} {}", error.code, error.message)).unwrap_or_default();
        let now = format!("{} {} {error}", line::state(&health.state), health.behind.is_some());
        self.sources.insert(health.id.clone(), now.clone()) != Some(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Time, record};

    #[test]
    fn an_event_that_two_sources_tell_is_printed_once() {
        let told = |region: &str| {
            let record = r#"{"eventID":"one","eventName":"ConsoleLogin"}"#;
            Update::Events(vec![record::read(record::Envelope::bare(Region::new(region), record), Time::default())])
        };
        let mut seen = Seen::default();
        assert_eq!(seen.lines(told("us-east-1")).len(), 1);
        assert!(seen.lines(told("eu-north-1")).is_empty());
    }
}
