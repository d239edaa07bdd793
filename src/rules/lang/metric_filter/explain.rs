//! Why a pattern matches, or does not: one clause for each condition and each group.

use super::ast::Expr;
use crate::rules::Clause;

/// Puts the clauses of an expression behind those that are there, each group before its parts; says whether it holds.
pub(super) fn put<L>(
    expr: &Expr<L>,
    depth: usize,
    clauses: &mut Vec<Clause>,
    explain: &impl Fn(&L, usize) -> Clause,
) -> bool {
    let at = clauses.len();
    match expr {
        Expr::Leaf(leaf) => clauses.push(explain(leaf, depth)),
        Expr::Group(group) => {
            let text = if group.all { "all of these" } else { "any of these" };
            clauses.push(Clause { range: group.range.clone(), depth, text: text.into(), holds: false, found: None });
            let held: Vec<_> = group.parts.iter().map(|part| put(part, depth + 1, clauses, explain)).collect();
            clauses[at].holds = if group.all { held.iter().all(|held| *held) } else { held.contains(&true) };
        }
    }
    clauses[at].holds
}
