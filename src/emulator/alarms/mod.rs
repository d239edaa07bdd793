//! Alarms that follow the story.
#[derive(Debug, Default)]
pub struct Alarms {}
