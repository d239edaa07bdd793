//! EventBridge: the rules of every bus, one rule, and where a rule leads.

use aws_sdk_eventbridge::{Client, types::Target};

use super::{Clients, errors::Asked, pages::Pages};
use crate::{
    model::{AccountRule, Region, RuleTarget, SourceError, Update},
    source::{Clock, Failure, Fetched, Snapshot},
};

/// The most that one page can hold, for every list (EventBridge API reference, `Limit`).
const PAGE: i32 = 100;

/// The fields that the rule of a list and a described rule have alike. The SDK gives each a type of its own.
macro_rules! account_rule {
    ($from:ident, $region:expr, $bus:expr) => {
        AccountRule {
            region: $region.clone(),
            bus: $bus.to_owned(),
            state: $from.state().map_or("", |state| state.as_str()).to_owned(),
            name: $from.name.unwrap_or_default(),
            arn: $from.arn.unwrap_or_default(),
            description: $from.description.unwrap_or_default(),
            pattern: $from.event_pattern.unwrap_or_default(),
            schedule: $from.schedule_expression.unwrap_or_default(),
            managed_by: $from.managed_by.unwrap_or_default(),
            role_arn: $from.role_arn.unwrap_or_default(),
        }
    };
}
/// All rules of a Region.
#[derive(Debug)]
pub struct Rules {
    client: Client,
    region: Region,
    buses: Asked,
    rules: Asked,
}

impl Rules {
    pub fn new(clients: &Clients, region: &Region) -> Self {
        Self {
            client: clients.eventbridge(region),
            region: region.clone(),
            buses: Asked::new("events:ListEventBuses", clients, region),
            rules: Asked::new("events:ListRules", clients, region),
        }
    }

    /// The names of the buses, and how many requests it took.
    async fn buses(&self, clock: &Clock) -> Result<(Vec<String>, u32), Failure> {
        let (mut names, mut pages) = (Vec::new(), Pages::new(&self.buses));
        while pages.go_on() {
            let request = self.client.list_event_buses().limit(PAGE).set_next_token(pages.token());
            let page = request.send().await.map_err(|error| self.buses.failure(error, clock()))?;
            names.extend(page.event_buses.unwrap_or_default().into_iter().filter_map(|bus| bus.name));
            pages.read(page.next_token, clock())?;
        }
        names.sort_unstable();
        names.dedup();
        Ok((names, pages.read))
    }

    async fn rules_of(&self, bus: &str, clock: &Clock) -> Result<(Vec<AccountRule>, u32), Failure> {
        let (mut rules, mut pages) = (Vec::new(), Pages::new(&self.rules));
        while pages.go_on() {
            let request = self.client.list_rules().event_bus_name(bus).limit(PAGE).set_next_token(pages.token());
            let page = request.send().await.map_err(|error| self.rules.failure(error, clock()))?;
            rules.extend(page.rules.unwrap_or_default().into_iter().map(|rule| account_rule!(rule, &self.region, bus)));
            pages.read(page.next_token, clock())?;
        }
        Ok((rules, pages.read))
    }
}

impl Snapshot for Rules {
    async fn fetch(&mut self, clock: &Clock) -> Result<Fetched, Failure> {
        let (buses, mut requests) = self.buses(clock).await?;
        let mut rules = Vec::new();
        for bus in buses {
            let (more, pages) = self.rules_of(&bus, clock).await?;
            rules.extend(more);
            requests += pages;
        }
        let update = Update::AccountRules { region: self.region.clone(), at: clock(), rules };
        Ok(Fetched { update, newest: None, requests })
    }
}

/// A rule as it is now.
///
/// # Errors
/// What the API says, such as that there is no such rule.
pub async fn rule(
    clients: &Clients,
    (region, bus, name): (&Region, &str, &str),
    clock: &Clock,
) -> Result<AccountRule, SourceError> {
    let asked = Asked::new("events:DescribeRule", clients, region);
    let request = clients.eventbridge(region).describe_rule().event_bus_name(bus).name(name);
    let found = request.send().await.map_err(|error| asked.failure(error, clock()).error)?;
    let rule: AccountRule = account_rule!(found, region, bus);
    match rule.name == name {
        true => Ok(rule),
        false => Err(asked.unreadable("another rule than was asked for", clock()).error),
    }
}

/// Where a rule leads, every page.
///
/// # Errors
/// What the API says, such as that `events:ListTargetsByRule` is missing.
pub async fn rule_targets(
    clients: &Clients,
    (region, bus, name): (&Region, &str, &str),
    clock: &Clock,
) -> Result<Vec<RuleTarget>, SourceError> {
    let asked = Asked::new("events:ListTargetsByRule", clients, region);
    let client = clients.eventbridge(region);
    let (mut targets, mut pages) = (Vec::new(), Pages::new(&asked));
    while pages.go_on() {
        let request = client.list_targets_by_rule().event_bus_name(bus).rule(name).limit(PAGE);
        let page = request.set_next_token(pages.token()).send().await;
        let page = page.map_err(|error| asked.failure(error, clock()).error)?;
        targets.extend(page.targets.unwrap_or_default().into_iter().map(target));
        pages.read(page.next_token, clock()).map_err(|failure| failure.error)?;
    }
    Ok(targets)
}

fn target(target: Target) -> RuleTarget {
    let transformed = target.input_transformer().map(|transformer| format!("a text: {}", transformer.input_template()));
    let part = target.input_path().map(|path| format!("the part {path} of the event"));
    let input = target.input.or(part).or(transformed).unwrap_or_default();
    RuleTarget { id: target.id, arn: target.arn, role_arn: target.role_arn.unwrap_or_default(), input }
}
