//! Outages on demand: tests make an operation fail in a chosen way until they clear it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How a call fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// An error of the service, written in the protocol of the request.
    Error { status: u16, code: String, message: String },
    /// The service's own throttling error.
    Throttled,
    /// The connection is closed without an answer.
    Dropped,
    /// No answer ever comes.
    Hang,
}

impl Failure {
    /// An error of the service.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Error { status, code: code.to_owned(), message: message.to_owned() }
    }
}

/// A handle on the failures in force; its clones share them.
///
/// A place is a service by its signing name (`cloudtrail`, `monitoring`, `events`, `s3`, `sts`), an operation and a Region;
/// `*` stands for all of them.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    places: Arc<Mutex<HashMap<[String; 3], Failure>>>,
}

impl Faults {
    /// Makes the place fail from now on.
    pub fn set(&self, service: &str, operation: &str, region: &str, failure: Failure) {
        self.lock().insert([service, operation, region].map(str::to_owned), failure);
    }

    /// Ends the failure that was set for exactly this place.
    pub fn clear(&self, service: &str, operation: &str, region: &str) {
        self.lock().remove(&[service, operation, region].map(str::to_owned));
    }

    /// Ends every failure.
    pub fn clear_all(&self) {
        self.lock().clear();
    }

    /// The failure in force for a call, if any.
    pub(super) fn find(&self, service: &str, operation: &str, region: &str) -> Option<Failure> {
        let places = self.lock();
        let fits = |pattern: &str, name: &str| pattern == "*" || pattern == name;
        let hit = places.iter().find(|([a, b, c], _)| fits(a, service) && fits(b, operation) && fits(c, region));
        hit.map(|(_, failure)| failure.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<[String; 3], Failure>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_holds_where_it_was_set_until_it_is_cleared() {
        let faults = Faults::default();
        faults.set("cloudtrail", "*", "us-east-1", Failure::Throttled);
        assert_eq!(faults.find("cloudtrail", "LookupEvents", "us-east-1"), Some(Failure::Throttled));
        assert_eq!(faults.find("cloudtrail", "LookupEvents", "eu-west-1"), None);
        faults.clear("cloudtrail", "*", "us-east-1");
        assert_eq!(faults.find("cloudtrail", "LookupEvents", "us-east-1"), None);
    }
}
