//! The start of what lasts: who we are, whose turn it is to write, and what the store knows.

use std::{path::Path, sync::Arc, time::Duration};

use chrono::{Local, Offset, Utc};
use tokio::task;

use super::{Listener, account, account::Who, follower::Follower, keeper::Keeper, rules::Rules};
use crate::{
    config::Settings,
    model::{Region, SourceError, SourceHealth, SourceId, SourceKind, SourceState, Time, Update},
    notify::{Desk, What, words::LocalOffset},
    source::feed::Position,
    store::{Lease, Leased, Limits, Reader, Result},
};

/// How often a program that only shows looks for news, and whether it may write.
const LOOK: Duration = Duration::from_millis(500);
/// Events that are read from the store at once.
pub(super) const CHUNK: usize = 2_000;
/// The newest alerts that are shown again.
pub(super) const MOST_ALERTS: usize = 10_000;

/// Where each feed stood, by kind and Region.
pub(super) type Positions = Vec<(String, String, Position)>;

/// Opens the store of the account, as soon as it is known whose that is and no other program writes to it. Until then it
/// shows what the other one keeps.
pub(super) async fn open(settings: Arc<Settings>, rules: Arc<Rules>, listener: Listener) -> Positions {
    if settings.stores.is_none() {
        return Positions::new();
    }
    let who = rules.ear().first().await;
    let Some(folder) = account::folder(&settings, &who) else { return Positions::new() };
    let mut follower = None;
    loop {
        let lease = match Lease::try_take(&folder) {
            Ok(Leased::Taken(lease)) => lease,
            Ok(Leased::Held(process)) => {
                let follower = follower.get_or_insert_with(|| Follower::new(&listener, &who, process));
                if let Some(beside) = task::block_in_place(|| follower.look(&folder, settings.history)) {
                    rules.stand_beside(beside);
                }
                tokio::time::sleep(LOOK).await;
                continue;
            }
            Err(error) => {
                tell_trouble(&listener, Some((&error.to_string(), Utc::now())));
                return Positions::new();
            }
        };
        let shown = follower.is_some();
        let opened = task::block_in_place(|| begin(&settings, &rules, &listener, lease, &who));
        match opened {
            Ok(positions) => {
                tell_trouble(&listener, None);
                if !shown {
                    show(&settings, &listener, folder);
                }
                return positions;
            }
            Err(error) => {
                tell_trouble(&listener, Some((&error.to_string(), Utc::now())));
                return Positions::new();
            }
        }
    }
}

/// Opens the store to write, and tells the rules what it knows.
fn begin(settings: &Settings, rules: &Arc<Rules>, listener: &Listener, lease: Lease, who: &Who) -> Result<Positions> {
    let local: LocalOffset = |time: Time| time.with_timezone(&Local).offset().fix();
    let (now, limits) = (Utc::now(), Limits { age: settings.keep.age.chrono(), bytes: settings.keep.bytes });
    let parts = (What::new(settings, local, now), Desk::new(&settings.notify, local));
    let account = if let Who::Account(account) = who { account.as_str() } else { "" };
    let (keeper, said) = Keeper::open(lease, limits, parts, account, now)?;
    let positions = keeper.positions()?;
    rules.recall(keeper)?;
    said.into_iter().for_each(|said| listener(Update::Said(said)));
    Ok(positions)
}

/// Shows what is kept, the newest first, while the sources start.
fn show(settings: &Settings, listener: &Listener, folder: std::path::PathBuf) {
    let (most, listener) = (settings.history, Arc::clone(listener));
    if most > 0 {
        task::spawn_blocking(move || {
            // What cannot be read now is told when it is written to.
            let _ = show_all(&folder, most, &listener);
        });
    }
}

/// Shows alerts and at most so many events, the newest first.
pub(super) fn show_all(folder: &Path, most: usize, listener: &Listener) -> Result<()> {
    let reader = Reader::open(folder)?;
    listener(Update::Recalled { events: Vec::new(), alerts: reader.alerts(MOST_ALERTS)? });
    let (mut before, mut shown) = (None, 0);
    while shown < most {
        let events = reader.newest(before, CHUNK.min(most - shown))?;
        let Some(oldest) = events.last() else { break };
        (before, shown) = (Some(oldest.key), shown + events.len());
        let events = events.into_iter().map(|stored| stored.event).collect();
        listener(Update::Recalled { events, alerts: Vec::new() });
    }
    Ok(())
}

/// Says how the store is, as of a source.
pub(super) fn tell_trouble(listener: &Listener, trouble: Option<(&str, Time)>) {
    let health = SourceHealth::starting(SourceId::new(SourceKind::Store, Region::new(Region::LOCAL)), 0);
    let state = match trouble {
        None => SourceState::Live,
        Some((message, since)) => SourceState::Failed(SourceError {
            code: "Store".to_owned(),
            message: message.to_owned(),
            missing_action: None,
            advice: Some("until this is mended, nothing is kept, and what is owed to channels waits".to_owned()),
            since,
        }),
    };
    listener(Update::Source(SourceHealth { state, ..health }));
}
