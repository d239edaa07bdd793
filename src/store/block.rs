//! A block: some hundred events packed together, in pieces that are read one by one.
//!
//! It stands on its own, with the texts of each column kept once in it: when its events are too old it is deleted and
//! leaves nothing behind, and damage to it costs nothing else.

use zstd::bulk::Compressor;

use super::{
    bytes::{compressor, put, put_signed, squeeze},
    column::Column,
    id::put_id,
    marks::Marks,
    sketch::sketch,
    texts::put_texts,
};
use crate::model::Event;

/// Events in a full block.
pub(super) const EVENTS: usize = 512;

/// A block is full as well when its records have this many bytes.
const RECORD_BYTES: usize = 1 << 20;

/// A piece of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Times, numbers, marks and lengths of records.
    Slots,
    Ids,
    Records,
    /// One of the sketch's pieces.
    Sketch(usize),
    Texts(Column),
}

impl Part {
    /// The key in the table `parts`.
    pub fn key(self, block: i64) -> i64 {
        let part = match self {
            Part::Slots => 0,
            Part::Ids => 1,
            Part::Records => 2,
            Part::Texts(column) => 3 + column as i64,
            Part::Sketch(piece) => 16 + piece as i64,
        };
        first_key(block).saturating_add(part)
    }
}

/// The first key of a block's parts: they have the 32 from there.
pub(super) fn first_key(block: i64) -> i64 {
    block.saturating_mul(32)
}

/// An event with its number in the store: they are given in the order of arrival.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbered<'a> {
    pub number: i64,
    pub event: &'a Event,
}

impl Numbered<'_> {
    /// Microseconds since 1970.
    pub fn time(&self) -> i64 {
        self.event.time.timestamp_micros()
    }
}

/// A block as it is written.
#[derive(Debug)]
pub(super) struct Packed {
    /// The time of the oldest event, in microseconds.
    pub first: i64,
    /// The time of the newest.
    pub last: i64,
    /// The highest number.
    pub top: i64,
    pub events: i64,
    pub marks: Marks,
    pub parts: Vec<(Part, Vec<u8>)>,
}

/// Makes blocks.
pub(super) struct Packer {
    zstd: Option<Compressor<'static>>,
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

impl Packer {
    pub fn new() -> Self {
        Self { zstd: compressor() }
    }

    /// The events as a block, compressed and with a sketch.
    pub fn pack(&mut self, events: &mut [Numbered<'_>]) -> Packed {
        pack(events, self.zstd.as_mut(), true)
    }
}

/// The events as a block that is not kept: neither compressed nor with a sketch.
pub(super) fn lay_out(events: &mut [Numbered<'_>]) -> Packed {
    pack(events, None, false)
}

/// Events in blocks of about the same size, none of them too large. They are sorted by time first.
pub(super) fn cut<'a, 'b>(events: &'b mut [Numbered<'a>]) -> Vec<&'b mut [Numbered<'a>]> {
    events.sort_by_key(|one| (one.time(), one.number));
    let each = events.len().div_ceil(events.len().div_ceil(EVENTS).max(1)).max(1);
    let mut blocks = Vec::new();
    let mut rest = events;
    while !rest.is_empty() {
        let (block, after) = rest.split_at_mut(fitting(rest, each));
        blocks.push(block);
        rest = after;
    }
    blocks
}

/// How many of the first events a block may have: at least one, however long it is.
fn fitting(events: &[Numbered<'_>], most: usize) -> usize {
    let mut bytes = 0;
    let fits = |one: &&Numbered<'_>| {
        bytes += one.event.record.len();
        bytes <= RECORD_BYTES
    };
    events.iter().take(most).take_while(fits).count().max(1)
}

fn pack(events: &mut [Numbered<'_>], mut zstd: Option<&mut Compressor<'static>>, with_sketch: bool) -> Packed {
    events.sort_by_key(|one| (one.time(), one.number));
    let mut parts = vec![(Part::Slots, squeeze(slots(events), zstd.as_deref_mut())), (Part::Ids, ids(events))];
    for column in Column::ALL {
        let texts = put_texts(events.iter().map(|one| column.of(one.event)));
        parts.push((Part::Texts(column), squeeze(texts, zstd.as_deref_mut())));
    }
    let records: Vec<u8> = events.iter().flat_map(|one| one.event.record.as_bytes()).copied().collect();
    parts.push((Part::Records, squeeze(records, zstd)));
    if with_sketch {
        let pieces = sketch(searched(events)).into_iter().enumerate();
        parts.extend(pieces.map(|(piece, bytes)| (Part::Sketch(piece), bytes)));
    }
    Packed {
        first: events.first().map_or(0, Numbered::time),
        last: events.last().map_or(0, Numbered::time),
        top: events.iter().map(|one| one.number).max().unwrap_or(0),
        events: events.len() as i64,
        marks: Marks(events.iter().fold(0, |marks, one| marks | Marks::of(one.event).0)),
        parts,
    }
}

/// All texts that a search may look into.
fn searched<'a>(events: &'a [Numbered<'a>]) -> impl Iterator<Item = &'a str> + Clone {
    events.iter().flat_map(|one| {
        Column::ALL.into_iter().map(|column| column.of(one.event)).chain([one.event.record.as_str(), &one.event.id])
    })
}

fn slots(events: &[Numbered<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(events.len() * 16);
    put(&mut out, events.len() as u64);
    let mut before = 0;
    for one in events {
        put_signed(&mut out, one.time().wrapping_sub(before));
        before = one.time();
    }
    events.iter().for_each(|one| put_signed(&mut out, one.event.seen.timestamp_micros().wrapping_sub(one.time())));
    let mut before = 0;
    for one in events {
        put_signed(&mut out, one.number.wrapping_sub(before));
        before = one.number;
    }
    events.iter().for_each(|one| put(&mut out, one.event.record.len() as u64));
    events.iter().for_each(|one| out.extend(Marks::of(one.event).0.to_le_bytes()));
    out
}

fn ids(events: &[Numbered<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(events.len() * 17);
    events.iter().for_each(|one| put_id(&mut out, &one.event.id));
    squeeze(out, None)
}
