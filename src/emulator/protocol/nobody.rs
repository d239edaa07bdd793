//! A service that the pretended account does not have, refused in the protocol of the request: its client then says
//! what is wrong, and not that it cannot read the answer.

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;

use super::{Request, cbor, json, query, respond, xml};
use crate::emulator::fault::Fault;
use crate::emulator::service::{NOBODY, SERVICES};

/// The REST services whose bodies are XML; those of all others are JSON.
const REST_XML: &[&str] = &["cloudfront", "route53", "s3-outposts"];

/// Refuses a request to a service by that signing name.
pub fn refuse(name: &str, request: &Request) -> Response<Full<Bytes>> {
    let known: Vec<_> = SERVICES.iter().map(|service| service.signing_name).collect();
    let message = format!("the pretended account of trailwatch has no {name}; it has {}", known.join(", "));
    // No client tries again after a 501.
    let fault = Fault::new(501, "NotImplemented", message);
    let service = &NOBODY;
    if request.path.starts_with("/service/") {
        cbor::encode(service, request, Err(fault))
    } else if request.headers.contains_key("x-amz-target") {
        json::encode(service, request, Err(fault))
    } else if name == "ec2" {
        ec2(&fault, request)
    } else if query::parameter(request, "Action").is_some() || REST_XML.contains(&name) {
        query::encode(service, "", request, Err(fault))
    } else {
        json::encode(service, request, Err(fault))
    }
}

/// EC2 wraps its errors in an element more than the query protocol.
fn ec2(fault: &Fault, request: &Request) -> Response<Full<Bytes>> {
    let mut out = String::new();
    xml::element(&mut out, "Response", |out| {
        xml::element(out, "Errors", |out| {
            xml::element(out, "Error", |out| {
                xml::element(out, "Code", |out| out.push_str(&xml::escape(&fault.code)));
                xml::element(out, "Message", |out| out.push_str(&xml::escape(&fault.message)));
            });
        });
        xml::element(out, "RequestID", |out| out.push_str(&request.id));
    });
    respond(fault.status, &[("content-type", "text/xml"), ("x-amzn-requestid", &request.id)], out)
}
