//! The records of a segment, compressed in blocks of many: reading one unpacks its block.

use std::borrow::Cow;

use zstd::bulk::{Compressor, Decompressor};

/// Speed counts more than size here: events are packed while the screen waits.
const LEVEL: i32 = 1;

/// Packs the blocks of all segments.
pub(super) struct Packer {
    /// `None` when zstd could not be set up; then blocks stay as they are.
    zstd: Option<Compressor<'static>>,
    scratch: Vec<u8>,
}

impl Packer {
    pub fn new() -> Self {
        Self { zstd: Compressor::new(LEVEL).ok(), scratch: Vec::new() }
    }

    /// The text packed, or as it is when packing gains nothing: a block is packed when it is shorter than its text.
    fn pack(&mut self, text: &str) -> Box<[u8]> {
        self.scratch.clear();
        self.scratch.reserve(zstd::zstd_safe::compress_bound(text.len()));
        let packed =
            self.zstd.as_mut().and_then(|zstd| zstd.compress_to_buffer(text.as_bytes(), &mut self.scratch).ok());
        match packed {
            Some(length) if length < text.len() => self.scratch.as_slice().into(),
            _ => text.as_bytes().into(),
        }
    }
}

/// Records in the order of their slots.
#[derive(Debug, Default)]
pub(super) struct Records {
    blocks: Vec<Block>,
    /// The texts of the block that is being filled.
    open: String,
    /// The slot of the first record in `open`.
    open_first: u32,
    packed_bytes: usize,
}

#[derive(Debug)]
struct Block {
    /// The slot of its first record.
    first: u32,
    /// How many of its records are still wanted.
    live: u32,
    text_bytes: u32,
    /// Empty once nothing in it is wanted.
    packed: Box<[u8]>,
}

/// The number of a block in its segment. The block that is being filled already has the one it will keep.
pub(super) type BlockNo = u32;

impl Records {
    /// Appends the record of the next slot; returns where it ends in its block.
    pub fn push(&mut self, slot: u32, record: &str, block_bytes: usize, packer: &mut Packer) -> u32 {
        if self.open.len() >= block_bytes {
            self.seal(slot, packer);
        }
        self.open.push_str(record);
        self.open.len() as u32
    }

    /// Packs what is open. `next` is the slot of the next record.
    pub fn seal(&mut self, next: u32, packer: &mut Packer) {
        if next == self.open_first {
            return;
        }
        let packed = packer.pack(&self.open);
        self.packed_bytes += packed.len();
        let (first, live) = (self.open_first, next - self.open_first);
        self.blocks.push(Block { first, live, text_bytes: self.open.len() as u32, packed });
        self.open.clear();
        self.open_first = next;
    }

    /// Gives back the room of the open block; nothing is pushed from here on.
    pub fn close(&mut self) {
        self.open = String::new();
        self.blocks.shrink_to_fit();
    }

    pub fn block_of(&self, slot: u32) -> BlockNo {
        match slot >= self.open_first {
            true => self.blocks.len() as BlockNo,
            false => self.blocks.partition_point(|block| block.first <= slot) as BlockNo - 1,
        }
    }

    /// The slot of the first record of a block.
    pub fn first_of(&self, block: BlockNo) -> u32 {
        self.blocks.get(block as usize).map_or(self.open_first, |block| block.first)
    }

    /// The texts of all records of a block; empty when the block is gone.
    pub fn text(&self, block: BlockNo) -> Cow<'_, str> {
        let Some(Block { packed, text_bytes, .. }) = self.blocks.get(block as usize) else {
            return Cow::Borrowed(&self.open);
        };
        if packed.len() == *text_bytes as usize {
            return Cow::Borrowed(str::from_utf8(packed).unwrap_or_default());
        }
        let bytes = Decompressor::new().and_then(|mut zstd| zstd.decompress(packed, *text_bytes as usize));
        Cow::Owned(bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default())
    }

    /// A record is no longer wanted; the block goes with its last one.
    pub fn forget(&mut self, slot: u32) {
        let number = self.block_of(slot) as usize;
        let Some(block) = self.blocks.get_mut(number) else { return };
        block.live -= 1;
        if block.live == 0 {
            self.packed_bytes -= block.packed.len();
            block.packed = Box::default();
        }
    }

    /// Bytes of memory, roughly.
    pub fn memory(&self) -> usize {
        // The allocator's share of a block is 16 bytes.
        self.blocks.capacity() * (size_of::<Block>() + 16) + self.packed_bytes + self.open.capacity()
    }
}
