//! CloudTrail: the event history and the trail.

use chrono::TimeDelta;

use super::{Call, Operation, Service, page};
use crate::emulator::ACCOUNT;
use crate::emulator::fault::Fault;
use crate::emulator::protocol::{Answer, Protocol};
use crate::emulator::story::{Event, HOME, Key, Stream};
use crate::emulator::value::Value;

pub const SERVICE: Service = Service {
    signing_name: "cloudtrail",
    hint: "CloudTrail_20131101",
    protocols: &[Protocol::Json],
    namespace: "com.amazonaws.cloudtrail",
    xml_namespace: "",
    query_compatible: false,
    unknown: |_| Fault::bad("UnknownOperationException", ""),
    unsigned: || Fault::bad("MissingAuthenticationTokenException", "Missing Authentication Token"),
    throttled: || Fault::bad("ThrottlingException", "Rate exceeded"),
    // The rates are those of the quotas page: 2 a second for LookupEvents, 10 for what gets, describes and lists.
    operations: &[
        Operation::new("LookupEvents", lookup_events).at_most(2),
        Operation::new("DescribeTrails", describe_trails).at_most(10),
        Operation::new("GetTrailStatus", trail_status).at_most(10),
        Operation::new("GetEventSelectors", event_selectors).at_most(10),
    ],
};

/// The largest page, and the one without `MaxResults` (API reference of LookupEvents).
const PAGE: i64 = 50;
/// How far the event history goes back.
const HISTORY: TimeDelta = TimeDelta::days(90);
const TRAIL: &str = "northgate-trail";

/// The events of a Region in a window of time, newest first, a page at a time.
fn lookup_events(call: &Call<'_>) -> Result<Answer, Fault> {
    let story = &call.account.story;
    let lookup = Lookup::read(call)?;
    let now = story.second(call.now);
    let keys: Box<dyn Iterator<Item = Key>> = match lookup.after {
        Some(key) => Box::new(story.back_before(key)),
        None => Box::new(story.back_from(lookup.end)),
    };
    let mut matching = keys
        .take_while(|key| key.second >= lookup.begin)
        .filter_map(|key| Some((key, story.event(key)?)))
        .filter(|(key, event)| event.region() == call.region && story.visible_at(*key) <= now && lookup.wants(event))
        .take(lookup.limit + 1);
    let page: Vec<(Key, Event<'_>)> = matching.by_ref().take(lookup.limit).collect();
    let last = page.last().map(|(key, _)| *key);
    let next = last.filter(|_| matching.next().is_some()).map(|key| page::token(&lookup.parameters, &position(key)));
    let events = page.iter().map(|(_, event)| entry(event)).collect();
    Ok(Value::map([("Events", Value::List(events)), ("NextToken", next.into())]).into())
}

/// What a call of LookupEvents asks for.
struct Lookup {
    /// The first and the last second of the story.
    begin: i64,
    end: i64,
    attribute: Option<(Attribute, String)>,
    limit: usize,
    /// Where the page before ended.
    after: Option<Key>,
    /// What a page token is bound to.
    parameters: String,
}

/// The keys of a lookup attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Attribute {
    EventId,
    EventName,
    ReadOnly,
    Username,
    ResourceType,
    ResourceName,
    EventSource,
    AccessKeyId,
    /// No event has it: the answer to Insights lookups of an account without Insights.
    Nothing,
}

const ATTRIBUTES: &[(&str, Attribute)] = &[
    ("EventId", Attribute::EventId),
    ("EventName", Attribute::EventName),
    ("ReadOnly", Attribute::ReadOnly),
    ("Username", Attribute::Username),
    ("ResourceType", Attribute::ResourceType),
    ("ResourceName", Attribute::ResourceName),
    ("EventSource", Attribute::EventSource),
    ("AccessKeyId", Attribute::AccessKeyId),
];

impl Lookup {
    fn read(call: &Call<'_>) -> Result<Self, Fault> {
        let Call { input, region, now, account } = call;
        let limit = input.integer("MaxResults")?.unwrap_or(PAGE);
        if !(1..=PAGE).contains(&limit) {
            let message =
                format!("A max results value of {limit} is invalid. Specify max results between 1 and {PAGE}.");
            return Err(Fault::bad("InvalidMaxResultsException", message));
        }
        let (start, end) = (input.time("StartTime")?, input.time("EndTime")?);
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            return Err(Fault::bad("InvalidTimeRangeException", "The start time must not be after the end time."));
        }
        let attribute = match input.text("EventCategory")? {
            None => attribute(input)?,
            Some("insight") => Some((Attribute::Nothing, String::new())),
            Some(_) => {
                return Err(Fault::bad("InvalidEventCategoryException", "The event category must be insight."));
            }
        };
        let parameters = format!("{region} {start:?} {end:?} {attribute:?}");
        let after = input.text("NextToken")?.map(|token| key(token, &parameters)).transpose()?;
        let second = |time| account.story.second(time);
        let oldest = *now - HISTORY;
        Ok(Self {
            begin: second(start.map_or(oldest, |start| start.max(oldest))),
            end: second(end.unwrap_or(*now).min(*now)),
            attribute,
            limit: limit as usize,
            after,
            parameters,
        })
    }

    fn wants(&self, event: &Event<'_>) -> bool {
        let Some((attribute, wanted)) = &self.attribute else {
            return true;
        };
        let resource =
            |part: fn(&(String, String)) -> &String| event.resources().iter().any(|item| part(item) == wanted);
        match attribute {
            Attribute::EventId => event.id() == wanted.as_str(),
            Attribute::EventName => event.name() == wanted,
            Attribute::ReadOnly => event.read_only().is_some_and(|flag| flag.to_string() == *wanted),
            Attribute::Username => event.username() == Some(wanted),
            Attribute::ResourceType => resource(|(kind, _)| kind),
            Attribute::ResourceName => resource(|(_, name)| name),
            Attribute::EventSource => event.source() == wanted.as_str(),
            Attribute::AccessKeyId => event.access_key().as_deref() == Some(wanted),
            Attribute::Nothing => false,
        }
    }
}

/// The first lookup attribute; the service ignores further ones.
fn attribute(input: &Value) -> Result<Option<(Attribute, String)>, Fault> {
    let invalid = |message: String| Fault::bad("InvalidLookupAttributesException", message);
    let Some(first) = input.list("LookupAttributes")?.first() else {
        return Ok(None);
    };
    let name = first.text("AttributeKey")?.unwrap_or_default();
    let value = first.text("AttributeValue")?.unwrap_or_default();
    let known = ATTRIBUTES.iter().find(|(known, _)| *known == name);
    let (_, attribute) = known.ok_or_else(|| invalid(format!("The lookup attribute key {name:?} is not valid.")))?;
    if value.is_empty() || value.len() > 2000 {
        return Err(invalid(format!("The value of the lookup attribute {name} must have 1 to 2000 characters.")));
    }
    Ok(Some((*attribute, value.to_owned())))
}

fn position(key: Key) -> String {
    format!("{} {} {}", key.second, key.stream as u8, key.index)
}

fn key(token: &str, parameters: &str) -> Result<Key, Fault> {
    let read = || {
        let position = page::position(token, parameters)?;
        let mut parts = position.split(' ');
        let second = parts.next()?.parse().ok()?;
        let stream = *[Stream::Replay, Stream::Noise, Stream::Script].get(parts.next()?.parse::<usize>().ok()?)?;
        Some(Key { second, stream, index: parts.next()?.parse().ok()? })
    };
    let message = "The token is not valid, or the request differs from the one that it was given for.";
    read().ok_or_else(|| Fault::bad("InvalidNextTokenException", message))
}

fn entry(event: &Event<'_>) -> Value {
    let resource =
        |(kind, name): (String, String)| Value::map([("ResourceType", kind.into()), ("ResourceName", name.into())]);
    Value::map([
        ("EventId", event.id().as_ref().into()),
        ("EventName", event.name().into()),
        ("ReadOnly", event.read_only().map(|flag| flag.to_string()).into()),
        ("AccessKeyId", event.access_key().as_deref().into()),
        ("EventTime", event.time().into()),
        ("EventSource", event.source().as_ref().into()),
        ("Username", event.username().into()),
        ("Resources", Value::List(event.resources().into_iter().map(resource).collect())),
        ("CloudTrailEvent", event.record().into()),
    ])
}

fn trail_arn() -> String {
    format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{TRAIL}")
}

/// The one multi-Region trail; outside its home Region it is a shadow.
fn describe_trails(call: &Call<'_>) -> Result<Answer, Fault> {
    let wanted = call.input.texts("trailNameList")?;
    let shadows = call.input.boolean("includeShadowTrails")?.unwrap_or(true);
    let named = wanted.is_empty() || wanted.iter().any(|name| is_trail(name, call.region));
    let shown = named && (shadows || call.region == HOME);
    let trail = shown.then(|| {
        Value::map([
            ("Name", TRAIL.into()),
            ("S3BucketName", "northgate-cloudtrail".into()),
            ("IncludeGlobalServiceEvents", true.into()),
            ("IsMultiRegionTrail", true.into()),
            ("HomeRegion", HOME.into()),
            ("TrailARN", trail_arn().into()),
            ("LogFileValidationEnabled", true.into()),
            (
                "CloudWatchLogsLogGroupArn",
                format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:/northgate/cloudtrail:*").into(),
            ),
            ("CloudWatchLogsRoleArn", format!("arn:aws:iam::{ACCOUNT}:role/CloudTrailToLogs").into()),
            ("HasCustomEventSelectors", false.into()),
            ("HasInsightSelectors", false.into()),
            ("IsOrganizationTrail", false.into()),
        ])
    });
    Ok(Value::map([("trailList", Value::List(trail.into_iter().collect()))]).into())
}

/// Whether it logs, following the story's StopLogging and StartLogging.
fn trail_status(call: &Call<'_>) -> Result<Answer, Fault> {
    require_trail(call, "Name")?;
    let story = &call.account.story;
    let (stopped, started) = story.logging(story.second(call.now));
    let logging = started >= stopped;
    let created = story.time(-400 * 86_400);
    let delivered = if logging { call.now } else { story.time(stopped.unwrap_or_default()) } - TimeDelta::seconds(140);
    let started = started.map_or(created, |second| story.time(second));
    let text = |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Ok(Value::map([
        ("IsLogging", logging.into()),
        ("LatestDeliveryTime", delivered.into()),
        ("StartLoggingTime", started.into()),
        ("StopLoggingTime", stopped.map(|second| story.time(second)).into()),
        ("LatestCloudWatchLogsDeliveryTime", delivered.into()),
        ("LatestDigestDeliveryTime", (delivered - TimeDelta::minutes(31)).into()),
        ("LatestDeliveryAttemptTime", text(delivered).into()),
        ("LatestNotificationAttemptTime", "".into()),
        ("LatestNotificationAttemptSucceeded", "".into()),
        ("LatestDeliveryAttemptSucceeded", text(delivered).into()),
        ("TimeLoggingStarted", text(started).into()),
        ("TimeLoggingStopped", stopped.map(|second| text(story.time(second))).unwrap_or_default().into()),
    ])
    .into())
}

/// All management events, no data events.
fn event_selectors(call: &Call<'_>) -> Result<Answer, Fault> {
    require_trail(call, "TrailName")?;
    let selector = Value::map([
        ("ReadWriteType", "All".into()),
        ("IncludeManagementEvents", true.into()),
        ("DataResources", Value::List(Vec::new())),
        ("ExcludeManagementEventSources", Value::List(Vec::new())),
    ]);
    Ok(Value::map([("TrailARN", trail_arn().into()), ("EventSelectors", Value::List(vec![selector]))]).into())
}

fn is_trail(name: &str, region: &str) -> bool {
    name == trail_arn() || name == TRAIL && region == HOME
}

fn require_trail(call: &Call<'_>, member: &str) -> Result<(), Fault> {
    let name = call.input.text(member)?.unwrap_or_default();
    if name.is_empty() {
        return Err(Fault::bad("InvalidTrailNameException", "Trail name cannot be blank!"));
    }
    if is_trail(name, call.region) {
        return Ok(());
    }
    let arn = if name.starts_with("arn:") {
        name.to_owned()
    } else {
        format!("arn:aws:cloudtrail:{}:{ACCOUNT}:trail/{name}", call.region)
    };
    Err(Fault::bad("TrailNotFoundException", format!("Unknown trail: {arn} for the user: {ACCOUNT}")))
}
