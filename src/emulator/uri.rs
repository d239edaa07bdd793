//! Percent-encoding and query strings.

/// Decodes `%41`; what is no escape stays as it is.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Encodes all but letters, digits, `-._~` and the slash, as S3 does for `encoding-type=url`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The parameters of a query string or a form, decoded, in order.
pub fn parameters(text: &str) -> Vec<(String, String)> {
    let form = |text: &str| decode(&text.replace('+', " "));
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => (form(name), form(value)),
        None => (form(pair), String::new()),
    };
    text.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        let key = "a b/ü+%&=?.txt";
        assert_eq!(encode(key), "a%20b/%C3%BC%2B%25%26%3D%3F.txt");
        assert_eq!(decode(&encode(key)), key);
        assert_eq!(decode("100%"), "100%");
    }

    #[test]
    fn a_parameter_may_lack_a_value() {
        let parameters = parameters("restore&a=1+2&b=%26");
        assert_eq!(parameters[0], ("restore".into(), String::new()));
        assert_eq!(parameters[1].1, "1 2");
        assert_eq!(parameters[2].1, "&");
    }
}
