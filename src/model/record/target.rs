//! What a call was about, as short as it can be said.

use serde_json::Value;

/// The parameters that name what a call is about, the most telling first.
const TARGETS: &[&str] = &[
    "bucketName",
    "userName",
    "roleName",
    "groupName",
    "policyArn",
    "roleArn",
    "functionName",
    "instanceId",
    "groupId",
    "trailName",
    "name",
    "keyId",
    "secretId",
    "tableName",
    "dBInstanceIdentifier",
    "alarmName",
    "ruleName",
    "rule",
    "stackName",
    "clusterName",
    "cluster",
    "repositoryName",
    "topicArn",
    "queueUrl",
    "logGroupName",
    "streamName",
    "volumeId",
    "snapshotId",
    "imageId",
    "vpcId",
    "subnetId",
    "networkAclId",
    "routeTableId",
    "internetGatewayId",
    "detectorId",
    "configurationRecorderName",
    "hostedZoneId",
    "loadBalancerArn",
    "domainName",
    "projectName",
    "pipelineName",
    "parameterName",
    "documentName",
    "resourceArn",
    "resourceId",
    "arn",
    "id",
    "accessKeyId",
];

/// What the call was about, as short as it can be said.
pub(super) fn target(record: &Value, name: &str) -> Option<String> {
    let parameters = &record["requestParameters"];
    if name.ends_with("AccessKey") {
        let user = parameters["userName"].as_str();
        if let (Some(user), Some(key)) = (user, parameters["accessKeyId"].as_str()) {
            return Some(format!("{user} {key}"));
        }
    }
    let of = |parameters: &Value| {
        TARGETS.iter().find_map(|field| parameters.get(field)?.as_str().filter(|s| !s.is_empty()).map(short_arn))
    };
    let mut found = of(parameters).or_else(|| first_item(parameters)).or_else(|| created(&record["responseElements"]));
    if let (Some(target), Some(policy)) = (&found, parameters["policyArn"].as_str())
        && name.starts_with("Attach")
    {
        found = Some(format!("{target} {}", short_arn(policy)));
    }
    if let (Some(bucket), Some(key)) = (parameters["bucketName"].as_str(), parameters["key"].as_str()) {
        found = Some(format!("{bucket}/{key}"));
    }
    found.or_else(|| {
        let resource = &record["resources"][0];
        ["ARN", "arn"].iter().find_map(|field| resource[field].as_str()).map(short_arn)
    })
}

/// EC2 names what a call is about in sets, `instancesSet.items[0].instanceId`, and what a search is about in another.
fn first_item(parameters: &Value) -> Option<String> {
    let sets = parameters.as_object()?;
    let named = sets.iter().filter(|(name, _)| *name != FILTERS).find_map(|(_, set)| {
        let item = set.get("items")?.get(0)?;
        TARGETS.iter().find_map(|field| Some(item.get(field)?.as_str()?.to_owned()))
    });
    named.or_else(|| sets.get(FILTERS)?.get("items")?.as_array()?.iter().find_map(sought))
}

/// The parameter that holds the filters of a call that searches.
const FILTERS: &str = "filterSet";

/// What a filter of such a call looks for, where that names a thing: ids and tags do, states and kinds do not.
fn sought(filter: &Value) -> Option<String> {
    let name = filter.get("name")?.as_str()?;
    let value = filter.get("valueSet")?.get("items")?.get(0)?.get("value")?.as_str()?;
    let tells = name.ends_with("-id") || name.ends_with("-name") && !name.contains("state") || name.starts_with("tag:");
    tells.then(|| short_arn(value))
}

/// What a call made is named in the answer: `role.roleName`, `internetGateway.internetGatewayId`.
fn created(response: &Value) -> Option<String> {
    response.as_object()?.values().find_map(|made| {
        let named = |field: &str| made.get(field).and_then(Value::as_str);
        TARGETS.iter().find_map(|field| named(field)).or_else(|| named("policyName")).map(short_arn)
    })
}

/// An ARN without partition, Region and account; other text as it is.
fn short_arn(text: &str) -> String {
    match text.starts_with("arn:") {
        true => text.splitn(6, ':').nth(5).unwrap_or(text).to_owned(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_what_a_person_would_name() {
        for (record, target) in [
            (r#"{"requestParameters":{"bucketName":"logs"}}"#, "logs"),
            (r#"{"requestParameters":{"bucketName":"logs","key":"a/b"}}"#, "logs/a/b"),
            (r#"{"requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/Deploy"}}"#, "role/Deploy"),
            (r#"{"requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"}]}}}"#, "i-1"),
            (
                r#"{"eventName":"AttachUserPolicy","requestParameters":{"userName":"mallory","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#,
                "mallory policy/AdministratorAccess",
            ),
            (r#"{"responseElements":{"internetGateway":{"internetGatewayId":"igw-1"}}}"#, "igw-1"),
            (r#"{"resources":[{"ARN":"arn:aws:s3:::tapes"}]}"#, "tapes"),
            (
                r#"{"requestParameters":{"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[{"value":"vpc-1"}]}}]},"instancesSet":{"items":[{"instanceId":"i-1"}]}}}"#,
                "i-1",
            ),
            (
                r#"{"requestParameters":{"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[{"value":"vpc-1"}]}}]}}}"#,
                "vpc-1",
            ),
            (
                r#"{"requestParameters":{"filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"}]}}]}}}"#,
                "",
            ),
            (r#"{"requestParameters":{"bucketName":5}}"#, ""),
        ] {
            let record: Value = serde_json::from_str(record).unwrap();
            let name = record["eventName"].as_str().unwrap_or_default();
            assert_eq!(super::target(&record, name).unwrap_or_default(), target, "{record}");
        }
    }
}
