//! The account's metric filters: what CloudWatch Logs counts in its log groups.

use super::{Region, RuleOrigin, RuleStatus, Severity, duration::Span};

/// A metric filter as `DescribeMetricFilters` gives it. What it does not have is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricFilter {
    pub region: Region,
    pub log_group: String,
    /// Unique in its log group.
    pub name: String,
    /// `filterPattern`: one in braces is about the fields of records, any other about lines of text.
    pub pattern: String,
    /// What a match reports. The API allows one; a list stands in its answer.
    pub metrics: Vec<FilteredMetric>,
}

/// The metric that a filter reports to: an entry of `metricTransformations`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilteredMetric {
    pub namespace: String,
    pub name: String,
    /// `metricValue`: a number, or the field that holds it.
    pub value: String,
    /// The number that a minute with logs and no match reports; without one, such a minute reports nothing.
    pub default_value: Option<String>,
    /// The names of its dimensions, in order.
    pub dimensions: Vec<String>,
}

impl MetricFilter {
    pub fn origin(&self) -> RuleOrigin {
        RuleOrigin::MetricFilter { region: self.region.clone(), log_group: self.log_group.clone() }
    }

    /// Whether it asks the fields of records, as those of CloudTrail are.
    pub fn is_about_records(&self) -> bool {
        self.pattern.trim_start().starts_with('{')
    }

    /// The metrics that have no data in a minute with logs and no match. Those with dimensions cannot have a default
    /// value (CloudWatch Logs API reference, `MetricTransformation`) and are meant to be so.
    pub fn silent_metrics(&self) -> impl Iterator<Item = &FilteredMetric> {
        self.metrics.iter().filter(|metric| metric.default_value.is_none() && metric.dimensions.is_empty())
    }

    /// As a row among the rules.
    pub fn status(&self) -> RuleStatus {
        RuleStatus {
            name: self.name.clone(),
            title: self.name.clone(),
            severity: Severity::Info,
            language: "metric-filter",
            origin: self.origin(),
            on: true,
            on_by_default: true,
            text: self.pattern.clone(),
            reason: self.metrics.iter().map(FilteredMetric::label).collect::<Vec<_>>().join(", "),
            tags: Vec::new(),
            settings: self.settings(),
            problem: String::new(),
            hits: [0; 24],
            last_hit: None,
            events: Vec::new(),
            channels: Vec::new(),
            cooldown: Span::seconds(0),
            account: None,
            beside: String::new(),
        }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let of = |metric: &FilteredMetric| {
            let default = metric.default_value.clone().unwrap_or_else(|| "none".to_owned());
            let names = metric.dimensions.join(", ");
            let settings = [
                ("metric", metric.label()),
                ("value", metric.value.clone()),
                ("default value", default),
                ("dimensions", names),
            ];
            settings.into_iter().filter(|(_, text)| !text.is_empty())
        };
        let group = ("log group", self.log_group.clone());
        std::iter::once(group).chain(self.metrics.iter().flat_map(of)).collect()
    }
}

impl FilteredMetric {
    /// Namespace and name, such as `CloudTrailMetrics/RootUse`.
    pub fn label(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}
