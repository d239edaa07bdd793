//! Recordings told as if they happened now.

use std::io::Write as _;
use std::path::PathBuf;

use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use aws_sdk_s3::types::OptionalObjectAttributes;
use trailwatch::emulator::Recording;

use super::{Account, GLOBAL, HOME, THIRD, start_time};

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
        let account = Account::with(|options| options.replay = Some(Recording::read(&[path]).unwrap())).await.unwrap();
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

/// The names of the alarms of a Region that are in ALARM, and how many there are of all types.
async fn alarms(account: &Account, region: &'static str) -> (Vec<String>, usize) {
    account.pass();
    let asked = account.watch(region).describe_alarms();
    let all = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm]
        .into_iter()
        .fold(asked, |request, kind| request.alarm_types(kind));
    let all = all.send().await.unwrap();
    let red = all.metric_alarms().iter().filter(|alarm| alarm.state_value() == Some(&StateValue::Alarm));
    let red = red.filter_map(|alarm| alarm.alarm_name().map(str::to_owned)).collect();
    (red, all.metric_alarms().len() + all.composite_alarms().len() + all.log_alarms().len())
}

#[tokio::test]
async fn beside_a_recording_only_what_follows_from_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.json");
    let record = r#"{"eventTime":"2020-01-01T00:00:00Z","eventID":"a","eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","awsRegion":"us-east-1","userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Success"}}"#;
    std::fs::write(&path, record).unwrap();
    let account = Account::with(|options| options.replay = Some(Recording::read(&[path]).unwrap())).await.unwrap();
    // The story's load balancer would be red by now.
    account.at(45);
    assert_eq!(alarms(&account, GLOBAL).await, (vec!["signin-console-success-root".to_owned()], 5));
    assert_eq!(alarms(&account, HOME).await, (Vec::new(), 5));
    assert_eq!(alarms(&account, THIRD).await, (Vec::new(), 0));
    let listed = account.store(HOME).list_objects_v2().bucket("northgate-archive");
    let listed = listed.optional_object_attributes(OptionalObjectAttributes::RestoreStatus).send().await.unwrap();
    assert!(!listed.contents().is_empty() && listed.contents().iter().all(|object| object.restore_status().is_none()));
}

#[test]
fn a_file_that_is_no_recording_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.json");
    std::fs::write(&path, "{\"Records\":[\n{]}").unwrap();
    let error = Recording::read(std::slice::from_ref(&path)).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}:2:2: ", path.display())), "{error}");
    assert!(error.contains("give CloudTrail records as"), "{error}");
}
