//! What panes are drawn with.

pub mod cursor;
pub mod document;
pub mod editor;
pub mod pretty;
pub mod table;
pub mod text;
