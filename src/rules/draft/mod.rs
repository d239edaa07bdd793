//! Writes rules: the fields of an event to choose from, the event pattern that they make, and the file of a rule.

mod beside;
mod leaf;
mod name;
mod pattern;
#[cfg(test)]
mod tests;
mod toml_text;

pub use beside::{beside, said};
pub use leaf::{Leaf, leaves};
pub use name::{from_event, is_fine, unique};
pub use pattern::pattern;
pub use toml_text::Draft;
