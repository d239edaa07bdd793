//! What is told of sources and of credentials.

use super::*;
use crate::model::{Region, SourceError, SourceHealth, SourceId, SourceKind, SourceState};

fn health(kind: SourceKind, state: SourceState) -> Update {
    let id = SourceId::new(kind, Region::new("eu-west-1"));
    Update::Source(SourceHealth { state, ..SourceHealth::starting(id, 0) })
}

fn failed(code: &str, since: i64) -> SourceState {
    SourceState::Failed(SourceError {
        code: code.into(),
        message: "dns error".into(),
        missing_action: None,
        advice: Some("check the network".into()),
        since: at(since),
    })
}

#[test]
fn a_source_is_told_when_it_has_been_broken_for_a_while_and_when_it_is_well_again() {
    let mut what = what("");
    what.update(&health(SourceKind::Alarms, failed("Network", 0)), at(0));
    let told = tended(&mut what, 0, 1_000);
    let [(600, notice)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(notice.title, "Source alarms eu-west-1 has been broken for 10 minutes: Network");
    assert_eq!(
        notice.text,
        "dns error\ncheck the network\nSince 09:00 UTC, 10:00 local; what it shows is as old as that.\nalarms eu-west-1\n\
         Account production (111122223333)"
    );
    let mut what = restarted(&mut what, at(1_000));
    what.update(&health(SourceKind::Alarms, failed("Network", 1_000)), at(1_000));
    assert!(tended(&mut what, 1_000, 2_000).is_empty());
    what.update(&health(SourceKind::Alarms, SourceState::Live), at(2_000));
    let told = tended(&mut what, 2_000, 3_000);
    let [(2_060, well)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(well.title, "Source alarms eu-west-1 is well again");
    assert_eq!(well.key, format!("{}/well", notice.key));
}

#[test]
fn sources_that_broke_together_are_told_of_together() {
    let mut what = what("");
    let kinds = [SourceKind::Alarms, SourceKind::Events, SourceKind::Rules];
    for (second, kind) in (0..).step_by(20).zip(kinds) {
        what.update(&health(kind, failed("Network", second)), at(second));
    }
    what.update(&health(SourceKind::Identity, failed("AccessDenied", 0)), at(50));
    let told = tended(&mut what, 50, 1_000);
    let titles: Vec<&str> = told.iter().map(|(_, notice)| notice.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "3 sources (alarms eu-west-1, …) have been broken for 10 minutes: Network",
            "Source identity eu-west-1 has been broken for 10 minutes: AccessDenied"
        ]
    );
}

#[test]
fn after_a_sleep_a_source_gets_its_time_anew() {
    let mut what = what("");
    what.update(&health(SourceKind::Alarms, failed("Network", 0)), at(0));
    what.tend(at(1));
    let told = tended(&mut what, 30_000, 31_000);
    assert_eq!(told.iter().map(|(second, _)| *second).collect::<Vec<_>>(), [30_600]);
}

#[test]
fn credentials_that_end_are_told_before_and_after() {
    let mut what = what("");
    what.update(&identity(Some(at(3_600))), at(0));
    let told = tended(&mut what, 0, 3_700);
    let titles: Vec<_> = told.iter().map(|(second, notice)| (*second, notice.title.as_str())).collect();
    assert_eq!(
        titles,
        [
            (2_700, "Our credentials end in 15 minutes (10:00 UTC, 11:00 local)"),
            (3_300, "Our credentials end in 5 minutes (10:00 UTC, 11:00 local)")
        ]
    );
    what.update(&health(SourceKind::Events, failed("ExpiredToken", 3_700)), at(3_700));
    let told = tended(&mut what, 3_700, 3_800);
    let [(3_760, notice)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(
        (notice.kind, notice.title.as_str()),
        (NoticeKind::Credentials, "AWS does not take our credentials: ExpiredToken")
    );
}
