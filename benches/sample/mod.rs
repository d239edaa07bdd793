//! Made-up CloudTrail events for the benches: about 1.2 KiB of record each, varied as an account's are.
#![allow(dead_code, reason = "each bench takes what it needs")]

use chrono::{DateTime, TimeDelta};
use trailwatch::model::{Event, Region, record};

/// The same sequence each time.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Splitmix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        let hex = format!("{a:016x}{b:016x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

const CALLS: [(&str, &str, &str, bool); 12] = [
    ("ec2", "DescribeInstances", "instanceId", true),
    ("ec2", "RunInstances", "imageId", false),
    ("s3", "GetBucketPolicy", "bucketName", true),
    ("s3", "PutObject", "bucketName", false),
    ("iam", "ListRoles", "roleName", true),
    ("iam", "CreateUser", "userName", false),
    ("sts", "AssumeRole", "roleArn", true),
    ("kms", "Decrypt", "keyId", true),
    ("logs", "CreateLogStream", "logGroupName", false),
    ("lambda", "UpdateFunctionCode", "functionName", false),
    ("dynamodb", "DescribeTable", "tableName", true),
    ("cloudtrail", "LookupEvents", "maxResults", true),
];
const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "eu-central-1"];
const AGENTS: [&str; 6] = [
    "Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165",
    "aws-cli/2.15.30 Python/3.11.8 Linux/6.5.0-1018-aws exe/x86_64.ubuntu.22 prompt/off command/s3api.get-bucket-policy",
    "APN/1.0 HashiCorp/1.0 Terraform/1.7.5 (+https://www.terraform.io) terraform-provider-aws/5.41.0",
    "aws-sdk-go-v2/1.26.0 os/linux lang/go#1.22.1 md/GOOS#linux md/GOARCH#amd64 api/dynamodb#1.31.0",
    "lambda.amazonaws.com",
    "console.amazonaws.com",
];

/// The record of the event number `n`, which happened `n / 12` seconds after an hour in 2024.
fn record_of(n: u64, random: &mut Random) -> String {
    let (service, call, field, read_only) = random.one(&CALLS);
    let time = DateTime::from_timestamp(1_717_000_000 + n as i64 / 12, 0).unwrap_or_default();
    let role = random.below(40);
    let (session, key) = (random.below(3_000), random.below(5_000));
    let address = format!("10.{}.{}.{}", random.below(4), random.below(40), random.below(250));
    let failed = random.below(40) == 0;
    let error =
        if failed { r#""errorCode":"AccessDenied","errorMessage":"not authorized to perform this","# } else { "" };
    format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROATFQR7NSC5U6Q{role:04}:session-{session}","arn":"arn:aws:sts::111122223333:assumed-role/service-role-{role}/session-{session}","accountId":"111122223333","accessKeyId":"ASIATFQR7NSC{key:08}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROATFQR7NSC5U6Q{role:04}","arn":"arn:aws:iam::111122223333:role/service-role-{role}","accountId":"111122223333","userName":"service-role-{role}"}},"attributes":{{"creationDate":"{time}","mfaAuthenticated":"false"}}}}}},"eventTime":"{time}","eventSource":"{service}.amazonaws.com","eventName":"{call}","awsRegion":"{region}","sourceIPAddress":"{address}","userAgent":"{agent}",{error}"requestParameters":{{"{field}":"{service}-resource-{resource}"}},"responseElements":null,"requestID":"{request}","eventID":"{id}","readOnly":{read_only},"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.{region}.amazonaws.com"}}}}"#,
        time = time.format("%Y-%m-%dT%H:%M:%SZ"),
        region = random.one(&REGIONS),
        agent = random.one(&AGENTS),
        resource = random.below(20_000),
        request = random.uuid(),
        id = random.uuid(),
    )
}

/// The event that a record tells of.
pub fn read(record: String) -> Event {
    record::read(
        record::Envelope::bare(Region::new("eu-west-1"), record),
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
    )
}

/// The events with these numbers.
pub fn events(numbers: std::ops::Range<u64>) -> Vec<Event> {
    let mut random = Random::new(numbers.start + 1);
    numbers.map(|n| read(record_of(n, &mut random))).collect()
}

/// A record of at least so many bytes, its policy a string of JSON.
pub fn long_record(bytes: usize) -> String {
    let mut random = Random::new(7);
    let mut items = Vec::new();
    let mut length = 0;
    while length < bytes {
        let item = record_of(items.len() as u64, &mut random);
        length += item.len();
        items.push(item);
    }
    let policy = serde_json::Value::from(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#);
    format!(r#"{{"policyDocument":{policy},"items":[{}]}}"#, items.join(","))
}
