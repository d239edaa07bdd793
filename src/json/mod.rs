//! A JSON text as a flat list of rows that fold: parsed once, drawn from anywhere, shown as it was received.
//!
//! The rows of a [`Tree`] point into the text: numbers, key order, duplicate keys and escapes stay as written, and a text
//! that breaks off is shown as far as it goes. JSON inside a string, as CloudTrail holds policies, opens in its place.

mod copy;
mod fold;
mod parse;
mod row;
mod scan;
mod search;
#[cfg(test)]
mod tests;
mod tree;

pub use row::{Kind, Row, RowNo};
pub use scan::{Problem, Scanner, Token, compact, decode};
pub use search::{Pattern, Search};
pub use tree::Tree;
