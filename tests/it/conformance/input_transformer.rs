//! Bodies that EventBridge delivered, against the messages made here.

use trailwatch::rules::{
    Subject,
    message::{Message, Predefined, Rendered},
};

use super::recorded;

/// The values for which the recording has words of its own.
fn predefined() -> Predefined<'static> {
    Predefined {
        rule_name: "<rule-name>",
        rule_arn: "arn:<partition>:events:<region>:111111111111:rule/<bus-name>/<rule-name>",
        ingestion_time: chrono::DateTime::UNIX_EPOCH,
    }
}

/// What is delivered: a text, JSON, or nothing.
fn delivered(case: &serde_json::Value) -> serde_json::Value {
    let paths: Vec<(String, String)> = serde_json::from_value::<serde_json::Map<_, _>>(case["paths"].clone())
        .unwrap()
        .into_iter()
        .map(|(name, path)| (name, path.as_str().unwrap().to_owned()))
        .collect();
    let message = Message::new(&paths, case["template"].as_str().unwrap()).unwrap();
    match message.render(&Subject::bare(&case["event"].to_string()).unwrap(), &predefined()) {
        Rendered::Text(text) => text.replace("1970-01-01T00:00:00Z", "date").into(),
        Rendered::Json(json) => serde_json::from_str(&json).unwrap(),
        Rendered::Dropped(_) => serde_json::Value::Null,
    }
}

#[test]
fn messages_are_those_that_eventbridge_delivered() {
    let Some(file) = recorded("input-transformer.json") else { return };
    let cases = file["cases"].as_array().unwrap();
    let wrong: Vec<_> = cases.iter().filter(|case| delivered(case) != case["output"]).collect();
    println!("{} of {} recorded messages are the same", cases.len() - wrong.len(), cases.len());
    for case in &wrong {
        println!("{}: {} instead of {}", case["template"], delivered(case), case["output"]);
    }
    assert!(wrong.is_empty());
}
