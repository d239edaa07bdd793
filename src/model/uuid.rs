//! UUIDs in sixteen bytes: what nearly every event's id is.

/// Where the hyphens of a UUID stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// The UUID that a text is, if it is one in lower case with hyphens: so that each is written back as it came.
pub fn parse(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 16];
    let mut digits = 0;
    for (at, c) in text.iter().enumerate() {
        let digit = match c {
            b'-' if HYPHENS.contains(&at) => continue,
            _ if HYPHENS.contains(&at) => return None,
            b'0'..=b'9' => c - b'0',
            b'a'..=b'f' => c - b'a' + 10,
            _ => return None,
        };
        bytes[digits / 2] |= digit << if digits % 2 == 0 { 4 } else { 0 };
        digits += 1;
    }
    Some(bytes)
}

/// The text of a UUID, into a buffer of the caller's.
pub fn write<'a>(bytes: &[u8; 16], into: &'a mut [u8; 36]) -> &'a str {
    let mut digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    for (at, c) in into.iter_mut().enumerate() {
        *c = match HYPHENS.contains(&at) {
            true => b'-',
            false => b"0123456789abcdef"[usize::from(digits.next().unwrap_or(0))],
        };
    }
    str::from_utf8(into).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_written_back_as_it_came_and_nothing_else_is_one() {
        let text = "875240ac-e821-4fc6-a311-8c352a1d20f5";
        let bytes = parse(text).unwrap();
        assert_eq!(write(&bytes, &mut [0; 36]), text);
        for other in [
            "",
            "no-id-1",
            "875240AC-e821-4fc6-a311-8c352a1d20f5",
            "875240ac-e821-4fc6-a311-8c352a1d20f",
            "875240ac0e821-4fc6-a311-8c352a1d20f5",
            "8752-0ac-e821-4fc6-a311-8c352a1d20f5",
            "875240ac-e821-4fc6-a311-8c352a1d20ü",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
