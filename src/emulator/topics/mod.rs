//! SNS's topics. What is published is kept for a while and delivered to nobody: the subscribers are pretended as well.

mod data;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::alarms::topic_arn;
use super::random;

/// How many messages are kept.
const KEPT: usize = 1_000;

/// For how long a FIFO topic knows a deduplication id (SNS developer guide, "Message deduplication for FIFO topics").
const KNOWN: TimeDelta = TimeDelta::minutes(5);

/// A topic.
#[derive(Debug)]
pub struct Topic {
    pub region: &'static str,
    pub name: &'static str,
    pub display_name: &'static str,
    pub subscriptions: &'static [Subscription],
}

/// Somebody who is told what is published, once they have said yes.
#[derive(Debug)]
pub struct Subscription {
    pub protocol: &'static str,
    pub endpoint: &'static str,
    pub confirmed: bool,
}

impl Topic {
    pub fn arn(&self) -> String {
        topic_arn(self.region, self.name)
    }

    /// Whether it keeps the order and drops repeats: its name says so.
    pub fn is_fifo(&self) -> bool {
        self.name.ends_with(".fifo")
    }
}

/// The topics of a Region, by name.
pub fn of(region: &str) -> impl Iterator<Item = &'static Topic> {
    data::TOPICS.iter().filter(move |topic| topic.region == region)
}

/// A message that a topic took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    pub id: String,
    pub topic: String,
    pub subject: String,
    pub message: String,
    /// Names and values.
    pub attributes: Vec<(String, String)>,
    /// What a FIFO topic tells a repeat by; empty on others.
    pub deduplication: String,
    pub at: DateTime<Utc>,
    /// Its place in a FIFO topic.
    pub sequence: u64,
}

/// What was published lately.
#[derive(Debug, Default)]
pub struct Messages {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    messages: VecDeque<Published>,
    published: u64,
}

impl Messages {
    /// Takes a message and gives it its id. A FIFO topic answers a repeat as it answered the first one.
    pub fn publish(&self, mut message: Published) -> Published {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let repeat = |known: &&Published| {
            !message.deduplication.is_empty()
                && (&known.topic, &known.deduplication) == (&message.topic, &message.deduplication)
                && message.at - known.at < KNOWN
        };
        if let Some(first) = kept.messages.iter().find(repeat) {
            return first.clone();
        }
        kept.published += 1;
        message.sequence = kept.published;
        message.id = random::uuid(random::mix(random::hash(&message.topic), message.sequence));
        if kept.messages.len() == KEPT {
            kept.messages.pop_front();
        }
        kept.messages.push_back(message.clone());
        message
    }

    /// The messages, the oldest first.
    pub fn all(&self) -> Vec<Published> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).messages.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifo_topic_takes_a_repeat_within_five_minutes_for_the_same_message() {
        let messages = Messages::default();
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let say = |deduplication: &str, seconds| {
            let (topic, deduplication) = ("t.fifo".to_owned(), deduplication.to_owned());
            messages.publish(Published { topic, deduplication, at: at(seconds), ..Published::default() }).id
        };
        let first = say("a", 0);
        assert_eq!(say("a", 299), first);
        assert_ne!(say("b", 299), first);
        assert_ne!(say("a", 300), first);
        assert_ne!(say("", 300), say("", 300));
        assert_eq!(messages.all().len(), 5);
    }
}
