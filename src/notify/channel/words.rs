//! Texts as channels need them: safe, and no longer than the other side takes.

use ring::digest;

use crate::model::{Notice, text::visible};

/// The characters of what is said of a try.
pub const MOST_SAID: usize = 300;

/// A text in one line, without characters that steer a terminal, of at most so many characters.
pub fn line(text: &str, most: usize) -> String {
    cut(&visible(text), most)
}

/// A text whose lines stay lines, each made safe, of at most so many characters.
pub fn lines(text: &str, most: usize) -> String {
    // More than is kept is not looked at.
    let lines: Vec<_> = cut(text, most).lines().map(|line| visible(line).into_owned()).collect();
    cut(&lines.join("\n"), most)
}

/// At most so many characters, the last of them a sign that there was more.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The severity and the title, as a message begins: `[high] Root signed in`; with how many equal facts it stands for.
pub fn headline(notice: &Notice, most: usize) -> String {
    let again = if notice.count > 1 { format!(" (×{})", notice.count) } else { String::new() };
    line(&format!("[{}] {}{again}", notice.severity, notice.title), most)
}

/// What a message says of itself below its text, name and value; what is not known is left out.
pub fn facts(notice: &Notice) -> Vec<(&'static str, String)> {
    let region = notice.region.as_ref().map(|region| region.to_string()).unwrap_or_default();
    let time = notice.time.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    let facts = [
        ("Subject", &notice.subject),
        ("Rule", &notice.rule),
        ("Account", &notice.account),
        ("Region", &region),
        ("Time", &time),
    ];
    let said = facts.into_iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| (name, line(value, 256))).collect()
}

/// The longest idempotency key that goes as it is, in bytes: what SNS takes as a deduplication id.
const LONGEST_KEY: usize = 128;

/// The idempotency key of a notice: its own key where that can stand in a header, an environment and an attribute;
/// else what SHA-256 makes of it. The same key always gives the same.
pub fn idempotency(key: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:/+=@".contains(c);
    match (1..=LONGEST_KEY).contains(&key.len()) && key.chars().all(fits) {
        true => key.to_owned(),
        false => format!("sha256-{}", hex(digest::digest(&digest::SHA256, key.as_bytes()).as_ref())),
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_as_it_is_only_where_it_can_stand_in_a_header() {
        assert_eq!(idempotency("alert:root-sign-in/2026-11-21T18:00:00Z"), "alert:root-sign-in/2026-11-21T18:00:00Z");
        for key in ["", "two words", "a\r\nX-Injected: 1", "clé", "$(reboot)", &"k".repeat(129)] {
            let made = idempotency(key);
            assert!(made.starts_with("sha256-") && made.len() == 71, "{made}");
            assert_eq!(made, idempotency(key));
        }
        assert_ne!(idempotency("a b"), idempotency("a  b"));
    }

    #[test]
    fn texts_are_safe_and_short() {
        assert_eq!(line("a\r\nb\u{1b}]0;x\u{7}", 80), "a\\r\\nb\\u{1b}]0;x\\u{7}");
        assert_eq!(lines("a\r\nb\u{1b}\n\nc", 80), "a\nb\\u{1b}\n\nc");
        assert_eq!(lines(&"é\n".repeat(1_000_000), 5), "é\né\n…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }
}
