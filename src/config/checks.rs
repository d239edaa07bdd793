//! What a value has to be like, wherever it was written: on the command line, in the config, in the environment.
//!
//! Each check gives the value, or says in one sentence what is wrong and what to write.

use std::net::SocketAddr;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Deserializer, de::Error};

use super::nearest;
use crate::model::{Region, Time, duration::Span};

/// CloudTrail keeps the events of 90 days for LookupEvents (API reference, "LookupEvents").
const KEPT: Span = Span::seconds(90 * 86_400);
/// No source is asked more often: LookupEvents allows 2 requests a second, for everybody in the account together.
const SHORTEST: Span = Span::seconds(1);

/// How far back the first load goes: 1s to 90d.
///
/// # Errors
/// No span, an empty one, or one that reaches beyond what CloudTrail keeps.
pub fn since(text: &str) -> Result<Span, String> {
    match text.parse::<Span>().map_err(|error| error.to_string())? {
        span if span < SHORTEST => Err(format!("{text:?} is no time to load; write {SHORTEST} or more, up to {KEPT}")),
        span if span > KEPT => {
            Err(format!("{text:?} is longer than CloudTrail keeps what LookupEvents answers; write {KEPT} or less"))
        }
        span => Ok(span),
    }
}

/// A moment, by itself or by how long ago it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    Ago(Span),
    At(Time),
}

impl Since {
    /// The moment.
    pub fn time(self, now: Time) -> Time {
        match self {
            Since::Ago(span) => now - span.chrono(),
            Since::At(time) => time,
        }
    }
}

/// As [`since`], for what can also take a moment.
///
/// # Errors
/// As [`since`].
pub fn since_ago(text: &str) -> Result<Since, String> {
    since(text).map(Since::Ago)
}

/// A span such as `2d`, a day such as `2026-11-20`, or a time with its zone.
///
/// # Errors
/// Nothing of these.
pub fn moment(text: &str) -> Result<Since, String> {
    let day = || text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let time = || chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    match (text.parse::<Span>(), day().or_else(time)) {
        (Ok(span), _) => Ok(Since::Ago(span)),
        (_, Some(time)) => Ok(Since::At(time)),
        _ => Err(format!("{text:?} is no time; write a span such as 2d, or 2026-11-20, or 2026-11-20T10:00:00Z")),
    }
}

/// How long a source is left alone between two rounds: 1s or more.
///
/// # Errors
/// No span, or an empty one.
pub fn pause(text: &str) -> Result<Span, String> {
    match text.parse::<Span>().map_err(|error| error.to_string())? {
        span if span < SHORTEST => {
            Err(format!("{text:?} leaves no time between two requests; write {SHORTEST} or more"))
        }
        span => Ok(span),
    }
}

/// An endpoint: `http://HOST:PORT` or `https://HOST`, with a path if need be.
///
/// # Errors
/// Anything else.
pub fn endpoint(text: &str) -> Result<String, String> {
    let uri: Option<hyper::Uri> = text.parse().ok();
    let fits = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
    });
    match fits {
        true => Ok(text.to_owned()),
        false => Err(format!("{text:?} is not the URL of an endpoint; write http://HOST:PORT or https://HOST")),
    }
}

/// Where to listen on this machine: `ADDRESS:PORT`, `localhost:PORT`, or a port of 127.0.0.1.
///
/// # Errors
/// Anything else, and an address that others can reach.
pub fn loopback(text: &str) -> Result<SocketAddr, String> {
    let write = "write 127.0.0.1:PORT, localhost:PORT or PORT";
    let end = text.rsplit(':').next().unwrap_or(text);
    if !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit()) && end.parse::<u16>().is_err() {
        return Err(format!("{end} is no port: the highest is 65535; {write}"));
    }
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    let port = text.strip_prefix("localhost:").unwrap_or(text).parse().ok();
    let address = port.map(|port| SocketAddr::new(here.ip(), port)).or_else(|| text.parse().ok());
    match address.ok_or_else(|| format!("{text:?} is no address to listen on; {write}"))? {
        address if address.ip().is_loopback() => Ok(address),
        address => {
            Err(format!("{} can be reached from other machines, and the account is open to all; {write}", address.ip()))
        }
    }
}

/// A Region's code. One that is not known may be new and is taken.
///
/// # Errors
/// What can be no part of a host name, as the code has to be.
pub fn region(text: &str) -> Result<Region, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty() && text.len() < 64 && text.chars().all(fits) && !text.starts_with('-') && !text.ends_with('-') {
        return Ok(Region::new(text));
    }
    let lower = text.trim().to_lowercase();
    let near = nearest(&lower, Region::known()).map_or_else(String::new, |near| format!("; did you mean {near}?"));
    Err(match near.is_empty() {
        true => format!("{text:?} is not the code of a Region; write one such as eu-west-1"),
        false => format!("{text:?} is not the code of a Region{near}"),
    })
}

/// What to say of a Region when nobody answers there: nothing, unless its code is not one that is known.
pub fn unknown_region(region: &Region) -> Option<String> {
    if Region::known().any(|known| known == region.as_str()) {
        return None;
    }
    Some(match nearest(region.as_str(), Region::known()) {
        Some(near) => format!("{region} is not a Region that trailwatch knows; did you mean {near}?"),
        None => format!("{region} is not a Region that trailwatch knows: check its code, unless it is a new one"),
    })
}

/// How many events are kept: 1 or more.
///
/// # Errors
/// None at all, or what is no number.
pub fn history<'de, D: Deserializer<'de>>(from: D) -> Result<Option<usize>, D::Error> {
    match usize::deserialize(from)? {
        0 => Err(Error::custom("a history of 0 events shows nothing; write 1 or more")),
        number => Ok(Some(number)),
    }
}

/// Puts a text of the config file to a check.
pub fn checked<'de, D: Deserializer<'de>, T>(
    check: impl Fn(&str) -> Result<T, String>,
    from: D,
) -> Result<Option<T>, D::Error> {
    check(&String::deserialize(from)?).map(Some).map_err(Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_that_cannot_be_is_refused_with_the_limit() {
        assert!(since("0m").unwrap_err().ends_with("write 1s or more, up to 90d"));
        assert!(since("100d").unwrap_err().ends_with("write 90d or less"));
        assert!(pause("0s").unwrap_err().ends_with("write 1s or more"));
        assert_eq!((since("90d"), pause("1s")), (Ok(KEPT), Ok(SHORTEST)));
    }

    #[test]
    fn an_endpoint_is_a_url_with_a_host() {
        for url in
            ["http://127.0.0.1:4566", "https://vpce-1.example.com", "http://localhost:4566/path", "http://[::1]:1"]
        {
            assert_eq!(endpoint(url).as_deref(), Ok(url));
        }
        for text in ["foo", "", "localhost:4566", "ftp://x", "http://", "http://a b", "file:///x"] {
            assert!(
                endpoint(text).is_err_and(|error| error.ends_with("write http://HOST:PORT or https://HOST")),
                "{text}"
            );
        }
    }

    #[test]
    fn only_this_machine_is_listened_on() {
        for (text, address) in [
            ("4598", "127.0.0.1:4598"),
            ("localhost:4566", "127.0.0.1:4566"),
            ("127.0.0.2:1", "127.0.0.2:1"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(loopback(text), Ok(address.parse().unwrap()));
        }
        assert!(loopback("127.0.0.1:99999").unwrap_err().starts_with("99999 is no port: the highest is 65535; write "));
        for text in ["0.0.0.0:4566", "192.0.2.1:1", "example.com:1", "localhost", "99999", "localhost:70000", ""] {
            assert!(loopback(text).is_err_and(|error| error.ends_with("localhost:PORT or PORT")), "{text}");
        }
    }

    #[test]
    fn a_region_is_known_or_looks_like_one() {
        assert!(region("eu-west-1").is_ok() && region("xx-new-9").is_ok());
        assert!(region("").unwrap_err().ends_with("write one such as eu-west-1"));
        assert!(region("EU-West-1").unwrap_err().ends_with("did you mean eu-west-1?"));
        assert_eq!(unknown_region(&Region::new("eu-west-1")), None);
        assert!(unknown_region(&Region::new("eu-wset-1")).unwrap().ends_with("did you mean eu-west-1?"));
        assert!(unknown_region(&Region::new("moonbase-alpha-77")).unwrap().contains("unless it is a new one"));
    }
}
