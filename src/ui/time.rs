//! Times and spans as the operator wants to read them.

use chrono::{FixedOffset, TimeDelta};

use crate::{
    config::Zone,
    model::{Time, duration::brief},
};

/// Where the operator is: the offset from UTC at a time, which changes with the season.
pub type LocalOffset = fn(Time) -> FixedOffset;

/// Days after which a day and a month could be taken for those of this year.
const OTHER_YEAR: i64 = 300;

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

    /// A time in a row of `width` columns, at least 5: the time of day, and of another day what tells most in the room
    /// there is. A day of the week means one of the last six days.
    pub fn row(self, time: Time, now: Time, width: u16) -> String {
        if self.zone == Zone::Relative {
            let age = brief(now - time);
            return if age.len() <= width.into() { age } else { age.split(' ').next().unwrap_or_default().to_owned() };
        }
        let (time, today) = (self.placed(time), self.placed(now).date_naive());
        let form = match ((today - time.date_naive()).num_days().abs(), width) {
            (0, 8..) => "%H:%M:%S",
            (0, _) => "%H:%M",
            (OTHER_YEAR.., 11..) => "%d %b %Y",
            (OTHER_YEAR.., 8..) => "%b %Y",
            (OTHER_YEAR.., _) => "%b%y",
            (_, 12..) => "%d %b %H:%M",
            (1..=6, 9..) => "%a %H:%M",
            (_, 9..) => "%d%b %Hh",
            (_, 6..) => "%d %b",
            (..) => "%d%b",
        };
        time.format(form).to_string()
    }

    /// A whole time with its zone: `2026-11-21 09:14:03 UTC`.
    pub fn full(self, time: Time) -> String {
        match self.zone {
            Zone::Local => self.placed(time).format("%Y-%m-%d %H:%M:%S %:z").to_string(),
            Zone::Utc | Zone::Relative => time.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        }
    }

    /// A deadline in local time, as [`utc_deadline`] shows one in UTC.
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

/// A deadline in UTC, short: `Fri 00:00`, with the date when it is more than six days off,
/// and with the year when that is another one.
pub fn utc_deadline(time: Time, now: Time) -> String {
    deadline(time.fixed_offset(), time - now)
}

fn deadline(time: chrono::DateTime<FixedOffset>, left: TimeDelta) -> String {
    let form = match left.num_days().abs() {
        ..=5 => "%a %H:%M",
        OTHER_YEAR.. => "%d %b %Y",
        _ => "%d %b %H:%M",
    };
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
        assert_eq!(clock.row(at("2026-11-20T23:59:59Z"), now, 9), "Fri 23:59");
        let local = Clock { zone: Zone::Local, ..clock };
        assert_eq!(local.row(at("2026-11-20T23:59:59Z"), now, 8), "00:59:59");
        let relative = Clock { zone: Zone::Relative, ..clock };
        assert_eq!(relative.row(at("2026-11-21T09:13:03Z"), now, 8), "1m 00s");
    }

    #[test]
    fn a_far_time_has_its_month_in_any_width() {
        let clock = Clock { zone: Zone::Utc, local: berlin };
        let row = |time, width| clock.row(at(time), at("2026-11-21T09:14:03Z"), width);
        for (width, today, near, far, last_year) in [
            (12, "08:07:06", "15 Nov 23:59", "13 Oct 09:26", "13 Dec 2025"),
            (9, "08:07:06", "Sun 23:59", "13Oct 09h", "Dec 2025"),
            (6, "08:07", "15 Nov", "13 Oct", "Dec25"),
            (5, "08:07", "15Nov", "13Oct", "Dec25"),
        ] {
            assert_eq!(row("2026-11-21T08:07:06Z", width), today);
            assert_eq!(row("2026-11-15T23:59:00Z", width), near);
            assert_eq!(row("2026-10-13T09:26:00Z", width), far);
            assert_eq!(row("2025-12-13T09:26:00Z", width), last_year);
        }
        let relative = Clock { zone: Zone::Relative, ..clock };
        assert_eq!(relative.row(at("2026-11-21T09:13:03Z"), at("2026-11-21T09:14:03Z"), 5), "1m");
        assert_eq!(utc_deadline(at("2027-12-01T00:00:00Z"), at("2026-11-21T09:14:03Z")), "01 Dec 2027");
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
