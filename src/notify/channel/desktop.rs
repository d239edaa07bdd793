//! The notifications of the desktop, over the session bus.

use std::{env, path::Path, time::Duration};

use notify_rust::{Notification, Timeout};
use tokio::time::timeout;

use super::{Channel, Means, Refused, Said, Sending, words};
use crate::{
    config::notify::{self, ChannelKind},
    model::{Message, Severity},
};

const PATIENCE: Duration = Duration::from_secs(5);
const MOST_TITLE: usize = 120;
const MOST_TEXT: usize = 600;

struct Desktop {
    name: String,
}

pub(super) fn open(channel: &notify::Channel, _: &Means) -> Option<Box<dyn Channel>> {
    let ChannelKind::Desktop = channel.kind else { return None };
    Some(Box::new(Desktop { name: channel.name.clone() }))
}

impl Channel for Desktop {
    fn name(&self) -> &str {
        &self.name
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            if !has_session() {
                return Err(Refused::unless_mended("no desktop session here", message));
            }
            match timeout(PATIENCE, show(notification(message))).await {
                Ok(Ok(())) => Ok(Said::new("shown")),
                Ok(Err(error)) => Err(Refused::unless_mended(explained(&error.to_string()), message)),
                Err(_) => Err(Refused::unless_mended("the desktop did not answer within 5 s", message)),
            }
        })
    }
}

/// Shows it over the bus. What takes longer is dropped, and its connection with it.
#[cfg(all(unix, not(target_os = "macos")))]
async fn show(notification: Notification) -> notify_rust::error::Result<()> {
    notification.show_async().await.map(drop)
}

/// Shows it by the system's own means, on a thread that may wait.
#[cfg(not(all(unix, not(target_os = "macos"))))]
async fn show(notification: Notification) -> notify_rust::error::Result<()> {
    let shown = tokio::task::spawn_blocking(move || notification.show().map(drop));
    shown.await.unwrap_or_else(|_| Err("the thread ended".into()))
}

/// Whether a session bus can be there: named, or where systemd puts it. Nothing is started to find out.
pub(super) fn has_session() -> bool {
    let named = env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty());
    let runtime = env::var_os("XDG_RUNTIME_DIR");
    named || runtime.is_some_and(|folder| Path::new(&folder).join("bus").exists()) || cfg!(not(target_os = "linux"))
}

fn explained(error: &str) -> String {
    match error.contains("ServiceUnknown") || error.contains("was not provided by any .service files") {
        true => "nothing on this desktop shows notifications".to_owned(),
        false => format!("the desktop refused: {error}"),
    }
}

fn notification(message: &Message) -> Notification {
    let notice = &message.notice;
    let mut notification = Notification::new();
    notification.appname("trailwatch").timeout(match notice.severity {
        Severity::Critical => Timeout::Never,
        _ => Timeout::Default,
    });
    notification.summary(&plain(&words::headline(notice, MOST_TITLE)));
    notification.body(&escaped(&words::lines(&notice.text, MOST_TEXT)));
    #[cfg(not(target_os = "macos"))]
    notification.urgency(match notice.severity {
        Severity::Critical | Severity::High => notify_rust::Urgency::Critical,
        Severity::Medium => notify_rust::Urgency::Normal,
        Severity::Low | Severity::Info => notify_rust::Urgency::Low,
    });
    notification
}

/// A title has no markup by the specification, and some desktops read it all the same: signs that look like those of
/// markup mean the same to a person on every desktop.
fn plain(text: &str) -> String {
    text.replace('<', "‹").replace('>', "›").replace('&', "＆")
}

/// A text whose signs of markup stand for themselves (Desktop Notifications Specification, "Markup").
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::channel::samples;

    #[test]
    fn hostile_text_is_no_markup() {
        let shown = notification(&samples::hostile());
        assert!(!shown.summary.contains(['<', '>', '&', '\n', '\u{1b}']), "{}", shown.summary);
        assert!(!shown.body.contains(['<', '>', '\u{1b}', '\r']), "{}", shown.body);
        assert!(shown.body.starts_with("first line\nagent &lt;!channel&gt; *bold*"), "{}", shown.body);
        assert!(shown.body.contains("&lt;/b&gt; &amp; &lt;a href="), "{}", shown.body);
    }
}
