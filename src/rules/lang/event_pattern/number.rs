//! Numbers of patterns and events: as doubles, where a double says what is written.
//!
//! AWS's documentation says that `300` and `300.0` are not equal; the service answers that they are (LocalStack's
//! recorded case `number_comparison_float`).

/// A number that values are compared with for equality.
#[derive(Debug)]
pub struct Number {
    text: String,
    /// `None` for a number that no double is, such as one with 20 digits: it is then compared as text.
    value: Option<f64>,
}

impl Number {
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), value: exact(text) }
    }

    /// Whether a JSON number is this one.
    pub fn is(&self, text: &str) -> bool {
        self.text == text || self.value.is_some_and(|value| exact(text) == Some(value))
    }
}

/// The numbers between two others, or beyond one; the ends belong to it where the flag says so.
#[derive(Debug, Default)]
pub struct Span {
    pub low: Option<(f64, bool)>,
    pub high: Option<(f64, bool)>,
}

impl Span {
    pub fn contains(&self, number: f64) -> bool {
        self.low.is_none_or(|(low, closed)| number > low || (closed && number == low))
            && self.high.is_none_or(|(high, closed)| number < high || (closed && number == high))
    }
}

/// The double that a JSON number is, if it says exactly the same.
pub fn exact(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    // Every decimal of 15 digits comes back from its double unchanged, unless it is too small for one.
    let short = text.len() <= 15 && !text.contains(['e', 'E']);
    (short || Decimal::new(text) == Decimal::new(&format!("{value:e}"))).then_some(value)
}

/// A decimal number, one way for all that are equal: `0.DIGITS` times ten to the exponent.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn new(text: &str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = (all.len() - significant.len()) as i64;
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Self { negative: false, digits, exponent: 0 };
        }
        let exponent = exponent.parse::<i64>().unwrap_or(i64::MAX / 2);
        Self { negative, digits, exponent: exponent.saturating_add(whole.len() as i64 - leading) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_equal_however_it_is_written() {
        for other in ["300", "300.0", "3.0e2", "3E+2", "30000e-2"] {
            assert!(Number::new("300").is(other) && Number::new(other).is("300"), "{other}");
        }
        assert!(Number::new("-0").is("0.0") && !Number::new("300").is("-300") && !Number::new("300").is("301"));
    }

    #[test]
    fn numbers_that_share_a_double_are_told_apart() {
        let (a, b) = ("9007199254740993", "9007199254740992");
        assert!(Number::new(a).is(a) && !Number::new(a).is(b) && !Number::new(b).is(a));
        assert_eq!((exact("2.0e422"), exact("1e-400"), exact("0.1000000000000000055511")), (None, None, None));
        assert_eq!(
            (exact("1E-320").is_some(), exact("123456789012"), exact("0.10")),
            (true, Some(1.234_567_890_12e11), Some(0.1))
        );
    }
}
