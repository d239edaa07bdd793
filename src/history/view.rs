//! What one list shows of the history: the rows that a filter lets through, made in slices.

use super::{
    events::History,
    filter::Filter,
    order::Order,
    row::{Key, RowId},
    sieve::Sieve,
};

/// The rows that a filter lets through, in order, counted from the newest.
///
/// The owner calls [`work`](View::work) between key presses until it says that nothing is left, and
/// [`take_in`](View::take_in) after events arrived. Both may come in any order and at any time; a view that is paused
/// is not called at all, and catches up later. Rows that are evicted meanwhile stay listed until then.
#[derive(Debug)]
pub struct View {
    filter: Filter,
    hits: Order,
    sieve: Sieve,
    scan: Scan,
    /// The first row that has not been taken in.
    next: Option<RowId>,
}

/// How far the scan from the newest to the oldest has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scan {
    Waiting,
    /// Everything from here on is looked at.
    Reached(Key),
    Complete,
}

impl View {
    /// A view that has looked at nothing yet.
    pub fn new(filter: Filter) -> Self {
        Self { filter, hits: Order::default(), sieve: Sieve::default(), scan: Scan::Waiting, next: None }
    }

    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Goes on with the scan for as long as `budget` rows take; `false` when nothing is left to scan.
    ///
    /// A budget of 50,000 takes one to four milliseconds. It is counted in rows of a filter on one column; one that
    /// looks into every column looks at fewer rows for it, and one that looks into records at as many as their bytes
    /// allow. At least one row is looked at.
    pub fn work(&mut self, history: &History, budget: usize) -> bool {
        if self.scan == Scan::Complete {
            return false;
        }
        self.forget(history);
        let next = *self.next.get_or_insert(history.rows().next());
        let all = self.filter.is_all();
        let (cost, mut spent, mut left) = (self.filter.cost(), 0, self.unscanned(history));
        self.sieve.take_spent();
        while left > 0 && (spent == 0 || spent < budget) {
            left -= 1;
            let Some(id) = history.order().get_oldest(left) else { continue };
            // What arrived meanwhile is for `take_in`.
            if id.came_before(next) && (all || self.sieve.passes(&self.filter, history, id)) {
                self.hits.push_oldest(id);
            }
            spent += cost + self.sieve.take_spent();
        }
        self.scan = match left {
            0 => Scan::Complete,
            left => {
                history.order().get_oldest(left).and_then(|id| history.rows().key(id)).map_or(self.scan, Scan::Reached)
            }
        };
        if self.scan == Scan::Complete {
            self.sieve.forget();
        }
        self.scan != Scan::Complete
    }

    /// How many of the oldest events are not looked at yet.
    fn unscanned(&self, history: &History) -> usize {
        match self.scan {
            Scan::Waiting => history.len(),
            Scan::Reached(key) => history.order().before(history.rows(), key),
            Scan::Complete => 0,
        }
    }

    /// Puts what arrived since the last call at its place and leaves out what was evicted. Returns how many rows the
    /// view gained.
    pub fn take_in(&mut self, history: &History) -> usize {
        self.forget(history);
        let (first, end) = (history.rows().first(), history.rows().next());
        let from = self.next.replace(end).map_or(end, |next| if next.came_before(first) { first } else { next });
        let count = end.0.wrapping_sub(from.0);
        let mut new: Vec<Key> = Vec::new();
        for id in (0..count).map(|offset| RowId(from.0.wrapping_add(offset))) {
            let Some(key) = history.rows().key(id) else { continue };
            let scanned = match self.scan {
                Scan::Waiting => false,
                Scan::Reached(reached) => !key.is_before(reached),
                Scan::Complete => true,
            };
            if scanned && self.sieve.passes(&self.filter, history, id) {
                new.push(key);
            }
        }
        new.sort_by_key(|key| key.time);
        let new: Vec<RowId> = new.into_iter().map(|key| key.id).collect();
        self.hits.merge(history.rows(), &new);
        if self.is_complete() {
            self.sieve.forget();
        }
        new.len()
    }

    /// Leaves out what was evicted: the oldest rows, because the oldest events go first.
    pub fn forget(&mut self, history: &History) {
        while self.hits.oldest().is_some_and(|id| history.rows().key(id).is_none()) {
            self.hits.pop_oldest();
        }
    }

    /// How many rows were found so far.
    pub fn len(&self) -> usize {
        self.hits.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at an index from the newest, which is 0.
    pub fn get(&self, index: usize) -> Option<RowId> {
        self.hits.get_newest(index)
    }

    /// The index from the newest of a row, when it is in the view.
    pub fn position(&self, history: &History, id: RowId) -> Option<usize> {
        let key = history.rows().key(id)?;
        let at = self.hits.before(history.rows(), key);
        (self.hits.get_oldest(at) == Some(id)).then(|| self.len() - 1 - at)
    }

    /// The index from the newest at which a row stands or would stand: where a cursor goes when its row is filtered out.
    pub fn nearest(&self, history: &History, id: RowId) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        let at = history.rows().key(id).map_or(0, |key| self.hits.before(history.rows(), key));
        Some(last - at.min(last))
    }

    /// Whether every event was looked at.
    pub fn is_complete(&self) -> bool {
        self.scan == Scan::Complete
    }

    /// How much of the history was looked at, between 0 and 1.
    pub fn progress(&self, history: &History) -> f64 {
        match history.len() {
            0 => 1.0,
            all => 1.0 - self.unscanned(history) as f64 / all as f64,
        }
    }
}
