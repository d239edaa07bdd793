//! AWS Regions and partitions: where an account's events land.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A Region's code, such as `eu-west-1`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(Arc<str>);

impl Region {
    /// Stands where a Region stands for what is no Region's: alarms that are evaluated here.
    pub const LOCAL: &str = "local";

    /// Takes the code as it is; whether such a Region exists is for AWS to say.
    pub fn new(code: impl AsRef<str>) -> Self {
        Self(Arc::from(code.as_ref()))
    }

    /// The code, such as `eu-west-1`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The codes of the Regions that were there when this was written; new ones come.
    ///
    /// Source: AWS General Reference, "AWS Regions", and the user guides of the other partitions.
    pub fn known() -> impl Iterator<Item = &'static str> {
        KNOWN.split_whitespace()
    }

    /// The partition the Region belongs to, told by the prefix of its code.
    pub fn partition(&self) -> &'static Partition {
        PARTITIONS
            .iter()
            .find(|p| p.prefixes.iter().any(|prefix| self.0.starts_with(prefix)))
            .unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

const KNOWN: &str = "
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
    eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
    me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2
    cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1
    eu-isoe-west-1 us-isof-east-1 us-isof-south-1 eusc-de-east-1
";

/// A group of Regions with identities of their own (`aws`, `aws-cn`, `aws-us-gov`).
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// The name as it stands in ARNs.
    pub name: &'static str,
    /// The prefixes of the codes of its Regions.
    prefixes: &'static [&'static str],
    /// The Region in which events of IAM, of global sign-in and of the global STS endpoint appear.
    pub global_region: &'static str,
    /// Further Regions in which a `ConsoleLogin` through the global endpoint may appear.
    ///
    /// Source: CloudTrail user guide, "AWS Management Console sign-in events".
    pub sign_in_regions: &'static [&'static str],
}

/// The commercial partition stands last: it has no prefix of its own and takes what is left.
static PARTITIONS: &[Partition] = &[
    Partition { name: "aws-cn", prefixes: &["cn-"], global_region: "cn-north-1", sign_in_regions: &[] },
    Partition { name: "aws-us-gov", prefixes: &["us-gov-"], global_region: "us-gov-west-1", sign_in_regions: &[] },
    Partition { name: "aws-iso", prefixes: &["us-iso-"], global_region: "us-iso-east-1", sign_in_regions: &[] },
    Partition { name: "aws-iso-b", prefixes: &["us-isob-"], global_region: "us-isob-east-1", sign_in_regions: &[] },
    Partition { name: "aws-iso-e", prefixes: &["eu-isoe-"], global_region: "eu-isoe-west-1", sign_in_regions: &[] },
    Partition { name: "aws-iso-f", prefixes: &["us-isof-"], global_region: "us-isof-south-1", sign_in_regions: &[] },
    Partition { name: "aws-eusc", prefixes: &["eusc-"], global_region: "eusc-de-east-1", sign_in_regions: &[] },
    Partition {
        name: "aws",
        prefixes: &[],
        global_region: "us-east-1",
        sign_in_regions: &["us-east-2", "eu-north-1", "ap-southeast-2"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_knows_where_its_partition_keeps_sign_ins() {
        for (region, partition, global) in [
            ("eu-west-1", "aws", "us-east-1"),
            ("us-gov-east-1", "aws-us-gov", "us-gov-west-1"),
            ("cn-northwest-1", "aws-cn", "cn-north-1"),
            ("us-isob-east-1", "aws-iso-b", "us-isob-east-1"),
            ("eusc-de-east-1", "aws-eusc", "eusc-de-east-1"),
        ] {
            let found = Region::new(region).partition();
            assert_eq!((found.name, found.global_region), (partition, global), "{region}");
        }
    }
}
