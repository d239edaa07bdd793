//! Chance that can be repeated: the same seed and index give the same throw, in any order of asking.

/// Mixes two numbers into one without pattern (the finalizer of SplitMix64).
pub const fn mix(seed: u64, index: u64) -> u64 {
    let mut z = seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The hash of a name (FNV-1a), for things that are the same under every seed.
pub const fn hash(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    mix(hash, bytes.len() as u64)
}

/// One of the items, chosen by the throw.
pub fn pick<T>(items: &[T], throw: u64) -> &T {
    &items[(throw % items.len() as u64) as usize]
}

/// A UUID of version 4 made from a throw.
pub fn uuid(throw: u64) -> String {
    let high = mix(throw, 1);
    let low = mix(throw, 2);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}

/// Letters and digits as IAM uses them in ids, `length` of them.
pub fn letters(throw: u64, length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    (0..length).map(|place| ALPHABET[(mix(throw, place as u64) % 32) as usize] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_form_of_a_version_4_uuid() {
        let id = uuid(42);
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]));
        assert_eq!(id, uuid(42));
        assert_ne!(id, uuid(43));
    }
}
