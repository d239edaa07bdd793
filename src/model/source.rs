//! How a source of updates is doing.

use serde::{Deserialize, Serialize};

use super::{Place, Region, Time};

/// Which source: its kind and where it looks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceId {
    pub kind: SourceKind,
    /// The Region it asks; for a place, the Region asked first.
    pub region: Region,
    /// The place, for a source of restores.
    pub place: Option<Place>,
}

impl SourceId {
    pub fn new(kind: SourceKind, region: Region) -> Self {
        Self { kind, region, place: None }
    }

    /// What a person calls it: `events eu-west-1`, `restores s3://archive/tapes/`.
    pub fn label(&self) -> String {
        match &self.place {
            Some(place) => format!("{} {place}", self.kind.as_str()),
            None => format!("{} {}", self.kind.as_str(), self.region),
        }
    }
}

/// What a source obtains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SourceKind {
    /// CloudTrail LookupEvents, all management events.
    Events,
    /// CloudTrail LookupEvents, `ConsoleLogin` only, at a low rate.
    SignIns,
    /// CloudWatch DescribeAlarms.
    Alarms,
    /// S3 ListObjectsV2 with RestoreStatus.
    Restores,
    /// EventBridge ListEventBuses and ListRules.
    Rules,
    /// CloudWatch Logs DescribeMetricFilters.
    MetricFilters,
    /// STS GetCallerIdentity.
    Identity,
    /// No source of AWS's: what is kept on disk.
    Store,
}

impl SourceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            SourceKind::Events => "events",
            SourceKind::SignIns => "sign-ins",
            SourceKind::Alarms => "alarms",
            SourceKind::Restores => "restores",
            SourceKind::Rules => "rules",
            SourceKind::MetricFilters => "metric filters",
            SourceKind::Identity => "identity",
            SourceKind::Store => "store",
        }
    }
}

/// A source's own report. A new one replaces the old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHealth {
    pub id: SourceId,
    pub state: SourceState,
    /// When it was last asked with success.
    pub polled: Option<Time>,
    /// When it will be asked next.
    pub next: Option<Time>,
    /// The time of the newest thing it gave.
    pub newest: Option<Time>,
    /// Requests sent in the last minute.
    pub requests_last_minute: u32,
    /// Requests allowed in a minute by the budget; 0 where there is none.
    pub budget_per_minute: u32,
    /// A long first load or the closing of a hole, while it runs.
    pub progress: Option<Progress>,
    /// What has happened and could not be read yet, when that is more than one poll's work.
    pub behind: Option<Behind>,
}

impl SourceHealth {
    /// A source that has not been asked yet.
    pub fn starting(id: SourceId, budget_per_minute: u32) -> Self {
        Self {
            id,
            state: SourceState::Starting,
            polled: None,
            next: None,
            newest: None,
            requests_last_minute: 0,
            budget_per_minute,
            progress: None,
            behind: None,
        }
    }
}

/// How a source is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceState {
    /// Not yet answered.
    Starting,
    /// Answers.
    Live,
    /// Told to slow down, in the words of the API; goes on by itself at `until`.
    Throttled { until: Time, error: SourceError },
    /// Did not answer, or refused; asked again at `next`.
    Failed(SourceError),
}

impl SourceState {
    /// What the API said, where it did not answer the question.
    pub fn error(&self) -> Option<&SourceError> {
        match self {
            SourceState::Throttled { error, .. } | SourceState::Failed(error) => Some(error),
            SourceState::Starting | SourceState::Live => None,
        }
    }
}

/// What went wrong, in the words of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceError {
    /// The error code, such as `AccessDeniedException`; `Network` or `Credentials` for what never reached AWS.
    pub code: String,
    /// The message.
    pub message: String,
    /// The IAM action that is missing, such as `cloudtrail:LookupEvents`, when access was denied.
    pub missing_action: Option<String>,
    /// What the operator can do, when we know it.
    pub advice: Option<String>,
    /// Since when every try has failed.
    pub since: Time,
}

impl SourceError {
    /// The code of a change that was not sent: the gate or the journal, not the account, said no.
    pub const NOT_SENT: &str = "NotSent";

    /// The code of a store that cannot be written to now; that is tried again without anybody's asking.
    pub const STORE_WAITS: &str = "StoreWaits";

    /// The code of a store that is not used again before the next start.
    pub const STORE_UNUSABLE: &str = "StoreUnusable";

    /// Codes that mean that our credentials are missing, wrong or have ended.
    pub const OF_CREDENTIALS: [&str; 8] = [
        "Credentials",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "InvalidToken",
        "AuthFailure",
    ];

    /// Whether code and message are the API's own words, not ours for what never reached AWS or came back unreadable.
    pub fn is_from_aws(&self) -> bool {
        ![
            "Network",
            "Credentials",
            "NoRegion",
            "Config",
            "Request",
            "Response",
            "Defect",
            "Journal",
            Self::STORE_WAITS,
            Self::STORE_UNUSABLE,
            Self::NOT_SENT,
        ]
        .contains(&self.code.as_str())
    }
}

/// How far a scan has come, in the time it has to cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The whole stretch, oldest and newest end.
    pub from: Time,
    pub to: Time,
    /// Everything from here to `to` is read.
    pub reached: Time,
}

impl Progress {
    /// Between 0 and 1.
    pub fn ratio(&self) -> f64 {
        let whole = (self.to - self.from).num_milliseconds().max(1) as f64;
        ((self.to - self.reached).num_milliseconds() as f64 / whole).clamp(0.0, 1.0)
    }
}

/// A feed that cannot keep up with its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    /// The oldest moment that is not read yet.
    pub oldest_unread: Time,
    /// How much time is unread, in seconds, over all holes.
    pub unread_seconds: i64,
    /// New events a second, as far as seen.
    pub events_per_second: u32,
}
