//! Buckets, archived objects and their restores.
pub const PLACES: &[&str] = &[];
#[derive(Debug, Default)]
pub struct Archive {}
