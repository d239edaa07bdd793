//! Conditions on one field that are joined by the wrong word: together they always hold, or never.

use super::ast::{Ask, Condition, Expr, Group, Test};
use crate::rules::Fault;

/// The warnings about an expression's groups.
pub(super) fn faults(expr: &Expr<Condition>) -> Vec<Fault> {
    let Expr::Group(group) = expr else { return Vec::new() };
    let mut faults: Vec<_> = group.parts.iter().flat_map(faults).collect();
    let mut seen: Vec<(&Condition, &str)> = Vec::new();
    for (condition, text) in group.parts.iter().filter_map(|part| told_apart(part, group)) {
        let same = seen.iter().find(|(other, _)| other.selector == condition.selector);
        match same {
            Some((_, other)) if *other != text => faults.push(fault(condition, group.all)),
            Some(_) => {}
            None => seen.push((condition, text)),
        }
    }
    faults
}

/// The condition and its text, when another text at the same field makes the group senseless: `=` of several texts with
/// `&&`, `!=` with `||`.
fn told_apart<'e>(part: &'e Expr<Condition>, group: &Group<Condition>) -> Option<(&'e Condition, &'e str)> {
    let Expr::Leaf(condition) = part else { return None };
    match (&condition.ask, group.all) {
        // Of several values each may have one of the texts.
        _ if condition.selector.is_wild() => None,
        (Ask::Is(Test::Text(text)), true) | (Ask::Not(Test::Text(text)), false) => Some((condition, text)),
        _ => None,
    }
}

fn fault(condition: &Condition, all: bool) -> Fault {
    let field = &condition.selector;
    let (message, help) = match all {
        true => (format!("`{field}` is never two texts at once"), "join them by `||`"),
        false => (format!("`{field}` is always unlike one of two texts"), "join them by `&&`"),
    };
    Fault::warning(condition.range.clone(), message).help(help)
}
