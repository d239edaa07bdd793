//! The log: a file, never the screen, and only when asked for.

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config::{self, Paths};

/// What is logged, as `tracing` filters say it: `debug`, or `trailwatch=debug,aws_smithy_runtime=trace`.
const VARIABLE: &str = "TRAILWATCH_LOG";

/// Starts the log when the environment asks for it. Call once.
///
/// # Errors
/// A filter that means nothing, or a file that cannot be written.
pub fn start(paths: Option<&Paths>) -> anyhow::Result<()> {
    let Ok(wanted) = std::env::var(VARIABLE) else { return Ok(()) };
    let filter = EnvFilter::try_new(&wanted).with_context(|| format!("{VARIABLE}={wanted}: try {VARIABLE}=debug"))?;
    let path = &paths.context("there is no place for a log: set HOME")?.log;
    let unwritable = || format!("the log cannot be written to {}", path.display());
    if let Some(folder) = path.parent() {
        config::make_folder(folder).with_context(unwritable)?;
    }
    let file = config::owned().create(true).append(true).open(path).with_context(unwritable)?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .log_internal_errors(false)
        .with_writer(std::sync::Mutex::new(file))
        .init();
    Ok(())
}
