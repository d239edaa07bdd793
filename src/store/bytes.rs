//! Numbers and texts as few bytes, and bytes packed by zstd.

use zstd::bulk::{Compressor, Decompressor};

/// Speed counts more than size, and for records the higher levels gain little.
const LEVEL: i32 = 1;

/// More bytes than this are in no piece of a block that was written here.
const MOST: u64 = 1 << 30;

const RAW: u8 = 0;
const ZSTD: u8 = 1;

/// Appends a number, seven bits a byte, the lowest first.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a number that may be negative; small ones of both signs are short.
pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Reads what [`put`] wrote; `None` where the bytes end or are no number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub &'a [u8]);

impl<'a> Cursor<'a> {
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub fn length(&mut self) -> Option<usize> {
        self.number().filter(|number| *number <= MOST).map(|number| number as usize)
    }

    pub fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }
}

/// The bytes in an envelope that says how they are packed: by zstd where that is wanted and gains something.
pub(super) fn squeeze(raw: Vec<u8>, zstd: Option<&mut Compressor<'_>>) -> Vec<u8> {
    let packed = zstd.and_then(|zstd| zstd.compress(&raw).ok()).filter(|packed| packed.len() < raw.len());
    let (kind, body) = packed.as_ref().map_or((RAW, &raw), |packed| (ZSTD, packed));
    let mut out = Vec::with_capacity(body.len() + 6);
    out.push(kind);
    put(&mut out, raw.len() as u64);
    out.extend_from_slice(body);
    out
}

/// A compressor; `None` when zstd could not be set up, and then nothing is packed.
pub(super) fn compressor() -> Option<Compressor<'static>> {
    Compressor::new(LEVEL).ok()
}

/// What [`squeeze`] was given; `None` when the bytes are damaged.
pub(super) fn unsqueeze(bytes: &[u8]) -> Option<Vec<u8>> {
    let (kind, rest) = bytes.split_first()?;
    let mut rest = Cursor(rest);
    let length = rest.length()?;
    let raw = match *kind {
        RAW => rest.0.to_vec(),
        ZSTD => unpack(rest.0, length)?,
        _ => return None,
    };
    (raw.len() == length).then_some(raw)
}

fn unpack(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    thread_local! {
        static ZSTD: std::cell::RefCell<Option<Decompressor<'static>>> =
            std::cell::RefCell::new(Decompressor::new().ok());
    }
    let mut raw = Vec::new();
    raw.try_reserve_exact(length).ok()?;
    ZSTD.with_borrow_mut(|zstd| zstd.as_mut()?.decompress_to_buffer(packed, &mut raw).ok())?;
    Some(raw)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_read_as_they_were_written(numbers: Vec<(u64, i64)>) {
            let mut bytes = Vec::new();
            for (number, signed) in &numbers {
                put(&mut bytes, *number);
                put_signed(&mut bytes, *signed);
            }
            let mut cursor = Cursor(&bytes);
            for (number, signed) in numbers {
                prop_assert_eq!((cursor.number(), cursor.signed()), (Some(number), Some(signed)));
            }
            prop_assert_eq!(cursor.number(), None);
        }

        #[test]
        fn bytes_are_unpacked_as_they_were_packed(raw: Vec<u8>, often in 0_usize..50) {
            let raw = raw.repeat(often);
            prop_assert_eq!(unsqueeze(&squeeze(raw.clone(), compressor().as_mut())), Some(raw.clone()));
            prop_assert_eq!(unsqueeze(&squeeze(raw.clone(), None)), Some(raw));
        }

        #[test]
        fn damaged_bytes_are_no_bytes(mut packed: Vec<u8>) {
            unsqueeze(&packed);
            packed.insert(0, ZSTD);
            unsqueeze(&packed);
        }
    }
}
