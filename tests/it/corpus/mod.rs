//! Inputs that fuzzing found worth keeping, put to the same checks as in the fuzzers: see `fuzz/`.

pub mod checks;

use std::{fs, path::PathBuf};

/// The files of a target, in the order of their names.
fn inputs(target: &str) -> Vec<PathBuf> {
    let folder = format!("{}/tests/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    assert!(!paths.is_empty(), "{folder} holds no inputs");
    paths.sort();
    paths
}

/// Puts every input of a target to its check.
fn replay(target: &str, check: checks::Check) {
    for path in inputs(target) {
        let input = fs::read(&path).unwrap();
        let held = std::panic::catch_unwind(|| check(&input));
        assert!(held.is_ok(), "{target} fails on {}", path.display());
    }
}

#[test]
fn what_holds_of_every_text_holds_of_the_corpus() {
    // A scope panics when one of its threads does.
    std::thread::scope(|scope| {
        for (target, check) in checks::TARGETS {
            scope.spawn(|| replay(target, *check));
        }
    });
}

#[test]
fn each_check_has_its_fuzz_target() {
    let project = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/Cargo.toml")).unwrap();
    for (target, _) in checks::TARGETS {
        assert!(project.contains(&format!("name = \"{target}\"")), "give {target} a [[bin]] in fuzz/Cargo.toml");
    }
}
