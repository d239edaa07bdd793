//! `[notify]` as it is written, and what comes of it.

use std::{collections::BTreeMap, ops::Range, path::PathBuf};

use hyper::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use toml::Spanned;

use super::{
    AlarmsTold, Channel, ChannelKind, Format, Notify, Secret, SecretPlace, Topic, Webhook, channel::RateWritten,
    quiet::QuietWritten, webhook_address,
};
use crate::model::{NoticeKind, Severity, duration::Span};

/// `[notify]`. Every setting may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct NotifyFile {
    floor: Option<Severity>,
    quiet: Option<QuietWritten>,
    quiet_except: Option<Severity>,
    deadlines: Option<Vec<Span>>,
    alarms: Option<AlarmsTold>,
    restores: Option<bool>,
    broken_after: Option<Span>,
    bell: Option<bool>,
    channels: BTreeMap<Spanned<String>, Spanned<ChannelFile>>,
}

/// `[notify.channels.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct ChannelFile {
    kind: Option<Spanned<Kind>>,
    on: Option<bool>,
    floor: Option<Severity>,
    quiet: Option<QuietWritten>,
    quiet_except: Option<Severity>,
    rate: Option<RateWritten>,
    kinds: Vec<KindWord>,
    topic: Option<Spanned<Topic>>,
    url: Option<Spanned<Secret>>,
    format: Option<Spanned<Format>>,
    body: Option<Spanned<Secret>>,
    secret: Option<Spanned<Secret>>,
    secret_env: Option<Spanned<String>>,
    secret_file: Option<Spanned<String>>,
    headers: Option<Spanned<BTreeMap<Spanned<String>, Spanned<Secret>>>>,
    run: Option<Spanned<Vec<String>>>,
    path: Option<Spanned<String>>,
}

/// The word of a kind of channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Desktop,
    Terminal,
    Sns,
    Webhook,
    Command,
    Log,
}

impl Kind {
    /// What only this kind of channel has.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Kind::Desktop | Kind::Terminal => &[],
            Kind::Sns => &["topic"],
            Kind::Webhook => &["url", "format", "body", "secret", "secret-env", "secret-file", "headers"],
            Kind::Command => &["run"],
            Kind::Log => &["path"],
        }
    }
}

/// What a channel takes, by the word: one kind of notice, or all about restores.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct KindWord(Vec<NoticeKind>);

impl TryFrom<String> for KindWord {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        use NoticeKind as N;
        const RESTORES: [N; 4] = [N::RestoreInitiated, N::RestoreReady, N::RestoreExpiring, N::RestoreExpired];
        let single = [N::Alert, N::Alarm, N::Source, N::Credentials].into_iter().chain(RESTORES);
        match word.as_str() {
            "restore" => Ok(Self(RESTORES.into())),
            word => single.clone().find(|kind| kind.as_str() == word).map(|kind| Self(vec![kind])).ok_or_else(|| {
                let known: Vec<_> = single.map(NoticeKind::as_str).collect();
                format!("{word:?} is nothing that is told; write restore, {}", known.join(", "))
            }),
        }
    }
}

/// What is wrong, and at which bytes of the text.
pub type Wrong = (Range<usize>, String);

impl NotifyFile {
    /// What is told, with the defaults where nothing is written.
    ///
    /// # Errors
    /// What is wrong, and where in the text.
    pub fn resolve(self) -> Result<Notify, Wrong> {
        let mut notify = Notify::default();
        let or = |set: Option<Severity>, default| set.unwrap_or(default);
        notify.floor = or(self.floor, notify.floor);
        notify.quiet = self.quiet.map_or(notify.quiet, |written| written.0);
        notify.quiet_except = or(self.quiet_except, notify.quiet_except);
        notify.deadlines = self.deadlines.unwrap_or(notify.deadlines);
        notify.deadlines.sort_unstable_by(|a, b| b.cmp(a));
        notify.deadlines.dedup();
        notify.alarms = self.alarms.unwrap_or(notify.alarms);
        notify.restores = self.restores.unwrap_or(notify.restores);
        notify.broken_after = self.broken_after.unwrap_or(notify.broken_after);
        notify.bell = self.bell.unwrap_or(notify.bell);
        notify.channels = channels(self.channels, &notify)?;
        Ok(notify)
    }
}

/// The channels that are on: those of the file, and desktop and terminal unless the file has its own.
fn channels(written: BTreeMap<Spanned<String>, Spanned<ChannelFile>>, notify: &Notify) -> Result<Vec<Channel>, Wrong> {
    let (mut channels, mut off) = (Vec::new(), Vec::new());
    for (name, file) in written {
        let (channel, is_on) = file.into_inner().resolve(&name, notify)?;
        if is_on { channels.push(channel) } else { off.push(channel) }
    }
    for (name, kind) in [("desktop", ChannelKind::Desktop), ("terminal", ChannelKind::Terminal)] {
        let own = |channel: &Channel| channel.name == name || channel.kind == kind;
        if !channels.iter().chain(&off).any(own) {
            channels.push(Channel::new(name, kind, notify));
        }
    }
    channels.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(channels)
}

impl ChannelFile {
    fn resolve(self, name: &Spanned<String>, notify: &Notify) -> Result<(Channel, bool), Wrong> {
        named(name)?;
        let Some((word, at)) = self.kind.as_ref().map(|kind| (*kind.get_ref(), kind.span())) else {
            let write = "write kind = \"desktop\", \"terminal\", \"sns\", \"webhook\", \"command\" or \"log\"";
            return Err((name.span(), format!("the channel says no kind; {write}")));
        };
        self.only_its_own(word)?;
        let (floor, quiet, except, rate) = (self.floor, self.quiet, self.quiet_except, self.rate);
        let (is_on, kinds) = (self.on.unwrap_or(true), self.kinds.iter().flat_map(|word| word.0.clone()).collect());
        let plain = Channel::new(name.get_ref(), self.leads(word, at)?, notify);
        let channel = Channel {
            floor: floor.unwrap_or(plain.floor),
            quiet: quiet.map_or(plain.quiet, |written| written.0),
            quiet_except: except.unwrap_or(plain.quiet_except),
            rate: rate.map_or(plain.rate, |written| written.0),
            kinds,
            ..plain
        };
        Ok((channel, is_on))
    }

    /// Refuses what another kind of channel has.
    fn only_its_own(&self, kind: Kind) -> Result<(), Wrong> {
        let keys = [
            ("topic", self.topic.as_ref().map(Spanned::span)),
            ("url", self.url.as_ref().map(Spanned::span)),
            ("format", self.format.as_ref().map(Spanned::span)),
            ("body", self.body.as_ref().map(Spanned::span)),
            ("secret", self.secret.as_ref().map(Spanned::span)),
            ("secret-env", self.secret_env.as_ref().map(Spanned::span)),
            ("secret-file", self.secret_file.as_ref().map(Spanned::span)),
            ("headers", self.headers.as_ref().map(Spanned::span)),
            ("run", self.run.as_ref().map(Spanned::span)),
            ("path", self.path.as_ref().map(Spanned::span)),
        ];
        let foreign =
            keys.into_iter().find_map(|(key, span)| Some((key, span?)).filter(|_| !kind.keys().contains(&key)));
        match foreign {
            None => Ok(()),
            Some((key, span)) => {
                let owner = [Kind::Sns, Kind::Webhook, Kind::Command, Kind::Log].map(|kind| (kind, kind.keys()));
                let owner = owner.iter().find(|(_, keys)| keys.contains(&key)).map(|(kind, _)| kind.word());
                Err((span, format!("`{key}` is of a {} channel; take it out", owner.unwrap_or("different"))))
            }
        }
    }

    fn leads(self, kind: Kind, at: Range<usize>) -> Result<ChannelKind, Wrong> {
        let missing = |write: &str| (at.clone(), format!("a {} channel lacks {write}", kind.word()));
        Ok(match kind {
            Kind::Desktop => ChannelKind::Desktop,
            Kind::Terminal => ChannelKind::Terminal,
            Kind::Sns => {
                let topic = self.topic.ok_or_else(|| missing("its topic; write topic = \"arn:aws:sns:…\""))?;
                ChannelKind::Sns(topic.into_inner())
            }
            Kind::Webhook => {
                let url = self.url.as_ref().ok_or_else(|| missing("its address; write url = \"https://…\""))?;
                let url = webhook_address(url.get_ref().reveal()).map_err(|error| (url.span(), error))?;
                ChannelKind::Webhook(self.webhook(url)?)
            }
            Kind::Command => {
                let run = self.run.ok_or_else(|| missing("its program; write run = [\"PROGRAM\", \"ARGUMENT\"]"))?;
                let (span, mut words) = (run.span(), run.into_inner().into_iter());
                match words.next().filter(|program| !program.is_empty()) {
                    Some(program) => ChannelKind::Command { program: at_home(&program), args: words.collect() },
                    None => Err((span, "no program is named; write run = [\"PROGRAM\", \"ARGUMENT\"]".to_owned()))?,
                }
            }
            Kind::Log => ChannelKind::Log { path: self.path.map(|path| absolute(&path)).transpose()? },
        })
    }

    fn webhook(self, url: Secret) -> Result<Webhook, Wrong> {
        if let (Some(_), Some(body)) = (&self.format, &self.body) {
            return Err((body.span(), "`body` replaces what `format` would send; take one of them out".to_owned()));
        }
        let file = self.secret_file.as_ref();
        let places = [
            self.secret.as_ref().map(|it| (it.span(), Ok(SecretPlace::Here(it.get_ref().clone())))),
            self.secret_env.as_ref().map(|it| (it.span(), Ok(SecretPlace::Env(it.get_ref().clone())))),
            file.map(|it| (it.span(), absolute(it).map(SecretPlace::File))),
        ];
        let mut places = places.into_iter().flatten();
        let secret = places.next().map(|(_, place)| place).transpose()?;
        if let Some((span, _)) = places.next() {
            return Err((
                span,
                "the secret is named twice; write one of secret, secret-env and secret-file".to_owned(),
            ));
        }
        if let Some(empty) = self.secret.filter(|secret| secret.get_ref().reveal().is_empty()) {
            return Err((empty.span(), "an empty secret signs nothing; write one, or take this out".to_owned()));
        }
        Ok(Webhook {
            url,
            format: self.format.map(Spanned::into_inner).unwrap_or_default(),
            body: self.body.map(Spanned::into_inner),
            secret,
            headers: self.headers.map_or(Ok(Vec::new()), |headers| {
                headers.into_inner().into_iter().map(|(name, value)| header(&name, value)).collect()
            })?,
        })
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Desktop => "desktop",
            Kind::Terminal => "terminal",
            Kind::Sns => "sns",
            Kind::Webhook => "webhook",
            Kind::Command => "command",
            Kind::Log => "log",
        }
    }
}

fn named(name: &Spanned<String>) -> Result<(), Wrong> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let text = name.get_ref();
    match !text.is_empty() && text.len() <= 64 && text.chars().all(fits) {
        true => Ok(()),
        false => {
            let write = "write at most 64 letters, digits, '-' and '_'";
            Err((name.span(), format!("this is no name for a channel; {write}")))
        }
    }
}

/// What the connection itself says.
const NOT_TO_SET: [&str; 6] = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te"];

fn header(name: &Spanned<String>, value: Spanned<Secret>) -> Result<(String, Secret), Wrong> {
    let known = HeaderName::from_bytes(name.get_ref().as_bytes())
        .map_err(|_| (name.span(), "this is no name of a header; write one such as X-Team".to_owned()))?;
    if NOT_TO_SET.contains(&known.as_str()) {
        return Err((name.span(), format!("the connection sets `{known}` itself; take it out")));
    }
    let text = value.get_ref().reveal();
    match text.is_ascii() && HeaderValue::from_str(text).is_ok() {
        true => Ok((known.as_str().to_owned(), value.into_inner())),
        false => Err((value.span(), "a header's value is ASCII without control characters; write it so".to_owned())),
    }
}

/// The path with `~/` as the home folder.
fn at_home(text: &str) -> String {
    let home = || etcetera::home_dir().ok()?.into_os_string().into_string().ok();
    match text.strip_prefix("~/").and_then(|rest| Some((home()?, rest))) {
        Some((home, rest)) => format!("{home}/{rest}"),
        None => text.to_owned(),
    }
}

fn absolute(text: &Spanned<String>) -> Result<PathBuf, Wrong> {
    let path = PathBuf::from(at_home(text.get_ref()));
    match path.is_absolute() {
        true => Ok(path),
        false => Err((text.span(), "a path here starts with / or ~/, for a service runs in any folder".to_owned())),
    }
}
