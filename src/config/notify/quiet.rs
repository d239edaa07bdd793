//! Quiet hours as they are written: `22:00-07:00`, and in which zone.

use chrono::{FixedOffset, NaiveTime};
use serde::Deserialize;

/// Hours of the day; over midnight when they end before they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    pub from: NaiveTime,
    /// The first moment that is not quiet.
    pub to: NaiveTime,
    pub zone: QuietZone,
}

/// By which clock the hours are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuietZone {
    /// That of this machine, with its summer time.
    Local,
    /// So far from UTC, all year.
    Fixed(FixedOffset),
}

/// What stands in the config: hours, or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct QuietWritten(pub Option<Quiet>);

impl TryFrom<String> for QuietWritten {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self(None));
        }
        let fail =
            || format!("{text:?} are no quiet hours; write 22:00-07:00, 22:00-07:00 utc, 22:00-07:00 +02:00, or never");
        let (hours, zone) = text.trim().split_once(' ').unwrap_or((text.trim(), "local"));
        let (from, to) = hours.split_once('-').ok_or_else(fail)?;
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| fail());
        let (from, to) = (time(from)?, time(to)?);
        let zone = match zone.trim() {
            "local" => QuietZone::Local,
            "utc" | "UTC" => QuietZone::Fixed(offset("+00:00").ok_or_else(fail)?),
            other => QuietZone::Fixed(offset(other).ok_or_else(fail)?),
        };
        match from == to {
            true => Err(format!("{text:?} end when they begin; for all but a minute of the day, write 00:00-23:59")),
            false => Ok(Self(Some(Quiet { from, to, zone }))),
        }
    }
}

fn offset(text: &str) -> Option<FixedOffset> {
    text.starts_with(['+', '-']).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Quiet>, String> {
        QuietWritten::try_from(text.to_owned()).map(|written| written.0)
    }

    #[test]
    fn quiet_hours_have_two_times_and_perhaps_a_zone() {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let quiet = Quiet { from: time(22), to: time(7), zone: QuietZone::Local };
        assert_eq!(read("22:00-07:00"), Ok(Some(quiet)));
        assert_eq!(read("never"), Ok(None));
        let zone = |text| read(text).unwrap().unwrap().zone;
        assert_eq!(zone("22:00-07:00 utc"), QuietZone::Fixed(FixedOffset::east_opt(0).unwrap()));
        assert_eq!(zone("22:00-07:00 -05:30"), QuietZone::Fixed(FixedOffset::west_opt(19_800).unwrap()));
    }

    #[test]
    fn what_are_no_hours_is_refused_with_what_to_write() {
        for text in ["", "22-7", "22:00", "24:00-07:00", "22:00-07:00 Mars", "22:00-07:00 07:00", "Never"] {
            assert!(read(text).unwrap_err().contains("write 22:00-07:00"), "{text}");
        }
        assert!(read("07:00-07:00").unwrap_err().contains("end when they begin"));
    }
}
