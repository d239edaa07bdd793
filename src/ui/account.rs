//! What the operator can change in the account: what a key would change, what `u` would undo, and what is still off.

use std::collections::BTreeMap;

use super::{App, Effect, overlays::Overlay, shared::Shared};
use crate::model::{
    AccountRule, Request, Setting, SourceError, Switchable, Write, WriteOutcome, Written, duration::brief,
};

/// How a thing of the account is now, as last listed.
#[derive(Debug, PartialEq)]
pub enum Now<'a> {
    /// It is so; with the rule, when it is one.
    Is(Setting, Option<&'a AccountRule>),
    /// It cannot be switched from here, and why.
    Locked(String),
    /// It was listed no more.
    Gone,
    /// Its Region was not listed yet.
    Unknown,
}

/// A change that waits for the operator's yes, and what there is to say about it.
#[derive(Debug, PartialEq)]
pub struct Proposal {
    pub write: Write,
    pub notes: Vec<String>,
}

/// How a thing is now.
pub fn now<'a>(shared: &'a Shared, thing: &Switchable) -> Now<'a> {
    match thing {
        Switchable::Rule { region, bus, name } => {
            let Some(rules) = shared.account_rules.get(region) else { return Now::Unknown };
            let mut rules = rules.iter().filter_map(|rule| rule.account.as_deref());
            let Some(rule) = rules.find(|rule| rule.key() == (region, bus, name)) else { return Now::Gone };
            match (rule.locked(), rule.setting()) {
                (None, Some(setting)) => Now::Is(setting, Some(rule)),
                (why, _) => Now::Locked(why.unwrap_or_default()),
            }
        }
        Switchable::AlarmActions { region, name } => {
            let Some(alarms) = shared.alarms.get(region) else { return Now::Unknown };
            let alarm = alarms.iter().find(|alarm| alarm.name == *name);
            alarm.map_or(Now::Gone, |alarm| Now::Is(Setting::of_actions(alarm.actions_enabled), None))
        }
    }
}

/// The change that switches a thing to the other side.
///
/// # Errors
/// Why it cannot be switched, and what to do.
pub fn switch(shared: &Shared, thing: Switchable) -> Result<Proposal, String> {
    let (before, rule) = known(shared, &thing)?;
    let account = allowed(shared)?;
    let after = match before {
        Setting::Off => before_we_turned_it_off(shared, &thing).unwrap_or(Setting::On),
        Setting::On | Setting::OnWithReads => Setting::Off,
    };
    let mut notes = Vec::new();
    if after == Setting::OnWithReads {
        notes.push(
            "this is the state in which you found it; PutRule replaces the whole rule but its targets".to_owned(),
        );
    }
    if let (Switchable::AlarmActions { .. }, Setting::On) = (&thing, after) {
        notes.push("this tells nobody by itself: actions run only when the state changes".to_owned());
    }
    let label = thing.label();
    let write =
        Write::new(account, thing, (before, after), rule).ok_or_else(|| format!("{label} cannot be switched"))?;
    Ok(Proposal { write, notes })
}

/// The change that undoes the last one that still holds.
///
/// # Errors
/// Why there is nothing to undo.
pub fn undo(shared: &Shared) -> Result<Proposal, String> {
    let account = allowed(shared)?;
    let mut past = Vec::new();
    for change in to_undo(shared).into_iter().rev() {
        match known(shared, &change.thing) {
            Ok((before, _)) if before == change.before => {
                past.push(format!("{} is as it was before", change.thing.label()));
            }
            // What it is now may be found out: an older change is not the last one.
            Err(why) if now(shared, &change.thing) == Now::Unknown => return Err(why),
            Ok((before, rule)) => {
                let write = Write::new(account, change.thing.clone(), (before, change.before), rule);
                let write = write.ok_or_else(|| format!("{} cannot be switched", change.thing.label()))?;
                return Ok(Proposal {
                    write: write.undoing(&change.id),
                    notes: undo_notes(shared, change, past.len()),
                });
            }
            Err(why) => past.push(why),
        }
    }
    Err(match past.first() {
        None => "nothing to undo: the journal has no change of this account that is not undone".to_owned(),
        Some(why) => format!("nothing to undo: {why}"),
    })
}

fn undo_notes(shared: &Shared, change: &Written, past: usize) -> Vec<String> {
    let ago = brief(shared.now - change.time);
    let mut notes = vec![format!("undoes your change of {}, {ago} ago", shared.clock.full(change.time))];
    if past > 0 {
        notes.push(format!("{past} later of your changes are past over: there is nothing to undo in them any more"));
    }
    notes
}

/// What a thing is now.
fn known<'a>(shared: &'a Shared, thing: &Switchable) -> Result<(Setting, Option<&'a AccountRule>), String> {
    match now(shared, thing) {
        Now::Is(setting, rule) => Ok((setting, rule)),
        Now::Locked(why) => Err(why),
        Now::Gone => Err(format!("{} is not there any more", thing.label())),
        Now::Unknown => Err(format!("it is not known how {} is: its Region has not been listed", thing.label())),
    }
}

/// The account, when changes of it are allowed.
fn allowed(shared: &Shared) -> Result<&str, String> {
    if !shared.armed {
        return Err("changes of the account are off: type :arm, or start with --allow-writes".to_owned());
    }
    let account = shared.identity.as_ref().map(|identity| identity.account.as_str());
    account.ok_or_else(|| "it is not known yet whose account this is".to_owned())
}

/// The changes of this account, the oldest first, but for those that it refused.
fn changes(shared: &Shared) -> impl DoubleEndedIterator<Item = &Written> {
    let account = shared.identity.as_ref().map(|identity| identity.account.as_str());
    shared.journal.iter().filter(move |change| Some(change.account.as_str()) == account && happened(shared, change))
}

/// Whether the account took a change; where no answer came, by how the thing is now.
fn happened(shared: &Shared, change: &Written) -> bool {
    match &change.outcome {
        WriteOutcome::Done => true,
        WriteOutcome::Refused(_) => false,
        WriteOutcome::Unknown(_) => match now(shared, &change.thing) {
            Now::Is(setting, _) => setting == change.after,
            Now::Locked(_) | Now::Gone | Now::Unknown => true,
        },
    }
}

/// The changes that neither are undone nor undo another.
fn to_undo(shared: &Shared) -> Vec<&Written> {
    let undone: Vec<&str> = changes(shared).filter_map(|change| change.undoes.as_deref()).collect();
    changes(shared).filter(|change| change.undoes.is_none() && !undone.contains(&change.id.as_str())).collect()
}

/// The setting in which a thing was when we turned it off last.
fn before_we_turned_it_off(shared: &Shared, thing: &Switchable) -> Option<Setting> {
    let last = changes(shared).rev().find(|change| change.thing == *thing)?;
    (last.after == Setting::Off && last.before != Setting::Off).then_some(last.before)
}

/// The change by which the operator turned a thing off that is off.
pub fn turned_off_by_you<'a>(shared: &'a Shared, thing: &Switchable) -> Option<&'a Written> {
    let last = changes(shared).rev().find(|change| change.thing == *thing)?;
    let is_off = matches!(now(shared, thing), Now::Is(Setting::Off, _));
    (last.after == Setting::Off && is_off).then_some(last)
}

/// What the journal has of a thing of this account, the newest first.
pub fn changes_of<'a>(shared: &'a Shared, thing: &'a Switchable) -> impl Iterator<Item = &'a Written> {
    let account = shared.identity.as_ref().map(|identity| identity.account.as_str());
    let of_it = move |change: &&Written| change.thing == *thing && Some(change.account.as_str()) == account;
    shared.journal.iter().rev().filter(of_it)
}

/// How many things the operator turned off are still off, and whether that is not known of some of them.
pub fn off_by_you(shared: &Shared) -> (usize, bool) {
    let last: BTreeMap<&Switchable, &Written> = changes(shared).map(|change| (&change.thing, change)).collect();
    let (mut off, mut doubt) = (0, false);
    for change in last.into_values().filter(|change| change.after == Setting::Off) {
        match now(shared, &change.thing) {
            Now::Is(Setting::Off, _) => off += 1,
            Now::Unknown => (off, doubt) = (off + 1, true),
            Now::Is(..) | Now::Locked(_) | Now::Gone => {}
        }
    }
    (off, doubt)
}

/// What became of a change, in the words of the API.
pub fn told(write: &Write, result: &Result<(), SourceError>) -> String {
    let (_, operation) = write.operation().name();
    let label = write.thing().label();
    match result {
        Ok(()) => format!("{operation}: {label}: now {}", write.thing().word(write.after())),
        Err(error) if error.code == SourceError::NOT_SENT => format!("nothing was changed: {}", error.message),
        Err(error) => {
            let missing =
                error.missing_action.as_ref().map_or_else(String::new, |action| format!(" (missing: {action})"));
            format!("{operation} of {label}: {}{missing}: {}", error.code, error.message)
        }
    }
}

impl App {
    /// Opens the dialog for a change, or says why there is none.
    pub(super) fn propose(&mut self, proposal: Result<Proposal, String>) {
        match proposal {
            Ok(proposal) => self.overlay = Some(Overlay::write(proposal, &self.shared)),
            Err(why) => self.say(why),
        }
    }

    /// Opens or closes the gate for this run.
    pub(super) fn arm(&mut self, open: bool) -> Vec<Effect> {
        self.shared.armed = open;
        self.say(match open {
            true => "changes of the account are allowed until you quit or type :disarm; each asks first",
            false => "changes of the account are off",
        });
        vec![Effect::Ask(Request::Arm(open))]
    }
}
