//! What a scan looks for.

use crate::{
    model::Time,
    rulebook::Book,
    rules::{
        Index,
        lang::sigma::{Correlations, Meta},
        rule::{Counted, Rule},
    },
};

/// The rules of a scan, and how they are asked.
#[derive(Debug)]
pub struct Plan {
    pub(super) rules: Vec<Planned>,
    pub(super) index: Index,
    /// In the order of their numbers in [`Plan::correlations`].
    pub(super) counted: Vec<Counted>,
    metas: Vec<Meta>,
    /// What correlations look at of an event.
    pub(super) fields: Vec<String>,
    /// Events before this are passed over.
    pub(super) since: Option<Time>,
    /// Every finding is told, with its message; else the first of each rule.
    pub(super) tells_all: bool,
    /// Rules about first times, which are not asked.
    left_out: usize,
}

/// A rule, and what becomes of its matches.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) rule: Rule,
    /// What correlations that count it know it by.
    pub(super) counted: Option<Meta>,
    /// It is only counted and says nothing itself.
    pub(super) quiet: bool,
}

impl Plan {
    /// Looks for what these rules, and those of a book, match; rules that are off are left out, and those about first
    /// times: what is usual is learnt from the live feed.
    pub fn new(more: Vec<Rule>, book: Book) -> Self {
        let correlations = book.correlations();
        let metas: Vec<Meta> = book.metas().cloned().collect();
        let fields = correlations.fields().to_vec();
        let mut left_out = 0;
        let rules = more.into_iter().chain(book.rules).filter(|rule| rule.enabled);
        let rules = rules.filter(|rule| {
            left_out += usize::from(rule.first.is_some());
            rule.first.is_none()
        });
        let rules: Vec<Planned> = rules
            .map(|rule| {
                let counted = rule.meta.clone().filter(|meta| correlations.counts(meta));
                let quiet = counted.as_ref().is_some_and(|meta| correlations.is_quiet(meta));
                Planned { rule, counted, quiet }
            })
            .collect();
        let gates: Vec<_> = rules.iter().map(|planned| planned.rule.predicate.gate()).collect();
        let index = Index::new(&gates);
        Self { rules, index, counted: book.counted, metas, fields, since: None, tells_all: false, left_out }
    }

    /// Passes over what happened before this.
    #[must_use]
    pub fn since(mut self, since: Option<Time>) -> Self {
        self.since = since;
        self
    }

    /// Tells of every finding, and not only of the first of each rule.
    #[must_use]
    pub fn telling_all(mut self, all: bool) -> Self {
        self.tells_all = all;
        self
    }

    /// How many rules are asked, correlations among them.
    pub fn len(&self) -> usize {
        self.rules.len() + self.counted.len()
    }

    /// How many rules are about first times, and are not asked: what is usual is learnt from the live feed.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counters for the correlations, in the state before any event.
    pub(super) fn correlations(&self) -> Correlations {
        let documents = self.counted.iter().map(|counted| counted.correlation.clone()).collect();
        Correlations::new(documents, &self.metas).0
    }
}
