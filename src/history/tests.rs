//! History and view against a naive model: a sorted list and a filter put to each event.

use std::cmp::Reverse;

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;

use super::{samples::event, segment::Shape, segments::Segments, *};
use crate::model::{Actor, ActorKind, Event, Outcome, Region, Severity, Time};

/// Small enough for a few dozen events to fill several segments and blocks.
const SMALL: Shape = Shape { slots: 8, block_bytes: 64 };

/// A history whose row numbers start anew after the first few segments.
fn small_history(capacity: usize) -> History {
    History::with(capacity, Segments::starting_at(SMALL, u32::MAX - 31))
}

fn at(seconds: i64) -> Time {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-c]{1,2}",
        any::<String>(),
        Just("\u{202e}\u{1b}[31m\0\n".to_owned()),
        "[a-z \u{0}-\u{1f}ü日\"\\\\/:,*-]{0,12}",
    ]
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..40_u32).prop_map(|n| format!("875240ac-e821-4fc6-a311-{n:012x}")),
        (0..10_u32).prop_map(|n| format!("875240AC-E821-4FC6-A311-{n:012x}")),
        hostile_text(),
    ]
}

prop_compose! {
    fn an_event()(
        id in id(),
        (time, nanos) in (0..30_i64, 0..3_i64),
        texts in prop::array::uniform7(hostile_text()),
        record in hostile_text(),
        severity in prop::sample::select(&Severity::ALL[..]),
        kind in prop::sample::select(vec![ActorKind::Root, ActorKind::User, ActorKind::Role]),
        (late, read_only, ending) in (any::<bool>(), any::<bool>(), 0..3),
    ) -> Event {
        let [actor, name, service, target, source_address, code, region] = texts;
        let outcome = match ending {
            0 => Outcome::Succeeded,
            1 => Outcome::Denied(code),
            _ => Outcome::Failed(code),
        };
        let time = at(time) + TimeDelta::nanoseconds(nanos);
        let (region, actor) = (Region::new(region), Actor { kind, name: actor });
        Event {
            id, time, late, severity, read_only, name, service, target, source_address, outcome, record, region, actor,
            seen: at(99), fired: late.then_some(severity),
        }
    }
}

fn a_filter() -> impl Strategy<Value = Filter> {
    let text = prop::sample::select(vec![
        "",
        "a",
        "-b",
        "user:a,b",
        "event:*",
        "-target:c",
        "err:",
        "sev:medium",
        "kind:root",
        "late:yes",
        "fired:yes",
        "read:no",
        "id:875240ac",
        "json:a",
        "-json:/[bc]/ a",
        "/^a/ -err:*",
        "ip:a svc:b",
        "region:/^$/",
    ]);
    (text, any::<bool>(), prop::option::of(prop::sample::select(&Severity::ALL[..]))).prop_map(
        |(text, hide_read_only, min_severity)| {
            let mut filter: Filter = text.parse().expect("a filter of the list");
            filter.hide_read_only = hide_read_only;
            filter.min_severity = min_severity;
            filter
        },
    )
}

/// What somebody does with a history and a view of it.
#[derive(Clone, Debug)]
enum Step {
    Ingest(Vec<Event>),
    Work(usize),
    TakeIn,
    Forget,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => prop::collection::vec(an_event(), 0..12).prop_map(Step::Ingest),
        2 => (1..300_usize).prop_map(Step::Work),
        2 => Just(Step::TakeIn),
        1 => Just(Step::Forget),
    ];
    prop::collection::vec(step, 1..14)
}

/// The naive history: events from the oldest to the newest.
#[derive(Default)]
struct Model {
    events: Vec<Event>,
}

impl Model {
    fn ingest(&mut self, events: Vec<Event>, capacity: usize) {
        let oldest = (self.events.len() >= capacity).then(|| self.events[0].time);
        for event in events {
            if oldest.is_none_or(|oldest| event.time >= oldest) && self.events.iter().all(|known| known.id != event.id)
            {
                self.events.push(event);
            }
        }
        // Stable: equal times stay in the order of arrival.
        self.events.sort_by_key(|event| event.time);
        self.events.drain(..self.events.len().saturating_sub(capacity));
    }
}

fn listed(history: &History, view: &View) -> Vec<Event> {
    (0..view.len()).filter_map(|index| history.event(view.get(index)?)).collect()
}

proptest! {
    #[test]
    fn history_and_view_equal_a_sorted_list(steps in steps(), filter in a_filter(), capacity in 1..40_usize) {
        let (mut history, mut model, mut view) = (small_history(capacity), Model::default(), View::new(filter.clone()));
        for step in steps {
            match step {
                Step::Ingest(events) => {
                    let before: Vec<Event> = model.events.clone();
                    model.ingest(events.clone(), capacity);
                    let new: Vec<Event> = history.ingest(events).into_iter().filter_map(|id| history.event(id)).collect();
                    let expected: Vec<Event> =
                        model.events.iter().filter(|event| !before.contains(event)).cloned().collect();
                    prop_assert_eq!(new, expected);
                }
                Step::Work(budget) => {
                    view.work(&history, budget);
                }
                Step::TakeIn => {
                    view.take_in(&history);
                }
                Step::Forget => view.forget(&history),
            }
        }
        prop_assert_eq!(history.len(), model.events.len());
        for event in &model.events {
            let id = history.find(&event.id).expect("an event that was taken in");
            prop_assert_eq!(history.event(id), Some(event.clone()));
            prop_assert_eq!(history.record(id), Some(event.record.clone()));
        }
        while view.work(&history, 7) {}
        view.take_in(&history);
        let expected: Vec<Event> = model.events.iter().rev().filter(|event| filter.matches(event)).cloned().collect();
        prop_assert_eq!(listed(&history, &view), expected);
        for index in 0..view.len() {
            let id = view.get(index).expect("an index below the length");
            prop_assert_eq!(view.position(&history, id), Some(index));
            prop_assert_eq!(view.nearest(&history, id), Some(index));
        }
    }

    #[test]
    fn rows_say_what_events_say(events in prop::collection::vec(an_event(), 1..30)) {
        let mut history = small_history(1_000);
        for id in history.ingest(events) {
            let (row, event) = (history.row(id).expect("a new row"), history.event(id).expect("a new row"));
            prop_assert_eq!((row.time, row.seen, row.late), (event.time, event.seen, event.late));
            prop_assert_eq!((row.severity, row.read_only), (event.severity, event.read_only));
            prop_assert_eq!((row.actor_kind, row.actor), (event.actor.kind, event.actor.name.as_str()));
            prop_assert_eq!((row.region, row.name), (event.region.as_str(), event.name.as_str()));
            prop_assert_eq!((row.service, row.target), (event.service.as_str(), event.target.as_str()));
            prop_assert_eq!(row.source_address, event.source_address.as_str());
            prop_assert_eq!(row.ending.with_code(row.code), event.outcome);
        }
    }

    #[test]
    fn no_text_makes_the_filter_language_panic(text in "[a-z:\"/\\\\,!* -]{0,20}|.{0,20}") {
        if let Ok(filter) = text.parse::<Filter>() {
            filter.matches(&event());
        }
    }
}

fn numbered(numbers: impl IntoIterator<Item = i64>) -> Vec<Event> {
    let numbered = |n| Event { id: format!("n-{n}"), time: at(n), ..event() };
    numbers.into_iter().map(numbered).collect()
}

#[test]
fn a_full_history_turns_away_what_is_older_than_all_it_has() {
    let mut history = small_history(3);
    history.ingest(numbered(10..13));
    assert!(history.ingest(numbered([1, 2])).is_empty());
    assert_eq!((history.len(), history.evicted()), (3, 2));
    assert_eq!(history.find("n-1"), None);
}

#[test]
fn a_row_id_ends_with_its_event_and_the_memory_too() {
    let mut history = small_history(10);
    let first = history.ingest(numbered(0..1))[0];
    let start = history.memory();
    for from in (0..5_000).step_by(10) {
        history.ingest(numbered(from..from + 10));
    }
    assert!(history.row(first).is_none() && history.event(first).is_none() && history.record(first).is_none());
    assert!(history.memory() < start + 20_000, "{} after {start}", history.memory());
}

#[test]
fn long_records_make_room_by_bytes_not_only_by_number() {
    // Digits of a product without a pattern hardly pack.
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b' ' + (state >> 57) as u8 % 95)
    };
    let noise: String = (0..800_000).map(|_| noise()).collect();
    let mut history = History::new(1_000);
    for n in 0..600 {
        let record = noise[n * 1_000..n * 1_000 + 200_000].to_owned();
        history.ingest([Event { record, ..numbered([n as i64]).remove(0) }]);
    }
    assert!(history.memory() < 66 << 20, "{}", history.memory());
    assert!(history.len() > 200 && history.find("n-599").is_some() && history.find("n-0").is_none());
}

#[test]
fn a_history_of_huge_records_takes_less_than_one_of_many_small_ones() {
    let mut history = History::new(400_000);
    let small = history.max_bytes();
    history.ingest(numbered(0..1_000));
    assert_eq!(history.max_bytes(), small + 120 * 1_000);
    assert_eq!(small + 120 * 400_000, 300 * 400_000, "a full one");
}

#[test]
fn the_first_slice_of_a_scan_has_the_newest_rows() {
    let mut history = small_history(1_000);
    history.ingest(numbered(0..500));
    let mut view = View::new(Filter::default());
    assert!(view.work(&history, 50));
    let times: Vec<Time> = listed(&history, &view).into_iter().map(|event| event.time).collect();
    let expected: Vec<Time> = (450..500).map(at).rev().collect();
    assert_eq!(times, expected);
    assert!((view.progress(&history) - 0.1).abs() < 1e-9 && !view.is_complete());
}

#[test]
fn a_slice_that_looks_into_records_is_bounded_by_their_bytes() {
    let in_one_slice = |bytes: usize, filter: &str| {
        let mut history = History::new(4_000);
        let record = "x".repeat(bytes);
        history.ingest(numbered(0..4_000).into_iter().map(|event| Event { record: record.clone(), ..event }));
        let mut view = View::new(filter.parse().unwrap());
        view.work(&history, 50_000);
        (view.progress(&history) * 4_000.0).round() as usize
    };
    let large = in_one_slice(20_000, "json:nothing");
    assert!((5..50).contains(&large), "{large} rows of 20 kB");
    assert!(in_one_slice(100, "json:nothing") > 3_000);
    assert_eq!(in_one_slice(20_000, "user:nobody json:nothing"), 4_000, "no record is looked at");
}

#[test]
fn what_arrives_during_a_scan_is_listed_once_wherever_it_belongs() {
    let mut history = small_history(1_000);
    history.ingest(numbered((0..500).step_by(2)));
    let mut view = View::new(Filter::default());
    view.work(&history, 100);
    history.ingest(numbered((1..600).step_by(2)));
    view.work(&history, 200);
    view.take_in(&history);
    while view.work(&history, 100) {}
    let mut times: Vec<Reverse<Time>> = listed(&history, &view).into_iter().map(|event| Reverse(event.time)).collect();
    assert!(times.is_sorted());
    times.dedup();
    assert_eq!(times.len(), 550);
}

#[test]
fn a_cursor_whose_row_is_filtered_out_goes_next_to_it() {
    let mut history = small_history(1_000);
    let ids = history.ingest(numbered(0..10));
    let mut view = View::new("id:/n-[02468]/".parse().unwrap());
    while view.work(&history, 10) {}
    assert_eq!(view.position(&history, ids[5]), None);
    assert_eq!(view.nearest(&history, ids[5]), Some(1));
    assert_eq!(view.nearest(&history, ids[9]), Some(0));
    assert_eq!(View::new(Filter::default()).nearest(&history, ids[0]), None);
}
