//! REST-XML as S3 speaks it: the operation in method, path and query, members in URL, headers and XML.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Response};

use super::xml::{self, List};
use super::{Answer, Body, Request, respond};
use crate::emulator::fault::Fault;
use crate::emulator::service::{Operation, Service};
use crate::emulator::uri;
use crate::emulator::value::Value;

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// How a REST request names an operation and carries its input.
#[derive(Debug)]
pub struct Route {
    pub method: &'static str,
    pub scope: Scope,
    /// The query parameter that tells operations of one method and scope apart.
    pub marker: Option<(&'static str, &'static str)>,
    /// Query parameters and the members they fill.
    pub query: &'static [(&'static str, &'static str)],
    /// Headers and the members they fill.
    pub headers: &'static [(&'static str, &'static str)],
    /// The element that the output is written in.
    pub root: &'static str,
}

/// What the path of a request points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Service,
    Bucket,
    Object,
}

/// The operation of a request.
pub fn route(request: &Request, service: &Service) -> Result<&'static Operation, Fault> {
    let (bucket, key) = place(request);
    let scope = match (bucket.is_empty(), key.is_empty()) {
        (true, _) => Scope::Service,
        (false, true) => Scope::Bucket,
        (false, false) => Scope::Object,
    };
    let fits = |operation: &&Operation| {
        operation.route.is_some_and(|route| {
            let marked = match route.marker {
                Some((name, "")) => request.parameter(name).is_some(),
                Some((name, value)) => request.parameter(name) == Some(value),
                None => !request.query.iter().any(|(name, _)| SUBRESOURCES.contains(&name.as_str())),
            };
            request.method == route.method && route.scope == scope && marked
        })
    };
    service.operations.iter().find(fits).ok_or_else(|| (service.unknown)(request.method.as_str()))
}

/// Parameters that stand for an operation of their own: without one of ours, such a request is not plain GET.
const SUBRESOURCES: &[&str] = &[
    "acl",
    "cors",
    "encryption",
    "lifecycle",
    "list-type",
    "location",
    "notification",
    "object-lock",
    "policy",
    "publicAccessBlock",
    "restore",
    "select",
    "tagging",
    "torrent",
    "uploads",
    "uploadId",
    "versioning",
    "versions",
    "attributes",
    "website",
];

/// Reads path, query, headers and body into one input.
pub fn decode(operation: &Operation, request: &Request) -> Result<Value, Fault> {
    let (bucket, key) = place(request);
    let mut input = match std::str::from_utf8(&request.body).map(str::trim) {
        Ok("") => Value::map([]),
        body => body.ok().and_then(xml::read).ok_or_else(malformed)?,
    };
    for (name, value) in [("Bucket", bucket), ("Key", key)] {
        if !value.is_empty() {
            input.set(name, value.into());
        }
    }
    let Some(route) = operation.route else {
        return Ok(input);
    };
    for (parameter, member) in route.query {
        if let Some(value) = request.parameter(parameter) {
            input.set(*member, value.into());
        }
    }
    for (header, member) in route.headers {
        if let Some(value) = request.header(header) {
            input.set(*member, value.into());
        }
    }
    Ok(input)
}

fn malformed() -> Fault {
    let message = "The XML you provided was not well-formed or did not validate against our published schema";
    Fault::bad("MalformedXML", message)
}

/// Bucket and key of a request, in the path, or with the bucket in front of the host name.
fn place(request: &Request) -> (String, String) {
    let path = request.path.trim_start_matches('/');
    let host = request.header("host").unwrap_or_default();
    if let Some(bucket) = virtual_host(host) {
        return (bucket.to_owned(), uri::decode(path));
    }
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    (uri::decode(bucket), uri::decode(key))
}

/// The bucket of `bucket.localhost:1234` or `bucket.s3.eu-west-1.amazonaws.com`.
fn virtual_host(host: &str) -> Option<&str> {
    let host = host.split(':').next()?;
    let (bucket, rest) = match host.find(".s3.").or_else(|| host.find(".s3-")) {
        Some(at) => host.split_at(at),
        None => host.split_at(host.strip_suffix(".localhost").map(str::len)?),
    };
    (!bucket.is_empty() && !rest.is_empty()).then_some(bucket)
}

/// Writes the output, or S3's `<Error>`. An answer to HEAD has no body.
pub fn encode(root: &str, request: &Request, outcome: Result<Answer, Fault>) -> Response<Full<Bytes>> {
    let host_id = format!("{}=", request.id.repeat(4));
    let mut headers = vec![("x-amz-request-id", request.id.as_str()), ("x-amz-id-2", &host_id), ("server", "AmazonS3")];
    let head = request.method == Method::HEAD;
    match outcome {
        Ok(answer) => {
            headers.extend(answer.headers.iter().map(|(name, value)| (*name, value.as_str())));
            let body = match answer.body {
                Body::Nothing => Vec::new(),
                Body::Bytes(bytes) => bytes,
                Body::Output(output) => {
                    headers.push(("content-type", "application/xml"));
                    document(root, &output).into_bytes()
                }
            };
            respond(answer.status, &headers, if head { Vec::new() } else { body })
        }
        Err(fault) => {
            headers.push(("content-type", "application/xml"));
            headers.extend(
                fault.details.iter().filter(|(name, _)| name.starts_with("x-amz-")).map(|(n, v)| (*n, v.as_str())),
            );
            let body = if head { String::new() } else { error(&fault, &request.id, &host_id) };
            respond(fault.status, &headers, body)
        }
    }
}

fn document(root: &str, output: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tag = format!("{root} xmlns=\"{NAMESPACE}\"");
    // S3 flattens its lists, all but the one of buckets.
    let style = |name: &str| {
        if name == "Buckets" { List::Item("Bucket") } else { List::Flat }
    };
    xml::element(&mut out, &tag, |out| match output {
        Value::Text(text) => out.push_str(&xml::escape(text)),
        output => output.members().for_each(|(name, member)| xml::write(out, name, member, &style)),
    });
    out
}

fn error(fault: &Fault, id: &str, host_id: &str) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml::element(&mut out, "Error", |out| {
        let elements = [("Code", fault.code.as_ref()), ("Message", &fault.message)];
        let details = fault.details.iter().filter(|(name, _)| !name.starts_with("x-amz-"));
        let details = details.map(|(name, value)| (*name, value.as_str()));
        for (name, value) in elements.into_iter().chain(details).chain([("RequestId", id), ("HostId", host_id)]) {
            xml::element(out, name, |out| out.push_str(&xml::escape(value)));
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_may_stand_in_the_host_name() {
        assert_eq!(virtual_host("vault.localhost:4566"), Some("vault"));
        assert_eq!(virtual_host("my.vault.s3.eu-west-1.amazonaws.com"), Some("my.vault"));
        assert_eq!(virtual_host("127.0.0.1:4566"), None);
        assert_eq!(virtual_host("localhost:4566"), None);
    }

    #[test]
    fn an_error_names_its_code_and_what_it_is_about() {
        let fault = Fault::new(404, "NoSuchKey", "gone").with("Key", "a&b").with("x-amz-bucket-region", "eu-west-1");
        let text = error(&fault, "ID", "HOST");
        assert!(text.ends_with(
            "<Error><Code>NoSuchKey</Code><Message>gone</Message><Key>a&amp;b</Key>\
             <RequestId>ID</RequestId><HostId>HOST</HostId></Error>"
        ));
    }
}
