//! What panes are drawn with.

pub mod cursor;
pub mod document;
pub mod table;
pub mod text;
