//! Names of rules that are made up.

/// Longer names do not fit into lists.
const LONGEST: usize = 60;

/// A name in the custom of rules' names for a rule about events of this name: `console-login` for `ConsoleLogin`.
pub fn from_event(event_name: &str) -> String {
    let letters: Vec<char> = event_name.chars().take(4 * LONGEST).collect();
    let mut name = String::new();
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        // A word starts behind a small letter, or where capitals end: `PutBucketACLPolicy`.
        let small = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let starts = c.is_ascii_uppercase()
            && (small(before)
                || before.is_some_and(char::is_ascii_uppercase) && after.is_some_and(char::is_ascii_lowercase));
        if (starts || !c.is_ascii_alphanumeric()) && !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if c.is_ascii_alphanumeric() && name.len() < LONGEST {
            name.push(c.to_ascii_lowercase());
        }
    }
    match name.trim_matches('-') {
        "" => "rule".to_owned(),
        name => name.to_owned(),
    }
}

/// The name, or the name with the first number that makes it one that nobody has.
pub fn unique(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

/// Whether a name can be that of a rule and of its file: letters a to z, digits, and dashes between them.
pub fn is_fine(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.len() <= 2 * LONGEST && name.chars().all(fits) && !name.starts_with('-')
}
