//! A Sigma document as a rule among others.

use std::{path::Path, sync::Arc};

use crate::rules::{
    Lines,
    lang::sigma::{self, Correlation, Detection, Meta},
    rule::{Origin, Rule},
};

/// The rule that a detection of a file is.
pub(super) fn rule(path: &Path, text: &str, lines: &Lines, detection: Detection) -> Rule {
    let meta = detection.meta.clone();
    Rule {
        name: name(path, &meta),
        title: Some(meta.title.clone()).filter(|title| !title.is_empty()),
        severity: meta.severity,
        language: &sigma::LANGUAGE,
        pattern: text.get(detection.range.clone()).unwrap_or(text).to_owned(),
        enabled: true,
        reason: meta.description.clone(),
        tags: meta.tags.clone(),
        message: None,
        channels: Vec::new(),
        cooldown: Rule::COOLDOWN,
        alarm: None,
        first: None,
        meta: Some(meta),
        origin: origin(path, text, lines, detection.range.start),
        predicate: Arc::new(detection.alone()),
    }
}

/// Where a document stands that starts at this byte: its first line that says something.
pub(super) fn origin(path: &Path, text: &str, lines: &Lines, start: usize) -> Origin {
    let skipped = text.get(start..).unwrap_or_default().lines().take_while(|line| !says(line)).count();
    let line = lines.number(start) + skipped;
    Origin::File { path: path.display().to_string(), line }
}

fn says(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#') && line != "---"
}

/// The name that a document goes by here: its own, or its title in small letters, digits and dashes, or its id. Titles
/// tell rules of the community apart; most have no name.
pub(super) fn name(path: &Path, meta: &Meta) -> String {
    let title = meta.title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let title = title.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let own = meta.name.clone().filter(|name| !name.is_empty());
    own.or_else(|| Some(title).filter(|title| !title.is_empty())).or_else(|| meta.id.clone()).unwrap_or_else(stem)
}

/// What the detection of a rule in a rule file says about itself, so that correlations can count it.
pub(super) fn meta(rule: &Rule) -> Option<Meta> {
    let is_sigma = rule.language.name == sigma::LANGUAGE.name;
    let found = is_sigma.then(|| sigma::documents(&rule.pattern))?;
    found.detections.into_iter().next().map(|detection| detection.meta)
}

/// The text of a correlation's document.
pub(super) fn text_of(text: &str, correlation: &Correlation) -> String {
    text.get(correlation.range.clone()).unwrap_or(text).to_owned()
}
