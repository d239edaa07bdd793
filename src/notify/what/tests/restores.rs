//! What is told of restores and their deadlines.

use super::*;
use crate::model::{Place, Region, Restore, RestoreState, StorageClass};

fn place() -> Place {
    "s3://archive/tapes/".parse().unwrap()
}

fn restores(restores: &[(&str, RestoreState)]) -> Update {
    let restore = |(key, state): &(&str, RestoreState)| Restore {
        place: place(),
        region: Region::new("eu-west-1"),
        key: format!("tapes/{key}"),
        storage_class: StorageClass("GLACIER".into()),
        size: 1,
        state: *state,
        first_seen: at(0),
    };
    Update::Restores { place: place(), at: at(0), restores: restores.iter().map(restore).collect() }
}

fn ready(second: i64) -> RestoreState {
    RestoreState::Ready { expires: at(second) }
}

#[test]
fn a_restore_is_told_from_its_begin_to_its_end() {
    let mut what = what("");
    what.update(&restores(&[]), at(0));
    let mut titles = Vec::new();
    let expires = 44_100;
    for second in (0..45_000).step_by(10) {
        let state = if second < 1_000 { RestoreState::InProgress } else { ready(expires) };
        let mut notices =
            if second % 60 == 0 { what.update(&restores(&[("1998.tar", state)]), at(second)) } else { vec![] };
        notices.extend(what.tend(at(second)));
        titles.extend(notices.into_iter().map(|notice| format!("{second} {} {}", notice.severity, notice.title)));
    }
    let restore = "Restore of s3://archive/tapes/1998.tar";
    assert_eq!(
        titles,
        [
            format!("0 medium {restore} has begun"),
            format!("1020 medium {restore} is ready, until 21:15 UTC, 22:15 local"),
            format!("22500 high {restore} runs out in 6 hours (21:15 UTC, 22:15 local)"),
            format!("40500 high {restore} runs out in 1 hour (21:15 UTC, 22:15 local)"),
            format!("43200 high {restore} runs out in 15 minutes (21:15 UTC, 22:15 local)"),
            format!("44100 high {restore} has run out (21:15 UTC, 22:15 local)"),
        ]
    );
}

#[test]
fn a_deadline_that_passed_while_nothing_ran_is_told_once_as_what_it_is_now() {
    for (end, words) in [
        (3_000, "runs out in 50 minutes (09:50 UTC, 10:50 local)"),
        (-10_800, "ran out 3 hours ago (06:00 UTC, 07:00 local)"),
    ] {
        let mut before = what("");
        let far = at(end) - TimeDelta::days(4);
        before.update(&restores(&[("a", ready(end))]), far);
        assert!(before.tend(far).is_empty());
        let mut what = restarted(&mut before, at(0));
        // Not before a listing has told that it is still so.
        assert!(what.tend(at(0)).is_empty());
        let listed = if end > 0 { restores(&[("a", ready(end))]) } else { restores(&[]) };
        let notices = what.update(&listed, at(1));
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert_eq!(notices[0].title, format!("Restore of s3://archive/tapes/a {words}"));
        let step = if end > 0 { "/3600s" } else { "" };
        let kind = if end > 0 { "restore-expiring" } else { "restore-expired" };
        let key = format!("{kind}/s3://archive/tapes/a/{}{step}", at(end).timestamp_millis());
        assert_eq!(notices[0].key, key);
        assert!(tended(&mut what, 2, 500).is_empty());
    }
}

#[test]
fn a_deadline_is_not_lost_when_no_listing_comes() {
    let mut before = what("");
    before.update(&restores(&[("a", ready(3_000))]), at(-400_000));
    let mut what = restarted(&mut before, at(0));
    let told = tended(&mut what, 0, 1_000);
    assert_eq!(told.iter().map(|(second, _)| *second).collect::<Vec<_>>(), [180]);
}

#[test]
fn an_extended_restore_gets_its_deadlines_anew() {
    let mut what = what("");
    what.update(&restores(&[("a", ready(3_000))]), at(0));
    let day = 86_400;
    let notices = what.update(&restores(&[("a", ready(2 * day))]), at(10));
    assert_eq!(
        notices[0].title,
        "Restore of s3://archive/tapes/a runs out in 2 days (Mon 23 Nov 09:00 UTC, 10:00 local)"
    );
    what.update(&restores(&[("a", ready(9 * day))]), at(20));
    let later: Vec<i64> = (20..9 * day + 60)
        .step_by(60)
        .flat_map(|second| what.tend(at(second)).into_iter().map(move |_| (9 * day - second) / 60))
        .collect();
    assert_eq!(later, [72 * 60 - 1, 24 * 60 - 1, 6 * 60 - 1, 59, 14, 0]);
}

#[test]
fn many_objects_with_one_deadline_are_told_of_together() {
    let mut what = what("");
    what.update(&restores(&[]), at(0));
    let names: Vec<String> = (0..40).map(|n| format!("1998/{n:02}")).collect();
    let all = |state| restores(&names.iter().map(|name| (name.as_str(), state)).collect::<Vec<_>>());
    let begun = what.update(&all(RestoreState::InProgress), at(0));
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].title, "Restore of 40 objects in s3://archive/tapes/1998/ has begun");
    what.update(&all(ready(80_000)), at(10));
    what.tend(at(58_400));
    let due = what.update(&all(ready(80_000)), at(58_401));
    assert_eq!(due.len(), 1, "{due:?}");
    assert_eq!((due[0].count, due[0].subject.as_str()), (40, "s3://archive/tapes/1998/"));
    assert!(due[0].title.starts_with("Restore of 40 objects in s3://archive/tapes/1998/ runs out in 6 hours"));
    assert!(due[0].text.contains("s3://archive/tapes/1998/09\nand 30 more"));
}

#[test]
fn restores_are_not_told_when_the_settings_say_so() {
    let mut what = what("[notify]\nrestores = false");
    what.update(&restores(&[]), at(0));
    assert!(what.update(&restores(&[("a", ready(60))]), at(0)).is_empty());
}
