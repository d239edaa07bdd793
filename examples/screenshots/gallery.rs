//! What there is a picture of.

use ratatui::buffer::Buffer;
use trailwatch::ui::theme::Depth;

use super::{
    look::{Rgb, paint},
    support::Screen,
};

const SIZE: (u16, u16) = (120, 34);

/// A picture: the name of its files, the title of its window, the keys that lead there, its theme.
struct Shot {
    name: &'static str,
    title: &'static str,
    keys: &'static str,
    theme: &'static str,
}

const SHOTS: &[Shot] = &[
    Shot { name: "events", title: "Events", keys: "", theme: "dark" },
    Shot { name: "event", title: "One event", keys: "enter", theme: "dark" },
    Shot { name: "alarms", title: "Alarms", keys: "2", theme: "dark" },
    Shot { name: "alarm", title: "One alarm", keys: "2 enter", theme: "dark" },
    Shot { name: "restores", title: "Restores", keys: "3", theme: "dark" },
    Shot { name: "restore", title: "One restore", keys: "3 enter", theme: "dark" },
    Shot { name: "sources", title: "Sources", keys: "4", theme: "dark" },
    Shot { name: "source", title: "One source", keys: "4 j j j j enter", theme: "dark" },
    Shot { name: "help", title: "Every key", keys: "?", theme: "dark" },
    Shot { name: "events-light", title: "Events, light", keys: "", theme: "light" },
    Shot { name: "events-colour-blind", title: "Events, colour-blind safe", keys: "", theme: "colour-blind" },
    Shot { name: "events-mono", title: "Events, monochrome", keys: "", theme: "mono" },
];

/// The paper and ink of a terminal in which people use the light theme.
const LIGHT: (Rgb, Rgb) = ([0xff, 0xff, 0xff], [0x1f, 0x23, 0x28]);

/// Every picture: the name of its files, the title of its window, and what is on screen.
pub fn pictures() -> Vec<(&'static str, String, Buffer)> {
    SHOTS.iter().map(|shot| (shot.name, format!("trailwatch — {}", shot.title), shoot(shot))).collect()
}

fn shoot(shot: &Shot) -> Buffer {
    let depth = if shot.theme == "mono" { Depth::None } else { Depth::True };
    let screen = Screen::with(SIZE.0, SIZE.1, (shot.theme, depth)).with_account();
    let mut buffer = screen.keys(shot.keys).show();
    if shot.theme == "light" {
        paint(&mut buffer, LIGHT.0, LIGHT.1);
    }
    buffer
}
