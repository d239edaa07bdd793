//! What must hold of every reader of texts, whatever the text: asked by the fuzzers in `fuzz/` and of every file that is
//! kept in `tests/corpus`.

mod files;
mod languages;
mod rules;
mod screen;
mod subjects;

/// What is done with an input; it panics where something does not hold.
pub type Check = fn(&[u8]);

/// The name of each fuzz target, which is that of its corpus, and its check.
pub const TARGETS: &[(&str, Check)] = &[
    ("metric_filter", languages::metric_filter),
    ("event_pattern", languages::event_pattern),
    ("sigma", languages::sigma),
    ("message", rules::message),
    ("rule_file", rules::file),
    ("trail", files::trail),
    ("tape", files::tape),
    ("filter", screen::filter),
    ("terminal", screen::terminal),
];

/// The parts of an input, which lines of `====` stand between; what is missing is empty.
fn parts<const N: usize>(input: &[u8]) -> [String; N] {
    let text = String::from_utf8_lossy(input);
    let mut parts = text.splitn(N, "\n====\n");
    [(); N].map(|()| parts.next().unwrap_or_default().to_owned())
}
