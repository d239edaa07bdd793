//! The account's own rules at work: what each would have been told of is counted, and nothing is said.

use chrono::TimeDelta;

use super::{
    tests::{ONE, alarm, at, event, tell, watch},
    *,
};
use crate::model::{AccountRule, FilteredMetric, MetricFilter};

const WITH_READS: &str = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

fn here() -> Region {
    Region::new("eu-west-1")
}

/// A rule of the Region in which [`event`] happens, about all calls of IAM.
fn rule(name: &str) -> AccountRule {
    AccountRule {
        region: here(),
        bus: "default".to_owned(),
        name: name.to_owned(),
        arn: String::new(),
        state: "ENABLED".to_owned(),
        description: String::new(),
        pattern: r#"{"source":["aws.iam"]}"#.to_owned(),
        schedule: String::new(),
        managed_by: String::new(),
        role_arn: String::new(),
    }
}

fn filter(pattern: &str, default_value: Option<&str>) -> MetricFilter {
    let metric = FilteredMetric {
        namespace: "Trail".to_owned(),
        name: "Users".to_owned(),
        value: "1".to_owned(),
        default_value: default_value.map(str::to_owned),
        dimensions: Vec::new(),
    };
    MetricFilter {
        region: Region::new("us-east-1"),
        log_group: "trail".to_owned(),
        name: "filter".to_owned(),
        pattern: pattern.to_owned(),
        metrics: vec![metric],
    }
}

/// A watch with no rules of its own, past its first moments.
fn settled(rules: &[AccountRule]) -> Watch {
    let mut watch = Watch::default();
    watch.set_account_rules(&here(), rules);
    watch.take_account_hits(at(0));
    watch
}

/// The hits that are news, by the names of the rules.
fn news(watch: &mut Watch, minute: i64) -> Vec<(String, u32)> {
    let hits = watch.take_account_hits(at(minute));
    hits.into_iter().map(|hits| (hits.name, hits.hits.iter().sum())).collect()
}

fn one(name: &str, hits: u32) -> Vec<(String, u32)> {
    vec![(name.to_owned(), hits)]
}

#[test]
fn a_match_is_counted_and_neither_marks_nor_says_anything() {
    let mut watch = settled(&[rule("iam")]);
    assert_eq!(tell(&mut watch, event("CreateUser", "a", 0), 0), None);
    tell(&mut watch, event("DeleteUser", "b", 1), 1);
    let [hits] = &watch.take_account_hits(at(1))[..] else { panic!("one rule") };
    assert_eq!((hits.name.as_str(), hits.hits[23], hits.last_hit), ("iam", 2, Some(at(1))));
    assert_eq!((hits.events.join(""), hits.problem.as_str(), &hits.origin), ("ab".to_owned(), "", &rule("").origin()));
    assert!(watch.take_alerts().is_empty() && watch.statuses(at(1)).is_empty());
    assert!(watch.take_account_hits(at(1)).is_empty(), "it is told once");
}

#[test]
fn own_rules_and_those_of_the_account_do_not_get_into_each_others_way() {
    let mut watch = watch(ONE);
    watch.set_account_rules(&here(), &[rule("iam")]);
    assert_eq!(tell(&mut watch, event("CreateUser", "a", 0), 0), Some(Severity::High));
    assert_eq!(tell(&mut watch, event("TagUser", "b", 0), 0), None);
    assert!(watch.switch("users", false));
    assert_eq!(tell(&mut watch, event("CreateUser", "c", 0), 0), None);
    assert_eq!(news(&mut watch, 0), one("iam", 3));
    assert_eq!((watch.take_alerts().len(), watch.statuses(at(0))[0].hits_in_a_day()), (1, 1));
}

#[test]
fn only_a_rule_on_the_bus_default_of_the_events_region_is_told() {
    let elsewhere = AccountRule { region: Region::new("us-east-1"), ..rule("elsewhere") };
    let orders = AccountRule { bus: "orders".to_owned(), ..rule("orders") };
    let mut watch = settled(&[orders, rule("here")]);
    watch.set_account_rules(&Region::new("us-east-1"), &[elsewhere]);
    news(&mut watch, 0);
    tell(&mut watch, event("CreateUser", "a", 0), 0);
    assert_eq!(news(&mut watch, 0), one("here", 1));
    tell(&mut watch, Event { region: Region::new("us-east-1"), ..event("CreateUser", "b", 0) }, 0);
    assert_eq!(news(&mut watch, 0), one("elsewhere", 1));
}

#[test]
fn calls_that_only_read_reach_a_rule_that_asks_for_them_and_others_do_not() {
    let mut listed = [rule("plain"), rule("reads"), rule("off")];
    listed[1].state = WITH_READS.to_owned();
    listed[2].state = "DISABLED".to_owned();
    let mut watch = settled(&listed);
    for name in ["GetUser", "ListUsers", "DescribeX"] {
        tell(&mut watch, event(name, name, 0), 0);
    }
    assert_eq!(news(&mut watch, 0), one("reads", 3));
    for name in ["GetSessionToken", "GetFederationToken", "Reset", "TestList"] {
        tell(&mut watch, event(name, name, 0), 0);
    }
    let mut data = event("GetObject", "data", 0);
    data.record = data.record.replacen('{', r#"{"eventCategory":"Data","#, 1);
    tell(&mut watch, data, 0);
    assert_eq!(news(&mut watch, 0), [("plain".to_owned(), 5), ("reads".to_owned(), 8)]);
}

#[test]
fn a_rule_that_is_listed_again_goes_on_counting_unless_its_pattern_is_another() {
    let mut watch = settled(&[rule("iam")]);
    tell(&mut watch, event("CreateUser", "a", 0), 0);
    watch.set_account_rules(&here(), &[rule("iam")]);
    assert_eq!(news(&mut watch, 0), one("iam", 1));
    let off = AccountRule { state: "DISABLED".to_owned(), ..rule("iam") };
    watch.set_account_rules(&here(), std::slice::from_ref(&off));
    tell(&mut watch, event("CreateUser", "b", 0), 0);
    assert_eq!(news(&mut watch, 0), one("iam", 1));
    let other = AccountRule { pattern: r#"{"source":["aws.s3"]}"#.to_owned(), ..off };
    watch.set_account_rules(&here(), &[other]);
    assert_eq!(news(&mut watch, 0), one("iam", 0));
    watch.set_account_rules(&here(), &[]);
    assert!(news(&mut watch, 0).is_empty());
}

#[test]
fn one_text_is_understood_once_and_kept_when_the_list_changes() {
    let text = |n: usize| AccountRule { pattern: format!(r#"{{"source":["aws.s{n}"]}}"#), ..rule(&format!("r{n}")) };
    let mut rules: Vec<AccountRule> = (0..50).map(text).chain((0..50).map(|n| rule(&format!("same{n}")))).collect();
    let mut foreign = Foreign::default();
    assert!(foreign.set_rules(&here(), &rules));
    assert_eq!(foreign.gates().count(), 51);
    assert!(!foreign.set_rules(&here(), &rules), "nothing has changed");
    rules.truncate(60);
    assert!(foreign.set_rules(&here(), &rules) && foreign.gates().count() == 51);
}

#[test]
fn what_came_shortly_before_the_first_list_is_counted_too() {
    let mut watch = Watch::default();
    tell(&mut watch, event("CreateUser", "early", -30), 0);
    watch.set_account_rules(&here(), &[rule("iam")]);
    assert_eq!(news(&mut watch, 0), one("iam", 1));
    // The one that was there is not told twice.
    tell(&mut watch, event("CreateUser", "next", 0), 0);
    watch.set_account_rules(&here(), &[rule("iam"), rule("later")]);
    assert_eq!(news(&mut watch, 0), [("iam".to_owned(), 2), ("later".to_owned(), 2)]);
    watch.tend(at(0) + TimeDelta::seconds(30));
    watch.set_account_rules(&here(), &[rule("iam"), rule("later"), rule("too late")]);
    assert_eq!(news(&mut watch, 0).pop(), Some(("too late".to_owned(), 0)));
}

#[test]
fn a_schedule_has_no_hits_and_a_pattern_that_is_not_understood_says_so() {
    let schedule = AccountRule { pattern: String::new(), schedule: "rate(1 day)".to_owned(), ..rule("schedule") };
    let odd = AccountRule { pattern: r#"{"source":[{"sounds-like":"iam"}]}"#.to_owned(), ..rule("odd") };
    let mut watch = Watch::default();
    watch.set_account_rules(&here(), &[schedule, odd]);
    tell(&mut watch, event("CreateUser", "a", 0), 0);
    let hits = watch.take_account_hits(at(0));
    assert_eq!((hits[0].problem.as_str(), hits[0].last_hit), ("", None));
    let problem = &hits[1].problem;
    assert!(problem.contains("trailwatch cannot: Unrecognized match type sounds-like"), "{problem}");
}

#[test]
fn a_pattern_on_calls_that_only_read_is_odd_unless_the_state_asks_for_them() {
    let pattern = r#"{"detail":{"eventName":["GetUser"]}}"#.to_owned();
    let plain = AccountRule { pattern, ..rule("plain") };
    let reads = AccountRule { name: "reads".to_owned(), state: WITH_READS.to_owned(), ..plain.clone() };
    let mut watch = Watch::default();
    watch.set_account_rules(&here(), &[plain, reads]);
    let problems: Vec<String> = watch.take_account_hits(at(0)).into_iter().map(|hits| hits.problem).collect();
    let why = "on a bus, a rule that is ENABLED receives no Get call: they only read, and none is counted";
    assert_eq!(problems, [why, ""]);
}

#[test]
fn the_change_of_an_alarm_is_told_to_the_rules_of_its_region() {
    let pattern = r#"{"detail-type":["CloudWatch Alarm State Change"]}"#.to_owned();
    let mut watch = settled(&[AccountRule { pattern, ..rule("red") }]);
    watch.alarms(&here(), &[alarm(AlarmState::Ok, 0)], at(0));
    watch.alarms(&here(), &[alarm(AlarmState::Alarm, 1)], at(1));
    assert_eq!(news(&mut watch, 1), one("red", 1));
}

#[test]
fn hits_are_told_again_when_an_hour_has_passed() {
    let mut watch = settled(&[rule("iam"), rule("reads")]);
    watch.set_account_rules(&here(), &[rule("iam")]);
    tell(&mut watch, event("CreateUser", "a", 0), 0);
    news(&mut watch, 0);
    let hits = watch.take_account_hits(at(60));
    assert_eq!((hits[0].hits[22], hits[0].hits[23]), (1, 0));
    assert!(watch.take_account_hits(at(60)).is_empty());
}

#[test]
fn a_metric_filter_counts_the_records_of_all_regions_and_nothing_else() {
    let mut watch = Watch::default();
    let listed = |filter: MetricFilter| (filter.region.clone(), [filter]);
    let set = |watch: &mut Watch, filter| {
        let (region, filters) = listed(filter);
        watch.set_metric_filters(&region, &filters);
    };
    set(&mut watch, filter("{ $.eventName = CreateUser || $.alarmName = * }", Some("0")));
    tell(&mut watch, event("CreateUser", "a", 0), 0);
    watch.alarms(&here(), &[alarm(AlarmState::Ok, 0)], at(0));
    watch.alarms(&here(), &[alarm(AlarmState::Alarm, 1)], at(1));
    assert_eq!(news(&mut watch, 1), one("filter", 1));
    // Words are looked for in lines of other logs, too.
    set(&mut watch, filter("CreateUser", Some("0")));
    tell(&mut watch, event("CreateUser", "b", 1), 1);
    assert_eq!(news(&mut watch, 1), one("filter", 0));
}

#[test]
fn what_is_odd_with_a_metric_filter_is_said() {
    let problem = |pattern: &str| {
        let mut watch = Watch::default();
        watch.set_metric_filters(&Region::new("us-east-1"), &[filter(pattern, None)]);
        watch.take_account_hits(at(0)).remove(0).problem
    };
    assert_eq!(problem("{ $.eventName = CreateUser }"), "");
    let root = problem("{ $.userIdentity.type = \"root\" }");
    assert!(root.contains("Root"), "{root}");
    assert!(problem("{ $.eventName ~ x }").starts_with("not counted: AWS took its pattern"));
}

#[test]
fn a_filter_without_a_default_value_is_odd_when_an_alarm_over_it_goes_grey() {
    let region = Region::new("us-east-1");
    let over = |metric: &str, missing_data: &str| Alarm {
        missing_data: missing_data.to_owned(),
        settings: vec![("MetricName".to_owned(), metric.to_owned()), ("Namespace".to_owned(), "Trail".to_owned())],
        ..alarm(AlarmState::Ok, 0)
    };
    let mut watch = Watch::default();
    watch.set_metric_filters(&region, &[filter("{ $.eventName = CreateUser }", None)]);
    let mut problem = |alarm: Alarm| {
        watch.alarms(&region, &[alarm], at(0));
        watch.take_account_hits(at(0)).pop().map(|hits| hits.problem)
    };
    let grey = Some("no default value: the alarm cpu goes grey when nothing matches".to_owned());
    assert_eq!(problem(over("Users", "missing")), grey);
    assert_eq!(problem(over("Users", "missing")), None, "nothing has changed");
    assert_eq!(problem(over("Users", "notBreaching")), Some(String::new()));
    assert_eq!(problem(over("Other", "")), Some(String::new()));
    assert_eq!(problem(over("Users", "")), grey);
    watch.set_metric_filters(&region, &[filter("{ $.eventName = CreateUser }", Some("0"))]);
    assert_eq!(watch.take_account_hits(at(0))[0].problem, "");
}
