//! The commands that read the store and ask nobody: `alerts` and `notify log`.

use std::io::Write;

use anyhow::Context;

use super::{line, put, table};
use crate::{
    config::Settings,
    engine,
    model::{Alert, Message, Time, text::visible},
    store::Reader,
};

/// Prints the alerts that are kept, the newest first: a table, or a line as `watch` prints it.
///
/// # Errors
/// There is no store for these settings, it cannot be read, or the output is gone.
pub fn print_alerts(settings: &Settings, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let mut alerts = store(settings)?.alerts(usize::MAX >> 1)?;
    alerts.sort_by(|a, b| (b.last, &a.id).cmp(&(a.last, &b.id)));
    if json {
        return print(out, alerts.iter().map(line::alert));
    }
    let row = |alert: &Alert| {
        [
            said(alert.last),
            alert.severity.as_str().to_owned(),
            alert.state.as_str().to_owned(),
            alert.count.to_string(),
            alert.rule.clone(),
            alert.message.clone(),
        ]
    };
    let rows: Vec<_> = alerts.iter().map(row).collect();
    let heads = ["LAST", "SEVERITY", "STATE", "COUNT", "RULE", "MESSAGE"];
    print(out, table::table(heads, &rows, table::width()).into_iter())
}

/// Prints the newest messages of the outbox, the newest first: a table, or a line each.
///
/// # Errors
/// There is no store for these settings, it cannot be read, or the output is gone.
pub fn print_messages(settings: &Settings, most: usize, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let messages = store(settings)?.messages(most)?;
    if json {
        return print(out, messages.iter().map(line::message));
    }
    let row = |message: &Message| {
        [
            said(message.made),
            message.channel.clone(),
            message.state.as_str().to_owned(),
            message.tries.to_string(),
            message.said.clone(),
            message.notice.title.clone(),
        ]
    };
    let rows: Vec<_> = messages.iter().map(row).collect();
    print(out, table::table(["MADE", "CHANNEL", "STATE", "TRIES", "SAID", "TITLE"], &rows, table::width()).into_iter())
}

fn store(settings: &Settings) -> anyhow::Result<Reader> {
    let folder = engine::stored(settings)
        .context("nothing is kept yet for this profile and endpoint: start trailwatch, or trailwatch watch, once")?;
    Ok(Reader::open(&folder)?)
}

fn said(time: Time) -> String {
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn print(out: &mut impl Write, lines: impl Iterator<Item = String>) -> anyhow::Result<()> {
    for line in lines {
        if !put(out, &visible(&line))? {
            break;
        }
    }
    Ok(())
}
