//! Event patterns as a whole.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;

use super::*;
use crate::rules::Index;

fn compiled(pattern: &str) -> Compiled {
    compile(pattern).unwrap_or_else(|faults| panic!("{}", faults[0].render("pattern", pattern)))
}

fn matches(pattern: &str, event: &str) -> bool {
    compiled(pattern).predicate.matches(&Subject::envelope_of(event).unwrap())
}

fn asked(pattern: &str, event: &str) -> bool {
    let mut rules = Vec::new();
    Index::new([&compiled(pattern).predicate.gate()]).candidates(&Subject::envelope_of(event).unwrap(), &mut rules);
    !rules.is_empty()
}
