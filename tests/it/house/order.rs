//! The order of the modules: who may use whom.

use super::text::line_of;

/// Each row may use the rows above it. The modules of one row do not know each other.
pub const ROWS: &[&[&str]] = &[
    &["model"],
    &["json", "config"],
    &["journal", "rules", "history", "store", "trail"],
    &["rulebook", "source", "emulator"],
    &["notify"],
    &["engine", "scan", "ui"],
    &["terminal"],
    &["headless", "cli", "log"],
    &["run"],
    &["demo"],
    &["main"],
];

/// What the rows would allow and is not: a module, and what it knows nothing about.
pub const STRANGERS: &[(&str, &[&str])] = &[
    ("rulebook", &["journal", "json", "history", "store", "trail"]),
    ("source", &["rules", "history", "store"]),
    ("emulator", &["journal", "rules", "history", "store"]),
    ("store", &["json", "config"]),
    ("notify", &["journal", "rules", "rulebook", "history", "trail", "emulator"]),
    ("ui", &["journal", "store", "source", "notify", "emulator"]),
    ("engine", &["emulator"]),
    ("scan", &["config", "history", "store", "source", "notify", "emulator"]),
    ("terminal", &["history", "store", "source", "notify", "emulator", "engine"]),
    ("headless", &["emulator", "ui"]),
    ("cli", &["history", "store", "rules", "source", "notify", "emulator", "engine", "ui"]),
    ("run", &["emulator"]),
];

/// One module of the crate named in the code of another.
#[derive(Debug, PartialEq)]
pub struct Use<'a> {
    pub line: usize,
    pub module: &'a str,
}

/// Why a module must not use another, if it must not.
pub fn objection(from: &str, to: &str) -> Option<String> {
    let row = |module: &str| ROWS.iter().position(|row| row.contains(&module));
    let strangers = STRANGERS.iter().filter(|(module, _)| *module == from).flat_map(|(_, strangers)| *strangers);
    match (row(from), row(to)) {
        _ if from == to => None,
        (None, _) => Some(format!("give `{from}` a row in tests/it/house/order.rs")),
        (_, None) => Some(format!("give `{to}` a row in tests/it/house/order.rs")),
        (Some(a), Some(b)) if a <= b => {
            Some(format!("`{from}` does not stand after `{to}`: turn the dependency round"))
        }
        _ if strangers.into_iter().any(|stranger| *stranger == to) => {
            Some(format!("`{from}` knows nothing about `{to}`: let another module bring the two together"))
        }
        _ => None,
    }
}

/// Every `crate::module`, `trailwatch::module` and member of `crate::{…}` in the code.
pub fn uses(code: &str) -> Vec<Use<'_>> {
    let starts = ["crate::", "trailwatch::"].into_iter().flat_map(|root| {
        let whole = move |(at, _): &(usize, &str)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        code.match_indices(root).filter(whole).map(move |(at, _)| at + root.len())
    });
    let mut uses: Vec<_> = starts.flat_map(|at| members(code, at)).filter(|u| !u.module.is_empty()).collect();
    uses.sort_by_key(|u| u.line);
    uses
}

/// The module named at this place, or those in the braces that open there.
fn members(code: &str, at: usize) -> Vec<Use<'_>> {
    let Some(group) = code[at..].strip_prefix('{') else { return vec![named(code, at)] };
    let (mut uses, mut depth, mut expected) = (Vec::new(), 0, true);
    for (i, c) in group.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => expected = true,
            c if expected && !c.is_whitespace() => {
                uses.push(named(code, at + 1 + i));
                expected = false;
            }
            _ => {}
        }
    }
    uses
}

fn named(code: &str, at: usize) -> Use<'_> {
    let end = code[at..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(code.len(), |end| at + end);
    // What the crate's root holds itself is no module.
    let module = if code[at..end].starts_with(char::is_lowercase) { &code[at..end] } else { "" };
    Use { line: line_of(code, at), module }
}

/// The lines on which a chain of `super` leaves the module, which is `depth` modules below the root.
pub fn lines_with_super_to_root(code: &str, depth: usize) -> Vec<usize> {
    let chain = "super::".repeat(depth);
    let starts = |at: &usize| !code[..*at].ends_with("super::");
    code.match_indices(&chain).map(|(at, _)| at).filter(starts).map(|at| line_of(code, at)).collect()
}

#[test]
fn every_use_of_a_module_is_found() {
    let code =
        "use crate::{\n  config::{a, b},\n  model,\n};\nfn f() { crate::ui::x(); trailwatch::run(); mycrate::y() }";
    let found: Vec<_> = uses(code).into_iter().map(|u| (u.line, u.module)).collect();
    assert_eq!(found, [(2, "config"), (3, "model"), (5, "ui"), (5, "run")]);
}

#[test]
fn a_module_may_use_what_stands_before_it() {
    assert_eq!(objection("ui", "model"), None);
    assert_eq!(objection("ui", "ui"), None);
    assert!(objection("model", "ui").unwrap().contains("turn the dependency round"));
    assert!(objection("engine", "ui").unwrap().contains("turn the dependency round"));
    assert!(objection("ui", "source").unwrap().contains("knows nothing about"));
    assert!(objection("ui", "gadgets").unwrap().contains("a row"));
}

#[test]
fn super_does_not_lead_out_of_a_module() {
    assert_eq!(lines_with_super_to_root("use super::a;", 2), [0_usize; 0]);
    assert_eq!(lines_with_super_to_root("use super::a;\nuse super::super::b;", 2), [2]);
    assert_eq!(lines_with_super_to_root("use super::b;", 1), [1]);
}
