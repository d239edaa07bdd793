//! What the screen may ask for: the events in memory, and the views of them that filters let through.
//!
//! [`History`] is the one seam to the events. A [`View`] is what one list shows of it, made in slices so that the screen
//! never waits; a [`Filter`] is what the operator typed.

mod events;
mod filter;
mod id;
mod order;
mod question;
mod records;
mod row;
#[cfg(test)]
mod samples;
mod segment;
mod segments;
mod sieve;
#[cfg(test)]
mod tests;
mod texts;
mod view;

pub use events::History;
pub use filter::{FIELDS, Field, Filter, FilterError};
pub use question::Question;
pub use row::{Ending, Row, RowId};
pub use view::View;
