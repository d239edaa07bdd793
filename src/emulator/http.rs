//! The HTTP endpoint: reads a request, finds its service, Region and operation, and lets the protocol answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::{BodyExt, Full, Limited};
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::account::Account;
use super::fault::Fault;
use super::outage::{Failure, Faults};
use super::protocol::{Protocol, Request, nobody};
use super::service::{self, Call, Operation, Service};
use super::{random, uri};

/// The largest body that is read, in bytes; no operation here needs more.
const BODY_LIMIT: usize = 1 << 20;

/// Why a connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the body cannot be read: {0}")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the connection is dropped on demand")]
    OnDemand,
    #[error("the handler failed: {0}")]
    Handler(#[from] tokio::task::JoinError),
}

/// What the connections share.
#[derive(Debug)]
pub struct Endpoint {
    pub account: Account,
    pub faults: Faults,
    pub served: AtomicU64,
}

/// Accepts connections until the task that runs it is aborted; its connections end with it.
pub async fn serve(listener: TcpListener, endpoint: Arc<Endpoint>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(stream, Arc::clone(&endpoint)))),
                // Out of file handles, most likely: the connections at hand will free some.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, endpoint: Arc<Endpoint>) {
    let _ = stream.set_nodelay(true);
    let handler = service_fn(move |request| {
        let endpoint = Arc::clone(&endpoint);
        answer(request, endpoint)
    });
    if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), handler).await {
        tracing::debug!(%error, "a connection to the emulator ended early");
    }
}

async fn answer(request: hyper::Request<Incoming>, endpoint: Arc<Endpoint>) -> Result<Response<Full<Bytes>>, Broken> {
    let request = read(request, &endpoint).await?;
    let scope = Scope::of(&request);
    let signing_name = scope.as_ref().map(|scope| scope.service.as_str());
    let Some(service) = service::find(signing_name, &request) else {
        return Ok(nobody::refuse(signing_name.unwrap_or("service of that name"), &request));
    };
    let protocol = Protocol::of(&request, service);
    let operation = protocol.operation(&request, service);
    let named = operation.as_ref().ok().copied();
    let Some(scope) = scope else {
        return Ok(protocol.encode(service, named, &request, Err((service.unsigned)())));
    };
    let name = named.map_or("", |operation| operation.name);
    let outcome = match endpoint.faults.find(service.signing_name, name, &scope.region) {
        Some(Failure::Hang) => return std::future::pending().await,
        Some(Failure::Dropped) => return Err(Broken::OnDemand),
        Some(Failure::Throttled) => Err((service.throttled)()),
        Some(Failure::Error { status, code, message }) => Err(Fault::new(status, code, message)),
        None => {
            // A lookup over a million events takes a while; it must not hold up the tasks that share the runtime.
            let work = move || {
                let outcome = operation.and_then(|found| call(&endpoint, service, found, protocol, &request, &scope));
                protocol.encode(service, named, &request, outcome)
            };
            return Ok(tokio::task::spawn_blocking(work).await?);
        }
    };
    Ok(protocol.encode(service, named, &request, outcome))
}

fn call(
    endpoint: &Endpoint,
    service: &Service,
    operation: &'static Operation,
    protocol: Protocol,
    request: &Request,
    scope: &Scope,
) -> Result<super::protocol::Answer, Fault> {
    let account = &endpoint.account;
    let now = account.now();
    if let Some(rate) = operation.rate
        && !account.throttle.admit(operation.name, &scope.region, rate, now)
    {
        return Err((service.throttled)());
    }
    let input = protocol.decode(operation, request)?;
    (operation.handler)(&Call { account, region: &scope.region, now, input })
}

async fn read(request: hyper::Request<Incoming>, endpoint: &Endpoint) -> Result<Request, Broken> {
    let (parts, body) = request.into_parts();
    let number = endpoint.served.fetch_add(1, Ordering::Relaxed);
    Ok(Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: uri::parameters(parts.uri.query().unwrap_or_default()),
        headers: parts.headers,
        body: Limited::new(body, BODY_LIMIT).collect().await.map_err(Broken::Body)?.to_bytes(),
        id: random::uuid(random::mix(endpoint.account.seed(), number)),
    })
}

/// The credential scope of a signature (version 4): which Region and service the caller means.
#[derive(Debug, PartialEq)]
struct Scope {
    region: String,
    service: String,
}

impl Scope {
    /// From the `Authorization` header, or the query of a presigned URL.
    fn of(request: &Request) -> Option<Self> {
        let header = request.header("authorization").and_then(|header| header.split("Credential=").nth(1));
        let credential = header.or_else(|| request.parameter("X-Amz-Credential"))?;
        let credential = credential.split(',').next()?;
        let mut parts = credential.trim().split('/').skip(2);
        let (region, service) = (parts.next()?, parts.next()?);
        Some(Self { region: region.to_owned(), service: service.to_owned() })
    }
}
