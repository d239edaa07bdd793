//! The pretended account, asked by AWS's own Rust clients.

mod cloudtrail;
mod cloudwatch;
mod endpoint;
mod replay;
mod s3;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_config::retry::RetryConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use chrono::{DateTime, TimeDelta, Utc};
use trailwatch::emulator::{self, Options, REGIONS, Running};

const HOME: &str = REGIONS[0];
const GLOBAL: &str = REGIONS[1];
const THIRD: &str = REGIONS[2];

/// An account on a clock that only the test moves.
struct Account {
    running: Running,
    seconds: Arc<AtomicI64>,
}

fn start_time() -> DateTime<Utc> {
    "2026-11-21T09:00:30Z".parse().unwrap()
}

impl Account {
    async fn with(change: impl FnOnce(&mut Options)) -> Result<Self, emulator::StartError> {
        let seconds = Arc::new(AtomicI64::new(0));
        let ticks = Arc::clone(&seconds);
        let clock: emulator::Clock =
            Arc::new(move || start_time() + TimeDelta::milliseconds(ticks.load(Ordering::Relaxed)));
        let mut options = Options { seed: 7, ..Options::new(start_time(), clock) };
        change(&mut options);
        let running = emulator::start(options, "127.0.0.1:0".parse().unwrap()).await?;
        Ok(Self { running, seconds })
    }

    async fn new() -> Self {
        Self::with(|_| {}).await.unwrap()
    }

    /// Moves the clock to that second after the start.
    fn at(&self, second: i64) {
        self.seconds.store(second * 1000, Ordering::Relaxed);
    }

    /// Lets a second pass, so that the buckets fill.
    fn pass(&self) {
        self.seconds.fetch_add(1000, Ordering::Relaxed);
    }

    fn config(&self, region: &'static str) -> aws_config::SdkConfig {
        let (id, secret) = emulator::credentials();
        aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .endpoint_url(self.running.url())
            .region(aws_config::Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(id, secret, None, None, "test")))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build()
    }

    fn trail(&self, region: &'static str) -> aws_sdk_cloudtrail::Client {
        aws_sdk_cloudtrail::Client::new(&self.config(region))
    }

    fn watch(&self, region: &'static str) -> aws_sdk_cloudwatch::Client {
        aws_sdk_cloudwatch::Client::new(&self.config(region))
    }

    fn store(&self, region: &'static str) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::new(&self.config(region))
    }

    /// Every event of a Region that can be seen now, newest first, at most `pages` pages.
    async fn events(&self, region: &'static str, pages: usize) -> Vec<aws_sdk_cloudtrail::types::Event> {
        let client = self.trail(region);
        let (mut events, mut token) = (Vec::new(), None);
        for _ in 0..pages {
            self.pass();
            let page = client.lookup_events().set_next_token(token).send().await.unwrap();
            events.extend_from_slice(page.events());
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        events
    }

    async fn alarm(&self, region: &'static str, name: &str) -> aws_sdk_cloudwatch::types::MetricAlarm {
        self.pass();
        let found = self.watch(region).describe_alarms().alarm_names(name).send().await.unwrap();
        found.metric_alarms()[0].clone()
    }
}

fn code<E: ProvideErrorMetadata>(error: &E) -> &str {
    error.code().unwrap_or("no code")
}
