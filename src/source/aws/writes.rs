//! The gate to the account: the only place from which anything in it is changed.
//!
//! What can be changed is the list [`Operation`]; a test holds that no other file makes such a call. The gate is closed
//! until the operator opens it. What it lets through is on disk before it is sent, is sent only into the account that
//! the operator was shown, and only as long as the thing is as it was shown.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aws_sdk_eventbridge::types::RuleState;

use super::{Clients, cloudwatch, errors::Asked, eventbridge};
use crate::{
    journal::{Intent, Journal},
    model::{AccountRule, Operation, Setting, SourceError, Switchable, Time, Write, WriteOutcome},
    source::Clock,
};

/// The gate, and the journal of what went through it.
#[derive(Debug)]
pub struct Gate {
    open: AtomicBool,
    journal: Journal,
    /// One change at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Gate {
    pub fn new(open: bool, journal: Journal) -> Self {
        Self { open: AtomicBool::new(open), journal, turn: tokio::sync::Mutex::default() }
    }

    /// Opens or closes it for this run.
    pub fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::SeqCst);
    }

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Makes a change, if the gate is open and all is as the operator was shown.
    ///
    /// # Errors
    /// Why nothing was sent, with the code [`SourceError::NOT_SENT`]; what the account answered; or that the change was
    /// made and the journal could not say so.
    pub async fn carry_out(self: Arc<Self>, clients: &Clients, write: Write, clock: &Clock) -> Result<(), SourceError> {
        let _turn = self.turn.lock().await;
        if !self.open.load(Ordering::SeqCst) {
            let why = "changes are off; :arm or --allow-writes allows them";
            return Err(not_sent(why.to_owned(), clock()));
        }
        is_still_the_account(clients, &write, clock).await?;
        is_still_as_shown(clients, &write, clock).await?;
        let now = clock();
        let intent = self.on_disk(move |journal| journal.intend(write, now)).await;
        let intent = Arc::new(intent.map_err(|why| not_sent(why, clock()))?);
        let answer = send(clients, &intent, clock).await;
        let outcome = outcome(&answer);
        let noted = self.on_disk(move |journal| journal.complete(&intent, outcome)).await;
        let unnoted = |why| SourceError { message: format!("the change was made, but {why}"), ..journal(clock()) };
        answer.and_then(|()| noted.map_err(unnoted))
    }

    /// Writes to the journal on a thread that may wait.
    async fn on_disk<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Journal) -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let journal = self.journal.clone();
        let written = tokio::task::spawn_blocking(move || act(&journal)).await;
        written.unwrap_or_else(|error| Err(format!("the journal cannot be written: {error}")))
    }
}

fn not_sent(message: String, since: Time) -> SourceError {
    SourceError { code: SourceError::NOT_SENT.to_owned(), message, missing_action: None, advice: None, since }
}

fn journal(since: Time) -> SourceError {
    SourceError { code: "Journal".to_owned(), ..not_sent(String::new(), since) }
}

/// The account that would be changed must be the one that the operator was shown: credentials change.
async fn is_still_the_account(clients: &Clients, write: &Write, clock: &Clock) -> Result<(), SourceError> {
    let asked = Asked::new("sts:GetCallerIdentity", clients, clients.home());
    let answer = clients.sts().get_caller_identity().send().await;
    let account = answer.map_err(|error| asked.failure(error, clock()).error)?.account.unwrap_or_default();
    if account == write.account() {
        return Ok(());
    }
    let why = format!("the credentials are those of the account {account} now, not of {}", write.account());
    Err(not_sent(why, clock()))
}

/// Nobody may have changed the thing since it was shown.
async fn is_still_as_shown(clients: &Clients, write: &Write, clock: &Clock) -> Result<(), SourceError> {
    let (thing, shown) = (write.thing(), write.before());
    let why = match setting_now(clients, write, clock).await? {
        Some(setting) if setting == shown => return Ok(()),
        Some(setting) => {
            let [is, was] = [setting, shown].map(|setting| thing.word(setting));
            format!("somebody has switched {} meanwhile: it is {is}, not {was}", thing.label())
        }
        None => format!("{} is not there any more", thing.label()),
    };
    Err(not_sent(why, clock()))
}

/// How the thing is now; `None` when it is not there.
async fn setting_now(clients: &Clients, write: &Write, clock: &Clock) -> Result<Option<Setting>, SourceError> {
    match write.thing() {
        Switchable::Rule { region, bus, name } => {
            let rule = eventbridge::rule(clients, (region, bus, name), clock).await?;
            match (rule.locked(), write.operation()) {
                (Some(why), _) => Err(not_sent(why, clock())),
                (None, Operation::PutRule(shown)) if !says_the_same(&rule, shown) => {
                    let why = format!("somebody has rewritten {} meanwhile; look at it again", write.thing().label());
                    Err(not_sent(why, clock()))
                }
                (None, _) => Ok(rule.setting()),
            }
        }
        Switchable::AlarmActions { region, name } => {
            Ok(cloudwatch::actions_enabled(clients, region, name, clock).await?.map(Setting::of_actions))
        }
    }
}

/// Whether two rules differ in nothing that `PutRule` would replace, but the state.
fn says_the_same(a: &AccountRule, b: &AccountRule) -> bool {
    let said =
        |rule: &AccountRule| [&rule.pattern, &rule.schedule, &rule.description, &rule.role_arn].map(String::clone);
    said(a) == said(b)
}

/// Sends the call: all that can be sent is here.
async fn send(clients: &Clients, intent: &Intent, clock: &Clock) -> Result<(), SourceError> {
    let operation = intent.write().operation();
    let region = intent.write().thing().region();
    let asked = Asked::new(operation.action(), clients, region);
    let (events, alarms) = (|| clients.eventbridge(region), || clients.cloudwatch(region));
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    macro_rules! send {
        ($request:expr) => {
            $request.send().await.map(drop).map_err(|error| asked.failure(error, clock()).error)
        };
    }
    match operation {
        Operation::EnableRule { bus, name } => send!(events().enable_rule().name(name).event_bus_name(bus)),
        Operation::DisableRule { bus, name } => send!(events().disable_rule().name(name).event_bus_name(bus)),
        Operation::PutRule(rule) => {
            let request = events().put_rule().name(&rule.name).event_bus_name(&rule.bus);
            let request = request.state(RuleState::EnabledWithAllCloudtrailManagementEvents);
            let request = request.set_event_pattern(some(&rule.pattern)).set_description(some(&rule.description));
            send!(request.set_schedule_expression(some(&rule.schedule)).set_role_arn(some(&rule.role_arn)))
        }
        Operation::EnableAlarmActions { name } => send!(alarms().enable_alarm_actions().alarm_names(name)),
        Operation::DisableAlarmActions { name } => send!(alarms().disable_alarm_actions().alarm_names(name)),
    }
}

/// What the journal says of an answer. Where no answer came, or the service itself failed, the change may have been made.
fn outcome(answer: &Result<(), SourceError>) -> WriteOutcome {
    let Err(error) = answer else { return WriteOutcome::Done };
    let said = format!("{}: {}", error.code, error.message);
    let code = error.code.as_str();
    let is_open = ["Network", "Response"].contains(&code) || code.starts_with("Http5");
    match is_open || code.contains("Internal") || code.contains("Unavailable") {
        true => WriteOutcome::Unknown(said),
        false => WriteOutcome::Refused(said),
    }
}
