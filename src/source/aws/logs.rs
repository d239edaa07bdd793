//! CloudWatch Logs: the metric filters of every log group.

use aws_sdk_cloudwatchlogs::{
    Client,
    types::{MetricFilter as Filter, MetricTransformation},
};

use super::{Clients, errors::Asked, pages::Pages};
use crate::{
    model::{FilteredMetric, MetricFilter, Region, Update},
    source::{Clock, Failure, Fetched, Snapshot},
};

/// The most that one page can hold (CloudWatch Logs API reference, `DescribeMetricFilters`).
const PAGE: i32 = 50;

/// All metric filters of a Region.
#[derive(Debug)]
pub struct MetricFilters {
    client: Client,
    region: Region,
    asked: Asked,
}

impl MetricFilters {
    pub fn new(clients: &Clients, region: &Region) -> Self {
        let asked = Asked::new("logs:DescribeMetricFilters", clients, region);
        Self { client: clients.logs(region), region: region.clone(), asked }
    }
}

impl Snapshot for MetricFilters {
    async fn fetch(&mut self, clock: &Clock) -> Result<Fetched, Failure> {
        let (mut filters, mut pages) = (Vec::new(), Pages::new(&self.asked));
        while pages.go_on() {
            let request = self.client.describe_metric_filters().limit(PAGE).set_next_token(pages.token());
            let page = request.send().await.map_err(|error| self.asked.failure(error, clock()))?;
            filters
                .extend(page.metric_filters.unwrap_or_default().into_iter().map(|found| filter(found, &self.region)));
            pages.read(page.next_token, clock())?;
        }
        let update = Update::MetricFilters { region: self.region.clone(), at: clock(), filters };
        Ok(Fetched { update, newest: None, requests: pages.read })
    }
}

fn filter(found: Filter, region: &Region) -> MetricFilter {
    MetricFilter {
        region: region.clone(),
        log_group: found.log_group_name.unwrap_or_default(),
        name: found.filter_name.unwrap_or_default(),
        pattern: found.filter_pattern.unwrap_or_default(),
        metrics: found.metric_transformations.unwrap_or_default().into_iter().map(metric).collect(),
    }
}

fn metric(found: MetricTransformation) -> FilteredMetric {
    let mut dimensions: Vec<String> = found.dimensions.unwrap_or_default().into_keys().collect();
    dimensions.sort_unstable();
    FilteredMetric {
        namespace: found.metric_namespace,
        name: found.metric_name,
        value: found.metric_value,
        default_value: found.default_value.map(|value| value.to_string()),
        dimensions,
    }
}
