//! Finds the Region and the credentials, and makes the clients that share them.

use std::time::Duration;

use aws_config::{
    AppName, BehaviorVersion, ConfigLoader, SdkConfig,
    meta::region::ProvideRegion,
    profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider},
    provider_config::ProviderConfig,
    retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_credential_types::Credentials;
use aws_sdk_sts::config::SharedHttpClient;
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};

use super::{bounded::bounded, profile};
use crate::{
    config::{self, Settings},
    model::{Region, SourceError, Time},
};

const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(20);
/// A sign-in through a browser's cache or a slow `credential_process` takes longer than the SDK's 5 seconds.
const CREDENTIALS: Duration = Duration::from_secs(30);

/// The clients of one account. Cheap to clone: all share one set of credentials and one pool of connections.
#[derive(Clone, Debug)]
pub struct Clients {
    config: SdkConfig,
    asked: Vec<Region>,
    profile: Option<String>,
    has_other_endpoint: bool,
    expires: Option<Time>,
}

impl Clients {
    /// Resolves the Region and the profile as the AWS CLI does. Credentials are looked for when the first request needs
    /// them.
    ///
    /// # Errors
    /// No Region was found, a Region or an endpoint that cannot be one, a profile that is not there, or `AWS_CA_BUNDLE`
    /// names a file that is no bundle of certificates.
    pub async fn load(settings: &Settings, now: Time) -> Result<Self, SourceError> {
        let profile = settings.profile.clone().or_else(|| std::env::var("AWS_PROFILE").ok());
        if let (Some(name), None) = (&profile, &settings.credentials) {
            profile::find(name, now).await?;
        }
        let endpoint = endpoint(settings);
        let direct = endpoint.as_deref().is_some_and(is_loopback);
        let http = http_client(trust_store(now)?, direct).map_err(|text| config_error(text, now))?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http.clone())
            .identity_cache(aws_config::identity::IdentityCache::lazy().load_timeout(CREDENTIALS).build())
            .timeout_config(
                TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build(),
            )
            .retry_config(RetryConfig::standard());
        if let Ok(name) = AppName::new("trailwatch") {
            loader = loader.app_name(name);
        }
        if let (Some(profile), None) = (&settings.profile, &settings.credentials) {
            loader = loader.credentials_provider(named(profile, settings, http).await);
        }
        let config = with_settings(loader, settings).load().await;
        let mut asked = settings.regions.clone();
        if asked.is_empty() {
            asked.extend(config.region().map(|region| Region::new(region.as_ref())));
        }
        if asked.is_empty() {
            return Err(SourceError {
                code: "NoRegion".into(),
                message: "neither the command line, the config, the environment nor the profile names a Region".into(),
                advice: Some("give --region, set AWS_REGION, or write `region = …` into the profile".into()),
                ..config_error(String::new(), now)
            });
        }
        let endpoint = endpoint.or_else(|| config.endpoint_url().map(str::to_owned));
        check(&asked, endpoint.as_deref()).map_err(|message| config_error(message, now))?;
        let expires = expiry(settings, |name| std::env::var(name).ok());
        Ok(Self { config, asked, profile, has_other_endpoint: endpoint.is_some(), expires })
    }

    /// The Regions asked for, at least one, the home Region first.
    pub fn asked(&self) -> &[Region] {
        &self.asked
    }

    /// The Region that global questions go to.
    pub fn home(&self) -> &Region {
        &self.asked[0]
    }

    /// The profile by name, for advice.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// When the credentials end for good. What the SDK itself knows to end, it also renews.
    pub fn expires(&self) -> Option<Time> {
        self.expires
    }

    /// Sends each request once: the feed paces itself.
    pub(super) fn cloudtrail(&self, region: &Region) -> aws_sdk_cloudtrail::Client {
        let config = aws_sdk_cloudtrail::config::Builder::from(&self.in_region(region));
        aws_sdk_cloudtrail::Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
    }

    pub(super) fn cloudwatch(&self, region: &Region) -> aws_sdk_cloudwatch::Client {
        aws_sdk_cloudwatch::Client::new(&self.in_region(region))
    }

    pub(super) fn eventbridge(&self, region: &Region) -> aws_sdk_eventbridge::Client {
        aws_sdk_eventbridge::Client::new(&self.in_region(region))
    }

    pub(super) fn logs(&self, region: &Region) -> aws_sdk_cloudwatchlogs::Client {
        aws_sdk_cloudwatchlogs::Client::new(&self.in_region(region))
    }

    /// With another endpoint, buckets stand in the path: `bucket.127.0.0.1` is no name.
    pub(super) fn s3(&self, region: &Region) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.in_region(region));
        aws_sdk_s3::Client::from_conf(config.force_path_style(self.has_other_endpoint()).build())
    }

    /// Sends each request once: a message that was taken and not answered would be there twice.
    pub(super) fn sns(&self, region: &Region) -> aws_sdk_sns::Client {
        let config = aws_sdk_sns::config::Builder::from(&self.in_region(region));
        aws_sdk_sns::Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
    }

    pub(super) fn sts(&self) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::new(&self.in_region(self.home()))
    }

    /// Whether other servers than AWS's own are asked.
    pub fn has_other_endpoint(&self) -> bool {
        self.has_other_endpoint
    }

    fn in_region(&self, region: &Region) -> SdkConfig {
        self.config.to_builder().region(aws_config::Region::new(region.as_str().to_owned())).build()
    }
}

/// When the session in the environment ends, where that is what we use, by whoever put it there:
/// `aws configure export-credentials --format env` and aws-vault say so.
fn expiry(settings: &Settings, variable: impl Fn(&str) -> Option<String>) -> Option<Time> {
    let is_ours = settings.profile.is_none() && settings.credentials.is_none();
    variable("AWS_ACCESS_KEY_ID").filter(|_| is_ours)?;
    let said = variable("AWS_CREDENTIAL_EXPIRATION").or_else(|| variable("AWS_SESSION_EXPIRATION"))?;
    said.parse().ok()
}

/// The endpoint for all services. The SDK looks into the environment itself, when it makes a client, and does not tell.
fn endpoint(settings: &Settings) -> Option<String> {
    let ignored = std::env::var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_ok_and(|flag| flag == "true");
    let environment = || std::env::var("AWS_ENDPOINT_URL").ok().filter(|_| !ignored);
    settings.endpoint_url.clone().or_else(environment)
}

/// The endpoints that one service alone can be given, besides `AWS_ENDPOINT_URL` for all.
const ENDPOINTS: [&str; 7] = [
    "AWS_ENDPOINT_URL_CLOUDTRAIL",
    "AWS_ENDPOINT_URL_CLOUDWATCH",
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    "AWS_ENDPOINT_URL_EVENTBRIDGE",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_SNS",
    "AWS_ENDPOINT_URL_STS",
];

/// Whether the Regions and the endpoints can be any, from wherever they came: the SDK takes what it is given and fails
/// with each request.
fn check(regions: &[Region], endpoint: Option<&str>) -> Result<(), String> {
    let place = "from --region, the config, AWS_REGION or the profile";
    for region in regions {
        config::region(region.as_str()).map_err(|error| format!("the Region ({place}): {error}"))?;
    }
    if let Some(url) = endpoint {
        let place = "from --endpoint-url, the config, AWS_ENDPOINT_URL or the profile";
        config::endpoint(url).map_err(|error| format!("the endpoint ({place}): {error}"))?;
    }
    for (name, url) in ENDPOINTS.iter().filter_map(|name| Some((name, std::env::var(name).ok()?))) {
        config::endpoint(&url).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// The credentials of a profile named by hand. The SDK would look into the environment first; the AWS CLI does not.
async fn named(profile: &str, settings: &Settings, http: SharedHttpClient) -> ProfileFileCredentialsProvider {
    let region = match settings.regions.first() {
        Some(home) => Some(aws_config::Region::new(home.as_str().to_owned())),
        None => ProfileFileRegionProvider::builder().profile_name(profile).build().region().await,
    };
    let context = ProviderConfig::default().with_http_client(http).with_region(region);
    ProfileFileCredentialsProvider::builder().configure(&context).profile_name(profile).build()
}

fn with_settings(mut loader: ConfigLoader, settings: &Settings) -> ConfigLoader {
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(home) = settings.regions.first() {
        loader = loader.region(aws_config::Region::new(home.as_str().to_owned()));
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(keys) = &settings.credentials {
        let keys = Credentials::new(&keys.access_key_id, &keys.secret_access_key, None, None, "trailwatch");
        loader = loader.credentials_provider(keys);
    }
    loader
}

/// rustls with ring, the system's certificates, and the proxies of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
///
/// `direct` leaves the proxies out, for an endpoint on this machine. Every answer is bounded.
fn http_client(trust: TrustStore, direct: bool) -> Result<SharedHttpClient, String> {
    let tls = TlsContext::builder().with_trust_store(trust).build().map_err(|error| error.to_string())?;
    let proxy = if direct { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
    Ok(bounded(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.build()
    })))
}

/// The system's certificates, or only those of `AWS_CA_BUNDLE`, as with the AWS CLI.
fn trust_store(now: Time) -> Result<TrustStore, SourceError> {
    let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) else {
        return Ok(TrustStore::default());
    };
    let fail = |text| config_error(format!("AWS_CA_BUNDLE names {}: {text}", path.to_string_lossy()), now);
    let bundle = std::fs::read(&path).map_err(|error| fail(error.to_string()))?;
    match String::from_utf8_lossy(&bundle).contains("-----BEGIN CERTIFICATE-----") {
        true => Ok(TrustStore::empty().with_pem_certificate(bundle)),
        false => Err(fail("no certificate is in it".to_owned())),
    }
}

fn config_error(message: String, since: Time) -> SourceError {
    SourceError { code: "Config".into(), message, missing_action: None, advice: None, since }
}

fn is_loopback(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url);
    ["127.", "localhost", "[::1]"].iter().any(|name| host.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_session_in_the_environment_is_known_where_it_is_ours() {
        let says = |name: &str| match name {
            "AWS_ACCESS_KEY_ID" => Some("AKIAEXAMPLE".to_owned()),
            "AWS_CREDENTIAL_EXPIRATION" => Some("2026-11-21T10:00:00+00:00".to_owned()),
            _ => None,
        };
        let ours = Settings::default();
        assert_eq!(expiry(&ours, says), "2026-11-21T10:00:00Z".parse().ok());
        assert_eq!(expiry(&Settings { profile: Some("audit".into()), ..ours.clone() }, says), None);
        assert_eq!(expiry(&ours, |name| says(name).filter(|_| name != "AWS_ACCESS_KEY_ID")), None);
        assert_eq!(expiry(&ours, |_| Some("soon".into())), None);
    }
}
