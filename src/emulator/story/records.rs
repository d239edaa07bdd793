//! CloudTrail records in the text of a file: as it was delivered, as a list, or one a line. What cannot be read costs
//! itself and no other record.

use serde_json::{Map, Value as Json};

/// A record as JSON.
pub type Record = Map<String, Json>;

/// Something in a file that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, counted from 1.
    pub line: usize,
    pub column: usize,
    pub what: String,
}

/// Reads a stream of JSON values, each a record, a list of them, or a delivered file's `Records`.
pub fn parse(text: &[u8]) -> (Vec<Record>, Vec<Problem>) {
    let (mut records, mut problems, mut at) = (Vec::new(), Vec::new(), 0);
    let mut places = Places { text, offset: 0, line: 1, column: 1 };
    while let Some(begin) = skip_blanks(text, at) {
        let mut values = serde_json::Deserializer::from_slice(&text[begin..]).into_iter::<Json>();
        let value = values.next().and_then(Result::ok).and_then(items);
        if let Some(items) = value {
            records.extend(items);
            at = begin + values.byte_offset();
            continue;
        }
        let (parts, end) = parts(text, begin);
        for (begin, end) in parts {
            match one(&mut places, begin, end) {
                Ok(record) => records.push(record),
                Err(problem) => problems.push(problem),
            }
        }
        at = end.max(begin + 1);
    }
    (records, problems)
}

/// The records in a value; `None` when something in it is none.
fn items(value: Json) -> Option<Vec<Record>> {
    let items = match value {
        Json::Array(items) => items,
        Json::Object(mut object) => match object.remove("Records") {
            Some(Json::Array(items)) => items,
            Some(_) => return None,
            None => return Some(vec![object]),
        },
        _ => return None,
    };
    let object = |item| if let Json::Object(record) = item { Some(record) } else { None };
    items.into_iter().map(object).collect()
}

fn one(places: &mut Places<'_>, begin: usize, end: usize) -> Result<Record, Problem> {
    let (line, column, what) = match serde_json::from_slice(&places.text[begin..end]) {
        Ok(Json::Object(record)) => return Ok(record),
        Ok(other) => (1, 1, format!("{} and not an object", shortened(other.to_string()))),
        Err(error) => {
            let said = error.to_string();
            // The place is said in front already.
            (error.line(), error.column(), said.split(" at line ").next().unwrap_or(&said).to_owned())
        }
    };
    places.go_to(begin);
    let column = if line == 1 { places.column - 1 + column } else { column };
    Err(Problem { line: places.line + line - 1, column, what })
}

fn shortened(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(60));
    text
}

/// The first thing at or after an offset.
fn skip_blanks(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    rest.iter().position(|byte| !byte.is_ascii_whitespace()).map(|blanks| at + blanks)
}

/// Line and column of one offset after the other, counted from 1.
struct Places<'a> {
    text: &'a [u8],
    offset: usize,
    line: usize,
    column: usize,
}

impl Places<'_> {
    fn go_to(&mut self, offset: usize) {
        for byte in &self.text[self.offset..offset] {
            self.column += 1;
            if *byte == b'\n' {
                (self.line, self.column) = (self.line + 1, 1);
            }
        }
        self.offset = offset;
    }
}

/// Where the records of a value with a mistake begin and end, by its brackets alone, and where the value itself ends.
fn parts(text: &[u8], begin: usize) -> (Vec<(usize, usize)>, usize) {
    if let Some(list) = list(text, begin) {
        return members(text, list);
    }
    let brackets = closing(text, begin);
    // One record a line: the next line is the next record, though a bracket is missing in this one.
    let next = text[begin..].windows(2).position(|bytes| bytes == b"\n{").map(|line| begin + line);
    let line = text[begin..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |line| begin + line);
    let opens = text[begin] == b'{';
    let end = if opens { brackets.min(next.unwrap_or(text.len())) } else { line };
    (vec![(begin, end)], end)
}

/// Behind the bracket that opens the list of records, if this is one.
fn list(text: &[u8], begin: usize) -> Option<usize> {
    if text[begin] == b'[' {
        return Some(begin + 1);
    }
    let mut at = begin;
    for word in [&b"{"[..], b"\"Records\"", b":", b"["] {
        at = skip_blanks(text, at)?;
        at += text[at..].starts_with(word).then_some(word.len())?;
    }
    Some(at)
}

/// The members of a list, and the end of the value that it is in: one bracket on, or two.
fn members(text: &[u8], list: usize) -> (Vec<(usize, usize)>, usize) {
    let mut members = Vec::new();
    let mut at = list;
    while let Some(begin) = skip_blanks(text, at) {
        match text[begin] {
            b',' => at = begin + 1,
            b']' => {
                let after = skip_blanks(text, begin + 1).filter(|after| matches!(text[*after], b'}' | b','));
                // Behind `Records` may stand more, which is of no use here.
                let rest = after.map(|after| closing_from(text, after, 1));
                return (members, rest.unwrap_or(begin + 1));
            }
            _ => {
                let end = closing(text, begin).max(begin + 1);
                members.push((begin, end));
                at = end;
            }
        }
    }
    (members, text.len())
}

/// Behind the bracket that closes the one here; for what is in no brackets, where a comma, a bracket or the text ends it.
fn closing(text: &[u8], begin: usize) -> usize {
    closing_from(text, begin, 0)
}

fn closing_from(text: &[u8], begin: usize, opened: usize) -> usize {
    let (mut depth, mut quoted, mut escaped) = (opened, false, false);
    for (at, byte) in (begin..).zip(&text[begin..]) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids that are read, and the places and words of the problems.
    fn read(text: &[u8]) -> (String, Vec<String>) {
        let (records, problems) = parse(text);
        let ids = records.iter().filter_map(|record| record.get("id")?.as_str()).collect();
        (ids, problems.iter().map(|Problem { line, column, what }| format!("{line}:{column}: {what}")).collect())
    }

    #[test]
    fn each_way_to_write_records_is_read() {
        for text in [
            r#"{"Records":[{"id":"a"},{"id":"b"}]}"#,
            r#"[{"id":"a"},{"id":"b"}]"#,
            "{\"id\":\"a\"}\n{\"id\":\"b\"}\n",
            r#"{"Records":[{"id":"a"}]} {"Records":[{"id":"b"}],"more":1}"#,
        ] {
            assert_eq!(read(text.as_bytes()), ("ab".to_owned(), vec![]), "{text}");
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_costs_no_other() {
        let deep = format!("{{\"id\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        for (bad, said) in [
            (&br#"{"id":"\ud800"}"#[..], "1: unexpected end of hex escape"),
            (b"{\"id\":\"\xff\"}", "invalid unicode code point"),
            (deep.as_bytes(), "recursion limit exceeded"),
            (br#"{"id":tru}"#, "expected ident"),
            (b"7", "7 and not an object"),
            (br#""text, ]}""#, "and not an object"),
        ] {
            for (before, between, after) in [
                ("[", ",", "]"),
                ("{\"Records\":[", ",", "]}"),
                ("{ \"Records\" : [\n", " ,\n", "\n], \"x\": {\"y\": [1]}}\n"),
                ("", "\n", "\n"),
            ] {
                let (a, b) = (r#"{"id":"a"}"#, r#"{"id":"b"}"#);
                let text = [before, a, between].concat().into_bytes();
                let text = [&text, bad, between.as_bytes(), b.as_bytes(), after.as_bytes(), b.as_bytes()].concat();
                let (ids, problems) = read(&text);
                let text = String::from_utf8_lossy(&text);
                assert_eq!((ids.as_str(), problems.len()), ("abb", 1), "{text}: {problems:?}");
                assert!(problems[0].contains(said.trim_start_matches("1: ")), "{problems:?}");
            }
        }
    }

    #[test]
    fn what_was_told_before_a_text_breaks_off_is_read() {
        assert_eq!(read(br#"{"Records":[{"id":"a"},{"id":"b"},{"id":"c"#).0, "ab");
        let (ids, problems) = read(b"{\"id\":\"a\"}\n{\"id\":\n{\"id\":\"b\"}\n  nonsense here\n{\"id\":\"c\"}");
        assert_eq!(ids, "abc");
        assert_eq!(problems, ["2:6: EOF while parsing a value", "4:4: expected ident"]);
    }

    #[test]
    fn a_problem_says_where_it_is() {
        let (_, problems) = read(b"[\n  {\"id\":\"a\"},\n  {\"id\":\n   nope}\n]");
        assert_eq!(problems, ["4:5: expected ident"]);
        assert_eq!(read(b"{\"id\":\n\"a\"").1, ["2:3: EOF while parsing an object"]);
    }

    #[test]
    fn no_bytes_are_too_odd_to_be_read_to_their_end() {
        for text in ["]", "}", "[}", "{]", ",,,", "[[[", "\"", "{\"Records\":7}", "[]]", "{\"Records\":[}", "[1,,2]"] {
            assert_eq!(read(text.as_bytes()).0, "", "{text}");
        }
    }
}
