//! The pretended account, asked by AWS's own Rust clients.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_config::retry::RetryConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use aws_sdk_cloudwatch::types::{AlarmType, HistoryItemType, StateValue};
use aws_sdk_s3::types::{GlacierJobParameters, OptionalObjectAttributes, RestoreRequest, Tier};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use chrono::{DateTime, TimeDelta, Utc};
use trailwatch::emulator::{self, ACCOUNT, Failure, Options, PLACES, REGIONS, Running};

const HOME: &str = REGIONS[0];
const GLOBAL: &str = REGIONS[1];
const THIRD: &str = REGIONS[2];

/// An account on a clock that only the test moves.
struct Account {
    running: Running,
    seconds: Arc<AtomicI64>,
}

fn start_time() -> DateTime<Utc> {
    "2026-11-21T09:00:30Z".parse().unwrap()
}

impl Account {
    async fn with(change: impl FnOnce(&mut Options)) -> Result<Self, emulator::StartError> {
        let seconds = Arc::new(AtomicI64::new(0));
        let ticks = Arc::clone(&seconds);
        let clock: emulator::Clock =
            Arc::new(move || start_time() + TimeDelta::milliseconds(ticks.load(Ordering::Relaxed)));
        let mut options = Options { seed: 7, start: start_time(), clock, events: 0, replay: Vec::new() };
        change(&mut options);
        let running = emulator::start(options, "127.0.0.1:0".parse().unwrap()).await?;
        Ok(Self { running, seconds })
    }

    async fn new() -> Self {
        Self::with(|_| {}).await.unwrap()
    }

    /// Moves the clock to that second after the start.
    fn at(&self, second: i64) {
        self.seconds.store(second * 1000, Ordering::Relaxed);
    }

    /// Lets a second pass, so that the buckets fill.
    fn pass(&self) {
        self.seconds.fetch_add(1000, Ordering::Relaxed);
    }

    fn config(&self, region: &'static str) -> aws_config::SdkConfig {
        let (id, secret) = emulator::credentials();
        aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .endpoint_url(self.running.url())
            .region(aws_config::Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(id, secret, None, None, "test")))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build()
    }

    fn trail(&self, region: &'static str) -> aws_sdk_cloudtrail::Client {
        aws_sdk_cloudtrail::Client::new(&self.config(region))
    }

    fn watch(&self, region: &'static str) -> aws_sdk_cloudwatch::Client {
        aws_sdk_cloudwatch::Client::new(&self.config(region))
    }

    fn store(&self, region: &'static str) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::new(&self.config(region))
    }

    /// Every event of a Region that can be seen now, newest first, at most `pages` pages.
    async fn events(&self, region: &'static str, pages: usize) -> Vec<aws_sdk_cloudtrail::types::Event> {
        let client = self.trail(region);
        let (mut events, mut token) = (Vec::new(), None);
        for _ in 0..pages {
            self.pass();
            let page = client.lookup_events().set_next_token(token).send().await.unwrap();
            events.extend_from_slice(page.events());
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        events
    }

    async fn alarm(&self, region: &'static str, name: &str) -> aws_sdk_cloudwatch::types::MetricAlarm {
        self.pass();
        let found = self.watch(region).describe_alarms().alarm_names(name).send().await.unwrap();
        found.metric_alarms()[0].clone()
    }
}

fn code<E: ProvideErrorMetadata>(error: &E) -> &str {
    error.code().unwrap_or("no code")
}

fn key(name: LookupAttributeKey, value: &str) -> LookupAttribute {
    LookupAttribute::builder().attribute_key(name).attribute_value(value).build().unwrap()
}

#[tokio::test]
async fn sts_says_who_is_signed_in() {
    let account = Account::new().await;
    let client = aws_sdk_sts::Client::new(&account.config(HOME));
    let identity = client.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some(ACCOUNT));
    assert!(identity.arn().unwrap().contains(":assumed-role/"));
}

#[tokio::test]
async fn pages_of_fifty_go_back_without_gap_or_repeat() {
    let account = Account::new().await;
    let events = account.events(HOME, 100).await;
    assert!(events.len() > 1_500, "{}", events.len());
    assert!(events.is_sorted_by(|a, b| a.event_time().unwrap().secs() >= b.event_time().unwrap().secs()));
    let ids: HashSet<_> = events.iter().map(|event| event.event_id().unwrap()).collect();
    assert_eq!(ids.len(), events.len());
    let oldest = events.last().unwrap().event_time().unwrap().secs();
    assert!((7_100..=7_200).contains(&(start_time().timestamp() - oldest)));
}

#[tokio::test]
async fn a_record_is_whole_and_agrees_with_its_event() {
    let account = Account::new().await;
    for region in REGIONS {
        for event in account.events(region, 4).await {
            let record: serde_json::Value = serde_json::from_str(event.cloud_trail_event().unwrap()).unwrap();
            assert_eq!(record["eventID"], event.event_id().unwrap());
            assert_eq!(record["eventName"], event.event_name().unwrap());
            assert_eq!(record["eventSource"], event.event_source().unwrap());
            assert_eq!(record["readOnly"].to_string(), event.read_only().unwrap());
            assert_eq!(record["awsRegion"], region);
            assert_eq!(record["recipientAccountId"], ACCOUNT);
            assert!(record["userIdentity"]["type"].is_string());
            assert!(!event.cloud_trail_event().unwrap().contains('<'), "{record}");
        }
    }
}

#[tokio::test]
async fn one_seed_tells_one_story_and_another_another() {
    let told = async |seed| {
        let account = Account::with(|options| options.seed = seed).await.unwrap();
        account.at(300);
        let events = account.events(HOME, 3).await;
        events.into_iter().map(|event| event.cloud_trail_event.unwrap()).collect::<Vec<_>>()
    };
    let first = told(1).await;
    assert_eq!(first, told(1).await);
    assert_ne!(first, told(2).await);
}

#[tokio::test]
async fn events_come_late_and_out_of_order() {
    let account = Account::new().await;
    let (mut seen, mut late) = (HashSet::new(), 0);
    for second in (0..400).step_by(5) {
        account.at(second);
        let page = account.trail(GLOBAL).lookup_events().send().await.unwrap();
        let newest_known = seen.iter().map(|(_, time)| *time).max().unwrap_or(0);
        for event in page.events() {
            let time = event.event_time().unwrap().secs();
            let age = start_time().timestamp() + second - time;
            assert!(age >= 10 || time < start_time().timestamp(), "{age}");
            let fresh = seen.insert((event.event_id().unwrap().to_owned(), time));
            late += usize::from(fresh && time < newest_known && second > 0);
        }
    }
    assert!(late > 3, "{late}");
}

#[tokio::test]
async fn a_third_request_within_a_second_is_throttled() {
    let account = Account::new().await;
    let client = account.trail(HOME);
    for _ in 0..2 {
        client.lookup_events().send().await.unwrap();
    }
    let error = client.lookup_events().send().await.unwrap_err();
    assert_eq!(code(&error), "ThrottlingException");
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    account.trail(GLOBAL).lookup_events().send().await.unwrap();
    account.pass();
    client.lookup_events().send().await.unwrap();
}

#[tokio::test]
async fn wrong_parameters_get_cloudtrails_own_errors() {
    let account = Account::new().await;
    let lookup = || {
        account.pass();
        account.trail(HOME).lookup_events()
    };
    let time = |second| aws_smithy_types::DateTime::from_secs(start_time().timestamp() + second);
    let too_many = lookup().max_results(51).send().await.unwrap_err();
    assert_eq!(code(&too_many), "InvalidMaxResultsException");
    let backwards = lookup().start_time(time(0)).end_time(time(-9)).send().await.unwrap_err();
    assert_eq!(code(&backwards), "InvalidTimeRangeException");
    let unknown = lookup().lookup_attributes(key(LookupAttributeKey::from("Colour"), "red")).send().await.unwrap_err();
    assert_eq!(code(&unknown), "InvalidLookupAttributesException");
    let token = lookup().send().await.unwrap().next_token.unwrap();
    let changed = lookup().next_token(&token).start_time(time(-600)).send().await.unwrap_err();
    assert_eq!(code(&changed), "InvalidNextTokenException");
    let garbage = lookup().next_token("garbage").send().await.unwrap_err();
    assert_eq!(code(&garbage), "InvalidNextTokenException");
    account.pass();
    let no_trail = account.trail(HOME).get_trail_status().name("nobody").send().await.unwrap_err();
    assert_eq!(code(&no_trail), "TrailNotFoundException");
}

#[tokio::test]
async fn a_lookup_attribute_is_exact_and_only_the_first_counts() {
    let account = Account::new().await;
    account.at(700);
    let lookup = async |attributes: Vec<LookupAttribute>| {
        account.pass();
        let sent = account.trail(GLOBAL).lookup_events().set_lookup_attributes(Some(attributes)).send();
        sent.await.unwrap().events.unwrap_or_default()
    };
    let made = lookup(vec![key(LookupAttributeKey::EventName, "CreateUser")]).await;
    assert_eq!(made.len(), 1);
    let event = &made[0];
    assert_eq!(event.resources()[0].resource_name(), Some("support-sync"));
    for (name, value) in [
        (LookupAttributeKey::EventId, event.event_id().unwrap()),
        (LookupAttributeKey::Username, "root"),
        (LookupAttributeKey::ResourceName, "support-sync"),
        (LookupAttributeKey::ResourceType, "AWS::IAM::User"),
        (LookupAttributeKey::EventSource, "iam.amazonaws.com"),
        (LookupAttributeKey::ReadOnly, "false"),
    ] {
        let found = lookup(vec![key(name.clone(), value)]).await;
        assert!(found.iter().any(|found| found.event_id() == event.event_id()), "{name}");
    }
    assert!(lookup(vec![key(LookupAttributeKey::EventName, "createuser")]).await.is_empty());
    let first =
        lookup(vec![key(LookupAttributeKey::EventName, "CreateUser"), key(LookupAttributeKey::Username, "nobody")]);
    assert_eq!(first.await.len(), 1);
}

#[tokio::test]
async fn the_attack_is_told_in_its_order() {
    let account = Account::new().await;
    account.at(900);
    let mut told = Vec::new();
    for region in REGIONS {
        told.extend(account.events(region, 30).await);
    }
    let seconds = |name: &str| -> Vec<i64> {
        let of = told.iter().filter(|event| event.event_name() == Some(name));
        of.map(|event| event.event_time().unwrap().secs() - start_time().timestamp()).filter(|at| *at >= 0).collect()
    };
    assert_eq!(seconds("CreateUser"), [150]);
    assert_eq!(seconds("AttachUserPolicy"), [161]);
    assert_eq!(seconds("StopLogging"), [300]);
    assert_eq!(seconds("PutBucketPolicy"), [346]);
    let root = told.iter().find(|event| event.event_name() == Some("ConsoleLogin") && event.username() == Some("root"));
    let record = root.unwrap().cloud_trail_event().unwrap();
    assert!(record.contains(r#""type":"Root""#) && record.contains(r#""MFAUsed":"No""#), "{record}");
    // IAM's events are in us-east-1 alone.
    for event in &told {
        let in_global = event.cloud_trail_event().unwrap().contains("\"awsRegion\":\"us-east-1\"");
        assert!(in_global || !matches!(event.event_source(), Some("iam.amazonaws.com")));
    }
}

#[tokio::test]
async fn the_trail_follows_the_story() {
    let account = Account::new().await;
    let logging = async |second| {
        account.at(second);
        account.trail(HOME).get_trail_status().name("northgate-trail").send().await.unwrap().is_logging()
    };
    assert_eq!(logging(10).await, Some(true));
    assert_eq!(logging(310).await, Some(false));
    assert_eq!(logging(490).await, Some(true));
    let trails = account.trail(THIRD).describe_trails().send().await.unwrap();
    let trail = &trails.trail_list()[0];
    assert_eq!((trail.is_multi_region_trail(), trail.home_region()), (Some(true), Some(HOME)));
    let arn = trail.trail_arn().unwrap();
    let selectors = account.trail(THIRD).get_event_selectors().trail_name(arn).send().await.unwrap();
    assert_eq!(selectors.event_selectors()[0].include_management_events(), Some(true));
}

#[tokio::test]
async fn a_million_events_are_there_at_once() {
    let account = Account::with(|options| options.events = 1_000_000).await.unwrap();
    let old = aws_smithy_types::DateTime::from_secs(start_time().timestamp() - 20 * 86_400);
    let page = account.trail(HOME).lookup_events().end_time(old).send().await.unwrap();
    assert_eq!(page.events().len(), 50);
    let too_old = aws_smithy_types::DateTime::from_secs(start_time().timestamp() - 91 * 86_400);
    let none = account.trail(HOME).lookup_events().end_time(too_old).send().await.unwrap();
    assert!(none.events().is_empty());
}

#[tokio::test]
async fn only_metric_alarms_come_unless_others_are_asked_for() {
    let account = Account::new().await;
    let client = account.watch(HOME);
    let plain = client.describe_alarms().send().await.unwrap();
    assert!(plain.metric_alarms().len() > 10);
    assert!(plain.composite_alarms().is_empty() && plain.log_alarms().is_empty());
    let all = client.describe_alarms();
    let all = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm]
        .into_iter()
        .fold(all, |request, kind| request.alarm_types(kind));
    let all = all.send().await.unwrap();
    assert_eq!((all.composite_alarms().len(), all.log_alarms().len()), (2, 1));
    assert!(all.composite_alarms()[0].alarm_rule().unwrap().starts_with("ALARM(\"checkout-alb-5xx\") OR "));
    let suppressed = all.composite_alarms().iter().find(|alarm| alarm.alarm_name() == Some("orders-health")).unwrap();
    assert!(suppressed.actions_suppressed_by().is_some());
    let query = all.log_alarms()[0].scheduled_query_configuration().unwrap();
    assert_eq!(query.log_group_identifiers(), ["/aws/ecs/checkout"]);
}

#[tokio::test]
async fn over_a_hundred_alarms_take_two_pages() {
    let account = Account::new().await;
    let client = account.watch(THIRD);
    let first = client.describe_alarms().send().await.unwrap();
    assert_eq!(first.metric_alarms().len(), 100);
    let token = first.next_token().unwrap();
    let second = client.describe_alarms().next_token(token).send().await.unwrap();
    assert_eq!(second.metric_alarms().len(), 21);
    assert_eq!(second.next_token(), None);
    let changed = client.describe_alarms().next_token(token).alarm_name_prefix("web").send().await.unwrap_err();
    assert_eq!(code(&changed), "InvalidNextToken");
    let prefixed = client.describe_alarms().alarm_name_prefix("vpn").send().await.unwrap();
    assert_eq!(prefixed.metric_alarms().len(), 1);
    let red = client.describe_alarms().state_value(StateValue::Alarm).send().await.unwrap();
    assert!(red.metric_alarms().is_empty());
}

#[tokio::test]
async fn something_turns_red_within_45_seconds() {
    let account = Account::new().await;
    let at_start = account.alarm(HOME, "checkout-alb-5xx").await;
    assert_eq!(at_start.state_value(), Some(&StateValue::Ok), "{at_start:?}");
    account.at(45);
    let red = account.alarm(HOME, "checkout-alb-5xx").await;
    assert_eq!(red.state_value(), Some(&StateValue::Alarm));
    account.at(330);
    assert_eq!(account.alarm(HOME, "checkout-alb-5xx").await.state_value(), Some(&StateValue::Ok));
}

#[tokio::test]
async fn the_root_alarm_follows_the_root_sign_in() {
    let account = Account::new().await;
    account.at(109);
    let name = "signin-console-success-root";
    assert_eq!(account.alarm(GLOBAL, name).await.state_value(), Some(&StateValue::Ok));
    let mut alarm = account.alarm(GLOBAL, name).await;
    for second in (110..230).step_by(10) {
        account.at(second);
        alarm = account.alarm(GLOBAL, name).await;
        if alarm.state_value() == Some(&StateValue::Alarm) {
            break;
        }
    }
    assert_eq!(
        alarm.state_reason(),
        Some(
            "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (21/11/26 09:02:00)] was greater than the threshold \
             (0.0) (minimum 1 datapoint for OK -> ALARM transition)."
        )
    );
    let data: serde_json::Value = serde_json::from_str(alarm.state_reason_data().unwrap()).unwrap();
    assert_eq!(data["recentDatapoints"], serde_json::json!([1.0]));
    assert!(alarm.alarm_actions()[0].ends_with(":security-oncall"));
}

#[tokio::test]
async fn grey_has_its_reasons() {
    let account = Account::new().await;
    let state = async |region, name| account.alarm(region, name).await.state_value().unwrap().clone();
    assert_eq!(state(HOME, "kms-key-deletion").await, StateValue::InsufficientData);
    // While the trail is stopped no log reaches the metric filters.
    account.at(450);
    assert_eq!(state(GLOBAL, "signin-console-success-iam").await, StateValue::InsufficientData);
    assert!(account.alarm(HOME, "unauthorized-api-calls").await.alarm_actions().is_empty());
    assert_eq!(account.alarm(HOME, "batch-queue-age").await.actions_enabled(), Some(false));
}

#[tokio::test]
async fn the_history_tells_what_changed_and_who_was_told() {
    let account = Account::new().await;
    account.at(320);
    let client = account.watch(HOME);
    let history = client.describe_alarm_history().alarm_name("checkout-alb-5xx").send().await.unwrap();
    let items = history.alarm_history_items();
    assert!(items.is_sorted_by(|a, b| a.timestamp().unwrap().as_nanos() >= b.timestamp().unwrap().as_nanos()));
    assert_eq!(items[0].history_summary(), Some("Alarm updated from ALARM to OK"));
    assert!(items.iter().any(|item| item.history_item_type() == Some(&HistoryItemType::Action)));
    let data: serde_json::Value = serde_json::from_str(items[0].history_data().unwrap()).unwrap();
    assert_eq!(data["oldState"]["stateValue"], "ALARM");
    let request = client.describe_alarm_history().history_item_type(HistoryItemType::StateUpdate).max_records(3);
    let page = request.send().await.unwrap();
    assert_eq!(page.alarm_history_items().len(), 3);
    let request = client.describe_alarm_history().history_item_type(HistoryItemType::StateUpdate);
    let next = request.next_token(page.next_token().unwrap()).send().await.unwrap();
    assert!(!next.alarm_history_items().is_empty());
}

#[tokio::test]
async fn actions_are_switched_and_a_set_state_lasts_until_the_next_evaluation() {
    let account = Account::new().await;
    let client = account.watch(GLOBAL);
    let name = "iam-policy-changes";
    client.disable_alarm_actions().alarm_names(name).send().await.unwrap();
    assert_eq!(account.alarm(GLOBAL, name).await.actions_enabled(), Some(false));
    client.enable_alarm_actions().alarm_names(name).send().await.unwrap();
    assert_eq!(account.alarm(GLOBAL, name).await.actions_enabled(), Some(true));
    account.pass();
    let set =
        |name: &str| client.set_alarm_state().alarm_name(name).state_value(StateValue::Alarm).state_reason("drill");
    set(name).send().await.unwrap();
    let alarm = account.alarm(GLOBAL, name).await;
    assert_eq!((alarm.state_value(), alarm.state_reason()), (Some(&StateValue::Alarm), Some("drill")));
    account.at(70);
    assert_eq!(account.alarm(GLOBAL, name).await.state_value(), Some(&StateValue::Ok));
    account.pass();
    assert_eq!(code(&set("nobody").send().await.unwrap_err()), "ResourceNotFound");
    let broken = set(name).state_reason_data("{").send().await.unwrap_err();
    assert_eq!(code(&broken), "InvalidFormat");
    assert!(broken.into_service_error().is_invalid_format_fault());
}

#[tokio::test]
async fn restores_go_from_in_progress_to_ready_to_expired() {
    let account = Account::new().await;
    let client = account.store(HOME);
    let restore = async |key: &str| {
        let object = client.head_object().bucket("northgate-archive").key(key).send().await.unwrap();
        object.restore
    };
    let (soon, ending) = ("contracts/2018/lease-quay-7.pdf", "contracts/2017/framework-agreement.pdf");
    assert_eq!(restore(soon).await.as_deref(), Some("ongoing-request=\"true\""));
    assert!(restore(ending).await.is_some());
    account.at(91);
    let ready = restore(soon).await.unwrap();
    assert_eq!(ready, "ongoing-request=\"false\", expiry-date=\"Wed, 25 Nov 2026 00:00:00 GMT\"");
    account.at(181);
    assert_eq!(restore(ending).await, None);
    let refused = client.get_object().bucket("northgate-archive").key(ending).send().await.unwrap_err();
    assert_eq!(code(&refused), "InvalidObjectState");
    let got = client.get_object().bucket("northgate-archive").key(soon).send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().into_bytes().len(), 2 << 20);
}

#[tokio::test]
async fn a_listing_tells_restores_only_when_asked() {
    let account = Account::new().await;
    let client = account.store(HOME);
    let list = || client.list_objects_v2().bucket("northgate-archive").prefix("contracts/");
    assert!(list().send().await.unwrap().contents().iter().all(|object| object.restore_status().is_none()));
    let asked = list().optional_object_attributes(OptionalObjectAttributes::RestoreStatus).send().await.unwrap();
    let told = asked.contents().iter().filter(|object| object.restore_status().is_some()).count();
    assert_eq!(told, 3);
    let folders = client.list_objects_v2().bucket("northgate-archive").delimiter("/").send().await.unwrap();
    let folders: Vec<_> = folders.common_prefixes().iter().filter_map(|prefix| prefix.prefix()).collect();
    assert_eq!(folders, ["cases/", "contracts/"]);
    let missing = client.list_objects_v2().bucket("nowhere").send().await.unwrap_err();
    assert_eq!(code(&missing), "NoSuchBucket");
    let elsewhere = client.list_objects_v2().bucket("northgate-logs-cold").send().await.unwrap_err();
    assert_eq!(code(&elsewhere), "PermanentRedirect");
}

#[tokio::test]
async fn every_key_comes_once_over_the_pages() {
    let account = Account::new().await;
    let client = account.store(HOME);
    let mut pages = client.list_objects_v2().bucket("northgate-media-vault").prefix("masters/").into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        keys.extend(page.unwrap().contents().iter().map(|object| object.key().unwrap().to_owned()));
    }
    assert_eq!(keys.len(), 1_606);
    assert!(keys.is_sorted_by(|a, b| a < b));
    let buckets = client.list_buckets().max_buckets(4).send().await.unwrap();
    assert_eq!((buckets.buckets().len(), buckets.buckets()[0].bucket_region()), (4, Some(HOME)));
    let rest = client.list_buckets().max_buckets(4).continuation_token(buckets.continuation_token().unwrap());
    assert_eq!(rest.send().await.unwrap().buckets().len(), 2);
}

#[tokio::test]
async fn a_restore_keeps_s3s_rules() {
    let account = Account::new().await;
    let client = account.store(HOME);
    let restore = |key: &str, days, tier: Tier| {
        let job = GlacierJobParameters::builder().tier(tier).build().unwrap();
        let request = RestoreRequest::builder().days(days).glacier_job_parameters(job).build();
        client.restore_object().bucket("northgate-archive").key(key).restore_request(request)
    };
    let deep = "contracts/2018/supplier-terms.pdf";
    let refused = restore(deep, 1, Tier::Expedited).send().await.unwrap_err();
    assert_eq!(code(&refused), "InvalidArgument");
    restore(deep, 2, Tier::Bulk).send().await.unwrap();
    let again = restore(deep, 2, Tier::Bulk).send().await.unwrap_err();
    assert_eq!(code(&again), "RestoreAlreadyInProgress");
    assert_eq!(again.raw_response().unwrap().status().as_u16(), 409);
    restore(deep, 2, Tier::Standard).send().await.unwrap();
    account.at(12 * 3_600);
    let head = || client.head_object().bucket("northgate-archive").key(deep).send();
    assert!(head().await.unwrap().restore().unwrap().ends_with("expiry-date=\"Tue, 24 Nov 2026 00:00:00 GMT\""));
    restore(deep, 9, Tier::Standard).send().await.unwrap();
    assert!(head().await.unwrap().restore().unwrap().ends_with("expiry-date=\"Tue, 01 Dec 2026 00:00:00 GMT\""));
    let plain = restore("contracts/2024/index.json", 1, Tier::Standard).send().await.unwrap_err();
    assert_eq!(code(&plain), "InvalidObjectState");
    let nothing = restore("contracts/none", 1, Tier::Standard).send().await.unwrap_err();
    assert_eq!(code(&nothing), "NoSuchKey");
}

#[tokio::test]
async fn every_place_has_restores_to_watch() {
    let account = Account::new().await;
    for place in PLACES {
        let (bucket, prefix) = place.strip_prefix("s3://").unwrap().split_once('/').unwrap();
        let listing = account.store(HOME).list_objects_v2().bucket(bucket).prefix(prefix);
        let listing = listing.optional_object_attributes(OptionalObjectAttributes::RestoreStatus).send().await.unwrap();
        assert!(listing.contents().iter().any(|object| object.restore_status().is_some()), "{place}");
    }
}

#[tokio::test]
async fn failures_on_demand_hold_until_they_are_cleared() {
    let account = Account::new().await;
    let faults = account.running.faults();
    let lookup = || {
        account.pass();
        account.trail(HOME).lookup_events().send()
    };
    let denied =
        Failure::error(400, "AccessDeniedException", "User is not authorized to perform: cloudtrail:LookupEvents");
    faults.set("cloudtrail", "LookupEvents", HOME, denied);
    let error = lookup().await.unwrap_err();
    assert_eq!(code(&error), "AccessDeniedException");
    account.trail(GLOBAL).lookup_events().send().await.unwrap();
    faults.set("cloudtrail", "LookupEvents", HOME, Failure::Dropped);
    assert!(lookup().await.unwrap_err().as_service_error().is_none());
    faults.set("cloudtrail", "LookupEvents", HOME, Failure::Hang);
    let patience = std::time::Duration::from_millis(100);
    assert!(tokio::time::timeout(patience, lookup()).await.is_err());
    faults.clear("cloudtrail", "LookupEvents", HOME);
    lookup().await.unwrap();
    faults.set("*", "*", "*", Failure::Throttled);
    let error = account.watch(HOME).describe_alarms().send().await.unwrap_err();
    assert_eq!(code(&error), "Throttling");
    let error = account.store(HOME).list_buckets().send().await.unwrap_err();
    assert_eq!(code(&error), "SlowDown");
    faults.clear_all();
    lookup().await.unwrap();
}

/// A file of three records, the first an hour before the others.
fn recording(folder: &tempfile::TempDir, gz: bool) -> PathBuf {
    let record = |id: &str, time: &str, region: &str| {
        format!(
            r#"{{"eventTime":"{time}","eventID":"{id}","eventName":"GetObject{id}","eventSource":"x.amazonaws.com","awsRegion":"{region}","userIdentity":{{"type":"Root","accountId":"123456789012"}}}}"#
        )
    };
    let records = [
        record("a", "2020-01-01T00:00:00Z", "us-east-1"),
        record("b", "2020-01-01T01:00:00Z", "us-east-1"),
        record("c", "2020-01-01T01:00:15Z", "us-east-1"),
        record("c", "2020-01-01T01:00:15Z", "us-east-1"),
    ];
    let text = format!("{{\"Records\":[{}]}}", records.join(","));
    let path = folder.path().join(if gz { "trail.json.gz" } else { "trail.json" });
    let file = std::fs::File::create(&path).unwrap();
    if gz {
        flate2::write::GzEncoder::new(file, flate2::Compression::fast()).write_all(text.as_bytes()).unwrap();
    } else {
        (&file).write_all(text.as_bytes()).unwrap();
    }
    path
}

#[tokio::test]
async fn a_recording_is_told_as_if_it_happened_now() {
    let folder = tempfile::tempdir().unwrap();
    for gz in [false, true] {
        let path = recording(&folder, gz);
        let account = Account::with(|options| options.replay = vec![path]).await.unwrap();
        account.at(200);
        let events = account.events(GLOBAL, 2).await;
        let told: Vec<_> = events
            .iter()
            .map(|event| (event.event_id().unwrap(), event.event_time().unwrap().secs() - start_time().timestamp()))
            .collect();
        assert_eq!(told, [("c", 5), ("b", -10), ("a", -30)]);
        assert!(events[0].cloud_trail_event().unwrap().starts_with(r#"{"eventTime":"2026-11-21T09:00:35Z","#));
        assert!(account.events(HOME, 1).await.is_empty());
    }
}

#[tokio::test]
async fn a_file_that_is_no_recording_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.json");
    std::fs::write(&path, "{\"Records\":[\n{]}").unwrap();
    let error = Account::with(|options| options.replay = vec![path.clone()]).await.err().unwrap().to_string();
    assert!(error.starts_with(&format!("{}:2:2: ", path.display())), "{error}");
    assert!(error.contains("give CloudTrail records as"), "{error}");
}

/// What comes back for a request written by hand.
async fn ask(account: &Account, head: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(account.running.address()).await.unwrap();
    let length = body.len();
    let request = format!("{head}\r\nhost: localhost\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

fn signed_for(service: &str) -> String {
    format!("authorization: AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/{service}/aws4_request, Signature=x")
}

#[tokio::test]
async fn an_unsigned_request_and_an_unknown_operation_are_refused() {
    let account = Account::new().await;
    let unsigned = ask(&account, "GET /northgate-archive?list-type=2 HTTP/1.1", "").await;
    assert!(unsigned.starts_with("HTTP/1.1 403") && unsigned.contains("<Code>AccessDenied</Code>"), "{unsigned}");
    let unsigned = ask(&account, "POST / HTTP/1.1\r\nx-amz-target: CloudTrail_20131101.LookupEvents", "{}").await;
    assert!(unsigned.contains("MissingAuthenticationTokenException"), "{unsigned}");
    let scope = signed_for("cloudtrail");
    let unknown = ask(&account, &format!("POST / HTTP/1.1\r\nx-amz-target: X.EatCake\r\n{scope}"), "{}").await;
    assert!(unknown.contains("UnknownOperationException"), "{unknown}");
    let elsewhere = ask(&account, &format!("POST / HTTP/1.1\r\n{}", signed_for("nimbus")), "").await;
    assert!(elsewhere.starts_with("HTTP/1.1 404"), "{elsewhere}");
}

#[tokio::test]
async fn cloudwatch_speaks_its_older_protocols_too() {
    let account = Account::new().await;
    let scope = signed_for("monitoring");
    let head = format!("POST / HTTP/1.1\r\n{scope}\r\ncontent-type: application/x-www-form-urlencoded");
    let form = "Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=orders-db-cpu";
    let query = ask(&account, &head, form).await;
    assert!(query.contains("<DescribeAlarmsResult><MetricAlarms><member><AlarmName>orders-db-cpu<"), "{query}");
    let query = ask(&account, &head, "Action=DescribeAlarms&MaxRecords=101").await;
    assert!(query.contains("<Type>Sender</Type><Code>ValidationError</Code>"), "{query}");
    let head = format!("POST / HTTP/1.1\r\n{scope}\r\nx-amz-target: GraniteServiceVersion20100801.DescribeAlarms");
    let json = ask(&account, &head, r#"{"AlarmNames":["orders-db-cpu"]}"#).await;
    assert!(json.contains(r#"{"MetricAlarms":[{"AlarmName":"orders-db-cpu","#), "{json}");
}
