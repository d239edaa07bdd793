//! A bucket and a prefix in it, written `s3://bucket/prefix`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A bucket and a prefix in it; the prefix may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub bucket: String,
    pub prefix: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

impl Place {
    /// Whether an object's address, `s3://bucket/key`, is in this place.
    pub fn holds(&self, uri: &str) -> bool {
        let key = uri.strip_prefix("s3://").and_then(|rest| rest.strip_prefix(self.bucket.as_str()));
        key.and_then(|rest| rest.strip_prefix('/')).is_some_and(|key| key.starts_with(&self.prefix))
    }
}

/// Why a text is not a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a place in S3: {reason}; write s3://BUCKET/PREFIX")]
pub struct PlaceError {
    text: String,
    reason: &'static str,
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let fail = |reason| PlaceError { text: text.to_owned(), reason };
        let rest = text.strip_prefix("s3://").ok_or_else(|| fail("it does not start with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // S3 user guide, "General purpose bucket naming rules"; old buckets may be longer and use more.
        let named = bucket.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        match bucket {
            "" => Err(fail("the bucket is missing")),
            _ if bucket.ends_with("--x-s3") => Err(fail("a directory bucket has no archived objects")),
            _ if !named => Err(fail("a bucket's name has only letters, digits, '-', '.' and '_'")),
            _ => Ok(Place { bucket: bucket.to_owned(), prefix: prefix.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_holds_what_starts_with_its_prefix() {
        let place: Place = "s3://archive/tapes/".parse().unwrap();
        assert!(place.holds("s3://archive/tapes/1998.tar"));
        assert!(!place.holds("s3://archive/films/1998.tar") && !place.holds("s3://archive-2/tapes/x"));
    }

    #[test]
    fn a_place_reads_back_as_it_was_written() {
        for text in ["s3://archive/", "s3://archive/2024/tapes/", "s3://a.b-c/ü/x"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        assert_eq!("s3://archive".parse::<Place>().unwrap().to_string(), "s3://archive/");
    }

    #[test]
    fn what_is_no_place_is_refused_with_its_reason() {
        for (text, reason) in [
            ("archive/x", "does not start with s3://"),
            ("s3:///x", "bucket is missing"),
            ("s3://a b/", "only letters"),
            ("s3://x--use1-az5--x-s3/", "directory bucket"),
        ] {
            let error = text.parse::<Place>().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
