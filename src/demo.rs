//! Starts the pretended account, for the dashboard or to serve it.

use std::{any::Any, io::Write, net::SocketAddr, path::Path, sync::Arc};

use anyhow::Context;
use chrono::Utc;

use crate::{
    cli,
    config::{Credentials, Settings, notify::ChannelKind},
    emulator::{self, Clock, Options, Recording, Running},
    model::{Region, duration::Span},
    run::Prepare,
    store::{Lease, Leased},
};

/// So many of the records that are left out are named.
const SAID: usize = 5;

/// The account that was asked for. A recording is read now.
///
/// # Errors
/// A replay file that cannot be read, or with nothing in it to tell.
pub fn options(demo: &cli::Demo) -> anyhow::Result<Options> {
    let recording = || Recording::read(&demo.replay).context("the pretended account cannot be started");
    let replay = if demo.replay.is_empty() { None } else { Some(recording()?) };
    Ok(Options { seed: demo.seed, events: demo.events, rate: demo.rate, replay, ..Options::new(Utc::now(), clock()) })
}

fn clock() -> Clock {
    Arc::new(Utc::now)
}

/// What of the replay files is not told, for the operator: the first few, and how many.
pub fn left_out(options: &Options) -> Vec<String> {
    let recording = options.replay.as_ref();
    let left_out = recording.map_or(&[][..], Recording::left_out);
    let mut lines: Vec<String> = left_out.iter().take(SAID).map(ToString::to_string).collect();
    if let Some(recording) = recording.filter(|_| !left_out.is_empty()) {
        lines.push(format!("{} left out, {} told", left_out.len(), recording.len()));
    }
    lines
}

/// How far back to load: as the operator says, or else all that was put into the account's history.
pub fn since(options: &Options, chosen: Option<Span>, usual: Span) -> Span {
    let added = options.events > 0 || options.replay.is_some();
    let reach = options.reach().num_seconds().unsigned_abs() + 60;
    chosen.unwrap_or(if added { usual.max(Span::seconds(reach)) } else { usual })
}

/// Starts the account once the first frame is drawn, and points the settings at it.
pub fn prepare(options: Options) -> Prepare {
    Box::new(move |runtime, settings| {
        // A recording holds no restores.
        let places = if options.replay.is_some() { &[] } else { emulator::PLACES };
        let running = start(options, SocketAddr::from(([127, 0, 0, 1], 0)), runtime)?;
        point_at(&running, places, settings)?;
        settings.stores = settings.stores.take().filter(|stores| begin_anew(&stores.join(emulator::ACCOUNT)));
        Ok(Box::new(running) as Box<dyn Any>)
    })
}

/// Serves the account until stopped.
///
/// # Errors
/// An address that cannot be listened on.
pub fn serve(options: Options, address: SocketAddr, out: &mut impl Write) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let running = start(options, address, runtime.handle())?;
    writeln!(out, "listening on http://{}", running.address())?;
    out.flush()?;
    // A signal ends the process; nothing here needs to be put away.
    runtime.block_on(std::future::pending())
}

fn start(options: Options, address: SocketAddr, runtime: &tokio::runtime::Handle) -> anyhow::Result<Running> {
    runtime.block_on(emulator::start(options, address)).context("the pretended account cannot be started")
}

/// What was chosen on the command line or in the config stays, as far as it makes sense there.
fn point_at(running: &Running, places: &[&str], settings: &mut Settings) -> anyhow::Result<()> {
    let (access_key_id, secret_access_key) = emulator::credentials();
    settings.profile = None;
    settings.endpoint_url = Some(format!("http://{}", running.address()));
    settings.credentials =
        Some(Credentials { access_key_id: access_key_id.to_owned(), secret_access_key: secret_access_key.to_owned() });
    settings.regions = emulator::REGIONS.iter().map(Region::new).collect();
    settings.restores = places.iter().map(|place| place.parse()).collect::<Result<_, _>>()?;
    // What is pretended is nobody's business but the operator's.
    settings.notify.channels.retain(|channel| matches!(channel.kind, ChannelKind::Desktop | ChannelKind::Terminal));
    settings.accounts.entry(emulator::ACCOUNT.to_owned()).or_insert_with(|| "example-company".to_owned());
    Ok(())
}

/// Lets go of what the last demo kept: the story begins anew. Where another demo runs, nothing is kept of this one.
fn begin_anew(folder: &Path) -> bool {
    matches!(Lease::try_take(folder), Ok(Leased::Taken(lease)) if lease.clear().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_to_the_history_is_loaded_unless_the_operator_says_how_far() {
        let (hour, none) = (Span::seconds(3_600), Options::new(Utc::now(), clock()));
        assert_eq!(since(&none, None, hour), hour);
        let some = Options { events: 1_000, ..none };
        assert_eq!(since(&some, None, hour), Span::seconds(7_200 + 2_000 + 60));
        assert_eq!(since(&some, Some(hour), hour), hour);
        let month = Span::seconds(30 * 86_400);
        assert_eq!(since(&some, None, month), month);
    }
}
