//! The way to one address: TLS that is verified, and the proxy of the environment where one is named.

use http_body_util::Full;
use hyper::{
    Request, Response, Uri,
    body::{Bytes, Incoming},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::{
        legacy::{
            Client, Error,
            connect::{HttpConnector, proxy::Tunnel},
        },
        proxy::matcher::Matcher,
    },
    rt::TokioExecutor,
};

/// A client that keeps its connections.
pub enum Poster {
    Straight(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
    Through(Client<HttpsConnector<Tunnel<HttpConnector>>, Full<Bytes>>),
}

impl Poster {
    /// For an address over https, or over http on this machine, which no proxy is asked for.
    ///
    /// The proxy is that of `HTTPS_PROXY` or `ALL_PROXY`, unless `NO_PROXY` names the host, as with AWS's clients.
    ///
    /// # Errors
    /// There are no certificates on this system that TLS could be verified with.
    pub fn new(uri: &Uri) -> Result<Self, String> {
        let tls = HttpsConnectorBuilder::new().with_native_roots();
        let tls = tls.map_err(|error| {
            format!("this system has no certificates to verify TLS with (install ca-certificates): {error}")
        })?;
        let is_secure = uri.scheme_str() == Some("https");
        let client = || Client::builder(TokioExecutor::new());
        Ok(match Matcher::from_env().intercept(uri).filter(|_| is_secure) {
            None => Self::Straight(client().build(tls.https_or_http().enable_http1().build())),
            Some(proxy) => {
                let mut tunnel = Tunnel::new(proxy.uri().clone(), HttpConnector::new());
                if let Some(auth) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                Self::Through(client().build(tls.https_only().enable_http1().wrap_connector(tunnel)))
            }
        })
    }

    /// Sends a request, and gives the answer once its head is there. Redirects are answers.
    ///
    /// # Errors
    /// No answer came.
    pub async fn request(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Error> {
        match self {
            Self::Straight(client) => client.request(request).await,
            Self::Through(client) => client.request(request).await,
        }
    }
}
