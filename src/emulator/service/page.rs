//! Page tokens: opaque to the caller, refused when they are not ours or the parameters changed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::emulator::random;

/// A token that holds a position, bound to the parameters of the request.
pub fn token(parameters: &str, position: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{:016x}{position}", random::hash(parameters)))
}

/// The position in a token; `None` when the token is not ours or was given for other parameters.
pub fn position(token: &str, parameters: &str) -> Option<String> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (bound, position) = plain.split_at_checked(16)?;
    (bound == format!("{:016x}", random::hash(parameters))).then(|| position.to_owned())
}

/// The page that begins where a token says, and the token of the next; `None` when the token is none of ours.
pub fn cut<'a, T>(
    found: &'a [T],
    limit: usize,
    token: Option<&str>,
    parameters: &str,
) -> Option<(&'a [T], Option<String>)> {
    let begin: usize = token.map_or(Some(0), |token| position(token, parameters)?.parse().ok())?;
    let rest = found.get(begin..).unwrap_or_default();
    let page = &rest[..rest.len().min(limit)];
    let next = (page.len() < rest.len()).then(|| self::token(parameters, &(begin + page.len()).to_string()));
    Some((page, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_serves_only_the_parameters_it_was_given_for() {
        let token = token("a", "42");
        assert_eq!(position(&token, "a").as_deref(), Some("42"));
        assert_eq!(position(&token, "b"), None);
        assert_eq!(position("nonsense", "a"), None);
    }
}
