//! How many colours the terminal can show, and the nearest it has to the one that a theme asks for.

use ratatui::style::{Color, Style};

/// How many colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// `#rrggbb`.
    True,
    /// The 256 of xterm.
    Indexed,
    /// The 16 that every terminal has.
    Sixteen,
    /// None at all: states are told by glyphs, bold and reverse.
    None,
}

impl Depth {
    /// What the environment says of the terminal.
    ///
    /// Source: no-color.org (`NO_COLOR` set and not empty means no colour); `COLORTERM` is `truecolor` or `24bit` where
    /// there is true colour.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name| variable(name).unwrap_or_default();
        let term = value("TERM");
        match value("COLORTERM").as_str() {
            _ if !value("NO_COLOR").is_empty() || term == "dumb" => Depth::None,
            "truecolor" | "24bit" => Depth::True,
            _ if term.contains("direct") || term.contains("kitty") || term.contains("ghostty") => Depth::True,
            _ if term.contains("256") => Depth::Indexed,
            _ => Depth::Sixteen,
        }
    }

    /// The style in the colours that there are.
    pub fn apply(self, style: Style) -> Style {
        let near = |colour: Option<Color>| match (self, colour) {
            (Depth::None, _) => None,
            (Depth::Indexed, Some(Color::Rgb(r, g, b))) => Some(Color::Indexed(indexed(r, g, b))),
            (Depth::Sixteen, Some(Color::Rgb(r, g, b))) => Some(sixteen(r, g, b)),
            (_, colour) => colour,
        };
        Style { fg: near(style.fg), bg: near(style.bg), underline_color: None, ..style }
    }
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    // Weights as the eye has them, roughly: green most, blue least.
    let [r, g, b] = [0, 1, 2].map(|i| u32::from(a[i].abs_diff(b[i])).pow(2));
    3 * r + 6 * g + b
}

/// The six levels of the colour cube, as xterm has them.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn indexed(r: u8, g: u8, b: u8) -> u8 {
    let level = |v: u8| (0..6).min_by_key(|&i| LEVELS[i].abs_diff(v)).unwrap_or(0);
    let cube = [r, g, b].map(level);
    let cube_index = 16 + 36 * cube[0] + 6 * cube[1] + cube[2];
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let step = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = 8 + step * 10;
    let nearer_grey = distance([grey; 3], [r, g, b]) < distance(cube.map(|i| LEVELS[i]), [r, g, b]);
    if nearer_grey { 232 + step } else { cube_index as u8 }
}

/// The sixteen as most terminals show them; only the nearest is asked for, so small differences do not matter.
const SIXTEEN: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 80, 80]),
    (Color::LightGreen, [80, 255, 80]),
    (Color::LightYellow, [255, 255, 80]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 80, 255]),
    (Color::LightCyan, [80, 255, 255]),
    (Color::White, [255, 255, 255]),
];

fn sixteen(r: u8, g: u8, b: u8) -> Color {
    SIXTEEN.iter().min_by_key(|(_, rgb)| distance(*rgb, [r, g, b])).map_or(Color::Reset, |(colour, _)| *colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(pairs: &'static [(&str, &str)]) -> Depth {
        Depth::from_environment(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn the_environment_tells_how_many_colours_there_are() {
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(depth(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), Depth::None);
        assert_eq!(depth(&[("COLORTERM", "truecolor"), ("NO_COLOR", "")]), Depth::True);
    }

    #[test]
    fn the_nearest_colour_is_near() {
        assert_eq!(indexed(255, 0, 0), 196);
        assert_eq!(indexed(8, 8, 8), 232);
        assert_eq!(indexed(255, 255, 255), 231);
        assert_eq!(sixteen(250, 10, 10), Color::Red);
        assert_eq!(sixteen(20, 20, 20), Color::Black);
    }
}
