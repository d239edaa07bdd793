//! Times and spans as the operator wants to read them.

use chrono::{FixedOffset, TimeDelta};

use crate::{
    config::Zone,
    model::{Time, duration::brief},
};

/// Where the operator is: the offset from UTC at a time, which changes with the season.
pub type LocalOffset = fn(Time) -> FixedOffset;

/// How times are shown.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub zone: Zone,
    pub local: LocalOffset,
}

impl Clock {
    /// The next zone in turn: UTC, local, relative.
    pub fn next_zone(&mut self) {
        self.zone = match self.zone {
            Zone::Utc => Zone::Local,
            Zone::Local => Zone::Relative,
            Zone::Relative => Zone::Utc,
        };
    }

    /// The name of the zone at a time: `UTC`, `+02:00` or `ago`.
    pub fn zone_name(self, at: Time) -> String {
        match self.zone {
            Zone::Utc => "UTC".to_owned(),
            Zone::Local => (self.local)(at).to_string(),
            Zone::Relative => "ago".to_owned(),
        }
    }

    /// A time in a row of `width` columns: the time of day, with the day when it is another one than today.
    pub fn row(self, time: Time, now: Time, width: u16) -> String {
        if self.zone == Zone::Relative {
            return brief(now - time);
        }
        let (time, today) = (self.placed(time), self.placed(now).date_naive());
        match (time.date_naive() == today, width >= 12) {
            (true, _) => time.format("%H:%M:%S").to_string(),
            (false, true) => time.format("%d %b %H:%M").to_string(),
            (false, false) => time.format("%d %H:%M").to_string(),
        }
    }

    /// A whole time with its zone: `2026-11-21 09:14:03 UTC`.
    pub fn full(self, time: Time) -> String {
        match self.zone {
            Zone::Local => self.placed(time).format("%Y-%m-%d %H:%M:%S %:z").to_string(),
            Zone::Utc | Zone::Relative => time.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        }
    }

    /// A deadline in local time, short: `Fri 00:00`, with the date when it is more than six days off.
    pub fn local_deadline(self, time: Time, now: Time) -> String {
        deadline(time.with_timezone(&(self.local)(time)), time - now)
    }

    fn placed(self, time: Time) -> chrono::DateTime<FixedOffset> {
        match self.zone {
            Zone::Local => time.with_timezone(&(self.local)(time)),
            Zone::Utc | Zone::Relative => time.fixed_offset(),
        }
    }
}

/// A deadline in UTC, short: `Fri 00:00`, with the date when it is more than six days off.
pub fn utc_deadline(time: Time, now: Time) -> String {
    deadline(time.fixed_offset(), time - now)
}

fn deadline(time: chrono::DateTime<FixedOffset>, left: TimeDelta) -> String {
    let form = if left.num_days().abs() > 5 { "%d %b %H:%M" } else { "%a %H:%M" };
    time.format(form).to_string()
}

#[cfg(test)]
mod tests {
    use chrono::{Offset, TimeZone, Utc};

    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn berlin(time: Time) -> FixedOffset {
        FixedOffset::east_opt(if time < at("2026-10-25T01:00:00Z") { 7_200 } else { 3_600 }).unwrap_or(Utc.fix())
    }

    #[test]
    fn a_row_shows_the_day_when_it_is_not_today() {
        let clock = Clock { zone: Zone::Utc, local: berlin };
        let now = at("2026-11-21T09:14:03Z");
        assert_eq!(clock.row(at("2026-11-21T00:00:01Z"), now, 8), "00:00:01");
        assert_eq!(clock.row(at("2026-11-20T23:59:59Z"), now, 12), "20 Nov 23:59");
        assert_eq!(clock.row(at("2026-11-20T23:59:59Z"), now, 8), "20 23:59");
        let local = Clock { zone: Zone::Local, ..clock };
        assert_eq!(local.row(at("2026-11-20T23:59:59Z"), now, 8), "00:59:59");
        let relative = Clock { zone: Zone::Relative, ..clock };
        assert_eq!(relative.row(at("2026-11-21T09:13:03Z"), now, 8), "1m 00s");
    }

    #[test]
    fn a_deadline_has_the_offset_of_its_own_season() {
        let clock = Clock { zone: Zone::Utc, local: berlin };
        let now = at("2026-10-24T12:00:00Z");
        assert_eq!(clock.local_deadline(at("2026-10-25T00:00:00Z"), now), "Sun 02:00");
        assert_eq!(clock.local_deadline(at("2026-10-26T00:00:00Z"), now), "Mon 01:00");
        assert_eq!(utc_deadline(Utc.with_ymd_and_hms(2026, 11, 9, 0, 0, 0).unwrap(), now), "09 Nov 00:00");
    }
}
