//! `[store]`: how long is kept what happened, and how much room that may take.

use serde::{Deserialize, Deserializer};

use super::{Keep, checks::checked};
use crate::model::duration::Span;

/// Rules count over a day; with less, they would forget at each start.
const SHORTEST: Span = Span::seconds(86_400);
/// Alerts, messages and facts have to fit beside the events.
const SMALLEST: u64 = 16 << 20;

/// The units of a size and their bytes (IEC 80000-13).
const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// `[store]` as it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct StoreFile {
    #[serde(deserialize_with = "age")]
    keep: Option<Span>,
    /// Bytes.
    #[serde(deserialize_with = "bytes")]
    size: Option<u64>,
}

impl StoreFile {
    /// Lays what the file says over `keep`.
    pub fn apply(self, keep: &mut Keep) {
        keep.age = self.keep.unwrap_or(keep.age);
        keep.bytes = self.size.unwrap_or(keep.bytes);
    }
}

fn age<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Span>, D::Error> {
    checked(long_enough, from)
}

fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    checked(large_enough, from)
}

/// How long events are kept: 1d or more.
fn long_enough(text: &str) -> Result<Span, String> {
    match text.parse::<Span>().map_err(|error| error.to_string())? {
        span if span < SHORTEST => {
            Err(format!("{text:?} is less than the day that rules look back; write {SHORTEST} or more"))
        }
        span => Ok(span),
    }
}

/// How much room the store may take: 16 MiB or more.
fn large_enough(text: &str) -> Result<u64, String> {
    let bytes = size(text).ok_or_else(|| {
        format!("{text:?} is not a size; write a number and a unit (B, kB, MB, GB, KiB, MiB, GiB), such as 2 GiB")
    })?;
    match bytes < SMALLEST {
        true => Err(format!("{text:?} leaves no room for what must not be lost; write 16 MiB or more")),
        false => Ok(bytes),
    }
}

/// A number, which may have decimals, and a unit in any case, with or without a space between them.
fn size(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let (_, bytes) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()))?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    // More decimals than this are less than a byte of any unit, or a slip.
    let part = decimals.len().try_into().ok().filter(|digits| *digits <= 12).and_then(|n| 10_u64.checked_pow(n))?;
    let rest = u128::from(decimals.parse::<u64>().ok()?) * u128::from(*bytes) / u128::from(part);
    whole.parse::<u64>().ok()?.checked_mul(*bytes)?.checked_add(u64::try_from(rest).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Settings};

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        for (text, bytes) in [
            ("2 GiB", 2 << 30),
            ("2GiB", 2 << 30),
            ("1.5 GiB", 3 << 29),
            ("500MB", 500_000_000),
            ("500 mb", 500_000_000),
            ("20000 KiB", 20_000 << 10),
            ("20000000B", 20_000_000),
        ] {
            assert_eq!(large_enough(text), Ok(bytes), "{text}");
        }
        for text in
            ["", "2", "GiB", "2 Gibs", "-2 GiB", "2..5 GiB", "2 . GiB", "99999999999999999999 B", "9999999999 TiB"]
        {
            let error = large_enough(text).unwrap_err();
            assert!(error.contains("is not a size; write a number and a unit"), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_kept_is_read_into_the_settings() {
        let mut settings = Settings::default();
        Config::parse("c", "[store]\nkeep = \"30d\"\nsize = \"500MB\"").unwrap().apply(&mut settings);
        assert_eq!(settings.keep, Keep { age: Span::seconds(30 * 86_400), bytes: 500_000_000 });
        Config::parse("c", "[store]\nsize = \"1 GiB\"").unwrap().apply(&mut settings);
        assert_eq!(settings.keep, Keep { age: Span::seconds(30 * 86_400), bytes: 1 << 30 });
    }

    #[test]
    fn too_little_is_refused_with_its_place_and_what_to_write() {
        for (text, place, words) in [
            ("[store]\nkeep = \"2h\"", "c:2:8:", "write 1d or more"),
            ("[store]\nkeep = \"long\"", "c:2:8:", "write a number and a unit, such as 90s"),
            ("[store]\nsize = \"1 MiB\"", "c:2:8:", "write 16 MiB or more"),
            ("[store]\nsize = \"two\"", "c:2:8:", "such as 2 GiB"),
            ("[store]\nsize = 2", "c:2:8:", "stands where a text in quotes belongs"),
            ("[store]\nsiez = \"2 GiB\"", "c:2:1:", "did you mean `size`?"),
        ] {
            let error = Config::parse("c", text).unwrap_err().to_string();
            assert!(error.starts_with(place) && error.contains(words), "{error}");
        }
    }
}
