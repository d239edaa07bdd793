//! Spans of time as people write and read them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A span of whole seconds, written `90s`, `15m`, `1h`, `2d` or `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    pub seconds: u64,
}

/// The units, the largest first, in seconds.
const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// A century: longer ones would leave the calendar when added to a time.
const LONGEST: u64 = 100 * 365 * 86_400;

impl Span {
    pub const fn seconds(seconds: u64) -> Self {
        Self { seconds }
    }

    pub const fn std(self) -> std::time::Duration {
        std::time::Duration::from_secs(self.seconds)
    }

    pub fn chrono(self) -> chrono::TimeDelta {
        chrono::TimeDelta::seconds(self.seconds.min(i64::MAX as u64 / 1000) as i64)
    }
}

/// Why a text is no span.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a span of time; write a number and a unit, such as 90s, 15m, 1h, 2d or 1h30m")]
pub struct SpanError(String);

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let fail = || SpanError(text.to_owned());
        let (mut seconds, mut number) = (0_u64, None::<u64>);
        for c in text.chars() {
            if let Some(digit) = c.to_digit(10) {
                let next = number.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(u64::from(digit)));
                number = Some(next.ok_or_else(fail)?);
            } else {
                let (_, unit) = UNITS.iter().find(|(name, _)| *name == c).ok_or_else(fail)?;
                let part = number.take().ok_or_else(fail)?.checked_mul(*unit).ok_or_else(fail)?;
                seconds = seconds.checked_add(part).ok_or_else(fail)?;
            }
        }
        match number {
            None if !text.is_empty() && seconds <= LONGEST => Ok(Span { seconds }),
            _ => Err(fail()),
        }
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.seconds;
        if left == 0 {
            return f.pad("0s");
        }
        let mut out = String::new();
        for (name, unit) in UNITS.into_iter().skip(1) {
            if left >= unit {
                out += &format!("{}{name}", left / unit);
                left %= unit;
            }
        }
        f.pad(&out)
    }
}

/// A span in at most two units, as a person says it: `4s`, `12m`, `1h 05m`, `3d 04h`. A negative one reads as `0s`.
pub fn brief(span: chrono::TimeDelta) -> String {
    let s = span.num_seconds().max(0);
    match s {
        0..60 => format!("{s}s"),
        60..600 => format!("{}m {:02}s", s / 60, s % 60),
        600..3_600 => format!("{}m", s / 60),
        3_600..86_400 => format!("{}h {:02}m", s / 3_600, s % 3_600 / 60),
        _ => format!("{}d {:02}h", s / 86_400, s % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_reads_back_as_it_was_written() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("1h30m", 5400), ("2d", 172_800), ("1w", 604_800)] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.seconds, seconds);
            assert_eq!(span.to_string().parse::<Span>().unwrap(), span);
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in ["", "5", "m", "1x", "1h5", "99999999999999999999s", "99999w", "-1s", "1.5h"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn brief_says_two_units_at_most() {
        for (seconds, text) in
            [(-5, "0s"), (59, "59s"), (61, "1m 01s"), (700, "11m"), (3_900, "1h 05m"), (273_700, "3d 04h")]
        {
            assert_eq!(brief(chrono::TimeDelta::seconds(seconds)), text);
        }
    }
}
