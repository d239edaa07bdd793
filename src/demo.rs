//! Starts the pretended account, for the dashboard or to serve it.

use std::{any::Any, io::Write, net::SocketAddr};

use anyhow::Context;
use chrono::Utc;

use crate::{
    cli,
    config::{Credentials, Settings},
    emulator::{self, Options, Running},
    model::Region,
    run::Prepare,
};

/// Starts the account once the first frame is drawn, and points the settings at it.
pub fn prepare(demo: cli::Demo) -> Prepare {
    Box::new(move |runtime, settings| {
        let running = start(&demo, SocketAddr::from(([127, 0, 0, 1], 0)), runtime)?;
        point_at(&running, settings)?;
        Ok(Box::new(running) as Box<dyn Any>)
    })
}

/// Serves the account until stopped.
///
/// # Errors
/// A replay file that cannot be read, an address that cannot be listened on.
pub fn serve(demo: &cli::Demo, address: SocketAddr, out: &mut impl Write) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let running = start(demo, address, runtime.handle())?;
    writeln!(out, "listening on http://{}", running.address())?;
    out.flush()?;
    // A signal ends the process; nothing here needs to be put away.
    runtime.block_on(std::future::pending())
}

fn start(demo: &cli::Demo, address: SocketAddr, runtime: &tokio::runtime::Handle) -> anyhow::Result<Running> {
    let options = Options {
        seed: demo.seed,
        start: Utc::now(),
        clock: std::sync::Arc::new(Utc::now),
        events: demo.events,
        replay: demo.replay.clone(),
    };
    runtime.block_on(emulator::start(options, address)).context("the pretended account cannot be started")
}

/// What was chosen on the command line or in the config stays, as far as it makes sense there.
fn point_at(running: &Running, settings: &mut Settings) -> anyhow::Result<()> {
    let (access_key_id, secret_access_key) = emulator::credentials();
    settings.profile = None;
    settings.endpoint_url = Some(format!("http://{}", running.address()));
    settings.credentials =
        Some(Credentials { access_key_id: access_key_id.to_owned(), secret_access_key: secret_access_key.to_owned() });
    settings.regions = emulator::REGIONS.iter().map(Region::new).collect();
    settings.restores = emulator::PLACES.iter().map(|place| place.parse()).collect::<Result<_, _>>()?;
    settings.accounts.entry(emulator::ACCOUNT.to_owned()).or_insert_with(|| "example-company".to_owned());
    Ok(())
}
