//! CloudWatch: alarms that follow the story.

use aws_sdk_cloudwatch::types::{AlarmType, HistoryItemType, StateValue};

use super::{Account, GLOBAL, HOME, THIRD, code};

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
