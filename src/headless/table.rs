//! Tables for people: columns as wide as they need to be, the last one cut to the terminal.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::model::text::visible;

/// No column but the last is wider.
const WIDEST: usize = 40;

/// The rows under their heads, each as a line of at most `width` cells.
pub fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]], width: usize) -> Vec<String> {
    let safe: Vec<[Cow<'_, str>; N]> = rows.iter().map(|row| std::array::from_fn(|i| visible(&row[i]))).collect();
    let widths: [usize; N] = std::array::from_fn(|i| {
        let widest = safe.iter().map(|row| row[i].width()).max().unwrap_or_default().max(heads[i].width());
        if i + 1 < N { widest.min(WIDEST) } else { widest }
    });
    let line = |cells: [&str; N]| {
        let mut line = String::new();
        for (cell, width) in cells.into_iter().zip(widths) {
            let cell = cut(cell, width);
            line += &cell;
            line += &" ".repeat(width.saturating_sub(cell.width()) + 2);
        }
        cut(line.trim_end(), width).into_owned()
    };
    let head = line(heads);
    std::iter::once(head).chain(safe.iter().map(|row| line(std::array::from_fn(|i| &*row[i])))).collect()
}

/// At most `width` cells, with `…` where something is missing.
pub fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for grapheme in text.graphemes(true) {
        if out.width() + grapheme.width() >= width {
            break;
        }
        out += grapheme;
    }
    if width > 0 {
        out.push('…');
    }
    Cow::Owned(out)
}

/// The terminal's width; without a terminal, nothing is cut.
pub fn width() -> usize {
    crate::terminal::width().map_or(usize::MAX, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_their_cells_and_the_last_is_cut_to_the_terminal() {
        let rows = [["eu-west-1".into(), "日本語の名前".into()], ["us".into(), "x\u{1b}[2J".into()]];
        assert_eq!(
            table(["REGION", "NAME"], &rows, 18),
            ["REGION     NAME", "eu-west-1  日本語…", "us         x\\u{1b…"]
        );
        assert_eq!(table(["REGION", "NAME"], &rows, usize::MAX)[1], "eu-west-1  日本語の名前");
    }

    #[test]
    fn nothing_is_wider_than_the_terminal() {
        for width in 0..60 {
            let rows = [["a".repeat(50), "日".repeat(30)]];
            for line in table(["A", "B"], &rows, width) {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}
