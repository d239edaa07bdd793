//! What a person is told, when, through which channel, and in which words.
//!
//! What decides is here, and takes the time as an argument; what sends is in the channels.

pub mod channel;
pub mod deadlines;
pub mod desk;
mod facts;
mod held;
mod key;
pub mod quiet;
pub mod rate;
pub mod retry;
#[cfg(test)]
mod samples;
pub mod what;
pub mod words;

pub use desk::Desk;
pub use facts::Fact;
pub use key::key;
pub use what::What;
