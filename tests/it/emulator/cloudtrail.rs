//! CloudTrail: the event history, its limits, and the story in it.

use std::collections::HashSet;

use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use trailwatch::emulator::{ACCOUNT, REGIONS};

use super::{Account, GLOBAL, HOME, THIRD, code, start_time};

fn key(name: LookupAttributeKey, value: &str) -> LookupAttribute {
    LookupAttribute::builder().attribute_key(name).attribute_value(value).build().unwrap()
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
