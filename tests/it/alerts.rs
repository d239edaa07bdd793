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
