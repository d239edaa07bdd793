//! The list of alerts: what happened can be read in the room there is.

use trailwatch::model::{Alert, AlertState, Severity, Update};

use crate::support::{Screen, now};

const ARN: &str = "arn:aws:sts::111122223333:assumed-role/reporting-role/nightly";

fn screen(width: u16) -> Screen {
    let mut screen = Screen::empty(width, 24);
    let before = now() - chrono::TimeDelta::days(40);
    let alert = Alert {
        id: "a".to_owned(),
        rule: "cis-unauthorized-calls".to_owned(),
        severity: Severity::Medium,
        message: format!("{ARN} was refused Decrypt"),
        first: before,
        last: before,
        raised: before,
        count: 1,
        events: Vec::new(),
        late: false,
        state: AlertState::Open,
    };
    screen.update(Update::Alerts(vec![alert]));
    screen
}

#[test]
fn the_list_shortens_arns_and_the_detail_does_not() {
    let mut screen = screen(80).keys("2");
    let row = screen.plain().lines().nth(4).unwrap_or_default().to_owned();
    assert!(row.contains("reporting-role/nightly was") && !row.contains("arn:"), "{row}");
    let text = screen.keys("enter").plain().replace('\n', "");
    assert!(text.split_whitespace().collect::<String>().contains(ARN), "{text}");
}

#[test]
fn the_time_takes_no_more_room_than_it_needs() {
    for (width, time) in [(80, "02 Feb   ▪"), (139, "02 Feb   ▪"), (140, "02 Feb 09:26 ▪"), (200, "02 Feb 09:26 ▪")]
    {
        let mut screen = screen(width).keys("2");
        let text = screen.plain();
        assert!(text.lines().any(|line| line.starts_with(time)), "{width}\n{text}");
    }
}

#[test]
fn what_became_of_an_alert_shows_in_every_width() {
    let later = now() + chrono::TimeDelta::hours(1);
    for (state, mark, word) in [
        (AlertState::Open, "      ", "open"),
        (AlertState::Acknowledged, "✔a", "acknowledged"),
        (AlertState::Snoozed { until: later }, "◐s", "snoozed"),
    ] {
        for (width, said) in [(60, mark), (80, mark), (89, mark), (90, word), (120, word)] {
            let mut screen = screen(width);
            let mut alert = screen.app.shared.alerts["a"].as_ref().clone();
            alert.state = state;
            screen.update(Update::Alerts(vec![alert]));
            let text = screen.keys("2").plain();
            let row = text.lines().nth(4).unwrap_or_default();
            assert!(row.contains(said), "{width} {said}\n{text}");
        }
    }
}

#[test]
fn open_alerts_that_only_inform_are_counted_with_a_sign() {
    let mut screen = screen(120);
    let mut alert = screen.app.shared.alerts["a"].as_ref().clone();
    alert.severity = Severity::Info;
    screen.update(Update::Alerts(vec![alert]));
    assert!(screen.plain().contains("2 Alerts i1"), "{}", screen.plain());
}
