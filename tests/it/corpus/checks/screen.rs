//! What the operator types: filters, and the bytes that the terminal makes of keys.

use std::sync::LazyLock;

use trailwatch::{
    history::{Filter, History, View},
    model::{
        Event, Region, Time,
        record::{Envelope, read},
    },
    terminal::parse::Parser,
    ui::Message,
};

const RECORDS: &[&str] = &[
    r#"{"eventID":"875240ac-e821-4fc6-a311-8c352a1d20f5","eventTime":"2026-11-20T10:00:00Z","eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userIdentity":{"type":"Root","accountId":"111122223333"},"errorMessage":"Failed authentication"}"#,
    r#"{"eventID":"e-2","eventTime":"2026-11-20T10:00:01Z","eventName":"PutBucketPolicy","eventSource":"s3.amazonaws.com","awsRegion":"eu-west-1","sourceIPAddress":"2001:db8::1","errorCode":"AccessDenied","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/Deploy/ci-42"},"requestParameters":{"bucketName":"backup data, old"}}"#,
    r#"{"eventID":"e-3","eventTime":"2026-11-20T10:00:02Z","eventName":"DescribeInstances","eventSource":"ec2.amazonaws.com","sourceIPAddress":"cloudtrail.amazonaws.com","readOnly":true,"userAgent":"Boto3/1.26 \u212aé\u202e"}"#,
    "no JSON",
];

static EVENTS: LazyLock<Vec<Event>> = LazyLock::new(|| {
    let event = |record: &&str| read(Envelope::bare(Region::new("eu-west-1"), *record), Time::UNIX_EPOCH);
    RECORDS.iter().map(event).collect()
});

thread_local! {
    static HISTORY: History = {
        let mut history = History::new(10);
        history.ingest(EVENTS.iter().cloned());
        history
    };
}

/// A filter: a view lets through what it matches.
pub fn filter(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match text.parse::<Filter>() {
        Ok(filter) => {
            assert_eq!(filter.to_string(), text.trim());
            let matching = EVENTS.iter().filter(|event| filter.matches(event)).count();
            let mut view = View::new(filter);
            HISTORY.with(|history| while view.work(history, 1_000) {});
            assert_eq!(view.len(), matching, "the view lets others through than the filter");
        }
        Err(error) => {
            assert!(error.column > 0 && error.column <= text.chars().count() + 1, "{error}");
            assert!(!error.message.is_empty());
        }
    }
}

const CTRL_C: &[u8] = &[3];

/// Bytes of a terminal, up to `====` in one piece and then in another; ctrl-c is heard whatever came before.
pub fn terminal(input: &[u8]) {
    let at = input.windows(6).position(|bytes| bytes == b"\n====\n");
    let (first, second) = at.map_or((input, &[][..]), |at| (&input[..at], &input[at + 6..]));
    let mut parser = Parser::default();
    let mut read = parser.feed(first);
    read.extend(parser.feed(second));
    let whole = [first, second].concat();
    // A ctrl-c alone ends what is under way; a string of the terminal is given up by the length of what has come.
    if first != CTRL_C && second != CTRL_C && whole != CTRL_C && whole.len() < 4_000 {
        assert_eq!(said(&Parser::default().feed(&whole)), said(&read), "in one piece or two");
    }
    let waits = parser.patience().is_some();
    let given_up = parser.give_up();
    assert!(waits || given_up.is_none());
    assert!(parser.patience().is_none() && parser.give_up().is_none());
    assert_eq!(said(&parser.feed(CTRL_C)), said(&Parser::default().feed(CTRL_C)));
}

fn said(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| format!("{message:?}")).collect()
}
