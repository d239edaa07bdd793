//! A screen as SVG: text stays text, and each run of it is told how wide to be, so that fonts do not matter.

use std::fmt::Write;

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

use super::look::{DOTS, Frame, Look, Rgb, ground};

const CELL: (usize, usize) = (10, 20);
/// Where the letters of a line stand.
const BASELINE: usize = 15;
const BAR: usize = 36;
const PADDING: usize = 14;
const FONTS: &str = "Hack,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace";

/// Cells that are drawn as one.
struct Run {
    column: usize,
    width: usize,
    text: String,
    look: Look,
}

/// The picture of a screen in a window of this title.
pub fn svg(buffer: &Buffer, title: &str) -> String {
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let (width, height) = (columns * CELL.0 + 2 * PADDING, rows * CELL.1 + BAR + 2 * PADDING);
    let paper = ground(buffer);
    let mut out = String::new();
    let _ = writeln!(out, r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">"#);
    let _ = writeln!(out, "<title>{}</title>", escape(title));
    window(&mut out, (width, height), paper, title);
    let _ = writeln!(out, r#"<g font-family="{FONTS}" font-size="16">"#);
    for (row, cells) in buffer.content().chunks(columns.max(1)).enumerate() {
        let looks: Vec<Look> = cells.iter().map(Look::of).collect();
        papers(&mut out, row, &looks, paper);
        for run in runs(cells.iter().map(|cell| cell.symbol()), &looks) {
            text(&mut out, row, &run);
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// The window around the screen: a bar with three dots and the title.
fn window(out: &mut String, (width, height): (usize, usize), paper: Rgb, title: &str) {
    let frame = Frame::around(paper);
    let (w, h) = (width - 1, height - 1);
    let (bar, edge, paper) = (hex(frame.bar), hex(frame.edge), hex(paper));
    let _ = writeln!(out, r#"<rect width="{width}" height="{height}" rx="10" fill="{bar}"/>"#);
    let body = height - BAR;
    let _ = writeln!(out, r#"<path d="M0 {BAR}h{width}v{}q0 10-10 10H10q-10 0-10-10z" fill="{paper}"/>"#, body - 10);
    let _ = writeln!(out, r#"<rect x=".5" y=".5" width="{w}" height="{h}" rx="10" fill="none" stroke="{edge}"/>"#);
    for (i, dot) in DOTS.into_iter().enumerate() {
        let _ = writeln!(out, r#"<circle cx="{}" cy="{}" r="6" fill="{}"/>"#, 22 + 20 * i, BAR / 2, hex(dot));
    }
    let (middle, y, fill, title) = (width / 2, BAR / 2 + 5, hex(frame.title), escape(title));
    let place = format!(r#"x="{middle}" y="{y}" text-anchor="middle" font-size="14" fill="{fill}""#);
    let _ = writeln!(out, r#"<text {place} font-family="system-ui,sans-serif">{title}</text>"#);
}

/// The paper under a row, where it is not the ground.
fn papers(out: &mut String, row: usize, looks: &[Look], ground: Rgb) {
    let mut column = 0;
    for chunk in looks.chunk_by(|a, b| a.paper == b.paper) {
        if chunk[0].paper != ground {
            rect(out, (column * CELL.0, row * CELL.1), (chunk.len() * CELL.0, CELL.1), chunk[0].paper);
        }
        column += chunk.len();
    }
}

fn rect(out: &mut String, (x, y): (usize, usize), (width, height): (usize, usize), colour: Rgb) {
    let (x, y, fill) = (x + PADDING, y + PADDING + BAR, hex(colour));
    let _ = writeln!(out, r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"/>"#);
}

/// The runs of equal look in a row. A character outside ASCII stands by itself, in its own cell, whatever font it comes
/// from; lines of box drawing stay together.
fn runs<'a>(symbols: impl Iterator<Item = &'a str>, looks: &[Look]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut skip = 0;
    for (column, (symbol, look)) in symbols.zip(looks).enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let width = symbol.width().max(1);
        skip = width - 1;
        match runs.last_mut() {
            Some(run) if run.look == *look && goes_on(&run.text, symbol) => {
                run.text.push_str(symbol);
                run.width += width;
            }
            _ => runs.push(Run { column, width, text: symbol.to_owned(), look: *look }),
        }
    }
    runs
}

fn goes_on(text: &str, symbol: &str) -> bool {
    let line = |text: &str| text.starts_with(|c| ('\u{2500}'..'\u{25a0}').contains(&c));
    text.is_ascii() && symbol.is_ascii() || line(text) && line(symbol)
}

fn text(out: &mut String, row: usize, run: &Run) {
    let (x, y) = (run.column * CELL.0, row * CELL.1);
    if run.look.underline {
        rect(out, (x, y + BASELINE + 2), (run.width * CELL.0, 1), run.look.ink);
    }
    if run.look.strike {
        rect(out, (x, y + CELL.1 / 2), (run.width * CELL.0, 1), run.look.ink);
    }
    let weight = if run.look.bold { r#" font-weight="bold""# } else { "" };
    let slant = if run.look.italic { r#" font-style="italic""# } else { "" };
    for (at, words) in groups(&run.text) {
        let (x, y, width) = (x + at * CELL.0 + PADDING, y + BASELINE + PADDING + BAR, words.width() * CELL.0);
        let place = format!(r#"x="{x}" y="{y}" textLength="{width}" lengthAdjust="spacingAndGlyphs""#);
        let _ = writeln!(out, r#"<text {place} fill="{}"{weight}{slant}>{}</text>"#, hex(run.look.ink), escape(words));
    }
}

/// The words of a run with their places, parted where two blanks or more stand between them: so columns stay columns in
/// a font whose blanks are narrow.
fn groups(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    let groups = text.split("  ").map(move |part| {
        let at = next;
        next += part.len() + 2;
        let words = part.trim_start_matches(' ');
        (at + part.len() - words.len(), words.trim_end_matches(' '))
    });
    groups.filter(|(_, words)| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use ratatui::{
        layout::Rect,
        style::{Color, Style},
    };

    use super::*;

    fn texts(buffer: &Buffer) -> Vec<String> {
        let svg = svg(buffer, "a & b");
        let texts = svg.lines().filter(|line| line.contains("textLength"));
        texts.map(|line| line.replace(" lengthAdjust=\"spacingAndGlyphs\" fill=\"#c9d1d9\"", "")).collect()
    }

    #[test]
    fn words_stand_in_their_cells_and_are_as_wide_as_them() {
        let buffer = Buffer::with_lines(["a b  日<x ──"]);
        assert_eq!(
            texts(&buffer),
            [
                r#"<text x="14" y="65" textLength="30">a b</text>"#,
                r#"<text x="64" y="65" textLength="20">日</text>"#,
                r#"<text x="84" y="65" textLength="20">&lt;x</text>"#,
                r#"<text x="114" y="65" textLength="20">──</text>"#,
            ]
        );
    }

    #[test]
    fn the_title_is_escaped() {
        assert!(svg(&Buffer::empty(Rect::new(0, 0, 1, 1)), "a & b").contains("<title>a &amp; b</title>"));
    }

    #[test]
    fn a_run_ends_where_the_look_changes() {
        let mut buffer = Buffer::with_lines(["aab"]);
        buffer
            .set_style(Rect::new(2, 0, 1, 1), Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::Red).bold().underlined());
        let svg = svg(&buffer, "");
        assert!(svg.contains(r##"fill="#010203" font-weight="bold">b<"##), "{svg}");
        assert!(svg.contains(r##"<rect x="34" y="50" width="10" height="20" fill="#ff7b72"/>"##), "{svg}");
        assert!(svg.contains(r##"<rect x="34" y="67" width="10" height="1" fill="#010203"/>"##), "{svg}");
    }
}
