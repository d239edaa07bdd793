//! What every record has that a detection matches, told from the compiled detection.
//!
//! A gate may let too much through, never too little: whatever is not understood here lets everything through.

use std::collections::HashMap;

use rsigma_eval::{CompiledDetection, CompiledDetectionItem, CompiledMatcher, CompiledRule, matcher::GroupMode};
use rsigma_parser::{ConditionExpr, Quantifier};

use crate::rules::{
    Key,
    gate::{Gate, Word},
};

type Named = HashMap<String, CompiledDetection>;

/// The gate of a detection: one of its conditions holds.
pub fn of(rule: &CompiledRule) -> Gate {
    any(rule.conditions.iter().map(|condition| of_condition(condition, &rule.detections)))
}

fn any(gates: impl IntoIterator<Item = Gate>) -> Gate {
    gates.into_iter().fold(Gate::SHUT, Gate::or)
}

fn all(gates: impl IntoIterator<Item = Gate>) -> Gate {
    gates.into_iter().fold(Gate::OPEN, Gate::and)
}

// The engine's parser allows conditions to nest 64 deep.
fn of_condition(condition: &ConditionExpr, named: &Named) -> Gate {
    match condition {
        ConditionExpr::Identifier(name) => named.get(name).map_or(Gate::SHUT, of_detection),
        ConditionExpr::And(parts) => all(parts.iter().map(|part| of_condition(part, named))),
        ConditionExpr::Or(parts) => any(parts.iter().map(|part| of_condition(part, named))),
        ConditionExpr::Not(_) => Gate::OPEN,
        ConditionExpr::Selector { quantifier, pattern } => {
            let gates =
                named.iter().filter(|(name, _)| pattern.matches_detection_name(name)).map(|(_, it)| of_detection(it));
            match quantifier {
                Quantifier::All => all(gates),
                Quantifier::Count(0) => Gate::OPEN,
                Quantifier::Any | Quantifier::Count(_) => any(gates),
            }
        }
    }
}

fn of_detection(detection: &CompiledDetection) -> Gate {
    match detection {
        CompiledDetection::AllOf(items) => all(items.iter().map(of_item)),
        CompiledDetection::AnyOf(parts) => any(parts.iter().map(of_detection)),
        CompiledDetection::And(parts) => all(parts.iter().map(of_detection)),
        CompiledDetection::Keywords(_)
        | CompiledDetection::ArrayMatch { .. }
        | CompiledDetection::Conditional { .. } => Gate::OPEN,
    }
}

fn of_item(item: &CompiledDetectionItem) -> Gate {
    let key = item.field.as_deref().and_then(Key::of_record).filter(|_| item.exists.is_none());
    match (key, words(&item.matcher)) {
        (Some(key), Some(words)) => Gate::one_of(key, words),
        _ => Gate::OPEN,
    }
}

/// The texts of which a value has one if it matches; `None` when that cannot be told.
fn words(matcher: &CompiledMatcher) -> Option<Vec<Word>> {
    match matcher {
        CompiledMatcher::Exact { value, .. } => Some(vec![Word::is(value)]),
        CompiledMatcher::StartsWith { value, .. } => Some(vec![Word::starts(value)]),
        CompiledMatcher::Regex(regex) => Some(vec![prefix(regex.as_str())?]),
        CompiledMatcher::RegexSetMatch { set, mode: GroupMode::Any } => {
            set.patterns().iter().map(|pattern| prefix(pattern)).collect()
        }
        CompiledMatcher::AnyOf(parts)
        | CompiledMatcher::CaseInsensitiveGroup { children: parts, mode: GroupMode::Any } => {
            let words: Option<Vec<_>> = parts.iter().map(words).collect();
            Some(words?.concat())
        }
        CompiledMatcher::AllOf(parts)
        | CompiledMatcher::CaseInsensitiveGroup { children: parts, mode: GroupMode::All } => {
            parts.iter().find_map(words)
        }
        _ => None,
    }
}

/// What each text starts with that a regular expression matches.
///
/// The engine makes one of a text with a wildcard: `Put*` is `(?i)^Put.*$`.
fn prefix(regex: &str) -> Option<Word> {
    let rest = regex.strip_prefix("(?i)").unwrap_or(regex).strip_prefix('^')?;
    let literal = |c: char| c.is_ascii_alphanumeric();
    let end = rest.find(|c| !literal(c)).unwrap_or(rest.len());
    // A letter with `?`, `*` or `{` after it need not be there, and either side of a `|` may match.
    let end = if rest[end..].starts_with(['?', '*', '{']) { end.checked_sub(1)? } else { end };
    (!rest.contains('|')).then(|| Word::starts(&rest[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_starts_with_what_it_must() {
        let starts = |regex: &str| prefix(regex);
        assert_eq!(starts("(?i)^Put.*$"), Some(Word::starts("put")));
        assert_eq!(starts("^Puts?x"), Some(Word::starts("put")));
        assert_eq!(starts("^a+"), Some(Word::starts("a")));
        assert_eq!(starts(r"(?i)^s3\.x"), Some(Word::starts("s3")));
        assert_eq!(starts("^?"), None);
        assert_eq!(starts("^Put|Get"), None);
        assert_eq!(starts("Put"), None);
    }
}
