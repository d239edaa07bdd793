//! What to look for among the events of the store.

use super::{
    column::Column,
    marks::{Marks, Wanted},
    pattern::Pattern,
    sketch::Place,
    texts::Texts,
    view::{Trouble, View},
};
use crate::model::{ActorKind, Severity, Time};

/// What is asked of an event.
#[derive(Clone, Debug)]
pub enum Test {
    /// The text of one of these columns matches.
    Text(Vec<Column>, Pattern),
    /// The id matches.
    Id(Pattern),
    /// The record matches.
    Record(Pattern),
    /// It did not succeed.
    NotSucceeded,
    /// It is as severe as this or more so.
    AtLeast(Severity),
    /// It was done by one of these kinds.
    Kinds(Vec<ActorKind>),
    Late(bool),
    /// A rule fired on it.
    Fired(bool),
    ReadOnly(bool),
}

/// Which events to find: all tests must hold.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The cheapest first.
    checks: Vec<Check>,
    /// For each list of lists, all of one list are in the sketch of a block that has such an event.
    needles: Vec<Vec<Vec<Place>>>,
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
}

/// A test as it is put to a block.
#[derive(Clone, Debug)]
enum Check {
    Marks(Wanted),
    Texts { columns: Vec<Column>, pattern: Pattern, negated: bool },
    Id { pattern: Pattern, negated: bool },
    Record { pattern: Pattern, negated: bool },
}

impl Search {
    /// Every event.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only events of which this holds as well.
    #[must_use]
    pub fn and(self, test: Test) -> Self {
        self.with(test, false)
    }

    /// Only events of which this does not hold.
    #[must_use]
    pub fn and_not(self, test: Test) -> Self {
        self.with(test, true)
    }

    /// Only events that happened at this time or after it.
    #[must_use]
    pub fn since(self, time: Time) -> Self {
        Self { since: Some(time.timestamp_micros()), ..self }
    }

    /// Only events that happened at this time or before it.
    #[must_use]
    pub fn until(self, time: Time) -> Self {
        Self { until: Some(time.timestamp_micros()), ..self }
    }

    fn with(mut self, test: Test, negated: bool) -> Self {
        let marks = |wanted: Wanted| Check::Marks(if negated { wanted.negated() } else { wanted });
        let check = match test {
            Test::Text(columns, pattern) => Check::Texts { columns, pattern, negated },
            Test::Id(pattern) => Check::Id { pattern, negated },
            Test::Record(pattern) => Check::Record { pattern, negated },
            Test::NotSucceeded => marks(Wanted::not_succeeded()),
            Test::AtLeast(severity) => marks(Wanted::at_least(severity)),
            Test::Kinds(kinds) => marks(Wanted::kinds(&kinds)),
            Test::Late(late) => marks(Wanted::late(late)),
            Test::Fired(fired) => marks(Wanted::fired(fired)),
            Test::ReadOnly(read_only) => marks(Wanted::read_only(read_only)),
        };
        self.needles.extend(check.needles());
        self.checks.push(check);
        self.checks.sort_by_key(Check::cost);
        self
    }

    /// Whether a block with these marks may have such an event.
    pub(super) fn may_hold(&self, marks: Marks) -> bool {
        self.checks.iter().all(|check| match check {
            Check::Marks(wanted) => wanted.holds(marks),
            _ => true,
        })
    }

    /// Whether a block may have such an event, as far as that is told without its slots: `false` is certain.
    pub(super) fn may_find(&self, view: &View<'_>) -> Result<bool, Trouble> {
        for needles in &self.needles {
            if !view.may_contain(needles)? {
                return Ok(false);
            }
        }
        for check in &self.checks {
            if !check.may_hold(view)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The events of a block that are found, by their places, out of these.
    pub(super) fn find(&self, view: &View<'_>, mut left: Vec<usize>) -> Result<Vec<usize>, Trouble> {
        for check in &self.checks {
            if left.is_empty() {
                break;
            }
            check.keep(view, &mut left)?;
        }
        Ok(left)
    }
}

impl Check {
    fn cost(&self) -> usize {
        match self {
            Check::Marks(_) => 0,
            Check::Texts { columns, .. } => columns.len(),
            Check::Id { .. } => 20,
            Check::Record { .. } => 30,
        }
    }

    /// What must be in the sketch of a block.
    fn needles(&self) -> Option<Vec<Vec<Place>>> {
        match self {
            Check::Texts { pattern, negated: false, .. }
            | Check::Id { pattern, negated: false }
            | Check::Record { pattern, negated: false } => pattern.needles(),
            _ => None,
        }
    }

    /// Whether it holds for one of the texts that a block has: asked before anything else is unpacked.
    fn may_hold(&self, view: &View<'_>) -> Result<bool, Trouble> {
        let Check::Texts { columns, pattern, negated } = self else { return Ok(true) };
        for column in columns {
            let (some, all) = judged(view.texts(*column)?, pattern);
            match negated {
                true if all => return Ok(false),
                false if some => return Ok(true),
                _ => {}
            }
        }
        Ok(*negated)
    }

    /// Keeps the events for which it holds.
    fn keep(&self, view: &View<'_>, left: &mut Vec<usize>) -> Result<(), Trouble> {
        match self {
            Check::Marks(wanted) => {
                let slots = view.slots()?;
                left.retain(|slot| wanted.holds(slots.marks[*slot]));
            }
            Check::Texts { columns, pattern, negated } => keep_texts(view, columns, pattern, *negated, left)?,
            Check::Id { pattern, negated } => {
                view.ids(|ids| left.retain(|slot| pattern.holds(&ids[*slot].to_text()) != *negated))?;
            }
            Check::Record { pattern, negated } => keep_records(view, pattern, *negated, left)?,
        }
        Ok(())
    }
}

fn keep_texts(
    view: &View<'_>,
    columns: &[Column],
    pattern: &Pattern,
    negated: bool,
    left: &mut Vec<usize>,
) -> Result<(), Trouble> {
    let mut held = vec![false; view.slots()?.len()];
    for column in columns {
        let texts = view.texts(*column)?;
        let verdicts = texts.judge(|text| pattern.holds(text));
        left.iter().for_each(|slot| held[*slot] |= texts.verdict(&verdicts, *slot));
    }
    left.retain(|slot| held[*slot] != negated);
    Ok(())
}

/// Whether the pattern holds for some of the different texts, and whether for all.
fn judged(texts: &Texts, pattern: &Pattern) -> (bool, bool) {
    if !pattern.may_hold(texts.joined()) {
        return (false, false);
    }
    let verdicts = texts.judge(|text| pattern.holds(text));
    (verdicts.contains(&true), !verdicts.contains(&false))
}

fn keep_records(view: &View<'_>, pattern: &Pattern, negated: bool, left: &mut Vec<usize>) -> Result<(), Trouble> {
    let (records, slots) = (view.records()?, view.slots()?);
    let may = pattern.may_hold(&records);
    left.retain(|slot| (may && pattern.holds(&records[slots.record(*slot)])) != negated);
    Ok(())
}
