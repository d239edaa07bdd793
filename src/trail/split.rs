//! Finds where records begin and end in a stream of JSON, without a tree and without recursion.
//!
//! Only strings, braces and brackets are looked at: whether a record is JSON at all is for whoever reads it. Between
//! records, arrays and the objects around lists (`{"Records":[`) are passed over.

use memchr::{memchr3, memmem};

/// The members of an outer object that list records: of a trail's file, of LookupEvents, of FilterLogEvents, and of what
/// CloudWatch Logs delivers to a subscription.
const LISTS: &[&[u8]] = &[RECORDS, b"\"Events\"", b"\"events\"", b"\"logEvents\""];
/// The one of them that is a list also where objects are taken as they are.
const RECORDS: &[u8] = b"\"Records\"";
/// How AWS begins each record: where to go on after damage.
const BEGIN: &[u8] = br#"{"eventVersion""#;
/// Bytes in one record; more are damage.
const MOST: usize = 32 << 20;
/// CloudTrail's own limit (user guide, "Record contents").
const MOST_OF_CLOUDTRAIL: usize = 1 << 20;
/// How often the stream is looked at again, all in all: a file that is made to look damaged everywhere takes no longer.
const MOST_AGAIN: u64 = 8;

/// Something in a file that could not be read as a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The number of the record in its file, from 1.
    pub record: u64,
    /// Where it was noticed, in bytes of the (unpacked) file.
    pub byte: u64,
    /// What is wrong, in a sentence without a full stop.
    pub what: &'static str,
}

/// Takes a stream in pieces and gives records.
#[derive(Debug, Default)]
pub struct Splitter {
    /// Objects are taken as they are, but for those around `Records`.
    pub whole: bool,
    /// Records of more than 1 MB are damage.
    pub small: bool,
    buffer: Vec<u8>,
    /// How much of the buffer has been looked at.
    at: usize,
    /// How much of the stream came before the buffer.
    before: u64,
    /// The object that is being read, if one is.
    object: Option<Object>,
    /// How many arrays are open in the list of an outer object; 0 outside of one.
    list: usize,
    /// How many arrays are open outside of one.
    arrays: usize,
    /// What stands between records is none, and goes on.
    junk: bool,
    /// How much was looked at again after damage, in bytes.
    again: u64,
    records: u64,
    damages: Vec<Damage>,
}

#[derive(Clone, Copy, Debug)]
struct Object {
    start: usize,
    /// How many braces and brackets are open.
    depth: usize,
    in_string: bool,
    /// The byte before was a backslash.
    escaped: bool,
    /// The last byte outside of strings that is no blank.
    last: u8,
    /// Where the last string began that stands right in the object.
    key: usize,
    /// It is around a list: no record.
    outer: bool,
    /// It is too long: it is followed to its end, so that what is in it is not taken for what comes after it.
    dropped: bool,
}

impl Object {
    fn is_record(&self) -> bool {
        !self.outer && !self.dropped
    }
}

impl Splitter {
    /// Room for more of the stream, of this size.
    pub fn room(&mut self, size: usize) -> &mut [u8] {
        self.compact();
        let end = self.buffer.len();
        self.buffer.resize(end + size, 0);
        &mut self.buffer[end..]
    }

    /// Says that this much of the room is not used.
    pub fn give_back(&mut self, unused: usize) {
        self.buffer.truncate(self.buffer.len() - unused);
    }

    /// Lets go of what no record needs.
    fn compact(&mut self) {
        let needed = self
            .object
            .map_or(self.at, |object| if object.is_record() { object.start } else { object.key.min(self.at) });
        self.buffer.drain(..needed);
        self.before += needed as u64;
        self.at -= needed;
        if let Some(object) = &mut self.object {
            object.start = object.start.saturating_sub(needed);
            object.key = object.key.saturating_sub(needed);
        }
    }

    /// The damages since the last time this was asked.
    pub fn damages(&mut self) -> std::vec::Drain<'_, Damage> {
        self.damages.drain(..)
    }

    /// The next whole record; `None` when more of the stream is needed.
    pub fn next(&mut self) -> Option<&[u8]> {
        while self.at < self.buffer.len() {
            match self.object {
                None => self.between(),
                Some(object) => {
                    if let Some(start) = self.within(object) {
                        self.records += 1;
                        return Some(&self.buffer[start..self.at]);
                    }
                }
            }
        }
        let (most, what) = match self.small {
            true => (MOST_OF_CLOUDTRAIL, "the record is longer than 1 MB, which CloudTrail writes none of"),
            false => (MOST, "the record is longer than 32 MB"),
        };
        let at = self.at;
        if let Some(object) = self.object.as_mut().filter(|object| object.is_record() && at - object.start > most) {
            object.dropped = true;
            self.records += 1;
            self.note(what, at);
        }
        None
    }

    /// Says that the stream is over; whether there may be more records, after damage.
    pub fn end(&mut self) -> bool {
        match self.object {
            Some(_) => {
                self.damaged("the file breaks off in here", self.buffer.len());
                self.at < self.buffer.len()
            }
            None if self.list > 0 || self.arrays > 0 => {
                (self.list, self.arrays) = (0, 0);
                self.note("the file breaks off after this record", self.at);
                false
            }
            None => false,
        }
    }

    /// Passes over what stands between records.
    fn between(&mut self) {
        if self.junk {
            return self.skip_junk();
        }
        let byte = self.buffer[self.at];
        self.at += 1;
        match byte {
            b'{' => {
                let start = self.at - 1;
                self.object = Some(Object {
                    start,
                    depth: 1,
                    in_string: false,
                    escaped: false,
                    last: b'{',
                    key: start,
                    outer: false,
                    dropped: false,
                });
            }
            b'[' if self.list > 0 => self.list += 1,
            b'[' => self.arrays += 1,
            b']' if self.list > 0 => {
                self.list -= 1;
                if self.list == 0 {
                    let start = self.at - 1;
                    self.object = Some(Object {
                        start,
                        depth: 1,
                        in_string: false,
                        escaped: false,
                        last: b']',
                        key: start,
                        outer: true,
                        dropped: false,
                    });
                }
            }
            b']' => self.arrays = self.arrays.saturating_sub(1),
            // Blanks, a mark of the order of bytes, the separator of RFC 7464.
            b'}' | b',' | b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf | 0x1e => {}
            _ => self.junk(),
        }
    }

    fn junk(&mut self) {
        self.records += 1;
        self.note("this is no object", self.at - 1);
        self.skip_junk();
    }

    /// Goes on to what may begin a record or end the list, perhaps in the next piece.
    fn skip_junk(&mut self) {
        let rest = &self.buffer[self.at..];
        let end = memchr3(b'{', b'\n', if self.list > 0 || self.arrays > 0 { b']' } else { b'\n' }, rest);
        self.junk = end.is_none();
        self.at += end.unwrap_or(rest.len());
    }

    /// Goes on in an object; gives where it starts when it is whole and a record.
    fn within(&mut self, mut object: Object) -> Option<usize> {
        let whole = self.scan(&mut object);
        match whole {
            Scan::More => self.object = Some(object),
            Scan::List => {
                self.object = None;
                self.list = 1;
            }
            Scan::Whole => {
                self.object = None;
                return object.is_record().then_some(object.start);
            }
            Scan::Damaged(what, resume) => {
                self.object = Some(object);
                self.damaged(what, resume);
            }
        }
        None
    }

    fn scan(&mut self, object: &mut Object) -> Scan {
        let bytes = &self.buffer[..];
        let mut at = self.at;
        let scan = loop {
            if object.escaped && at < bytes.len() {
                object.escaped = false;
                at += 1;
                continue;
            }
            if object.in_string {
                let Some(found) = memchr3(b'"', b'\\', b'\n', &bytes[at..]) else {
                    at = bytes.len();
                    break Scan::More;
                };
                at += found;
                match bytes[at] {
                    // No text of JSON is followed by a word: a quote was missing, and this is a record.
                    b'"' if object.dropped && at > 0 && bytes[at - 1..].starts_with(BEGIN) => {
                        break Scan::Damaged("the record has no end before the next", at - 1);
                    }
                    b'"' => object.in_string = false,
                    b'\\' => object.escaped = true,
                    _ => break Scan::Damaged("a line ends in the middle of a text", at + 1),
                }
                at += 1;
                continue;
            }
            let Some(&byte) = bytes.get(at) else { break Scan::More };
            match byte {
                b'"' => {
                    object.in_string = true;
                    if object.depth == 1 {
                        object.key = at;
                    }
                }
                b'{' if !matches!(object.last, b':' | b',' | b'[') => {
                    break Scan::Damaged("the record has no end before the next", at);
                }
                b'[' if object.depth == 1
                    && self.list == 0
                    && object.last == b':'
                    && is_list(&bytes[object.key..at], self.whole) =>
                {
                    at += 1;
                    break Scan::List;
                }
                b'{' | b'[' => object.depth += 1,
                b'}' | b']' => object.depth -= 1,
                _ => {}
            }
            at += 1;
            if object.depth == 0 {
                break Scan::Whole;
            }
            if !byte.is_ascii_whitespace() {
                object.last = byte;
            }
        };
        self.at = at;
        scan
    }

    /// Leaves the object out, and goes on where the next record begins, at `resume` at the latest.
    fn damaged(&mut self, what: &'static str, resume: usize) {
        let Some(object) = self.object.take() else { return };
        self.records += u64::from(object.is_record());
        self.note(what, self.at);
        let start = object.start + 1;
        // What is around a list is let go of as it comes, and holds no records.
        let may_hold = object.is_record() && self.again < MOST_AGAIN * (self.before + resume as u64);
        let skipped = self.buffer.get(start..resume).filter(|_| may_hold);
        let next = skipped.and_then(|skipped| memmem::find(skipped, BEGIN));
        self.at = next.map_or(resume, |next| start + next);
        self.again += (resume - self.at) as u64;
    }

    fn note(&mut self, what: &'static str, at: usize) {
        self.damages.push(Damage { record: self.records, byte: self.before + at as u64, what });
    }
}

/// What came of going on in an object.
enum Scan {
    More,
    /// A list of records begins.
    List,
    Whole,
    /// What is wrong, and where to go on.
    Damaged(&'static str, usize),
}

/// Whether a key, with what follows it up to its value, is that of a list of records.
fn is_list(key: &[u8], whole: bool) -> bool {
    let lists = if whole { &[RECORDS] } else { LISTS };
    lists.iter().any(|list| key.starts_with(list))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The records and damages of a stream that comes in pieces of this size.
    fn split(text: &str, size: usize) -> (Vec<String>, Vec<(u64, &'static str)>) {
        let (mut splitter, mut records, mut damages) = (Splitter::default(), Vec::new(), Vec::new());
        let mut take = |splitter: &mut Splitter| {
            while let Some(record) = splitter.next() {
                records.push(String::from_utf8(record.to_vec()).unwrap());
            }
            damages.extend(splitter.damages().map(|damage| (damage.record, damage.what)));
        };
        for piece in text.as_bytes().chunks(size) {
            splitter.room(piece.len() + 3)[..piece.len()].copy_from_slice(piece);
            splitter.give_back(3);
            take(&mut splitter);
        }
        while splitter.end() {
            take(&mut splitter);
        }
        take(&mut splitter);
        (records, damages)
    }

    const A: &str = r#"{"a":"x\"]}\\","b":[{"c":{}}]}"#;

    #[test]
    fn each_form_gives_its_records() {
        for text in [
            format!("{A}\n{A}\n"),
            format!("\u{feff}[{A},\n {A}]\n"),
            format!(r#"{{"Records":[{A},{A}]}}"#),
            format!(r#"{{ "NextToken": "[{{", "n": [{{}}], "Events" : [ {A} , {A} ] , "x": [{{"y": 1}}] }}"#),
            format!(r#"{{"logEvents":[{A}]}}{{"logEvents":[{A}],"z":[{{}}]}}"#),
            format!("{A}{A}"),
        ] {
            for size in [1, 2, 7, 1_000] {
                assert_eq!(
                    split(&text, size),
                    (vec![A.to_owned(), A.to_owned()], vec![]),
                    "{text} in pieces of {size}"
                );
            }
        }
        assert_eq!(split(r#"{"Records":[]}"#, 5), (vec![], vec![]));
    }

    #[test]
    fn what_is_damaged_is_left_out_and_what_follows_is_read() {
        let begin = r#"{"eventVersion":"1"}"#;
        for (text, records, damages) in [
            (format!("{{\"a\":\"x\n{A}\n"), vec![A], vec![(1, "a line ends in the middle of a text")]),
            (format!("{{\"a\":1\n{A}\n"), vec![A], vec![(1, "the record has no end before the next")]),
            (format!("7\n{A}\nx y\n"), vec![A], vec![(1, "this is no object"), (3, "this is no object")]),
            (format!("{{\"Records\":[{A},{{\"a\":"), vec![A], vec![(2, "the file breaks off in here")]),
            (format!("{{\"Records\":[{A}"), vec![A], vec![(1, "the file breaks off after this record")]),
            ("[".repeat(50), vec![], vec![(0, "the file breaks off after this record")]),
            (format!("[{A},"), vec![A], vec![(1, "the file breaks off after this record")]),
            (format!("[[{A}],{A}]]"), vec![A, A], vec![]),
            (format!("[x] {A}\n[y] {A}"), vec![A, A], vec![(1, "this is no object"), (3, "this is no object")]),
            (
                format!(r#"{{"Records":[{begin},{{"eventVersion:"1"}},{begin},{begin}]}}"#),
                vec![begin, begin, begin],
                vec![(2, "the file breaks off in here"), (4, "the file breaks off after this record")],
            ),
        ] {
            for size in [1, 9, 1_000] {
                let (found, told) = split(&text, size);
                assert_eq!(found, records, "{text} in pieces of {size}");
                assert_eq!(told.first(), damages.first(), "{text} in pieces of {size}");
            }
        }
    }

    #[test]
    fn a_record_without_end_is_dropped() {
        let text = format!("{{\"a\":\"{}", "x".repeat(MOST + 10));
        assert_eq!(split(&text, 1 << 20).1[0], (1, "the record is longer than 32 MB"));
    }

    #[test]
    fn what_stands_in_a_record_that_is_too_long_is_not_taken_for_records() {
        let begin = r#"{"eventVersion":"1"}"#;
        let long = "z".repeat(MOST + (3 << 20));
        for inside in [format!("[{begin},{begin}]"), "\"{{{[[\"".to_owned(), "[[[]]]".to_owned()] {
            let text = format!(r#"{{"Records":[{A},{{"eventVersion":"1","x":"{long}","l":{inside}}},{begin},{A}]}}"#);
            let (records, damages) = split(&text, 1 << 20);
            assert!(records == [A, begin, A], "{inside}: {} records", records.len());
            assert_eq!(damages, [(2, "the record is longer than 32 MB")]);
        }
        let text = format!(r#"{{"Records":[{A},{{"eventVersion:"1","x":"{long}"}},{begin},{A}]}}"#);
        let records = split(&text, 1 << 20).0;
        assert!(records.contains(&begin.to_owned()), "a quote that is missing: {} records", records.len());
    }

    #[test]
    fn a_file_that_is_damaged_everywhere_is_not_read_forever() {
        let (records, damages) = split(&r#"{"eventVersion":["#.repeat(20_000), 4_096);
        assert_eq!(records, [""; 0]);
        assert!(damages.len() < 20, "{}", damages.len());
    }

    proptest! {
        #[test]
        fn the_size_of_pieces_does_not_matter(text in "([\\[\\]{}:,\"\\\\a\n ]|\\{\"Records\":\\[|\\{\"eventVersion\"){0,60}", size in 1_usize..20) {
            prop_assert_eq!(split(&text, size), split(&text, 1_000));
        }

        #[test]
        fn nesting_has_no_limit(depth in 0_usize..50_000) {
            let text = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
            prop_assert_eq!(split(&text, 4_096).0, vec![text]);
        }
    }
}
