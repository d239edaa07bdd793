//! Which channel gets what, and what is held back.

use std::collections::BTreeMap;

use chrono::{FixedOffset, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::{
    config::{Config, Settings},
    model::Severity,
    notify::samples::{at, notice},
};

fn utc(_: Time) -> FixedOffset {
    FixedOffset::east_opt(0).unwrap()
}

fn desk(config: &str) -> Desk {
    let mut settings = Settings::default();
    Config::parse("c", config).unwrap().apply(&mut settings);
    Desk::new(&settings.notify, utc)
}

/// One channel named `it`, and no other.
fn only(config: &str) -> Desk {
    desk(&format!(
        "[notify.channels]\ndesktop = {{ kind = 'desktop', on = false }}\nterminal = {{ kind = 'terminal', on = false }}\n\
         [notify.channels.it]\nkind = 'command'\nrun = ['x']\n{config}"
    ))
}

fn channels(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.channel.as_str()).collect()
}

fn is_held(message: &Message) -> bool {
    matches!(message.state, Delivery::Held { .. })
}

#[test]
fn each_channel_takes_what_its_severity_and_kinds_allow() {
    let mut desk = desk(
        "[notify.channels.terminal]\nkind = 'terminal'\nfloor = 'low'\n[notify.channels.pager]\nkind = 'command'\n\
         run = ['x']\nkinds = ['restore']\nfloor = 'info'",
    );
    let mut given = |severity, kind| {
        let notice = Notice { kind, ..notice("a", severity) };
        desk.post(&notice, at(0)).iter().map(|message| message.channel.clone()).collect::<Vec<_>>()
    };
    assert_eq!(given(Severity::High, NoticeKind::Alert), ["desktop", "terminal"]);
    assert_eq!(given(Severity::Low, NoticeKind::Alert), ["terminal"]);
    assert_eq!(given(Severity::Info, NoticeKind::RestoreReady), ["pager"]);
}

#[test]
fn a_rule_that_names_channels_tells_these_and_no_others() {
    let mut desk = desk("[notify.channels.pager]\nkind = 'command'\nrun = ['x']\nfloor = 'critical'");
    let to = |names: &[&str]| Notice {
        channels: names.iter().map(|name| (*name).to_owned()).collect(),
        ..notice("a", Severity::Medium)
    };
    assert_eq!(channels(&desk.post(&to(&["pager"]), at(0))), ["pager"]);
    assert_eq!(channels(&desk.post(&to(&["pager", "gone"]), at(0))), ["pager"]);
    assert_eq!(channels(&desk.post(&to(&["gone"]), at(0))), ["desktop", "terminal"]);
}

#[test]
fn what_comes_in_quiet_hours_is_summed_up_when_they_end() {
    let mut desk = only("quiet = '22:00-07:00'\nrate = 'none'");
    let night = |hour: i64, minute: i64| at((hour - 9) * 3_600 + minute * 60);
    let severities = [Severity::Medium, Severity::High, Severity::Critical, Severity::Medium];
    let posted: Vec<Message> = (0..)
        .zip(severities)
        .flat_map(|(n, severity)| desk.post(&notice(&format!("alert/{n}"), severity), night(23, n)))
        .collect();
    assert_eq!(posted.iter().map(is_held).collect::<Vec<_>>(), [true, true, false, true]);
    assert!(desk.tend(night(30, 59)).is_empty());
    let summaries = desk.tend(night(31, 0));
    let [Message { notice: summary, state: Delivery::Waiting { due }, .. }] = &summaries[..] else { panic!() };
    assert_eq!(*due, night(31, 0));
    assert_eq!(summary.title, "3 messages held back from 22:00 to 07:00: 1 high, 2 medium");
    assert_eq!(
        summary.text,
        "high: title of alert/1\nmedium: title of alert/0\nmedium: title of alert/3\n\
         All of them are in the list of notifications."
    );
    assert_eq!((summary.severity, summary.count, summary.key.as_str()), (Severity::High, 3, "summary/it/alert/0"));
    assert!(desk.tend(night(32, 0)).is_empty());
}

#[test]
fn what_is_over_the_rate_is_summed_up_when_its_span_ends() {
    let mut desk = only("rate = '3/10m'");
    let mut held = 0;
    for n in 0..10 {
        let messages = desk.post(&notice(&format!("alert/{n}"), Severity::Medium), at(n));
        held += messages.iter().filter(|message| is_held(message)).count();
    }
    assert_eq!(held, 7);
    // A flood of mild ones holds no weighty one back.
    assert!(!is_held(&desk.post(&notice("alert/x", Severity::Critical), at(10))[0]));
    assert!(desk.tend(at(602)).is_empty());
    let summary = &desk.tend(at(603))[0].notice;
    assert_eq!(summary.title, "7 messages held back from 09:00 to 09:10: 7 medium");
    assert!(
        summary.text.starts_with("This channel takes 3 messages in 10m.\nThe weightiest:\nmedium: title of alert/3\n")
    );
    let next = desk.post(&notice("alert/11", Severity::Medium), at(700));
    assert!(next.len() == 1 && !is_held(&next[0]));
}

#[test]
fn a_summary_goes_before_what_comes_after_it() {
    let mut desk = only("rate = '1/1m'");
    for n in 0..3 {
        desk.post(&notice(&format!("alert/{n}"), Severity::Medium), at(0));
    }
    let messages = desk.post(&notice("alert/3", Severity::Medium), at(120));
    let kinds: Vec<NoticeKind> = messages.iter().map(|message| message.notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::Summary, NoticeKind::Alert]);
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_for_longer() {
    let mut desk = only("rate = '1/1h'");
    desk.post(&notice("a", Severity::Medium), at(7_200));
    assert!(is_held(&desk.post(&notice("b", Severity::Medium), at(7_200))[0]));
    assert_eq!(desk.tend(at(0)).len(), 1);
}

#[test]
fn a_sample_is_never_held_back() {
    let mut desk = only("quiet = '00:00-23:59'\nfloor = 'critical'\nrate = '1/1h'");
    let sample = Notice { kind: NoticeKind::Test, channels: vec!["it".into()], ..notice("test", Severity::Info) };
    assert!((0..3).all(|_| desk.post(&sample, at(0)).iter().all(|message| !is_held(message))));
}

/// What a channel is given over some days.
fn run(config: &str, steps: &[(u32, usize)], restarts: &[usize]) -> Vec<Message> {
    let (mut desk, mut outbox, mut now) = (only(config), Vec::new(), at(0));
    for (n, (pause, severity)) in steps.iter().enumerate() {
        for _ in 0..*pause {
            now += TimeDelta::minutes(1);
            outbox.extend(desk.tend(now));
        }
        outbox.extend(desk.post(&notice(&format!("alert/{n}"), Severity::ALL[*severity]), now));
        if restarts.contains(&n) {
            desk = only(config);
            desk.recall(outbox.iter().filter(|message| now - message.made <= Desk::RECENT));
        }
    }
    for _ in 0..3_000 {
        now += TimeDelta::minutes(1);
        outbox.extend(desk.tend(now));
    }
    outbox
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_a_restart_changes_nothing(
        steps in prop::collection::vec((0_u32..90, 0_usize..5), 1..60),
        restarts in prop::collection::vec(0_usize..60, 0..6),
        most in 1_u32..5, is_quiet in any::<bool>()
    ) {
        let quiet = if is_quiet { "22:00-07:00" } else { "never" };
        let config = format!("floor = 'info'\nrate = '{most}/2h'\nquiet = '{quiet}'");
        let outbox = run(&config, &steps, &restarts);
        let kind = |summary: bool| outbox.iter().filter(move |it| (it.notice.kind == NoticeKind::Summary) == summary);
        prop_assert_eq!(kind(false).count(), steps.len());
        let held = kind(false).filter(|message| is_held(message)).count();
        prop_assert_eq!(kind(true).map(|summary| summary.notice.count as usize).sum::<usize>(), held);
        let mut keys: BTreeMap<&str, u32> = BTreeMap::new();
        outbox.iter().for_each(|message| *keys.entry(&message.notice.key).or_default() += 1);
        prop_assert!(keys.values().all(|count| *count == 1), "{:?}", keys);
        let texts = |outbox: &[Message]| outbox.iter().map(|it| (it.made, it.notice.title.clone(), it.state)).collect::<Vec<_>>();
        prop_assert_eq!(texts(&outbox), texts(&run(&config, &steps, &[])));
    }
}
