//! Names for facts: the same fact has the same name, in this run and in every other.

use std::fmt::Write;

use ring::digest::{SHA256, digest};

/// A key is no longer than this.
const LONGEST: usize = 400;
/// What of a longer one stays before its digest.
const KEPT: usize = 300;

/// The parts with `/` between them, in printable ASCII without blanks: a key stands in HTTP headers and in the attributes
/// of messages, and its parts may be chosen by an attacker. What is too long ends with a digest of the whole.
pub fn key(parts: &[&str]) -> String {
    let whole = parts.join("/");
    let mut key = String::with_capacity(whole.len());
    for byte in whole.bytes() {
        match byte {
            b'!'..=b'~' if byte != b'%' => key.push(byte.into()),
            _ => {
                let _ = write!(key, "%{byte:02X}");
            }
        }
        if key.len() > LONGEST {
            key.truncate(KEPT);
            return format!("{key}...{}", short_digest(&whole));
        }
    }
    key
}

/// Twenty hexadecimal digits that nobody finds a second text for in practice.
pub fn short_digest(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref().iter().take(10).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_printable_whatever_its_parts_are() {
        assert_eq!(key(&["alert", "root-use/4f2a"]), "alert/root-use/4f2a");
        assert_eq!(key(&["restore", "s3://a/1 é\r\nX: y%"]), "restore/s3://a/1%20%C3%A9%0D%0AX:%20y%25");
    }

    #[test]
    fn long_keys_stay_different() {
        let (a, b) = ("a".repeat(5_000) + "1", "a".repeat(5_000) + "2");
        assert!(key(&[&a]).len() <= LONGEST && key(&[&a]) != key(&[&b]));
    }
}
