//! An alarm's settings as pairs of name and value, in the order and the words of the API.

use aws_sdk_cloudwatch::types::{CompositeAlarm, Dimension, LogAlarm, MetricAlarm, MetricDataQuery};
use aws_smithy_types::{DateTime, date_time::Format};

use super::condition;

/// The settings of a metric alarm.
pub fn metric(alarm: &MetricAlarm) -> Vec<(String, String)> {
    let mut pairs = Pairs::default();
    pairs.add("AlarmConfigurationUpdatedTimestamp", alarm.alarm_configuration_updated_timestamp().and_then(stamp));
    pairs.add("MetricName", alarm.metric_name());
    pairs.add("Namespace", alarm.namespace());
    pairs.add("Statistic", alarm.statistic().map(|statistic| statistic.as_str()));
    pairs.add("ExtendedStatistic", alarm.extended_statistic());
    pairs.add("Dimensions", dimensions(alarm.dimensions()));
    pairs.add("Period", alarm.period().map(condition::span));
    pairs.add("Unit", alarm.unit().map(|unit| unit.as_str()));
    pairs.add("EvaluationPeriods", alarm.evaluation_periods());
    pairs.add("DatapointsToAlarm", alarm.datapoints_to_alarm());
    pairs.add("Threshold", alarm.threshold());
    pairs.add("ComparisonOperator", alarm.comparison_operator().map(|operator| operator.as_str()));
    pairs.add("TreatMissingData", alarm.treat_missing_data());
    pairs.add("EvaluateLowSampleCountPercentile", alarm.evaluate_low_sample_count_percentile());
    for query in alarm.metrics() {
        pairs.add(&format!("Metrics {}", query.id().unwrap_or("?")), Some(metric_query(query)));
    }
    pairs.add("ThresholdMetricId", alarm.threshold_metric_id());
    pairs.add("EvaluationState", alarm.evaluation_state().map(|state| state.as_str()));
    pairs.0
}

/// The settings of a composite alarm.
pub fn composite(alarm: &CompositeAlarm) -> Vec<(String, String)> {
    let mut pairs = Pairs::default();
    pairs.add("AlarmConfigurationUpdatedTimestamp", alarm.alarm_configuration_updated_timestamp().and_then(stamp));
    pairs.add("AlarmRule", alarm.alarm_rule());
    pairs.add("ActionsSuppressor", alarm.actions_suppressor());
    pairs.add("ActionsSuppressorWaitPeriod", alarm.actions_suppressor_wait_period().map(condition::span));
    pairs.add("ActionsSuppressorExtensionPeriod", alarm.actions_suppressor_extension_period().map(condition::span));
    pairs.0
}

/// The settings of a log alarm.
pub fn log(alarm: &LogAlarm) -> Vec<(String, String)> {
    let mut pairs = Pairs::default();
    pairs.add("AlarmConfigurationUpdatedTimestamp", alarm.alarm_configuration_updated_timestamp().and_then(stamp));
    if let Some(query) = alarm.scheduled_query_configuration() {
        pairs.add("QueryString", query.query_string());
        pairs.add("LogGroupIdentifiers", joined(query.log_group_identifiers()));
        pairs.add("QueryArn", query.query_arn());
        pairs.add("ScheduledQueryRoleArn", query.scheduled_query_role_arn());
        pairs.add("AggregationExpression", query.aggregation_expression());
    }
    pairs.add("QueryResultsToEvaluate", alarm.query_results_to_evaluate());
    pairs.add("QueryResultsToAlarm", alarm.query_results_to_alarm());
    pairs.add("Threshold", alarm.threshold());
    pairs.add("ComparisonOperator", alarm.comparison_operator().map(|operator| operator.as_str()));
    pairs.add("TreatMissingData", alarm.treat_missing_data());
    pairs.add("EvaluationState", alarm.evaluation_state().map(|state| state.as_str()));
    pairs.0
}

/// Pairs of those settings that are set.
#[derive(Default)]
struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn add(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.0.push((name.to_owned(), value.to_string()));
        }
    }
}

/// `Namespace/Metric (Sum, 5m, FunctionName=pay)`, or an expression; `, hidden` when it is only there for another.
fn metric_query(query: &MetricDataQuery) -> String {
    let mut text = condition::query(query);
    if let Some(stat) = query.metric_stat() {
        let metric = stat.metric();
        let namespace = metric.and_then(|metric| metric.namespace()).unwrap_or_default();
        let parts = [
            stat.stat().map(str::to_owned),
            stat.period().map(|period| condition::span(period).to_string()),
            metric.and_then(|metric| dimensions(metric.dimensions())),
        ];
        text = format!("{namespace}/{text} ({})", parts.into_iter().flatten().collect::<Vec<_>>().join(", "));
    }
    if query.return_data() == Some(false) {
        text += ", hidden";
    }
    text
}

fn dimensions(dimensions: &[Dimension]) -> Option<String> {
    let pair = |d: &Dimension| format!("{}={}", d.name().unwrap_or_default(), d.value().unwrap_or_default());
    joined(&dimensions.iter().map(pair).collect::<Vec<_>>())
}

fn joined(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(", "))
}

fn stamp(time: &DateTime) -> Option<String> {
    time.fmt(Format::DateTime).ok()
}
