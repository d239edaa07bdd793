//! What is told of restores: that they begin, are ready, run out and are over.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Cx;
use crate::{
    model::{Notice, NoticeKind, Place, Restore, RestoreState, Severity, Time},
    notify::{
        deadlines::{Deadline, Deadlines, Due, Step},
        facts::{Fact, Facts},
        key::{key, short_digest},
        words::{self, number, span},
    },
};

/// So many restores with the same to say are told one by one; more are told as one.
const FEW: usize = 3;
/// So many objects are named.
const NAMED: usize = 10;
/// An object that is restored no more is remembered for so long.
const REMEMBERED: chrono::TimeDelta = chrono::TimeDelta::days(8);

/// A restore under way, or what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Round {
    /// When it was first seen: tells this restore of an object from its next.
    began: Time,
    running: bool,
    /// When it was first missed.
    missed: Option<Time>,
}

/// The restores by the addresses of their objects, the places that were looked into, and the deadlines.
#[derive(Debug)]
pub(super) struct Restores {
    rounds: Facts<Round>,
    places: Facts<()>,
    pub deadlines: Deadlines,
}

/// One thing to tell of one object.
struct News {
    kind: NoticeKind,
    uri: String,
    /// What tells it from other news of this object, for its key.
    mark: String,
    /// The deadline, or when it was seen.
    time: Time,
    step: Option<Step>,
}

impl Restores {
    pub fn new(deadlines: Deadlines) -> Self {
        Self { rounds: Facts::new("notified/restore/"), places: Facts::new("notified/place/"), deadlines }
    }

    pub fn load(&mut self, key: &str, bytes: &[u8]) {
        self.rounds.load(key, bytes);
        self.places.load(key, bytes);
        self.deadlines.load(key, bytes);
    }

    pub fn take_facts(&mut self) -> Vec<Fact> {
        [self.rounds.take_changed(), self.places.take_changed(), self.deadlines.take_facts()].concat()
    }

    /// Takes all restores of a place.
    pub fn take(&mut self, place: &Place, restores: &[Restore], cx: &Cx<'_>) -> Vec<Notice> {
        let name = place.to_string();
        let is_first = self.places.get(&name).is_none();
        if is_first {
            self.places.set(&name, ());
        }
        let news: Vec<News> = restores.iter().filter_map(|restore| self.take_one(restore, is_first, cx.now)).collect();
        self.note_missing(place, restores, cx.now);
        let ready: HashSet<&str> =
            news.iter().filter(|news| news.kind == NoticeKind::RestoreReady).map(|news| news.uri.as_str()).collect();
        let deadline = |restore: &Restore| {
            let (uri, expires) = (restore.uri(), restore.deadline()?);
            Some(Deadline { is_told: ready.contains(uri.as_str()), uri, expires })
        };
        let listed: Vec<Deadline> = restores.iter().filter_map(deadline).collect();
        self.deadlines.take(place, &listed, cx.now);
        let mut notices = told(news, cx);
        notices.extend(self.tend(cx));
        notices
    }

    fn take_one(&mut self, restore: &Restore, is_first: bool, now: Time) -> Option<News> {
        let uri = restore.uri();
        let before = self.rounds.get(&uri).copied();
        let running = restore.state == RestoreState::InProgress;
        let (begins, ends) = match before {
            None => (running, !running),
            Some(before) => (running && !before.running, before.running && !running),
        };
        let began = before.filter(|_| !begins).map_or(now, |before| before.began);
        let round = Round { began, running, missed: None };
        if before != Some(round) {
            self.rounds.set(&uri, round);
        }
        let is_news = before.is_some() || !is_first;
        let (kind, time) = match restore.state {
            RestoreState::InProgress if begins => (NoticeKind::RestoreInitiated, began),
            RestoreState::Ready { expires } if ends => (NoticeKind::RestoreReady, expires),
            _ => return None,
        };
        is_news.then(|| News { kind, uri, mark: time.timestamp_millis().to_string(), time, step: None })
    }

    fn note_missing(&mut self, place: &Place, restores: &[Restore], now: Time) {
        let there: HashSet<String> = restores.iter().map(Restore::uri).collect();
        let is_missing =
            |(uri, round): &(&String, &Round)| round.missed.is_none() && place.holds(uri) && !there.contains(*uri);
        let missing = self.rounds.iter().filter(is_missing);
        let missing: Vec<(String, Round)> = missing.map(|(uri, round)| (uri.clone(), *round)).collect();
        for (uri, round) in missing {
            self.rounds.set(&uri, Round { missed: Some(now), ..round });
        }
        self.rounds.retain(|round| round.missed.is_none_or(|missed| now - missed < REMEMBERED));
    }

    /// Tells of the deadlines that are due.
    pub fn tend(&mut self, cx: &Cx<'_>) -> Vec<Notice> {
        let news = |due: Due| {
            let millis = due.expires.timestamp_millis();
            let (kind, mark) = match due.step {
                Step::Expired => (NoticeKind::RestoreExpired, millis.to_string()),
                Step::Before(seconds) => (NoticeKind::RestoreExpiring, format!("{millis}/{seconds}s")),
            };
            News { kind, uri: due.uri, mark, time: due.expires, step: Some(due.step) }
        };
        told(self.deadlines.due(cx.now).into_iter().map(news).collect(), cx)
    }
}

/// The notices of some news: what a few objects have in common with none is told alone, the rest together.
fn told(news: Vec<News>, cx: &Cx<'_>) -> Vec<Notice> {
    let mut groups: BTreeMap<_, Vec<News>> = BTreeMap::new();
    for one in news {
        let bucket = one.uri.trim_start_matches("s3://").split('/').next().unwrap_or_default().to_owned();
        // What begins begins at times of its own; only deadlines are shared.
        let time = Some(one.time).filter(|_| one.kind != NoticeKind::RestoreInitiated);
        groups.entry((one.kind, bucket, time, one.step)).or_default().push(one);
    }
    let notices = |group: Vec<News>| match group.len() {
        ..=FEW => group.iter().map(|one| notice(std::slice::from_ref(one), cx)).collect(),
        _ => vec![notice(&group, cx)],
    };
    groups.into_values().flat_map(notices).collect()
}

/// One notice for one object, or for some that have the same to say.
fn notice(group: &[News], cx: &Cx<'_>) -> Notice {
    let News { kind, uri, time, mark, .. } = &group[0];
    let what = match group.len() {
        1 => format!("Restore of {}", words::head(uri)),
        many => format!("Restore of {} in {}", number(many, "object"), folder(group)),
    };
    let left = *time - cx.now;
    let when = cx.words.when(*time, cx.now);
    let (is, severity) = match kind {
        NoticeKind::RestoreInitiated => ("has begun".to_owned(), Severity::Medium),
        NoticeKind::RestoreReady => (format!("is ready, until {when}"), Severity::Medium),
        NoticeKind::RestoreExpired if left > -chrono::TimeDelta::minutes(1) => {
            (format!("has run out ({when})"), Severity::High)
        }
        NoticeKind::RestoreExpired => (format!("ran out {} ago ({when})", span(-left)), Severity::High),
        _ => (format!("runs out in {} ({when})", span(left)), urgency(left)),
    };
    let advice = match kind {
        NoticeKind::RestoreInitiated => "Its copy can be downloaded when it is ready: hours from now, or days.",
        NoticeKind::RestoreExpired => {
            "The copy is deleted; the archived object stays. Restore it again if it is still needed."
        }
        _ => "Download the copy before then, or restore it again with more days to extend it.",
    };
    let uris = if group.len() > 1 { named(group) } else { vec![uri.clone()] };
    let lines = [advice.to_owned()].into_iter().chain(uris).chain([cx.words.place(None)]);
    Notice {
        title: words::title(&format!("{what} {is}")),
        text: words::lines(lines),
        subject: if group.len() > 1 { folder(group) } else { uri.clone() },
        count: u32::try_from(group.len()).unwrap_or(u32::MAX),
        ..cx.blank(*kind, severity, name(*kind, group, uri, mark), *time)
    }
}

fn name(kind: NoticeKind, group: &[News], uri: &str, mark: &str) -> String {
    match group.len() {
        1 => key(&[kind.as_str(), uri, mark]),
        _ => {
            let members: Vec<String> = group.iter().map(|one| format!("{} {}", one.uri, one.mark)).collect();
            key(&[kind.as_str(), &folder(group), mark, &short_digest(&members.join("\n"))])
        }
    }
}

fn urgency(left: chrono::TimeDelta) -> Severity {
    if left <= chrono::TimeDelta::hours(6) { Severity::High } else { Severity::Medium }
}

/// The longest folder that all objects are in.
fn folder(group: &[News]) -> String {
    let first = group[0].uri.as_str();
    let shared =
        |a: &str, b: &str| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let length: usize = group.iter().map(|one| shared(first, &one.uri)).min().unwrap_or_default();
    let end = first[..length].rfind('/').map_or(length, |slash| slash + 1);
    first[..end].to_owned()
}

fn named(group: &[News]) -> Vec<String> {
    let mut named: Vec<String> = group.iter().take(NAMED).map(|one| one.uri.clone()).collect();
    if group.len() > NAMED {
        named.push(format!("and {} more", group.len() - NAMED));
    }
    named
}
