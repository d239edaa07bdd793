//! The dashboard itself, in the real loop on the real terminal, fed with made-up events in place of an account.

use std::{ops::Range, sync::Arc, thread};

use chrono::Utc;
use trailwatch::{
    config::Settings,
    model::{Request, Update},
    run,
    ui::Message,
};

use crate::sample;

/// What the history holds.
pub const MILLION: u64 = 1_000_000;
/// How many events a refresh hands in at once.
pub const BURST: u64 = 100_000;

const BATCH: u64 = 1_000;

/// Shows a million events until the operator quits; ctrl-r hands in the burst.
pub fn show() -> anyhow::Result<()> {
    let settings = Settings { history: MILLION as usize, ..Settings::default() };
    run::with(run::app(&settings, None)?, |app, deliver| {
        for start in (0..MILLION).step_by(BATCH as usize) {
            app.update(Message::Update(events(start..start + BATCH)), Utc::now());
            while app.work() {}
        }
        let deliver = Arc::new(deliver);
        Ok(move |request| {
            if request == Request::Refresh {
                let deliver = deliver.clone();
                thread::spawn(move || deliver(events(MILLION..MILLION + BURST)));
            }
        })
    })
}

fn events(numbers: Range<u64>) -> Update {
    Update::Events(sample::events(numbers))
}
