//! The script: what happens at which second, from an hour before the start to the end of the attack, and then on.

use super::action::{Action, read, write};
use super::actors::{self, Actor};
use super::noise::{CONSOLE_LOGIN, assume_role};
use crate::emulator::REGIONS;

/// One thing that happens at a set time.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    /// Seconds after the start; negative before it.
    pub at: i64,
    pub actor: Actor,
    pub region: &'static str,
    pub action: Action,
}

const fn beat(at: i64, actor: Actor, region: &'static str, action: Action) -> Beat {
    Beat { at, actor, region, action }
}

const HOME: &str = REGIONS[0];
const GLOBAL: &str = REGIONS[1];
const THIRD: &str = REGIONS[2];
/// Where an IAM user signs in through the account alias when the browser is near Stockholm.
const SIGN_IN: &str = "eu-north-1";

const LOGIN_FAILURE: Action = write("signin", "ConsoleLogin", "null", "null")
    .extra(r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true","MobileVersion":"No","MFAUsed":"No"}"#)
    .fails("", "Failed authentication")
    .response(r#"{"ConsoleLogin":"Failure"}"#);
const LOGIN_WITHOUT_MFA: Action = CONSOLE_LOGIN
    .extra(r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true","MobileVersion":"No","MFAUsed":"No"}"#);
const OPEN_SSH: Action = write(
    "ec2",
    "AuthorizeSecurityGroupIngress",
    r#"{"groupId":"sg-0b7d41c9e25f38a60","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{},"prefixListIds":{}}]}}"#,
    r#"{"requestId":"<uuid>","_return":true,"securityGroupRuleSet":{"items":[{"groupOwnerId":"<account>","groupId":"sg-0b7d41c9e25f38a60","securityGroupRuleId":"<rule>","isEgress":false,"ipProtocol":"tcp","fromPort":22,"toPort":22,"cidrIpv4":"0.0.0.0/0"}]}}"#,
)
.on("AWS::EC2::SecurityGroup", "sg-0b7d41c9e25f38a60");
const CLOSE_SSH: Action = write(
    "ec2",
    "RevokeSecurityGroupIngress",
    r#"{"groupId":"sg-0b7d41c9e25f38a60","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{},"prefixListIds":{}}]}}"#,
    r#"{"requestId":"<uuid>","_return":true}"#,
)
.on("AWS::EC2::SecurityGroup", "sg-0b7d41c9e25f38a60");
const LIST_USERS: Action = read("iam", "ListUsers", r#"{"maxItems":1000}"#).denied();
const LIST_ROLES: Action = read("iam", "ListRoles", r#"{"maxItems":1000}"#).denied();
const AUTHORIZATION_DETAILS: Action = read("iam", "GetAccountAuthorizationDetails", r#"{"maxItems":1000}"#).denied();
const LIST_SECRETS: Action = read("secretsmanager", "ListSecrets", r#"{"maxResults":100}"#).denied();
const GET_SECRET: Action = read("secretsmanager", "GetSecretValue", r#"{"secretId":"prod/payments/api"}"#)
    .on("AWS::SecretsManager::Secret", "prod/payments/api")
    .denied();
const DECRYPT: Action = read("kms", "Decrypt", r#"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#)
    .on("AWS::KMS::Key", "arn:aws:kms:<region>:<account>:key/<key>")
    .denied();
const PAYMENTS_TABLE: Action =
    read("dynamodb", "DescribeTable", r#"{"tableName":"payments"}"#).on("AWS::DynamoDB::Table", "payments").denied();
const WHO_AM_I: Action = read("sts", "GetCallerIdentity", "null");
const LIST_BUCKETS: Action = read("s3", "ListBuckets", r#"{"Host":"s3.<region>.amazonaws.com"}"#);
const DESCRIBE_TRAILS: Action = read("cloudtrail", "DescribeTrails", r#"{"includeShadowTrails":true}"#);

const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:<account>:trail/northgate-trail";
const CREATE_USER: Action = write(
    "iam",
    "CreateUser",
    r#"{"userName":"support-sync"}"#,
    r#"{"user":{"path":"/","userName":"support-sync","userId":"AIDASUPPORTSYNCEXAMPLE","arn":"arn:aws:iam::<account>:user/support-sync","createDate":"<console time>"}}"#,
)
.on("AWS::IAM::User", "support-sync");
const CREATE_LOGIN: Action = write(
    "iam",
    "CreateLoginProfile",
    r#"{"userName":"support-sync","passwordResetRequired":false}"#,
    r#"{"loginProfile":{"userName":"support-sync","createDate":"<console time>","passwordResetRequired":false}}"#,
)
.on("AWS::IAM::User", "support-sync");
const ATTACH_ADMIN: Action = write(
    "iam",
    "AttachUserPolicy",
    r#"{"userName":"support-sync","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
    "null",
)
.on("AWS::IAM::Policy", "arn:aws:iam::aws:policy/AdministratorAccess");
const CREATE_KEY: Action = write(
    "iam",
    "CreateAccessKey",
    r#"{"userName":"support-sync"}"#,
    r#"{"accessKey":{"accessKeyId":"<access key:support-sync>","status":"Active","userName":"support-sync","createDate":"<console time>"}}"#,
)
.on("AWS::IAM::AccessKey", "<access key:support-sync>");
const STOP_LOGGING: Action = write(
    "cloudtrail",
    "StopLogging",
    r#"{"name":"arn:aws:cloudtrail:eu-west-1:<account>:trail/northgate-trail"}"#,
    "null",
)
.on("AWS::CloudTrail::Trail", TRAIL);
const START_LOGGING: Action = write(
    "cloudtrail",
    "StartLogging",
    r#"{"name":"arn:aws:cloudtrail:eu-west-1:<account>:trail/northgate-trail"}"#,
    "null",
)
.on("AWS::CloudTrail::Trail", TRAIL);
const UNBLOCK_BUCKET: Action = write(
    "s3",
    "PutBucketPublicAccessBlock",
    r#"{"publicAccessBlock":"","bucketName":"northgate-orders","Host":"northgate-orders.s3.eu-west-1.amazonaws.com","PublicAccessBlockConfiguration":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","BlockPublicAcls":false,"IgnorePublicAcls":false,"BlockPublicPolicy":false,"RestrictPublicBuckets":false}}"#,
    "null",
)
.on("AWS::S3::Bucket", "northgate-orders");
const PUBLIC_POLICY: Action = write(
    "s3",
    "PutBucketPolicy",
    r#"{"bucketPolicy":{"Version":"2012-10-17","Statement":[{"Sid":"sync","Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::northgate-orders","arn:aws:s3:::northgate-orders/*"]}]},"bucketName":"northgate-orders","Host":"northgate-orders.s3.eu-west-1.amazonaws.com","policy":""}"#,
    "null",
)
.on("AWS::S3::Bucket", "northgate-orders");
const REMOVE_POLICY: Action = write(
    "s3",
    "DeleteBucketPolicy",
    r#"{"bucketName":"northgate-orders","Host":"northgate-orders.s3.eu-west-1.amazonaws.com","policy":""}"#,
    "null",
)
.on("AWS::S3::Bucket", "northgate-orders");
const RUN_LARGE: Action = write(
    "ec2",
    "RunInstances",
    r#"{"instancesSet":{"items":[{"imageId":"<image>","minCount":10,"maxCount":10}]},"instanceType":"p5.48xlarge","disableApiTermination":true}"#,
    "null",
)
.fails("Client.InstanceLimitExceeded", "You have requested more vCPU capacity than your current vCPU limit of 64 allows");
const DELETE_FLOW_LOGS: Action = write(
    "ec2",
    "DeleteFlowLogs",
    r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-0d3e5f7a9b1c2d4e6"}}}"#,
    r#"{"DeleteFlowLogsResponse":{"requestId":"<uuid>","unsuccessful":""}}"#,
);
const DISABLE_DETECTOR: Action =
    write("guardduty", "UpdateDetector", r#"{"detectorId":"12abc34d567e8fa901bc2d34e56789f0","enable":false}"#, "null");
const DETACH_ADMIN: Action = write(
    "iam",
    "DetachUserPolicy",
    r#"{"userName":"support-sync","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
    "null",
)
.on("AWS::IAM::Policy", "arn:aws:iam::aws:policy/AdministratorAccess");
const DISABLE_KEY: Action = write(
    "iam",
    "UpdateAccessKey",
    r#"{"userName":"support-sync","accessKeyId":"<access key:support-sync>","status":"Inactive"}"#,
    "null",
)
.on("AWS::IAM::AccessKey", "<access key:support-sync>");
const DELETE_USER: Action =
    write("iam", "DeleteUser", r#"{"userName":"support-sync"}"#, "null").on("AWS::IAM::User", "support-sync");
const NEW_ROLE_POLICY: Action = write(
    "iam",
    "PutRolePolicy",
    r#"{"roleName":"nightly-report","policyName":"read-orders","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"dynamodb:Query\",\"Resource\":\"*\"}]}"}"#,
    "null",
)
.on("AWS::IAM::Role", "nightly-report");
const ROTATE_KEY: Action = write("kms", "EnableKeyRotation", r#"{"keyId":"<key>"}"#, "null")
    .on("AWS::KMS::Key", "arn:aws:kms:<region>:<account>:key/<key>");
const RESTORED: Action = read("s3", "GetBucketLifecycle", r#"{"bucketName":"northgate-media-vault","lifecycle":""}"#)
    .on("AWS::S3::Bucket", "northgate-media-vault");
const TAKE_ADMIN: Action = assume_role!("AssumeRole", "OrganizationAccountAccessRole", "support-sync");
const TAKE_DEPLOY: Action = assume_role!("AssumeRole", "deploy-production", "maintenance");
const TAKE_PIPELINE: Action = assume_role!("AssumeRoleWithWebIdentity", "ci-deploy", "GitHubActions");
const TAKE_RELEASE: Action = assume_role!("AssumeRole", "deploy-production", "ci-release");

use actors::{
    ANNA, DEPLOYER, LUCIA, MAREK, NADIA, NOT_BACKUP, NOT_TOM, PIPELINE_ROLE, RAVI, REPORTING, ROOT, SUPPORT,
    SUPPORT_ADMIN, SUPPORT_DEPLOY, TOM, WORKFLOW,
};

/// The opening: an hour of prelude, then ten minutes in which a leaked password becomes an administrator, and the
/// answer to it. Ordered by time.
pub const OPENING: &[Beat] = &[
    beat(-3480, NADIA, GLOBAL, CONSOLE_LOGIN),
    beat(-3120, RAVI, THIRD, OPEN_SSH),
    beat(-3052, RAVI, THIRD, CLOSE_SSH),
    beat(-2700, LUCIA, GLOBAL, LOGIN_FAILURE),
    beat(-2688, LUCIA, GLOBAL, LOGIN_FAILURE),
    beat(-2661, LUCIA, GLOBAL, CONSOLE_LOGIN),
    beat(-2280, ANNA, GLOBAL, NEW_ROLE_POLICY),
    beat(-1866, WORKFLOW, GLOBAL, TAKE_PIPELINE),
    beat(-1860, PIPELINE_ROLE, GLOBAL, TAKE_RELEASE),
    beat(-1500, REPORTING, HOME, PAYMENTS_TABLE),
    beat(-1498, REPORTING, HOME, GET_SECRET),
    beat(-1495, REPORTING, HOME, DECRYPT),
    beat(-1490, REPORTING, HOME, PAYMENTS_TABLE),
    beat(-1140, MAREK, SIGN_IN, CONSOLE_LOGIN),
    beat(-840, ANNA, HOME, ROTATE_KEY),
    beat(-610, TOM, GLOBAL, LOGIN_WITHOUT_MFA),
    beat(-560, LUCIA, HOME, RESTORED),
    beat(-205, NOT_TOM, GLOBAL, LOGIN_FAILURE),
    beat(-64, NOT_TOM, GLOBAL, LOGIN_FAILURE),
    beat(-41, NOT_TOM, GLOBAL, LOGIN_FAILURE),
    beat(4, NOT_TOM, GLOBAL, LOGIN_FAILURE),
    beat(13, NOT_TOM, GLOBAL, LOGIN_FAILURE),
    beat(21, NOT_TOM, GLOBAL, LOGIN_WITHOUT_MFA),
    beat(33, NOT_TOM, GLOBAL, LIST_USERS),
    beat(35, NOT_TOM, GLOBAL, LIST_ROLES),
    beat(38, NOT_TOM, GLOBAL, AUTHORIZATION_DETAILS),
    beat(40, NOT_TOM, HOME, LIST_SECRETS),
    beat(42, NOT_TOM, HOME, GET_SECRET),
    beat(45, NOT_TOM, HOME, DECRYPT),
    beat(70, NOT_BACKUP, GLOBAL, WHO_AM_I),
    beat(74, NOT_BACKUP, GLOBAL, LIST_BUCKETS),
    beat(79, NOT_BACKUP, HOME, DESCRIBE_TRAILS),
    beat(96, NOT_TOM, SIGN_IN, LOGIN_FAILURE),
    beat(110, ROOT, GLOBAL, LOGIN_WITHOUT_MFA),
    beat(150, ROOT, GLOBAL, CREATE_USER),
    beat(156, ROOT, GLOBAL, CREATE_LOGIN),
    beat(161, ROOT, GLOBAL, ATTACH_ADMIN),
    beat(169, ROOT, GLOBAL, CREATE_KEY),
    beat(205, SUPPORT, GLOBAL, WHO_AM_I),
    beat(212, SUPPORT, GLOBAL, TAKE_ADMIN),
    beat(221, SUPPORT_ADMIN, GLOBAL, TAKE_DEPLOY),
    beat(233, SUPPORT_DEPLOY, HOME, DESCRIBE_TRAILS),
    beat(255, SUPPORT_DEPLOY, HOME, OPEN_SSH),
    beat(268, SUPPORT_DEPLOY, THIRD, RUN_LARGE),
    beat(300, SUPPORT_ADMIN, HOME, STOP_LOGGING),
    beat(318, SUPPORT_ADMIN, HOME, DISABLE_DETECTOR),
    beat(340, SUPPORT_ADMIN, HOME, UNBLOCK_BUCKET),
    beat(346, SUPPORT_ADMIN, HOME, PUBLIC_POLICY),
    beat(390, SUPPORT_DEPLOY, HOME, DECRYPT),
    beat(391, SUPPORT_DEPLOY, HOME, GET_SECRET),
    beat(392, SUPPORT_DEPLOY, HOME, DECRYPT),
    beat(394, SUPPORT_DEPLOY, HOME, PAYMENTS_TABLE),
    beat(430, SUPPORT_ADMIN, HOME, DELETE_FLOW_LOGS),
    beat(452, NADIA, GLOBAL, CONSOLE_LOGIN),
    beat(480, NADIA, HOME, START_LOGGING),
    beat(496, NADIA, GLOBAL, DISABLE_KEY),
    beat(507, NADIA, GLOBAL, DETACH_ADMIN),
    beat(523, NADIA, HOME, REMOVE_POLICY),
    beat(541, NADIA, HOME, CLOSE_SSH),
    beat(560, NADIA, GLOBAL, DELETE_USER),
    beat(
        588,
        SUPPORT,
        GLOBAL,
        WHO_AM_I.fails("InvalidClientTokenId", "The security token included in the request is invalid."),
    ),
];

/// The length of one round of what recurs, in seconds. The first begins when the opening ends.
pub const ROUND: i64 = 600;

/// What recurs in every round. Ordered by time.
pub const RECURRING: &[Beat] = &[
    beat(29, WORKFLOW, GLOBAL, TAKE_PIPELINE),
    beat(35, PIPELINE_ROLE, GLOBAL, TAKE_RELEASE),
    beat(52, DEPLOYER, HOME, DESCRIBE_TRAILS),
    beat(90, LUCIA, GLOBAL, LOGIN_FAILURE),
    beat(104, LUCIA, GLOBAL, CONSOLE_LOGIN),
    beat(180, REPORTING, HOME, PAYMENTS_TABLE),
    beat(182, REPORTING, HOME, GET_SECRET),
    beat(185, REPORTING, HOME, DECRYPT),
    beat(240, NOT_TOM, GLOBAL, LOGIN_FAILURE),
    beat(300, RAVI, THIRD, OPEN_SSH),
    beat(372, RAVI, THIRD, CLOSE_SSH),
    beat(420, MAREK, SIGN_IN, CONSOLE_LOGIN),
    beat(
        505,
        NOT_BACKUP,
        GLOBAL,
        WHO_AM_I.fails("InvalidClientTokenId", "The security token included in the request is invalid."),
    ),
];

/// The beat of an index and its second. Negative indexes count back through the prelude from its last beat before
/// the start; there is none before its first.
pub fn at(index: i64) -> Option<(i64, &'static Beat)> {
    let at = usize::try_from(index).ok()?;
    if let Some(beat) = OPENING.get(at) {
        return Some((beat.at, beat));
    }
    let later = at - OPENING.len();
    let beat = &RECURRING[later % RECURRING.len()];
    Some((ROUND * (1 + (later / RECURRING.len()) as i64) + beat.at, beat))
}

/// The index of the last beat at or before a second, or -1.
pub fn last_at(second: i64) -> i64 {
    if second < ROUND {
        return OPENING.partition_point(|beat| beat.at <= second) as i64 - 1;
    }
    let (round, second) = (second / ROUND - 1, second % ROUND);
    let within = RECURRING.partition_point(|beat| beat.at <= second) as i64;
    OPENING.len() as i64 + round * RECURRING.len() as i64 + within - 1
}

#[cfg(test)]
mod tests {
    use super::super::action::is_sound;
    use super::*;

    #[test]
    fn beats_are_in_order_and_their_templates_sound() {
        for beats in [OPENING, RECURRING] {
            assert!(beats.is_sorted_by_key(|beat| beat.at));
            for Beat { action, .. } in beats {
                for template in [action.request, action.response, action.extra] {
                    assert!(is_sound(template), "{}: {template}", action.name);
                }
            }
        }
    }

    #[test]
    fn an_index_and_its_second_agree_for_ever() {
        for second in -4000..4000 {
            let index = last_at(second);
            assert!(at(index).is_none_or(|(time, _)| time <= second), "{second}");
            assert!(at(index + 1).is_some_and(|(time, _)| time > second), "{second}");
        }
    }
}
