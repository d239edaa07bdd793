//! What serde says of a value that does not fit, in the words of TOML.

/// What serde calls what it wanted, and what an operator would write there.
const WANTED: &[(&str, &str)] = &[
    ("a sequence", "a list in [ ]"),
    ("a string", "a text in quotes"),
    ("a boolean", "true or false"),
    ("a map", "a table"),
    ("struct ", "a table"),
    ("usize", "a whole number"),
    ("u8", "a whole number"),
    ("u16", "a whole number"),
    ("u32", "a whole number"),
    ("u64", "a whole number"),
    ("i64", "a whole number"),
    ("f64", "a number"),
];

/// What serde calls what it found; the value follows, but after a list and a table.
const FOUND: &[(&str, &str)] = &[
    ("string ", "the text "),
    ("integer ", "the number "),
    ("floating point ", "the number "),
    ("boolean ", ""),
    ("sequence", "a list"),
    // toml gives a date as a table.
    ("map", "a table or a date"),
];

/// `invalid type: string "x", expected a sequence` as `the text "x" stands where a list in [ ] belongs`; what is no such
/// message stays as it is, but for words that only programmers know.
pub fn in_toml(message: &str) -> String {
    if message == "wanted string or table" {
        return "a text in quotes belongs here".to_owned();
    }
    let value = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    match value.and_then(|value| value.rsplit_once(", expected ")) {
        Some((found, wanted)) => format!("{} stands where {} belongs", replaced(FOUND, found), wanted_here(wanted)),
        None => message.replacen("unknown variant", "unknown value", 1),
    }
}

fn wanted_here(wanted: &str) -> &str {
    WANTED.iter().find(|(word, _)| wanted.starts_with(word)).map_or(wanted, |(_, ours)| ours)
}

/// The text with the first word that it starts with replaced; numbers without what Rust says of their type.
fn replaced(words: &[(&str, &str)], text: &str) -> String {
    let found = words.iter().find_map(|(word, ours)| Some(format!("{ours}{}", text.strip_prefix(word)?)));
    let found = found.unwrap_or_else(|| text.to_owned());
    match found.strip_suffix(" as i128").or_else(|| found.strip_suffix(" as u128")) {
        Some(number) => number.to_owned(),
        None => found,
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, parse_toml};

    #[test]
    fn a_value_of_another_kind_is_refused_in_the_words_of_toml() {
        for (text, words) in [
            ("regions = \"eu-west-1\"", "the text \"eu-west-1\" stands where a list in [ ] belongs"),
            ("regions = [\"eu-west-1\", 7]", "the number `7` stands where a text in quotes belongs"),
            ("regions = \", expected x\"", "the text \", expected x\" stands where a list in [ ] belongs"),
            ("history = \"many\"", "the text \"many\" stands where a whole number belongs"),
            ("history = -1", "the number `-1` stands where a whole number belongs"),
            ("history = 1.5", "the number `1.5` stands where a whole number belongs"),
            (
                "history = 99999999999999999999999",
                "the number `99999999999999999999999` stands where a whole number belongs",
            ),
            ("mouse = \"yes\"", "the text \"yes\" stands where true or false belongs"),
            ("zone = 7", "a text in quotes belongs here"),
            ("zone = \"mars\"", "unknown value `mars`, expected one of `utc`, `local`, `relative`"),
            ("profile = 2026-01-01", "a table or a date stands where a text in quotes belongs"),
            ("since = [\"1h\"]", "a list stands where a text in quotes belongs"),
            ("accounts = 7", "the number `7` stands where a table belongs"),
            ("polling = true", "`true` stands where a table belongs"),
        ] {
            let error = parse_toml::<Config>("c", text).unwrap_err().to_string();
            let said = error.lines().next().unwrap().splitn(4, ':').last().unwrap();
            assert_eq!(said, format!(" {words}"), "{text}");
        }
    }
}
