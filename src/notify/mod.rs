//! What a person is told, when, through which channel, and in which words.
//!
//! What decides is here, and takes the time as an argument; what sends is in the channels.

pub mod deadlines;
mod facts;
mod key;
pub mod what;
pub mod words;

pub use facts::Fact;
pub use key::key;
pub use what::What;
