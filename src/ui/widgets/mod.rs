//! What panes are drawn with.

pub mod cursor;
pub mod document;
pub mod editor;
pub mod table;
pub mod text;
