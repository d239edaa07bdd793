//! Who is asking: the answer of STS GetCallerIdentity.

use serde::{Deserialize, Serialize};

use super::Time;

/// The account and the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Twelve digits.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
    /// When our credentials end for good; `None` when they are renewed by themselves, or nobody says.
    pub expires: Option<Time>,
}

impl Identity {
    /// The caller as a person would say it: what stands after the account in the ARN, without `assumed-role/`.
    pub fn caller(&self) -> &str {
        let resource = self.arn.splitn(6, ':').nth(5).unwrap_or(&self.arn);
        resource.strip_prefix("assumed-role/").unwrap_or(resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_said_without_the_account() {
        for (arn, caller) in [
            ("arn:aws:iam::111122223333:user/ops/ana", "user/ops/ana"),
            ("arn:aws:sts::111122223333:assumed-role/Audit/ana", "Audit/ana"),
            ("arn:aws:iam::111122223333:root", "root"),
            ("odd", "odd"),
        ] {
            let identity = Identity { account: "111122223333".into(), arn: arn.into(), expires: None };
            assert_eq!(identity.caller(), caller);
        }
    }
}
