//! Sigma: detections for `product: aws`, `service: cloudtrail`, and correlations of them.
//!
//! What a rule means is what the rsigma engine makes of it; this module reads documents, says what is wrong with them and
//! where, shows the engine a subject as it wants it, and tells which rules need not be asked. What Sigma is: the Sigma
//! specification, version 2.1 (sigmahq.io/sigma-specification).

mod correlation;
mod detection;
mod document;
mod explain;
mod gate;
mod mistake;
mod path;
mod places;
mod view;

use super::{Compiled, Language};
use crate::rules::Fault;

pub use correlation::{Correlations, Firing, digest};
pub use detection::Detection;
pub use document::{Correlation, Documents, Meta, documents};

/// The language of Sigma rules.
pub const LANGUAGE: Language = Language { name: "sigma", title: "Sigma", compile };

/// Reads a text of one detection; [`documents`] reads files with several documents and with correlations.
fn compile(text: &str) -> Result<Compiled, Vec<Fault>> {
    let mut found = documents(text);
    let broken = found.faults.iter().any(|fault| !fault.harmless);
    match (found.detections.pop(), found.detections.is_empty() && found.correlations.is_empty() && !broken) {
        (Some(detection), true) => Ok(Compiled { predicate: Box::new(detection), warnings: found.faults }),
        _ if broken => Err(found.faults),
        _ => Err(vec![
            Fault::new(places::first_line(text), "the text is not one Sigma detection")
                .help("write one document with `title`, `logsource` and `detection`; a rule file may hold several"),
        ]),
    }
}

#[cfg(test)]
mod tests;
