//! What the other side of a webhook said, and what follows from it.

use http_body_util::{BodyExt, Limited};
use hyper::{HeaderMap, Response, StatusCode, body::Incoming, header};

use crate::{
    model::{Message, Time, duration::Span, text::visible},
    notify::channel::{Refused, Said},
};

/// The bytes of an error's body that are read.
const MOST_READ: usize = 4_096;
/// The longest wait that is believed: what waits longer is given up anyway.
const LONGEST_WAIT: u64 = 86_400;

/// Reads an answer.
///
/// # Errors
/// Every status but 2xx. 408, 425, 429 and 5xx pass (RFC 9110, section 15; RFC 8470; RFC 6585). With any other 4xx the
/// other side has understood and said no, and says so again to the same message; as gateways say 403 and 404 while
/// something is put in place behind them, three tries tell. 410 is meant for good.
pub async fn read(
    answer: Response<Incoming>,
    secrets: &[String],
    message: &Message,
    now: Time,
) -> Result<Said, Refused> {
    let status = answer.status();
    let said = status_words(status);
    if status.is_success() {
        // The body is left where it is, for it may have no end.
        return Ok(Said::new(said));
    }
    if status.is_redirection() {
        let words = format!("{said}: it leads elsewhere, and redirects are not followed; write the new address");
        return Err(Refused::unless_mended(words, message));
    }
    let after = wait(answer.headers(), now);
    let words = hidden(&format!("{said}{}", body(answer).await), secrets);
    Err(match status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            Refused { after, ..Refused::passing(words) }
        }
        StatusCode::GONE => Refused::last(words),
        status if status.is_client_error() => Refused::unless_mended(words, message),
        _ => Refused { after, ..Refused::passing(words) },
    })
}

/// `404 Not Found`; the words are those of the standard, not of the other side.
fn status_words(status: StatusCode) -> String {
    format!("{} {}", status.as_str(), status.canonical_reason().unwrap_or_default()).trim_end().to_owned()
}

/// The first line of the body, with `: ` before it; nothing when it cannot be read.
async fn body(answer: Response<Incoming>) -> String {
    let mut body = Limited::new(answer.into_body(), MOST_READ);
    let mut read = Vec::new();
    // Ends at the limit, at the end, or with the patience of who asks.
    while let Some(Ok(frame)) = body.frame().await {
        read.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
    }
    let text = String::from_utf8_lossy(&read);
    match text.lines().map(str::trim).find(|line| !line.is_empty()) {
        Some(line) => format!(": {line}"),
        None => String::new(),
    }
}

/// What `Retry-After` says, in seconds or as a date (RFC 9110, section 10.2.3); Discord says parts of a second too.
fn wait(headers: &HeaderMap, now: Time) -> Option<Span> {
    let said = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let by_date = || {
        let date = chrono::DateTime::parse_from_rfc2822(said).ok()?;
        Some((date.to_utc() - now).num_seconds().max(0) as f64)
    };
    let seconds = said.parse::<f64>().ok().or_else(by_date).filter(|seconds| seconds.is_finite() && *seconds >= 0.0)?;
    Some(Span::seconds((seconds.ceil() as u64).min(LONGEST_WAIT)))
}

/// A text without the secrets, and then safe to show: a server may repeat the address that it was asked for.
pub fn hidden(text: &str, secrets: &[String]) -> String {
    let hide = |text: String, secret: &String| text.replace(secret.as_str(), "…");
    visible(&secrets.iter().fold(text.to_owned(), hide)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_in_seconds_and_as_a_date() {
        let now: Time = "2026-11-21T18:00:00Z".parse().unwrap();
        let said = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            wait(&headers, now).map(|span| span.seconds)
        };
        for (text, seconds) in [
            ("30", Some(30)),
            ("0.2", Some(1)),
            ("99999999999", Some(86_400)),
            ("Sat, 21 Nov 2026 18:01:00 GMT", Some(60)),
            ("Sat, 21 Nov 2020 18:01:00 GMT", Some(0)),
            ("-5", None),
            ("NaN", None),
            ("inf", None),
            ("soon", None),
        ] {
            assert_eq!(said(text), seconds, "{text}");
        }
    }

    #[test]
    fn what_is_secret_is_not_repeated() {
        let secrets = ["/services/SESAME/T0KEN".to_owned(), "SESAME".to_owned(), "T0KEN".to_owned()];
        assert_eq!(hidden("Cannot POST /services/SESAME/T0KEN (SESAME)\u{1b}", &secrets), "Cannot POST … (…)\\u{1b}");
    }
}
