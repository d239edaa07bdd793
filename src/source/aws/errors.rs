//! Any error of the SDK in the words of the API, with what the operator can do.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::{config::http::HttpResponse, error::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use chrono::DateTime;
use http_body_util::LengthLimitError;

use super::{Clients, bounded::MOST_MIB};
use crate::{
    config::unknown_region,
    model::{Region, SourceError, Time},
    source::{Failure, FailureKind},
};

/// What was asked for, and as whom: what an explanation needs beside the error.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The IAM action, such as `cloudtrail:LookupEvents`.
    action: &'static str,
    profile: Option<String>,
    /// What is odd about the Region that was asked.
    doubt: Option<String>,
}

impl Asked {
    pub fn new(action: &'static str, clients: &Clients, region: &Region) -> Self {
        let doubt = if clients.has_other_endpoint() { None } else { unknown_region(region) };
        Self { action, profile: clients.profile().map(str::to_owned), doubt }
    }

    /// What went wrong at `now`.
    pub fn failure<E>(&self, error: SdkError<E, HttpResponse>, now: Time) -> Failure
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        if let Some(missing) = sources(&error).find(|error| error.is::<CredentialsError>()) {
            // The first line says what is wrong; a list of all that was tried follows it.
            let all = chain(missing);
            let first = all.lines().next().unwrap_or_default().trim_end_matches(" Attempted:");
            let advice = Some(self.sign_in_advice());
            return self.fail(FailureKind::Credentials, ("Credentials".into(), first.to_owned(), advice), now);
        }
        match &error {
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                let code = service.err().code().map_or_else(|| by_status(status), str::to_owned);
                match service.err().message() {
                    Some(message) => self.refused(code, message.to_owned(), now),
                    None if status < 300 => self.unreadable(&chain(&error), now),
                    None => self.refused(code, format!("HTTP status {status}"), now),
                }
            }
            SdkError::ResponseError(response) => {
                let status = response.raw().status().as_u16();
                let why = match sources(&error).any(|error| error.is::<LengthLimitError>()) {
                    true => format!("it is longer than {MOST_MIB} MiB, as no answer of AWS is"),
                    false => chain(&error),
                };
                let message = format!("the answer with HTTP status {status} cannot be read: {why}");
                self.fail(FailureKind::Other, ("Response".into(), message, None), now)
            }
            SdkError::ConstructionFailure(_) => {
                self.fail(FailureKind::Other, ("Request".into(), chain(&error), None), now)
            }
            _ => {
                let network = || "check the network, the DNS and the proxy (HTTPS_PROXY, NO_PROXY)".to_owned();
                let advice = Some(self.doubt.clone().unwrap_or_else(network));
                self.fail(FailureKind::Other, ("Network".into(), chain(&error), advice), now)
            }
        }
    }

    /// The service answered with an error.
    fn refused(&self, code: String, message: String, now: Time) -> Failure {
        let kind = kind(&code);
        let advice = match (kind, code.as_str()) {
            (FailureKind::Credentials, _) => Some(self.sign_in_advice()),
            (_, "RequestTimeTooSkewed" | "RequestExpired" | "SignatureDoesNotMatch" | "InvalidSignatureException") => {
                Some("check this machine's clock, then the secret key".to_owned())
            }
            (_, "OptInRequired" | "SubscriptionRequiredException") => {
                Some("this Region or service is not switched on for the account".to_owned())
            }
            _ => None,
        };
        let denied = DENIED.contains(&code.as_str()).then(|| self.missing_action(&message));
        let mut failure = self.fail(kind, (code, message, advice), now);
        if let Some(action) = denied {
            failure.error.advice = Some(format!("allow {action} in the caller's IAM policy"));
            failure.error.missing_action = Some(action);
        }
        failure
    }

    /// The action that the message names, as in `… is not authorized to perform: cloudtrail:LookupEvents …`; else the
    /// one that was asked for.
    fn missing_action(&self, message: &str) -> String {
        let named = message.split("perform: ").nth(1).and_then(|rest| rest.split_whitespace().next());
        named.filter(|action| action.contains(':')).unwrap_or(self.action).to_owned()
    }

    fn sign_in_advice(&self) -> String {
        match &self.profile {
            Some(profile) => format!("sign in, for instance with `aws sso login --profile {profile}`"),
            None => "sign in, for instance with `aws sso login` or `aws login`, or choose --profile".to_owned(),
        }
    }

    /// An answer that came with success and makes no sense.
    pub fn unreadable(&self, what: &str, now: Time) -> Failure {
        self.fail(FailureKind::Other, ("Response".into(), format!("the answer cannot be used: {what}"), None), now)
    }

    fn fail(&self, kind: FailureKind, words: (String, String, Option<String>), since: Time) -> Failure {
        let (mut code, mut message, advice) = words;
        code.truncate(code.floor_char_boundary(MOST_OF_A_CODE));
        message.truncate(message.floor_char_boundary(MOST_OF_A_MESSAGE));
        Failure { kind, error: SourceError { code, message, missing_action: None, advice, since } }
    }
}

/// Bytes of a code and of a message that are kept: whoever answers may be anybody.
const MOST_OF_A_CODE: usize = 128;
const MOST_OF_A_MESSAGE: usize = 4_096;

/// Codes that mean a permission is missing.
const DENIED: &[&str] =
    &["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized"];

fn kind(code: &str) -> FailureKind {
    match code {
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "LimitExceededFault"
        | "SlowDown" => FailureKind::Throttled,
        "InvalidNextTokenException" | "InvalidNextToken" => FailureKind::TokenRefused,
        code if SourceError::OF_CREDENTIALS.contains(&code) => FailureKind::Credentials,
        _ => FailureKind::Other,
    }
}

/// The code for an answer without a body, such as S3's to HEAD.
fn by_status(status: u16) -> String {
    match status {
        403 => "AccessDenied".to_owned(),
        404 => "NotFound".to_owned(),
        429 => "SlowDown".to_owned(),
        status => format!("Http{status}"),
    }
}

/// An error and its sources, outermost first.
fn sources<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// What an error and its sources say, each thing once.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    for error in sources(error) {
        let text = error.to_string();
        if !words.iter().any(|said| said.contains(&text)) {
            words.push(text);
        }
    }
    words.join(": ")
}

/// A time of the SDK; `None` for one that no calendar has.
pub fn time(time: &aws_smithy_types::DateTime) -> Option<Time> {
    DateTime::from_timestamp(time.secs(), time.subsec_nanos()).map(crate::model::sane)
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::{
        config::http::HttpResponse, error::ConnectorError, operation::get_caller_identity::GetCallerIdentityError,
    };
    use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

    use super::*;

    fn asked() -> Asked {
        Asked { action: "cloudtrail:LookupEvents", profile: Some("audit".into()), doubt: None }
    }

    fn explain(error: SdkError<GetCallerIdentityError, HttpResponse>) -> Failure {
        asked().failure(error, Time::default())
    }

    fn answer(status: u16, code: Option<&str>, message: &str) -> Failure {
        let mut metadata = ErrorMetadata::builder().message(message);
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        let raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        explain(SdkError::service_error(GetCallerIdentityError::generic(metadata.build()), raw))
    }

    #[test]
    fn a_refusal_names_the_missing_action() {
        let told =
            "User: arn:x is not authorized to perform: s3:ListBucket on resource: arn:y because no policy allows";
        for (message, action) in [(told, "s3:ListBucket"), ("Access Denied", "cloudtrail:LookupEvents")] {
            let failure = answer(400, Some("AccessDeniedException"), message);
            assert_eq!(failure.kind, FailureKind::Other);
            assert_eq!(failure.error.missing_action.as_deref(), Some(action));
            assert_eq!(
                (failure.error.code.as_str(), failure.error.message.as_str()),
                ("AccessDeniedException", message)
            );
            assert_eq!(failure.error.advice, Some(format!("allow {action} in the caller's IAM policy")));
        }
        assert_eq!(answer(403, None, "").error.missing_action.as_deref(), Some("cloudtrail:LookupEvents"));
    }

    #[test]
    fn a_code_decides_what_is_done_about_it() {
        for (code, kind, advice) in [
            ("ThrottlingException", FailureKind::Throttled, None),
            ("InvalidNextTokenException", FailureKind::TokenRefused, None),
            ("ExpiredTokenException", FailureKind::Credentials, Some("aws sso login --profile audit")),
            ("RequestTimeTooSkewed", FailureKind::Other, Some("clock")),
            ("InternalServiceFault", FailureKind::Other, None),
        ] {
            let failure = answer(400, Some(code), "words");
            assert_eq!((failure.kind, failure.error.code.as_str()), (kind, code));
            let found = failure.error.advice.unwrap_or_default();
            assert!(
                found.contains(advice.unwrap_or_default()) && found.is_empty() == advice.is_none(),
                "{code}: {found}"
            );
        }
    }

    #[test]
    fn what_never_reached_aws_says_whether_network_or_credentials_were_missing() {
        let network = ConnectorError::io("dns error: no such host".into());
        let failure = explain(SdkError::dispatch_failure(network));
        assert_eq!((failure.kind, failure.error.code.as_str()), (FailureKind::Other, "Network"));
        assert!(failure.error.message.contains("dns error: no such host"), "{}", failure.error.message);
        let asked = Asked { doubt: unknown_region(&Region::new("eu-wset-1")), ..asked() };
        let network = SdkError::<GetCallerIdentityError, _>::dispatch_failure(ConnectorError::io("dns error".into()));
        let advice = asked.failure(network, Time::default()).error.advice.unwrap();
        assert!(advice.contains("did you mean eu-west-1?"), "{advice}");
        let missing = CredentialsError::not_loaded("no providers in chain provided credentials");
        let failure = explain(SdkError::construction_failure(missing));
        assert_eq!((failure.kind, failure.error.code.as_str()), (FailureKind::Credentials, "Credentials"));
        assert!(failure.error.message.contains("no providers in chain"), "{}", failure.error.message);
    }
}
