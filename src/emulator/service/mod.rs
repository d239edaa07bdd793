//! The services as data: what each is called, which protocols it speaks, and its table of operations.

mod cloudtrail;
mod cloudwatch;
mod events;
mod logs;
mod page;
mod s3;
mod sns;
mod sts;

use chrono::{DateTime, Utc};

use super::account::Account;
use super::fault::Fault;
use super::protocol::rest_xml::Route;
use super::protocol::{Answer, Protocol, Request};
use super::value::Value;

/// Every service the pretended account has. A new one is a file and a line here.
pub const SERVICES: &[&Service] = &[
    &sts::SERVICE,
    &cloudtrail::SERVICE,
    &cloudwatch::SERVICE,
    &events::SERVICE,
    &logs::SERVICE,
    &sns::SERVICE,
    &s3::SERVICE,
];

/// The service of whoever asks for one that is not there.
pub const NOBODY: Service = Service {
    signing_name: "",
    hint: "",
    protocols: &[],
    namespace: "trailwatch.demo",
    xml_namespace: "",
    query_compatible: false,
    unknown: |_| Fault::new(501, "NotImplemented", ""),
    unsigned: || Fault::new(403, "AccessDenied", ""),
    throttled: || Fault::bad("Throttling", "Rate exceeded"),
    operations: &[],
};

/// A service.
#[derive(Debug)]
pub struct Service {
    /// Its name in the credential scope of a signature.
    pub signing_name: &'static str,
    /// Text in an unsigned request that tells it is meant for this service.
    pub hint: &'static str,
    /// The protocols it speaks.
    pub protocols: &'static [Protocol],
    /// The Smithy namespace of its shapes.
    pub namespace: &'static str,
    /// The XML namespace of its query answers.
    pub xml_namespace: &'static str,
    /// Whether its newer protocols carry the query protocol's error codes in a header.
    pub query_compatible: bool,
    /// The error for an operation it does not have.
    pub unknown: fn(name: &str) -> Fault,
    /// The error for a request without a signature.
    pub unsigned: fn() -> Fault,
    /// The error for too many requests.
    pub throttled: fn() -> Fault,
    pub operations: &'static [Operation],
}

/// An operation of a service.
#[derive(Debug)]
pub struct Operation {
    pub name: &'static str,
    pub handler: fn(&Call<'_>) -> Result<Answer, Fault>,
    /// How many requests a second one Region takes; `None` where no caller of ours can reach the limit.
    pub rate: Option<u32>,
    /// How a REST request names it; `None` in the other protocols.
    pub route: Option<&'static Route>,
}

impl Operation {
    const fn new(name: &'static str, handler: fn(&Call<'_>) -> Result<Answer, Fault>) -> Self {
        Self { name, handler, rate: None, route: None }
    }

    const fn at_most(mut self, per_second: u32) -> Self {
        self.rate = Some(per_second);
        self
    }

    const fn at(mut self, route: &'static Route) -> Self {
        self.route = Some(route);
        self
    }
}

/// One call of an operation.
#[derive(Debug)]
pub struct Call<'a> {
    pub account: &'a Account,
    /// The Region of the signature.
    pub region: &'a str,
    /// The emulator's clock when the request came.
    pub now: DateTime<Utc>,
    pub input: Value,
}

/// The service a request is for: by its signature, else by what else it says, else S3, whose requests say nothing.
pub fn find(signing_name: Option<&str>, request: &Request) -> Option<&'static Service> {
    if let Some(name) = signing_name {
        return SERVICES.iter().find(|service| service.signing_name == name).copied();
    }
    let said = [
        request.path.as_str(),
        request.header("x-amz-target").unwrap_or_default(),
        &String::from_utf8_lossy(&request.body),
    ]
    .concat();
    SERVICES.iter().find(|service| said.contains(service.hint)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_operation_is_listed_twice() {
        for service in SERVICES {
            let mut names: Vec<_> = service.operations.iter().map(|operation| operation.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), service.operations.len(), "{}", service.signing_name);
        }
    }
}
