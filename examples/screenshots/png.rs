//! A screen as PNG: the same picture for places that show no SVG, twice as large so that it is crisp.

use ratatui::buffer::{Buffer, Cell};
use unicode_width::UnicodeWidthStr;

use super::{
    canvas::{Area, Canvas},
    glyphs::{Glyph, Glyphs, rectangles},
    look::{DOTS, Frame, Look, ground},
};

const CELL: (usize, usize) = (20, 40);
const BAR: usize = 64;
const PADDING: usize = 28;
const CORNER: usize = 20;
const DOT: usize = 12;
/// How much broader a bold stroke is.
const BOLD: usize = 2;

/// The picture of a screen in a window.
///
/// # Panics
/// The fonts of the dev-dependency cannot be read.
pub fn png(buffer: &Buffer) -> Vec<u8> {
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let (width, height) = (columns * CELL.0 + 2 * PADDING, rows * CELL.1 + 2 * PADDING + BAR);
    let mut canvas = Canvas::new(width, height, ground(buffer));
    let mut glyphs = Glyphs::new(CELL).expect("the fonts can be read");
    window(&mut canvas, width, &Frame::around(ground(buffer)));
    for (row, cells) in buffer.content().chunks(columns.max(1)).enumerate() {
        draw_row(&mut canvas, &mut glyphs, row, cells);
    }
    canvas.round(CORNER, Frame::around(ground(buffer)).edge, 2.0);
    canvas.png().expect("memory takes what is written")
}

fn window(canvas: &mut Canvas, width: usize, frame: &Frame) {
    canvas.fill(Area { x: 0, y: 0, width, height: BAR }, frame.bar);
    for (i, dot) in DOTS.into_iter().enumerate() {
        canvas.disc((44 + 40 * i, BAR / 2), DOT, dot);
    }
}

/// Papers first: a letter may reach into the next cell.
fn draw_row(canvas: &mut Canvas, glyphs: &mut Glyphs, row: usize, cells: &[Cell]) {
    let place = |column: usize| (PADDING + column * CELL.0, PADDING + BAR + row * CELL.1);
    for (column, cell) in cells.iter().enumerate() {
        let (x, y) = place(column);
        canvas.fill(Area { x, y, width: CELL.0, height: CELL.1 }, Look::of(cell).paper);
    }
    let mut skip = 0;
    for (column, cell) in cells.iter().enumerate() {
        if skip == 0 {
            draw_cell(canvas, glyphs, place(column), cell);
            skip = cell.symbol().width().max(1);
        }
        skip -= 1;
    }
}

fn draw_cell(canvas: &mut Canvas, glyphs: &mut Glyphs, (x, y): (usize, usize), cell: &Cell) {
    let look = Look::of(cell);
    let width = cell.symbol().width().max(1);
    let line = |down: usize| Area { x, y: y + down, width: width * CELL.0, height: 2 };
    if look.underline {
        canvas.fill(line(glyphs.underline()), look.ink);
    }
    for c in cell.symbol().chars().filter(|c| *c != ' ') {
        let shapes = rectangles(c, CELL);
        for shape in &shapes {
            canvas.fill(Area { x: x + shape.x, y: y + shape.y, ..*shape }, look.ink);
        }
        if shapes.is_empty() {
            draw_glyph(canvas, &glyphs.get(c, width), (x, y), look);
        }
    }
    if look.strike {
        canvas.fill(line(CELL.1 / 2), look.ink);
    }
}

fn draw_glyph(canvas: &mut Canvas, glyph: &Glyph, (x, y): (usize, usize), look: Look) {
    let bold = look.bold.then(|| glyph.bold(BOLD));
    for (dx, dy, cover) in bold.as_ref().unwrap_or(glyph).pixels() {
        let slant = if look.italic { (CELL.1 as i32 / 2 - dy) / 5 } else { 0 };
        canvas.shade(x as i32 + dx + slant, y as i32 + dy, look.ink, cover);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_a_png_of_its_size_with_the_text_on_it() {
        let buffer = Buffer::with_lines(["ab", "cd"]);
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(png(&buffer))).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (96, 200));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert!(pixels.iter().any(|pixel| *pixel != pixels[pixels.len() / 2]));
        assert_eq!(png(&buffer), png(&buffer));
    }
}
