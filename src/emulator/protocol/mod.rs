//! The wire protocols of AWS, each one file that decodes a request and encodes an answer or an error.

pub mod cbor;
pub mod json;
pub mod nobody;
pub mod query;
pub mod rest_xml;
mod xml;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{HeaderMap, Method, Response};

use super::fault::Fault;
use super::service::{Operation, Service};
use super::value::Value;

/// A request as it came, its body read.
#[derive(Debug)]
pub struct Request {
    pub method: Method,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// The id that this request is given.
    pub id: String,
}

impl Request {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A query parameter, present even when it has no value.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
    }
}

/// What an operation answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
}

/// The body of an [`Answer`].
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An operation without output.
    Nothing,
    /// A structure for the protocol to write.
    Output(Value),
    /// The bytes of an object.
    Bytes(Vec<u8>),
}

impl Answer {
    /// An answer without a body.
    pub fn empty() -> Self {
        Self { status: 200, headers: Vec::new(), body: Body::Nothing }
    }
}

impl From<Value> for Answer {
    fn from(output: Value) -> Self {
        Self { body: Body::Output(output), ..Self::empty() }
    }
}

/// A wire protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Json,
    Cbor,
    Query,
    RestXml,
}

impl Protocol {
    /// The protocol a request is written in, told by what only that protocol sends.
    pub fn of(request: &Request, service: &Service) -> Self {
        if request.path.starts_with("/service/") {
            Self::Cbor
        } else if request.headers.contains_key("x-amz-target") {
            Self::Json
        } else if service.protocols.contains(&Self::RestXml) {
            Self::RestXml
        } else {
            Self::Query
        }
    }

    /// The operation a request names, if the service has it.
    pub fn operation(self, request: &Request, service: &Service) -> Result<&'static Operation, Fault> {
        let name = match self {
            Self::Cbor => request.path.rsplit('/').next().map(str::to_owned),
            Self::Json => {
                request.header("x-amz-target").and_then(|target| target.rsplit('.').next()).map(str::to_owned)
            }
            Self::Query => query::parameter(request, "Action"),
            Self::RestXml => return rest_xml::route(request, service),
        };
        let name = name.unwrap_or_default();
        let spoken = service.protocols.contains(&self);
        let found = service.operations.iter().find(|operation| spoken && operation.name == name);
        found.ok_or_else(|| (service.unknown)(&name))
    }

    /// The input of an operation.
    pub fn decode(self, operation: &Operation, request: &Request) -> Result<Value, Fault> {
        match self {
            Self::Json => json::decode(&request.body),
            Self::Cbor => cbor::decode(&request.body),
            Self::Query => Ok(query::decode(request)),
            Self::RestXml => rest_xml::decode(operation, request),
        }
    }

    /// The response for an answer or an error.
    pub fn encode(
        self,
        service: &Service,
        operation: Option<&Operation>,
        request: &Request,
        outcome: Result<Answer, Fault>,
    ) -> Response<Full<Bytes>> {
        match (self, outcome) {
            (Self::Json, outcome) => json::encode(service, request, outcome),
            (Self::Cbor, outcome) => cbor::encode(service, request, outcome),
            (Self::Query, outcome) => {
                query::encode(service, operation.map_or("", |operation| operation.name), request, outcome)
            }
            (Self::RestXml, outcome) => {
                let route = operation.and_then(|operation| operation.route);
                rest_xml::encode(route.map_or("Result", |route| route.root), request, outcome)
            }
        }
    }
}

/// Puts a response together. Headers that no protocol would write are left out.
fn respond(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    if let Ok(status) = status.try_into() {
        *response.status_mut() = status;
    }
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<hyper::header::HeaderName>(), value.parse()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Who is at fault, as the query protocol and its successors say it.
fn blame(fault: &Fault) -> &'static str {
    if fault.status < 500 { "Sender" } else { "Receiver" }
}
