//! Which short strings occur in a block: asked before the block is unpacked, so that a search for a rare text unpacks
//! few of them.
//!
//! A Bloom filter over all strings of three and of five characters, in lower case. It may say that a string is there
//! when it is not, never the other way round. It is kept in pieces: the first string that is not there ends the search,
//! so that most often one piece is read.

/// Bits for each string that occurs. With two bits set for each, one string in seven is taken for one that is there; a
/// text of several characters more has several strings, which all must be.
const BITS: usize = 4;

const SHORT: usize = 3;
const LONG: usize = 5;

/// Stands for every character that is not ASCII.
const OTHER: u8 = 0x80;

/// The text in the form that is compared: a byte for each character, letters in lower case.
///
/// As a regex that ignores case does: of all other characters, only the long s and the Kelvin sign are letters of ASCII
/// in another case (Unicode, CaseFolding.txt).
fn fold(text: &str, out: &mut Vec<u8>) {
    out.clear();
    if text.is_ascii() {
        out.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
        return;
    }
    out.extend(text.chars().map(|c| match c {
        'ſ' => b's',
        '\u{212a}' => b'k',
        c if c.is_ascii() => c.to_ascii_lowercase() as u8,
        _ => OTHER,
    }));
}

/// Every string of a length in a folded text, as a well-mixed number.
fn strings(folded: &[u8], length: usize) -> impl Iterator<Item = u64> {
    let mask = (1_u64 << (8 * length)) - 1;
    let tag = (length as u64) << 56;
    let mut window = 0_u64;
    folded.iter().enumerate().filter_map(move |(at, byte)| {
        window = (window << 8 | u64::from(*byte)) & mask;
        (at + 1 >= length).then(|| mix(window | tag))
    })
}

/// After the finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A sketch has so many pieces, and each string belongs to one of them.
pub(super) const PIECES: usize = 16;

/// Where a string stands in a sketch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub piece: usize,
    string: u64,
}

impl Place {
    fn new(string: u64) -> Self {
        Self { piece: (string >> 60) as usize, string }
    }

    /// The two bits of a string in its piece of so many.
    fn bits(self, of: usize) -> [usize; 2] {
        let halves = [self.string << 4 >> 32, self.string & 0xffff_ffff];
        halves.map(|half| ((half * of as u64) >> 32) as usize)
    }

    /// Whether the string may be in the texts; without a sketch, it may.
    pub fn is_set(self, piece: &[u8]) -> bool {
        let is_set = |bit: usize| piece[bit / 8] & 1 << (bit % 8) != 0;
        piece.is_empty() || self.bits(piece.len() * 8).into_iter().all(is_set)
    }
}

/// How many different strings there were, from how many of so many bits they set.
fn estimate(set: u32, of: usize) -> usize {
    let free = (1.0 - f64::from(set) / of as f64).max(1.0 / of as f64);
    (-free.ln() * of as f64).ceil() as usize
}

/// Bits in which the different strings are counted.
const COUNTED: usize = 1 << 20;

/// The sketch of some texts, by piece.
pub(super) fn sketch<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> [Vec<u8>; PIECES] {
    let mut counted = vec![0_u64; COUNTED / 64];
    each(texts.clone(), |string| {
        let bit = (string >> 44) as usize;
        counted[bit / 64] |= 1 << (bit % 64);
    });
    let different = estimate(counted.iter().map(|word| word.count_ones()).sum(), COUNTED);
    let bytes = (different * BITS).div_ceil(8 * PIECES).max(8);
    let mut sketch: [Vec<u8>; PIECES] = std::array::from_fn(|_| vec![0; bytes]);
    each(texts, |string| {
        let place = Place::new(string);
        let piece = &mut sketch[place.piece];
        place.bits(bytes * 8).into_iter().for_each(|bit| piece[bit / 8] |= 1 << (bit % 8));
    });
    sketch
}

fn each<'a>(texts: impl Iterator<Item = &'a str>, mut then: impl FnMut(u64)) {
    let mut folded = Vec::new();
    for text in texts {
        fold(text, &mut folded);
        strings(&folded, SHORT).for_each(&mut then);
        strings(&folded, LONG).for_each(&mut then);
    }
}

/// The strings of a text: all are set where it occurs. A text of fewer than three characters has none.
///
/// The long ones come first, and the last of them before: what is rare about a text is mostly its end.
pub(super) fn places(text: &str) -> Vec<Place> {
    let mut folded = Vec::new();
    fold(text, &mut folded);
    let mut places: Vec<Place> = strings(&folded, SHORT).chain(strings(&folded, LONG)).map(Place::new).collect();
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::RegexBuilder;

    use super::*;

    fn may_contain(sketch: &[Vec<u8>; PIECES], text: &str) -> bool {
        places(text).into_iter().all(|place| place.is_set(&sketch[place.piece]))
    }

    proptest! {
        #[test]
        fn what_a_search_finds_is_in_the_sketch(
            texts in prop::collection::vec("[a-dA-D0-9kKsS\u{212a}ſüÜ:\"{}]{0,40}", 1..8),
            which in 0_usize..8, from in 0_usize..40, length in 0_usize..12
        ) {
            let text = &texts[which % texts.len()];
            let part: String = text.chars().skip(from).take(length).collect();
            let part = part.to_lowercase();
            let regex = RegexBuilder::new(&regex::escape(&part)).case_insensitive(true).build().unwrap();
            let sketch = sketch(texts.iter().map(String::as_str));
            if texts.iter().any(|text| regex.is_match(text)) {
                prop_assert!(may_contain(&sketch, &part));
            }
        }
    }

    #[test]
    fn what_is_not_there_is_mostly_told() {
        let texts: Vec<String> = (0..500).map(|n| format!("{:016x}", mix(n))).collect();
        let sketch = sketch(texts.iter().map(String::as_str));
        let taken = (1_000..2_000).filter(|n| may_contain(&sketch, &format!("{:016x}", mix(*n)))).count();
        assert!(taken < 10, "{taken} of 1000");
        assert!(!may_contain(&sketch, "nothing of this") && may_contain(&sketch, "zz"));
        assert!(may_contain(&Default::default(), "nothing of this"));
    }
}
