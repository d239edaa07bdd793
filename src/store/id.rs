//! Event ids as they are kept: a UUID in sixteen bytes, anything else as it came.

use super::bytes::{Cursor, put};
use crate::model::uuid;

/// An event's id, to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Id<'a> {
    Uuid([u8; 16]),
    Other(&'a str),
}

impl<'a> Id<'a> {
    pub fn new(text: &'a str) -> Self {
        uuid::parse(text).map_or(Id::Other(text), Id::Uuid)
    }

    /// The id as it came.
    pub fn to_text(self) -> String {
        match self {
            Id::Uuid(bytes) => uuid::write(&bytes, &mut [0; 36]).to_owned(),
            Id::Other(text) => text.to_owned(),
        }
    }
}

/// Appends an id: a length of 0 is that of a UUID, all others are one too large.
pub(super) fn put_id(out: &mut Vec<u8>, id: &str) {
    match Id::new(id) {
        Id::Uuid(bytes) => {
            put(out, 0);
            out.extend_from_slice(&bytes);
        }
        Id::Other(text) => {
            put(out, text.len() as u64 + 1);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// All ids of a block; `None` when the bytes are damaged.
pub(super) fn read_ids(bytes: &[u8]) -> Option<Vec<Id<'_>>> {
    let (mut cursor, mut ids) = (Cursor(bytes), Vec::new());
    while !cursor.0.is_empty() {
        ids.push(match cursor.length()? {
            0 => Id::Uuid(cursor.take(16)?.try_into().ok()?),
            length => Id::Other(str::from_utf8(cursor.take(length - 1)?).ok()?),
        });
    }
    Some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_were_written() {
        let texts = ["875240ac-ca15-4b73-9e51-0a2b5e4f2d11", "", "875240AC-CA15-4B73-9E51-0A2B5E4F2D11", "é"];
        let mut bytes = Vec::new();
        texts.iter().for_each(|text| put_id(&mut bytes, text));
        let read: Vec<String> = read_ids(&bytes).unwrap().into_iter().map(Id::to_text).collect();
        assert_eq!(read, texts);
        assert_eq!(read_ids(&bytes[..bytes.len() - 1]), None);
    }
}
