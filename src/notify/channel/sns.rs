//! A topic of SNS, in the account that is watched or in another one that lets us publish.

use super::{Channel, Means, Refused, Said, Sending, words};
use crate::{
    config::notify::{self, ChannelKind},
    model::{Message, Notice},
    source::{
        FailureKind,
        aws::{Publication, Topic},
    },
};

/// The most characters of a subject (SNS API reference, "Publish": less than 100).
const MOST_SUBJECT: usize = 99;
/// The most characters of a message: at four bytes each, with its attributes, below the 256 KB that SNS takes.
const MOST_TEXT: usize = 60_000;

struct Sns {
    name: String,
    topic: Topic,
}

pub(super) fn open(channel: &notify::Channel, means: &Means) -> Option<Box<dyn Channel>> {
    let ChannelKind::Sns(topic) = &channel.kind else { return None };
    let topic = Topic::new(topic.clone(), means.settings.clone(), means.clock.clone());
    Some(Box::new(Sns { name: channel.name.clone(), topic }))
}

impl Channel for Sns {
    fn name(&self) -> &str {
        &self.name
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            match self.topic.publish(&publication(&message.notice)).await {
                Ok(id) => Ok(Said::new(format!("MessageId {id}"))),
                Err(failure) => {
                    let error = failure.error;
                    let advice = error.advice.map(|advice| format!(" ({advice})")).unwrap_or_default();
                    let words = format!("{}: {}{advice}", error.code, error.message);
                    let certain = ["NotFound", "InvalidParameter", "AuthorizationError", "ParameterValueInvalid"];
                    Err(match failure.kind {
                        FailureKind::Other if certain.contains(&error.code.as_str()) => {
                            Refused::unless_mended(words, message)
                        }
                        _ => Refused::passing(words),
                    })
                }
            }
        })
    }
}

fn publication(notice: &Notice) -> Publication {
    let facts: Vec<String> = words::facts(notice).iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = words::lines(&notice.text, MOST_TEXT);
    let parts = [words::headline(notice, 1_000), text, facts.join("\n")];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let idempotency = words::idempotency(&notice.key);
    Publication {
        subject: subject(&words::headline(notice, 1_000)),
        text: parts.join("\n\n"),
        attributes: vec![
            ("idempotency-key", idempotency.clone()),
            ("severity", notice.severity.as_str().to_owned()),
            ("kind", notice.kind.as_str().to_owned()),
        ],
        idempotency,
        // One for all: the order of the outbox is kept over kinds too.
        group: "trailwatch".to_owned(),
    }
}

/// A subject is ASCII without control characters; what is not becomes `?`.
fn subject(text: &str) -> String {
    let ascii: String = text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    match ascii.len() > MOST_SUBJECT {
        true => format!("{}...", &ascii[..MOST_SUBJECT - 3]),
        false => ascii,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::channel::samples;

    #[test]
    fn a_subject_is_short_ascii_whatever_the_title() {
        let mut message = samples::hostile();
        let made = publication(&message.notice);
        assert!(made.subject.starts_with("[critical] Root signed in from <!channel>"), "{}", made.subject);
        for title in ["Zoë 日本", "x\r\nBcc: y", &"é".repeat(500)] {
            message.notice.title = title.to_owned();
            let subject = publication(&message.notice).subject;
            assert!(
                subject.len() <= MOST_SUBJECT && subject.chars().all(|c| c.is_ascii_graphic() || c == ' '),
                "{subject}"
            );
        }
    }

    #[test]
    fn the_text_has_its_lines_and_what_is_known() {
        let made = publication(&samples::hostile().notice);
        assert!(made.text.contains("\n\nfirst line\nagent <!channel>"), "{}", made.text);
        assert!(
            made.text.ends_with("Account: 111122223333\nRegion: us-east-1\nTime: 2026-11-21 18:00:00 UTC"),
            "{}",
            made.text
        );
        assert!(!made.text.contains('\u{1b}') && !made.text.contains('\r'));
        assert_eq!(made.attributes[1..], [("severity", "critical".to_owned()), ("kind", "alert".to_owned())]);
    }
}
