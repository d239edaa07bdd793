//! What a terminal sends, understood: bytes become keys, pastes and what the mouse did.
//!
//! crossterm has such a parser and no way to reset it: after `ESC [ <` or the start of a paste without its end it takes
//! every key that follows for the rest, ctrl-c too. Here whatever is unfinished is given up after a while of silence.
//!
//! Source: xterm control sequences, <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>.

use std::time::Duration;

use crate::ui::{
    Message, Mouse,
    keys::{Code, Key},
};

/// A lone Escape is the key, once nothing has followed for so long. Terminals write a sequence at once and a packet holds
/// it whole, so that nobody need wait long for a view to close.
const ESCAPE: Duration = Duration::from_millis(3);
/// A sequence comes in one piece, or nearly so on a slow line.
const SEQUENCE: Duration = Duration::from_millis(250);
/// A paste is long and may stall.
const PASTE: Duration = Duration::from_secs(1);

/// A terminal's answer has some ten bytes; what is longer than this is none.
const LONGEST_STRING: usize = 4_096;

const CTRL_C: u8 = 3;
const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// The bytes of the one sequence that is under way.
#[derive(Debug, Default)]
pub struct Parser {
    pending: Vec<u8>,
    /// What was pasted so far, while a paste is under way.
    paste: Option<Vec<u8>>,
}

/// How many of the first bytes belong together, and what they mean, if they mean anything to us; `None` while more of
/// them have to come.
type Step = Option<(usize, Option<Message>)>;

impl Parser {
    /// Takes what was read, and gives what it means.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        // Pasted text comes in larger pieces: this is somebody who wants to be heard.
        if bytes == [CTRL_C] {
            messages.extend(self.give_up());
        }
        self.pending.extend_from_slice(bytes);
        loop {
            if self.paste.is_some() {
                let Some(message) = self.pasted() else { return messages };
                messages.push(message);
            }
            if self.pending.starts_with(PASTE_BEGIN) {
                self.pending.drain(..PASTE_BEGIN.len());
                self.paste = Some(Vec::new());
                continue;
            }
            let Some((length, message)) = step(&self.pending) else { return messages };
            self.pending.drain(..length);
            messages.extend(message);
        }
    }

    /// How long to wait for the rest of what is under way; `None` when nothing is.
    pub fn patience(&self) -> Option<Duration> {
        match (&self.paste, self.pending.as_slice()) {
            (Some(_), _) => Some(PASTE),
            (None, []) => None,
            (None, [0x1b]) => Some(ESCAPE),
            (None, _) => Some(SEQUENCE),
        }
    }

    /// The rest will not come: a paste is what came of it, `ESC` and one more are keys, and all else means nothing.
    pub fn give_up(&mut self) -> Option<Message> {
        let pending = std::mem::take(&mut self.pending);
        if let Some(paste) = self.paste.take() {
            return Some(text(&paste));
        }
        match pending.as_slice() {
            [0x1b] => key(Code::Esc),
            [0x1b, c @ b'!'..=b'~'] => with_alt(key(Code::Char(char::from(*c)))),
            _ => None,
        }
    }

    /// Moves what is pending into the paste, which it may end.
    fn pasted(&mut self) -> Option<Message> {
        let paste = self.paste.as_mut()?;
        // The end may have begun before.
        let from = paste.len().saturating_sub(PASTE_END.len() - 1);
        paste.append(&mut self.pending);
        let end = from + paste[from..].windows(PASTE_END.len()).position(|bytes| bytes == PASTE_END)?;
        self.pending = paste.split_off(end + PASTE_END.len());
        paste.truncate(end);
        self.paste.take().map(|paste| text(&paste))
    }
}

fn text(pasted: &[u8]) -> Message {
    Message::Paste(String::from_utf8_lossy(pasted).into_owned())
}

fn key(code: Code) -> Option<Message> {
    Some(Message::Key(Key::plain(code)))
}

/// The key as Alt sends it, which may as well be Escape and the key typed at once: the screen knows which keys it has.
fn with_alt(message: Option<Message>) -> Option<Message> {
    match message {
        Some(Message::Key(key)) => Some(Message::Key(Key { alt: true, ..key })),
        other => other,
    }
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [] | [0x1b] => None,
        // Two in a row are two keys, or one and a sequence.
        [0x1b, 0x1b, ..] => Some((1, key(Code::Esc))),
        [0x1b, b'[', rest @ ..] => after(2, csi(rest)),
        [0x1b, b']' | b'P' | b'X' | b'^' | b'_', rest @ ..] => after(2, string(rest)),
        [0x1b, b'O'] => None,
        [0x1b, b'O', last, ..] => Some((3, named(*last).and_then(key))),
        [0x1b, rest @ ..] => after(1, character(rest)).map(|(length, message)| (length, with_alt(message))),
        _ => character(bytes),
    }
}

/// With so many bytes in front.
fn after(before: usize, step: Step) -> Step {
    step.map(|(length, message)| (before + length, message))
}

/// A character, or what a key sends with Control.
fn character(bytes: &[u8]) -> Step {
    let first = bytes.first()?;
    let ctrl = |c: u8| Some(Message::Key(Key::ctrl(char::from(c))));
    let message = match first {
        b'\r' => key(Code::Enter),
        b'\t' => key(Code::Tab),
        0x7f => key(Code::Backspace),
        0 => ctrl(b' '),
        1..=0x1a => ctrl(first - 1 + b'a'),
        0x1c..=0x1f => ctrl(first - 0x1c + b'4'),
        _ => return utf8(bytes),
    };
    Some((1, message))
}

/// The first character. Bytes that start none are passed over; those that might wait for the rest.
fn utf8(bytes: &[u8]) -> Step {
    let bytes = &bytes[..bytes.len().min(4)];
    let (length, bad) = match str::from_utf8(bytes) {
        Ok(text) => (text.len(), None),
        Err(error) => (error.valid_up_to(), error.error_len()),
    };
    match (str::from_utf8(&bytes[..length]).ok().and_then(|text| text.chars().next()), bad) {
        (Some(c), _) => Some((c.len_utf8(), key(Code::Char(c)))),
        (None, Some(bad)) => Some((bad, None)),
        (None, None) => None,
    }
}

/// A string with which a terminal answers a question (OSC, DCS, SOS, PM, APC), to its end: the question was not ours, and
/// the answer is no keys. Another control character breaks it off, so that ctrl-c is always heard.
fn string(bytes: &[u8]) -> Step {
    match bytes.iter().position(|byte| *byte < b' ') {
        None if bytes.len() > LONGEST_STRING => Some((bytes.len(), None)),
        None => None,
        Some(end) => match bytes[end..] {
            [0x07, ..] => Some((end + 1, None)),
            [0x1b] => None,
            [0x1b, b'\\', ..] => Some((end + 2, None)),
            _ => Some((end, None)),
        },
    }
}

/// A control sequence, after `ESC [`: parameters and intermediates, then a byte that ends it.
fn csi(bytes: &[u8]) -> Step {
    match bytes {
        // The Linux console, F1 to F5.
        [b'[', last @ b'A'..=b'E', ..] => return Some((2, key(Code::Function(last - b'A' + 1)))),
        [b'['] => return None,
        // The old way of the mouse, for places below 223.
        [b'M', button, column, row, ..] => {
            let place = |byte: &u8| u16::from(byte.saturating_sub(32));
            return Some((4, mouse(place(button), place(column), place(row), true)));
        }
        [b'M', ..] => return None,
        _ => {}
    }
    match bytes.iter().position(|byte| !(0x20..=0x3f).contains(byte)) {
        None => None,
        Some(end) if (0x40..=0x7e).contains(&bytes[end]) => Some((end + 1, sequence(&bytes[..end], bytes[end]))),
        // No byte of a sequence: it breaks off, and this is what comes next.
        Some(end) => Some((end, None)),
    }
}

fn sequence(parameters: &[u8], last: u8) -> Option<Message> {
    let text = str::from_utf8(parameters).ok()?;
    let (sgr, text) = text.strip_prefix('<').map_or((false, text), |rest| (true, rest));
    // After a colon stands the kind of a key press, of which there is only one unless asked for.
    let numbers = text.split(';').map(|number| number.split(':').next().unwrap_or_default().parse().unwrap_or(0));
    let numbers: Vec<u16> = numbers.collect();
    let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
    match last {
        b'M' | b'm' if sgr => mouse(number(0), number(1), number(2), last == b'M'),
        b'M' => mouse(number(0).saturating_sub(32), number(1), number(2), true),
        b'~' => modified(numbered(number(0))?, number(1)),
        b'u' => modified(spelled(number(0))?, number(1)),
        _ if text.starts_with(|c: char| !c.is_ascii_digit()) => None,
        last => modified(named(last)?, number(1)),
    }
}

/// Bits of the second parameter, which is one more than their sum: 1 Shift, 2 Alt, 4 Control.
fn modified(code: Code, parameter: u16) -> Option<Message> {
    let bits = parameter.saturating_sub(1);
    Some(Message::Key(Key { code, ctrl: bits & 4 != 0, alt: bits & 2 != 0 }))
}

fn named(last: u8) -> Option<Code> {
    Some(match last {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'F' => Code::End,
        b'H' => Code::Home,
        b'Z' => Code::BackTab,
        b'P'..=b'S' => Code::Function(last - b'P' + 1),
        _ => return None,
    })
}

fn numbered(number: u16) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::Function(number as u8 - 10),
        17..=21 => Code::Function(number as u8 - 11),
        23..=26 => Code::Function(number as u8 - 12),
        _ => return None,
    })
}

/// A key by its code point, as terminals send it that are set to tell more keys apart.
fn spelled(number: u16) -> Option<Code> {
    Some(match number {
        9 => Code::Tab,
        13 => Code::Enter,
        27 => Code::Esc,
        127 => Code::Backspace,
        number => Code::Char(char::from_u32(number.into()).filter(|c| !c.is_control())?),
    })
}

/// Bits of a button: 4, 8 and 16 for the modifiers, 32 for a move, 64 for the wheel.
fn mouse(button: u16, column: u16, row: u16, pressed: bool) -> Option<Message> {
    Some(Message::Mouse(match button & !(4 | 8 | 16) {
        64 => Mouse::WheelUp,
        65 => Mouse::WheelDown,
        0 if pressed => Mouse::Click { column: column.saturating_sub(1), row: row.saturating_sub(1) },
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of bytes: keys as they are written in `keys.toml`.
    fn read(parser: &mut Parser, bytes: &[u8]) -> Vec<String> {
        parser.feed(bytes).iter().map(written).collect()
    }

    fn written(message: &Message) -> String {
        match message {
            Message::Key(key) => key.to_string(),
            Message::Paste(text) => format!("paste {text}"),
            Message::Mouse(mouse) => format!("{mouse:?}"),
            other => format!("{other:?}"),
        }
    }

    fn all(bytes: &[u8]) -> Vec<String> {
        read(&mut Parser::default(), bytes)
    }

    #[test]
    fn each_key_is_read_as_terminals_send_it() {
        for (bytes, keys) in [
            ("jG é🦀", &["j", "G", "space", "é", "🦀"][..]),
            ("\r\t\x7f\x03\n\0\x1f", &["enter", "tab", "backspace", "ctrl-c", "ctrl-j", "ctrl-space", "ctrl-7"]),
            ("\x1b[A\x1bOB\x1b[1;5C\x1b[1;3D", &["up", "down", "ctrl-right", "alt-left"]),
            ("\x1b[H\x1b[4~\x1b[5~\x1b[6;2~\x1b[3~\x1b[Z", &["home", "end", "pgup", "pgdn", "delete", "backtab"]),
            ("\x1bOP\x1b[12~\x1b[[C\x1b[15~\x1b[24~\x1b[1;2Q", &["f1", "f2", "f3", "f5", "f12", "f2"]),
            ("\x1bx\x1b\x0b\x1bé\x1b\x1b[A", &["alt-x", "ctrl-alt-k", "alt-é", "esc", "up"]),
            ("\x1b[97;5u\x1b[13;2u\x1b[27u\x1b[97;1:1u", &["ctrl-a", "enter", "esc", "a"]),
            ("\x1b[I\x1b[O\x1b[?62;4c\x1b[8;30;100tj", &["j"]),
        ] {
            assert_eq!(all(bytes.as_bytes()), keys, "{bytes:?}");
        }
    }

    #[test]
    fn the_mouse_is_read_in_three_spellings() {
        let click = "Click { column: 4, row: 6 }";
        for bytes in [&b"\x1b[<0;5;7M\x1b[<0;5;7m"[..], b"\x1b[32;5;7M\x1b[35;5;7M", b"\x1b[M %'\x1b[M#%'"] {
            assert_eq!(all(bytes), [click], "{bytes:?}");
        }
        assert_eq!(all(b"\x1b[<64;5;7M\x1b[<69;5;7M\x1b[<35;5;7M\x1b[<2;5;7M"), ["WheelUp", "WheelDown"]);
    }

    #[test]
    fn pieces_are_put_together() {
        let bytes = "\x1b[1;5C€\x1b[200~a\x1b[31m\x1b[201~\x1b[<64;500;7Mx".as_bytes();
        let mut parser = Parser::default();
        let read: Vec<_> = bytes.iter().flat_map(|byte| read(&mut parser, &[*byte])).collect();
        assert_eq!(read, ["ctrl-right", "€", "paste a\x1b[31m", "WheelUp", "x"]);
        assert_eq!(parser.patience(), None);
    }

    #[test]
    fn what_stays_unfinished_is_given_up_and_the_next_key_works() {
        for (bytes, last) in [
            ("\x1b", Some("esc")),
            ("\x1b[", Some("alt-[")),
            ("\x1bO", Some("alt-O")),
            ("\x1b[<", None),
            ("\x1b[?", None),
            ("\x1b[?25;", None),
            ("\x1b[M!", None),
            ("\x1b[[", None),
            ("\x1b[200~abc", Some("paste abc")),
        ] {
            let mut parser = Parser::default();
            assert_eq!(read(&mut parser, bytes.as_bytes()), [""; 0], "{bytes:?}");
            assert!(parser.patience().is_some(), "{bytes:?}");
            assert_eq!(parser.give_up().as_ref().map(written).as_deref(), last, "{bytes:?}");
            assert_eq!(parser.patience(), None);
            assert_eq!(read(&mut parser, b"\x03"), ["ctrl-c"], "{bytes:?}");
        }
    }

    #[test]
    fn a_key_with_control_ends_a_sequence_at_once() {
        for stray in ["\x1b[<", "\x1b[?", "\x1b[1;"] {
            assert_eq!(all(format!("{stray}\x03").as_bytes()), ["ctrl-c"], "{stray:?}");
            assert_eq!(all(format!("{stray}\x1b[A").as_bytes()), ["up"], "{stray:?}");
        }
    }

    #[test]
    fn what_a_terminal_answers_to_others_is_no_key() {
        for answer in ["\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", "\x1b]52;c;A\x07", "\x1bP1$r0 q\x1b\\", "\x1b_Gi=1;OK\x1b\\"]
        {
            assert_eq!(all(format!("{answer}j").as_bytes()), ["j"], "{answer:?}");
            let mut parser = Parser::default();
            let read: Vec<_> = answer.bytes().chain(*b"j").flat_map(|byte| read(&mut parser, &[byte])).collect();
            assert_eq!(read, ["j"], "{answer:?}");
        }
        assert_eq!(all(b"\x1b]11;rgb\x03"), ["ctrl-c"]);
        assert_eq!(all(&[b"\x1bP".as_slice(), &[b'x'; 5_000]].concat()), [""; 0]);
        assert_eq!(all(b"\x1b]j\x1b[A"), ["up"]);
    }

    #[test]
    fn ctrl_c_ends_a_paste_that_has_no_end() {
        let mut parser = Parser::default();
        assert_eq!(read(&mut parser, b"\x1b[200~ab"), [""; 0]);
        assert_eq!(read(&mut parser, b"\x03"), ["paste ab", "ctrl-c"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_passed_over() {
        assert_eq!(all(b"a\xff\xc3(\xe2\x82\xf0\x9f\xa6\x41\x80b"), ["a", "(", "A", "b"]);
    }
}
