//! An archived S3 object that is being restored, or was.

use serde::{Deserialize, Serialize};

use super::{Place, Region, Time};

/// One object under restore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restore {
    /// The watched place through which it was found.
    pub place: Place,
    /// The bucket's Region.
    pub region: Region,
    /// The object's key, as it came.
    pub key: String,
    pub storage_class: StorageClass,
    /// Bytes.
    pub size: u64,
    pub state: RestoreState,
    /// When trailwatch first saw it under restore.
    pub first_seen: Time,
}

impl Restore {
    /// When the copy is deleted; `None` while the restore runs.
    pub fn deadline(&self) -> Option<Time> {
        match self.state {
            RestoreState::InProgress => None,
            RestoreState::Ready { expires } | RestoreState::Expired { expires } => Some(expires),
        }
    }

    /// `s3://bucket/key`.
    pub fn uri(&self) -> String {
        format!("s3://{}/{}", self.place.bucket, self.key)
    }
}

/// Where a restore stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestoreState {
    /// `IsRestoreInProgress`.
    InProgress,
    /// The copy can be downloaded until `RestoreExpiryDate`.
    Ready { expires: Time },
    /// The copy is gone.
    Expired { expires: Time },
}

impl RestoreState {
    /// The word used in JSON and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            RestoreState::InProgress => "in-progress",
            RestoreState::Ready { .. } => "ready",
            RestoreState::Expired { .. } => "expired",
        }
    }
}

/// S3's storage class, in S3's own word (`GLACIER`, `DEEP_ARCHIVE`, …).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageClass(pub String);

impl StorageClass {
    /// The name that people use for it.
    pub fn human(&self) -> &str {
        match self.0.as_str() {
            "GLACIER" => "Flexible Retrieval",
            "DEEP_ARCHIVE" => "Deep Archive",
            "INTELLIGENT_TIERING" => "Intelligent-Tiering",
            other => other,
        }
    }
}
