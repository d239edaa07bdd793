//! What a cell looks like once a terminal has shown it: colours as numbers, reverse and dim worked in.

use std::collections::BTreeMap;

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// The colours that a terminal has of its own: its paper and its ink.
const PAPER: Rgb = [0x0d, 0x11, 0x17];
const INK: Rgb = [0xc9, 0xd1, 0xd9];

/// The 16 colours that every terminal has, in the order of their numbers.
const ANSI: [Rgb; 16] = [
    [0x48, 0x4f, 0x58],
    [0xff, 0x7b, 0x72],
    [0x3f, 0xb9, 0x50],
    [0xd2, 0x99, 0x22],
    [0x58, 0xa6, 0xff],
    [0xbc, 0x8c, 0xff],
    [0x39, 0xc5, 0xcf],
    [0xb1, 0xba, 0xc4],
    [0x6e, 0x76, 0x81],
    [0xff, 0xa1, 0x98],
    [0x56, 0xd3, 0x64],
    [0xe3, 0xb3, 0x41],
    [0x79, 0xc0, 0xff],
    [0xd2, 0xa8, 0xff],
    [0x56, 0xd4, 0xdd],
    [0xf0, 0xf6, 0xfc],
];

/// How a cell is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub ink: Rgb,
    pub paper: Rgb,
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
    pub strike: bool,
}

impl Look {
    pub fn of(cell: &Cell) -> Self {
        let has = |modifier| cell.modifier.contains(modifier);
        let (ink, paper) = (rgb(cell.fg, INK), rgb(cell.bg, PAPER));
        let (ink, paper) = if has(Modifier::REVERSED) { (paper, ink) } else { (ink, paper) };
        Self {
            ink: if has(Modifier::DIM) { mix(paper, ink, 150) } else { ink },
            paper,
            bold: has(Modifier::BOLD),
            italic: has(Modifier::ITALIC),
            underline: has(Modifier::UNDERLINED),
            strike: has(Modifier::CROSSED_OUT),
        }
    }
}

/// A colour as numbers; `own` is the terminal's own.
fn rgb(colour: Color, own: Rgb) -> Rgb {
    match colour {
        Color::Reset => own,
        Color::Black => ANSI[0],
        Color::Red => ANSI[1],
        Color::Green => ANSI[2],
        Color::Yellow => ANSI[3],
        Color::Blue => ANSI[4],
        Color::Magenta => ANSI[5],
        Color::Cyan => ANSI[6],
        Color::Gray => ANSI[7],
        Color::DarkGray => ANSI[8],
        Color::LightRed => ANSI[9],
        Color::LightGreen => ANSI[10],
        Color::LightYellow => ANSI[11],
        Color::LightBlue => ANSI[12],
        Color::LightMagenta => ANSI[13],
        Color::LightCyan => ANSI[14],
        Color::White => ANSI[15],
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(index) => indexed(index),
    }
}

/// One of the 256 colours of xterm: 16, a cube of 6 levels a side, 24 greys.
fn indexed(index: u8) -> Rgb {
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match index {
        0..16 => ANSI[usize::from(index)],
        16..232 => [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map(level),
        232.. => [8 + 10 * (index - 232); 3],
    }
}

/// The first colour with so much of the second laid over it: 0 for nothing, 255 for all.
pub fn mix(under: Rgb, over: Rgb, amount: u8) -> Rgb {
    let amount = u32::from(amount);
    [0, 1, 2].map(|i| ((u32::from(under[i]) * (255 - amount) + u32::from(over[i]) * amount + 127) / 255) as u8)
}

/// The paper that most of the picture is on.
pub fn ground(buffer: &Buffer) -> Rgb {
    let mut counts = BTreeMap::<Rgb, usize>::new();
    for cell in buffer.content() {
        *counts.entry(Look::of(cell).paper).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(PAPER, |(paper, _)| paper)
}

/// The colours of the window around the picture.
pub struct Frame {
    pub bar: Rgb,
    pub edge: Rgb,
    pub title: Rgb,
}

/// The three dots of the window, as most people know them.
pub const DOTS: [Rgb; 3] = [[0xff, 0x5f, 0x57], [0xfe, 0xbc, 0x2e], [0x28, 0xc8, 0x40]];

impl Frame {
    /// A frame that goes with the paper.
    pub fn around(paper: Rgb) -> Self {
        let light = paper.iter().map(|&v| u32::from(v)).sum::<u32>() > 3 * 128;
        let over = if light { [0; 3] } else { [255; 3] };
        Self { bar: mix(paper, over, 22), edge: mix(paper, over, 46), title: mix(paper, over, 150) }
    }
}

/// Paints the cells that leave it to the terminal on this paper with this ink, as a terminal so set would.
pub fn paint(buffer: &mut Buffer, paper: Rgb, ink: Rgb) {
    let colour = |[r, g, b]: Rgb| Color::Rgb(r, g, b);
    for cell in &mut buffer.content {
        if cell.bg == Color::Reset {
            cell.bg = colour(paper);
        }
        if cell.fg == Color::Reset {
            cell.fg = colour(ink);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(modifier: Modifier) -> Look {
        let mut cell = Cell::new("x");
        cell.fg = Color::White;
        cell.bg = Color::Black;
        cell.modifier = modifier;
        Look::of(&cell)
    }

    #[test]
    fn reverse_and_dim_are_worked_in() {
        let plain = look(Modifier::empty());
        assert_eq!(look(Modifier::REVERSED), Look { ink: plain.paper, paper: plain.ink, ..plain });
        assert_eq!(look(Modifier::DIM).ink, mix(plain.paper, plain.ink, 150));
    }

    #[test]
    fn the_256_colours_are_those_of_xterm() {
        assert_eq!([16, 196, 231, 232, 255].map(indexed), [[0; 3], [255, 0, 0], [255; 3], [8; 3], [238; 3]]);
        assert_eq!(indexed(15), ANSI[15]);
    }

    #[test]
    fn the_ground_is_the_paper_of_most_cells() {
        let mut buffer = Buffer::with_lines(["abc"]);
        paint(&mut buffer, [255; 3], [0; 3]);
        buffer[(0, 0)].bg = Color::Red;
        assert_eq!(ground(&buffer), [255; 3]);
    }
}
