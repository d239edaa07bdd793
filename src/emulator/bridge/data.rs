//! The rules of the pretended company.

use super::{Board, DEFAULT_BUS, Rule, State, Target};
use crate::emulator::alarms::topic_arn;
use crate::emulator::{ACCOUNT, REGIONS};

const HOME: &str = REGIONS[0];
const GLOBAL: &str = REGIONS[1];
const ORDERS: &str = "orders";

/// Where a rule leads: a topic, a queue, a function, a task of the cluster, or the service that manages it.
enum To {
    Topic(&'static str),
    Queue(&'static str),
    Function(&'static str),
    Task(&'static str),
    AutoScaling,
}

/// A rule as it is written here.
struct Written {
    region: &'static str,
    bus: &'static str,
    name: &'static str,
    description: &'static str,
    /// A pattern, or a schedule.
    when: &'static str,
    state: State,
    to: &'static [To],
}

const fn rule(
    region: &'static str,
    name: &'static str,
    description: &'static str,
    when: &'static str,
    to: &'static [To],
) -> Written {
    Written { region, bus: DEFAULT_BUS, name, description, when, state: State::Enabled, to }
}

/// The name that EC2 Auto Scaling gives to the rule that it makes.
const MANAGED: &str = "AutoScalingManagedRule";

/// In every Region that is watched.
const FINDINGS: (&str, &str, &str, &[To]) = (
    "guardduty-findings",
    "Findings of medium severity and above, to the security team",
    r#"{"source":["aws.guardduty"],"detail-type":["GuardDuty Finding"],"detail":{"severity":[{"numeric":[">=",4]}]}}"#,
    &[To::Topic("security-alerts"), To::Queue("findings-archive")],
);

const RULES: &[Written] = &[
    rule(
        GLOBAL,
        "root-sign-in",
        "Somebody signs in as root",
        r#"{"source":["aws.signin"],"detail-type":["AWS Console Sign In via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]}}}"#,
        &[To::Topic("security-alerts")],
    ),
    Written {
        state: State::WithReads,
        ..rule(
            GLOBAL,
            "iam-reconnaissance",
            "Somebody looks up who may do what; a read, so the state asks for all management events",
            r#"{"source":["aws.iam"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventName":["GetAccountAuthorizationDetails","GenerateCredentialReport","SimulatePrincipalPolicy"]}}"#,
            &[To::Topic("security-alerts")],
        )
    },
    rule(
        HOME,
        MANAGED,
        "Made by EC2 Auto Scaling, for interruptions of Spot Instances",
        r#"{"source":["aws.ec2"],"detail-type":["EC2 Instance Rebalance Recommendation","EC2 Spot Instance Interruption Warning"]}"#,
        &[To::AutoScaling],
    ),
    rule(
        HOME,
        "nightly-report",
        "Runs the report of the day before",
        "cron(0 2 * * ? *)",
        &[To::Task("nightly-report")],
    ),
    rule(
        HOME,
        "trail-tampering",
        "Somebody stops, changes or deletes a trail",
        r#"{"source":["aws.cloudtrail"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventName":["StopLogging","DeleteTrail","UpdateTrail","PutEventSelectors"]}}"#,
        &[To::Topic("security-alerts")],
    ),
    Written {
        state: State::Disabled,
        ..rule(
            HOME,
            "checkout-canary",
            "Buys something every five minutes",
            "rate(5 minutes)",
            &[To::Function("canary")],
        )
    },
    Written {
        bus: ORDERS,
        ..rule(
            HOME,
            "order-refunded",
            "A refund, to whoever does the books",
            r#"{"source":["shop.orders"],"detail-type":["Refunded"]}"#,
            &[To::Queue("refunds"), To::Function("ledger")],
        )
    },
];

/// The buses and rules of a Region.
pub fn board(region: &str) -> Board {
    let mut board = Board { buses: vec![DEFAULT_BUS], rules: Vec::new() };
    let (name, description, when, to) = FINDINGS;
    let findings =
        REGIONS.iter().filter(|known| **known == region).map(|known| rule(known, name, description, when, to));
    for written in findings {
        board.put(made(&written));
    }
    for written in RULES.iter().filter(|written| written.region == region) {
        if !board.buses.contains(&written.bus) {
            board.buses.push(written.bus);
        }
        board.put(made(written));
    }
    board
}

fn made(written: &Written) -> Rule {
    let is_pattern = written.when.starts_with('{');
    let when = |fits: bool| if fits { written.when.to_owned() } else { String::new() };
    Rule {
        name: written.name.to_owned(),
        bus: written.bus.to_owned(),
        pattern: when(is_pattern),
        schedule: when(!is_pattern),
        state: written.state,
        description: written.description.to_owned(),
        role: String::new(),
        managed_by: if written.name == MANAGED { "autoscaling.amazonaws.com" } else { "" },
        targets: written.to.iter().map(|to| target(to, written.region)).collect(),
    }
}

fn target(to: &To, region: &str) -> Target {
    let named = |service: &str, rest: &str| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}");
    let (id, arn) = match to {
        To::Topic(topic) => ("topic", topic_arn(region, topic)),
        To::Queue(queue) => ("queue", named("sqs", queue)),
        To::Function(function) => ("function", named("lambda", &format!("function:{function}"))),
        To::Task(_) => ("task", named("ecs", "cluster/reporting")),
        To::AutoScaling => ("autoscaling", format!("arn:aws:autoscaling:{region}:::")),
    };
    let (mut role, mut input, mut task) = (String::new(), "", String::new());
    if let To::Task(name) = to {
        role = format!("arn:aws:iam::{ACCOUNT}:role/EventsRunTask");
        input = r#"{"containerOverrides":[]}"#;
        task = named("ecs", &format!("task-definition/{name}"));
    }
    Target { id, arn, role, input, task }
}

#[cfg(test)]
mod tests {
    use super::super::{is_name, pattern_problem, schedule_is_sound};
    use super::*;

    #[test]
    fn every_rule_is_one_that_the_service_would_take() {
        for region in REGIONS {
            let board = board(region);
            assert!(board.rules.is_sorted_by_key(|rule| &rule.name) && !board.rules.is_empty());
            for rule in &board.rules {
                assert!(is_name(&rule.name) && !rule.targets.is_empty(), "{}", rule.name);
                assert!(rule.pattern.is_empty() != rule.schedule.is_empty(), "{}", rule.name);
                assert!(rule.pattern.is_empty() || pattern_problem(&rule.pattern).is_none(), "{}", rule.name);
                assert!(rule.schedule.is_empty() || schedule_is_sound(&rule.schedule), "{}", rule.name);
            }
        }
    }
}
