//! The checks that the fuzzers share with the project's tests.

#[path = "../../tests/it/corpus/checks/mod.rs"]
mod checks;

/// Does the check of this name with an input; it panics where something does not hold.
pub fn check(target: &str, input: &[u8]) {
    let (_, check) = checks::TARGETS.iter().find(|(name, _)| *name == target).expect("the target is in the table");
    check(input);
}
