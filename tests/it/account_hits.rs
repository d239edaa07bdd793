//! The account's own rules and metric filters: what they match here, in the engine and on screen.

use aws_sdk_eventbridge::{Client, types::RuleState};
use trailwatch::{
    emulator::{self, Failure},
    model::{AccountHits, FilteredMetric, MetricFilter, Region, RuleOrigin, Update},
    rules::{LANGUAGES, Language, Subject},
};

use crate::{
    account::{listed, rule, rules, screen, to},
    engine::{Account, Heard},
    support::{Screen, now},
};

const HOME: &str = emulator::REGIONS[0];
const GLOBAL: &str = emulator::REGIONS[1];

/// What was told last of a rule.
fn hits(heard: &Heard, name: &str) -> Option<AccountHits> {
    let told = heard.all.iter().rev().filter_map(|update| match update {
        Update::AccountHits(hits) => Some(hits),
        _ => None,
    });
    told.flatten().find(|hits| hits.name == name).cloned()
}

/// The metric filters of a Region.
fn filters(heard: &Heard, of: &str) -> Option<Vec<MetricFilter>> {
    heard.all.iter().rev().find_map(|update| match update {
        Update::MetricFilters { region, filters, .. } if region.as_str() == of => Some(filters.clone()),
        _ => None,
    })
}

#[test]
fn what_the_accounts_rules_and_filters_match_on_the_feed_is_told() {
    let account = Account::start();
    let (_engine, mut heard) = account.engine(account.settings());
    heard.until("the filters", |heard| filters(heard, HOME).is_some() && filters(heard, GLOBAL).is_some());
    // Refused calls are ordinary noise.
    heard.until("hits", |heard| hits(heard, "unauthorized-api-calls").is_some_and(|hits| hits.last_hit.is_some()));
    let denied = hits(&heard, "unauthorized-api-calls").unwrap();
    assert_eq!(denied.problem, "");
    let events =
        || heard.all.iter().filter_map(|update| if let Update::Events(events) = update { Some(events) } else { None });
    let behind = events().flatten().filter(|event| denied.events.contains(&event.id));
    assert!(behind.clone().count() > 0 && behind.clone().all(|event| !event.outcome.code().is_empty()));
    let grey = "no default value: the alarm kms-key-deletion goes grey when nothing matches";
    heard.until("why", |heard| hits(heard, "kms-key-deletion").is_some_and(|hits| hits.problem == grey));
    let root = hits(&heard, "root-sign-in").expect("told once, with or without hits");
    assert_eq!(root.origin, RuleOrigin::EventBridge { region: Region::new(GLOBAL), bus: "default".into() });
    assert!(root.problem.is_empty());
}

/// Makes a rule on all calls in the home Region, in a state.
fn put(account: &Account, name: &str, state: RuleState) {
    let (id, secret) = emulator::credentials();
    let config = aws_sdk_eventbridge::Config::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::new(HOME))
        .credentials_provider(aws_credential_types::Credentials::new(id, secret, None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(account.running.url());
    let pattern = r#"{"detail-type":["AWS API Call via CloudTrail"]}"#;
    let rule = Client::from_conf(config.build()).put_rule().name(name).event_pattern(pattern).state(state);
    account.runtime.block_on(rule.send()).unwrap();
}

#[test]
fn a_rule_on_a_bus_counts_the_calls_of_its_region_and_reads_only_when_it_asks_for_them() {
    let account = Account::start();
    put(&account, "changes", RuleState::Enabled);
    put(&account, "all", RuleState::EnabledWithAllCloudtrailManagementEvents);
    put(&account, "off", RuleState::Disabled);
    let (_engine, mut heard) = account.engine(account.settings());
    let some = |heard: &Heard, name| hits(heard, name).is_some_and(|hits| hits.last_hit.is_some());
    heard.until("hits", |heard| some(heard, "changes") && some(heard, "all"));
    let events: Vec<_> =
        heard.all.iter().filter_map(|u| if let Update::Events(e) = u { Some(e) } else { None }).flatten().collect();
    let names = |rule: &str| {
        let ids = hits(&heard, rule).unwrap().events;
        let behind = events.iter().filter(|event| ids.contains(&event.id));
        behind.map(|event| (event.region.as_str(), event.name.as_str())).collect::<Vec<_>>()
    };
    let reads = |name: &str| ["Describe", "Get", "List"].iter().any(|start| name.starts_with(start));
    let (changes, all) = (names("changes"), names("all"));
    assert!(changes.iter().chain(&all).all(|(region, _)| *region == HOME));
    assert!(!changes.is_empty() && !changes.iter().any(|(_, name)| reads(name)), "{changes:?}");
    assert!(all.iter().any(|(_, name)| reads(name)), "{all:?}");
    assert!(hits(&heard, "off").is_some_and(|hits| hits.last_hit.is_none()));
}

#[test]
fn a_missing_permission_costs_the_metric_filters_alone() {
    let account = Account::start();
    account.running.faults().set("logs", "*", GLOBAL, Failure::error(400, "AccessDeniedException", "Access denied"));
    let (_engine, mut heard) = account.engine(account.settings());
    heard.until("a failure", |heard| heard.failure("metric filters us-east-1").is_some());
    let error = heard.failure("metric filters us-east-1").unwrap();
    assert_eq!(error.missing_action.as_deref(), Some("logs:DescribeMetricFilters"));
    heard.until("the others", |heard| filters(heard, HOME).is_some() && hits(heard, "trail-tampering").is_some());
}

#[test]
fn the_pretended_metric_filters_are_understood_and_match_what_their_names_say() {
    let account = Account::start();
    let (_engine, mut heard) = account.engine(account.settings());
    heard.until("the filters", |heard| filters(heard, HOME).is_some() && filters(heard, GLOBAL).is_some());
    let filters: Vec<MetricFilter> =
        [HOME, GLOBAL].iter().flat_map(|region| filters(&heard, region).unwrap()).collect();
    assert_eq!(filters.len(), 10);
    let language = Language::named("metric-filter").unwrap();
    assert!(LANGUAGES.iter().any(|known| known.name == language.name));
    let matching = |record: &str| {
        let subject = Subject::cloudtrail(record).unwrap();
        let fits = |filter: &&MetricFilter| {
            let compiled = (language.compile)(&filter.pattern).unwrap();
            assert!(compiled.warnings.is_empty(), "{}: {:?}", filter.name, compiled.warnings);
            compiled.predicate.matches(&subject)
        };
        filters.iter().filter(fits).map(|filter| filter.name.as_str()).collect::<Vec<_>>()
    };
    let sign_in = |who: &str, how: &str| {
        format!(
            r#"{{"eventName":"ConsoleLogin","userIdentity":{{"type":"{who}"}},"responseElements":{{"ConsoleLogin":"{how}"}}}}"#
        )
    };
    assert_eq!(matching(&sign_in("Root", "Success")), ["signin-console-success-root"]);
    assert_eq!(matching(&sign_in("Root", "Failure")), ["signin-console-failure-root"]);
    assert_eq!(matching(&sign_in("IAMUser", "Success")), ["signin-console-success-iam"]);
    assert_eq!(matching(&sign_in("IAMUser", "Failure")), ["signin-console-failure-iam"]);
    for (name, filter) in [
        ("AttachUserPolicy", "iam-policy-changes"),
        ("StopLogging", "cloudtrail-changes"),
        ("AuthorizeSecurityGroupIngress", "security-group-changes"),
        ("PutBucketPolicy", "bucket-policy-changes"),
        ("ScheduleKeyDeletion", "kms-key-deletion"),
    ] {
        let record = format!(r#"{{"eventName":"{name}","eventSource":"kms.amazonaws.com"}}"#);
        assert_eq!(matching(&record), [filter]);
    }
    assert_eq!(matching(r#"{"eventName":"X","errorCode":"Client.UnauthorizedOperation"}"#), ["unauthorized-api-calls"]);
}

/// An event of the account on screen.
const EVENT: &str = "0e1f0000-0000-4000-8000-000000000000";

fn counted(origin: RuleOrigin, name: &str, problem: &str) -> AccountHits {
    let mut hits = [0; 24];
    (hits[20], hits[23]) = (3, 1);
    AccountHits {
        origin,
        name: name.into(),
        hits,
        last_hit: Some(now() - chrono::TimeDelta::minutes(2)),
        events: vec!["gone".into(), EVENT.into()],
        problem: problem.into(),
    }
}

fn metric_filter(name: &str, default_value: Option<&str>) -> MetricFilter {
    let metric = FilteredMetric {
        namespace: "CloudTrailMetrics".into(),
        name: "RootUse".into(),
        value: "1".into(),
        default_value: default_value.map(str::to_owned),
        dimensions: Vec::new(),
    };
    MetricFilter {
        region: Region::new("us-east-1"),
        log_group: "/example/cloudtrail".into(),
        name: name.into(),
        pattern: r#"{ $.userIdentity.type = "Root" && $.eventType != "AwsServiceEvent" }"#.into(),
        metrics: vec![metric],
    }
}

/// A screen with the account's rules, two metric filters, and what both matched.
fn with_hits(size: (u16, u16)) -> Screen {
    let mut screen = screen(size, true);
    let filters = vec![metric_filter("root-metric", Some("0")), metric_filter("key\u{202e}-deletion", None)];
    let odd = counted(
        filters[1].origin(),
        &filters[1].name,
        "no default value: the alarm keys goes grey when nothing matches",
    );
    let hits = [counted(rules()[2].origin(), "root", ""), counted(filters[0].origin(), "root-metric", ""), odd];
    screen.update(Update::MetricFilters { region: Region::new("us-east-1"), at: now(), filters });
    screen.update(Update::AccountHits(hits.into()));
    screen
}

#[test]
fn the_hits_of_the_accounts_rules_stand_in_their_rows() {
    for size in [(80, 24), (140, 36)] {
        let screen = with_hits(size).keys("/").text("@us-east-1").keys("enter");
        insta::assert_snapshot!(format!("account-hits-{}", size.0), { screen }.picture());
    }
}

#[test]
fn a_rule_of_the_account_opens_with_the_events_that_it_matched() {
    let mut screen = to(with_hits((100, 34)), "EventBridge root for").keys("enter");
    insta::assert_snapshot!("account-rule-hits", screen.picture());
    let mut screen = screen.keys("G enter");
    assert!(screen.plain().contains("no longer in the history"), "{}", screen.plain());
    let mut screen = screen.keys("k enter");
    assert!(screen.plain().lines().nth(2).unwrap().contains("ConsoleLogin"), "{}", screen.plain());
}

#[test]
fn a_metric_filter_opens_with_its_settings_and_says_why_it_has_no_switch() {
    let mut screen = with_hits((100, 34)).keys("/").text("root-metric").keys("enter enter");
    insta::assert_snapshot!("metric-filter", screen.picture());
    let mut screen = screen.keys("space");
    let text = screen.plain();
    assert!(text.contains("is on as long as it exists; in Alarms, x switches what its alarm does"), "{text}");
    let mut screen = screen.keys("G k enter");
    assert!(screen.plain().lines().nth(2).unwrap().contains("ConsoleLogin"), "{}", screen.plain());
    let mut screen = with_hits((100, 34)).keys("/").text("root-metric").keys("enter e");
    assert!(screen.plain().contains("$.userIdentity.type"), "{}", screen.plain());
}

#[test]
fn what_is_off_or_on_another_bus_says_why_it_is_not_counted() {
    for (name, why) in [("off-rule", "not counted while it is off"), ("refund", "reaches the bus default")] {
        let screen = with_hits((120, 34)).keys("/").text(name).keys("enter enter");
        let text = { screen }.plain();
        assert!(text.contains(why) && !text.contains("hits in 24 h"), "{text}");
    }
}

#[test]
fn hits_outlast_the_next_list_and_go_with_their_rule() {
    let of = |screen: &mut Screen, name: &str| {
        let rows = screen.plain();
        rows.lines().find(|row| row.contains(name)).map(|row| row.contains(" 4 ")).unwrap_or_default()
    };
    let mut screen = with_hits((140, 36)).keys("/").text("@us-east-1").keys("enter");
    screen.update(listed(rules()));
    assert!(of(&mut screen, "■ ▫ root ") || of(&mut screen, " root "), "{}", screen.plain());
    screen.update(listed(vec![rule("other", "default", "ENABLED")]));
    screen.update(listed(rules()));
    assert!(!of(&mut screen, " root "), "{}", screen.plain());
    assert!(of(&mut screen, "root-metric"), "{}", screen.plain());
}
