//! Pixels: rectangles, discs and shades on them, and the file they become.

use std::{collections::BTreeSet, io};

use super::look::{Rgb, mix};

type Pixel = [u8; 4];

/// A picture under way.
pub struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Pixel>,
}

/// A rectangle: its left top corner, its width and its height.
#[derive(Clone, Copy)]
pub struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

impl Canvas {
    pub fn new(width: usize, height: usize, colour: Rgb) -> Self {
        Self { width, height, pixels: vec![opaque(colour); width * height] }
    }

    pub fn fill(&mut self, area: Area, colour: Rgb) {
        for y in area.y..(area.y + area.height).min(self.height) {
            let line = y * self.width;
            self.pixels[line + area.x..line + (area.x + area.width).min(self.width)].fill(opaque(colour));
        }
    }

    /// Lays so much of the colour over a pixel: 0 for nothing, 255 for all. What is outside is left out.
    pub fn shade(&mut self, x: i32, y: i32, colour: Rgb, amount: u8) {
        let inside = |v: i32, end: usize| usize::try_from(v).ok().filter(|v| *v < end);
        if let (Some(x), Some(y)) = (inside(x, self.width), inside(y, self.height)) {
            let [r, g, b, _] = self.pixels[y * self.width + x];
            self.pixels[y * self.width + x] = opaque(mix([r, g, b], colour, amount));
        }
    }

    pub fn disc(&mut self, (x, y): (usize, usize), radius: usize, colour: Rgb) {
        let (cx, cy, r) = (x as i32, y as i32, radius as i32);
        for (dx, dy) in (-r..r).flat_map(|dy| (-r..r).map(move |dx| (dx, dy))) {
            let cover = inside_disc((dx as f32 + 0.5, dy as f32 + 0.5), radius as f32);
            self.shade(cx + dx, cy + dy, colour, level(cover));
        }
    }

    /// Draws an edge around the picture and lets what is outside its round corners through.
    pub fn round(&mut self, radius: usize, edge: Rgb, thickness: f32) {
        let (w, h, r) = (self.width as f32, self.height as f32, radius as f32);
        for y in 0..self.height {
            for x in 0..self.width {
                let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
                // From the middle of the nearest corner's circle; inside of it only the sides are near.
                let dx = (r - px).max(px - (w - r));
                let dy = (r - py).max(py - (h - r));
                let depth = if dx > 0.0 && dy > 0.0 { r - dx.hypot(dy) } else { r - dx.max(dy) };
                if depth < thickness + 1.0 {
                    let amount = (thickness + 0.5 - depth).clamp(0.0, 1.0);
                    self.shade(x as i32, y as i32, edge, level(amount));
                    self.pixels[y * self.width + x][3] = level((depth + 0.5).clamp(0.0, 1.0));
                }
            }
        }
    }

    /// The picture as a PNG: with a palette when its colours are few enough.
    pub fn png(&self) -> io::Result<Vec<u8>> {
        let colours: Vec<Pixel> = self.pixels.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        if colours.len() <= 256 {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(colours.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect::<Vec<_>>());
            encoder.set_trns(colours.iter().map(|[.., a]| *a).collect::<Vec<_>>());
            let index = |pixel| colours.binary_search(pixel).unwrap_or_default() as u8;
            encoder.write_header()?.write_image_data(&self.pixels.iter().map(index).collect::<Vec<_>>())?;
        } else {
            encoder.set_color(png::ColorType::Rgba);
            encoder.write_header()?.write_image_data(self.pixels.as_flattened())?;
        }
        Ok(out)
    }
}

fn opaque([r, g, b]: Rgb) -> Pixel {
    [r, g, b, 255]
}

fn inside_disc((x, y): (f32, f32), radius: f32) -> f32 {
    (radius - x.hypot(y) + 0.5).clamp(0.0, 1.0)
}

/// A share as an amount, in 16 steps: more cannot be seen and make the file larger.
pub fn level(share: f32) -> u8 {
    (share * 15.0).round() as u8 * 17
}
