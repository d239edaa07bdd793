//! Text in any case, the way that EventBridge sees case.
//!
//! Source: event-ruler's tests for `equals-ignore-case`. A character of the pattern stands for its lower and its upper
//! form, each of which may be several characters; a character of the event is never changed. So `k` does not stand for
//! the Kelvin sign, but the Kelvin sign stands for `k`.

/// A text of a pattern whose case is not looked at.
#[derive(Debug)]
pub enum Fold {
    Ascii(String),
    /// For each character, the ways to write it.
    Full(Vec<Vec<String>>),
}

impl Fold {
    pub fn new(text: &str) -> Self {
        match text.is_ascii() {
            true => Self::Ascii(text.to_owned()),
            false => Self::Full(text.chars().map(forms).collect()),
        }
    }

    /// The text, when its case is one of ASCII alone.
    pub fn ascii(&self) -> Option<&str> {
        match self {
            Self::Ascii(text) => Some(text),
            Self::Full(_) => None,
        }
    }

    pub fn is(&self, text: &str) -> bool {
        match self {
            Self::Ascii(wanted) => wanted.eq_ignore_ascii_case(text),
            Self::Full(forms) => after(forms, text).is_some_and(str::is_empty),
        }
    }

    pub fn starts(&self, text: &str) -> bool {
        match self {
            Self::Ascii(wanted) => same(wanted, text.as_bytes().get(..wanted.len())),
            Self::Full(forms) => after(forms, text).is_some(),
        }
    }

    pub fn ends(&self, text: &str) -> bool {
        match self {
            Self::Ascii(wanted) => {
                same(wanted, text.len().checked_sub(wanted.len()).and_then(|at| text.as_bytes().get(at..)))
            }
            Self::Full(forms) => {
                let strip = |text, forms: &Vec<String>| forms.iter().find_map(|form| str::strip_suffix(text, form));
                forms.iter().rev().try_fold(text, strip).is_some()
            }
        }
    }
}

fn same(wanted: &str, part: Option<&[u8]>) -> bool {
    part.is_some_and(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
}

fn forms(c: char) -> Vec<String> {
    let mut forms = vec![c.to_string(), c.to_lowercase().to_string(), c.to_uppercase().to_string()];
    forms.sort();
    forms.dedup();
    forms
}

/// What is left of a text after these characters. No form of a character starts or ends another of its forms, so that
/// the first that fits is the only one.
fn after<'t>(forms: &[Vec<String>], text: &'t str) -> Option<&'t str> {
    forms.iter().try_fold(text, |text, forms| forms.iter().find_map(|form| text.strip_prefix(form.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_stands_for_its_lower_and_its_upper_form() {
        for (wanted, text) in [("ConsoleLogin", "CONSOLElogin"), ("straße", "STRASSE"), ("\u{212a}", "k"), ("ⱥ", "Ⱥ")]
        {
            assert!(Fold::new(wanted).is(text), "{wanted} {text}");
            assert!(Fold::new(wanted).starts(&format!("{text}x")) && Fold::new(wanted).ends(&format!("x{text}")));
            assert!(!Fold::new(wanted).is(&format!("{text}x")) && !Fold::new(wanted).is(""));
        }
        assert!(!Fold::new("k").is("\u{212a}"));
    }

    #[test]
    fn no_form_of_a_character_starts_or_ends_another() {
        for c in '\0'..=char::MAX {
            let forms = forms(c);
            let clash =
                |a: &String| forms.iter().any(|b| a != b && (b.starts_with(a.as_str()) || b.ends_with(a.as_str())));
            assert!(!forms.iter().any(clash), "{c:?}");
        }
    }
}
