//! Runs the sources, each in a task of its own, and passes on what they deliver and what listeners ask.

mod account;
mod changes;
mod early;
mod facts;
mod follower;
mod keeper;
mod now;
mod opening;
mod outbox;
mod rule_files;
mod rules;
mod writes;

use std::{collections::HashMap, path::Path, pin::pin, sync::Arc, time::Duration};

pub use account::stored;
use chrono::Utc;
use opening::Positions;
use rules::Rules;
use tokio::{
    runtime::Handle,
    sync::{Notify, RwLock, mpsc, watch},
    task::{Id, JoinError, JoinHandle, JoinSet},
};
use writes::Writes;

use crate::{
    config::Settings,
    model::{Region, Request, SourceError, SourceHealth, SourceId, SourceKind, SourceState, Time, Update, Write},
    notify::channel::{self, Means},
    source::{
        Clock, Deliver, Source,
        aws::{self, Clients},
    },
};

/// Who hears of everything.
type Listener = Arc<dyn Fn(Update) + Send + Sync>;

/// The sources at work. Dropping it stops them.
#[derive(Debug)]
pub struct Engine {
    requests: mpsc::UnboundedSender<Request>,
    main: JoinHandle<()>,
    /// Held by the channels while they send.
    sending: Arc<RwLock<()>>,
}

impl Engine {
    /// Starts everything the settings ask for and returns at once: profiles, Regions and credentials are found in the
    /// background.
    ///
    /// Every source is heard of, as starting, before the first of them is asked.
    ///
    /// `deliver` is called from the tasks of `runtime`, one call at a time for one source. It may block only where the
    /// runtime allows it (`tokio::task::block_in_place`); while it does, its source waits.
    pub fn start(settings: Settings, runtime: &Handle, deliver: impl Fn(Update) + Send + Sync + 'static) -> Self {
        let (requests, asked) = mpsc::unbounded_channel();
        let sending = Arc::<RwLock<()>>::default();
        let main = runtime.spawn(run(settings, Arc::new(deliver), sending.clone(), asked));
        Self { requests, main, sending }
    }

    /// Before the end: waits, but no longer than `patience`, until what became of the messages that are being sent is
    /// noted, so that the next start does not send them again. From then on nothing is sent.
    pub async fn settle(&self, patience: Duration) {
        if let Ok(whole) = tokio::time::timeout(patience, self.sending.clone().write_owned()).await {
            std::mem::forget(whole);
        }
    }

    /// Asks the sources for something. What cannot be answered yet is kept until it can.
    pub fn request(&self, request: Request) {
        // The task that listens ends only when the engine does.
        let _ = self.requests.send(request);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.main.abort();
    }
}

async fn run(
    mut settings: Settings,
    listener: Listener,
    sending: Arc<RwLock<()>>,
    mut asked: mpsc::UnboundedReceiver<Request>,
) {
    let rules = Rules::start(&settings, listener.clone(), sending);
    let deliver: Deliver = Arc::new({
        let rules = rules.clone();
        move |news| rules.take(news)
    });
    let loaded = tokio::spawn({
        let settings = settings.clone();
        async move { Clients::load(&settings, Utc::now()).await }
    });
    let clients = match loaded.await.unwrap_or_else(|error| Err(defect(error, Utc::now()))) {
        Ok(clients) => clients,
        Err(error) => return nothing_to_ask(&settings, error, &deliver),
    };
    let writes = Writes::start(&settings, deliver.clone());
    let mut tasks = Tasks::new(deliver);
    let sources = aws::sources(&settings, &clients, Utc::now());
    for source in &sources {
        (tasks.deliver)(Update::Source(source.health()).into());
    }
    // Where the feeds go on is known by account: who we are is asked first.
    let (first, rest): (Vec<_>, Vec<_>) =
        sources.into_iter().partition(|source| source.health().id.kind == SourceKind::Identity);
    first.into_iter().for_each(|source| tasks.start(source));
    let mut rest = Some(rest);
    let has_screen = settings.history > 0;
    settings.notify.channels.retain(|table| channel::is_there(table, has_screen));
    let settings = Arc::new(settings);
    let mut opening = pin!(opening::open(settings.clone(), rules.clone(), listener));
    loop {
        tokio::select! {
            positions = &mut opening, if rest.is_some() => {
                rest.take().into_iter().flatten().for_each(|source| tasks.start(going_on(source, &positions)));
                tasks.set.spawn(rules.clone().tend());
                tasks.open_channels(&settings, &rules);
            }
            request = asked.recv() => match request {
                Some(Request::Refresh) => {
                    tasks.bells.refresh.send_replace(());
                    writes.tell();
                }
                Some(Request::AlarmHistory { id, region, name }) if region.as_str() == Region::LOCAL => {
                    (tasks.deliver)(Update::AlarmHistory { id, history: Ok(rules.alarm_changes(&name)) }.into());
                }
                Some(Request::AlarmHistory { id, region, name }) => tasks.alarm_history(&clients, id, region, name),
                Some(Request::RuleTargets { id, region, bus, name }) => tasks.rule_targets(&clients, id, (region, bus, name)),
                Some(Request::Arm(open)) => writes.arm(open),
                Some(Request::Write(write)) => tasks.write(&clients, &writes, *write),
                Some(Request::SwitchRule { name, on }) => rules.switch(name, on),
                Some(Request::SaveRule { file, text }) => rules.save(file, &text),
                Some(Request::Alert { id, state }) => rules.set_alert(&id, state),
                Some(Request::Retry(id)) => rules.retry(id),
                None => return,
            },
            Some(ended) = tasks.set.join_next_with_id() => tasks.ended(ended),
        }
    }
}

/// A source that goes on from where it stood at the end of the last run, if that is known.
fn going_on(mut source: Box<dyn Source>, positions: &Positions) -> Box<dyn Source> {
    let id = source.health().id;
    let is_it = |kind: &str, region: &str| kind == id.kind.as_str() && region == id.region.as_str();
    if let Some((_, _, position)) = positions.iter().find(|(kind, region, _)| is_it(kind, region)) {
        source.go_on(position.clone());
    }
    source
}

/// Without a Region there is no source to start: say so where the account would stand.
fn nothing_to_ask(settings: &Settings, error: SourceError, deliver: &Deliver) {
    let region = settings.regions.first().cloned().unwrap_or_else(|| Region::new("no Region"));
    let health = SourceHealth::starting(SourceId::new(SourceKind::Identity, region), 0);
    deliver(Update::Source(SourceHealth { state: SourceState::Failed(error), ..health }).into());
}

/// What wakes sources before their time.
#[derive(Clone, Debug)]
struct Bells {
    /// Rung for all, when the operator asks.
    refresh: watch::Sender<()>,
    /// Rung for the identity, when another source stops answering: perhaps we are no longer who we were.
    doubt: Arc<Notify>,
    /// Rung for one source, when what it tells of was changed.
    changed: Arc<Notify>,
}

/// The tasks of the sources, and of questions under way.
struct Tasks {
    deliver: Deliver,
    bells: Bells,
    set: JoinSet<()>,
    ids: HashMap<Id, SourceId>,
    /// The bell of each source.
    changed: HashMap<SourceId, Arc<Notify>>,
}

impl Tasks {
    fn new(deliver: Deliver) -> Self {
        let bells = Bells { refresh: watch::Sender::new(()), doubt: Arc::default(), changed: Arc::default() };
        Self { deliver, bells, set: JoinSet::new(), ids: HashMap::new(), changed: HashMap::new() }
    }

    fn start(&mut self, source: Box<dyn Source>) {
        let id = source.health().id;
        let bells = Bells { changed: Arc::default(), ..self.bells.clone() };
        self.changed.insert(id.clone(), Arc::clone(&bells.changed));
        let task = self.set.spawn(drive(source, self.deliver.clone(), bells));
        self.ids.insert(task.id(), id);
    }

    /// Starts what sends: a task for each channel, if there is an outbox.
    fn open_channels(&mut self, settings: &Arc<Settings>, rules: &Arc<Rules>) {
        if !rules.keeps() {
            return;
        }
        let ring = rules.ring();
        // The stores are in the state folder, where `notify test` writes as well.
        let folder = settings.stores.as_deref().and_then(Path::parent).map(Path::to_owned);
        let means = Means { clock: Arc::new(Utc::now), settings: settings.clone(), folder, ring };
        for table in &settings.notify.channels {
            match channel::open(table, &means) {
                Ok(channel) => drop(self.set.spawn(outbox::run(rules.clone(), channel, rules.posted()))),
                Err(error) => (self.deliver)(Update::Said(error).into()),
            }
        }
    }

    fn alarm_history(&mut self, clients: &Clients, id: u64, region: Region, name: String) {
        let (clients, deliver) = (clients.clone(), self.deliver.clone());
        self.set.spawn(async move {
            let history = aws::alarm_history(&clients, &region, &name, &(Arc::new(Utc::now) as Clock)).await;
            deliver(Update::AlarmHistory { id, history }.into());
        });
    }

    fn rule_targets(&mut self, clients: &Clients, id: u64, (region, bus, name): (Region, String, String)) {
        let (clients, deliver) = (clients.clone(), self.deliver.clone());
        self.set.spawn(async move {
            let clock: Clock = Arc::new(Utc::now);
            let targets = aws::rule_targets(&clients, (&region, &bus, &name), &clock).await;
            deliver(Update::RuleTargets { id, targets }.into());
        });
    }

    /// Makes a change; the source that tells of it is asked anew, whatever came of it.
    fn write(&mut self, clients: &Clients, writes: &Writes, write: Write) {
        let bell = self.changed.get(&writes::source_of(write.thing())).cloned();
        let doubt = Arc::clone(&self.bells.doubt);
        let made = writes.clone().carry_out(clients.clone(), write);
        self.set.spawn(async move {
            if !made.await {
                // Perhaps the account is not the one that we take it for.
                doubt.notify_one();
            }
            bell.iter().for_each(|bell| bell.notify_one());
        });
    }

    /// A source never ends by itself: if one did, it hit a defect, and that is its failure and nobody else's.
    fn ended(&mut self, ended: Result<(Id, ()), JoinError>) {
        let (task, error) = match ended {
            Ok((task, ())) => return drop(self.ids.remove(&task)),
            Err(error) => (error.id(), error),
        };
        if let Some(id) = self.ids.remove(&task) {
            let error = defect(error, Utc::now());
            let health = SourceHealth::starting(id, 0);
            (self.deliver)(Update::Source(SourceHealth { state: SourceState::Failed(error), ..health }).into());
        }
    }
}

/// Calls a source batch after batch, and tells how it is whenever that has changed.
async fn drive(mut source: Box<dyn Source>, deliver: Deliver, bells: Bells) {
    let mut refresh = bells.refresh.subscribe();
    let mut told = source.health();
    let clock: Clock = Arc::new(Utc::now);
    loop {
        let next = source.batch(&clock, &deliver).await;
        let health = source.health();
        if health != told {
            if told.state == SourceState::Live && health.state != SourceState::Live {
                bells.doubt.notify_one();
            }
            deliver(Update::Source(health.clone()).into());
            told = health;
        }
        let pause = (next - Utc::now()).to_std().unwrap_or_default();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            Ok(()) = refresh.changed() => source.refresh(Utc::now()),
            () = bells.changed.notified() => source.refresh(Utc::now()),
            () = bells.doubt.notified(), if told.id.kind == SourceKind::Identity => source.refresh(Utc::now()),
        }
    }
}

/// The end of a task that should not have ended.
fn defect(error: JoinError, since: Time) -> SourceError {
    let message = match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
        }
        Err(error) => error.to_string(),
    };
    SourceError {
        code: "Defect".into(),
        message,
        missing_action: None,
        advice: Some("this is a fault in trailwatch: please report it, and start trailwatch again".into()),
        since,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::source::Batch;

    /// A source with a fault.
    struct Faulty;

    impl Source for Faulty {
        fn health(&self) -> SourceHealth {
            SourceHealth::starting(SourceId::new(SourceKind::Alarms, Region::new("eu-west-1")), 0)
        }

        fn batch<'a>(&'a mut self, _: &'a Clock, _: &'a Deliver) -> Batch<'a> {
            Box::pin(async { panic!("index out of bounds") })
        }

        fn refresh(&mut self, _: Time) {}
    }

    #[tokio::test]
    async fn a_panic_in_a_source_is_its_failure() {
        let (sender, updates) = mpsc::channel();
        let deliver: Deliver = Arc::new(move |news| drop(sender.send(news)));
        let mut tasks = Tasks::new(deliver);
        tasks.start(Box::new(Faulty));
        let ended = tasks.set.join_next_with_id().await.unwrap();
        tasks.ended(ended);
        let Update::Source(health) = updates.try_recv().unwrap().update else { panic!("not a report") };
        let SourceState::Failed(error) = health.state else { panic!("not failed") };
        assert_eq!((error.code.as_str(), error.message.as_str()), ("Defect", "index out of bounds"));
    }
}
