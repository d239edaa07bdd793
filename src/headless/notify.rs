//! The commands about channels: `notify test` and `notify list`.

use std::{io::Write, path::PathBuf, sync::Arc};

use tokio::runtime::Builder;

use super::{put, table::table};
use crate::{
    config::{
        Settings, nearest,
        notify::{Channel as Table, ChannelKind, Format, Webhook},
    },
    model::{Delivery, Message, Notice, NoticeKind, Severity, Time},
    notify::channel::{self, Channel, Means},
};

/// Sends a sample through one channel, or through all, and prints what came back from each; whether all took it.
///
/// # Errors
/// No channel has that name, or the output is gone.
pub fn test(
    settings: Settings,
    folder: Option<PathBuf>,
    only: Option<&str>,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let settings = Arc::new(settings);
    let tables = chosen(&settings, only)?;
    let means = Means { clock: Arc::new(chrono::Utc::now), settings: Arc::clone(&settings), folder, ring: None };
    let channels: Result<Vec<_>, String> = tables.iter().map(|table| channel::open(table, &means)).collect();
    let channels = channels.map_err(anyhow::Error::msg)?;
    let widest = tables.iter().map(|table| table.name.len()).max().unwrap_or_default();
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let now = chrono::Utc::now();
    let mut all = true;
    let sending: Vec<_> = channels.into_iter().map(|channel| runtime.spawn(tried(channel, now))).collect();
    for (table, sending) in tables.iter().zip(sending) {
        let (took, words) = runtime.block_on(sending)?;
        all &= took;
        if !put(out, &format!("{:widest$}  {words}", table.name))? {
            break;
        }
    }
    // A channel that waits for something that never comes holds nobody up.
    runtime.shutdown_background();
    Ok(all)
}

async fn tried(channel: Box<dyn Channel>, now: Time) -> (bool, String) {
    match channel.send(&sample(channel.name(), now)).await {
        Ok(said) => (true, said.words),
        Err(refused) => (false, format!("refused: {}", refused.words)),
    }
}

/// What `notify test` sends.
fn sample(channel: &str, now: Time) -> Message {
    let notice = Notice {
        key: format!("test/{channel}/{}", now.timestamp_millis()),
        kind: NoticeKind::Test,
        severity: Severity::Info,
        title: "A sample from trailwatch".to_owned(),
        text: format!("Nothing has happened. The channel {channel} works."),
        subject: channel.to_owned(),
        rule: String::new(),
        account: String::new(),
        region: None,
        time: now,
        count: 1,
        channels: vec![channel.to_owned()],
    };
    let state = Delivery::Waiting { due: now };
    Message { id: 0, channel: channel.to_owned(), notice, made: now, state, tries: 0, said: String::new() }
}

/// The channel of a name, or all.
fn chosen<'a>(settings: &'a Settings, only: Option<&str>) -> anyhow::Result<Vec<&'a Table>> {
    let channels = &settings.notify.channels;
    let Some(name) = only else { return Ok(channels.iter().collect()) };
    if let Some(channel) = settings.notify.channel(name) {
        return Ok(vec![channel]);
    }
    let names = || channels.iter().map(|channel| channel.name.as_str());
    let near = nearest(name, names()).map(|near| format!("did you mean {near}?"));
    let all = || format!("the channels are {}", names().collect::<Vec<_>>().join(", "));
    Err(anyhow::anyhow!("no channel is named {name:?}; {}", near.unwrap_or_else(all)))
}

/// Prints each channel: its name and kind, the mildest severity and how much it takes, and where it leads.
///
/// # Errors
/// The output is gone.
pub fn list(settings: &Settings, out: &mut impl Write) -> anyhow::Result<()> {
    let rate = |table: &Table| table.rate.map_or("none".to_owned(), |rate| format!("{}/{}", rate.most, rate.per));
    let row = |table: &Table| {
        let floor = table.floor.as_str().to_owned();
        [table.name.clone(), table.kind.as_str().to_owned(), floor, rate(table), leads(&table.kind)]
    };
    let rows: Vec<[String; 5]> = settings.notify.channels.iter().map(row).collect();
    for line in table(["NAME", "KIND", "FLOOR", "RATE", "LEADS TO"], &rows, usize::MAX) {
        if !put(out, &line)? {
            break;
        }
    }
    Ok(())
}

/// Where a channel leads, without what could be a secret: a path of an address, an argument of a program.
fn leads(kind: &ChannelKind) -> String {
    match kind {
        ChannelKind::Desktop => "the notifications of the desktop".to_owned(),
        ChannelKind::Terminal => "the terminal: bell, OSC 9, OSC 777".to_owned(),
        ChannelKind::Sns(topic) => topic.arn.clone(),
        ChannelKind::Webhook(to) => webhook(to),
        ChannelKind::Command { program, args } => match args.len() {
            0 => program.clone(),
            1 => format!("{program}, with 1 argument"),
            more => format!("{program}, with {more} arguments"),
        },
        ChannelKind::Log { path: Some(path) } => path.display().to_string(),
        ChannelKind::Log { path: None } => "notices.jsonl in the state folder".to_owned(),
    }
}

fn webhook(to: &Webhook) -> String {
    let uri = to.url.reveal().parse::<hyper::Uri>().ok();
    let origin = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?)));
    let mut words = origin.map_or("…".to_owned(), |(scheme, authority)| format!("{scheme}://{authority}/…"));
    words += match (&to.body, to.format) {
        (Some(_), _) => ", a template",
        (None, Format::Json) => ", JSON",
        (None, Format::Slack) => ", for Slack",
        (None, Format::Teams) => ", for Teams",
        (None, Format::Discord) => ", for Discord",
    };
    if to.secret.is_some() {
        words += ", signed";
    }
    words
}
