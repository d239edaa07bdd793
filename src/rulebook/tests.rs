//! Tests of folders of rules.

use std::{fs, path::Path};

use super::*;
use crate::model::Severity;

const LOGIN: &str =
    "[[rule]]\nname = \"login\"\nlanguage = \"metric-filter\"\npattern = '{ $.eventName = ConsoleLogin }'\n";
const SIGMA: &str = "title: A Bucket Is Gone\nid: 0b2c1f7e-0000-4000-8000-000000000001\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  s:\n    eventName: DeleteBucket\n  condition: s\nlevel: high\ntags: [attack.t1485]\n";
const MANY: &str = "title: Many\ncorrelation:\n  type: event_count\n  rules: [0b2c1f7e-0000-4000-8000-000000000001]\n  group-by: [awsRegion]\n  timespan: 60s\n  condition: {gte: 3}\n";

/// A book of these files, with its complaints in which the folder is left out.
fn book(files: &[(&str, &str)]) -> (Book, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let book = read(folder.path());
    let root = format!("{}/", folder.path().display());
    let complaints = book.files.iter().flat_map(File::complaints).map(|text| text.replace(&root, "")).collect();
    (book, complaints)
}

fn names(book: &Book) -> Vec<&str> {
    book.rules.iter().map(|rule| rule.name.as_str()).collect()
}

#[test]
fn toml_and_sigma_files_are_read_in_folders_of_any_depth() {
    let both = format!("# first\n---\n{SIGMA}---\n{}", SIGMA.replace("A Bucket", "B"));
    let (book, complaints) =
        book(&[("b/c/x.yml", &both), ("a.toml", LOGIN), ("notes.txt", "no rule"), (".x.toml", "?")]);
    assert_eq!(complaints, [""; 0]);
    assert_eq!(names(&book), ["login", "a-bucket-is-gone", "b-is-gone"]);
    let rule = &book.rules[1];
    assert_eq!((rule.title(), rule.severity, &rule.tags[0][..]), ("A Bucket Is Gone", Severity::High, "attack.t1485"));
    assert!(matches!(&rule.origin, crate::rules::rule::Origin::File { path, line: 3 } if path.ends_with("b/c/x.yml")));
    assert!(rule.pattern.contains("A Bucket") && !rule.pattern.contains("title: B"));
    let subject = crate::rules::Subject::cloudtrail(r#"{"eventName":"DeleteBucket"}"#).unwrap();
    let rule = &book.rules[2];
    assert!(rule.predicate.matches(&subject));
    let clauses = rule.predicate.explain(&subject);
    assert!(clauses.iter().all(|clause| clause.range.end <= rule.pattern.len()), "{clauses:?}");
}

#[test]
fn a_broken_rule_or_file_costs_only_itself() {
    let broken = LOGIN.replace("login", "broken").replace("ConsoleLogin", "");
    let (book, complaints) = book(&[
        ("a.toml", &format!("{broken}{LOGIN}")),
        ("b.toml", "[[rule"),
        ("c.yml", "title: [x"),
        ("d.yml", SIGMA),
        ("e.toml", "\u{0}\u{202e}"),
    ]);
    assert_eq!(names(&book), ["login", "a-bucket-is-gone"]);
    assert!(complaints.len() >= 4 && complaints[0].starts_with("a.toml:4:"), "{complaints:?}");
    assert!(complaints.iter().all(|text| !text.lines().any(|line| line.contains(crate::model::text::is_unsafe))));
    assert!(!book.is_sound());
}

#[test]
fn a_name_that_is_taken_is_told_with_both_places() {
    let built_in = LOGIN.replace("login", "signin-console-failure-iam");
    let (book, complaints) = book(&[("a.toml", LOGIN), ("b.toml", LOGIN), ("c.toml", &built_in)]);
    assert_eq!(names(&book), ["login"]);
    assert!(
        complaints[0].starts_with("b.toml:2:9: there is another rule named \"login\", at a.toml:1\n"),
        "{complaints:?}"
    );
    assert!(complaints[1].contains("part of trailwatch"), "{complaints:?}");
}

#[test]
fn a_correlation_counts_detections_of_other_files() {
    let none = MANY.replace("Many", "None").replace("0001]", "0002]");
    let itself = format!(
        "{none}---\n{}",
        MANY.replace("Many", "On None").replace("[0b2c1f7e-0000-4000-8000-000000000001]", "[none]")
    );
    let (book, complaints) = book(&[("a.yml", MANY), ("b.yml", SIGMA), ("c.yml", &itself)]);
    assert_eq!(book.counted.iter().map(|counted| counted.name.as_str()).collect::<Vec<_>>(), ["many"]);
    let correlations = book.correlations();
    assert_eq!(correlations.list()[0].meta.title, "Many");
    assert!(book.is_quiet(0, &correlations));
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[0].starts_with("c.yml:1:1: the correlation \"None\" counts"), "{complaints:?}");
    assert!(complaints[1].starts_with("c.yml:8:1: the correlation \"On None\" counts"), "{complaints:?}");
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read(&folder.path().join("none")).files.is_empty());
    let large = folder.path().join("large.toml");
    fs::write(&large, "#".repeat((1 << 20) + 1)).unwrap();
    fs::write(folder.path().join("odd.toml"), b"# \xff").unwrap();
    let named = [folder.path().join("none"), folder.path().to_owned(), "Cargo.lock".into()];
    let book = read_all(&named);
    let complaints: Vec<_> = book.files.iter().flat_map(File::complaints).collect();
    assert_eq!(complaints.len(), 4, "{complaints:?}");
    for (complaint, words) in
        complaints.iter().zip(["cannot be read", "1 MiB", "UTF-8 from byte 2", "what kind of rules"])
    {
        assert!(complaint.contains(words), "{complaint}");
    }
}

#[test]
#[cfg(unix)]
fn a_pipe_and_a_folder_in_itself_are_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
    let book = read(folder.path());
    assert_eq!(book.files.len(), 1);
    assert!(book.files[0].complaints().next().unwrap().contains("not a regular file"));
}

#[test]
fn the_rules_of_the_community_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sigma-aws-cloudtrail/cloudtrail");
    if !folder.is_dir() {
        return println!("skipped: {} is not there", folder.display());
    }
    let book = read(&folder);
    assert_eq!((book.rules.len(), book.is_sound()), (57, true));
}
