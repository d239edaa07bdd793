//! What rules are asked about in every check.

use std::sync::LazyLock;

use trailwatch::rules::Subject;

const RECORDS: &[&str] = &[
    r#"{"eventVersion":"1.08","eventID":"a-1","eventTime":"2026-11-20T10:00:00Z","eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","eventType":"AwsConsoleSignIn","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userIdentity":{"type":"IAMUser","userName":"ana","accountId":"111122223333"},"responseElements":{"ConsoleLogin":"Failure"},"errorMessage":"Failed authentication","readOnly":false}"#,
    r#"{"eventName":"PutBucketPolicy","eventSource":"s3.amazonaws.com","errorCode":"AccessDenied","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/Deploy/ci"},"requestParameters":{"bucketName":"b","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\"}]}","n":[1,2.50,1e2,-0],"VersioningConfiguration":{"Status":"Suspended"}},"resources":[{"ARN":"arn:aws:s3:::b","type":"AWS::S3::Bucket"},{"ARN":"x"}],"readOnly":true,"none":null,"empty":""}"#,
    r#"{"eventName":["Put","Get"],"eventSource":7,"errorCode":null,"userIdentity.type":"Root","a":{"b":[[1,[]],{"c":"\u212aé\u202e"}]},"a.b":true,"x\"y":"\\*","eventTime":[]}"#,
    "{}",
];
const ENVELOPES: &[&str] = &[
    r#"{"version":"0","detail-type":"Object Restore Completed","source":"aws.s3","time":"2026-11-20T10:00:00Z","resources":["arn:aws:s3:::b"],"detail":{"bucket":{"name":"b"},"object":{"key":"k","size":5},"source-storage-class":"GLACIER"}}"#,
    r#"{"source":"aws.x","detail":[{"eventName":"A","n":-1.5e3},{"eventName":"B"}],"detail.eventName":"C"}"#,
];

static FIXED: LazyLock<Vec<Subject>> = LazyLock::new(|| {
    let records = RECORDS.iter().map(|record| Subject::cloudtrail(record));
    let envelopes = ENVELOPES.iter().map(|envelope| Subject::envelope_of(envelope));
    records.chain(envelopes).collect::<Result<_, _>>().expect("the fixed subjects are JSON objects")
});

/// A few subjects that are always the same, and before them those that a text can be taken for.
pub fn with(text: &str) -> Vec<Subject> {
    let own = [Subject::cloudtrail(text), Subject::envelope_of(text), Subject::bare(text)];
    own.into_iter().flatten().chain(FIXED.iter().cloned()).collect()
}
