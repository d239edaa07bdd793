//! What is told of what, how often, and in which words.

#[cfg(test)]
mod alarms;
#[cfg(test)]
mod alerts;
#[cfg(test)]
mod restores;
#[cfg(test)]
mod sources;

use chrono::FixedOffset;

use super::*;
use crate::{
    config::Config,
    model::{Identity, duration::Span},
    notify::samples::at,
};

fn berlin(_: Time) -> FixedOffset {
    FixedOffset::east_opt(3_600).unwrap()
}

fn what(config: &str) -> What {
    let mut settings = Settings::default();
    Config::parse("c", config).unwrap().apply(&mut settings);
    settings.accounts.insert("111122223333".into(), "production".into());
    let mut what = What::new(&settings, berlin, at(0));
    what.update(&identity(None), at(0));
    what.update(&Update::Rules(vec![rule()]), at(0));
    what
}

/// The same after a restart at a time.
fn restarted(before: &mut What, now: Time) -> What {
    let mut what = What::new(&Settings::default(), berlin, now);
    let facts = before.take_facts();
    what.load(facts.iter().filter_map(|fact| Some((fact.key.as_str(), fact.value.as_deref()?))));
    what.update(&Update::Rules(vec![rule()]), now);
    what
}

fn identity(expires: Option<Time>) -> Update {
    let arn = "arn:aws:sts::111122223333:assumed-role/Audit/ana".into();
    Update::Identity(Identity { account: "111122223333".into(), arn, expires })
}

fn rule() -> RuleStatus {
    RuleStatus {
        name: "root-no-mfa".into(),
        title: "Root signs in without MFA".into(),
        reason: "Whoever holds the password holds the account.".into(),
        channels: vec!["pager".into()],
        cooldown: Span::seconds(300),
        ..RuleStatus::broken("rules/x.toml".into(), 1, String::new())
    }
}

/// Asked every second from one to another.
fn tended(what: &mut What, from: i64, to: i64) -> Vec<(i64, Notice)> {
    (from..to).flat_map(|second| what.tend(at(second)).into_iter().map(move |notice| (second, notice))).collect()
}
