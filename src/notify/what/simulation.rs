//! A month of deadlines: sleep, restarts, crashes, clocks that are set, restores that are extended, lists that fail. Each
//! deadline is told once, and none is lost.

use std::collections::{BTreeMap, HashMap};

use chrono::FixedOffset;
use proptest::prelude::*;

use super::*;
use crate::{
    model::{Place, Region, Restore, RestoreState, StorageClass},
    notify::{deadlines::Step, samples::at},
};

const TICK: TimeDelta = TimeDelta::seconds(30);
/// Within this time after a start, a sleep or a set clock everything has been told.
const SETTLED: TimeDelta = TimeDelta::minutes(5);
/// As the source does: what is over is shown for so long.
const SHOWN: TimeDelta = TimeDelta::hours(1);

#[derive(Clone, Debug)]
enum Act {
    /// Minutes.
    Run(i64),
    Sleep(i64),
    /// Ended in order, started again after so many minutes.
    Restart(i64),
    /// As a restart, and what was decided last did not reach the disk.
    Crash(i64),
    /// The clock is wrong by so many minutes from now on.
    Clock(i64),
    /// No listing for so many minutes.
    Outage(i64),
    /// The restore of an object is extended to so many minutes from now, or begun.
    Restore(usize, i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (1_i64..240).prop_map(Act::Run),
        2 => (1_i64..2_880).prop_map(Act::Sleep),
        1 => (0_i64..1_440).prop_map(Act::Restart),
        1 => (0_i64..300).prop_map(Act::Crash),
        1 => (-120_i64..120).prop_map(Act::Clock),
        1 => (1_i64..240).prop_map(Act::Outage),
        3 => (0_usize..8, 20_i64..8_640).prop_map(|(object, minutes)| Act::Restore(object, minutes)),
    ];
    prop::collection::vec(act, 60..160)
}

/// An object as S3 has it.
#[derive(Clone, Copy, Debug)]
struct Object {
    ready: Time,
    expires: Time,
}

struct World {
    /// The time that S3 goes by.
    time: Time,
    wrong: TimeDelta,
    outage: Time,
    objects: BTreeMap<usize, Object>,
    /// The source's memory of what was ready.
    seen: BTreeMap<String, Time>,
    what: What,
    facts: HashMap<String, Vec<u8>>,
    settings: Settings,
    /// Since when it runs without a break.
    since: Time,
    listed: Time,
    /// What listings since then have said of each object.
    heard: HashMap<String, Time>,
    /// By address and deadline: every step told.
    told: BTreeMap<(String, i64), Vec<Step>>,
    /// Deadlines that a listing ever told of, and are not replaced by a later one.
    known: BTreeMap<String, Time>,
    notices: usize,
}

fn berlin(time: Time) -> FixedOffset {
    let summer = time < "2026-10-25T01:00:00Z".parse::<Time>().unwrap();
    FixedOffset::east_opt(if summer { 7_200 } else { 3_600 }).unwrap()
}

fn place() -> Place {
    "s3://archive/".parse().unwrap()
}

impl World {
    fn new() -> Self {
        // The month in which summer time ends.
        let time = at(0) - TimeDelta::days(40);
        let settings = Settings::default();
        Self {
            time,
            wrong: TimeDelta::zero(),
            outage: time,
            objects: BTreeMap::new(),
            seen: BTreeMap::new(),
            what: What::new(&settings, berlin, time),
            facts: HashMap::new(),
            settings,
            since: time,
            listed: time,
            heard: HashMap::new(),
            told: BTreeMap::new(),
            known: BTreeMap::new(),
            notices: 0,
        }
    }

    fn clock(&self) -> Time {
        self.time + self.wrong
    }

    fn act(&mut self, act: &Act) {
        let minutes = TimeDelta::minutes;
        match act {
            Act::Run(run) => self.run(minutes(*run)),
            Act::Sleep(sleep) => {
                self.time += minutes(*sleep);
                self.broke();
            }
            Act::Restart(off) => self.start(minutes(*off)),
            Act::Crash(off) => {
                // What the last moment decided is lost, notices and facts alike.
                let _ = self.what.tend(self.clock());
                self.start(minutes(*off));
            }
            Act::Clock(wrong) => {
                let before = self.wrong;
                self.wrong = minutes(*wrong);
                if (self.wrong - before).abs() > TimeDelta::seconds(3) {
                    self.broke();
                }
            }
            Act::Outage(long) => self.outage = self.time + minutes(*long),
            Act::Restore(object, long) => self.restore(*object, minutes(*long)),
        }
    }

    fn broke(&mut self) {
        self.since = self.time;
        // The next listing takes a while.
        self.listed = self.time;
        self.heard.clear();
    }

    fn start(&mut self, off: TimeDelta) {
        self.time += off;
        self.what = What::new(&self.settings, berlin, self.clock());
        self.what.load(self.facts.iter().map(|(key, bytes)| (key.as_str(), bytes.as_slice())));
        self.seen.clear();
        self.broke();
    }

    fn restore(&mut self, object: usize, long: TimeDelta) {
        let extended = self.objects.get(&object).filter(|it| it.ready <= self.time && self.time < it.expires);
        let ready = extended.map_or(self.time + TimeDelta::minutes(15), |it| it.ready);
        // Each deadline is one of its own: equal ones would be told together.
        let odd = TimeDelta::seconds(i64::try_from(object).unwrap());
        self.objects.insert(object, Object { ready, expires: self.time + TimeDelta::minutes(15) + long + odd });
    }

    fn run(&mut self, long: TimeDelta) {
        let end = self.time + long;
        while self.time < end {
            self.time += TICK;
            let mut notices = Vec::new();
            if self.time - self.listed >= TimeDelta::seconds(60) && self.time >= self.outage {
                self.listed = self.time;
                let restores = self.listing();
                let update = Update::Restores { place: place(), at: self.clock(), restores };
                notices = self.what.update(&update, self.clock());
            }
            notices.extend(self.what.tend(self.clock()));
            notices.iter().for_each(|notice| self.note(notice));
            for Fact { key, value } in self.what.take_facts() {
                match value {
                    Some(value) => drop(self.facts.insert(key, value)),
                    None => drop(self.facts.remove(&key)),
                }
            }
            self.check();
        }
    }

    /// What the source gives: S3's answer, and what it remembers of the answers before.
    fn listing(&mut self) -> Vec<Restore> {
        let (clock, time) = (self.clock(), self.time);
        let mut seen = std::mem::take(&mut self.seen);
        let mut restores = Vec::new();
        for (number, object) in self.objects.iter().filter(|(_, object)| time < object.expires) {
            let uri = format!("s3://archive/{number}");
            seen.remove(&uri);
            let expires = object.expires;
            let state = match object.ready <= time {
                false => RestoreState::InProgress,
                true if expires <= clock => RestoreState::Expired { expires },
                true => RestoreState::Ready { expires },
            };
            if object.ready <= time {
                self.seen.insert(uri.clone(), expires);
                self.known.insert(uri.clone(), expires);
                self.heard.insert(uri, expires);
            }
            restores.push(restore(*number, state, clock));
        }
        for (uri, expires) in seen.into_iter().filter(|(_, expires)| *expires <= clock && clock - *expires < SHOWN) {
            restores.push(restore(number(&uri), RestoreState::Expired { expires }, clock));
            self.seen.insert(uri, expires);
        }
        restores
    }

    fn note(&mut self, notice: &Notice) {
        self.notices += 1;
        let mut parts = notice.key.rsplit('/');
        let step = match notice.kind {
            NoticeKind::RestoreInitiated => return,
            NoticeKind::RestoreExpiring => Step::Before(parts.next().unwrap().trim_end_matches('s').parse().unwrap()),
            NoticeKind::RestoreExpired => Step::Expired,
            // Says when it ends, and so stands for every threshold that is over.
            NoticeKind::RestoreReady => Step::Before((notice.time - self.clock()).num_seconds().max(0).cast_unsigned()),
            kind => panic!("{kind:?}"),
        };
        let millis: i64 = parts.next().unwrap().parse().unwrap();
        let uri = notice.subject.clone();
        let heard = self.heard.get(&uri).copied();
        let listed = self.objects.get(&number(&uri)).filter(|it| it.ready <= self.time && self.time < it.expires);
        // While listings fail, what was heard before is better than nothing.
        let real = listed.filter(|_| self.outage + SETTLED < self.time).map(|it| it.expires);
        if let Some(expires) = heard.or(real) {
            assert_eq!(expires.timestamp_millis(), millis, "{} is told, and is no more", notice.key);
        }
        let told = self.told.entry((uri, millis)).or_default();
        assert!(told.iter().all(|told| step < *told), "{} after {told:?}", notice.key);
        told.push(step);
    }

    /// Everything that is known and has come to a threshold has been told, or a tighter one was.
    fn check(&self) {
        if self.time - self.since < SETTLED {
            return;
        }
        // Of one that was replaced S3 tells no more.
        let is_real = |uri: &str, expires| self.objects.get(&number(uri)).is_some_and(|it| it.expires == expires);
        for (uri, expires) in self.known.iter().filter(|(uri, expires)| is_real(uri, **expires)) {
            let left = (*expires - self.clock()).num_milliseconds();
            let passed = self.settings.notify.deadlines.iter().filter(|span| left <= span.chrono().num_milliseconds());
            let passed = passed.map(|span| span.seconds).min();
            let Some(step) = passed.map(|seconds| if left <= 0 { Step::Expired } else { Step::Before(seconds) }) else {
                continue;
            };
            let told = self.told.get(&(uri.clone(), expires.timestamp_millis()));
            assert!(
                told.is_some_and(|told| told.iter().any(|told| *told <= step)),
                "{uri} {expires} at {}: {step:?} is not among {told:?}",
                self.clock()
            );
        }
    }
}

fn number(uri: &str) -> usize {
    uri.rsplit('/').next().unwrap().parse().unwrap()
}

fn restore(number: usize, state: RestoreState, first_seen: Time) -> Restore {
    Restore {
        place: place(),
        region: Region::new("eu-west-1"),
        key: number.to_string(),
        storage_class: StorageClass("GLACIER".into()),
        size: 1,
        state,
        first_seen,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn each_deadline_is_told_once_whatever_happens(acts in acts()) {
        let mut world = World::new();
        acts.iter().for_each(|act| world.act(act));
        world.wrong = TimeDelta::zero();
        world.broke();
        world.run(TimeDelta::minutes(10));
        world.time += TimeDelta::days(10);
        world.start(TimeDelta::zero());
        world.run(TimeDelta::minutes(10));
    }
}
