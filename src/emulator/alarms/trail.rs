//! The alarms over metric filters on the trail's log group: what each counts, and what it does when nothing matches.

use super::data::{Alarm, GLOBAL, HOME, Kind, NOBODY, PENDING_TOPIC, SECURITY, Signal, above, quiet_is_fine};
use super::evaluate::Treatment;
use crate::emulator::random::hash;
use crate::emulator::story::Event;

/// The log group that the trail delivers to, in each Region that has such filters.
pub const LOG_GROUP: &str = "/northgate/cloudtrail";

/// What a metric filter counts: its pattern, and the same as the story tells it.
struct Counts {
    pattern: &'static str,
    matches: fn(&Event<'_>) -> bool,
}

/// Every alarm over a metric filter.
pub fn all() -> Vec<Alarm> {
    let mut alarms = sign_ins();
    alarms.extend(changes());
    alarms
}

fn filter(
    name: &'static str,
    region: &'static str,
    metric: &'static str,
    description: &'static str,
    Counts { pattern, matches }: Counts,
) -> Alarm {
    let signal = Signal::Filter { pattern, matches, default: Some(0.0) };
    let dimensions = Vec::new();
    let (namespace, statistic, rule) = ("CloudTrailMetrics", "Sum", quiet_is_fine(above(0.0)));
    let kind = Kind::Metric { namespace, metric, dimensions, statistic, rule, signal };
    let phase = (hash(name) % 50) as i64 + 5;
    Alarm { name: name.into(), region, description, actions_enabled: true, topics: SECURITY, phase, kind }
}

fn sign_ins() -> Vec<Alarm> {
    let failure_iam = filter(
        "signin-console-failure-iam",
        GLOBAL,
        "ConsoleSigninFailureIam",
        "An IAM user failed to sign in to the console.",
        Counts {
            pattern: r#"{ $.eventName = "ConsoleLogin" && $.userIdentity.type != "Root" && $.responseElements.ConsoleLogin = "Failure" }"#,
            matches: |event| event.sign_in() == Some(false) && !event.by_root(),
        },
    );
    // Missing data is missing here: it turns grey when the trail stops.
    let mut success_iam = filter(
        "signin-console-success-iam",
        GLOBAL,
        "ConsoleSigninSuccessIam",
        "An IAM user signed in to the console.",
        Counts {
            pattern: r#"{ $.eventName = "ConsoleLogin" && $.userIdentity.type != "Root" && $.responseElements.ConsoleLogin = "Success" }"#,
            matches: |event| event.sign_in() == Some(true) && !event.by_root(),
        },
    );
    if let Kind::Metric { rule, .. } = &mut success_iam.kind {
        rule.missing = Treatment::Missing;
    }
    let failure_root = filter(
        "signin-console-failure-root",
        GLOBAL,
        "ConsoleSigninFailureRoot",
        "Somebody failed to sign in as root.",
        Counts {
            pattern: r#"{ $.eventName = "ConsoleLogin" && $.userIdentity.type = "Root" && $.responseElements.ConsoleLogin = "Failure" }"#,
            matches: |event| event.sign_in() == Some(false) && event.by_root(),
        },
    );
    let success_root = filter(
        "signin-console-success-root",
        GLOBAL,
        "ConsoleSigninSuccessRoot",
        "Somebody signed in as root.",
        Counts {
            pattern: r#"{ $.eventName = "ConsoleLogin" && $.userIdentity.type = "Root" && $.responseElements.ConsoleLogin = "Success" }"#,
            matches: |event| event.sign_in() == Some(true) && event.by_root(),
        },
    );
    vec![failure_iam, success_iam, failure_root, Alarm { topics: &[PENDING_TOPIC], ..success_root }]
}

fn changes() -> Vec<Alarm> {
    let policy = filter(
        "iam-policy-changes",
        GLOBAL,
        "IamPolicyChanges",
        "A policy was attached, put or detached.",
        Counts {
            pattern: "{ ($.eventName = AttachUserPolicy) || ($.eventName = AttachRolePolicy) || ($.eventName = PutRolePolicy) || ($.eventName = DetachUserPolicy) }",
            matches: |event| {
                matches!(event.name(), "AttachUserPolicy" | "AttachRolePolicy" | "PutRolePolicy" | "DetachUserPolicy")
            },
        },
    );
    let trail = filter(
        "cloudtrail-changes",
        HOME,
        "TrailChanges",
        "The trail was changed.",
        Counts {
            pattern: "{ ($.eventName = StopLogging) || ($.eventName = StartLogging) || ($.eventName = DeleteTrail) || ($.eventName = UpdateTrail) }",
            matches: |event| matches!(event.name(), "StopLogging" | "StartLogging" | "DeleteTrail" | "UpdateTrail"),
        },
    );
    let group = filter(
        "security-group-changes",
        HOME,
        "SecurityGroupChanges",
        "A security group was changed.",
        Counts {
            pattern: r#"{ $.eventName = "*SecurityGroupIngress" || $.eventName = "*SecurityGroupEgress" }"#,
            matches: |event| {
                event.name().ends_with("SecurityGroupIngress") || event.name().ends_with("SecurityGroupEgress")
            },
        },
    );
    let bucket = filter(
        "bucket-policy-changes",
        HOME,
        "BucketPolicyChanges",
        "A bucket policy was changed.",
        Counts {
            pattern: "{ ($.eventName = PutBucketPolicy) || ($.eventName = DeleteBucketPolicy) || ($.eventName = PutBucketPublicAccessBlock) }",
            matches: |event| {
                matches!(event.name(), "PutBucketPolicy" | "DeleteBucketPolicy" | "PutBucketPublicAccessBlock")
            },
        },
    );
    let mut denied = filter(
        "unauthorized-api-calls",
        HOME,
        "UnauthorizedCalls",
        "Calls were refused.",
        Counts {
            pattern: r#"{ $.errorCode = "AccessDenied*" || $.errorCode = "*UnauthorizedOperation" }"#,
            matches: |event| event.denied(),
        },
    );
    denied.topics = NOBODY;
    if let Kind::Metric { rule, .. } = &mut denied.kind {
        rule.threshold = 2.0;
    }
    // Its filter has no default value, so quiet minutes report nothing and the alarm stays grey.
    let mut keys = filter(
        "kms-key-deletion",
        HOME,
        "KmsKeyDeletion",
        "A KMS key is disabled or scheduled for deletion.",
        Counts {
            pattern: "{ $.eventSource = kms.amazonaws.com && ($.eventName = DisableKey || $.eventName = ScheduleKeyDeletion) }",
            matches: |event| matches!(event.name(), "DisableKey" | "ScheduleKeyDeletion"),
        },
    );
    if let Kind::Metric { rule, signal: Signal::Filter { default, .. }, .. } = &mut keys.kind {
        *default = None;
        rule.missing = Treatment::Missing;
    }
    vec![policy, trail, group, bucket, denied, keys]
}
