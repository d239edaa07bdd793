//! Where a webhook and a topic are.

use hyper::Uri;
use serde::Deserialize;

use super::Secret;
use crate::model::Region;

/// The address of a webhook: `https://…`, or `http://` on this machine. What was refused is never repeated: such
/// addresses hold tokens.
///
/// # Errors
/// Anything else, and an address with a user or a password in it.
pub fn webhook_address(text: &str) -> Result<Secret, String> {
    const WRITE: &str = "write https://HOST/PATH";
    let uri: Uri = text.parse().map_err(|_| format!("this is not the URL of a webhook; {WRITE}"))?;
    let host = uri.host().unwrap_or_default();
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(format!("a URL must not hold a user or a password; {WRITE}, and `headers` for a sign-in"));
    }
    match uri.scheme_str() {
        _ if host.is_empty() => Err(format!("this is not the URL of a webhook; {WRITE}")),
        Some("https") => Ok(Secret::new(text)),
        Some("http") if is_loopback(host) => Ok(Secret::new(text)),
        Some("http") => Err("http is sent in the clear, and is only for this machine; write https://…".to_owned()),
        _ => Err(format!("a webhook is reached over https; {WRITE}")),
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// An SNS topic.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Topic {
    pub arn: String,
    pub region: Region,
}

impl TryFrom<String> for Topic {
    type Error = String;

    /// The form is `arn:PARTITION:sns:REGION:ACCOUNT:NAME` (SNS API reference, "Publish", `TopicArn`).
    fn try_from(arn: String) -> Result<Self, String> {
        let parts: Vec<&str> = arn.split(':').collect();
        let word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let words = parts.iter().all(|part| !part.is_empty() && part.len() <= 256 && part.chars().all(word));
        match parts[..] {
            ["arn", _, "sns", region, account, _] if words && account.bytes().all(|b| b.is_ascii_digit()) => {
                let region = crate::config::region(region)?;
                Ok(Self { region, arn })
            }
            _ => Err(format!("{arn:?} is not the ARN of a topic; write arn:aws:sns:REGION:ACCOUNT:NAME")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_leaves_this_machine() {
        for url in
            ["https://hooks.example.com/T/B", "http://127.0.0.1:8080/x", "http://localhost/", "http://[::1]:9/a?b=c"]
        {
            assert_eq!(webhook_address(url).unwrap().reveal(), url);
        }
        for (url, words) in [
            ("http://hooks.example.com/T/SESAME", "only for this machine"),
            ("http://127.0.0.1.example.com/SESAME", "only for this machine"),
            ("https://ana:SESAME@example.com/", "user or a password"),
            ("http://localhost@example.com/SESAME", "user or a password"),
            ("ftp://example.com/SESAME", "over https"),
            ("/SESAME", "not the URL"),
            ("https:///SESAME", "not the URL"),
            ("SESAME x", "not the URL"),
            ("", "not the URL"),
        ] {
            let error = webhook_address(url).unwrap_err();
            assert!(error.contains(words) && !error.contains("SESAME"), "{url}: {error}");
        }
    }

    #[test]
    fn a_topic_says_its_region() {
        let topic = Topic::try_from("arn:aws:sns:eu-west-1:111122223333:alerts".to_owned()).unwrap();
        assert_eq!(topic.region, Region::new("eu-west-1"));
        for arn in
            ["alerts", "arn:aws:sqs:eu-west-1:111122223333:alerts", "arn:aws:sns:eu-west-1:1:a:b", "arn:aws:sns::1:a"]
        {
            assert!(Topic::try_from(arn.to_owned()).is_err(), "{arn}");
        }
    }
}
