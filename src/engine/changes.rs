//! How alarms and restores have changed since their facts were written: the history that outlives a run.

use super::facts::Facts;
use crate::{
    model::{Alarm, AlarmChange, AlarmState, Place, Region, Restore, Time, Update},
    rules::{Watch, watch::LocalState},
    store::{AlarmEntry, Batch, RestoreEntry},
};

/// Puts into a batch how the things of an update changed; `facts` are those before it.
pub fn note(batch: &mut Batch, update: &Update, facts: &Facts, now: Time) {
    match update {
        Update::Alarms { region, alarms, .. } => {
            batch.alarm_changes.extend(alarms.iter().filter_map(|alarm| alarm_change(region, alarm, facts, now)));
        }
        Update::Restores { place, restores, .. } => {
            batch
                .restore_changes
                .extend(restores.iter().filter_map(|restore| restore_change(place, restore, facts, now)));
        }
        _ => {}
    }
}

/// An alarm that is seen for the first time has not changed.
fn alarm_change(region: &Region, alarm: &Alarm, facts: &Facts, now: Time) -> Option<AlarmEntry> {
    let before = facts.alarm(region, &alarm.name).filter(|before| *before != alarm.state)?;
    let change = AlarmChange {
        time: alarm.since.or(alarm.updated).unwrap_or(now),
        kind: "StateUpdate".to_owned(),
        summary: summary(before, alarm.state),
        data: serde_json::json!({ "newState": { "stateReason": alarm.reason } }).to_string(),
    };
    Some(AlarmEntry { region: region.clone(), alarm: alarm.name.clone(), change })
}

/// As CloudWatch's own history says it (DescribeAlarmHistory, `HistorySummary`).
fn summary(before: AlarmState, after: AlarmState) -> String {
    format!("Alarm updated from {} to {}", before.as_str(), after.as_str())
}

/// Unlike an alarm, a restore that is seen for the first time was asked for: it is kept as it is.
fn restore_change(place: &Place, restore: &Restore, facts: &Facts, now: Time) -> Option<RestoreEntry> {
    let is_known = facts.restore(place, &restore.key) == Some(restore.state);
    (!is_known).then(|| RestoreEntry { time: now, restore: restore.clone() })
}

/// The changes of local alarms that are not as `facts` say. Those that are kept already are among them: the store
/// leaves them out.
pub fn of_local(states: &[(String, LocalState)], watch: &Watch, facts: &Facts) -> Vec<AlarmEntry> {
    let changed = states.iter().filter(|(rule, state)| facts.local(rule).as_ref() != Some(state));
    let entries = changed.flat_map(|(rule, _)| {
        let entry = |change| AlarmEntry { region: Region::new(Region::LOCAL), alarm: rule.clone(), change };
        watch.alarm_changes(rule).unwrap_or_default().into_iter().rev().map(entry)
    });
    entries.collect()
}

/// What this run knows of an alarm's changes with what was kept, each once, the newest first.
pub fn merged(ours: Vec<AlarmChange>, kept: Vec<AlarmEntry>) -> Vec<AlarmChange> {
    let older = kept.into_iter().map(|entry| entry.change);
    let mut all = ours.clone();
    all.extend(older.filter(|change| !ours.contains(change)));
    all.sort_by_key(|change| std::cmp::Reverse(change.time));
    all
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::{RestoreState, StorageClass};

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    fn restored(state: RestoreState) -> Update {
        let place: Place = "s3://archive/tapes/".parse().unwrap();
        let restore = Restore {
            place: place.clone(),
            region: Region::new("eu-west-1"),
            key: "tapes/1998.tar".to_owned(),
            storage_class: StorageClass("GLACIER".to_owned()),
            size: 5,
            state,
            first_seen: at(0),
        };
        Update::Restores { place, at: at(0), restores: vec![restore] }
    }

    #[test]
    fn each_state_of_a_restore_is_kept_once() {
        let mut facts = Facts::default();
        let ready = |days| RestoreState::Ready { expires: at(0) + TimeDelta::days(days) };
        let states = [
            RestoreState::InProgress,
            RestoreState::InProgress,
            ready(1),
            ready(3),
            ready(3),
            RestoreState::Expired { expires: at(0) + TimeDelta::days(3) },
        ];
        let mut kept = Vec::new();
        for (second, state) in states.into_iter().enumerate() {
            let (update, mut batch) = (restored(state), Batch::default());
            note(&mut batch, &update, &facts, at(second as i64));
            facts.of(&update);
            kept.extend(batch.restore_changes);
        }
        let kept: Vec<_> = kept.iter().map(|entry| (entry.time, entry.restore.state)).collect();
        assert_eq!(kept, [(at(0), states[0]), (at(2), states[2]), (at(3), states[3]), (at(5), states[5])]);
    }

    #[test]
    fn what_a_run_and_the_store_both_know_is_told_once() {
        let change = |seconds| AlarmChange {
            time: at(seconds),
            kind: "StateUpdate".to_owned(),
            summary: "Alarm updated from OK to ALARM".to_owned(),
            data: String::new(),
        };
        let entry = |seconds| AlarmEntry {
            region: Region::new(Region::LOCAL),
            alarm: "users".to_owned(),
            change: change(seconds),
        };
        let all = merged(vec![change(3), change(2)], vec![entry(2), entry(1)]);
        assert_eq!(all, [change(3), change(2), change(1)]);
    }
}
