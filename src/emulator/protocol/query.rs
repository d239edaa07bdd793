//! awsQuery: form parameters in, XML out (STS, SNS, and CloudWatch's older clients).

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;

use super::xml::{self, List};
use super::{Answer, Body, Request, blame, respond};
use crate::emulator::fault::Fault;
use crate::emulator::service::Service;
use crate::emulator::uri;
use crate::emulator::value::Value;

/// A parameter of the form or of the URL.
pub fn parameter(request: &Request, name: &str) -> Option<String> {
    parameters(request).into_iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value)
}

/// Reads the parameters: `Names.member.1=a` is the first item of the list `Names`. A map is a list of its entries
/// (`Names.entry.1.Name=a`), in answers as well.
pub fn decode(request: &Request) -> Value {
    let mut input = Value::map([]);
    for (name, value) in parameters(request) {
        // No parameter of AWS nests deeper; what does is an attack on the stack.
        let path: Vec<&str> = name.splitn(12, '.').collect();
        insert(&mut input, &path, value);
    }
    listed(input)
}

/// Writes `<OperationResponse>` with the result in it, or `<ErrorResponse>`.
pub fn encode(
    service: &Service,
    operation: &str,
    request: &Request,
    outcome: Result<Answer, Fault>,
) -> Response<Full<Bytes>> {
    let mut out = String::new();
    let status = match &outcome {
        Ok(answer) => {
            let root = format!("{operation}Response xmlns=\"{}\"", service.xml_namespace);
            xml::element(&mut out, &root, |out| {
                if let Body::Output(output) = &answer.body {
                    xml::write(out, &format!("{operation}Result"), output, &style);
                }
                xml::element(out, "ResponseMetadata", |out| request_id(out, &request.id));
            });
            answer.status
        }
        Err(fault) => {
            let error = Value::map([
                ("Type", blame(fault).into()),
                ("Code", fault.code.as_ref().into()),
                ("Message", fault.message.as_str().into()),
            ]);
            let root = format!("ErrorResponse xmlns=\"{}\"", service.xml_namespace);
            xml::element(&mut out, &root, |out| {
                xml::write(out, "Error", &error, &|_| List::Flat);
                request_id(out, &request.id);
            });
            fault.status
        }
    };
    respond(status, &[("content-type", "text/xml"), ("x-amzn-requestid", &request.id)], out)
}

/// A list has members; the one map that a service here answers with has entries.
fn style(name: &str) -> List {
    List::Item(if name == "Attributes" { "entry" } else { "member" })
}

fn request_id(out: &mut String, id: &str) {
    xml::element(out, "RequestId", |out| out.push_str(id));
}

fn parameters(request: &Request) -> Vec<(String, String)> {
    let mut all = request.query.clone();
    all.extend(uri::parameters(&String::from_utf8_lossy(&request.body)));
    all
}

fn insert(into: &mut Value, path: &[&str], value: String) {
    match path {
        [] => {}
        [name] => into.set((*name).to_owned(), Value::Text(value)),
        [name, rest @ ..] => {
            let mut inner = into.get(name).cloned().unwrap_or_else(|| Value::map([]));
            insert(&mut inner, rest, value);
            into.set((*name).to_owned(), inner);
        }
    }
}

/// Turns structures whose only member is `member` or `entry`, numbered from 1, into lists.
fn listed(value: Value) -> Value {
    let Value::Map(members) = value else {
        return value;
    };
    if let [(name, Value::Map(_))] = members.as_slice()
        && matches!(name.as_ref(), "member" | "entry")
    {
        let mut items: Vec<(usize, Value)> = Vec::new();
        for (_, numbered) in members {
            let Value::Map(numbered) = numbered else {
                continue;
            };
            items.extend(numbered.into_iter().filter_map(|(at, item)| Some((at.parse().ok()?, listed(item)))));
        }
        items.sort_by_key(|(at, _)| *at);
        return Value::List(items.into_iter().map(|(_, item)| item).collect());
    }
    Value::Map(members.into_iter().map(|(name, member)| (name, listed(member))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_members_become_a_list_in_order() {
        let mut input = Value::map([]);
        for (name, value) in [("A.member.10", "z"), ("A.member.2", "b"), ("A.member.1", "a"), ("B", "x")] {
            insert(&mut input, &name.split('.').collect::<Vec<_>>(), value.to_owned());
        }
        let input = listed(input);
        assert_eq!(input.texts("A").unwrap(), ["a", "b", "z"]);
        assert_eq!(input.text("B").unwrap(), Some("x"));
    }
}
