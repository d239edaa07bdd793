//! STS: who am I.

use super::{Call, Operation, Service};
use crate::emulator::ACCOUNT;
use crate::emulator::fault::Fault;
use crate::emulator::protocol::{Answer, Protocol};
use crate::emulator::value::Value;

pub const SERVICE: Service = Service {
    signing_name: "sts",
    hint: "Version=2011-06-15",
    protocols: &[Protocol::Query],
    namespace: "com.amazonaws.sts",
    xml_namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    query_compatible: false,
    unknown: |name| Fault::bad("InvalidAction", format!("Could not find operation {name} for version 2011-06-15")),
    unsigned: || Fault::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
    throttled: || Fault::bad("Throttling", "Rate exceeded"),
    operations: &[Operation::new("GetCallerIdentity", caller_identity)],
};

/// The operator whom the demo signs in.
fn caller_identity(_: &Call<'_>) -> Result<Answer, Fault> {
    let identity = Value::map([
        ("Arn", format!("arn:aws:sts::{ACCOUNT}:assumed-role/SecurityOperations/watch").into()),
        ("UserId", "AROA4WATCHTOWEREXAMPLE:watch".into()),
        ("Account", ACCOUNT.into()),
    ]);
    Ok(identity.into())
}
