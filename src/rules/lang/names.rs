//! Words that CloudTrail and buses write, so that a pattern that can never match is told apart from one that does.
//!
//! Source: CloudTrail user guide, "CloudTrail record contents" and "CloudTrail userIdentity element"; the names of
//! operations are those of the API references.

/// The fields of a record.
pub(super) const FIELDS: [&str; 32] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "eventType",
    "apiVersion",
    "managementEvent",
    "readOnly",
    "resources",
    "recipientAccountId",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "eventCategory",
    "addendum",
    "sessionCredentialFromConsole",
    "eventContext",
    "edgeDeviceDetails",
    "tlsDetails",
    "insightDetails",
];

/// The fields of `userIdentity`.
pub(super) const IDENTITY: [&str; 13] = [
    "type",
    "userName",
    "principalId",
    "arn",
    "accountId",
    "accessKeyId",
    "sessionContext",
    "invokedBy",
    "identityProvider",
    "credentialId",
    "onBehalfOf",
    "inScopeOf",
    "webIdFederationData",
];

/// What `userIdentity.type` may be.
pub(super) const IDENTITY_TYPES: [&str; 12] = [
    "Root",
    "IAMUser",
    "AssumedRole",
    "Role",
    "FederatedUser",
    "Directory",
    "AWSAccount",
    "AWSService",
    "IdentityCenterUser",
    "SAMLUser",
    "WebIdentityUser",
    "Unknown",
];

/// Fields with a closed set of values.
pub(super) const VALUES: [(&str, &[&str]); 3] = [
    ("userIdentity.type", &IDENTITY_TYPES),
    (
        "eventType",
        &[
            "AwsApiCall",
            "AwsServiceEvent",
            "AwsConsoleAction",
            "AwsConsoleSignIn",
            "AwsVpceEvent",
            "AwsCloudTrailInsight",
        ],
    ),
    ("eventCategory", &["Management", "Data", "NetworkActivity", "Insight"]),
];

/// The kinds of event that patterns ask buses for, with the words that CloudTrail's own have.
///
/// Sources: EventBridge user guide, "AWS service events delivered via CloudTrail"; EventBridge event reference, the pages
/// of CloudWatch and S3.
pub(super) const DETAIL_TYPES: [&str; 17] = [
    "AWS API Call via CloudTrail",
    "AWS Console Sign In via CloudTrail",
    "AWS Console Action via CloudTrail",
    "AWS Service Event via CloudTrail",
    "AWS Insight via CloudTrail",
    "CloudWatch Alarm State Change",
    "CloudWatch Alarm Configuration Change",
    "Object Created",
    "Object Deleted",
    "Object Restore Initiated",
    "Object Restore Completed",
    "Object Restore Expired",
    "Object Tags Added",
    "Object Tags Deleted",
    "Object ACL Updated",
    "Object Storage Class Changed",
    "Object Access Tier Changed",
];

/// Fields that are `true` or `false` without quotes.
pub(super) const BOOLEANS: [&str; 2] = ["readOnly", "managementEvent"];

/// Fields that are the texts `"true"` and `"false"`.
pub(super) const TEXTS_OF_BOOLEANS: [&str; 2] =
    ["userIdentity.sessionContext.attributes.mfaAuthenticated", "sessionCredentialFromConsole"];

/// Fields that most records do not have.
pub(super) const RARE: [&str; 5] =
    ["errorCode", "errorMessage", "userIdentity.invokedBy", "userIdentity.userName", "vpcEndpointId"];

/// What names of operations start with, and no operation is called.
const VERBS: [&str; 39] = [
    "Accept",
    "Add",
    "Assign",
    "Associate",
    "Attach",
    "Authorize",
    "Batch",
    "Cancel",
    "Change",
    "Copy",
    "Create",
    "Deactivate",
    "Delete",
    "Deregister",
    "Describe",
    "Detach",
    "Disable",
    "Disassociate",
    "Enable",
    "Export",
    "Get",
    "Import",
    "List",
    "Modify",
    "Put",
    "Register",
    "Reject",
    "Remove",
    "Replace",
    "Reset",
    "Revoke",
    "Set",
    "Start",
    "Stop",
    "Tag",
    "Terminate",
    "Untag",
    "Update",
    "Upload",
];

/// Names of operations that rules often ask for.
const EVENTS: [&str; 60] = [
    "ConsoleLogin",
    "SwitchRole",
    "CheckMfa",
    "PasswordRecoveryRequested",
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "GetCallerIdentity",
    "GetSessionToken",
    "GetFederationToken",
    "CreateUser",
    "DeleteUser",
    "CreateRole",
    "DeleteRole",
    "CreateAccessKey",
    "DeleteAccessKey",
    "UpdateAccessKey",
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "DeleteLoginProfile",
    "AttachUserPolicy",
    "AttachRolePolicy",
    "AttachGroupPolicy",
    "PutUserPolicy",
    "PutRolePolicy",
    "PutGroupPolicy",
    "CreatePolicyVersion",
    "SetDefaultPolicyVersion",
    "UpdateAssumeRolePolicy",
    "AddUserToGroup",
    "DeactivateMFADevice",
    "DeleteVirtualMFADevice",
    "CreateSAMLProvider",
    "StopLogging",
    "StartLogging",
    "CreateTrail",
    "DeleteTrail",
    "UpdateTrail",
    "PutEventSelectors",
    "DeleteDetector",
    "DeleteFlowLogs",
    "StopConfigurationRecorder",
    "LeaveOrganization",
    "DisableKey",
    "ScheduleKeyDeletion",
    "GetSecretValue",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketAcl",
    "DeleteBucket",
    "DeleteObject",
    "RunInstances",
    "StopInstances",
    "TerminateInstances",
    "AuthorizeSecurityGroupIngress",
    "RevokeSecurityGroupIngress",
    "ModifySnapshotAttribute",
    "ModifyImageAttribute",
    "DescribeInstances",
    "ListBuckets",
];

/// Why no record has a name of an operation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Misnamed {
    /// It is only what names start with, in the case that they do.
    Verb(&'static str),
    /// It is a permission: a service and an operation.
    Permission { service: String, name: String },
    /// The case of its letters is wrong; this is right.
    Case(String),
}

/// What is wrong with the name of an operation, if anything is.
pub(super) fn misnamed(text: &str) -> Option<Misnamed> {
    if let Some(verb) = VERBS.into_iter().find(|verb| verb.eq_ignore_ascii_case(text)) {
        return Some(Misnamed::Verb(verb));
    }
    if let Some((service, name)) = text.split_once(':').filter(|(service, _)| !service.is_empty()) {
        return Some(Misnamed::Permission { service: service.to_owned(), name: name.to_owned() });
    }
    if let Some(name) = EVENTS.into_iter().find(|name| name.eq_ignore_ascii_case(text)) {
        return (name != text).then(|| Misnamed::Case(name.to_owned()));
    }
    let first = text.chars().next().filter(char::is_ascii_lowercase)?;
    Some(Misnamed::Case(format!("{}{}", first.to_ascii_uppercase(), &text[1..])))
}

/// The `eventSource` that a text most likely stands for; `None` when it may be one.
pub(super) fn event_source(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let service = lower.strip_prefix("aws.").unwrap_or(&lower);
    let service = service.strip_suffix(".amazonaws").unwrap_or(service);
    let right = if service.contains('.') { service.to_owned() } else { format!("{service}.amazonaws.com") };
    (right != text && !service.is_empty()).then_some(right)
}

/// The `source` of an envelope that a text most likely stands for; `None` when it may be one.
///
/// EventBridge user guide, "Creating custom event sources": those of AWS begin with `aws.`. One's own have dots or
/// slashes in them by its advice, and nothing is known of those.
pub(super) fn bus_source(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let service = lower.strip_prefix("aws.").unwrap_or(&lower);
    let service = service.strip_suffix(".amazonaws.com").unwrap_or(service);
    let plain = !service.is_empty() && service.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    let right = format!("aws.{service}");
    (plain && right != text).then_some(right)
}
