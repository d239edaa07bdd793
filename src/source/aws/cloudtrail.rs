//! CloudTrail LookupEvents.

use aws_sdk_cloudtrail::{
    Client,
    types::{Event as Answered, LookupAttribute, LookupAttributeKey, builders::LookupAttributeBuilder},
};
use aws_smithy_types::DateTime;

use super::{
    Clients,
    errors::{self, Asked},
};
use crate::{
    model::{Region, SourceKind, record},
    source::{
        Clock, Failure,
        feed::{Found, Lookup, Page, Question},
    },
};

/// The event history of one Region.
#[derive(Debug)]
pub struct Trail {
    client: Client,
    region: Region,
    only: Option<LookupAttribute>,
    asked: Asked,
}

impl Trail {
    /// Looks up all events, or only `ConsoleLogin` for [`SourceKind::SignIns`].
    pub fn new(clients: &Clients, region: &Region, kind: SourceKind) -> Self {
        let sign_ins = || {
            let attribute = LookupAttributeBuilder::default().attribute_key(LookupAttributeKey::EventName);
            attribute.attribute_value("ConsoleLogin").build().ok()
        };
        Self {
            client: clients.cloudtrail(region),
            region: region.clone(),
            only: (kind == SourceKind::SignIns).then(sign_ins).flatten(),
            asked: Asked::new("cloudtrail:LookupEvents", clients, region),
        }
    }

    fn found(&self, answered: Answered, clock: &Clock) -> Found {
        let time = answered.event_time().and_then(errors::time);
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let envelope = record::Envelope {
            id: text(answered.event_id()),
            time,
            name: text(answered.event_name()),
            source: text(answered.event_source()),
            username: text(answered.username()),
            read_only: answered.read_only().and_then(|flag| flag.parse().ok()),
            resource: text(answered.resources().first().and_then(|resource| resource.resource_name())),
            region: self.region.clone(),
            record: answered.cloud_trail_event.unwrap_or_default(),
        };
        let event = record::read(envelope, clock());
        Found { at: time, event }
    }
}

impl Lookup for Trail {
    async fn lookup(&self, question: Question, clock: &Clock) -> Result<Page, Failure> {
        let request = self
            .client
            .lookup_events()
            .set_lookup_attributes(self.only.clone().map(|only| vec![only]))
            .start_time(DateTime::from_secs(question.from.timestamp()))
            .end_time(DateTime::from_secs(question.to.timestamp()))
            .max_results(50)
            .set_next_token(question.token);
        let answer = request.send().await.map_err(|error| self.asked.failure(error, clock()))?;
        let events = answer.events.unwrap_or_default().into_iter();
        Ok(Page { events: events.map(|event| self.found(event, clock)).collect(), token: answer.next_token })
    }
}
