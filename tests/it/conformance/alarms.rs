//! The user guide's tables on alarms and missing data, against the alarms made here.

use serde_json::Value;
use trailwatch::{
    model::AlarmState,
    rules::alarm::{Datapoint, Missing, Spec, judge},
};

use super::recorded;

fn spec(row: &Value, missing: Missing) -> Spec {
    let number = |key: &str| row[key].as_u64().unwrap() as u32;
    let (evaluation_periods, datapoints_to_alarm) = (number("evaluation_periods"), number("datapoints_to_alarm"));
    let spec = Spec { evaluation_periods, datapoints_to_alarm, missing, ..Spec::default() };
    assert_eq!(spec.range() as u64, row["evaluation_range"]);
    spec
}

fn periods(row: &Value) -> Vec<Option<Datapoint>> {
    let datapoint = |value| Some(Datapoint { begin: chrono::DateTime::UNIX_EPOCH, value });
    let read = |mark: &Value| match mark.as_str() {
        Some("X") => datapoint(1.0),
        Some("0") => datapoint(0.0),
        _ => None,
    };
    row["datapoints_oldest_first"].as_array().unwrap().iter().map(read).collect()
}

/// What is wrong with a row's cells: for each treatment and each state before.
fn wrong_cells(row: &Value, checked: &mut usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for missing in Missing::ALL {
        for before in [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData] {
            let state = judge(&spec(row, missing), &periods(row), before);
            let said = |key: &str| row[key][missing.as_str()].as_str();
            let expected = said("expected").map(|word| AlarmState::parse(word).unwrap_or(before));
            let fits = expected.is_none_or(|expected| state == expected);
            // From another state than ALARM: from there, staying is no step.
            let fits_not = said("expected_not") != Some(state.as_str()) || before == AlarmState::Alarm;
            *checked += usize::from(said("expected").or(said("expected_not")).is_some());
            if !(fits && fits_not) {
                wrong.push(format!("{} {missing:?} from {before:?}: {state:?}", row["datapoints_oldest_first"]));
            }
        }
    }
    wrong
}

#[test]
fn alarms_are_in_the_states_of_the_user_guides_tables() {
    let Some(file) = recorded("alarm-missing-data.json") else { return };
    let mut checked = 0;
    let rows = ["rows", "premature_rules"].into_iter().flat_map(|table| file[table].as_array().unwrap());
    let wrong: Vec<_> = rows.flat_map(|row| wrong_cells(row, &mut checked)).collect();
    println!("{} of {checked} recorded states are the same", checked - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
