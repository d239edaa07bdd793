//! Where things stand in the text of a Sigma document: the engine's parser does not say.

use std::ops::Range;

/// The places of a document's keys.
#[derive(Clone, Debug, Default)]
pub struct Places {
    keys: Vec<Place>,
}

#[derive(Clone, Debug)]
struct Place {
    /// The key without its modifiers.
    key: String,
    /// The selection in which it stands, if it is in one.
    selection: Option<String>,
    /// The line from the key to its end, in bytes of the text.
    range: Range<usize>,
}

impl Places {
    /// The places in a text of one document.
    pub fn of(text: &str) -> Self {
        let (mut keys, mut detection, mut selection): (_, Option<usize>, Option<(usize, String)>) =
            (Vec::new(), None, None);
        for (range, indent) in lines(text) {
            let Some(key) = key(&text[range.clone()]) else { continue };
            if detection.is_some_and(|depth| indent <= depth) {
                (detection, selection) = (None, None);
            }
            if selection.as_ref().is_some_and(|(depth, _)| indent <= *depth) {
                selection = None;
            }
            let of = selection.as_ref().map(|(_, name)| name.clone());
            match (key, detection) {
                ("detection", None) => detection = Some(indent),
                (key, Some(_)) if selection.is_none() => selection = Some((indent, key.to_owned())),
                _ => {}
            }
            keys.push(Place { key: key.to_owned(), selection: of, range });
        }
        Self { keys }
    }

    /// The line of a key that stands in no selection, such as `condition` or a selection's name.
    pub fn key(&self, key: &str) -> Option<Range<usize>> {
        self.keys.iter().find(|place| place.key == key && place.selection.is_none()).map(|place| place.range.clone())
    }

    /// The `nth` line, from 0, of a field in a selection.
    pub fn field(&self, selection: &str, field: &str, nth: usize) -> Option<Range<usize>> {
        let here = |place: &&Place| place.key == field && place.selection.as_deref() == Some(selection);
        self.keys.iter().filter(here).nth(nth).map(|place| place.range.clone())
    }
}

/// Each line without its indent, the dashes of a list and a comment that fills it, with how far it is indented.
fn lines(text: &str) -> impl Iterator<Item = (Range<usize>, usize)> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let from = start;
        start += line.len();
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let end = line.trim_end().len();
        (indent < end && !line[indent..].starts_with('#')).then_some((from + indent..from + end, indent))
    })
}

/// The key of a line, without quotes and modifiers.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(": ").or_else(|| line.strip_suffix(':').map(|key| (key, "")))?;
    let key = key.trim().trim_matches(['"', '\'']);
    key.split('|').next()
}

/// The first line with something on it, of a text.
pub fn first_line(text: &str) -> Range<usize> {
    let line = lines(text).map(|(range, _)| range).find(|range| !text[range.clone()].is_empty());
    line.unwrap_or(0..0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "title: T\ndetection:\n    sel:\n        - eventName|contains: 'x'\n        - \"eventName\": y\n    other:\n        a.b: 1\n    condition: sel\nlevel: low\n";

    #[test]
    fn keys_and_fields_are_found_where_they_stand() {
        let places = Places::of(TEXT);
        let at = |range: Option<Range<usize>>| &TEXT[range.unwrap()];
        assert_eq!(at(places.key("sel")), "sel:");
        assert_eq!(at(places.key("condition")), "condition: sel");
        assert_eq!(at(places.key("level")), "level: low");
        assert_eq!(at(places.field("sel", "eventName", 0)), "eventName|contains: 'x'");
        assert_eq!(at(places.field("sel", "eventName", 1)), "\"eventName\": y");
        assert_eq!(at(places.field("other", "a.b", 0)), "a.b: 1");
        assert_eq!(places.field("other", "eventName", 0), None);
    }
}
