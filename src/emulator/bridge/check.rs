//! What EventBridge takes for a name, a pattern and a schedule.

use serde_json::Value as Json;

/// The units of a rate, and of one alone.
const UNITS: [&str; 3] = ["minute", "hour", "day"];

/// Whether this may be the name of a rule: 1 to 64 letters, digits, dots, hyphens and underscores.
pub fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(fits)
}

/// What is wrong with an event pattern, if anything is: each field leads to a list of what may stand there, or to fields.
pub fn pattern_problem(pattern: &str) -> Option<String> {
    match serde_json::from_str(pattern) {
        Err(error) => Some(format!("it is no JSON: {error}")),
        Ok(Json::Object(fields)) if fields.is_empty() => Some("it is empty".to_owned()),
        Ok(fields @ Json::Object(_)) => field_problem("it", &fields),
        Ok(_) => Some("it is no object".to_owned()),
    }
}

fn field_problem(name: &str, value: &Json) -> Option<String> {
    match value {
        Json::Array(values) if values.is_empty() => Some(format!("{name} is an empty array")),
        Json::Array(_) => None,
        // Lists of whole patterns stand under this name.
        Json::Object(fields) => fields.iter().find_map(|(name, value)| field_problem(&format!("{name:?}"), value)),
        _ => Some(format!("{name} must be an object or an array")),
    }
}

/// Whether this is a schedule: `rate(5 minutes)`, or `cron()` with six fields, of which one of the days is `?`.
pub fn schedule_is_sound(schedule: &str) -> bool {
    let inside = |word: &str| schedule.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(rate) = inside("rate") {
        let Some((number, unit)) = rate.split_once(' ') else { return false };
        let number: u32 = number.parse().unwrap_or_default();
        let singular = if number == 1 { Some(unit) } else { unit.strip_suffix('s') };
        return number > 0 && singular.is_some_and(|unit| UNITS.contains(&unit));
    }
    let fields: Vec<_> = inside("cron").unwrap_or_default().split_ascii_whitespace().collect();
    fields.len() == 6 && (fields[2] == "?") != (fields[4] == "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_leads_to_lists_of_what_may_stand_there() {
        for sound in [
            r#"{"source":["aws.ec2"]}"#,
            r#"{"detail":{"severity":[{"numeric":[">=",7]}]}}"#,
            r#"{"$or":[{"source":["a"]},{"source":["b"]}]}"#,
        ] {
            assert_eq!(pattern_problem(sound), None);
        }
        for (wrong, problem) in [
            ("{", "it is no JSON"),
            ("[]", "it is no object"),
            ("7", "it is no object"),
            ("{}", "it is empty"),
            (r#"{"source":"aws.ec2"}"#, r#""source" must be an object or an array"#),
            (r#"{"detail":{"a":[]}}"#, r#""a" is an empty array"#),
        ] {
            assert!(pattern_problem(wrong).is_some_and(|said| said.starts_with(problem)), "{wrong}");
        }
    }

    #[test]
    fn a_schedule_is_a_rate_or_six_fields() {
        for sound in
            ["rate(1 minute)", "rate(5 minutes)", "rate(2 days)", "cron(0 2 * * ? *)", "cron(0/15 * ? * MON *)"]
        {
            assert!(schedule_is_sound(sound), "{sound}");
        }
        for wrong in
            ["rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "cron(0 2 * * *)", "cron(0 2 * * * *)", ""]
        {
            assert!(!schedule_is_sound(wrong), "{wrong}");
        }
    }
}
