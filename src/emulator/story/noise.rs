//! The ordinary noise of a small company: who does what, how often, where.

use super::action::{Action, read, write};
use super::actors::{self, Actor};
use crate::emulator::REGIONS;
use crate::emulator::random::{mix, pick};

/// Where a routine happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Mostly the home Region, the others now and then.
    Anywhere,
    /// Where the services without a Region are recorded: us-east-1.
    Global,
}

impl Place {
    /// The Region of one event.
    pub fn region(self, throw: u64) -> &'static str {
        match self {
            Self::Anywhere => match throw % 20 {
                0..=12 => REGIONS[0],
                13..=15 => REGIONS[1],
                _ => REGIONS[2],
            },
            Self::Global => REGIONS[1],
        }
    }
}

/// Something that happens again and again.
#[derive(Clone, Copy, Debug)]
pub struct Routine {
    /// How often, beside the others.
    pub weight: u32,
    pub actors: &'static [Actor],
    pub place: Place,
    pub action: Action,
}

const fn often(weight: u32, actors: &'static [Actor], place: Place, action: Action) -> Routine {
    Routine { weight, actors, place, action }
}

use Place::{Anywhere, Global};

const PEOPLE: &[Actor] = &[actors::ANNA, actors::RAVI, actors::TOM];
const CONSOLE: &[Actor] = &[actors::ANNA, actors::TOM, actors::LUCIA, actors::NADIA];
const TERRAFORM: &[Actor] = &[actors::TERRAFORMER];
const WORKERS: &[Actor] = &[actors::ORDERS, actors::THUMBNAILS, actors::REPORTING];

/// A role taken on by a service or a person: the request names the role, the answer holds the session.
macro_rules! assume_role {
    ($name:literal, $role:literal, $session:literal) => {
        read(
            "sts",
            $name,
            concat!(
                r#"{"roleArn":"arn:aws:iam::<account>:role/"#, $role, r#"","roleSessionName":""#, $session,
                r#"","durationSeconds":3600}"#
            ),
        )
        .response(concat!(
            r#"{"credentials":{"accessKeyId":"<access key:"#, $role, "/", $session,
            r#">","sessionToken":"IQoJb3JpZ2luX2VjEXAMPLETOKEN","expiration":"<later>"},"assumedRoleUser":{"assumedRoleId":"<role id:"#,
            $role, ">:", $session, r#"","arn":"arn:aws:sts::<account>:assumed-role/"#, $role, "/", $session, r#""}}"#
        ))
        .on("AWS::IAM::Role", concat!("arn:aws:iam::<account>:role/", $role))
    };
}
pub(super) use assume_role;

/// The routines, the frequent ones first.
pub const ROUTINES: &[Routine] = &[
    often(70, &[actors::LAMBDA], Anywhere, assume_role!("AssumeRole", "orders-worker-role", "orders-worker")),
    often(30, &[actors::LAMBDA], Anywhere, assume_role!("AssumeRole", "thumbnailer-role", "thumbnailer")),
    often(60, WORKERS, Anywhere, write("logs", "CreateLogStream", r#"{"logGroupName":"<log group>","logStreamName":"<date>/[$LATEST]<number>"}"#, "null")),
    often(50, WORKERS, Anywhere, read("kms", "Decrypt", r#"{"encryptionContext":{"SecretARN":"arn:aws:secretsmanager:<region>:<account>:secret:<secret>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#).on("AWS::KMS::Key", "arn:aws:kms:<region>:<account>:key/<key>")),
    often(45, WORKERS, Anywhere, read("secretsmanager", "GetSecretValue", r#"{"secretId":"<secret>"}"#).on("AWS::SecretsManager::Secret", "<secret>")),
    often(40, PEOPLE, Anywhere, read("ec2", "DescribeInstances", r#"{"instancesSet":{},"filterSet":{}}"#)),
    often(30, PEOPLE, Anywhere, read("ec2", "DescribeSecurityGroups", r#"{"securityGroupSet":{},"securityGroupIdSet":{},"filterSet":{}}"#)),
    often(28, PEOPLE, Anywhere, read("monitoring", "DescribeAlarms", r#"{"maxRecords":100}"#)),
    often(26, &[actors::AUTOSCALING], Anywhere, read("elasticloadbalancing", "DescribeTargetHealth", r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/checkout/6d0ecf831eec9f09"}"#)),
    often(25, &[actors::CONFIG], Anywhere, read("ec2", "DescribeVolumes", r#"{"maxResults":500,"volumeSet":{},"filterSet":{}}"#)),
    often(24, &[actors::CONFIG], Global, read("iam", "ListAttachedRolePolicies", r#"{"roleName":"orders-worker-role"}"#)),
    often(24, TERRAFORM, Anywhere, read("ec2", "DescribeVpcs", r#"{"vpcSet":{"items":[{"vpcId":"<vpc>"}]},"filterSet":{}}"#)),
    often(22, TERRAFORM, Global, read("iam", "GetRole", r#"{"roleName":"deploy-production"}"#).on("AWS::IAM::Role", "deploy-production")),
    often(20, TERRAFORM, Anywhere, read("s3", "GetBucketPolicy", r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","policy":""}"#).on("AWS::S3::Bucket", "<bucket>")),
    often(18, TERRAFORM, Anywhere, read("s3", "GetBucketEncryption", r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","encryption":""}"#).on("AWS::S3::Bucket", "<bucket>")),
    often(18, TERRAFORM, Anywhere, read("dynamodb", "DescribeTable", r#"{"tableName":"<table>"}"#).on("AWS::DynamoDB::Table", "<table>")),
    often(16, &[actors::WORKFLOW], Global, assume_role!("AssumeRoleWithWebIdentity", "ci-deploy", "GitHubActions")),
    often(16, &[actors::PIPELINE_ROLE], Global, assume_role!("AssumeRole", "deploy-production", "ci-release")),
    often(14, &[actors::DEPLOYER], Anywhere, read("ecr", "BatchGetImage", r#"{"registryId":"<account>","repositoryName":"<cluster>","imageIds":[{"imageTag":"release-<number>"}]}"#)),
    often(14, &[actors::DEPLOYER], Anywhere, write("ecs", "UpdateService", r#"{"cluster":"<cluster>","service":"<cluster>","taskDefinition":"<cluster>:<number>","forceNewDeployment":true}"#, r#"{"service":{"serviceName":"<cluster>","status":"ACTIVE","desiredCount":3,"runningCount":3,"pendingCount":0}}"#)),
    often(12, &[actors::DEPLOYER], Anywhere, write("lambda", "UpdateFunctionCode20150331v2", r#"{"functionName":"<function>","s3Bucket":"northgate-artifacts","s3Key":"<function>/<uuid>.zip","publish":true,"dryRun":false}"#, r#"{"functionName":"<function>","functionArn":"arn:aws:lambda:<region>:<account>:function:<function>","runtime":"python3.13","version":"<number>","lastUpdateStatus":"InProgress"}"#).on("AWS::Lambda::Function", "<function>")),
    often(12, &[actors::WEB], Anywhere, read("ssm", "GetParametersByPath", r#"{"path":"/northgate/checkout/","recursive":true,"withDecryption":true}"#)),
    often(12, &[actors::WEB], Anywhere, write("ssm", "UpdateInstanceInformation", r#"{"instanceId":"<instance>","agentVersion":"3.3.3050.0","agentStatus":"Active","platformType":"Linux"}"#, "null").on("AWS::EC2::Instance", "<instance>")),
    often(10, &[actors::AUTOSCALING], Anywhere, write("ec2", "RunInstances", r#"{"instancesSet":{"items":[{"imageId":"<image>","minCount":1,"maxCount":1}]},"instanceType":"m7g.large","subnetId":"<subnet>"}"#, r#"{"requestId":"<uuid>","reservationId":"r-0<number>c2d4e6f8a0b1","instancesSet":{"items":[{"instanceId":"<instance>","imageId":"<image>","instanceState":{"code":0,"name":"pending"},"instanceType":"m7g.large","subnetId":"<subnet>","vpcId":"<vpc>"}]}}"#).on("AWS::EC2::Instance", "<instance>")),
    often(10, &[actors::AUTOSCALING], Anywhere, write("ec2", "TerminateInstances", r#"{"instancesSet":{"items":[{"instanceId":"<instance>"}]}}"#, r#"{"requestId":"<uuid>","instancesSet":{"items":[{"instanceId":"<instance>","currentState":{"code":32,"name":"shutting-down"},"previousState":{"code":16,"name":"running"}}]}}"#).on("AWS::EC2::Instance", "<instance>")),
    often(9, &[actors::BACKUP], Anywhere, write("ec2", "CreateSnapshot", r#"{"volumeId":"<volume>","description":"nightly"}"#, r#"{"requestId":"<uuid>","snapshotId":"<snapshot>","volumeId":"<volume>","status":"pending","volumeSize":100,"encrypted":true}"#).on("AWS::EC2::Snapshot", "<snapshot>")),
    often(8, &[actors::BACKUP], Anywhere, read("ec2", "DescribeSnapshots", r#"{"ownersSet":{"items":[{"owner":"self"}]},"maxResults":1000}"#)),
    often(8, &[actors::EVENTS], Anywhere, write("ecs", "RunTask", r#"{"cluster":"<cluster>","taskDefinition":"cart-cleanup","count":1,"launchType":"FARGATE","startedBy":"events-rule/nightly"}"#, r#"{"tasks":[{"taskArn":"arn:aws:ecs:<region>:<account>:task/<cluster>/0<number>c2d4e6f8a0b1","lastStatus":"PROVISIONING"}],"failures":[]}"#)),
    often(8, &[actors::KMS], Anywhere, read("kms", "GenerateDataKey", r#"{"keyId":"alias/aws/secretsmanager","keySpec":"AES_256"}"#).on("AWS::KMS::Key", "arn:aws:kms:<region>:<account>:key/<key>")),
    often(8, &[actors::LUCIA], Anywhere, write("athena", "StartQueryExecution", r#"{"queryString":"HIDDEN_DUE_TO_SECURITY_REASONS","clientRequestToken":"<uuid>","workGroup":"analysts"}"#, r#"{"queryExecutionId":"<uuid>"}"#)),
    often(7, &[actors::MAREK], Global, read("ce", "GetCostAndUsage", r#"{"timePeriod":{"start":"<month>-01","end":"<month>-28"},"granularity":"DAILY","metrics":["UnblendedCost"]}"#)),
    often(6, CONSOLE, Global, read("iam", "ListUsers", r#"{"maxItems":100}"#)),
    often(6, CONSOLE, Anywhere, read("cloudtrail", "LookupEvents", r#"{"maxResults":50}"#)),
    often(5, CONSOLE, Anywhere, read("s3", "ListBuckets", r#"{"Host":"s3.<region>.amazonaws.com"}"#)),
    often(4, &[actors::RAVI], Anywhere, write("ec2", "CreateTags", r#"{"resourcesSet":{"items":[{"resourceId":"<instance>"}]},"tagSet":{"items":[{"key":"owner","value":"platform"}]}}"#, r#"{"requestId":"<uuid>","_return":true}"#).on("AWS::EC2::Instance", "<instance>")),
    often(4, &[actors::RAVI], Anywhere, write("ssm", "StartSession", r#"{"target":"<instance>"}"#, r#"{"sessionId":"ravi.menon@northgate.example-0<number>f3c","streamUrl":"wss://ssmmessages.<region>.amazonaws.com/v1/data-channel/"}"#).on("AWS::EC2::Instance", "<instance>")),
    often(4, TERRAFORM, Anywhere, write("cloudformation", "CreateChangeSet", r#"{"stackName":"<stack>","changeSetName":"release-<number>","changeSetType":"UPDATE"}"#, r#"{"id":"arn:aws:cloudformation:<region>:<account>:changeSet/release-<number>/<uuid>"}"#).on("AWS::CloudFormation::Stack", "<stack>")),
    often(3, &[actors::REPORTING], Anywhere, read("dynamodb", "DescribeTable", r#"{"tableName":"payments"}"#).denied()),
    often(3, &[actors::TERRAFORMER], Anywhere, read("ec2", "DescribeNetworkInterfaces", r#"{"networkInterfaceIdSet":{"items":[{"networkInterfaceId":"<interface>"}]}}"#).fails("Client.InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '<interface>' does not exist")),
    often(2, &[actors::ANNA], Anywhere, write("monitoring", "PutMetricAlarm", r#"{"alarmName":"checkout-latency-p99","namespace":"AWS/ApplicationELB","metricName":"TargetResponseTime","extendedStatistic":"p99","period":60,"threshold":1.5}"#, "null")),
    often(1, &[actors::NADIA, actors::LUCIA, actors::MAREK], Global, CONSOLE_LOGIN),
];

/// A sign-in that went well, with a second factor.
pub const CONSOLE_LOGIN: Action = write("signin", "ConsoleLogin", "null", r#"{"ConsoleLogin":"Success"}"#)
    .extra(r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true","MobileVersion":"No","MFAIdentifier":"arn:aws:iam::<account>:mfa/phone","MFAUsed":"Yes"}"#);

/// One of the routines, its actor and Region, for a throw.
pub fn routine(throw: u64) -> (&'static Routine, &'static Actor, &'static str) {
    const TOTAL: u32 = total();
    let mut left = (throw % TOTAL as u64) as u32;
    let chosen = ROUTINES.iter().find(|routine| match left.checked_sub(routine.weight) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    });
    let routine = chosen.unwrap_or(&ROUTINES[0]);
    (routine, pick(routine.actors, mix(throw, 1)), routine.place.region(mix(throw, 2)))
}

const fn total() -> u32 {
    let mut total = 0;
    let mut at = 0;
    while at < ROUTINES.len() {
        total += ROUTINES[at].weight;
        at += 1;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::action::is_sound;
    use super::*;

    #[test]
    fn every_template_of_the_routines_is_sound() {
        for Routine { action, .. } in ROUTINES {
            for template in [action.request, action.response, action.extra] {
                assert!(is_sound(template), "{}: {template}", action.name);
            }
        }
    }

    /// What `--rate` says of itself: LookupEvents tells 50 events a second of one Region.
    #[test]
    fn ninety_events_a_second_are_as_many_as_the_api_can_tell_of_the_home_region() {
        let home = (0..100_000).filter(|i| routine(mix(7, *i)).2 == REGIONS[0]).count();
        assert!((49..=51).contains(&(90 * home / 100_000)), "{home} of 100,000");
    }

    #[test]
    fn every_routine_happens() {
        let seen: std::collections::HashSet<_> = (0..20_000).map(|i| routine(mix(7, i)).0.action.name).collect();
        let all: std::collections::HashSet<_> = ROUTINES.iter().map(|routine| routine.action.name).collect();
        assert_eq!(seen, all);
    }
}
