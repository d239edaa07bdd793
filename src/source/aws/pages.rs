//! A list that is read page by page, and ends.

use super::errors::Asked;
use crate::{model::Time, source::Failure};

/// Pages of one list. An account has at most a hundred buses, a bus some hundred rules (EventBridge user guide, "Quotas";
/// both can be raised); a log group has at most a hundred metric filters (CloudWatch Logs user guide, "Quotas").
const MOST_PAGES: u32 = 100;

/// How far a list is read, page by page.
pub struct Pages<'a> {
    asked: &'a Asked,
    token: Option<String>,
    /// How many were read.
    pub read: u32,
}

impl<'a> Pages<'a> {
    /// A list of which nothing is read yet.
    pub fn new(asked: &'a Asked) -> Self {
        Self { asked, token: None, read: 0 }
    }

    /// Whether there is another page.
    pub fn go_on(&self) -> bool {
        self.read == 0 || self.token.is_some()
    }

    /// What the next page is asked for with.
    pub fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// A page was read, which names the next.
    ///
    /// # Errors
    /// The pages do not end.
    pub fn read(&mut self, next: Option<String>, now: Time) -> Result<(), Failure> {
        self.read += 1;
        if next.is_some() && (next == self.token || self.read >= MOST_PAGES) {
            return Err(self.asked.unreadable("pages without end", now));
        }
        self.token = next;
        Ok(())
    }
}
