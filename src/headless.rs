//! The commands without a screen: `watch` goes on, `events`, `alarms` and `restores` print once and end, and `rules`,
//! `scan` and `notify` say what they are asked.

mod line;
pub mod notify;
mod once;
mod recent;
pub mod rules;
mod said;
mod scan;
mod stored;
mod table;
mod waiting;
mod watch;

pub use once::{Ended, print_alarms, print_events, print_restores};
pub use scan::{Scan, print_findings};
pub use stored::{print_alerts, print_messages};
pub use watch::watch;

use std::{
    io::{self, Write},
    mem::ManuallyDrop,
};

use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc,
};

use crate::{config::Settings, engine::Engine, model::Update};

/// How many updates wait for the output. When that is full the sources wait too: what they do not read now, they read
/// later, and memory stays as it is.
const WAITING: usize = 64;

/// An engine and the end of its line.
struct Running {
    engine: Engine,
    updates: mpsc::Receiver<Update>,
    runtime: Background,
}

/// A runtime that is never shut down: it ends with the process. A task that is polled while its runtime shuts down finds
/// the timer gone and panics; without its engine, the runtime has nothing left to do.
struct Background(ManuallyDrop<Runtime>);

impl Background {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }
}

fn start(settings: Settings) -> io::Result<Running> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (sender, updates) = mpsc::channel(WAITING);
    let deliver = move |update| {
        // The receiver is gone only at the very end.
        tokio::task::block_in_place(|| drop(sender.blocking_send(update)));
    };
    let engine = Engine::start(settings, runtime.handle(), deliver);
    Ok(Running { engine, updates, runtime: Background(ManuallyDrop::new(runtime)) })
}

/// Writes a line, and says whether somebody still reads.
///
/// # Errors
/// Any but a closed pipe.
fn put(out: &mut impl Write, line: &str) -> io::Result<bool> {
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}
