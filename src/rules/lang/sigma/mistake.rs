//! What is wrong with a Sigma document, with its place: the engine says it as a sentence and knows no place.

use std::ops::Range;

use super::places::{Places, first_line};
use crate::rules::{Fault, fault::nearest};

/// The modifiers of the Sigma specification, appendix "Modifiers".
const MODIFIERS: &[&str] = &[
    "contains",
    "startswith",
    "endswith",
    "all",
    "base64",
    "base64offset",
    "wide",
    "utf16le",
    "utf16be",
    "utf16",
    "windash",
    "re",
    "cidr",
    "cased",
    "exists",
    "expand",
    "fieldref",
    "gt",
    "gte",
    "lt",
    "lte",
    "neq",
    "i",
    "m",
    "s",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
];

/// The fault that one of the engine's messages stands for.
pub fn of(message: &str, text: &str, places: &Places) -> Fault {
    let whole = || first_line(text);
    let condition = || places.key("condition").unwrap_or_else(whole);
    if let Some(said) = message.strip_prefix("YAML parse error: ") {
        let (said, at) = yaml_place(said, text);
        return Fault::new(at, format!("the document is no YAML: {said}"))
            .help("look at indents, colons and quotes on this line");
    }
    if let Some(said) = message.strip_prefix("Condition parse error") {
        return condition_fault(said, text, condition());
    }
    if let Some(name) = message.strip_prefix("unknown detection identifier: ") {
        let fault = Fault::new(word(text, condition(), name), format!("no selection is named `{name}`"));
        return fault.help("name a selection that stands under `detection`");
    }
    if let Some(modifier) = quoted(message, "Unknown modifier '") {
        let place = find(text, &format!("|{modifier}")).map(|at| at.start + 1..at.end);
        let known = nearest(modifier, MODIFIERS.iter().copied());
        let help =
            known.map_or_else(|| format!("use one of {}", MODIFIERS.join(", ")), |known| format!("write `{known}`"));
        return Fault::new(place.unwrap_or_else(whole), format!("there is no modifier `{modifier}`")).help(help);
    }
    if let Some(field) = quoted(message, "Missing required field '") {
        let fault = Fault::new(whole(), format!("the document has no `{field}`"));
        return fault.help(
            "a detection needs `title`, `logsource`, and `detection` with at least one selection and a `condition`",
        );
    }
    if let Some(value) = quoted(message, "invalid level: '") {
        let fault = Fault::new(places.key("level").unwrap_or_else(whole), format!("there is no level `{value}`"));
        return fault.help("write informational, low, medium, high or critical");
    }
    if let Some(value) = quoted(message, "invalid status: '") {
        let fault = Fault::new(places.key("status").unwrap_or_else(whole), format!("there is no status `{value}`"));
        return fault.help("write stable, test, experimental, deprecated or unsupported");
    }
    if let Some(said) = message.strip_prefix("Invalid correlation rule: ") {
        return correlation_fault(said, places).unwrap_or_else(|| Fault::new(whole(), first_words(message)));
    }
    Fault::new(blamed(message, text).unwrap_or_else(whole), first_words(message))
}

/// A condition in the style before correlations, such as `selection | count() > 5`: Sigma specification 2.0 has it no
/// more.
pub fn old_style(text: &str, places: &Places) -> Option<Fault> {
    let line = places.key("condition")?;
    let rest = text[line.clone()].strip_prefix("condition:")?.trim_start();
    let at = line.start + text[line.clone()].find(" | ")? + 1;
    let (kind, example) = match text[at..line.end].contains("near") {
        true => ("temporal", ""),
        false => ("event_count", ", `condition: {gt: 5}`"),
    };
    (!rest.starts_with(['|', '>'])).then(|| {
        Fault::new(at..line.end, "counting in a condition is the old style, which engines understand no more").help(format!(
            "end the condition before the `|`, give the rule a `name`, and add below a line `---` a document with `title` \
             and `correlation` (`type: {kind}`, `rules: [NAME]`, `group-by`, `timespan: 5m`{example})",
        ))
    })
}

/// The document is something else than a rule.
pub fn no_rule(places: &Places, text: &str) -> Fault {
    for (key, help) in [
        ("filter", "write the exception into the rule's own condition: `selection and not filter`"),
        ("action", "write each rule out in a document of its own"),
    ] {
        if let Some(place) = places.key(key) {
            return Fault::new(place, format!("documents with `{key}` are not read")).help(help);
        }
    }
    Fault::new(first_line(text), "the document is neither a detection nor a correlation")
        .help("write a mapping with `title` and either `detection` or `correlation`")
}

fn condition_fault(said: &str, text: &str, line: Range<usize>) -> Fault {
    // The place is in the condition alone, which stands after the key.
    let column = said.split(':').nth(1).and_then(|column| column.parse::<usize>().ok());
    let value = text[line.clone()].find(':').map_or(line.start, |at| {
        let rest = &text[line.start + at + 1..line.end];
        line.start + at + 1 + (rest.len() - rest.trim_start_matches([' ', '\'', '"']).len())
    });
    let at = column.map_or(value, |column| column_of(text, value, column)).clamp(line.start, line.end);
    let expected = said.rsplit(" = ").next().unwrap_or_default().split("; ").next().unwrap_or_default();
    let message = match expected.strip_prefix("expected ") {
        Some(_) => "the condition is not understood from here on".to_owned(),
        None => format!("the condition is not understood: {}", first_words(expected)),
    };
    Fault::new(at..line.end.max(at), message).help(
        "join selections with `and`, `or`, `not`, brackets, `1 of NAME*`, `all of NAME*`, `1 of them`, `all of them`",
    )
}

fn correlation_fault(said: &str, places: &Places) -> Option<Fault> {
    let (key, help) = if said.contains("timeframe") || said.contains("timespan") {
        ("timespan", "add `timespan:` with a number and s, m, h or d, such as `timespan: 5m`")
    } else if said.contains("type") {
        (
            "type",
            "write event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile or value_median",
        )
    } else if said.contains("condition") {
        ("condition", "add `condition:` with lt, lte, gt, gte, eq or neq and a number, such as `condition: {gte: 10}`")
    } else {
        return None;
    };
    let place = places.key(key).or_else(|| places.key("correlation"))?;
    Some(Fault::new(place, format!("the correlation is not understood: {}", lower(said))).help(help))
}

/// What YAML's reader said, without the place at its end, and the place.
fn yaml_place<'m>(said: &'m str, text: &str) -> (&'m str, Range<usize>) {
    let Some((message, rest)) = said.split_once(" at line ") else { return (said, first_line(text)) };
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse::<usize>().ok());
    let (line, column) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1));
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let at = column_of(text, start, column);
    (message, at..at)
}

/// The place of a column, in characters from 1, of what starts at a byte of a text.
fn column_of(text: &str, start: usize, column: usize) -> usize {
    text[start..].char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| start + at)
}

/// The text in quotes after the start of a message.
fn quoted<'m>(message: &'m str, start: &str) -> Option<&'m str> {
    message.strip_prefix(start)?.split('\'').next()
}

fn find(text: &str, words: &str) -> Option<Range<usize>> {
    text.find(words).map(|at| at..at + words.len())
}

/// The place of a word in a range, or the range.
fn word(text: &str, range: Range<usize>, word: &str) -> Range<usize> {
    find(&text[range.clone()], word).map_or(range.clone(), |at| range.start + at.start..range.start + at.end)
}

/// The place of what a message names: a modifier, or what stands after its colon.
fn blamed(message: &str, text: &str) -> Option<Range<usize>> {
    let words = message.split([' ', '\'', '`']).filter(|word| word.starts_with('|') && word.len() > 1);
    let named = words.map(|word| word.trim_end_matches([',', ';', '.', ':']));
    let last = message.lines().next().and_then(|line| line.rsplit(": ").next()).filter(|last| !last.is_empty());
    named.chain(last).find_map(|words| find(text, words))
}

/// The first line of a message that goes over several, in the manner of the others.
fn first_words(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let (first, last) = (lines.next().unwrap_or_default(), lines.next_back());
    // A regular expression's fault ends with what is wrong, after a picture of it.
    match last.and_then(|last| last.strip_prefix("error: ")) {
        Some(reason) => format!("{}: {reason}", lower(first.split(':').next().unwrap_or(first))),
        None => lower(first.trim_end_matches('.')),
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
