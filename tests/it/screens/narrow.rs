//! In 80 columns nothing is missing that an operator looks for first.

use trailwatch::model::{AlarmState, Region, Restore, RestoreState, StorageClass, Update};

use crate::support::{Screen, alarm, event, now};

fn row(screen: &mut Screen, of: &str) -> String {
    let text = screen.plain();
    text.lines().find(|line| line.contains(of)).unwrap_or_else(|| panic!("{of} is missing:\n{text}")).to_owned()
}

#[test]
fn a_row_of_the_events_has_everything() {
    let mut screen = Screen::full(80, 24);
    for (of, parts) in [
        ("StopLogging", &["09:23 +3m", "euw1 !▲ ben", "comp…rail", "203.0.113.7", "denied"][..]),
        ("CreateUser", &["Fri 09:26", "use1", "mallory", "203.0.113.7", "ok"]),
        ("PutObject", &["09:25:23", "Dep…/ci-4711", "arte….zip", "198.51.100.4"]),
    ] {
        let row = row(&mut screen, of);
        for part in parts {
            assert!(row.contains(part), "{part}: {row}");
        }
    }
}

#[test]
fn events_that_differ_in_the_end_of_their_names_can_be_told() {
    for width in [80, 120] {
        let mut screen = Screen::full(width, 24);
        for (n, name) in ["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"].into_iter().enumerate() {
            for (target, group) in [("sg", r#""groupId":"sg-0a1b2c3d4e5f6a7b8""#), ("no", "")] {
                let time = format!(r#""eventTime":"2026-03-14T09:26:5{n}Z""#);
                screen.update(Update::Events(vec![event(&format!(
                    r#"{{"eventName":"{name}","eventSource":"ec2.amazonaws.com",{time},"requestParameters":{{{group}}},"eventID":"{target}{n}"}}"#
                ))]));
            }
        }
        let text = screen.plain();
        let count = |of: &str| text.lines().filter(|line| line.contains(of)).count();
        assert_eq!((count("Ingress"), count("Egress")), (3, 2), "{text}");
    }
    let text = Screen::full(80, 24).plain();
    assert!(text.contains("DescribeInstances    "), "a name was cut beside an empty target:\n{text}");
}

#[test]
fn an_alarm_has_its_region() {
    let mut screen = Screen::full(80, 24).keys("3");
    let there = Region::new("us-gov-west-1");
    let alarm = |n: &str| trailwatch::model::Alarm { region: there.clone(), ..alarm(n, AlarmState::Alarm, 2) };
    screen.update(Update::Alarms { region: there.clone(), at: now(), alarms: vec![alarm("elsewhere")] });
    assert!(row(&mut screen, "elsewhere").contains(" usgw1 "), "{}", screen.plain());
    assert!(row(&mut screen, "signin-console-success-root").contains(" euw1 "), "{}", screen.plain());
}

#[test]
fn a_restore_has_its_bucket_and_the_end_of_its_key() {
    let mut screen = Screen::full(80, 24).keys("4");
    assert!(row(&mut screen, "ledger.tar").contains(" example-archive/"), "{}", screen.plain());
    let place: trailwatch::model::Place = "s3://example-archive/tapes/".parse().unwrap();
    let far = Restore {
        place: place.clone(),
        region: Region::new("eu-west-1"),
        key: "tapes/a/rather/long/way/down/to/this/one.tar".into(),
        storage_class: StorageClass("GLACIER".into()),
        size: 1,
        state: RestoreState::Ready { expires: "2027-06-01T00:00:00Z".parse().unwrap() },
        first_seen: now(),
    };
    screen.update(Update::Restores { place, at: now(), restores: vec![far] });
    let row = row(&mut screen, "one.tar");
    assert!(row.contains(" example-archive/…") && row.ends_with("/one.tar") && row.contains("01 Jun 2027"), "{row}");
}
