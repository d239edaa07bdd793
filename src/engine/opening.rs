//! The start of what lasts: who we are, whose turn it is to write, and what the store knows.

use std::{path::Path, sync::Arc, time::Duration};

use chrono::{Local, Offset, Utc};
use tokio::task;

use super::{Listener, account, follower::Follower, keeper::Keeper, rules::Rules};
use crate::{
    config::Settings,
    model::{Region, SourceError, SourceHealth, SourceId, SourceKind, SourceState, Time, Update},
    notify::{Desk, What, words::LocalOffset},
    source::feed::Position,
    store::{Lease, Leased, Limits, Reader, Result, StoreError},
};

/// How often a program that only shows looks for news, and whether it may write.
const LOOK: Duration = Duration::from_millis(500);
/// How often a store is tried again that cannot be had now and may be later.
const AGAIN: Duration = Duration::from_secs(5);
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
        let tried = task::block_in_place(|| attempt(&settings, &rules, &listener, &folder));
        match tried {
            Ok(Attempt::Ours(positions)) => {
                tell_trouble(&listener, None);
                if follower.is_none() {
                    show(&settings, &listener, folder);
                }
                return positions;
            }
            Ok(Attempt::Theirs(process)) => {
                let follower = follower.get_or_insert_with(|| Follower::new(&listener, &who, process));
                if let Some(beside) = task::block_in_place(|| follower.look(&folder, settings.history)) {
                    rules.stand_beside(beside);
                }
                tokio::time::sleep(LOOK).await;
            }
            Err(error) => {
                // Without a screen it is there to tell, which takes a store; a dashboard shows what it can.
                let again = settings.history == 0 && error.passes();
                tell_trouble(&listener, Some(Trouble::at_the_start(&error, again)));
                if !again {
                    return Positions::new();
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// What came of trying to become the one that writes.
enum Attempt {
    Ours(Positions),
    /// Another program does, of this process.
    Theirs(Option<u32>),
}

fn attempt(settings: &Settings, rules: &Arc<Rules>, listener: &Listener, folder: &Path) -> Result<Attempt> {
    match Lease::try_take(folder)? {
        Leased::Taken(lease) => begin(settings, rules, listener, lease).map(Attempt::Ours),
        Leased::Held(process) => Ok(Attempt::Theirs(process)),
    }
}

/// Opens the store to write, and tells the rules what it knows.
fn begin(settings: &Settings, rules: &Arc<Rules>, listener: &Listener, lease: Lease) -> Result<Positions> {
    let local: LocalOffset = |time: Time| time.with_timezone(&Local).offset().fix();
    let (now, limits) = (Utc::now(), Limits { age: settings.keep.age.chrono(), bytes: settings.keep.bytes });
    let parts = (What::new(settings, local, now), Desk::new(&settings.notify, local));
    // The folder's, so that a feed goes on from where it stood also while nobody says who we are.
    let account = lease.folder().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (keeper, said) = Keeper::open(lease, limits, parts, &account, now)?;
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

/// Why nothing can be kept.
pub(super) struct Trouble {
    code: &'static str,
    message: String,
    advice: &'static str,
    since: Time,
}

impl Trouble {
    fn at_the_start(error: &StoreError, again: bool) -> Self {
        let (code, advice) = match again {
            true => (
                SourceError::STORE_WAITS,
                "it is tried again every 5 seconds; until then nothing is asked, kept or told",
            ),
            false => (
                SourceError::STORE_UNUSABLE,
                "nothing is kept, and no channel is told, until that is mended and trailwatch is started again",
            ),
        };
        Self { code, message: error.to_string(), advice, since: Utc::now() }
    }

    /// Of a store that can no longer be written to.
    pub fn at_work(error: &StoreError, since: Time) -> Self {
        let (code, advice) = match error.is_damaged() {
            true => (SourceError::STORE_UNUSABLE, "until then nothing is kept, and no channel is told of what is new"),
            false => {
                (SourceError::STORE_WAITS, "until this is mended, nothing is kept, and what is owed to channels waits")
            }
        };
        Self { code, message: error.to_string(), advice, since }
    }
}

/// Says how the store is, as of a source.
pub(super) fn tell_trouble(listener: &Listener, trouble: Option<Trouble>) {
    let health = SourceHealth::starting(SourceId::new(SourceKind::Store, Region::new(Region::LOCAL)), 0);
    let state = match trouble {
        None => SourceState::Live,
        Some(Trouble { code, message, advice, since }) => SourceState::Failed(SourceError {
            code: code.to_owned(),
            message,
            missing_action: None,
            advice: Some(advice.to_owned()),
            since,
        }),
    };
    listener(Update::Source(SourceHealth { state, ..health }));
}
