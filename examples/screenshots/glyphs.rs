//! The shapes of characters: letters from the fonts, lines and blocks worked out so that neighbours join.

use std::collections::HashMap;

use fontdue::{Font, FontSettings};

use super::canvas::{Area, level};

/// A shape: how much of each pixel it covers, and where its left top corner is in its cell.
#[derive(Clone)]
pub struct Glyph {
    pub x: i32,
    pub y: i32,
    pub width: usize,
    pub cover: Vec<u8>,
}

/// The fonts, and the shapes drawn so far.
pub struct Glyphs {
    letters: Font,
    /// For what the first lacks.
    symbols: Font,
    cell: (usize, usize),
    size: f32,
    baseline: i32,
    known: HashMap<(char, usize), Glyph>,
}

impl Glyphs {
    /// # Errors
    /// A font that cannot be read.
    pub fn new(cell: (usize, usize)) -> Result<Self, &'static str> {
        let font = |bytes: &'static [u8]| Font::from_bytes(bytes, FontSettings::default());
        let letters = font(epaint_default_fonts::HACK_REGULAR)?;
        let size = cell.0 as f32 / letters.metrics('M', 1.0).advance_width;
        let line = letters.horizontal_line_metrics(size).ok_or("the font says nothing of its lines")?;
        let spare = cell.1 as f32 - (line.ascent - line.descent);
        let baseline = (line.ascent + spare / 2.0).round() as i32;
        let symbols = font(epaint_default_fonts::NOTO_EMOJI_REGULAR)?;
        Ok(Self { letters, symbols, cell, size, baseline, known: HashMap::new() })
    }

    /// Where a line under the letters goes.
    pub fn underline(&self) -> usize {
        self.baseline as usize + self.cell.1 / 10
    }

    /// The shape of a character that takes so many cells.
    pub fn get(&mut self, c: char, cells: usize) -> Glyph {
        if let Some(glyph) = self.known.get(&(c, cells)) {
            return glyph.clone();
        }
        let glyph = if self.letters.has_glyph(c) {
            self.letter(c)
        } else if self.symbols.has_glyph(c) {
            self.symbol(c, cells)
        } else {
            self.missing(cells)
        };
        self.known.insert((c, cells), glyph.clone());
        glyph
    }

    fn letter(&self, c: char) -> Glyph {
        let (metrics, cover) = self.letters.rasterize(c, self.size);
        let y = self.baseline - metrics.ymin - metrics.height as i32;
        Glyph { x: metrics.xmin, y, width: metrics.width, cover }
    }

    /// As large as fits into its cells, in the middle of where capital letters stand.
    fn symbol(&self, c: char, cells: usize) -> Glyph {
        let room = (cells * self.cell.0) as f32;
        let bounds = self.symbols.metrics(c, 1.0).bounds;
        let size = (room * 0.85 / bounds.width).min(self.size * 0.8 / bounds.height);
        let (metrics, cover) = self.symbols.rasterize(c, size);
        let capital = self.letters.metrics('H', self.size).height as i32;
        let x = (room as i32 - metrics.width as i32) / 2;
        let y = self.baseline - capital / 2 - metrics.height as i32 / 2;
        Glyph { x, y, width: metrics.width, cover }
    }

    /// A frame, as terminals show what no font has.
    fn missing(&self, cells: usize) -> Glyph {
        let capital = self.letters.metrics('H', self.size).height;
        let (width, line) = (cells * self.cell.0 * 4 / 5, self.cell.0 / 10);
        let edge = |x: usize, y: usize| x < line || y < line || x + line >= width || y + line >= capital;
        let cover = (0..capital).flat_map(|y| (0..width).map(move |x| if edge(x, y) { 255 } else { 0 })).collect();
        Glyph { x: (cells * self.cell.0 / 10) as i32, y: self.baseline - capital as i32, width, cover }
    }
}

impl Glyph {
    /// The shape drawn twice, side by side.
    pub fn bold(&self, by: usize) -> Glyph {
        let width = self.width + by;
        let height = self.cover.len().checked_div(self.width).unwrap_or_default();
        let at = |x: usize, y: usize| if x < self.width { self.cover[y * self.width + x] } else { 0 };
        let heavy = |x: usize, y: usize| (x.saturating_sub(by)..=x).map(|x| at(x, y)).max().unwrap_or_default();
        let cover = (0..height).flat_map(|y| (0..width).map(move |x| heavy(x, y))).collect();
        Glyph { x: self.x - by as i32 / 2, width, cover, ..*self }
    }

    /// The pixels it covers in its cell, and how much.
    pub fn pixels(&self) -> impl Iterator<Item = (i32, i32, u8)> {
        let place = |i: usize| (self.x + (i % self.width) as i32, self.y + (i / self.width) as i32);
        self.cover.iter().enumerate().filter(|(_, cover)| **cover > 8).map(move |(i, cover)| {
            let (x, y) = place(i);
            (x, y, level(f32::from(*cover) / 255.0))
        })
    }
}

/// The lines from the middle of the cell that make up a character: left, right, up, down; 2 is heavy.
const LINES: &[(char, [usize; 4])] = &[
    ('─', [1, 1, 0, 0]),
    ('━', [2, 2, 0, 0]),
    ('│', [0, 0, 1, 1]),
    ('┃', [0, 0, 2, 2]),
    ('┌', [0, 1, 0, 1]),
    ('╭', [0, 1, 0, 1]),
    ('┐', [1, 0, 0, 1]),
    ('╮', [1, 0, 0, 1]),
    ('└', [0, 1, 1, 0]),
    ('╰', [0, 1, 1, 0]),
    ('┘', [1, 0, 1, 0]),
    ('╯', [1, 0, 1, 0]),
    ('├', [0, 1, 1, 1]),
    ('┤', [1, 0, 1, 1]),
    ('┬', [1, 1, 0, 1]),
    ('┴', [1, 1, 1, 0]),
    ('┼', [1, 1, 1, 1]),
];

/// The rectangles that make up a line or block character, in its cell; empty for other characters.
pub fn rectangles(c: char, (width, height): (usize, usize)) -> Vec<Area> {
    let area = |x, y, width, height| vec![Area { x, y, width, height }];
    let eighth = |from: char| c as usize - from as usize + 1;
    match c {
        '\u{2581}'..='\u{2588}' => {
            let part = height * eighth('\u{2581}') / 8;
            area(0, height - part, width, part)
        }
        '\u{2589}'..='\u{258f}' => area(0, 0, width * (8 - eighth('\u{2589}')) / 8, height),
        '▀' => area(0, 0, width, height / 2),
        '▐' => area(width / 2, 0, width - width / 2, height),
        _ => lines(c, (width, height)),
    }
}

fn lines(c: char, (width, height): (usize, usize)) -> Vec<Area> {
    let Some((_, weights)) = LINES.iter().find(|(line, _)| *line == c) else { return Vec::new() };
    let light = (width / 10).max(1);
    let thick = weights.iter().max().unwrap_or(&1) * light;
    let (x, y) = ((width - thick) / 2, (height - thick) / 2);
    let arms = [
        Area { x: 0, y, width: x + thick, height: thick },
        Area { x, y, width: width - x, height: thick },
        Area { x, y: 0, width: thick, height: y + thick },
        Area { x, y, width: thick, height: height - y },
    ];
    arms.into_iter().zip(weights).filter(|(_, weight)| **weight > 0).map(|(arm, _)| arm).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: (usize, usize) = (20, 40);

    #[test]
    fn lines_reach_the_edges_where_their_neighbours_start() {
        for c in ['─', '┼', '┤', '┐'] {
            assert!(rectangles(c, CELL).iter().any(|area| area.x == 0), "{c}");
        }
        for c in ['─', '┼', '├', '╭'] {
            assert!(rectangles(c, CELL).iter().any(|area| area.x + area.width == CELL.0), "{c}");
        }
        for c in ['│', '┼', '╭', '┐'] {
            assert!(rectangles(c, CELL).iter().any(|area| area.y + area.height == CELL.1), "{c}");
        }
    }

    #[test]
    fn a_full_block_fills_its_cell_and_a_part_its_part() {
        let size = |c| rectangles(c, CELL).iter().map(|area| (area.width, area.height)).collect::<Vec<_>>();
        assert_eq!((size('█'), size('▌'), size('▂')), (vec![(20, 40)], vec![(10, 40)], vec![(20, 10)]));
    }

    #[test]
    fn every_sign_of_the_screen_has_a_shape_of_its_own() {
        let mut glyphs = Glyphs::new(CELL).unwrap();
        let missing = glyphs.get('\u{10ffff}', 1).cover;
        for c in "…✖·◐◑▲✔●○◆▪‖▾▸".chars() {
            assert_ne!(glyphs.get(c, 1).cover, missing, "{c}");
        }
    }
}
