//! `rules list`, `rules enable` and `rules disable`: which rules there are, and which are on.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::say;
use crate::{
    config::RulePlaces,
    headless::{put, table},
    model::{RuleStatus, Time, text::visible_json},
    rulebook::{self, File, kept},
    rules::{LANGUAGES, Switches, Watch, builtin, fault::nearest},
};

/// Prints every rule, as a table or as JSON lines, and says on standard error what is wrong with files of rules. Gives
/// whether nothing is.
///
/// # Errors
/// The switches cannot be read; `out` cannot be written to, other than that its reader has gone.
pub fn list(places: &RulePlaces, json: bool, now: Time, out: &mut impl Write) -> anyhow::Result<bool> {
    let (rules, complaints) = rules(places, now)?;
    let lines = match json {
        true => rules.iter().map(line).collect(),
        false => {
            let folder = places.folder.as_ref().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
            let rows: Vec<_> = rules.iter().map(|rule| row(rule, &folder)).collect();
            table::table(["ON", "SEVERITY", "NAME", "LANGUAGE", "FROM", "TITLE"], &rows, table::width())
        }
    };
    for line in lines {
        if !put(out, &line)? {
            break;
        }
    }
    complaints.iter().try_for_each(|complaint| say(complaint))?;
    Ok(complaints.is_empty())
}

/// Every rule, and what is wrong with files of rules.
fn rules(places: &RulePlaces, now: Time) -> anyhow::Result<(Vec<RuleStatus>, Vec<String>)> {
    let book = places.folder.as_deref().map(rulebook::read).unwrap_or_default();
    let complaints = book.files.iter().filter(|file| !file.is_sound()).flat_map(File::complaints).collect();
    let mut all = builtin::read(LANGUAGES).0;
    all.extend(book.rules);
    let mut watch = Watch::default();
    watch.set_rules(all, book.counted, &switches(places)?);
    Ok((watch.statuses(now), complaints))
}

fn switches(places: &RulePlaces) -> anyhow::Result<Switches> {
    Ok(places.switches.as_deref().map(kept::switches).transpose()?.unwrap_or_default())
}

/// A file is named as it is in the folder of rules.
fn row(rule: &RuleStatus, folder: &str) -> [String; 6] {
    let on = if rule.on { "on" } else { "off" };
    let from = rule.origin.label();
    let from = from.strip_prefix(folder).unwrap_or(&from);
    [on, rule.severity.as_str(), &rule.name, rule.language, from, &rule.title].map(str::to_owned)
}

/// `name`, `title`, `severity`, `language`, `from` (`built in`, or `FILE:LINE`), `on`, `on_by_default`, `tags`, `reason`
/// and `pattern`: the rule's text.
fn line(rule: &RuleStatus) -> String {
    let value: Value = json!({
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity.as_str(),
        "language": rule.language,
        "from": rule.origin.label(),
        "on": rule.on,
        "on_by_default": rule.on_by_default,
        "tags": rule.tags,
        "reason": rule.reason,
        "pattern": rule.text,
    });
    visible_json(&value.to_string()).into_owned()
}

/// Switches rules, for good: a dashboard that runs takes it up at once. Gives whether all of them are there; when one is
/// not, none is switched.
///
/// # Errors
/// The switches cannot be read or written, or there is no place for them.
pub fn switch(places: &RulePlaces, names: &[String], on: bool, now: Time) -> anyhow::Result<bool> {
    let path = places.switches.as_deref();
    let path = path.ok_or_else(|| anyhow::anyhow!("the system names no home folder: set HOME"))?;
    let rules = rules(places, now)?.0;
    let is_there = |name: &String| rules.iter().any(|rule| rule.name == *name);
    let missing: Vec<&String> = names.iter().filter(|name| !is_there(name)).collect();
    for name in &missing {
        let near = nearest(name, rules.iter().map(|rule| rule.name.as_str()));
        let help = near.map_or_else(|| "see trailwatch rules list".to_owned(), |near| format!("did you mean {near}?"));
        say(&format!("trailwatch: there is no rule named {name:?}: {help}"))?;
    }
    if missing.is_empty() {
        let failed = |error: io::Error| anyhow::anyhow!("{}: cannot be written: {error}", path.display());
        kept::switch(path, names.iter().map(|name| (name.clone(), on))).map_err(failed)?;
    }
    Ok(missing.is_empty())
}
