//! Which events were printed: two sources may tell the same one, as where one endpoint answers for every Region.

use std::collections::{HashSet, VecDeque};

/// So many ids are remembered: 20 minutes, the time over which a source reads again, of the 50 events a second that the
/// API tells of one Region. What comes later is no longer known here.
const MOST: usize = 60_000;

/// The ids of the events printed last.
#[derive(Debug, Default)]
pub struct Recent {
    ids: HashSet<String>,
    /// The oldest first.
    order: VecDeque<String>,
}

impl Recent {
    /// Takes an id in; false when it was there.
    pub fn is_new(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_once_for_as_long_as_it_is_remembered() {
        let mut recent = Recent::default();
        assert!(recent.is_new("a") && !recent.is_new("a"));
        assert!((0..MOST).all(|number| recent.is_new(&number.to_string())));
        assert!(recent.is_new("a") && recent.ids.len() == MOST);
    }
}
