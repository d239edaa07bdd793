//! awsJson 1.0 and 1.1: JSON bodies, the operation in `X-Amz-Target`, times as epoch seconds.

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use serde_json::{Map, Value as Json};

use super::{Answer, Body, Request, blame, respond};
use crate::emulator::fault::Fault;
use crate::emulator::service::Service;
use crate::emulator::value::Value;

/// Reads the body; an empty one is an empty input.
pub fn decode(body: &[u8]) -> Result<Value, Fault> {
    if body.is_empty() {
        return Ok(Value::map([]));
    }
    let json = serde_json::from_slice(body).map_err(|error| Fault::bad("SerializationException", error.to_string()))?;
    Ok(from_json(json))
}

/// Writes the output, or `__type` and `message` with the error's name in a header too.
pub fn encode(service: &Service, request: &Request, outcome: Result<Answer, Fault>) -> Response<Full<Bytes>> {
    let content_type = request.header("content-type").unwrap_or("application/x-amz-json-1.1");
    let headers = [("content-type", content_type), ("x-amzn-requestid", &request.id)];
    match outcome {
        Ok(answer) => {
            let body = match &answer.body {
                Body::Output(output) => to_json(output).to_string(),
                Body::Nothing | Body::Bytes(_) => "{}".to_owned(),
            };
            respond(answer.status, &headers, body)
        }
        Err(fault) => encode_fault(service, &fault, headers),
    }
}

fn encode_fault(service: &Service, fault: &Fault, headers: [(&str, &str); 2]) -> Response<Full<Bytes>> {
    let shape = fault.shape.unwrap_or(&fault.code);
    let body = serde_json::json!({ "__type": shape, "message": fault.message }).to_string();
    let compatible = format!("{};{}", fault.code, blame(fault));
    let mut headers = Vec::from(headers);
    headers.push(("x-amzn-errortype", shape));
    if service.query_compatible {
        headers.push(("x-amzn-query-error", &compatible));
    }
    respond(fault.status, &headers, body)
}

fn from_json(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        Json::Object(members) => {
            Value::Map(members.into_iter().map(|(name, value)| (name.into(), from_json(value))).collect())
        }
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Integer(number) => Json::from(*number),
        Value::Double(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Time(time) => match time.timestamp_subsec_millis() {
            0 => Json::from(time.timestamp()),
            _ => Json::from(time.timestamp_millis() as f64 / 1e3),
        },
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(_) => {
            value.members().map(|(name, value)| (name.to_owned(), to_json(value))).collect::<Map<_, _>>().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    #[test]
    fn times_are_epoch_seconds_and_null_members_are_left_out() {
        let time = Utc.timestamp_millis_opt(1_700_000_000_000).unwrap();
        let value = Value::map([("At", time.into()), ("Gone", Value::Null), ("Names", vec!["a", "b"].into())]);
        assert_eq!(to_json(&value).to_string(), r#"{"At":1700000000,"Names":["a","b"]}"#);
    }

    #[test]
    fn a_body_that_is_no_json_is_a_serialization_error() {
        assert_eq!(decode(b"{").unwrap_err().code, "SerializationException");
        assert_eq!(decode(b"").unwrap(), Value::map([]));
    }
}
