//! Who made a call: one human name over all kinds of identity.

use serde_json::Value;

use crate::model::{Actor, ActorKind};

/// Who did it. Source: CloudTrail user guide, "CloudTrail userIdentity element".
pub(super) fn actor(record: &Value) -> Actor {
    let identity = &record["userIdentity"];
    let text = |field: &str| identity[field].as_str().unwrap_or_default();
    let issuer = identity["sessionContext"]["sessionIssuer"]["userName"].as_str().unwrap_or_default();
    let session = text("arn").rsplit('/').next().unwrap_or_default();
    let or = |first: &str, second: &str| if first.is_empty() { second.to_owned() } else { first.to_owned() };
    let (kind, name) = match text("type") {
        "Root" => (ActorKind::Root, "root".to_owned()),
        "IAMUser" => (ActorKind::User, or(text("userName"), text("principalId"))),
        "AssumedRole" | "Role" => (ActorKind::Role, role_name(identity, issuer)),
        "FederatedUser" => (ActorKind::Federated, or(session, issuer)),
        "SAMLUser" | "WebIdentityUser" | "IdentityCenterUser" => {
            (ActorKind::Federated, or(text("userName"), text("principalId")))
        }
        "AWSService" => (ActorKind::Service, text("invokedBy").to_owned()),
        "AWSAccount" => (ActorKind::Account, or(text("accountId"), text("principalId"))),
        "" if !text("invokedBy").is_empty() => (ActorKind::Service, text("invokedBy").to_owned()),
        _ => (ActorKind::Unknown, or(text("userName"), text("principalId"))),
    };
    Actor { kind, name: name.strip_suffix(".amazonaws.com").unwrap_or(&name).to_owned() }
}

/// `role/session`, from the ARN `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` where it has that form.
fn role_name(identity: &Value, issuer: &str) -> String {
    let arn = identity["arn"].as_str().unwrap_or_default();
    if let Some((_, name)) = arn.split_once(":assumed-role/") {
        return identity_center_name(name).unwrap_or_else(|| name.to_owned());
    }
    let principal = identity["principalId"].as_str().unwrap_or_default();
    match (issuer, principal.split_once(':')) {
        ("", _) => principal.to_owned(),
        (issuer, Some((_, session))) => format!("{issuer}/{session}"),
        (issuer, None) => issuer.to_owned(),
    }
}

/// A person who came through IAM Identity Center: the session is the person, the role only says which permission set.
///
/// Source: IAM Identity Center user guide: roles are named `AWSReservedSSO_PERMISSIONSET_SUFFIX`.
fn identity_center_name(name: &str) -> Option<String> {
    let (role, session) = name.strip_prefix("AWSReservedSSO_")?.split_once('/')?;
    let permission_set = role.rsplit_once('_').map_or(role, |(set, _)| set);
    Some(format!("{session} ({permission_set})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_identity_has_one_human_name() {
        for (identity, kind, name) in [
            (r#"{"type":"Root","arn":"arn:aws:iam::111122223333:root"}"#, ActorKind::Root, "root"),
            (r#"{"type":"IAMUser","userName":"ben"}"#, ActorKind::User, "ben"),
            (
                r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/ci-42"}"#,
                ActorKind::Role,
                "Deploy/ci-42",
            ),
            (
                r#"{"type":"AssumedRole","principalId":"AROA:i-1","sessionContext":{"sessionIssuer":{"userName":"Web"}}}"#,
                ActorKind::Role,
                "Web/i-1",
            ),
            (
                r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PowerUser_0a1b2c/kim@example.com"}"#,
                ActorKind::Role,
                "kim@example.com (PowerUser)",
            ),
            (
                r#"{"type":"FederatedUser","arn":"arn:aws:sts::111122223333:federated-user/kim"}"#,
                ActorKind::Federated,
                "kim",
            ),
            (r#"{"type":"SAMLUser","userName":"kim@example.com"}"#, ActorKind::Federated, "kim@example.com"),
            (r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#, ActorKind::Service, "ec2"),
            (r#"{"invokedBy":"signin.amazonaws.com"}"#, ActorKind::Service, "signin"),
            (r#"{"type":"AWSAccount","accountId":"123456789012"}"#, ActorKind::Account, "123456789012"),
            (r#"{"type":"Later","userName":"x"}"#, ActorKind::Unknown, "x"),
        ] {
            let record: Value = serde_json::from_str(&format!(r#"{{"userIdentity":{identity}}}"#)).unwrap();
            assert_eq!(actor(&record), Actor { kind, name: name.into() }, "{identity}");
        }
    }
}
