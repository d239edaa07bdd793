//! CloudWatch Logs: the metric filters on the trail's log group, which the alarms of the account are over.
//!
//! Source: the CloudWatch Logs API reference, for members, limits and errors.

use super::{Call, Operation, Service, page};
use crate::emulator::alarms::data::{self, Kind, Signal};
use crate::emulator::alarms::trail::LOG_GROUP;
use crate::emulator::fault::Fault;
use crate::emulator::protocol::{Answer, Protocol};
use crate::emulator::value::Value;

pub const SERVICE: Service = Service {
    signing_name: "logs",
    hint: "Logs_20140328",
    protocols: &[Protocol::Json],
    namespace: "com.amazonaws.cloudwatchlogs",
    xml_namespace: "",
    query_compatible: false,
    unknown: |_| Fault::bad("UnknownOperationException", ""),
    unsigned: || Fault::bad("MissingAuthenticationTokenException", "Missing Authentication Token"),
    throttled: || Fault::bad("ThrottlingException", "Rate exceeded"),
    operations: &[Operation::new("DescribeMetricFilters", describe_metric_filters)],
};

/// The largest page, and the one without `limit`.
const PAGE: i64 = 50;

/// A metric filter as the service keeps it.
struct Filter {
    group: &'static str,
    name: String,
    pattern: &'static str,
    namespace: &'static str,
    metric: &'static str,
    default: Option<f64>,
}

fn describe_metric_filters(call: &Call<'_>) -> Result<Answer, Fault> {
    let text = |member| call.input.text(member);
    let (group, prefix) = (text("logGroupName")?, text("filterNamePrefix")?);
    let metric = (text("metricNamespace")?, text("metricName")?);
    check(call, group, prefix, metric)?;
    let limit = call.input.integer("limit")?.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&limit) {
        return Err(constraint("limit", &limit.to_string(), &format!("have value between 1 and {PAGE}")));
    }
    // Without the name of a log group, a prefix is not looked at.
    let prefix = prefix.filter(|_| group.is_some()).unwrap_or_default();
    let fits = |filter: &Filter| {
        filter.name.starts_with(prefix)
            && group.is_none_or(|group| filter.group == group)
            && metric.0.is_none_or(|namespace| filter.namespace == namespace)
            && metric.1.is_none_or(|name| filter.metric == name)
    };
    let found: Vec<Value> =
        filters(call.region).into_iter().filter(fits).map(|filter| described(&filter, call)).collect();
    let parameters = format!("DescribeMetricFilters {} {group:?} {prefix} {metric:?}", call.region);
    let (page, next) = page::cut(&found, limit as usize, text("nextToken")?, &parameters)
        .ok_or_else(|| invalid("The specified nextToken is invalid."))?;
    Ok(Value::map([("metricFilters", Value::List(page.to_vec())), ("nextToken", next.into())]).into())
}

/// What the service refuses.
fn check(
    call: &Call<'_>,
    group: Option<&str>,
    prefix: Option<&str>,
    metric: (Option<&str>, Option<&str>),
) -> Result<(), Fault> {
    if let Some(group) = group.filter(|group| !is_group(group)) {
        return Err(constraint("logGroupName", group, r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"));
    }
    if let Some(prefix) = prefix.filter(|prefix| prefix.is_empty() || prefix.contains([':', '*'])) {
        return Err(constraint("filterNamePrefix", prefix, "satisfy regular expression pattern: [^:*]*"));
    }
    if metric.0.is_some() != metric.1.is_some() {
        return Err(invalid("metricName and metricNamespace must be given together."));
    }
    match group {
        Some(group) if !groups(call.region).contains(&group) => {
            Err(Fault::bad("ResourceNotFoundException", "The specified log group does not exist."))
        }
        _ => Ok(()),
    }
}

fn is_group(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-/#".contains(c);
    (1..=512).contains(&name.len()) && name.chars().all(allowed)
}

/// The log groups of a Region, as far as anything in the account names them.
fn groups(region: &str) -> Vec<&'static str> {
    let named = data::all().into_iter().filter(|alarm| alarm.region == region).filter_map(|alarm| match alarm.kind {
        Kind::Log { group, .. } => Some(group),
        Kind::Metric { signal: Signal::Filter { .. }, .. } => Some(LOG_GROUP),
        _ => None,
    });
    named.collect()
}

/// The filters of a Region, by name. Each bears the name of the alarm over it.
fn filters(region: &str) -> Vec<Filter> {
    let filter = |alarm: data::Alarm| match alarm.kind {
        Kind::Metric { namespace, metric, signal: Signal::Filter { pattern, default, .. }, .. } => {
            Some(Filter { group: LOG_GROUP, name: alarm.name.into_owned(), pattern, namespace, metric, default })
        }
        _ => None,
    };
    // `all` is in the order of Regions and names.
    data::all().into_iter().filter(|alarm| alarm.region == region).filter_map(filter).collect()
}

fn described(filter: &Filter, call: &Call<'_>) -> Value {
    let metric = Value::map([
        ("metricName", filter.metric.into()),
        ("metricNamespace", filter.namespace.into()),
        ("metricValue", "1".into()),
        ("defaultValue", filter.default.into()),
    ]);
    Value::map([
        ("filterName", filter.name.as_str().into()),
        ("filterPattern", filter.pattern.into()),
        ("metricTransformations", Value::List(vec![metric])),
        ("creationTime", call.account.story.time(-300 * 86_400).timestamp_millis().into()),
        ("logGroupName", filter.group.into()),
        ("applyOnTransformedLogs", false.into()),
    ])
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::bad("InvalidParameterException", message)
}

fn constraint(member: &str, value: &str, rule: &str) -> Fault {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {rule}"
    ))
}
