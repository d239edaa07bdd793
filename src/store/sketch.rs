//! Which short strings occur in a block: asked before the block is unpacked, so that a search for a rare text unpacks
//! few of them.
//!
//! A Bloom filter over all strings of three and of five characters, in lower case. It may say that a string is there
//! when it is not, never the other way round.

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
pub(super) fn fold(text: &str, out: &mut Vec<u8>) {
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

/// The two bits of a string among so many.
fn bits(string: u64, of: usize) -> [usize; 2] {
    [string >> 32, string & 0xffff_ffff].map(|half| ((half * of as u64) >> 32) as usize)
}

/// How many different strings there were, from how many of so many bits they set.
fn estimate(set: u32, of: usize) -> usize {
    let free = (1.0 - f64::from(set) / of as f64).max(1.0 / of as f64);
    (-free.ln() * of as f64).ceil() as usize
}

/// Bits in which the different strings are counted.
const COUNTED: usize = 1 << 20;

/// The sketch of some texts.
pub(super) fn sketch<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Vec<u8> {
    let mut counted = vec![0_u64; COUNTED / 64];
    each(texts.clone(), |string| {
        let bit = (string >> 44) as usize;
        counted[bit / 64] |= 1 << (bit % 64);
    });
    let different = estimate(counted.iter().map(|word| word.count_ones()).sum(), COUNTED);
    let mut sketch = vec![0_u8; (different * BITS).div_ceil(8).max(8)];
    let size = sketch.len() * 8;
    each(texts, |string| bits(string, size).into_iter().for_each(|bit| sketch[bit / 8] |= 1 << (bit % 8)));
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

/// Whether a folded text may occur in one of the sketch's texts. Of a text of fewer than three characters, and without a
/// sketch, it may.
pub(super) fn may_contain(sketch: &[u8], folded: &[u8]) -> bool {
    let size = sketch.len() * 8;
    let is_set = |bit: usize| sketch[bit / 8] & 1 << (bit % 8) != 0;
    let mut all = strings(folded, LONG).chain(strings(folded, SHORT));
    size == 0 || all.all(|string| bits(string, size).into_iter().all(is_set))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::RegexBuilder;

    use super::*;

    fn folded(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        fold(text, &mut out);
        out
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
                prop_assert!(may_contain(&sketch, &folded(&part)));
            }
        }
    }

    #[test]
    fn what_is_not_there_is_mostly_told() {
        let texts: Vec<String> = (0..500).map(|n| format!("{:016x}", mix(n))).collect();
        let sketch = sketch(texts.iter().map(String::as_str));
        let taken = (1_000..2_000).filter(|n| may_contain(&sketch, &folded(&format!("{:016x}", mix(*n))))).count();
        assert!(taken < 10, "{taken} of 1000");
        assert!(!may_contain(&sketch, b"zzz"));
        assert!(may_contain(&[], b"zzz") && may_contain(&sketch, b"zz"));
    }
}
