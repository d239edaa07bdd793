//! Takes no answer that is longer than an honest one could be: whoever answers may be anybody.

use aws_sdk_sts::config::{HttpClient, RuntimeComponents, SharedHttpClient, http::HttpResponse};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// The MiB of a body that are taken. The largest honest answer is a page of LookupEvents: 50 records of at most 256 KB
/// (CloudTrail user guide, "Quotas"), escaped once more as JSON.
pub const MOST_MIB: usize = 64;

/// The same client; an answer with a longer body ends in an error that has [`http_body_util::LengthLimitError`] among
/// its sources.
pub fn bounded(client: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(Client(client))
}

#[derive(Debug)]
struct Client(SharedHttpClient);

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector(self.0.http_connector(settings, parts)))
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

#[derive(Debug)]
struct Connector(SharedHttpConnector);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move { Ok(bound(answer.await?)) })
    }
}

fn bound(answer: HttpResponse) -> HttpResponse {
    answer.map(|body| SdkBody::from_body_1_x(Limited::new(body, MOST_MIB << 20)))
}
