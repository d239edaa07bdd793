//! Every rule over trail files: read, asked on all cores, and put together in the order of the files.
//!
//! Memory has a bound whatever the size of the files: a few batches of records wait at a time, a record is at most 1 MB
//! long, copies of an event are known among the last 1.5 million events, and what correlations count is kept as a digest.

mod asker;
mod collector;
mod lanes;
mod plan;
mod seen;
#[cfg(test)]
mod tests;

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub use collector::{Finding, Report, Row};
pub use plan::Plan;

use crate::{model::Time, trail::Walk};

/// How far a scan is; read by whoever shows it.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Bytes of files that were read, as they are on disk.
    read: Arc<AtomicU64>,
}

impl Progress {
    /// Bytes of files that were read, as they are on disk.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

/// What happens during a scan.
pub trait Listener {
    /// A rule matched; called in the order of files and records only if the plan says that everything is told.
    ///
    /// # Errors
    /// Nobody listens any more; the scan ends.
    fn found(&mut self, finding: &Finding<'_>) -> io::Result<()>;

    /// Something could not be read, in a sentence with its place.
    ///
    /// # Errors
    /// Nobody listens any more; the scan ends.
    fn wrong(&mut self, what: &str) -> io::Result<()>;

    /// Called now and then with the number of records so far.
    fn goes_on(&mut self, records: u64);
}

/// Puts the rules of a plan to the records in these files and folders.
///
/// # Errors
/// What the listener fails with. What cannot be read is told to the listener, and the rest is read.
pub fn scan(
    plan: &Plan,
    named: &[PathBuf],
    now: Time,
    progress: &Progress,
    listener: &mut impl Listener,
) -> io::Result<Report> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    lanes::run(plan, Walk::new(named), cores, now, progress, listener)
}
