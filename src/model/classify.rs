//! The first-sight severity of an event: a table of calls, and the few facts that outweigh it.

use serde_json::Value;

use super::{ActorKind, Event, Outcome, Severity};

/// Calls that weigh more than other changes. A `*` at the end stands for any rest.
const CALLS: &[(&str, &str, Severity)] = &[
    ("cloudtrail", "StopLogging", Severity::Critical),
    ("cloudtrail", "DeleteTrail", Severity::Critical),
    ("cloudtrail", "UpdateTrail", Severity::High),
    ("cloudtrail", "PutEventSelectors", Severity::High),
    ("guardduty", "DeleteDetector", Severity::Critical),
    ("guardduty", "UpdateDetector", Severity::High),
    ("guardduty", "StopMonitoringMembers", Severity::High),
    ("config", "StopConfigurationRecorder", Severity::High),
    ("config", "DeleteConfigurationRecorder", Severity::High),
    ("config", "DeleteDeliveryChannel", Severity::High),
    ("securityhub", "DisableSecurityHub", Severity::High),
    ("access-analyzer", "DeleteAnalyzer", Severity::High),
    ("organizations", "LeaveOrganization", Severity::Critical),
    ("kms", "ScheduleKeyDeletion", Severity::High),
    ("kms", "DisableKey", Severity::High),
    ("s3", "PutBucketPolicy", Severity::High),
    ("s3", "PutBucketAcl", Severity::High),
    ("s3", "DeleteBucketPublicAccessBlock", Severity::High),
    ("s3", "PutBucketPublicAccessBlock", Severity::Medium),
    ("s3", "DeleteBucket*", Severity::Medium),
    ("iam", "AttachUserPolicy", Severity::High),
    ("iam", "AttachRolePolicy", Severity::High),
    ("iam", "AttachGroupPolicy", Severity::High),
    ("iam", "PutUserPolicy", Severity::High),
    ("iam", "CreateAccessKey", Severity::High),
    ("iam", "CreateLoginProfile", Severity::High),
    ("iam", "UpdateLoginProfile", Severity::High),
    ("iam", "UpdateAssumeRolePolicy", Severity::High),
    ("iam", "DeactivateMFADevice", Severity::High),
    ("iam", "*", Severity::Medium),
    ("ec2", "AuthorizeSecurityGroup*", Severity::Medium),
    ("ec2", "RevokeSecurityGroup*", Severity::Medium),
    ("ec2", "ModifySnapshotAttribute", Severity::High),
    ("ec2", "ModifyImageAttribute", Severity::High),
    ("ec2", "GetPasswordData", Severity::Medium),
    ("ec2", "DeleteFlowLogs", Severity::High),
    ("ec2", "CreateNetworkAclEntry", Severity::Medium),
    ("ec2", "CreateInternetGateway", Severity::Medium),
    ("ec2", "ReplaceRoute*", Severity::Medium),
    ("ec2", "TerminateInstances", Severity::Medium),
    ("rds", "ModifyDBSnapshotAttribute", Severity::High),
    ("rds", "DeleteDB*", Severity::Medium),
    ("lambda", "AddPermission*", Severity::Medium),
    ("logs", "DeleteLog*", Severity::High),
    ("secretsmanager", "GetSecretValue", Severity::Low),
    ("ssm", "StartSession", Severity::Medium),
    ("ssm", "SendCommand", Severity::Medium),
];

/// How much an event matters at first sight.
pub fn severity(event: &Event, record: &Value) -> Severity {
    let by_call = by_call(event);
    match (&event.outcome, event.actor.kind) {
        _ if event.name == "ConsoleLogin" => sign_in(event, record),
        // A refusal changed nothing, but somebody tried.
        (Outcome::Denied(_), _) => Severity::Medium,
        (Outcome::Failed(_), _) => by_call.min(Severity::Low),
        // A service that acts for itself does what it was set up for.
        (Outcome::Succeeded, ActorKind::Service) => by_call.min(Severity::Low),
        // Source: CIS AWS Foundations Benchmark, "usage of the root account".
        (Outcome::Succeeded, ActorKind::Root) if event.read_only => Severity::Medium,
        (Outcome::Succeeded, ActorKind::Root) => gives_away(event, record).max(by_call).max(Severity::High),
        (Outcome::Succeeded, _) => gives_away(event, record).max(by_call),
    }
}

fn by_call(event: &Event) -> Severity {
    let known = CALLS.iter().find(|(service, call, _)| {
        *service == event.service
            && match call.strip_suffix('*') {
                Some(start) => event.name.starts_with(start),
                None => *call == event.name,
            }
    });
    match known {
        // A pattern of a whole family speaks of its changes only.
        Some((_, call, severity)) if !(event.read_only && call.ends_with('*')) => *severity,
        _ if event.read_only => Severity::Info,
        // Taking a role or a token is how every session starts.
        _ if event.service == "sts" => Severity::Info,
        _ => Severity::Low,
    }
}

fn sign_in(event: &Event, record: &Value) -> Severity {
    let root = event.actor.kind == ActorKind::Root;
    let no_mfa = record["additionalEventData"]["MFAUsed"].as_str() == Some("No");
    match event.outcome {
        Outcome::Succeeded if root && no_mfa => Severity::Critical,
        Outcome::Succeeded if root => Severity::High,
        Outcome::Succeeded if no_mfa && event.actor.kind == ActorKind::User => Severity::Medium,
        Outcome::Succeeded => Severity::Low,
        _ if root => Severity::High,
        _ => Severity::Medium,
    }
}

/// How much a change matters for what it gives away: full rights, a bucket to everybody, a port to the world.
fn gives_away(event: &Event, record: &Value) -> Severity {
    let parameters = &record["requestParameters"];
    let policy = parameters["policyArn"].as_str().unwrap_or_default();
    let admin = event.name.starts_with("Attach") && policy.ends_with(":policy/AdministratorAccess");
    let public = event.name == "PutBucketPolicy" && is_public(&parameters["bucketPolicy"]);
    let open = event.name == "AuthorizeSecurityGroupIngress" && names_everywhere(parameters);
    match (admin || public, open) {
        (true, _) => Severity::Critical,
        (false, true) => Severity::High,
        (false, false) => Severity::Info,
    }
}

/// Whether an address range that means everywhere stands anywhere in a value.
fn names_everywhere(value: &Value) -> bool {
    match value {
        Value::String(text) => text == "0.0.0.0/0" || text == "::/0",
        Value::Array(values) => values.iter().any(names_everywhere),
        Value::Object(fields) => fields.values().any(names_everywhere),
        _ => false,
    }
}

/// Whether a statement allows everybody without a condition.
fn is_public(policy: &Value) -> bool {
    let statements = match &policy["Statement"] {
        Value::Array(statements) => statements.as_slice(),
        statement => std::slice::from_ref(statement),
    };
    statements.iter().any(|statement| {
        let principal = &statement["Principal"];
        let anybody = |value: &Value| match value {
            Value::Array(names) => names.iter().any(|name| name.as_str() == Some("*")),
            name => name.as_str() == Some("*"),
        };
        statement["Effect"].as_str() == Some("Allow")
            && statement["Condition"].is_null()
            && (anybody(principal) || anybody(&principal["AWS"]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Region, record};

    fn severity_of(record: &str) -> Severity {
        record::read(record::Envelope::bare(Region::new("us-east-1"), record), chrono::DateTime::UNIX_EPOCH).severity
    }

    #[test]
    fn what_matters_stands_out_and_near_misses_do_not() {
        for (record, severity) in [
            (r#"{"eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging"}"#, Severity::Critical),
            (
                r#"{"eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","errorCode":"AccessDenied"}"#,
                Severity::Medium,
            ),
            (
                r#"{"eventSource":"cloudtrail.amazonaws.com","eventName":"GetTrailStatus","readOnly":true}"#,
                Severity::Info,
            ),
            (
                r#"{"eventName":"ConsoleLogin","userIdentity":{"type":"Root"},"additionalEventData":{"MFAUsed":"No"},"responseElements":{"ConsoleLogin":"Success"}}"#,
                Severity::Critical,
            ),
            (
                r#"{"eventName":"ConsoleLogin","userIdentity":{"type":"IAMUser"},"responseElements":{"ConsoleLogin":"Failure"}}"#,
                Severity::Medium,
            ),
            (
                r#"{"eventName":"AttachUserPolicy","eventSource":"iam.amazonaws.com","requestParameters":{"policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#,
                Severity::Critical,
            ),
            (
                r#"{"eventName":"PutBucketPolicy","eventSource":"s3.amazonaws.com","requestParameters":{"bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*"}]}}}"#,
                Severity::Critical,
            ),
            (
                r#"{"eventName":"PutBucketPolicy","eventSource":"s3.amazonaws.com","requestParameters":{"bucketPolicy":{"Statement":{"Effect":"Deny","Principal":"*"}}}}"#,
                Severity::High,
            ),
            (
                r#"{"eventName":"AttachUserPolicy","eventSource":"iam.amazonaws.com","userIdentity":{"type":"Root"},"requestParameters":{"policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#,
                Severity::Critical,
            ),
            (
                r#"{"eventName":"AuthorizeSecurityGroupIngress","eventSource":"ec2.amazonaws.com","requestParameters":{"ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}}"#,
                Severity::High,
            ),
            (
                r#"{"eventName":"AuthorizeSecurityGroupIngress","eventSource":"ec2.amazonaws.com","requestParameters":{"ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}}]}}}"#,
                Severity::Medium,
            ),
            (r#"{"eventName":"ListUsers","eventSource":"iam.amazonaws.com","readOnly":true}"#, Severity::Info),
            (r#"{"eventName":"TagRole","eventSource":"iam.amazonaws.com","readOnly":false}"#, Severity::Medium),
        ] {
            assert_eq!(severity_of(record), severity, "{record}");
        }
    }
}
