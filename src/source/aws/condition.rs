//! What an alarm watches, in one line.

use aws_sdk_cloudwatch::types::{CompositeAlarm, EvaluationCriteria, LogAlarm, MetricAlarm, MetricDataQuery};

use crate::model::duration::Span;

/// `Errors > 5 for 3 of 5 × 1m, missing data: notBreaching`; the same with an expression for metric math, and the query
/// for PromQL.
pub fn metric(alarm: &MetricAlarm) -> String {
    let mut text = subject(alarm);
    if let Some(EvaluationCriteria::PromQlCriteria(criteria)) = alarm.evaluation_criteria() {
        text = criteria.query().unwrap_or_default().to_owned();
        if let Some(pending) = criteria.pending_period() {
            text += &format!(" for {}", span(pending));
        }
    } else {
        text += &comparison(alarm);
        text += &datapoints(alarm);
    }
    with_missing_data(text, alarm.treat_missing_data())
}

/// The rule as it was written.
pub fn composite(alarm: &CompositeAlarm) -> String {
    alarm.alarm_rule().unwrap_or_default().to_owned()
}

/// `count(*) of QUERY > 5 for 2 of 3 results, missing data: notBreaching`.
pub fn log(alarm: &LogAlarm) -> String {
    let query = alarm.scheduled_query_configuration();
    let mut text = query.and_then(|query| query.query_string()).unwrap_or("the query").to_owned();
    if let Some(aggregation) = query.and_then(|query| query.aggregation_expression()) {
        text = format!("{aggregation} of {text}");
    }
    let sign = alarm.comparison_operator().map_or("", |operator| sign(operator.as_str()));
    if let Some(threshold) = alarm.threshold() {
        text += &format!(" {sign} {threshold}");
    }
    if let Some(of) = alarm.query_results_to_evaluate() {
        text += &format!(" for {} of {of} results", alarm.query_results_to_alarm().unwrap_or(of));
    }
    with_missing_data(text, alarm.treat_missing_data())
}

fn subject(alarm: &MetricAlarm) -> String {
    match alarm.metric_name() {
        Some(name) => name.to_owned(),
        None => alarm.metrics().iter().find(|query| returns(query, alarm)).map(query).unwrap_or_default(),
    }
}

/// The query whose value is compared: not the band that it is compared with.
fn returns(query: &MetricDataQuery, alarm: &MetricAlarm) -> bool {
    query.return_data() != Some(false) && (query.id().is_none() || query.id() != alarm.threshold_metric_id())
}

/// A metric's name or an expression.
pub fn query(query: &MetricDataQuery) -> String {
    let metric = query.metric_stat().and_then(|stat| stat.metric());
    let name = metric.and_then(|metric| metric.metric_name());
    query.expression().or(name).or(query.id()).unwrap_or_default().to_owned()
}

/// ` > 5`, or ` outside ANOMALY_DETECTION_BAND(m1)`.
fn comparison(alarm: &MetricAlarm) -> String {
    let sign = alarm.comparison_operator().map_or("", |operator| sign(operator.as_str()));
    let band = alarm.metrics().iter().find(|q| q.id().is_some() && q.id() == alarm.threshold_metric_id());
    match (alarm.threshold(), band) {
        (_, Some(band)) => format!(" {sign} {}", query(band)),
        (Some(threshold), None) => format!(" {sign} {threshold}"),
        (None, None) => String::new(),
    }
}

/// ` for 3 of 5 × 1m`; the period is that of the first metric when the alarm has none of its own.
fn datapoints(alarm: &MetricAlarm) -> String {
    let Some(of) = alarm.evaluation_periods() else { return String::new() };
    let queries = || alarm.metrics().iter();
    let period = alarm
        .period()
        .or_else(|| queries().find_map(|q| q.period()))
        .or_else(|| queries().find_map(|q| q.metric_stat().and_then(|stat| stat.period())));
    let each = period.map_or_else(|| " periods".to_owned(), |period| format!(" × {}", span(period)));
    format!(" for {} of {of}{each}", alarm.datapoints_to_alarm().unwrap_or(of))
}

fn with_missing_data(text: String, missing: Option<&str>) -> String {
    match missing {
        Some(missing) if !missing.is_empty() => format!("{text}, missing data: {missing}"),
        _ => text,
    }
}

/// A period of the API, in seconds.
pub fn span(seconds: i32) -> Span {
    Span::seconds(u64::try_from(seconds).unwrap_or_default())
}

/// A `ComparisonOperator` as a sign.
fn sign(operator: &str) -> &str {
    match operator {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => ">=",
        "LessThanThreshold" => "<",
        "LessThanOrEqualToThreshold" => "<=",
        "LessThanLowerOrGreaterThanUpperThreshold" => "outside",
        "LessThanLowerThreshold" => "below",
        "GreaterThanUpperThreshold" => "above",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{
        AlarmPromQlCriteria, ComparisonOperator, Metric, MetricStat, ScheduledQueryConfiguration,
    };

    use super::*;

    fn alarm() -> aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder {
        MetricAlarm::builder()
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .evaluation_periods(5)
            .datapoints_to_alarm(3)
    }

    #[test]
    fn a_metric_alarm_says_metric_threshold_and_datapoints() {
        let simple = alarm().metric_name("Errors").threshold(5.0).period(60).treat_missing_data("notBreaching").build();
        assert_eq!(metric(&simple), "Errors > 5 for 3 of 5 × 1m, missing data: notBreaching");
        assert_eq!(metric(&alarm().metric_name("Errors").threshold(0.5).build()), "Errors > 0.5 for 3 of 5 periods");
    }

    #[test]
    fn metric_math_and_anomaly_bands_say_their_expressions() {
        let stat =
            MetricStat::builder().metric(Metric::builder().metric_name("Errors").build()).period(300).stat("Sum");
        let errors = MetricDataQuery::builder().id("m1").metric_stat(stat.build());
        let ratio = MetricDataQuery::builder().id("e1").expression("100*m1/m2").return_data(true).build();
        let math = alarm().threshold(1.0).metrics(errors.clone().return_data(false).build()).metrics(ratio).build();
        assert_eq!(metric(&math), "100*m1/m2 > 1 for 3 of 5 × 5m");
        let band = MetricDataQuery::builder().id("ad1").expression("ANOMALY_DETECTION_BAND(m1, 2)").build();
        let anomaly = alarm().metrics(errors.build()).metrics(band).threshold_metric_id("ad1");
        let anomaly = anomaly.comparison_operator(ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold).build();
        assert_eq!(metric(&anomaly), "Errors outside ANOMALY_DETECTION_BAND(m1, 2) for 3 of 5 × 5m");
    }

    #[test]
    fn queries_stand_as_they_were_written() {
        let criteria = AlarmPromQlCriteria::builder().query("rate(errors[5m]) > 1").pending_period(120).build();
        let prom = MetricAlarm::builder().evaluation_criteria(EvaluationCriteria::PromQlCriteria(criteria)).build();
        assert_eq!(metric(&prom), "rate(errors[5m]) > 1 for 2m");
        let schedule = ScheduledQueryConfiguration::builder().query_string("filter @message like /denied/");
        let logs = LogAlarm::builder()
            .scheduled_query_configuration(schedule.aggregation_expression("count(*)").build())
            .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
            .threshold(3.0)
            .query_results_to_evaluate(3)
            .query_results_to_alarm(2)
            .build();
        assert_eq!(log(&logs), "count(*) of filter @message like /denied/ >= 3 for 2 of 3 results");
        let rule = CompositeAlarm::builder().alarm_rule("ALARM(a) AND NOT ALARM(b)").build();
        assert_eq!(composite(&rule), "ALARM(a) AND NOT ALARM(b)");
    }
}
