//! Recorded answers of the real services and of AWS's own engine, where they lie beside the project.
//!
//! They are no part of the repository: a test that misses them says so, and the project's own cases stand beside it.

mod alarms;
mod event_patterns;
mod input_transformer;
mod metric_filters;
mod sigma;

/// The cases of a file of recorded answers; says that they are skipped when it is not there.
pub fn recorded(file: &str) -> Option<serde_json::Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/conformance/").to_owned() + file;
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).expect("recorded answers are JSON")),
        Err(_) => {
            println!("skipped: {file} with recorded answers is not there");
            None
        }
    }
}
