//! Puts text on the screen: safe, cut to its place, and never wider than the terminal thinks it is.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, style::Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::model::text::visible;

/// A cell holds what one character with a few marks needs; a heap of marks on one letter would flood its neighbours.
pub const MOST_BYTES_IN_A_CELL: usize = 32;

/// Puts `text` at (`x`, `y`) in at most `width` columns; what does not fit ends in `…`. Returns the columns used.
pub fn put(buf: &mut Buffer, (x, y): (u16, u16), width: u16, text: &str, style: Style) -> u16 {
    let (head, whole) = head(text, width);
    let text = visible(head);
    let fits = whole && columns(&text) <= usize::from(width);
    let room = if fits { width } else { width.saturating_sub(1) };
    let mut used = 0;
    for cell in text.graphemes(true) {
        // Nothing vanishes: what would take no room, or too much of the memory of a cell, leaves its mark.
        let shows = cell.width() > 0 && cell.len() <= MOST_BYTES_IN_A_CELL;
        let cell = if shows { cell } else { "\u{fffd}" };
        let wide = cell.width() as u16;
        if used + wide > room {
            break;
        }
        set(buf, (x + used, y), cell, wide, style);
        used += wide;
    }
    if !fits && width > 0 {
        set(buf, (x + used, y), "…", 1, style);
        used += 1;
    }
    used
}

/// As much of a text as can show in so many columns, and whether that is all of it: a text can be long, and is drawn in
/// every frame.
fn head(text: &str, width: u16) -> (&str, bool) {
    match text.char_indices().nth(usize::from(width) * 4 + 64) {
        Some((end, _)) => (&text[..end], false),
        None => (text, true),
    }
}

fn set(buf: &mut Buffer, (x, y): (u16, u16), symbol: &str, wide: u16, style: Style) {
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_symbol(symbol).set_style(style);
    }
    for rest in 1..wide {
        if let Some(cell) = buf.cell_mut((x + rest, y)) {
            cell.reset();
            cell.set_style(style);
        }
    }
}

/// The columns that a text takes on screen once it is safe.
pub fn columns(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text
            .graphemes(true)
            .map(|cell| if cell.len() > MOST_BYTES_IN_A_CELL { 1 } else { cell.width().max(1) })
            .sum(),
    }
}

/// The end of a text that is too long for its place, after `…`: of a key, the end tells most.
pub fn tail(text: &str, width: usize) -> String {
    let text = visible(text);
    let mut over = (columns(&text) + 1).saturating_sub(width);
    if over <= 1 {
        return text.into_owned();
    }
    let mut cells = text.graphemes(true);
    while over > 0 {
        match cells.next() {
            Some(cell) => over = over.saturating_sub(cell.width()),
            None => break,
        }
    }
    format!("…{}", cells.as_str())
}

/// A text that is too long for its place without its middle: of `role/session`, an ARN's name or a key in a bucket, the
/// end tells more than what stands before it. What stands behind the last slash is kept whole where there is room.
pub fn middle(text: &str, width: usize) -> String {
    let text = ends(text, width * 4 + 64);
    let text = visible(&text);
    let Some(room) = width.checked_sub(1).filter(|_| columns(&text) > width) else { return text.into_owned() };
    // A slash at the very end ends nothing.
    let last = text.trim_end_matches('/').rfind('/').map_or(0, |slash| columns(&text[slash..]));
    let most = room - room / 4;
    let end = if (1..=most).contains(&last) { last.max(room / 3) } else { room * 3 / 5 };
    let (head, tail) = (fill(text.graphemes(true), room - end), fill(text.graphemes(true).rev(), end));
    format!("{}…{}", &text[..head], &text[text.len() - tail..])
}

/// The bytes of as many characters as fit into so many columns.
pub fn fill<'a>(cells: impl Iterator<Item = &'a str>, mut room: usize) -> usize {
    let fits = |cell: &&str| room.checked_sub(columns(cell)).map(|left| room = left).is_some();
    cells.take_while(fits).map(str::len).sum()
}

/// A text whose middle is left out when it is far too long to show: nothing is drawn of that, and a text can be long.
fn ends(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most * 8 {
        return text.into();
    }
    let head = &text[..text.floor_char_boundary(most * 4)];
    let tail = &text[text.ceil_char_boundary(text.len() - most * 4)..];
    format!("{head}{tail}").into()
}

/// A number with a thin space between thousands: `12 034`.
pub fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// Bytes as a person says them: `1.2 GB`, in powers of 1,000 as AWS bills them.
pub fn bytes(n: u64) -> String {
    let mut value = n as f64;
    for unit in ["B", "kB", "MB", "GB", "TB"] {
        if value < 999.5 {
            return if unit == "B" || value >= 99.95 {
                format!("{value:.0} {unit}")
            } else {
                format!("{value:.1} {unit}")
            };
        }
        value /= 1_000.0;
    }
    format!("{value:.1} PB")
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    fn shown(text: &str, width: u16) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 12, 1));
        put(&mut buf, (0, 0), width, text, Style::new());
        buf.content().iter().map(|c| c.symbol()).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn text_is_cut_to_its_place() {
        assert_eq!(shown("PutObject", 12), "PutObject");
        assert_eq!(shown("PutObject", 9), "PutObject");
        assert_eq!(shown("PutObject", 6), "PutOb…");
        assert_eq!(shown("日本語", 5), "日 本 …");
        assert_eq!(shown("x", 0), "");
    }

    #[test]
    fn the_end_of_a_long_text_can_be_kept() {
        assert_eq!(tail("a/b/ledger.tar", 11), "…ledger.tar");
        assert_eq!(tail("a/b/ledger.tar", 14), "a/b/ledger.tar");
        assert_eq!(tail("日本語", 5), "…本語");
    }

    #[test]
    fn the_middle_of_a_long_text_can_be_left_out() {
        assert_eq!(middle("Deploy/ci-42", 12), "Deploy/ci-42");
        assert_eq!(middle("DeployPipeline/ci-42", 14), "DeployP…/ci-42");
        assert_eq!(middle("bucket/a/b/ledger.tar", 16), "buck…/ledger.tar");
        assert_eq!(middle("orders-worker/orders-worker", 11), "orde…worker");
        assert_eq!(middle("restores s3://archive/closed/", 20), "restores s3…/closed/");
        assert_eq!(middle("northgate-cloudtrail-logs", 11), "nort…l-logs");
        assert_eq!(middle("日本語/日本語日本語", 9), "日本…本語");
        assert_eq!(middle("日本/語日本語", 4), "日…");
        assert_eq!((middle("abc", 1).as_str(), middle("abc", 0).as_str()), ("…", "abc"));
        assert_eq!(middle(&format!("a{}z", "b/".repeat(50_000)), 5), "ab…/z");
    }

    #[test]
    fn what_steers_a_terminal_is_shown_as_text() {
        assert_eq!(shown("a\u{1b}[2J", 12), "a\\u{1b}[2J");
        assert_eq!(shown(&format!("a{}b", "\u{301}".repeat(40)), 12), "\u{fffd}b");
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!([number(7), number(12_034), number(1_000_000)], ["7", "12 034", "1 000 000"]);
        assert_eq!([bytes(512), bytes(1_234_000), bytes(999_900_000_000)], ["512 B", "1.2 MB", "1.0 TB"]);
    }
}
