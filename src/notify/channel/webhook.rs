//! A webhook: the message is posted to an address, over TLS that is verified, and no redirect is followed.
//!
//! Addresses of webhooks hold tokens. Nothing of the address but its host is ever said, and what the other side says
//! is searched for the rest before it is shown.

mod answer;
mod body;
mod template;
#[cfg(test)]
mod tests;

use std::{error::Error, sync::OnceLock, time::Duration};

use http_body_util::Full;
use hyper::{
    Request, Uri,
    body::Bytes,
    header::{self, HeaderName, HeaderValue},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use ring::hmac;
use tokio::time::timeout;

use super::{Channel, Means, Refused, Sending, words};
use crate::{
    config::notify::{self, ChannelKind, webhook_address},
    model::Message,
    source::Clock,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// A client that keeps its connections.
type Poster = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

struct Webhook {
    name: String,
    to: notify::Webhook,
    clock: Clock,
    poster: OnceLock<Poster>,
    patience: Duration,
}

pub(super) fn open(channel: &notify::Channel, means: &Means) -> Option<Box<dyn Channel>> {
    let ChannelKind::Webhook(to) = &channel.kind else { return None };
    let (name, to, clock) = (channel.name.clone(), to.clone(), means.clock.clone());
    Some(Box::new(Webhook { name, to, clock, poster: OnceLock::new(), patience: PATIENCE }))
}

impl Channel for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let request = self.request(message).map_err(|why| Refused::unless_mended(why, message))?;
            let secrets = self.secrets(&request);
            let poster = self.poster().map_err(Refused::passing)?;
            let tried = timeout(self.patience, async {
                let answer = poster.request(request).await.map_err(|error| unreached(&error, &secrets))?;
                answer::read(answer, &secrets, message, (self.clock)()).await
            });
            let late = || Refused::passing(format!("no answer within {} s", self.patience.as_secs()));
            tried.await.unwrap_or_else(|_| Err(late()))
        })
    }
}

impl Webhook {
    /// The request; what went wrong says nothing of the address.
    fn request(&self, message: &Message) -> Result<Request<Full<Bytes>>, String> {
        // Checked where the config is read, and once more here, for what is sent in the clear cannot be had back.
        let url = webhook_address(self.to.url.reveal())?;
        let uri: Uri = url.reveal().parse().map_err(|_| "the address is none")?;
        let (body, kind) = body::of(&self.to, uri.host().unwrap_or_default(), message);
        let mut request = Request::post(uri).body(Full::default()).map_err(|_| "the address is none")?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("trailwatch/", env!("CARGO_PKG_VERSION"))));
        for (name, value) in &self.to.headers {
            let (name, value) = (HeaderName::try_from(name), HeaderValue::try_from(value.reveal()));
            let (Ok(name), Ok(mut value)) = (name, value) else { return Err("a header cannot be sent".to_owned()) };
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let mut ours = vec![("idempotency-key", words::idempotency(&message.notice.key))];
        if let Some(place) = &self.to.secret {
            let timestamp = (self.clock)().timestamp().to_string();
            ours.push(("x-trailwatch-signature", signature(place.read()?.reveal(), &timestamp, &body)));
            ours.push(("x-trailwatch-timestamp", timestamp));
        }
        for (name, value) in ours {
            let value = HeaderValue::try_from(value).map_err(|_| format!("the header {name} cannot be sent"))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        *request.body_mut() = Full::from(body);
        Ok(request)
    }

    /// What must not be said: the parts of the address behind the host, what the headers hold, and long words of the
    /// template, for some receivers want their key there.
    fn secrets(&self, request: &Request<Full<Bytes>>) -> Vec<String> {
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        let parts = path.split(['/', '?', '&', '=', ';', ':', '.', ',']).filter(|part| part.len() >= 4);
        let headers = self.to.headers.iter().flat_map(|(_, value)| value.reveal().split(' '));
        let headers = headers.filter(|word| word.len() >= 4);
        let mut all: Vec<String> = [path].into_iter().filter(|path| path.len() > 1).map(str::to_owned).collect();
        let template = self.to.body.as_ref().map_or("", |body| body.reveal());
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.+/=".contains(c);
        let words = template.split(|c| !is_word(c)).filter(|word| word.len() >= 16);
        all.extend(parts.chain(headers).chain(words).map(str::to_owned));
        // The longest first, so that none is found as a part of another.
        all.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        all
    }

    fn poster(&self) -> Result<&Poster, String> {
        if let Some(poster) = self.poster.get() {
            return Ok(poster);
        }
        let tls = HttpsConnectorBuilder::new().with_native_roots();
        let tls = tls.map_err(|error| format!("this system has no certificates to verify TLS with: {error}"))?;
        let connector = tls.https_or_http().enable_http1().build();
        Ok(self.poster.get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
    }
}

/// `sha256=` and the HMAC of `TIMESTAMP.BODY`: with the time in it, a receiver can refuse what is sent again later.
fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut signing = hmac::Context::with_key(&key);
    signing.update(timestamp.as_bytes());
    signing.update(b".");
    signing.update(body.as_bytes());
    format!("sha256={}", words::hex(signing.sign().as_ref()))
}

/// Nobody answered: what the network said.
fn unreached(error: &(dyn Error + 'static), secrets: &[String]) -> Refused {
    // The outermost says only that a client failed.
    let chain = std::iter::successors(error.source().or(Some(error)), |error| (*error).source());
    let mut said: Vec<String> = Vec::new();
    for words in chain.map(ToString::to_string) {
        if !said.iter().any(|known| known.contains(&words)) {
            said.push(words);
        }
    }
    Refused::passing(answer::hidden(&said.join(": "), secrets))
}
