//! Smithy RPC v2 CBOR: the operation in the path, CBOR bodies, the query protocol's error codes in a header.

use aws_smithy_cbor::data::Type;
use aws_smithy_cbor::decode::DeserializeError;
use aws_smithy_cbor::{Decoder, Encoder};
use aws_smithy_types::DateTime;
use chrono::{TimeZone, Utc};
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;

use super::{Answer, Body, Request, blame, respond};
use crate::emulator::fault::Fault;
use crate::emulator::service::Service;
use crate::emulator::value::Value;

/// How deep an input may nest, so that a hostile one cannot exhaust the stack.
const DEPTH: usize = 32;

/// Reads the body; an empty one is an empty input.
pub fn decode(body: &[u8]) -> Result<Value, Fault> {
    if body.is_empty() {
        return Ok(Value::map([]));
    }
    read(&mut Decoder::new(body), DEPTH).map_err(|error| Fault::bad("SerializationException", error.to_string()))
}

/// Writes the output, or `__type` and `message` with the query protocol's code in a header.
pub fn encode(service: &Service, request: &Request, outcome: Result<Answer, Fault>) -> Response<Full<Bytes>> {
    let protocol = [("smithy-protocol", "rpc-v2-cbor"), ("x-amzn-requestid", &request.id)];
    let content = ("content-type", "application/cbor");
    match outcome {
        Ok(Answer { status, body: Body::Output(output), .. }) => {
            respond(status, &[protocol[0], protocol[1], content], bytes(&output))
        }
        Ok(answer) => respond(answer.status, &protocol, Bytes::new()),
        Err(fault) => {
            let shape = format!("{}#{}", service.namespace, fault.shape.unwrap_or(&fault.code));
            let body = Value::map([("__type", shape.into()), ("message", fault.message.as_str().into())]);
            let compatible = format!("{};{}", fault.code, blame(&fault));
            let mut headers = vec![protocol[0], protocol[1], content];
            if service.query_compatible {
                headers.push(("x-amzn-query-error", &compatible));
            }
            respond(fault.status, &headers, bytes(&body))
        }
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder, value);
    encoder.into_writer()
}

fn write(encoder: &mut Encoder, value: &Value) {
    match value {
        Value::Null => drop(encoder.null()),
        Value::Bool(flag) => drop(encoder.boolean(*flag)),
        Value::Integer(number) => drop(encoder.long(*number)),
        Value::Double(number) => drop(encoder.double(*number)),
        Value::Text(text) => drop(encoder.str(text)),
        Value::Time(time) => {
            encoder.timestamp(&DateTime::from_millis(time.timestamp_millis()));
        }
        Value::List(items) => {
            encoder.array(items.len());
            items.iter().for_each(|item| write(encoder, item));
        }
        Value::Map(_) => {
            encoder.map(value.members().count());
            for (name, member) in value.members() {
                encoder.str(name);
                write(encoder, member);
            }
        }
    }
}

fn read(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, DeserializeError> {
    if depth == 0 {
        return Err(DeserializeError::custom("nested too deeply", decoder.position()));
    }
    Ok(match decoder.datatype()? {
        Type::Null | Type::Undefined => {
            decoder.skip()?;
            Value::Null
        }
        Type::Bool => Value::Bool(decoder.boolean()?),
        Type::F16 | Type::F32 | Type::F64 => Value::Double(decoder.double()?),
        Type::String | Type::StringIndef => Value::Text(decoder.str()?.into_owned()),
        Type::Tag => {
            let millis = decoder.timestamp()?.to_millis().unwrap_or_default();
            Utc.timestamp_millis_opt(millis).single().map_or(Value::Null, Value::Time)
        }
        Type::Array | Type::ArrayIndef => {
            let length = decoder.list()?;
            let mut items = Vec::new();
            while more(decoder, length, items.len())? {
                items.push(read(decoder, depth - 1)?);
            }
            Value::List(items)
        }
        Type::Map | Type::MapIndef => {
            let length = decoder.map()?;
            let mut members = Vec::new();
            while more(decoder, length, members.len())? {
                members.push((decoder.string()?.into(), read(decoder, depth - 1)?));
            }
            Value::Map(members)
        }
        _ => Value::Integer(decoder.long()?),
    })
}

/// Whether a collection goes on: by its count, or until the break of one of indefinite length.
fn more(decoder: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Result<bool, DeserializeError> {
    match length {
        Some(length) => Ok((read as u64) < length),
        None if decoder.datatype()? == Type::Break => decoder.skip().map(|()| false),
        None => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let value = Value::map([
            ("Text", "x".into()),
            ("Number", (-3_i64).into()),
            ("Share", 0.5.into()),
            ("At", Utc.timestamp_millis_opt(1_700_000_000_125).unwrap().into()),
            ("Flags", vec![true, false].into()),
            ("Inner", Value::map([("Deep", Value::List(Vec::new()))])),
        ]);
        assert_eq!(decode(&bytes(&value)).unwrap(), value);
    }

    #[test]
    fn collections_of_indefinite_length_are_read() {
        // {_ "A": [_ 1, 2]} as some clients write it.
        let body = [0xbf, 0x61, b'A', 0x9f, 0x01, 0x02, 0xff, 0xff];
        assert_eq!(decode(&body).unwrap(), Value::map([("A", vec![1, 2].into())]));
    }

    #[test]
    fn endless_nesting_is_refused() {
        assert!(decode(&[0x81; 10_000]).is_err());
    }
}
