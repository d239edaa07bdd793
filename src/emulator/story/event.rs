//! An event as the services ask about it, whether the story tells it or a file recorded it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::actors::Identity;
use super::record;
use super::replay::Recorded;
use super::told::Told;

/// An event: told by the story, or recorded in a file.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    Told(Told),
    Recorded(&'a Recorded),
}

impl Event<'_> {
    /// The Region whose event history holds it.
    pub fn region(&self) -> &'static str {
        match self {
            Self::Told(told) => told.region,
            Self::Recorded(recorded) => recorded.region,
        }
    }

    pub fn time(&self) -> DateTime<Utc> {
        match self {
            Self::Told(told) => told.time,
            Self::Recorded(recorded) => recorded.time,
        }
    }

    pub fn id(&self) -> Cow<'_, str> {
        match self {
            Self::Told(told) => told.id().into(),
            Self::Recorded(recorded) => recorded.text("/eventID").unwrap_or_default().into(),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Told(told) => told.action.name,
            Self::Recorded(recorded) => recorded.text("/eventName").unwrap_or_default(),
        }
    }

    /// The source with its `.amazonaws.com`.
    pub fn source(&self) -> Cow<'_, str> {
        match self {
            Self::Told(told) => told.source().into(),
            Self::Recorded(recorded) => recorded.text("/eventSource").unwrap_or_default().into(),
        }
    }

    pub fn read_only(&self) -> Option<bool> {
        match self {
            Self::Told(told) => Some(told.action.read_only),
            Self::Recorded(recorded) => recorded.read_only(),
        }
    }

    pub fn username(&self) -> Option<&str> {
        match self {
            Self::Told(told) => told.actor.username(),
            Self::Recorded(recorded) => recorded.username(),
        }
    }

    pub fn access_key(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Told(told) if told.action.source == "signin" => None,
            Self::Told(told) => told.actor.access_key().map(Cow::Owned),
            Self::Recorded(recorded) => recorded.text("/userIdentity/accessKeyId").map(Cow::Borrowed),
        }
    }

    /// Type and name of each resource.
    pub fn resources(&self) -> Vec<(String, String)> {
        match self {
            Self::Told(told) => {
                record::resource(told).into_iter().map(|(kind, name)| (kind.to_owned(), name)).collect()
            }
            Self::Recorded(recorded) => recorded.resources(),
        }
    }

    /// The record as JSON text.
    pub fn record(&self) -> String {
        match self {
            Self::Told(told) => told.record(),
            Self::Recorded(recorded) => recorded.record.to_string(),
        }
    }

    /// Whether root did it.
    pub fn by_root(&self) -> bool {
        match self {
            Self::Told(told) => told.actor.identity == Identity::Root,
            Self::Recorded(recorded) => recorded.text("/userIdentity/type") == Some("Root"),
        }
    }

    /// Whether a console sign-in went well; `None` for everything else.
    pub fn sign_in(&self) -> Option<bool> {
        if self.name() != "ConsoleLogin" {
            return None;
        }
        Some(match self {
            Self::Told(told) => told.action.error.is_none(),
            Self::Recorded(recorded) => recorded.text("/responseElements/ConsoleLogin") == Some("Success"),
        })
    }

    /// Whether it was refused for want of a permission.
    pub fn denied(&self) -> bool {
        let code = match self {
            Self::Told(told) => told.action.error.map_or("", |(code, _)| code),
            Self::Recorded(recorded) => recorded.text("/errorCode").unwrap_or_default(),
        };
        code.starts_with("AccessDenied") || code.ends_with("UnauthorizedOperation")
    }
}
