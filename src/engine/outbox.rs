//! Sends what waits in the outbox: a task for each channel, which sends in order and one at a time.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
    time::Duration,
};

use chrono::Utc;
use tokio::{sync::watch, time::sleep};

use super::{keeper::Mark, rules::Rules};
use crate::{
    model::{Delivery, Message, Time},
    notify::{
        channel::{Channel, Refused, Said},
        retry::{self, Tried},
    },
};

/// How long a channel waits when nothing is known to be due: what another program asked for is found then.
const LONGEST: Duration = Duration::from_secs(5);

/// Sends what one channel owes, for as long as the program runs.
pub(super) async fn run(rules: Arc<Rules>, channel: Box<dyn Channel>, mut posted: watch::Receiver<()>) {
    loop {
        posted.mark_unchanged();
        let sending = rules.sending().await;
        let message = rules.turn(channel.name());
        let now = Utc::now();
        match message {
            Some(message) if retry::is_due(&message, now) => {
                let result = channel.send(&message).await;
                rules.mark(marked(message, result, Utc::now()));
                drop(sending);
            }
            waits => {
                drop(sending);
                tokio::select! {
                    () = sleep(until_due(waits.as_ref(), now)) => {}
                    changed = posted.changed() => if changed.is_err() { return },
                }
            }
        }
    }
}

fn until_due(message: Option<&Message>, now: Time) -> Duration {
    match message.map(|message| message.state) {
        Some(Delivery::Waiting { due }) => (due - now).to_std().unwrap_or_default().min(LONGEST),
        _ => LONGEST,
    }
}

/// What became of a try.
fn marked(mut message: Message, result: Result<Said, Refused>, now: Time) -> Mark {
    let (tried, words) = match result {
        Ok(said) => (Tried::Sent, said.words),
        Err(Refused { words, retry: true, after }) => (Tried::Failed { after }, words),
        Err(Refused { words, .. }) => (Tried::Refused, words),
    };
    retry::note(&mut message, tried, words, now, random());
    let Message { id, channel, state, tries, said, .. } = message;
    Mark { id, channel, state, tries, said }
}

/// Spreads tries out; nothing depends on its quality.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
