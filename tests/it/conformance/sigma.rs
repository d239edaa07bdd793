//! Sigma rules of the community over recorded attacks: our gates and tapes against the engine's own reader of JSON.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use rsigma_eval::{Engine, JsonEvent};
use trailwatch::{
    rules::{
        Index, Predicate, Subject,
        lang::sigma::{Detection, documents},
    },
    trail::{Batch, Reader},
};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/");
/// Enough to see every kind of record, and little enough for a build without optimisation.
const MOST_RECORDS: usize = 3_000;

/// Where an object is searched as its text, which the engine does not do: how often we see what it misses. The records
/// are our own; the recorded ones have none of the kind.
const IMPROVEMENTS: &[(&str, usize)] =
    &[("AWS IAM S3Browser Templated S3 Bucket Policy Creation", 1), ("AWS S3 Bucket Versioning Disable", 1)];
const OWN: &[&str] = &[
    r#"{"eventSource":"s3.amazonaws.com","eventName":"PutBucketVersioning","requestParameters":{"bucketName":"b","VersioningConfiguration":{"Status":"Suspended"}}}"#,
    r#"{"eventSource":"iam.amazonaws.com","eventName":"PutUserPolicy","userAgent":"[S3 Browser 9]","requestParameters":{"userName":"u","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":\"arn:aws:s3:::<YOUR-BUCKET-NAME>/*\"}]}"}}"#,
];
/// The rule that turns a match in an object into silence: the engine fires where the export failed.
const FALSE_ALARM: &str = r#"{"eventSource":"ec2.amazonaws.com","eventName":"CreateInstanceExportTask","responseElements":{"exportTask":{"state":"Failure"}}}"#;

/// Every file below a folder, in order; says that it is skipped when it is not there.
fn files(folder: &str) -> Option<Vec<PathBuf>> {
    let mut rest = vec![Path::new(DATA).join(folder)];
    if !rest[0].is_dir() {
        println!("skipped: {folder} is not there");
        return None;
    }
    let mut found = Vec::new();
    while let Some(folder) = rest.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { rest.push(entry) } else { found.push(entry) }
        }
    }
    found.sort();
    Some(found)
}

fn rules(folder: &str) -> Option<Vec<(String, String)>> {
    let read = |path: PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
    };
    Some(files(&format!("sigma-aws-cloudtrail/{folder}"))?.into_iter().map(read).collect())
}

fn records() -> Vec<String> {
    let mut records = Vec::new();
    for folder in ["stratus-detonation-logs", "otrf-ec2-proxy-s3-exfiltration", "traildiscover", "invictus-aws-dataset"]
    {
        for path in files(folder).unwrap_or_default() {
            if path.to_string_lossy().contains(".json") {
                records.extend(values(&path));
            }
        }
    }
    // Evenly out of all.
    let step = records.len().div_ceil(MOST_RECORDS).max(1);
    records.into_iter().step_by(step).collect()
}

fn values(path: &Path) -> Vec<String> {
    let (mut reader, mut batch, mut records) = (Reader::open(path).unwrap(), Batch::default(), Vec::new());
    loop {
        reader.read(&mut batch).unwrap();
        if batch.is_empty() {
            assert_eq!(reader.damages(), [], "{}", path.display());
            return records;
        }
        records.extend(batch.iter().map(|(_, record)| record.to_owned()));
    }
}

#[test]
fn every_rule_of_the_community_compiles() {
    let Some(rules) = rules("cloudtrail") else { return };
    assert_eq!(rules.len(), 57);
    let mut open = 0;
    for (file, text) in &rules {
        let found = documents(text);
        let said: String = found.faults.iter().map(|fault| fault.render(file, text)).collect();
        assert!(found.detections.len() == 1 && found.faults.is_empty(), "{said}");
        open += usize::from(found.detections[0].gate().is_open());
    }
    println!("{} rules compile, {open} of them are asked about every event", rules.len());
    assert!(open < 9, "{open}");
}

#[test]
fn rules_in_the_old_style_are_told_what_to_write() {
    let Some(rules) = rules("unsupported") else { return };
    for (file, text) in &rules {
        let found = documents(text);
        let said: String = found.faults.iter().map(|fault| fault.render(file, text)).collect();
        println!("{said}");
        let old = text.lines().any(|line| line.contains("condition:") && line.contains(" | "));
        assert_eq!(found.detections.is_empty(), old, "{file}");
        assert!(!old || said.contains("give the rule a `name`"), "{said}");
    }
}

#[test]
fn our_matches_are_the_engines() {
    let Some(rules) = rules("cloudtrail") else { return };
    let ours: Vec<Detection> = rules.iter().flat_map(|(_, text)| documents(text).detections).collect();
    let mut engine = Engine::new();
    for (_, text) in &rules {
        engine.add_collection(&rsigma_parser::parse_sigma_yaml(text).unwrap()).unwrap();
    }
    let gates: Vec<_> = ours.iter().map(|rule| rule.gate()).collect();
    let index = Index::new(&gates);
    let (mut subject, mut asked) = (Subject::default(), Vec::new());
    let (mut matches, mut more) = (0, BTreeMap::new());
    let mut records = records();
    records.extend(OWN.iter().map(|&record| record.to_owned()));
    for record in &records {
        let json: serde_json::Value = serde_json::from_str(record).unwrap();
        let mut theirs: Vec<_> =
            engine.evaluate(&JsonEvent::borrow(&json)).into_iter().map(|it| it.header.rule_id.unwrap()).collect();
        subject.tell(record).unwrap();
        index.candidates(&subject, &mut asked);
        for (at, rule) in (0..).zip(&ours) {
            let holds = rule.matches(&subject);
            assert!(!holds || asked.contains(&at), "{} is not asked about {record}", rule.meta.title);
            let id = rule.meta.id.as_ref().unwrap();
            let there = theirs.iter().position(|their| their == id).map(|at| theirs.swap_remove(at)).is_some();
            assert!(holds || !there, "{} misses {record}", rule.meta.title);
            matches += usize::from(there);
            if holds && !there {
                *more.entry(rule.meta.title.as_str()).or_insert(0_usize) += 1;
            }
        }
    }
    println!("{} records, {matches} matches of both, more of ours: {more:?}", records.len());
    assert_eq!(more.into_iter().collect::<Vec<_>>(), IMPROVEMENTS);
    assert!(matches > 100);
    let failed: serde_json::Value = serde_json::from_str(FALSE_ALARM).unwrap();
    assert_eq!(engine.evaluate(&JsonEvent::borrow(&failed)).len(), 1);
    subject.tell(FALSE_ALARM).unwrap();
    assert!(ours.iter().all(|rule| !rule.matches(&subject)));
}
