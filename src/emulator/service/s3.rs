//! S3: buckets, listings, objects, and the restore of archived ones.

use chrono::{DateTime, Utc};

use super::{Call, Operation, Service, page};
use crate::emulator::archive::{Bucket, Object, Restore, Status, Tier, midnight_after};
use crate::emulator::fault::Fault;
use crate::emulator::protocol::rest_xml::{Route, Scope};
use crate::emulator::protocol::{Answer, Body, Protocol};
use crate::emulator::random::{hash, mix};
use crate::emulator::uri;
use crate::emulator::value::Value;

pub const SERVICE: Service = Service {
    signing_name: "s3",
    // An unsigned request that no other service recognises is one for S3.
    hint: "",
    protocols: &[Protocol::RestXml],
    namespace: "com.amazonaws.s3",
    xml_namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
    query_compatible: false,
    unknown: |_| {
        let message = "A header or query you provided implies functionality that is not implemented.";
        Fault::new(501, "NotImplemented", message)
    },
    unsigned: || Fault::new(403, "AccessDenied", "Access Denied"),
    throttled: || Fault::new(503, "SlowDown", "Please reduce your request rate."),
    operations: &[
        Operation::new("ListBuckets", list_buckets).at(&LIST_BUCKETS),
        Operation::new("HeadBucket", head_bucket).at(&HEAD_BUCKET),
        Operation::new("GetBucketLocation", bucket_location).at(&BUCKET_LOCATION),
        Operation::new("ListObjectsV2", list_objects).at(&LIST_OBJECTS),
        Operation::new("HeadObject", head_object).at(&HEAD_OBJECT),
        Operation::new("GetObject", get_object).at(&GET_OBJECT),
        Operation::new("RestoreObject", restore_object).at(&RESTORE_OBJECT),
    ],
};

const fn route(method: &'static str, scope: Scope, root: &'static str) -> Route {
    Route { method, scope, marker: None, query: &[], headers: &[], root }
}

static LIST_BUCKETS: Route = Route {
    query: &[
        ("max-buckets", "MaxBuckets"),
        ("continuation-token", "ContinuationToken"),
        ("prefix", "Prefix"),
        ("bucket-region", "BucketRegion"),
    ],
    ..route("GET", Scope::Service, "ListAllMyBucketsResult")
};
static HEAD_BUCKET: Route = route("HEAD", Scope::Bucket, "");
static BUCKET_LOCATION: Route =
    Route { marker: Some(("location", "")), ..route("GET", Scope::Bucket, "LocationConstraint") };
static LIST_OBJECTS: Route = Route {
    marker: Some(("list-type", "2")),
    query: &[
        ("prefix", "Prefix"),
        ("delimiter", "Delimiter"),
        ("max-keys", "MaxKeys"),
        ("start-after", "StartAfter"),
        ("continuation-token", "ContinuationToken"),
        ("encoding-type", "EncodingType"),
        ("fetch-owner", "FetchOwner"),
    ],
    headers: &[("x-amz-optional-object-attributes", "OptionalObjectAttributes")],
    ..route("GET", Scope::Bucket, "ListBucketResult")
};
static HEAD_OBJECT: Route = route("HEAD", Scope::Object, "");
static GET_OBJECT: Route = route("GET", Scope::Object, "");
static RESTORE_OBJECT: Route = Route { marker: Some(("restore", "")), ..route("POST", Scope::Object, "") };

/// The largest object whose bytes are made up in one piece.
const LARGEST_BODY: u64 = 16 << 20;
/// The most keys a page holds.
const MOST_KEYS: i64 = 1_000;

/// The bucket of a call. One in another Region answers with a redirect, as S3 does.
fn bucket<'a>(call: &Call<'a>) -> Result<&'a Bucket, Fault> {
    let bucket = bucket_anywhere(call)?;
    if bucket.region == call.region {
        return Ok(bucket);
    }
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send \
                   all future requests to this endpoint.";
    Err(Fault::new(301, "PermanentRedirect", message)
        .with("Endpoint", format!("{}.s3.{}.amazonaws.com", bucket.name, bucket.region))
        .with("Bucket", bucket.name)
        .with("x-amz-bucket-region", bucket.region))
}

fn bucket_anywhere<'a>(call: &Call<'a>) -> Result<&'a Bucket, Fault> {
    let name = call.input.text("Bucket")?.unwrap_or_default();
    let found = call.account.archive.buckets().iter().find(|bucket| bucket.name == name);
    let missing = || Fault::new(404, "NoSuchBucket", "The specified bucket does not exist").with("BucketName", name);
    found.ok_or_else(missing)
}

fn object<'a>(call: &Call<'a>) -> Result<(&'a Bucket, &'a Object), Fault> {
    let bucket = bucket(call)?;
    let key = call.input.text("Key")?.unwrap_or_default();
    let missing = || Fault::new(404, "NoSuchKey", "The specified key does not exist.").with("Key", key);
    Ok((bucket, bucket.find(key).ok_or_else(missing)?))
}

fn argument(name: &str, value: impl Into<String>, message: &str) -> Fault {
    Fault::bad("InvalidArgument", message).with("ArgumentName", name).with("ArgumentValue", value)
}

/// The buckets of all Regions; their Regions are told when the request has any parameter (API reference).
fn list_buckets(call: &Call<'_>) -> Result<Answer, Fault> {
    let input = &call.input;
    let most = input.integer("MaxBuckets")?;
    if most.is_some_and(|most| !(1..=10_000).contains(&most)) {
        return Err(argument("max-buckets", "", "Argument max-buckets must be an integer between 1 and 10000"));
    }
    let (prefix, region) = (input.text("Prefix")?, input.text("BucketRegion")?);
    let parameters = format!("{prefix:?} {region:?}");
    let after = input.text("ContinuationToken")?.map(|token| after(token, &parameters)).transpose()?;
    let wanted = |bucket: &&Bucket| {
        prefix.is_none_or(|prefix| bucket.name.starts_with(prefix))
            && region.is_none_or(|region| bucket.region == region)
            && after.as_ref().is_none_or(|after| bucket.name > after.as_str())
    };
    let found: Vec<&Bucket> = call.account.archive.buckets().iter().filter(wanted).collect();
    let page = &found[..found.len().min(most.map_or(usize::MAX, |most| most as usize))];
    let next = page.last().filter(|_| page.len() < found.len()).map(|last| page::token(&parameters, last.name));
    let asked = most.is_some() || prefix.is_some() || region.is_some() || after.is_some();
    let buckets = page.iter().map(|bucket| {
        Value::map([
            ("Name", bucket.name.into()),
            ("CreationDate", call.account.story.time(-(400 + (hash(bucket.name) % 900) as i64) * 86_400).into()),
            ("BucketRegion", asked.then_some(bucket.region).into()),
        ])
    });
    let output = Value::map([
        ("Owner", Value::map([("ID", format!("{:064x}", hash("northgate")).into())])),
        ("Buckets", Value::List(buckets.collect())),
        ("ContinuationToken", next.into()),
        ("Prefix", prefix.into()),
    ]);
    Ok(output.into())
}

fn after(token: &str, parameters: &str) -> Result<String, Fault> {
    let wrong = || argument("continuation-token", token, "The continuation token provided is incorrect");
    page::position(token, parameters).ok_or_else(wrong)
}

fn head_bucket(call: &Call<'_>) -> Result<Answer, Fault> {
    let bucket = bucket(call)?;
    Ok(Answer { headers: vec![("x-amz-bucket-region", bucket.region.to_owned())], ..Answer::empty() })
}

/// Where a bucket is; us-east-1 is the empty text.
fn bucket_location(call: &Call<'_>) -> Result<Answer, Fault> {
    let region = bucket_anywhere(call)?.region;
    Ok(Value::from(if region == "us-east-1" { "" } else { region }).into())
}

/// An entry of a listing: a key, or what all keys up to the next delimiter have in common.
enum Entry<'a> {
    Object(&'a Object),
    Prefix(String),
}

impl Entry<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Object(object) => &object.key,
            Self::Prefix(prefix) => prefix,
        }
    }
}

/// The keys of a bucket, in order, a page at a time.
fn list_objects(call: &Call<'_>) -> Result<Answer, Fault> {
    let (bucket, input) = (bucket(call)?, &call.input);
    let (prefix, delimiter) = (input.text("Prefix")?.unwrap_or_default(), input.text("Delimiter")?.unwrap_or_default());
    let most = input.integer("MaxKeys").map_err(|_| argument("max-keys", "", "Provided max-keys not an integer"))?;
    let most = most.unwrap_or(MOST_KEYS);
    if most < 0 {
        return Err(argument(
            "max-keys",
            most.to_string(),
            "Argument maxKeys must be an integer between 0 and 2147483647",
        ));
    }
    let most = most.min(MOST_KEYS);
    let encoding = input.text("EncodingType")?;
    if encoding.is_some_and(|encoding| encoding != "url") {
        return Err(argument(
            "encoding-type",
            encoding.unwrap_or_default(),
            "Invalid Encoding Method specified in Request",
        ));
    }
    let parameters = format!("{} {prefix:?} {delimiter:?}", bucket.name);
    let token = input.text("ContinuationToken")?;
    let start = match token {
        Some(token) => after(token, &parameters)?,
        None => input.text("StartAfter")?.unwrap_or_default().to_owned(),
    };
    let (entries, more) = entries(bucket, prefix, delimiter, &start, most as usize);
    let next = entries.last().filter(|_| more).map(|entry| page::token(&parameters, entry.name()));
    let written = |text: &str| if encoding.is_some() { uri::encode(text) } else { text.to_owned() };
    let attributes = input.text("OptionalObjectAttributes")?.unwrap_or_default();
    let with_restore = attributes.split(',').any(|attribute| attribute.trim() == "RestoreStatus");

    let contents = entries.iter().filter_map(|entry| match entry {
        Entry::Object(object) => Some(listed(call, bucket, object, written(&object.key), with_restore)),
        Entry::Prefix(_) => None,
    });
    let prefixes = entries.iter().filter_map(|entry| match entry {
        Entry::Prefix(prefix) => Some(Value::map([("Prefix", written(prefix).into())])),
        Entry::Object(_) => None,
    });
    let output = Value::map([
        ("Name", bucket.name.into()),
        ("Prefix", written(prefix).into()),
        ("StartAfter", input.text("StartAfter")?.map(written).into()),
        ("ContinuationToken", token.into()),
        ("NextContinuationToken", next.into()),
        ("KeyCount", entries.len().into()),
        ("MaxKeys", most.into()),
        ("Delimiter", Some(delimiter).filter(|text| !text.is_empty()).map(written).into()),
        ("EncodingType", encoding.into()),
        ("IsTruncated", more.into()),
        ("Contents", Value::List(contents.collect())),
        ("CommonPrefixes", Value::List(prefixes.collect())),
    ]);
    Ok(output.into())
}

/// The entries after `start`, at most `most`, and whether there are more.
fn entries<'a>(bucket: &'a Bucket, prefix: &str, delimiter: &str, start: &str, most: usize) -> (Vec<Entry<'a>>, bool) {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for object in bucket.objects.iter().filter(|object| object.key.starts_with(prefix)) {
        let rest = &object.key[prefix.len()..];
        let common = rest.find(delimiter).filter(|_| !delimiter.is_empty());
        let entry = match common {
            Some(at) => Entry::Prefix(object.key[..prefix.len() + at + delimiter.len()].to_owned()),
            None => Entry::Object(object),
        };
        let seen = entries.last().is_some_and(|last| last.name() == entry.name());
        if entry.name() <= start || seen {
            continue;
        }
        if entries.len() == most {
            return (entries, most > 0);
        }
        entries.push(entry);
    }
    (entries, false)
}

fn listed(call: &Call<'_>, bucket: &Bucket, object: &Object, key: String, with_restore: bool) -> Value {
    let restore = match call.account.archive.status(bucket, object, call.now) {
        _ if !with_restore => Value::Null,
        Status::Archived => Value::Null,
        Status::InProgress(_) => Value::map([("IsRestoreInProgress", true.into())]),
        Status::Ready(restore) => {
            Value::map([("IsRestoreInProgress", false.into()), ("RestoreExpiryDate", restore.expires.into())])
        }
    };
    Value::map([
        ("Key", key.into()),
        ("LastModified", call.account.archive.modified(object).into()),
        ("ETag", etag(bucket, object).into()),
        ("Size", (object.size as i64).into()),
        ("StorageClass", object.class.name().into()),
        ("RestoreStatus", restore),
    ])
}

/// An ETag as multipart uploads have it, so that nobody takes it for an MD5.
fn etag(bucket: &Bucket, object: &Object) -> String {
    let seed = mix(hash(bucket.name), hash(&object.key));
    format!("\"{:016x}{:016x}-{}\"", mix(seed, 1), mix(seed, 2), object.size.div_ceil(8 << 20).max(1))
}

/// A moment as HTTP headers have it.
fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn object_headers(call: &Call<'_>, bucket: &Bucket, object: &Object) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("last-modified", http_date(call.account.archive.modified(object))),
        ("etag", etag(bucket, object)),
        ("accept-ranges", "bytes".to_owned()),
        ("content-type", "binary/octet-stream".to_owned()),
        ("content-length", object.size.to_string()),
    ];
    if object.class.name() != "STANDARD" {
        headers.push(("x-amz-storage-class", object.class.name().to_owned()));
    }
    match call.account.archive.status(bucket, object, call.now) {
        Status::Archived => {}
        Status::InProgress(_) => headers.push(("x-amz-restore", "ongoing-request=\"true\"".to_owned())),
        Status::Ready(restore) => {
            let expiry = http_date(restore.expires);
            headers.push(("x-amz-restore", format!("ongoing-request=\"false\", expiry-date=\"{expiry}\"")));
        }
    }
    headers
}

fn head_object(call: &Call<'_>) -> Result<Answer, Fault> {
    let (bucket, object) = object(call)?;
    Ok(Answer { headers: object_headers(call, bucket, object), ..Answer::empty() })
}

/// The bytes of an object: made up, the same each time.
fn get_object(call: &Call<'_>) -> Result<Answer, Fault> {
    let (bucket, object) = object(call)?;
    let ready = matches!(call.account.archive.status(bucket, object, call.now), Status::Ready(_));
    if object.class.is_archive() && !ready {
        return Err(invalid_state(object, "The operation is not valid for the object's storage class"));
    }
    if object.size > LARGEST_BODY {
        return Err(Fault::new(501, "NotImplemented", "The pretended account gives no objects over 16 MiB."));
    }
    let seed = mix(hash(bucket.name), hash(&object.key));
    let bytes = (0..object.size).map(|at| (mix(seed, at / 8) >> (at % 8 * 8)) as u8).collect();
    Ok(Answer { status: 200, headers: object_headers(call, bucket, object), body: Body::Bytes(bytes) })
}

fn invalid_state(object: &Object, message: &str) -> Fault {
    Fault::new(403, "InvalidObjectState", message).with("StorageClass", object.class.name())
}

/// Begins a restore (202), speeds up one under way (202), or extends a copy (200).
fn restore_object(call: &Call<'_>) -> Result<Answer, Fault> {
    let (bucket, object) = object(call)?;
    if !object.class.is_archive() {
        return Err(invalid_state(object, "Restore is not allowed for the object's current storage class"));
    }
    let (days, tier) = restore_request(call)?;
    let unsupported = || argument("Tier", "", "This storage class has no Expedited retrieval.");
    let takes = tier.takes(object.class).ok_or_else(unsupported)?;
    let archive = &call.account.archive;
    let (status, restore) = match archive.status(bucket, object, call.now) {
        Status::Ready(restore) => (200, Restore { expires: midnight_after(call.now, days), ..restore }),
        Status::InProgress(restore) if tier <= restore.tier => {
            return Err(Fault::new(409, "RestoreAlreadyInProgress", "Object restore is already in progress"));
        }
        Status::InProgress(_) | Status::Archived => {
            let ready = call.now + takes;
            (202, Restore { tier, ready, expires: midnight_after(ready, days) })
        }
    };
    archive.restore(bucket, object, restore);
    Ok(Answer { status, ..Answer::empty() })
}

/// Days and tier of the body's RestoreRequest.
fn restore_request(call: &Call<'_>) -> Result<(u64, Tier), Fault> {
    let malformed = || {
        let message = "The XML you provided was not well-formed or did not validate against our published schema";
        Fault::bad("MalformedXML", message)
    };
    let days = call.input.integer("Days").map_err(|_| malformed())?.ok_or_else(malformed)?;
    let days = u64::try_from(days).ok().filter(|days| *days > 0);
    let days = days.ok_or_else(|| argument("Days", "", "restoration days should be at least 1"))?;
    let tier = match call.input.get("GlacierJobParameters") {
        Some(job) => job.text("Tier")?.and_then(Tier::of).ok_or_else(malformed)?,
        None => Tier::Standard,
    };
    Ok((days, tier))
}
