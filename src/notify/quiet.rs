//! When it is quiet: hours of a day as moments, whatever the clock of that day does.

use chrono::{Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};

use super::words::LocalOffset;
use crate::{
    config::notify::{Quiet, QuietZone},
    model::{Time, sane},
};

/// The quiet hours that a moment is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub from: Time,
    /// The first moment that is not quiet.
    pub to: Time,
}

/// The quiet hours around `now`, if it is quiet.
///
/// Where the clock is put forward over their end, they end with the hour that is left out; where it is put back over it,
/// they end the second time. They begin in the same way: with the hour after the gap, and the first time.
pub fn hours(quiet: &Quiet, local: LocalOffset, now: Time) -> Option<Hours> {
    let now = sane(now);
    let today = now.with_timezone(&offset(quiet, local, now)).date_naive();
    let before = [2, 1, 0].into_iter().filter_map(|days| today.checked_sub_days(Days::new(days)));
    let all = before.filter_map(|day| of_day(quiet, local, day));
    all.into_iter().find(|hours| hours.from <= now && now < hours.to)
}

/// The hours that begin on a day.
fn of_day(quiet: &Quiet, local: LocalOffset, day: NaiveDate) -> Option<Hours> {
    let last = if quiet.to <= quiet.from { day.checked_add_days(Days::new(1))? } else { day };
    let (from, _) = moments(quiet, local, day, quiet.from);
    let (_, to) = moments(quiet, local, last, quiet.to);
    Some(Hours { from, to })
}

/// The first and the last moment at which the clock shows a time; where it never does, the moment at which it skips it.
fn moments(quiet: &Quiet, local: LocalOffset, day: NaiveDate, time: NaiveTime) -> (Time, Time) {
    let shown = day.and_time(time);
    let near = |hours| sane(shown.and_utc()) + TimeDelta::hours(hours);
    // The clock is put forward or back at most once in two days.
    let (early, late) = (offset(quiet, local, near(-24)), offset(quiet, local, near(24)));
    let candidates = [early, late].map(|offset| moment(shown, offset));
    let is_shown = |moment: &&Time| moment.with_timezone(&offset(quiet, local, **moment)).naive_local() == shown;
    let shown: Vec<Time> = candidates.iter().filter(is_shown).copied().collect();
    match (shown.iter().min(), shown.iter().max()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => {
            let skip = change(quiet, local, candidates[0].min(candidates[1]), candidates[0].max(candidates[1]));
            (skip, skip)
        }
    }
}

fn moment(shown: NaiveDateTime, offset: FixedOffset) -> Time {
    offset.from_local_datetime(&shown).single().map_or_else(|| shown.and_utc(), |moment| moment.to_utc())
}

/// The second in which the offset changes between two moments: halving takes at most 17 steps for a day.
fn change(quiet: &Quiet, local: LocalOffset, mut before: Time, mut after: Time) -> Time {
    let first = offset(quiet, local, before);
    while after - before > TimeDelta::seconds(1) {
        let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
        if offset(quiet, local, middle) == first { before = middle } else { after = middle }
    }
    after
}

fn offset(quiet: &Quiet, local: LocalOffset, at: Time) -> FixedOffset {
    match quiet.zone {
        QuietZone::Local => local(at),
        QuietZone::Fixed(offset) => offset,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::notify::QuietZone;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    /// Berlin in 2026: summer time from 29 March to 25 October, both at 01:00 UTC.
    fn berlin(time: Time) -> FixedOffset {
        let summer = at("2026-03-29T01:00:00Z") <= time && time < at("2026-10-25T01:00:00Z");
        FixedOffset::east_opt(if summer { 7_200 } else { 3_600 }).unwrap()
    }

    fn quiet(from: &str, to: &str) -> Quiet {
        Quiet { from: from.parse().unwrap(), to: to.parse().unwrap(), zone: QuietZone::Local }
    }

    fn found(from: &str, to: &str, now: &str) -> Option<(String, String)> {
        let text = |time: Time| time.format("%d %H:%M").to_string();
        hours(&quiet(from, to), berlin, at(now)).map(|hours| (text(hours.from), text(hours.to)))
    }

    fn some(from: &str, to: &str) -> Option<(String, String)> {
        Some((from.to_owned(), to.to_owned()))
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let night = some("20 21:00", "21 06:00");
        assert_eq!(found("22:00:00", "07:00:00", "2026-11-20T20:59:59Z"), None);
        assert_eq!(found("22:00:00", "07:00:00", "2026-11-20T21:00:00Z"), night);
        assert_eq!(found("22:00:00", "07:00:00", "2026-11-21T05:59:59Z"), night);
        assert_eq!(found("22:00:00", "07:00:00", "2026-11-21T06:00:00Z"), None);
        assert_eq!(found("12:00:00", "13:00:00", "2026-11-21T11:30:00Z"), some("21 11:00", "21 12:00"));
    }

    #[test]
    fn an_hour_that_does_not_exist_ends_or_begins_them_where_the_clock_skips_it() {
        assert_eq!(found("22:00:00", "02:30:00", "2026-03-29T00:59:59Z"), some("28 21:00", "29 01:00"));
        assert_eq!(found("22:00:00", "02:30:00", "2026-03-29T01:00:00Z"), None);
        assert_eq!(found("02:30:00", "07:00:00", "2026-03-29T00:59:59Z"), None);
        assert_eq!(found("02:30:00", "07:00:00", "2026-03-29T01:00:00Z"), some("29 01:00", "29 05:00"));
    }

    #[test]
    fn an_hour_that_exists_twice_ends_them_the_second_time() {
        // 02:30 is at 00:30 and at 01:30 UTC.
        let night = some("24 20:00", "25 01:30");
        for now in ["2026-10-25T00:29:00Z", "2026-10-25T00:45:00Z", "2026-10-25T01:29:59Z"] {
            assert_eq!(found("22:00:00", "02:30:00", now), night, "{now}");
        }
        assert_eq!(found("22:00:00", "02:30:00", "2026-10-25T01:30:00Z"), None);
        assert_eq!(found("02:30:00", "07:00:00", "2026-10-25T00:30:00Z"), some("25 00:30", "25 06:00"));
    }

    #[test]
    fn another_zone_has_hours_of_its_own() {
        let zone = QuietZone::Fixed(FixedOffset::west_opt(18_000).unwrap());
        let quiet = Quiet { zone, ..quiet("22:00:00", "07:00:00") };
        assert!(hours(&quiet, berlin, at("2026-11-21T03:00:00Z")).is_some());
        assert!(hours(&quiet, berlin, at("2026-11-21T12:00:00Z")).is_none());
    }

    proptest! {
        #[test]
        fn quiet_hours_are_one_stretch_whose_end_is_not_quiet(
            from in 0_u32..1_440, to in 0_u32..1_440, second in 0_i64..31_536_000
        ) {
            prop_assume!(from != to);
            let time = |minute: u32| NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
            let quiet = Quiet { from: time(from), to: time(to), zone: QuietZone::Local };
            let now = at("2026-01-01T00:00:00Z") + TimeDelta::seconds(second);
            if let Some(found) = hours(&quiet, berlin, now) {
                prop_assert!(found.from <= now && now < found.to && found.to - found.from <= TimeDelta::hours(25));
                prop_assert!(hours(&quiet, berlin, found.from).is_some());
                prop_assert!(hours(&quiet, berlin, found.to).is_none_or(|next| next.to > found.to));
            } else {
                let shown = now.with_timezone(&berlin(now)).time();
                let inside = if from < to { time(from) <= shown && shown < time(to) } else { shown >= time(from) || shown < time(to) };
                prop_assert!(!inside);
            }
        }
    }
}
