//! The topics of the pretended company, and who is subscribed to them.

use super::{Subscription, Topic};
use crate::emulator::REGIONS;
use crate::emulator::alarms::data::PENDING_TOPIC;

const HOME: &str = REGIONS[0];
const GLOBAL: &str = REGIONS[1];
const THIRD: &str = REGIONS[2];

const fn to(protocol: &'static str, endpoint: &'static str) -> Subscription {
    Subscription { protocol, endpoint, confirmed: true }
}

const fn unconfirmed(protocol: &'static str, endpoint: &'static str) -> Subscription {
    Subscription { protocol, endpoint, confirmed: false }
}

const SECURITY: &[Subscription] =
    &[to("email", "security@northgate.example"), to("https", "https://hooks.northgate.example/security")];
const PLATFORM: &[Subscription] = &[to("https", "https://pager.northgate.example/platform")];

const fn topic(region: &'static str, name: &'static str, subscriptions: &'static [Subscription]) -> Topic {
    Topic { region, name, display_name: "", subscriptions }
}

/// Every topic, by Region and name.
pub const TOPICS: &[Topic] = &[
    topic(THIRD, "platform-alerts", PLATFORM),
    topic(THIRD, "security-alerts", SECURITY),
    topic(HOME, "audit-trail.fifo", &[]),
    topic(HOME, "platform-alerts", PLATFORM),
    Topic { display_name: "Security", ..topic(HOME, "security-alerts", SECURITY) },
    topic(GLOBAL, "platform-alerts", PLATFORM),
    topic(GLOBAL, "security-alerts", SECURITY),
    // The mail with the question whether to subscribe was never answered.
    topic(GLOBAL, PENDING_TOPIC, &[unconfirmed("email", "oncall@northgate.example")]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::alarms::data;
    use crate::emulator::alarms::topic_arn;
    use crate::emulator::bridge::Rules;

    fn is_there(arn: &str) -> bool {
        TOPICS.iter().any(|topic| topic.arn() == arn)
    }

    #[test]
    fn every_topic_that_an_alarm_or_a_rule_names_is_there() {
        for alarm in data::all() {
            for topic in alarm.topics {
                assert!(is_there(&topic_arn(alarm.region, topic)), "{} tells {topic}", alarm.name);
            }
        }
        for region in REGIONS {
            let targets = Rules::default().with(region, |board| {
                let rules = board.rules(crate::emulator::bridge::DEFAULT_BUS);
                rules.flat_map(|rule| rule.targets.iter().map(|target| target.arn.clone())).collect::<Vec<_>>()
            });
            for arn in targets.iter().filter(|arn| arn.starts_with("arn:aws:sns:")) {
                assert!(is_there(arn), "{arn}");
            }
        }
    }

    #[test]
    fn one_topic_alone_has_nothing_but_a_subscription_that_nobody_confirmed() {
        let silent = TOPICS.iter().filter(|topic| topic.subscriptions.iter().any(|other| !other.confirmed));
        assert_eq!(silent.map(|topic| topic.name).collect::<Vec<_>>(), [PENDING_TOPIC]);
    }
}
