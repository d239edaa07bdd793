//! Who may write.

use super::*;

#[test]
fn one_has_the_lease_and_the_next_takes_it_when_it_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("a/b");
    let first = lease(&folder);
    match Lease::try_take(&folder).unwrap() {
        Leased::Held(holder) => assert_eq!(holder, Some(std::process::id())),
        Leased::Taken(_) => panic!("taken twice"),
    }
    drop(first);
    let store = store(&folder);
    assert!(matches!(Lease::try_take(&folder).unwrap(), Leased::Held(_)));
    drop(store);
    lease(&folder);
}

#[test]
#[cfg(unix)]
fn nobody_but_the_owner_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("state");
    let mut store = store(&folder);
    store.commit(&of_events(crate::store::samples::events(0..10))).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}
