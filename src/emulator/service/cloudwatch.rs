//! CloudWatch: the alarms, their history, their actions, and setting a state by hand.

use super::{Call, Operation, Service, page};
use crate::emulator::ACCOUNT;
use crate::emulator::alarms::data::Kind;
use crate::emulator::alarms::evaluate::{Rule, State};
use crate::emulator::alarms::{Board, Item, Reason, Watched, arn};
use crate::emulator::fault::Fault;
use crate::emulator::protocol::{Answer, Protocol};
use crate::emulator::value::Value;

pub const SERVICE: Service = Service {
    signing_name: "monitoring",
    hint: "GraniteServiceVersion20100801",
    protocols: &[Protocol::Cbor, Protocol::Json, Protocol::Query],
    namespace: "com.amazonaws.cloudwatch",
    xml_namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    query_compatible: true,
    unknown: |name| {
        let message = format!("Could not find operation {name} for version 2010-08-01");
        Fault::bad("InvalidAction", message).shaped("UnknownOperationException")
    },
    unsigned: || Fault::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
    throttled: || Fault::bad("Throttling", "Rate exceeded").shaped("ThrottlingException"),
    // The rates are those of "CloudWatch endpoints and quotas".
    operations: &[
        Operation::new("DescribeAlarms", describe_alarms).at_most(9),
        Operation::new("DescribeAlarmHistory", describe_alarm_history).at_most(20),
        Operation::new("EnableAlarmActions", |call| switch_actions(call, true)).at_most(3),
        Operation::new("DisableAlarmActions", |call| switch_actions(call, false)).at_most(3),
        Operation::new("SetAlarmState", set_alarm_state).at_most(3),
    ],
};

/// The largest page.
const PAGE: i64 = 100;

fn with_board<T>(call: &Call<'_>, act: impl FnOnce(&mut Board) -> T) -> T {
    call.account.alarms.with(call.region, &call.account.story, call.now, act)
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::bad("ValidationError", message)
}

/// The alarms of a Region by type and name; only metric alarms unless other types are asked for.
fn describe_alarms(call: &Call<'_>) -> Result<Answer, Fault> {
    let input = &call.input;
    let types = types(input)?;
    let names = input.texts("AlarmNames")?;
    let prefix = input.text("AlarmNamePrefix")?;
    if !names.is_empty() && prefix.is_some() {
        return Err(invalid("AlarmNames and AlarmNamePrefix cannot both be specified"));
    }
    let state = input.text("StateValue")?.map(state).transpose()?;
    let action = input.text("ActionPrefix")?;
    let wanted = |watched: &&Watched| {
        (names.is_empty() || names.contains(&watched.alarm.name.as_ref()))
            && prefix.is_none_or(|prefix| watched.alarm.name.starts_with(prefix))
            && state.is_none_or(|state| watched.state == state)
            && action.is_none_or(|action| watched.actions().iter().any(|arn| arn.starts_with(action)))
    };
    with_board(call, |board| {
        let mut found: Vec<&Watched> = board.alarms.iter().filter(wanted).collect();
        let place = |watched: &&Watched| types.iter().position(|kind| *kind == watched.alarm.kind_name());
        found.retain(|watched| place(watched).is_some());
        found.sort_by_key(place);
        let parameters = format!("{types:?} {names:?} {prefix:?} {state:?} {action:?}");
        let (page, next) = paged(input, &found, &parameters)?;
        let describe = |kind| {
            let of_kind = page.iter().filter(|watched| watched.alarm.kind_name() == kind);
            Value::List(of_kind.map(|watched| description(watched)).collect())
        };
        let output = Value::map([
            ("MetricAlarms", describe("MetricAlarm")),
            ("CompositeAlarms", describe("CompositeAlarm")),
            ("LogAlarms", describe("LogAlarm")),
            ("NextToken", next.into()),
        ]);
        Ok(output.into())
    })
}

/// What happened to one alarm or to all.
fn describe_alarm_history(call: &Call<'_>) -> Result<Answer, Fault> {
    let input = &call.input;
    let types = types(input)?;
    let (name, kind) = (input.text("AlarmName")?, input.text("HistoryItemType")?);
    let (begin, end) = (input.time("StartDate")?, input.time("EndDate")?);
    let ascending = match input.text("ScanBy")? {
        None | Some("TimestampDescending") => false,
        Some("TimestampAscending") => true,
        Some(other) => return Err(not_in("scanBy", other, "TimestampDescending, TimestampAscending")),
    };
    with_board(call, |board| {
        let alarms = board.alarms.iter().filter(|watched| {
            types.contains(&watched.alarm.kind_name()) && name.is_none_or(|name| watched.alarm.name == name)
        });
        let wanted = |(_, item): &(&Watched, &Item)| {
            kind.is_none_or(|kind| item.kind == kind)
                && begin.is_none_or(|begin| item.at >= begin)
                && end.is_none_or(|end| item.at <= end)
        };
        let mut items: Vec<(&Watched, &Item)> =
            alarms.flat_map(|watched| watched.history.iter().map(move |item| (watched, item))).filter(wanted).collect();
        items.sort_by_key(|(_, item)| item.at);
        if !ascending {
            items.reverse();
        }
        let parameters = format!("{types:?} {name:?} {kind:?} {begin:?} {end:?} {ascending}");
        let (page, next) = paged(input, &items, &parameters)?;
        let items = page.iter().map(|(watched, item)| history_item(watched, item)).collect();
        Ok(Value::map([("AlarmHistoryItems", Value::List(items)), ("NextToken", next.into())]).into())
    })
}

fn history_item(watched: &Watched, item: &Item) -> Value {
    Value::map([
        ("AlarmName", watched.alarm.name.as_ref().into()),
        ("AlarmType", watched.alarm.kind_name().into()),
        ("Timestamp", item.at.into()),
        ("HistoryItemType", item.kind.into()),
        ("HistorySummary", item.summary.as_str().into()),
        ("HistoryData", item.data.to_string().into()),
    ])
}

/// Switches the actions of the alarms named; names of none are passed over, as the service does.
fn switch_actions(call: &Call<'_>, enabled: bool) -> Result<Answer, Fault> {
    let names = call.input.texts("AlarmNames")?;
    if names.len() > 100 {
        return Err(invalid("The collection AlarmNames must not have a size greater than 100"));
    }
    with_board(call, |board| {
        for name in names {
            if let Some(watched) = board.find(name) {
                watched.enable_actions(enabled, call.now);
            }
        }
    });
    Ok(Answer::empty())
}

/// Sets a state that lasts until the alarm is next evaluated.
fn set_alarm_state(call: &Call<'_>) -> Result<Answer, Fault> {
    let required = |name: &str| {
        let missing = || Fault::bad("MissingParameter", format!("The parameter {name} is required"));
        call.input.text(name)?.filter(|text| !text.is_empty()).ok_or_else(missing)
    };
    let (name, state, text) = (required("AlarmName")?, state(required("StateValue")?)?, required("StateReason")?);
    if text.len() > 1023 {
        return Err(invalid("StateReason must have at most 1023 characters"));
    }
    let data = call.input.text("StateReasonData")?.map(serde_json::from_str).transpose();
    let data = data
        .map_err(|_| Fault::bad("InvalidFormat", "StateReasonData was not valid JSON").shaped("InvalidFormatFault"))?;
    with_board(call, |board| {
        let at = board.alarms.iter().position(|watched| watched.alarm.name == name);
        let at = at.ok_or_else(|| Fault::new(404, "ResourceNotFound", format!("Unknown alarm {name}")))?;
        board.set(at, state, Reason { text: text.to_owned(), data }, call.now);
        Ok(Answer::empty())
    })
}

/// The alarm types asked for, in the order of an answer.
fn types(input: &Value) -> Result<Vec<&'static str>, Fault> {
    const TYPES: [&str; 3] = ["MetricAlarm", "CompositeAlarm", "LogAlarm"];
    let asked = input.texts("AlarmTypes")?;
    if let Some(other) = asked.iter().find(|name| !TYPES.contains(name)) {
        return Err(not_in("alarmTypes", other, "CompositeAlarm, MetricAlarm, LogAlarm"));
    }
    Ok(if asked.is_empty() { vec![TYPES[0]] } else { TYPES.into_iter().filter(|name| asked.contains(name)).collect() })
}

fn state(name: &str) -> Result<State, Fault> {
    State::of(name).ok_or_else(|| not_in("stateValue", name, "INSUFFICIENT_DATA, ALARM, OK"))
}

fn not_in(member: &str, value: &str, set: &str) -> Fault {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy \
         enum value set: [{set}]"
    ))
}

/// A page of what was found, and the token of the next.
fn paged<'a, T>(input: &Value, found: &'a [T], parameters: &str) -> Result<(&'a [T], Option<String>), Fault> {
    let limit = input.integer("MaxRecords")?.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&limit) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{limit}' at 'maxRecords' failed to satisfy constraint: Member must have \
             value between 1 and {PAGE}"
        )));
    }
    let page = page::cut(found, limit as usize, input.text("NextToken")?, parameters);
    page.ok_or_else(|| Fault::bad("InvalidNextToken", "The next token specified is invalid."))
}

/// An alarm with the members that its type has.
fn description(watched: &Watched) -> Value {
    let none = || Value::List(Vec::new());
    let mut members = Value::map([
        ("AlarmName", watched.alarm.name.as_ref().into()),
        ("AlarmArn", watched.arn().into()),
        ("AlarmDescription", Some(watched.alarm.description).filter(|text| !text.is_empty()).into()),
        ("AlarmConfigurationUpdatedTimestamp", watched.configured.into()),
        ("ActionsEnabled", watched.actions_enabled.into()),
        ("OKActions", none()),
        ("AlarmActions", watched.actions().into()),
        ("InsufficientDataActions", none()),
        ("StateValue", watched.state.name().into()),
        ("StateReason", watched.reason.text.as_str().into()),
        ("StateReasonData", watched.reason.data.as_ref().map(ToString::to_string).into()),
        ("StateUpdatedTimestamp", watched.updated.into()),
        ("StateTransitionedTimestamp", watched.transitioned.into()),
    ]);
    for (name, value) in own_members(watched) {
        members.set(name, value);
    }
    members
}

fn own_members(watched: &Watched) -> Vec<(&'static str, Value)> {
    let judged = |rule: &Rule| {
        vec![
            ("Threshold", rule.threshold.into()),
            ("ComparisonOperator", rule.comparison.name().into()),
            ("TreatMissingData", rule.missing.name().into()),
        ]
    };
    match &watched.alarm.kind {
        Kind::Metric { namespace, metric, dimensions, statistic, rule, .. } => {
            let dimension = |(name, value): &(&str, std::borrow::Cow<'_, str>)| {
                Value::map([("Name", (*name).into()), ("Value", value.as_ref().into())])
            };
            let percentile = statistic.starts_with('p');
            let mut members = judged(rule);
            members.extend([
                ("Namespace", (*namespace).into()),
                ("MetricName", (*metric).into()),
                ("Dimensions", Value::List(dimensions.iter().map(dimension).collect())),
                (if percentile { "ExtendedStatistic" } else { "Statistic" }, (*statistic).into()),
                ("Period", rule.period.into()),
                ("EvaluationPeriods", rule.evaluate.into()),
                ("DatapointsToAlarm", rule.to_alarm.into()),
            ]);
            members
        }
        Kind::Composite { suppressor, .. } => {
            let region = watched.alarm.region;
            let reason = suppressor.filter(|_| watched.suppressed);
            let reason = reason.map(|name| format!("Actions suppressed by {}", arn(region, name)));
            vec![
                ("AlarmRule", watched.alarm_rule().into()),
                ("ActionsSuppressor", suppressor.map(|name| arn(region, name)).into()),
                ("ActionsSuppressorWaitPeriod", suppressor.map(|_| 60).into()),
                ("ActionsSuppressorExtensionPeriod", suppressor.map(|_| 60).into()),
                ("ActionsSuppressedBy", reason.as_ref().map(|_| "Alarm").into()),
                ("ActionsSuppressedReason", reason.into()),
            ]
        }
        Kind::Log { query, group, rule, .. } => {
            let mut members = judged(rule);
            members.extend([
                ("ScheduledQueryConfiguration", scheduled_query(watched, query, group, rule)),
                ("QueryResultsToEvaluate", rule.evaluate.into()),
                ("QueryResultsToAlarm", rule.to_alarm.into()),
                ("ActionLogLineCount", 0.into()),
            ]);
            members
        }
    }
}

fn scheduled_query(watched: &Watched, query: &str, group: &str, rule: &Rule) -> Value {
    let region = watched.alarm.region;
    Value::map([
        ("QueryString", query.into()),
        ("LogGroupIdentifiers", vec![group].into()),
        ("QueryARN", format!("arn:aws:logs:{region}:{ACCOUNT}:scheduled-query:{}", watched.alarm.name).into()),
        ("ScheduledQueryRoleARN", format!("arn:aws:iam::{ACCOUNT}:role/LogAlarmQueries").into()),
        (
            "ScheduleConfiguration",
            Value::map([
                ("ScheduleExpression", format!("rate({} minutes)", rule.period / 60).into()),
                ("StartTimeOffset", rule.period.into()),
                ("EndTimeOffset", 0.into()),
            ]),
        ),
        ("AggregationExpression", "count(*)".into()),
    ])
}
