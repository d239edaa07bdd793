//! The feed against a simulated CloudTrail: whatever the API does, each event comes once, in time, and marked right.

mod world;

use chrono::DateTime;
use proptest::prelude::*;
use world::{Trouble, World, event, seconds, start, steady};

use super::*;
use crate::model::SourceState;

#[test]
fn a_quiet_region_costs_one_request_a_poll() {
    let mut world = World::new(vec![event("a", -600, 5), event("b", 30, 15)], 3_600);
    world.run(605);
    assert_eq!(world.delivered.len(), 2);
    assert_eq!(world.api.requests.len(), 61);
    assert_eq!(world.health().progress, None);
    assert_eq!(world.health().state, SourceState::Live);
}

#[test]
fn the_first_load_shows_the_newest_first_and_how_far_it_is() {
    let mut world = World::new(steady(2, -3_600, 0, 0), 3_600);
    let whole = Progress { from: start() - seconds(3_600), to: start(), reached: start() };
    assert_eq!(world.health().progress, Some(whole));
    world.run(30);
    let progress = world.health().progress.expect("still loading");
    assert!((0.1..0.5).contains(&progress.ratio()), "{progress:?}");
    assert!(world.delivered.contains_key("-1/0") && !world.delivered.contains_key("-3600/0"));
    assert_eq!(world.health().behind, None, "a first load is not a backlog");
    world.run(180);
    assert_eq!(world.health().progress, None);
    assert!(world.delivered.values().all(|(_, late)| !late), "a first load is not late");
    world.assert_all_delivered(150, 3_600);
}

#[test]
fn an_event_that_comes_out_of_order_is_late_and_one_that_is_merely_slow_is_not() {
    let mut events = steady(1, -600, 600, 20);
    events.extend([event("late", 100, 300), event("slow", 200, 50), event("very late", 10, 1_190)]);
    let mut world = World::new(events, 600);
    world.run(1_800);
    assert!(world.late("late") && world.late("very late"));
    assert!(!world.late("slow"));
    assert!((0..600).all(|at| !world.late(&format!("{at}/0"))));
}

#[test]
fn a_burst_is_told_as_a_backlog_and_caught_up_with() {
    let mut events = steady(1, -600, 1_800, 5);
    events.extend((100..160).flat_map(|at| (0..150).map(move |i| event(format!("burst {at}/{i}"), at, 3))));
    let mut world = World::new(events, 600);
    world.run(155);
    let behind = world.health().behind.expect("9,000 events in a minute are more than 3,000");
    assert!(behind.unread_seconds > 10 && (100..200).contains(&behind.events_per_second), "{behind:?}");
    world.run(700);
    assert_eq!(world.health().behind, None);
    world.assert_all_delivered(650, 600);
    world.assert_within_budget();
}

#[test]
fn the_newest_events_stay_near_while_a_backlog_is_read() {
    let mut world = World::new(steady(80, -600, 300, 0), 600);
    world.run(300);
    let newest = world.health().newest.expect("events");
    assert!(world.now - newest <= seconds(15), "{newest}");
    assert!(world.health().behind.is_some());
}

#[test]
fn a_sleep_of_hours_leaves_no_hole() {
    let mut world = World::new(steady(1, -600, 12_000, 15), 600);
    world.run(300);
    world.now += seconds(7_200);
    world.run(9_000);
    world.assert_all_delivered(8_900, 600);
    let slept: Vec<_> = (400..7_000).filter(|at| world.late(&format!("{at}/0"))).collect();
    assert!(slept.is_empty(), "what happened in the sleep was never owed before: {slept:?}");
}

#[test]
fn a_restart_goes_on_where_it_was_and_an_hour_away_is_not_late() {
    let mut world = World::new(steady(1, -3_600, 12_000, 15), 3_600);
    world.run(600);
    world.restart(3_600, 600);
    world.run(4_450);
    world.assert_all_delivered(4_400, 3_600);
    assert!((600..4_200).all(|at| !world.late(&format!("{at}/0"))), "what happened meanwhile is not late");
}

#[test]
fn a_restart_that_wants_more_of_the_past_reads_it_too() {
    let mut world = World::new(steady(1, -9_000, 2_000, 5), 600);
    world.run(100);
    world.restart(10, 7_200);
    assert!(world.health().progress.is_some(), "it is a first load again");
    world.run(900);
    world.assert_all_delivered(850, 7_000);
}

#[test]
fn a_position_from_a_clock_that_was_wrong_loses_nothing_from_now_on() {
    let mut world = World::new(steady(1, -600, 3_000, 5), 600);
    world.run(500);
    world.restart(-400, 600);
    world.run(1_500);
    world.assert_all_delivered(1_400, 600);
}

#[test]
fn a_clock_set_back_stops_nothing() {
    let mut world = World::new(steady(1, -4_000, 4_000, 5), 600);
    world.run(1_000);
    world.now -= seconds(3_600);
    let before = world.delivered.len();
    let until = (world.now - start()).num_seconds() + 3_700;
    world.run(until);
    assert!(world.delivered.len() > before);
    world.run(1_300);
    world.assert_all_delivered(1_250, 600);
}

#[test]
fn an_event_whose_record_lies_about_its_time_ends_no_scan() {
    let mut world = World::new(steady(1, -600, 0, 0), 600);
    let Action::Ask(question) = world.feed.next(world.now) else { panic!("nothing asked") };
    let mut page = world.api.lookup(&question, world.now).unwrap();
    page.events[0].event.time = DateTime::from_timestamp(0, 0).unwrap();
    world.take(page);
    assert!(world.health().progress.is_some_and(|p| p.ratio() >= 0.0));
    world.run(100);
    world.assert_all_delivered(50, 600);
}

#[test]
fn throttling_is_waited_out_and_said() {
    let mut world = World::new(steady(1, -600, 600, 5), 600);
    world.api.troubles.push_back(Trouble { from: 100, length: 60, kind: FailureKind::Throttled });
    world.run(120);
    assert!(matches!(world.health().state, SourceState::Throttled { until, .. } if until > world.now));
    world.feed.refresh(world.now);
    assert!(matches!(world.feed.next(world.now), Action::Wait(_)), "a refresh does not overrule the service");
    world.run(400);
    assert_eq!(world.health().state, SourceState::Live);
    world.assert_all_delivered(350, 600);
}

#[test]
fn a_failure_keeps_its_beginning_and_a_refresh_tries_again() {
    let mut world = World::new(Vec::new(), 600);
    world.api.troubles.push_back(Trouble { from: 50, length: 200, kind: FailureKind::Other });
    world.run(200);
    let SourceState::Failed(error) = world.health().state else { panic!("not failed") };
    assert!(error.since <= start() + seconds(61), "{}", error.since);
    world.feed.refresh(world.now);
    assert!(matches!(world.feed.next(world.now), Action::Ask(_)));
}

#[test]
fn ids_are_forgotten_when_they_cannot_be_read_again() {
    let mut world = World::new(steady(5, -600, 6_000, 5), 600);
    world.run(6_000);
    assert!(world.delivered.len() > 29_000);
    assert!(world.feed.known.len() < 5 * 60 * 30, "{}", world.feed.known.len());
}

prop_compose! {
    /// An event in the half hour before the start or the hour after.
    fn any_event()(at in -1_800_i64..3_600, delay in prop_oneof![8 => 5_i64..180, 1 => 180_i64..1_200]) -> (i64, i64) {
        (at, delay)
    }
}

fn any_trouble() -> impl Strategy<Value = Trouble> {
    let kind = prop_oneof![
        Just(FailureKind::Throttled),
        Just(FailureKind::Other),
        Just(FailureKind::Credentials),
        Just(FailureKind::TokenRefused)
    ];
    (0_i64..3_600, 1_i64..400, kind).prop_map(|(from, length, kind)| Trouble { from, length, kind })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_api_does_every_event_comes_once(
        scattered in prop::collection::vec(any_event(), 0..600),
        bursts in prop::collection::vec((-1_800_i64..3_000, 1_i64..60, 1_usize..120, 0_i64..120), 0..3),
        troubles in prop::collection::vec(any_trouble(), 0..5),
        sleep in prop::option::of((500_i64..3_000, 60_i64..2_000)),
        restarts in prop::collection::vec((1_i64..300, 0_i64..900), 0..6),
    ) {
        let mut events: Vec<_> =
            scattered.into_iter().enumerate().map(|(i, (at, delay))| event(format!("s{i}"), at, delay)).collect();
        for (n, (from, length, rate, delay)) in bursts.into_iter().enumerate() {
            let burst = (from..from + length).flat_map(|at| (0..rate).map(move |i| event(format!("b{n}/{at}/{i}"), at, delay)));
            events.extend(burst);
        }
        let mut world = World::new(events, 1_200);
        world.api.troubles = troubles.into();
        if let Some((from, length)) = sleep {
            world.run(from);
            world.now += seconds(length);
        }
        for (run, away) in restarts {
            let now = (world.now - start()).num_seconds();
            world.run(now + run);
            world.restart(away, 60);
        }
        world.run(10_500);
        world.assert_all_delivered(5_000, 1_200);
        world.assert_within_budget();
        prop_assert_eq!(world.health().behind, None);
        prop_assert_eq!(world.health().progress, None);
        for happened in &world.api.events {
            // Nothing was read before the start, and nothing is late that came as soon as it happened or nearly so.
            if happened.visible <= start() && let Some((_, late)) = world.delivered.get(&happened.id) {
                prop_assert!(!late, "{:?}", happened);
            }
        }
    }

    #[test]
    fn an_event_that_comes_after_its_time_was_shown_is_late_and_no_other(
        events in prop::collection::vec(any_event(), 1..400),
    ) {
        let events: Vec<_> = events.into_iter().enumerate().map(|(i, (at, delay))| event(i, at, delay)).collect();
        let mut world = World::new(events, 1_800);
        world.run(6_000);
        for happened in &world.api.events {
            let Some((when, late)) = world.delivered.get(&happened.id) else { continue };
            let shown_before = world.api.events.iter().any(|other| {
                let shown = world.delivered.get(&other.id).is_some_and(|(at, _)| at < when);
                shown && other.at - happened.at >= LATE_AFTER && other.visible < happened.visible
            });
            let visible_at_start = happened.visible <= start();
            if *late {
                prop_assert!(shown_before && !visible_at_start, "{:?}", happened);
            } else if shown_before && !visible_at_start {
                // It was shown in the same poll, or its time was still owed.
                let polls_later = world.api.events.iter().any(|other| {
                    let shown = world.delivered.get(&other.id);
                    shown.is_some_and(|(at, _)| *when - *at > seconds(30)) && other.at - happened.at >= LATE_AFTER
                });
                prop_assert!(!polls_later, "{:?}", happened);
            }
        }
    }
}
