//! Changes of the account: through the gate, against the emulator, and in the journal.

use std::fs;

use aws_sdk_eventbridge::{Client, types::RuleState};
use trailwatch::{
    config::Settings,
    emulator::{self, Failure},
    engine::Engine,
    journal::Journal,
    model::{AccountRule, Region, Request, Setting, SourceError, Switchable, Update, Write, WriteOutcome, Written},
};

use crate::engine::{Account, Heard};

const GLOBAL: &str = emulator::REGIONS[1];

/// An account, a dashboard's engine on it, and a folder for its journal.
struct Bench {
    account: Account,
    engine: Engine,
    heard: Heard,
    folder: tempfile::TempDir,
}

impl Bench {
    fn armed() -> Self {
        Self::with(|settings| settings.allow_writes = true)
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let (account, folder) = (Account::start(), tempfile::tempdir().unwrap());
        let mut settings = account.settings();
        settings.rules.journal = Some(folder.path().join("state/journal.jsonl"));
        settings.polling.rules = trailwatch::model::duration::Span::seconds(3_600);
        change(&mut settings);
        let (engine, heard) = account.engine(settings);
        let mut bench = Self { account, engine, heard, folder };
        bench.heard.until("the rules", |heard| rules(heard, GLOBAL).is_some() && alarms(heard).is_some());
        bench
    }

    /// The rules as last listed.
    fn rule(&self, name: &str) -> AccountRule {
        let rules = rules(&self.heard, GLOBAL).unwrap();
        rules.iter().find(|rule| rule.name == name).unwrap_or_else(|| panic!("{name}: {rules:?}")).clone()
    }

    /// Asks for a change, and gives what became of it.
    fn write(&mut self, write: Write) -> Result<(), SourceError> {
        let before = answers(&self.heard).len();
        self.engine.request(Request::Write(Box::new(write)));
        self.heard.until("an answer", |heard| answers(heard).len() > before);
        answers(&self.heard).pop().unwrap()
    }

    fn switch(&self, name: &str, after: Setting) -> Write {
        let rule = self.rule(name);
        let before = rule.setting().unwrap();
        Write::new(emulator::ACCOUNT, thing(name), (before, after), Some(&rule)).unwrap()
    }

    /// Another's client of the same account.
    fn other(&self) -> Client {
        let (id, secret) = emulator::credentials();
        let config = aws_sdk_eventbridge::Config::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new(GLOBAL))
            .credentials_provider(aws_credential_types::Credentials::new(id, secret, None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(self.account.running.url());
        Client::from_conf(config.build())
    }

    fn journal(&self) -> Vec<Written> {
        Journal::new(Some(self.folder.path().join("state/journal.jsonl"))).read().0
    }

    /// Waits until the rule is listed in that state.
    fn until_state(&mut self, name: &str, state: &str) {
        let found =
            |heard: &Heard| rules(heard, GLOBAL)?.iter().find(|rule| rule.name == name).map(|r| r.state.clone());
        self.heard.until(state, |heard| found(heard).as_deref() == Some(state));
    }
}

fn rules<'a>(heard: &'a Heard, region: &str) -> Option<&'a Vec<AccountRule>> {
    heard.all.iter().rev().find_map(|update| match update {
        Update::AccountRules { region: of, rules, .. } if of.as_str() == region => Some(rules),
        _ => None,
    })
}

fn alarms(heard: &Heard) -> Option<&Vec<trailwatch::model::Alarm>> {
    heard.all.iter().rev().find_map(|update| match update {
        Update::Alarms { region, alarms, .. } if region.as_str() == GLOBAL => Some(alarms),
        _ => None,
    })
}

fn answers(heard: &Heard) -> Vec<Result<(), SourceError>> {
    let answer = |update: &Update| match update {
        Update::Wrote { result, .. } => Some(result.clone()),
        _ => None,
    };
    heard.all.iter().filter_map(answer).collect()
}

fn thing(name: &str) -> Switchable {
    Switchable::Rule { region: Region::new(GLOBAL), bus: "default".into(), name: name.into() }
}

#[test]
fn the_rules_of_every_bus_are_listed_with_their_state() {
    let mut bench = Bench::armed();
    let home = emulator::REGIONS[0];
    bench.heard.until("the home Region", |heard| rules(heard, home).is_some());
    let rules = rules(&bench.heard, home).unwrap();
    let found = |name: &str| rules.iter().find(|rule| rule.name == name).unwrap();
    assert_eq!(
        (found("order-refunded").bus.as_str(), found("order-refunded").setting()),
        ("orders", Some(Setting::On))
    );
    assert_eq!(found("checkout-canary").setting(), Some(Setting::Off));
    assert!(found("AutoScalingManagedRule").locked().unwrap().contains("autoscaling.amazonaws.com"));
    assert_eq!(bench.rule("iam-reconnaissance").setting(), Some(Setting::OnWithReads));
    let ask =
        Request::RuleTargets { id: 7, region: Region::new(home), bus: "orders".into(), name: "order-refunded".into() };
    bench.engine.request(ask);
    let targets = |heard: &Heard| match heard.all.last() {
        Some(Update::RuleTargets { id: 7, targets: Ok(targets) }) => Some(targets.len()),
        _ => None,
    };
    bench.heard.until("the targets", |heard| targets(heard) == Some(2));
}

#[test]
fn nothing_passes_a_closed_gate() {
    let mut bench = Bench::with(|_| {});
    let write = bench.switch("root-sign-in", Setting::Off);
    let error = bench.write(write.clone()).unwrap_err();
    assert_eq!(error.code, SourceError::NOT_SENT);
    assert!(error.message.contains("--allow-writes") && bench.journal().is_empty(), "{error:?}");
    bench.engine.request(Request::Arm(true));
    bench.write(write).unwrap();
    bench.until_state("root-sign-in", "DISABLED");
    bench.engine.request(Request::Arm(false));
    let back = bench.switch("root-sign-in", Setting::On);
    assert_eq!(bench.write(back).unwrap_err().code, SourceError::NOT_SENT);
}

#[test]
fn a_rule_with_reads_comes_back_with_all_that_it_had() {
    let mut bench = Bench::armed();
    let before = bench.rule("iam-reconnaissance");
    bench.write(bench.switch("iam-reconnaissance", Setting::Off)).unwrap();
    bench.until_state("iam-reconnaissance", "DISABLED");
    let [off] = bench.journal().try_into().unwrap();
    assert_eq!((off.before, off.after, &off.outcome), (Setting::OnWithReads, Setting::Off, &WriteOutcome::Done));
    let back = bench.switch("iam-reconnaissance", Setting::OnWithReads).undoing(&off.id);
    assert_eq!(back.operation().name(), ("events", "PutRule"));
    bench.write(back).unwrap();
    bench.until_state("iam-reconnaissance", &before.state);
    assert_eq!(bench.rule("iam-reconnaissance"), before);
    let client = bench.other();
    let targets = client.list_targets_by_rule().rule("iam-reconnaissance").send();
    assert_eq!(bench.account.runtime.block_on(targets).unwrap().targets().len(), 1);
    assert_eq!(bench.journal()[1].undoes.as_ref(), Some(&off.id));
}

#[test]
fn what_somebody_changed_meanwhile_is_left_as_it_is() {
    let mut bench = Bench::armed();
    let (off, client) = (bench.switch("root-sign-in", Setting::Off), bench.other());
    bench.account.runtime.block_on(client.disable_rule().name("root-sign-in").send()).unwrap();
    let error = bench.write(off).unwrap_err();
    assert!(error.message.contains("somebody has switched root-sign-in on default@us-east-1 meanwhile"), "{error:?}");
    assert!(error.message.contains("it is DISABLED, not ENABLED"), "{error:?}");
    bench.until_state("root-sign-in", "DISABLED");

    bench.write(bench.switch("iam-reconnaissance", Setting::Off)).unwrap();
    bench.until_state("iam-reconnaissance", "DISABLED");
    let back = bench.switch("iam-reconnaissance", Setting::OnWithReads);
    let other = client.put_rule().name("iam-reconnaissance").event_pattern(r#"{"source":["aws.iam"]}"#);
    bench.account.runtime.block_on(other.state(RuleState::Disabled).send()).unwrap();
    let error = bench.write(back).unwrap_err();
    assert!(error.message.contains("somebody has rewritten"), "{error:?}");
    assert_eq!(bench.journal().len(), 1, "what was not sent is not in the journal");
}

#[test]
fn another_account_than_the_one_shown_is_left_alone() {
    let mut bench = Bench::armed();
    let rule = bench.rule("root-sign-in");
    let write = Write::new("999988887777", thing("root-sign-in"), (Setting::On, Setting::Off), Some(&rule)).unwrap();
    let error = bench.write(write).unwrap_err();
    assert!(error.message.contains("111122223333 now, not of 999988887777"), "{error:?}");
    assert!(bench.journal().is_empty());
}

#[test]
fn a_refusal_is_told_in_the_words_of_the_api_and_stands_in_the_journal() {
    let mut bench = Bench::armed();
    let message = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: events:DisableRule";
    let denied = Failure::error(400, "AccessDeniedException", message);
    bench.account.running.faults().set("events", "DisableRule", "*", denied);
    let error = bench.write(bench.switch("root-sign-in", Setting::Off)).unwrap_err();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("AccessDeniedException", message));
    assert_eq!(error.missing_action.as_deref(), Some("events:DisableRule"));
    let [refused] = bench.journal().try_into().unwrap();
    assert!(matches!(refused.outcome, WriteOutcome::Refused(said) if said.contains("not authorized")));
}

#[test]
fn a_call_without_an_answer_stands_in_the_journal_as_unknown() {
    let mut bench = Bench::armed();
    bench.account.running.faults().set("events", "DisableRule", "*", Failure::Dropped);
    let error = bench.write(bench.switch("root-sign-in", Setting::Off)).unwrap_err();
    assert_eq!(error.code, "Network");
    let [unknown] = bench.journal().try_into().unwrap();
    assert!(matches!(unknown.outcome, WriteOutcome::Unknown(said) if said.starts_with("Network")));
}

#[test]
fn a_managed_rule_does_not_pass_the_gate_whatever_the_screen_knew() {
    let mut bench = Bench::armed();
    let (region, name) = (Region::new(emulator::REGIONS[0]), "AutoScalingManagedRule".to_owned());
    let thing = Switchable::Rule { region, bus: "default".into(), name };
    let write = Write::new(emulator::ACCOUNT, thing, (Setting::On, Setting::Off), None).unwrap();
    let error = bench.write(write).unwrap_err();
    assert_eq!(error.code, SourceError::NOT_SENT);
    assert!(error.message.contains("managed by autoscaling.amazonaws.com"), "{error:?}");
    assert!(bench.journal().is_empty());
}

#[test]
fn more_rules_than_a_page_are_all_listed_and_refreshed_when_asked() {
    let mut bench = Bench::armed();
    let client = bench.other();
    for number in 0..120 {
        let put = client.put_rule().name(format!("r{number:03}")).event_pattern(r#"{"source":["a"]}"#);
        bench.account.runtime.block_on(put.send()).unwrap();
    }
    bench.engine.request(Request::Refresh);
    bench.heard.until("all", |heard| rules(heard, GLOBAL).is_some_and(|rules| rules.len() > 120));
    assert_eq!(bench.rule("r119").setting(), Some(Setting::On));
}

#[test]
fn without_a_journal_nothing_is_sent() {
    let mut bench = Bench::with(|settings| {
        settings.allow_writes = true;
        settings.rules.journal = Some("/proc/nowhere/journal.jsonl".into());
    });
    let error = bench.write(bench.switch("root-sign-in", Setting::Off)).unwrap_err();
    assert!(error.message.contains("/proc/nowhere/journal.jsonl cannot be written"), "{error:?}");
    let rule = bench.account.runtime.block_on(bench.other().describe_rule().name("root-sign-in").send()).unwrap();
    assert_eq!(rule.state(), Some(&RuleState::Enabled));
}

#[test]
fn the_actions_of_an_alarm_are_switched_and_listed_at_once() {
    let mut bench = Bench::armed();
    let name = "signin-console-success-root";
    let thing = Switchable::AlarmActions { region: Region::new(GLOBAL), name: name.into() };
    let enabled = |heard: &Heard| alarms(heard)?.iter().find(|alarm| alarm.name == name).map(|a| a.actions_enabled);
    assert_eq!(enabled(&bench.heard), Some(true));
    let off = Write::new(emulator::ACCOUNT, thing, (Setting::On, Setting::Off), None).unwrap();
    bench.write(off.clone()).unwrap();
    bench.heard.until("off", |heard| enabled(heard) == Some(false));
    let error = bench.write(off).unwrap_err();
    assert!(error.message.contains("it is ActionsEnabled: false, not ActionsEnabled: true"), "{error:?}");
    let text = fs::read_to_string(bench.folder.path().join("state/journal.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains(r#""call":"cloudwatch:DisableAlarmActions","parameters":{"AlarmNames":""#), "{text}");
}

#[test]
fn a_missing_permission_costs_the_rules_alone() {
    let (account, folder) = (Account::start(), tempfile::tempdir().unwrap());
    let denied = Failure::error(400, "AccessDeniedException", "Access denied");
    account.running.faults().set("events", "ListRules", GLOBAL, denied);
    let mut settings = account.settings();
    settings.rules.journal = Some(folder.path().join("journal.jsonl"));
    let (_engine, mut heard) = account.engine(settings);
    heard.until("a failure", |heard| heard.failure("rules us-east-1").is_some());
    let error = heard.failure("rules us-east-1").unwrap();
    assert_eq!(error.missing_action.as_deref(), Some("events:ListRules"));
    heard.until("the others", |heard| rules(heard, emulator::REGIONS[0]).is_some() && alarms(heard).is_some());
}
