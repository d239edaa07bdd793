//! STS GetCallerIdentity.

use aws_sdk_sts::Client;

use super::{Clients, errors::Asked};
use crate::{
    model::{Identity, Time, Update},
    source::{Clock, Failure, Fetched, Snapshot},
};

/// Who is asking.
#[derive(Debug)]
pub struct Caller {
    client: Client,
    asked: Asked,
    expires: Option<Time>,
}

impl Caller {
    pub fn new(clients: &Clients) -> Self {
        let asked = Asked::new("sts:GetCallerIdentity", clients, clients.home());
        Self { client: clients.sts(), asked, expires: clients.expires() }
    }
}

impl Snapshot for Caller {
    async fn fetch(&mut self, clock: &Clock) -> Result<Fetched, Failure> {
        let answer =
            self.client.get_caller_identity().send().await.map_err(|error| self.asked.failure(error, clock()))?;
        let identity = Identity {
            account: answer.account.unwrap_or_default(),
            arn: answer.arn.unwrap_or_default(),
            expires: self.expires,
        };
        Ok(Fetched { update: Update::Identity(identity), newest: None, requests: 1 })
    }
}
