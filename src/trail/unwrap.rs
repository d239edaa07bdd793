//! The record in what it was delivered in: a text in a member, or the member itself.

use std::{borrow::Cow, ops::Range};

use crate::json::{Scanner, Token, decode};

/// The record that an object holds or is.
///
/// LookupEvents has it as text in `CloudTrailEvent`, CloudWatch Logs as text in `message`, and EventBridge in `detail`,
/// beside `detail-type`.
pub fn record(object: &str) -> Cow<'_, str> {
    // Nearly every object is a record, which AWS begins like this.
    if object.starts_with(r#"{"eventVersion""#) || !may_wrap(object) {
        return Cow::Borrowed(object);
    }
    let member = |key: &str| members(object).find(|(name, _)| name == key).map(|(_, value)| &object[value]);
    let text = member("CloudTrailEvent").or_else(|| member("message")).filter(|value| value.starts_with('"'));
    if let Some(record) = text.map(decode).filter(|text| text.starts_with('{')) {
        return record;
    }
    let detail = member("detail").filter(|value| value.starts_with('{') && member("detail-type").is_some());
    Cow::Borrowed(detail.unwrap_or(object))
}

fn may_wrap(object: &str) -> bool {
    [r#""CloudTrailEvent""#, r#""message""#, r#""detail-type""#]
        .iter()
        .any(|key| memchr::memmem::find(object.as_bytes(), key.as_bytes()).is_some())
}

/// The members of an object, with the places of their values, up to the first thing that is no JSON.
fn members(object: &str) -> impl Iterator<Item = (Cow<'_, str>, Range<usize>)> {
    let mut scanner = Scanner::new(object);
    let mut open = scanner.next().is_ok();
    std::iter::from_fn(move || {
        while open {
            let (token, key) = scanner.next().ok()?;
            match token {
                Token::Mark(b',') => {}
                Token::String => {
                    let (colon, _) = scanner.next().ok()?;
                    let value = (colon == Token::Mark(b':')).then(|| value(&mut scanner))??;
                    return Some((decode(&object[key]), value));
                }
                _ => open = false,
            }
        }
        None
    })
}

/// The place of the value that comes next.
fn value(scanner: &mut Scanner<'_>) -> Option<Range<usize>> {
    let (mut depth, mut start) = (0_usize, None);
    loop {
        let (token, range) = scanner.next().ok()?;
        let start = *start.get_or_insert(range.start);
        match token {
            Token::Mark(b'{' | b'[') => depth += 1,
            Token::Mark(b'}' | b']') => depth = depth.checked_sub(1)?,
            Token::End => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(start..range.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrapping_is_taken_off() {
        let inner = r#"{"eventName":"x","message":"é"}"#;
        let text = serde_json::to_string(inner).unwrap();
        for object in [
            inner.to_owned(),
            format!(r#"{{"EventId":"1","Resources":[{{"a":[1]}}],"CloudTrailEvent":{text}}}"#),
            format!(r#"{{"timestamp":1,"message":{text},"x":{{}}}}"#),
            format!(r#"{{"detail-type":"AWS API Call via CloudTrail","detail":{inner},"z":null}}"#),
        ] {
            assert_eq!(record(&object), inner, "{object}");
        }
    }

    #[test]
    fn what_only_looks_wrapped_is_left() {
        for object in [
            r#"{"message":"hello"}"#,
            r#"{"detail":{"a":1}}"#,
            r#"{"message":{"a":1},"detail-type""#,
            r#"{"detail-type":1,"detail":[2]}"#,
        ] {
            assert_eq!(record(object), object);
        }
    }
}
