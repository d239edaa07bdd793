//! Reads one file, record by record or batch by batch.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

use super::{
    batch::Batch,
    split::{Damage, Splitter},
    unwrap,
};

/// How much is read at a time, in bytes.
const PIECE: usize = 128 << 10;
/// Records in a batch, and bytes in it, at which it is full.
const MOST_RECORDS: usize = 512;
const MOST_BYTES: usize = 512 << 10;
/// Damages that are told of one file; the rest are counted.
const MOST_DAMAGES: usize = 20;
/// How gzip begins (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file of records, from its start to its end.
pub struct Reader {
    input: Box<dyn Read + Send>,
    splitter: Splitter,
    records: u64,
    damages: Vec<Damage>,
    damaged: u64,
    over: bool,
}

impl Reader {
    /// Opens a file, which may be gzipped whatever its name is.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::new(File::open(path)?)
    }

    /// Reads records from anything, such as standard input.
    ///
    /// # Errors
    /// Why nothing can be read.
    pub fn new(input: impl Read + Send + 'static) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(PIECE, input);
        // A pipe may give a single byte at first.
        let mut start = Vec::new();
        input.by_ref().take(GZIP.len() as u64).read_to_end(&mut start)?;
        let is_gzip = start == GZIP;
        let input = io::Cursor::new(start).chain(input);
        let input: Box<dyn Read + Send> = match is_gzip {
            true => Box::new(MultiGzDecoder::new(input)),
            false => Box::new(input),
        };
        let splitter = Splitter::default();
        Ok(Self { input, splitter, records: 0, damages: Vec::new(), damaged: 0, over: false })
    }

    /// Reads objects as they are written, instead of the records in them; around them only arrays and `{"Records":[…]}`
    /// are taken off. What has come is given at once, so that somebody can watch a stream.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.splitter.whole = true;
        self
    }

    /// Takes records for damage that are longer than CloudTrail writes them, so that little memory is enough.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.splitter.small = true;
        self
    }

    /// Whether the end of the file was reached: no more records will come.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Fills a batch with the next records; it stays empty at the end of the file.
    ///
    /// # Errors
    /// Why the file cannot be read on; a gzipped file that breaks off is damage and no error.
    pub fn read(&mut self, batch: &mut Batch) -> io::Result<()> {
        batch.clear(self.records + 1);
        let whole = self.splitter.whole;
        loop {
            while let Some(object) = self.splitter.next() {
                // Looking whether there is anything to mend is quicker than mending.
                let object =
                    std::str::from_utf8(object).map_or_else(|_| String::from_utf8_lossy(object), Cow::Borrowed);
                match whole {
                    true => batch.push(&object),
                    false => batch.push(&unwrap::record(&object)),
                }
                self.records += 1;
                if batch.len() >= MOST_RECORDS || batch.size() >= MOST_BYTES {
                    self.note();
                    return Ok(());
                }
            }
            self.note();
            if whole && !batch.is_empty() {
                return Ok(());
            }
            if self.over || !self.more()? && !self.splitter.end() {
                self.over = true;
                self.note();
                return Ok(());
            }
        }
    }

    /// Reads a piece; whether there was one.
    fn more(&mut self) -> io::Result<bool> {
        let room = self.splitter.room(PIECE);
        let size = room.len();
        let read = loop {
            match self.input.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.splitter.give_back(size - read.as_ref().map_or(0, |read| *read));
        match read {
            Ok(read) => Ok(read > 0),
            Err(error) if is_damage(&error) => {
                let what = "the gzipped file is damaged or breaks off after this record";
                self.tell(Damage { record: self.records, byte: 0, what });
                self.input = Box::new(io::empty());
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn note(&mut self) {
        let damages: Vec<Damage> = self.splitter.damages().collect();
        damages.into_iter().for_each(|damage| self.tell(damage));
    }

    fn tell(&mut self, damage: Damage) {
        self.damaged += 1;
        if self.damages.len() < MOST_DAMAGES {
            self.damages.push(damage);
        }
    }

    /// How many records have been read.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// How many places were left out so far.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// The first places that were left out.
    pub fn damages(&self) -> &[Damage] {
        &self.damages
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("records", &self.records).field("damages", &self.damages).finish_non_exhaustive()
    }
}

/// What flate2 says of bytes that are not gzip's.
fn is_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(bytes: Vec<u8>) -> (Vec<(u64, String)>, Reader) {
        let mut reader = Reader::new(io::Cursor::new(bytes)).unwrap();
        let (mut batch, mut records) = (Batch::default(), Vec::new());
        loop {
            reader.read(&mut batch).unwrap();
            if batch.is_empty() {
                return (records, reader);
            }
            records.extend(batch.iter().map(|(number, record)| (number, record.to_owned())));
        }
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn lines(count: u64) -> String {
        (1..=count).map(|number| format!("{{\"n\":{number}}}\n")).collect()
    }

    #[test]
    fn many_records_are_read_in_order_gzipped_or_not() {
        let text = lines(50_000);
        for bytes in [text.clone().into_bytes(), gzip(&text), [gzip(&lines(49_999)), gzip("{\"n\":50000}")].concat()] {
            let (records, reader) = read(bytes);
            assert_eq!(records.len(), 50_000);
            assert!(records.iter().all(|(number, record)| *record == format!("{{\"n\":{number}}}")));
            assert_eq!((reader.records(), reader.damaged()), (50_000, 0));
        }
        assert_eq!(read(Vec::new()).0, []);
    }

    #[test]
    fn a_gzipped_file_is_known_by_a_first_byte_that_comes_alone() {
        let bytes = gzip(&lines(3));
        let mut reader =
            Reader::new(io::Cursor::new(vec![bytes[0]]).chain(io::Cursor::new(bytes[1..].to_vec()))).unwrap();
        let mut batch = Batch::default();
        reader.read(&mut batch).unwrap();
        assert_eq!((batch.len(), reader.damaged()), (3, 0));
    }

    #[test]
    fn a_gzipped_file_that_breaks_off_gives_what_it_has() {
        let mut bytes = gzip(&lines(50_000));
        bytes.truncate(bytes.len() / 2);
        let (records, reader) = read(bytes);
        assert!(records.len() > 10_000 && records.len() < 40_000, "{}", records.len());
        assert!(reader.damages().iter().any(|damage| damage.what.contains("gzipped")));
    }

    #[test]
    fn objects_are_read_as_they_are_when_that_is_asked() {
        let (envelope, odd) = (r#"{"detail-type":"x","detail":{"a":1}}"#, r#"{ "events": [{}], "message": "{}" }"#);
        let text = format!("{envelope}\n{{\"Records\":[{odd}]}}[{envelope}]");
        let (mut reader, mut batch) = (Reader::new(io::Cursor::new(text)).unwrap().whole(), Batch::default());
        reader.read(&mut batch).unwrap();
        assert_eq!(batch.iter().collect::<Vec<_>>(), [(1, envelope), (2, odd), (3, envelope)]);
        reader.read(&mut batch).unwrap();
        assert!(batch.is_empty() && reader.damaged() == 0);
    }

    #[test]
    fn wrapped_records_and_letters_that_are_none_are_read() {
        let mut bytes = br#"{"Events":[{"CloudTrailEvent":"{\"n\":1}"},{"CloudTrailEvent":"{\"n\":2}"}]}"#.to_vec();
        bytes.extend(b"{\"n\":\"\xff\"}");
        let (records, reader) = read(bytes);
        let texts: Vec<_> = records.iter().map(|(_, record)| record.as_str()).collect();
        assert_eq!(texts, ["{\"n\":1}", "{\"n\":2}", "{\"n\":\"\u{fffd}\"}"]);
        assert_eq!(reader.damaged(), 0);
    }
}
