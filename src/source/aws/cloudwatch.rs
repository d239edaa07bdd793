//! CloudWatch DescribeAlarms and DescribeAlarmHistory.

use aws_sdk_cloudwatch::{
    Client,
    operation::describe_alarms::DescribeAlarmsOutput,
    types::{AlarmType, CompositeAlarm, LogAlarm, MetricAlarm, ScanBy},
};

use super::{
    Clients, condition,
    errors::{self, Asked},
    settings,
};
use crate::{
    model::{Alarm, AlarmChange, AlarmKind, AlarmState, Region, SourceError, Update},
    source::{Clock, Failure, Fetched, Snapshot},
};

/// Without `AlarmTypes`, DescribeAlarms gives metric alarms only.
const TYPES: [AlarmType; 3] = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm];

/// The most that one page can hold, for both operations.
const PAGE: i32 = 100;

/// All alarms of a Region.
#[derive(Debug)]
pub struct Alarms {
    client: Client,
    region: Region,
    asked: Asked,
}

impl Alarms {
    pub fn new(clients: &Clients, region: &Region) -> Self {
        let asked = Asked::new("cloudwatch:DescribeAlarms", clients, region);
        Self { client: clients.cloudwatch(region), region: region.clone(), asked }
    }
}

impl Snapshot for Alarms {
    async fn fetch(&mut self, clock: &Clock) -> Result<Fetched, Failure> {
        let (mut alarms, mut token, mut requests) = (Vec::new(), None, 0);
        loop {
            let request = self.client.describe_alarms().set_alarm_types(Some(TYPES.to_vec())).max_records(PAGE);
            let page = request.set_next_token(token.clone()).send().await;
            let page = page.map_err(|error| self.asked.failure(error, clock()))?;
            requests += 1;
            if token.is_some() && token == page.next_token {
                return Err(self.asked.unreadable("the same page again and again", clock()));
            }
            token = page.next_token.clone();
            alarms.extend(read(page, &self.region));
            if token.is_none() {
                break;
            }
        }
        let newest = alarms.iter().filter_map(|alarm| alarm.updated).max();
        let update = Update::Alarms { region: self.region.clone(), at: clock(), alarms };
        Ok(Fetched { update, newest, requests })
    }
}

/// The newest 100 entries of an alarm's history, newest first.
///
/// # Errors
/// What the API says, such as that `cloudwatch:DescribeAlarmHistory` is missing.
pub async fn alarm_history(
    clients: &Clients,
    region: &Region,
    name: &str,
    clock: &Clock,
) -> Result<Vec<AlarmChange>, SourceError> {
    let asked = Asked::new("cloudwatch:DescribeAlarmHistory", clients, region);
    let request = clients.cloudwatch(region).describe_alarm_history().alarm_name(name);
    let request = request.set_alarm_types(Some(TYPES.to_vec())).scan_by(ScanBy::TimestampDescending).max_records(PAGE);
    let answer = request.send().await.map_err(|error| asked.failure(error, clock()).error)?;
    let items = answer.alarm_history_items.unwrap_or_default().into_iter();
    let changes = items.map(|item| AlarmChange {
        time: item.timestamp().and_then(errors::time).unwrap_or_default(),
        kind: item.history_item_type().map_or("", |kind| kind.as_str()).to_owned(),
        summary: item.history_summary.unwrap_or_default(),
        data: item.history_data.unwrap_or_default(),
    });
    Ok(changes.collect())
}

/// Whether an alarm's actions are on now; `None` when there is no such alarm.
///
/// # Errors
/// What the API says.
pub async fn actions_enabled(
    clients: &Clients,
    region: &Region,
    name: &str,
    clock: &Clock,
) -> Result<Option<bool>, SourceError> {
    let asked = Asked::new("cloudwatch:DescribeAlarms", clients, region);
    let request = clients.cloudwatch(region).describe_alarms().alarm_names(name);
    let page = request.set_alarm_types(Some(TYPES.to_vec())).send().await;
    let page = page.map_err(|error| asked.failure(error, clock()).error)?;
    Ok(read(page, region).into_iter().find(|alarm| alarm.name == name).map(|alarm| alarm.actions_enabled))
}

fn read(page: DescribeAlarmsOutput, region: &Region) -> Vec<Alarm> {
    let metric = page.metric_alarms.unwrap_or_default().into_iter().map(|alarm| metric(alarm, region));
    let composite = page.composite_alarms.unwrap_or_default().into_iter().map(|alarm| composite(alarm, region));
    let log = page.log_alarms.unwrap_or_default().into_iter().map(|alarm| log(alarm, region));
    metric.chain(composite).chain(log).collect()
}

/// The fields that all three kinds of alarm have. The SDK gives each kind a type of its own and no trait over them.
macro_rules! common {
    ($from:ident, $region:expr, $kind:expr) => {
        Alarm {
            region: $region.clone(),
            kind: $kind,
            // A state that is none of the three is not good news: grey.
            state: $from
                .state_value()
                .and_then(|state| AlarmState::parse(state.as_str()))
                .unwrap_or(AlarmState::InsufficientData),
            since: $from.state_transitioned_timestamp().and_then(errors::time),
            updated: $from.state_updated_timestamp().and_then(errors::time),
            actions_enabled: $from.actions_enabled().unwrap_or(true),
            name: $from.alarm_name.unwrap_or_default(),
            arn: $from.alarm_arn.unwrap_or_default(),
            description: $from.alarm_description.unwrap_or_default(),
            reason: $from.state_reason.unwrap_or_default(),
            reason_data: $from.state_reason_data.unwrap_or_default(),
            alarm_actions: $from.alarm_actions.unwrap_or_default(),
            ok_actions: $from.ok_actions.unwrap_or_default(),
            insufficient_data_actions: $from.insufficient_data_actions.unwrap_or_default(),
            evaluation_state: String::new(),
            suppressed_by: String::new(),
            condition: String::new(),
            missing_data: String::new(),
            settings: Vec::new(),
        }
    };
}

fn metric(alarm: MetricAlarm, region: &Region) -> Alarm {
    let (condition, settings) = (condition::metric(&alarm), settings::metric(&alarm));
    let evaluation_state = alarm.evaluation_state().map_or("", |state| state.as_str()).to_owned();
    let missing_data = alarm.treat_missing_data().unwrap_or_default().to_owned();
    Alarm { condition, settings, evaluation_state, missing_data, ..common!(alarm, region, AlarmKind::Metric) }
}

fn composite(alarm: CompositeAlarm, region: &Region) -> Alarm {
    let (condition, settings) = (condition::composite(&alarm), settings::composite(&alarm));
    let by = alarm.actions_suppressed_by().map(|by| by.as_str());
    let why = alarm.actions_suppressed_reason().filter(|why| !why.is_empty());
    let suppressed_by = by.into_iter().chain(why).collect::<Vec<_>>().join(": ");
    Alarm { condition, settings, suppressed_by, ..common!(alarm, region, AlarmKind::Composite) }
}

fn log(alarm: LogAlarm, region: &Region) -> Alarm {
    let (condition, settings) = (condition::log(&alarm), settings::log(&alarm));
    let evaluation_state = alarm.evaluation_state().map_or("", |state| state.as_str()).to_owned();
    let missing_data = alarm.treat_missing_data().unwrap_or_default().to_owned();
    Alarm { condition, settings, evaluation_state, missing_data, ..common!(alarm, region, AlarmKind::Log) }
}
