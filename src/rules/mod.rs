//! What a rule means: the languages that operators write rules in, and what a rule says when it fires.
//!
//! Everything that happens is a [`Subject`]: the envelope that it would have on the account's EventBridge bus. A rule's
//! text is compiled to a [`Predicate`], which is asked about subjects; its [`Gate`] names what every matching subject has,
//! so that most rules are never asked. Nothing here reads a file, a clock or the network.

pub mod alarm;
pub mod alerts;
pub mod builtin;
pub mod draft;
pub mod fault;
pub mod file;
pub mod first;
pub mod gate;
pub mod lang;
mod lines;
pub mod message;
pub mod rule;
pub mod subject;
pub mod tally;
pub mod tape;
pub mod watch;

pub use fault::Fault;
pub use gate::{Gate, Index, Key};
pub use lang::{Clause, Compiled, LANGUAGES, Language, Predicate};
pub use lines::Lines;
pub use subject::Subject;
pub use watch::{Switches, Watch};
