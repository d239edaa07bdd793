//! What happens in the account: streams of events, each a pure function of the seed and an index, merged by time.
//!
//! Nothing is kept: a lookup walks the streams backwards from a moment, and a record is written only for the events
//! that are answered. A million events of history cost as much memory as none.

mod action;
mod actors;
mod event;
mod noise;
mod record;
mod records;
pub mod replay;
mod script;
mod slots;
mod told;

use chrono::{DateTime, TimeDelta, Utc};

use super::random::mix;
use super::{Options, REGIONS};
pub use event::Event;
use replay::Recorded;
use slots::Slots;
use told::Told;

/// The home Region.
pub const HOME: &str = REGIONS[0];

/// More seconds than any story has; what a caller asks beyond is cut off before it can overflow.
const FOREVER: i64 = 10_000_000_000;

/// The place of an event in the order of all: by time, then by stream, then by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Seconds after the start.
    pub second: i64,
    pub stream: Stream,
    pub index: i64,
}

/// Where events come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    Replay,
    Noise,
    Script,
}

impl Stream {
    const ALL: [Self; 3] = [Self::Replay, Self::Noise, Self::Script];
}

/// How far back the history goes: that of the noise, or the whole of a recording.
pub fn reach(options: &Options) -> TimeDelta {
    match &options.replay {
        Some(recording) => recording.reach(),
        None => Slots::new(options).reach(),
    }
}

/// The streams of events.
#[derive(Debug)]
pub struct Story {
    seed: u64,
    start: DateTime<Utc>,
    slots: Slots,
    replay: Option<Vec<Recorded>>,
}

impl Story {
    /// Makes the story.
    pub fn new(options: Options) -> Self {
        let start = DateTime::from_timestamp(options.start.timestamp(), 0).unwrap_or(options.start);
        let slots = Slots::new(&options);
        let replay = options.replay.map(|recording| recording.laid_around(start));
        Self { seed: options.seed, start, slots, replay }
    }

    /// Whether it tells a recording, and so nothing of its own.
    pub fn is_recorded(&self) -> bool {
        self.replay.is_some()
    }

    /// The second of the story that a moment falls into.
    pub fn second(&self, time: DateTime<Utc>) -> i64 {
        time.timestamp().saturating_sub(self.start.timestamp())
    }

    /// The moment of a second of the story.
    pub fn time(&self, second: i64) -> DateTime<Utc> {
        self.start + TimeDelta::seconds(second)
    }

    /// The keys at or before `second`, the newest first.
    pub fn back_from(&self, second: i64) -> impl Iterator<Item = Key> + '_ {
        let second = second.clamp(-FOREVER, FOREVER);
        let mut heads = Stream::ALL.map(|stream| self.key(stream, self.last_at(stream, second)));
        std::iter::from_fn(move || {
            let newest = heads.iter().copied().flatten().max()?;
            heads[newest.stream as usize] = self.key(newest.stream, newest.index - 1);
            Some(newest)
        })
    }

    /// The keys before `key`, the newest first.
    pub fn back_before(&self, key: Key) -> impl Iterator<Item = Key> + '_ {
        self.back_from(key.second).skip_while(move |other| *other >= key)
    }

    /// The event of a key that [`Self::back_from`] gave.
    pub fn event(&self, key: Key) -> Option<Event<'_>> {
        let time = self.time(key.second);
        let throw = self.throw(key.stream, key.index);
        Some(match key.stream {
            Stream::Replay => Event::Recorded(self.replay.as_ref()?.get(usize::try_from(key.index).ok()?)?),
            Stream::Noise => {
                let (routine, actor, region) = noise::routine(throw);
                Event::Told(Told { throw, time, region, actor, action: &routine.action })
            }
            Stream::Script => {
                let (_, beat) = script::at(key.index)?;
                Event::Told(Told { throw, time, region: beat.region, actor: &beat.actor, action: &beat.action })
            }
        })
    }

    /// The second in which LookupEvents begins to show an event: most come after 10 to 40 seconds, some few after up
    /// to three minutes, so that they come out of order. What lies before the start is there at once.
    pub fn visible_at(&self, key: Key) -> i64 {
        if key.second < 0 {
            return key.second;
        }
        let throw = mix(self.throw(key.stream, key.index), 3);
        let delay = if throw.is_multiple_of(8) { 60 + throw / 8 % 120 } else { 10 + throw / 8 % 30 };
        key.second + delay as i64
    }

    /// When the trail was last stopped and last started, in seconds of the story, seen at a second.
    pub fn logging(&self, second: i64) -> (Option<i64>, Option<i64>) {
        let last = |name| match &self.replay {
            None => script::OPENING.iter().rev().find(|b| b.action.name == name && b.at <= second).map(|b| b.at),
            Some(records) => {
                let of_name = records.iter().rev().filter(|record| record.text("/eventName") == Some(name));
                of_name.map(|record| self.second(record.time)).find(|at| *at <= second)
            }
        };
        (last("StopLogging"), last("StartLogging"))
    }

    fn throw(&self, stream: Stream, index: i64) -> u64 {
        mix(mix(self.seed, stream as u64), index as u64)
    }

    fn key(&self, stream: Stream, index: i64) -> Option<Key> {
        let second = match (stream, &self.replay) {
            (Stream::Replay, Some(records)) => self.second(records.get(usize::try_from(index).ok()?)?.time),
            (Stream::Noise, None) if index >= self.slots.first() => self.noise_second(index),
            (Stream::Script, None) => script::at(index)?.0,
            _ => return None,
        };
        Some(Key { second, stream, index })
    }

    /// The index of the last event of a stream at or before a second.
    fn last_at(&self, stream: Stream, second: i64) -> i64 {
        match stream {
            Stream::Replay => {
                let records = self.replay.as_deref().unwrap_or_default();
                records.partition_point(|record| self.second(record.time) <= second) as i64 - 1
            }
            Stream::Script => script::last_at(second),
            Stream::Noise => {
                let slot = self.slots.at(second.saturating_mul(1000).saturating_add(999));
                if self.noise_second(slot) > second { slot - 1 } else { slot }
            }
        }
    }

    /// Each slot holds one event, somewhere in it; so time and index keep one order.
    fn noise_second(&self, index: i64) -> i64 {
        let (begin, width) = self.slots.bounds(index);
        let within = mix(self.throw(Stream::Noise, index), 5) % width as u64;
        (begin + within as i64).div_euclid(1000)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn story(events: usize) -> Story {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Story::new(Options { events, ..Options::new(start, Arc::new(move || start)) })
    }

    #[test]
    fn walking_back_is_newest_first_and_complete() {
        let story = story(500);
        let keys: Vec<Key> = story.back_from(1_300).collect();
        assert!(keys.is_sorted_by(|a, b| a > b));
        let noise = keys.iter().filter(|key| key.stream == Stream::Noise).count();
        assert_eq!(noise as i64, story.last_at(Stream::Noise, 1_300) + 1 - story.slots.first());
        for cut in [3, 700, keys.len() - 1] {
            assert!(story.back_before(keys[cut]).eq(keys[cut + 1..].iter().copied()));
        }
    }

    #[test]
    fn the_trail_is_stopped_for_three_minutes() {
        let story = story(0);
        assert_eq!(story.logging(299), (None, None));
        assert_eq!(story.logging(300), (Some(300), None));
        assert_eq!(story.logging(480), (Some(300), Some(480)));
    }

    #[test]
    fn no_moment_is_too_far_away_to_ask_for() {
        let story = story(3);
        assert_eq!(story.back_from(i64::MIN).count(), 0);
        assert!(story.back_from(i64::MAX).next().is_some());
    }

    #[test]
    fn most_events_are_seen_within_forty_seconds_and_some_late() {
        let story = story(0);
        let delays: Vec<i64> =
            story.back_from(3_000).take_while(|k| k.second >= 0).map(|k| story.visible_at(k) - k.second).collect();
        assert!(delays.iter().all(|delay| (10..=180).contains(delay)));
        let late = delays.iter().filter(|delay| **delay > 40).count() * 100 / delays.len();
        assert!((4..=14).contains(&late), "{late} %");
    }
}
