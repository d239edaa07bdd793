//! Buckets and objects, and the temporary copies that restores make of the archived ones.

mod data;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::random::hash;
pub use data::PLACES;

/// A storage class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Standard,
    IntelligentTiering,
    /// Glacier Instant Retrieval: read like any other object.
    GlacierIr,
    /// Glacier Flexible Retrieval.
    Glacier,
    DeepArchive,
}

impl Class {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::IntelligentTiering => "INTELLIGENT_TIERING",
            Self::GlacierIr => "GLACIER_IR",
            Self::Glacier => "GLACIER",
            Self::DeepArchive => "DEEP_ARCHIVE",
        }
    }

    /// Whether an object must be restored before it can be read.
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Glacier | Self::DeepArchive)
    }
}

/// How fast a restore is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    Bulk,
    Standard,
    Expedited,
}

impl Tier {
    /// The tier of a name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "Bulk" => Some(Self::Bulk),
            "Standard" => Some(Self::Standard),
            "Expedited" => Some(Self::Expedited),
            _ => None,
        }
    }

    /// How long it takes, within the ranges of the S3 user guide; `None` where the class has no such tier.
    pub fn takes(self, class: Class) -> Option<TimeDelta> {
        match (self, class) {
            (Self::Expedited, Class::DeepArchive) => None,
            (Self::Expedited, _) => Some(TimeDelta::minutes(3)),
            (Self::Standard, Class::DeepArchive) => Some(TimeDelta::hours(11)),
            (Self::Standard, _) => Some(TimeDelta::hours(4)),
            (Self::Bulk, Class::DeepArchive) => Some(TimeDelta::hours(40)),
            (Self::Bulk, _) => Some(TimeDelta::hours(9)),
        }
    }
}

/// An object.
#[derive(Clone, Debug)]
pub struct Object {
    pub key: String,
    /// Bytes.
    pub size: u64,
    pub class: Class,
    pub restore: Option<Plan>,
}

/// A restore that was asked for before the start; seconds after the start.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub ready: i64,
    pub until: Until,
}

/// When a planned copy expires.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// At this second after the start.
    Second(i64),
    /// At the midnight that ends this many days after it became ready, as S3 rounds.
    Days(u64),
}

/// A bucket, its objects ordered by key.
#[derive(Debug)]
pub struct Bucket {
    pub name: &'static str,
    pub region: &'static str,
    pub objects: Vec<Object>,
}

/// A restore under way, or the copy that it made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restore {
    pub tier: Tier,
    pub ready: DateTime<Utc>,
    pub expires: DateTime<Utc>,
}

/// What can be said of an object's restore at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    /// Never restored, or the copy expired.
    Archived,
    InProgress(Restore),
    Ready(Restore),
}

/// The buckets of the account.
#[derive(Debug)]
pub struct Archive {
    start: DateTime<Utc>,
    buckets: Vec<Bucket>,
    /// Restores asked for since the start, by bucket and key.
    asked: Mutex<HashMap<(&'static str, String), Restore>>,
}

impl Archive {
    /// The archive of the story.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self { start, buckets: data::buckets(), asked: Mutex::default() }
    }

    /// The same objects, none of which was ever restored.
    pub fn untouched(start: DateTime<Utc>) -> Self {
        let mut archive = Self::new(start);
        archive.buckets.iter_mut().flat_map(|bucket| &mut bucket.objects).for_each(|object| object.restore = None);
        archive
    }

    /// The buckets, by name.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// When an object was last written: on some day of the year that its key names.
    pub fn modified(&self, object: &Object) -> DateTime<Utc> {
        let year = object.key.split('/').find_map(|part| part.parse().ok().filter(|year| (2000..2100).contains(year)));
        let first = NaiveDate::from_ymd_opt(year.unwrap_or(2023), 1, 1).unwrap_or_default().and_time(NaiveTime::MIN);
        let written = first.and_utc() + TimeDelta::seconds((hash(&object.key) % (360 * 86_400)) as i64);
        written.min(self.start - TimeDelta::days(1))
    }

    /// How the restore of an object stands.
    pub fn status(&self, bucket: &Bucket, object: &Object, now: DateTime<Utc>) -> Status {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let restore = asked.get(&(bucket.name, object.key.clone())).copied().or_else(|| self.planned(object));
        match restore {
            Some(restore) if now < restore.ready => Status::InProgress(restore),
            Some(restore) if now < restore.expires => Status::Ready(restore),
            _ => Status::Archived,
        }
    }

    /// Begins a restore, speeds one up, or gives a copy another deadline.
    pub fn restore(&self, bucket: &Bucket, object: &Object, restore: Restore) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert((bucket.name, object.key.clone()), restore);
    }

    fn planned(&self, object: &Object) -> Option<Restore> {
        let plan = object.restore?;
        let ready = self.start + TimeDelta::seconds(plan.ready);
        let expires = match plan.until {
            Until::Second(second) => self.start + TimeDelta::seconds(second),
            Until::Days(days) => midnight_after(ready, days),
        };
        Some(Restore { tier: Tier::Standard, ready, expires })
    }
}

impl Bucket {
    /// The object of a key.
    pub fn find(&self, key: &str) -> Option<&Object> {
        self.objects.binary_search_by(|object| object.key.as_str().cmp(key)).ok().map(|at| &self.objects[at])
    }
}

/// The first midnight (UTC) at or after `days` after a moment.
pub fn midnight_after(time: DateTime<Utc>, days: u64) -> DateTime<Utc> {
    let end = time.checked_add_days(Days::new(days)).unwrap_or(time);
    let midnight = end.date_naive().and_time(NaiveTime::MIN).and_utc();
    if midnight == end { midnight } else { midnight.checked_add_days(Days::new(1)).unwrap_or(end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_rounded_up_to_midnight() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(midnight_after(at("2026-11-21T09:00:00Z"), 2), at("2026-11-24T00:00:00Z"));
        assert_eq!(midnight_after(at("2026-11-21T00:00:00Z"), 1), at("2026-11-22T00:00:00Z"));
    }

    #[test]
    fn objects_are_found_by_their_key() {
        for bucket in Archive::new(DateTime::UNIX_EPOCH).buckets() {
            assert!(bucket.objects.is_sorted_by(|a, b| a.key < b.key), "{}", bucket.name);
            for object in &bucket.objects {
                assert_eq!(bucket.find(&object.key).unwrap().key, object.key);
            }
        }
    }
}
