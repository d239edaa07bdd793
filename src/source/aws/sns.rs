//! SNS Publish: a message to a topic, for whoever is subscribed.
//!
//! It changes nothing in an account and so needs no gate: it is sent only to topics that the operator named in the
//! config, and says what the notifier has to say.

use std::sync::Arc;

use aws_sdk_sns::{Client, types::MessageAttributeValue};

use super::{Clients, errors::Asked};
use crate::{
    config::{Settings, notify},
    source::{Clock, Failure, FailureKind},
};

/// A topic, and how it is reached. Region, profile and credentials are resolved with the first message.
pub struct Topic {
    topic: notify::Topic,
    settings: Arc<Settings>,
    clock: Clock,
    reached: tokio::sync::OnceCell<(Client, Asked)>,
}

/// What is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// At most 99 ASCII characters, without control characters.
    pub subject: String,
    /// At most 256 KB in UTF-8, the attributes among them; not empty.
    pub text: String,
    /// Names and values that subscriptions can filter by.
    pub attributes: Vec<(&'static str, String)>,
    /// What a FIFO topic tells a repeat by: at most 128 letters, digits and signs.
    pub idempotency: String,
    /// Within what a FIFO topic keeps the order.
    pub group: String,
}

impl Topic {
    pub fn new(topic: notify::Topic, settings: Arc<Settings>, clock: Clock) -> Self {
        Self { topic, settings, clock, reached: tokio::sync::OnceCell::new() }
    }

    /// Publishes once: who asks tries again. Gives the message's id.
    ///
    /// # Errors
    /// What the API says, such as that there is no such topic, or why it could not be asked.
    pub async fn publish(&self, what: &Publication) -> Result<String, Failure> {
        let (client, asked) = self.reached.get_or_try_init(|| self.reach()).await?;
        let is_fifo = self.topic.arn.ends_with(".fifo");
        let in_order = |text: &String| is_fifo.then(|| text.clone());
        let mut request = client.publish().topic_arn(&self.topic.arn).subject(&what.subject).message(&what.text);
        for (name, value) in &what.attributes {
            let made = MessageAttributeValue::builder().data_type("String").string_value(value).build();
            let made = made.map_err(|error| asked.unreadable(&error.to_string(), (self.clock)()))?;
            request = request.message_attributes(*name, made);
        }
        let request = request.set_message_group_id(in_order(&what.group));
        let request = request.set_message_deduplication_id(in_order(&what.idempotency));
        let answer = request.send().await.map_err(|error| asked.failure(error, (self.clock)()))?;
        Ok(answer.message_id.unwrap_or_default())
    }

    /// A topic is asked where it is, whatever Regions are watched.
    async fn reach(&self) -> Result<(Client, Asked), Failure> {
        let mut settings = Settings::clone(&self.settings);
        if settings.regions.is_empty() {
            settings.regions.push(self.topic.region.clone());
        }
        let clients = Clients::load(&settings, (self.clock)()).await;
        let clients = clients.map_err(|error| Failure { kind: FailureKind::Other, error })?;
        let region = &self.topic.region;
        Ok((clients.sns(region), Asked::new("sns:Publish", &clients, region)))
    }
}
