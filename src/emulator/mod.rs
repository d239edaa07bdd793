//! A pretended AWS account on a loopback port: real wire protocols, made-up events, alarms and restores.
//!
//! ```text
//!   http        reads a request, finds service, Region and operation from the signature and the path
//!   protocol/   one file per wire protocol: request -> Value -> response
//!   service/    one file per service: a table of operations over Values
//!   story/      what happens in the account: every event a pure function of seed and index
//!   alarms/     alarms that follow the story, some over metric filters
//!   archive/    buckets, archived objects and their restores
//!   bridge/     EventBridge's buses and rules
//!   topics/     SNS's topics and what was published
//! ```
//!
//! Nothing outside this module knows that it is a demo: clients get an address and talk AWS to it.

mod account;
mod alarms;
mod archive;
mod bridge;
mod fault;
mod http;
mod outage;
mod protocol;
mod random;
mod service;
mod story;
mod throttle;
mod topics;
mod uri;
mod value;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use archive::PLACES;
pub use outage::{Failure, Faults};
pub use story::replay::{LeftOut, Recording, ReplayError};
pub use topics::Published;

/// Where the emulator takes the time from: the system, or a test.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The account that is pretended.
pub const ACCOUNT: &str = "111122223333";

/// The Regions in which something happens, the home Region first.
pub const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "eu-central-1"];

/// What the account is to be like.
#[derive(Clone)]
pub struct Options {
    /// Two accounts with one seed tell the same story.
    pub seed: u64,
    /// The moment at which the story starts; about two hours of ordinary history lie before it.
    pub start: DateTime<Utc>,
    pub clock: Clock,
    /// How many events of older history to add, going back at most 90 days.
    pub events: usize,
    /// How many ordinary events happen a second from the start on, at most 100 000; 0 for one every two seconds.
    pub rate: u32,
    /// What to tell instead of the story.
    pub replay: Option<Recording>,
}

impl Options {
    /// An ordinary account, whose story starts at this moment.
    pub fn new(start: DateTime<Utc>, clock: Clock) -> Self {
        Self { seed: 1, start, clock, events: 0, rate: 0, replay: None }
    }

    /// How far back the history goes.
    pub fn reach(&self) -> TimeDelta {
        story::reach(self)
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seed, start, events, rate, .. } = self;
        f.debug_struct("Options")
            .field("seed", seed)
            .field("start", start)
            .field("events", events)
            .field("rate", rate)
            .finish_non_exhaustive()
    }
}

/// Why the emulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
}

/// An emulator that serves until it is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    endpoint: Arc<http::Endpoint>,
    server: JoinHandle<()>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as an `endpoint_url`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The handle that makes operations fail.
    pub fn faults(&self) -> Faults {
        self.endpoint.faults.clone()
    }

    /// What was published to the account's topics lately, the oldest first.
    pub fn published(&self) -> Vec<Published> {
        self.endpoint.account.messages.all()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Starts the account on `listen`; port 0 takes a free one. Events are made when they are asked for, so a million of
/// them take no time here.
///
/// # Errors
///
/// When the address cannot be listened on.
pub async fn start(options: Options, listen: SocketAddr) -> Result<Running, StartError> {
    let account = account::Account::new(options);
    let cannot = |source| StartError::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let endpoint = Arc::new(http::Endpoint { account, faults: Faults::default(), served: AtomicU64::new(0) });
    let server = tokio::spawn(http::serve(listener, Arc::clone(&endpoint)));
    Ok(Running { address, endpoint, server })
}

/// An access key id and its secret, made up: the emulator wants requests signed but does not verify by whom.
pub fn credentials() -> (&'static str, &'static str) {
    ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
}
