//! Tests of the store as a whole.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod full;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod searching;
#[cfg(test)]
mod tidying;

use std::path::Path;

use super::{Batch, Lease, Leased, Limits, Opened, Store, samples::at};
use crate::model::Event;

fn lease(folder: &Path) -> Lease {
    match Lease::try_take(folder).unwrap() {
        Leased::Taken(lease) => lease,
        Leased::Held(holder) => panic!("held by {holder:?}"),
    }
}

fn opened(folder: &Path) -> Opened {
    Store::open(lease(folder), Limits::default(), at(0)).unwrap()
}

/// The store of a folder, which had nothing to say.
fn store(folder: &Path) -> Store {
    let opened = opened(folder);
    assert_eq!(opened.said, [""; 0]);
    opened.store
}

fn of_events(events: Vec<Event>) -> Batch {
    Batch { events, ..Batch::default() }
}
