//! SNS: the topics, who is subscribed, and publishing.
//!
//! Source: the SNS API reference, for members and limits; the sentences are those that the service answers with.

use super::{Call, Operation, Service, page};
use crate::emulator::ACCOUNT;
use crate::emulator::fault::Fault;
use crate::emulator::protocol::{Answer, Protocol};
use crate::emulator::topics::{self, Published, Subscription, Topic};
use crate::emulator::value::Value;

pub const SERVICE: Service = Service {
    signing_name: "sns",
    hint: "Version=2010-03-31",
    protocols: &[Protocol::Query],
    namespace: "com.amazonaws.sns",
    xml_namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    query_compatible: false,
    unknown: |name| Fault::bad("InvalidAction", format!("Could not find operation {name} for version 2010-03-31")),
    unsigned: || Fault::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
    throttled: || Fault::bad("Throttling", "Rate exceeded").shaped("ThrottledException"),
    // The rates are those of "SNS endpoints and quotas".
    operations: &[
        Operation::new("Publish", publish),
        Operation::new("ListTopics", list_topics).at_most(30),
        Operation::new("GetTopicAttributes", get_topic_attributes).at_most(30),
        Operation::new("ListSubscriptionsByTopic", list_subscriptions_by_topic).at_most(30),
    ],
};

/// The largest page.
const PAGE: usize = 100;
/// The most bytes of a message and its attributes.
const LONGEST: usize = 256 << 10;
/// The most characters of a subject.
const LONGEST_SUBJECT: usize = 100;
/// The most characters of an id that a FIFO topic takes.
const LONGEST_ID: usize = 128;

fn invalid(what: impl std::fmt::Display) -> Fault {
    Fault::bad("InvalidParameter", format!("Invalid parameter: {what}"))
}

/// The topic that a call names. One of another Region is no topic here.
fn topic(call: &Call<'_>, action: &str) -> Result<&'static Topic, Fault> {
    let arn = call.input.text("TopicArn")?.or(call.input.text("TargetArn")?).unwrap_or_default();
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", "aws", "sns", region, ACCOUNT, name] if *region == call.region => topics::of(region)
            .find(|topic| topic.name == *name)
            .ok_or_else(|| Fault::new(404, "NotFound", "Topic does not exist")),
        ["arn", "aws", "sns", region, _, _] if *region == call.region => Err(Fault::new(
            403,
            "AuthorizationError",
            format!("User: {ACCOUNT} is not authorized to perform: SNS:{action} on resource: {arn}"),
        )),
        ["arn", ..] => Err(invalid("TopicArn")),
        _ => Err(invalid(format_args!("TopicArn Reason: {arn} does not start with arn"))),
    }
}

fn publish(call: &Call<'_>) -> Result<Answer, Fault> {
    let message = call.input.text("Message")?.unwrap_or_default();
    let topic = topic(call, "Publish")?;
    let subject = subject(call)?;
    let attributes = attributes(call)?;
    let size = message.len() + attributes.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    if message.is_empty() {
        return Err(invalid("Empty message"));
    }
    if size > LONGEST {
        return Err(invalid("Message too long"));
    }
    let deduplication = fifo(call, topic)?;
    let message = Published {
        topic: topic.arn(),
        subject: subject.to_owned(),
        message: message.to_owned(),
        attributes,
        deduplication: deduplication.to_owned(),
        at: call.now,
        ..Published::default()
    };
    let taken = call.account.messages.publish(message);
    // 20 digits, as the service gives them.
    let sequence = topic.is_fifo().then(|| format!("1{:019}", taken.sequence));
    Ok(Value::map([("MessageId", taken.id.into()), ("SequenceNumber", sequence.into())]).into())
}

/// The subject: at most 100 characters, without line breaks and control characters, and not empty.
fn subject<'a>(call: &'a Call<'_>) -> Result<&'a str, Fault> {
    let Some(subject) = call.input.text("Subject")? else { return Ok("") };
    let fits = (1..=LONGEST_SUBJECT).contains(&subject.chars().count());
    let starts = subject.starts_with(|c: char| c.is_alphanumeric() || c.is_ascii_punctuation());
    match fits && starts && !subject.contains(|c: char| c.is_control() || !c.is_ascii()) {
        true => Ok(subject),
        false => Err(invalid("Subject")),
    }
}

/// What a FIFO topic must be told and others must not: the id that tells a repeat.
fn fifo<'a>(call: &'a Call<'_>, topic: &Topic) -> Result<&'a str, Fault> {
    let [group, deduplication] = [call.input.text("MessageGroupId")?, call.input.text("MessageDeduplicationId")?];
    let sound = |id: &&str| {
        (1..=LONGEST_ID).contains(&id.len())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c.is_ascii_punctuation())
    };
    match (topic.is_fifo(), group, deduplication) {
        (true, None, _) => Err(invalid("The MessageGroupId parameter is required for FIFO topics")),
        (true, _, None) => Err(invalid(
            "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        )),
        (_, Some(group), _) if !sound(&group) => Err(invalid("MessageGroupId")),
        (true, _, Some(id)) => Some(id).filter(sound).ok_or_else(|| invalid("MessageDeduplicationId")),
        (false, _, Some(_)) => Err(invalid(
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for \
             this topic type",
        )),
        (false, _, None) => Ok(""),
    }
}

/// The message attributes by name and value. Numbers and binary values have no use here and are not looked into.
fn attributes(call: &Call<'_>) -> Result<Vec<(String, String)>, Fault> {
    let mut attributes = Vec::new();
    for entry in call.input.list("MessageAttributes")? {
        let name = entry.text("Name")?.unwrap_or_default();
        let value = entry.get("Value").cloned().unwrap_or(Value::Null);
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if name.is_empty() || name.len() > 256 || !name.chars().all(is_name) {
            return Err(invalid(format_args!(
                "Message attribute name '{name}' can contain A-Z, a-z, 0-9, '_', '-' and '.'"
            )));
        }
        let kind = value.text("DataType")?.unwrap_or_default().split('.').next().unwrap_or_default();
        if !["String", "Number", "Binary"].contains(&kind) {
            let why = format!("The message attribute '{name}' has an invalid message attribute type");
            return Err(Fault::bad("ParameterValueInvalid", why).shaped("InvalidParameterValueException"));
        }
        let said = value.text("StringValue")?.or(value.text("BinaryValue")?).unwrap_or_default();
        if said.is_empty() {
            let why = format!("The message attribute '{name}' must contain non-empty message attribute value");
            return Err(Fault::bad("ParameterValueInvalid", why).shaped("InvalidParameterValueException"));
        }
        attributes.push((name.to_owned(), said.to_owned()));
    }
    Ok(attributes)
}

fn list_topics(call: &Call<'_>) -> Result<Answer, Fault> {
    let topics: Vec<Value> =
        topics::of(call.region).map(|topic| Value::map([("TopicArn", topic.arn().into())])).collect();
    paged(call, "Topics", &topics, call.region)
}

fn list_subscriptions_by_topic(call: &Call<'_>) -> Result<Answer, Fault> {
    let topic = topic(call, "ListSubscriptionsByTopic")?;
    let subscriptions: Vec<Value> = topic.subscriptions.iter().map(|one| subscription(topic, one)).collect();
    paged(call, "Subscriptions", &subscriptions, topic.name)
}

/// A subscription as it is listed; one that nobody confirmed has no ARN yet.
fn subscription(topic: &Topic, one: &Subscription) -> Value {
    let arn = match one.confirmed {
        true => {
            let id = crate::emulator::random::hash(&format!("{} {}", topic.arn(), one.endpoint));
            format!("{}:{}", topic.arn(), crate::emulator::random::uuid(id))
        }
        false => "PendingConfirmation".to_owned(),
    };
    Value::map([
        ("SubscriptionArn", arn.into()),
        ("Owner", ACCOUNT.into()),
        ("Protocol", one.protocol.into()),
        ("Endpoint", one.endpoint.into()),
        ("TopicArn", topic.arn().into()),
    ])
}

fn get_topic_attributes(call: &Call<'_>) -> Result<Answer, Fault> {
    let topic = topic(call, "GetTopicAttributes")?;
    let confirmed = topic.subscriptions.iter().filter(|one| one.confirmed).count();
    let pending = topic.subscriptions.len() - confirmed;
    let mut attributes = vec![
        ("TopicArn", topic.arn()),
        ("Owner", ACCOUNT.to_owned()),
        ("DisplayName", topic.display_name.to_owned()),
        ("Policy", policy(topic)),
        ("SubscriptionsConfirmed", confirmed.to_string()),
        ("SubscriptionsPending", pending.to_string()),
        ("SubscriptionsDeleted", "0".to_owned()),
    ];
    if topic.is_fifo() {
        attributes.extend([("FifoTopic", "true".to_owned()), ("ContentBasedDeduplication", "false".to_owned())]);
    }
    let entry = |(key, value): (&'static str, String)| Value::map([("key", key.into()), ("value", value.into())]);
    Ok(Value::map([("Attributes", Value::List(attributes.into_iter().map(entry).collect()))]).into())
}

/// Who may do what with the topic: its owner and CloudWatch.
fn policy(topic: &Topic) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "owner", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
             "Action": ["sns:Publish", "sns:Subscribe"], "Resource": topic.arn()},
            {"Sid": "alarms", "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"},
             "Action": "sns:Publish", "Resource": topic.arn()},
        ],
    })
    .to_string()
}

fn paged(call: &Call<'_>, name: &'static str, found: &[Value], parameters: &str) -> Result<Answer, Fault> {
    let page = page::cut(found, PAGE, call.input.text("NextToken")?, parameters);
    let (page, next) = page.ok_or_else(|| invalid("NextToken"))?;
    Ok(Value::map([(name, Value::List(page.to_vec())), ("NextToken", next.into())]).into())
}
