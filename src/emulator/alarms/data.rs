//! The alarms of the account as data: what each watches, and why it goes red or grey.

use std::borrow::Cow;

use super::evaluate::{Comparison, Rule, Treatment};
use super::trail;
use crate::emulator::REGIONS;
use crate::emulator::random::{hash, mix};
use crate::emulator::story::Event;

/// An alarm as it was configured.
#[derive(Clone, Debug)]
pub struct Alarm {
    pub name: Cow<'static, str>,
    pub region: &'static str,
    pub description: &'static str,
    pub actions_enabled: bool,
    /// The SNS topics told of ALARM.
    pub topics: &'static [&'static str],
    /// The second of each minute in which it is evaluated.
    pub phase: i64,
    pub kind: Kind,
}

/// The kinds of alarm.
#[derive(Clone, Debug)]
pub enum Kind {
    Metric {
        namespace: &'static str,
        metric: &'static str,
        dimensions: Vec<(&'static str, Cow<'static, str>)>,
        statistic: &'static str,
        rule: Rule,
        signal: Signal,
    },
    /// ALARM while any of its children is; its actions rest while the suppressor is in ALARM.
    Composite {
        children: &'static [&'static str],
        suppressor: Option<&'static str>,
    },
    Log {
        query: &'static str,
        group: &'static str,
        rule: Rule,
        signal: Signal,
    },
}

/// What a metric reports.
#[derive(Clone, Copy, Debug)]
pub enum Signal {
    /// A level that wobbles, with incidents: from second, to second after the start, level.
    Level { base: f64, wobble: f64, incidents: &'static [(i64, i64, f64)] },
    /// A metric filter on the trail's log group: how many events of a minute match. Without a default value a minute
    /// with logs but no match reports nothing; a minute without logs never does. `pattern` says the same as `matches`.
    Filter { pattern: &'static str, matches: fn(&Event<'_>) -> bool, default: Option<f64> },
}

impl Alarm {
    /// Whether it watches what CloudTrail records, so that a recording decides its state.
    pub fn follows_the_trail(&self) -> bool {
        matches!(self.kind, Kind::Metric { signal: Signal::Filter { .. }, .. })
    }

    /// Whether it is a metric alarm, a composite or a log alarm, as `AlarmTypes` calls it.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Metric { .. } => "MetricAlarm",
            Kind::Composite { .. } => "CompositeAlarm",
            Kind::Log { .. } => "LogAlarm",
        }
    }
}

/// A topic with one subscription that nobody ever confirmed: what is sent there, nobody reads.
pub const PENDING_TOPIC: &str = "security-oncall";
pub(super) const SECURITY: &[&str] = &["security-alerts"];
const PLATFORM: &[&str] = &["platform-alerts"];
pub(super) const NOBODY: &[&str] = &[];

pub(super) const HOME: &str = REGIONS[0];
pub(super) const GLOBAL: &str = REGIONS[1];
const THIRD: &str = REGIONS[2];

/// Above a threshold, one datapoint of a minute.
pub(super) const fn above(threshold: f64) -> Rule {
    let (comparison, missing) = (Comparison::Greater, Treatment::Missing);
    Rule { period: 60, evaluate: 1, to_alarm: 1, threshold, comparison, missing }
}

pub(super) const fn quiet_is_fine(rule: Rule) -> Rule {
    Rule { missing: Treatment::NotBreaching, ..rule }
}

const fn level(base: f64, wobble: f64, incidents: &'static [(i64, i64, f64)]) -> Signal {
    Signal::Level { base, wobble, incidents }
}

/// Every alarm, by Region and name.
pub fn all() -> Vec<Alarm> {
    let mut alarms = trail::all();
    alarms.extend(services());
    alarms.extend(composites());
    alarms.extend((0..120).map(fleet));
    alarms.sort_by(|a, b| (a.region, &a.name).cmp(&(b.region, &b.name)));
    alarms
}

/// An alarm on a metric of a service.
struct Ordinary {
    name: &'static str,
    description: &'static str,
    region: &'static str,
    phase: i64,
    topics: &'static [&'static str],
    metric: (&'static str, &'static str, &'static str),
    dimension: (&'static str, &'static str),
    rule: Rule,
    signal: Signal,
}

const ORDINARY: &[Ordinary] = &[
    // Red within the first half minute: the first evaluation after the start sees a breaching minute.
    Ordinary {
        name: "checkout-alb-5xx",
        description: "The load balancer of checkout answers with server errors.",
        region: HOME,
        phase: 20,
        topics: PLATFORM,
        metric: ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum"),
        dimension: ("LoadBalancer", "app/checkout/50dc6c495c0c9188"),
        rule: quiet_is_fine(above(10.0)),
        signal: level(1.0, 3.0, &[(-4200, -3900, 41.0), (-99, 170, 84.0), (1500, 1740, 63.0)]),
    },
    Ordinary {
        name: "orders-db-cpu",
        description: "The orders database has no CPU left.",
        region: HOME,
        phase: 33,
        topics: PLATFORM,
        metric: ("AWS/RDS", "CPUUtilization", "Average"),
        dimension: ("DBInstanceIdentifier", "orders"),
        rule: Rule { evaluate: 3, to_alarm: 3, ..above(80.0) },
        signal: level(38.2, 9.5, &[(60, 480, 88.4)]),
    },
    Ordinary {
        name: "orders-worker-errors",
        description: "The orders worker fails.",
        region: HOME,
        phase: 8,
        topics: PLATFORM,
        metric: ("AWS/Lambda", "Errors", "Sum"),
        dimension: ("FunctionName", "orders-worker"),
        rule: quiet_is_fine(above(0.0)),
        signal: level(0.0, 0.0, &[(-2520, -2280, 4.0), (-900, -780, 2.0), (400, 520, 3.0)]),
    },
    Ordinary {
        name: "orders-dlq-depth",
        description: "Orders that nobody could work off wait in the dead-letter queue.",
        region: HOME,
        phase: 41,
        topics: PLATFORM,
        metric: ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum"),
        dimension: ("QueueName", "orders-dlq"),
        rule: above(0.0),
        signal: level(0.0, 0.0, &[(-2400, 560, 3.0)]),
    },
    Ordinary {
        name: "checkout-latency-p99",
        description: "One customer in a hundred waits more than 1.5 s.",
        region: HOME,
        phase: 27,
        topics: PLATFORM,
        metric: ("AWS/ApplicationELB", "TargetResponseTime", "p99"),
        dimension: ("LoadBalancer", "app/checkout/50dc6c495c0c9188"),
        rule: Rule { evaluate: 3, to_alarm: 2, ..above(1.5) },
        signal: level(0.4, 0.3, &[(-60, 240, 2.75)]),
    },
    Ordinary {
        name: "deployment-in-progress",
        description: "A release runs; other alarms hold back their actions meanwhile.",
        region: HOME,
        phase: 12,
        topics: NOBODY,
        metric: ("Northgate/Release", "DeploymentInProgress", "Maximum"),
        dimension: ("Environment", "production"),
        rule: quiet_is_fine(above(0.0)),
        signal: level(0.0, 0.0, &[(-1800, 700, 1.0)]),
    },
    Ordinary {
        name: "batch-queue-age",
        description: "The nightly batch is behind.",
        region: HOME,
        phase: 17,
        topics: PLATFORM,
        metric: ("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum"),
        dimension: ("QueueName", "batch"),
        rule: above(900.0),
        signal: level(40.0, 90.0, &[(-5400, 1200, 1810.0)]),
    },
    Ordinary {
        name: "vpn-tunnel-up",
        description: "The tunnel to the warehouse is down.",
        region: THIRD,
        phase: 50,
        topics: PLATFORM,
        metric: ("AWS/VPN", "TunnelState", "Minimum"),
        dimension: ("VpnId", "vpn-0b6c1f27a9d3e8450"),
        rule: Rule { comparison: Comparison::Less, missing: Treatment::Breaching, ..above(1.0) },
        signal: level(1.0, 0.0, &[(200, 330, 0.0)]),
    },
    Ordinary {
        name: "billing-estimated-charges",
        description: "This month costs more than planned.",
        region: GLOBAL,
        phase: 2,
        topics: PLATFORM,
        metric: ("AWS/Billing", "EstimatedCharges", "Maximum"),
        dimension: ("Currency", "USD"),
        rule: Rule { period: 21_600, ..above(1200.0) },
        signal: level(987.12, 4.4, &[]),
    },
];

fn services() -> Vec<Alarm> {
    let ordinary = |item: &Ordinary| {
        let (namespace, metric, statistic) = item.metric;
        let dimensions = vec![(item.dimension.0, item.dimension.1.into())];
        let kind = Kind::Metric { namespace, metric, dimensions, statistic, rule: item.rule, signal: item.signal };
        let Ordinary { name, description, region, phase, topics, .. } = *item;
        // Somebody muted the batch queue and forgot.
        let actions_enabled = name != "batch-queue-age";
        Alarm { name: name.into(), region, description, actions_enabled, topics, phase, kind }
    };
    let mut alarms: Vec<Alarm> = ORDINARY.iter().map(ordinary).collect();
    alarms.push(Alarm {
        name: "checkout-log-errors".into(),
        region: HOME,
        description: "Errors in the log of checkout.",
        actions_enabled: true,
        topics: PLATFORM,
        phase: 38,
        kind: Kind::Log {
            query: "fields @timestamp, @message | filter @message like /ERROR/",
            group: "/aws/ecs/checkout",
            rule: Rule { period: 300, ..quiet_is_fine(above(25.0)) },
            signal: level(3.0, 8.0, &[(-60, 420, 131.0)]),
        },
    });
    alarms
}

fn composites() -> Vec<Alarm> {
    let composite = |name: &'static str, description, children, suppressor| Alarm {
        name: name.into(),
        region: HOME,
        description,
        actions_enabled: true,
        topics: PLATFORM,
        phase: 55,
        kind: Kind::Composite { children, suppressor },
    };
    vec![
        composite(
            "checkout-health",
            "Customers cannot pay.",
            &["checkout-alb-5xx", "checkout-latency-p99", "orders-db-cpu"],
            None,
        ),
        composite(
            "orders-health",
            "Orders are not worked off. Silent while a release runs.",
            &["orders-worker-errors", "orders-dlq-depth"],
            Some("deployment-in-progress"),
        ),
    ]
}

/// One of the many alarms that a fleet has, all green.
fn fleet(number: u64) -> Alarm {
    let instance = format!("i-0{:016x}", mix(hash("fleet"), number));
    let (namespace, metric, statistic) = ("AWS/EC2", "CPUUtilization", "Average");
    let rule = Rule { period: 300, evaluate: 2, to_alarm: 2, ..above(90.0) };
    let dimensions = vec![("InstanceId", instance.clone().into())];
    let signal = level(31.4, 22.7, &[]);
    Alarm {
        name: format!("web-fleet-cpu-{instance}").into(),
        region: THIRD,
        description: "",
        actions_enabled: true,
        topics: PLATFORM,
        phase: (number % 60) as i64,
        kind: Kind::Metric { namespace, metric, dimensions, statistic, rule, signal },
    }
}
