//! What there is a picture of, and the files it is kept in.

use std::{fs, path::PathBuf};

use ratatui::buffer::Buffer;

use super::{
    demo::Demo,
    look::{Rgb, paint},
    png::png,
    svg::svg,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/screenshots");

/// How long the demo is watched before the pictures are taken, in seconds.
const WATCHED: i64 = 170;

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
    Shot { name: "event", title: "One event", keys: "/ r o o t enter enter", theme: "dark" },
    Shot { name: "alerts", title: "Alerts", keys: "2", theme: "dark" },
    Shot { name: "alert", title: "One alert", keys: "2 enter", theme: "dark" },
    Shot { name: "alarms", title: "Alarms", keys: "3", theme: "dark" },
    Shot { name: "alarm", title: "One alarm", keys: "3 enter", theme: "dark" },
    Shot { name: "restores", title: "Restores", keys: "4", theme: "dark" },
    Shot { name: "restore", title: "One restore", keys: "4 enter", theme: "dark" },
    Shot { name: "rules", title: "Rules", keys: "5", theme: "dark" },
    Shot { name: "rule", title: "One rule", keys: "5 / r o o t - u s e enter enter", theme: "dark" },
    Shot {
        name: "try-out",
        title: "A rule tried out",
        keys: "5 / c o n s o l e - f a i l u r e - i a m enter e tab",
        theme: "dark",
    },
    Shot { name: "new-rule", title: "A rule from an event", keys: "/ r o o t enter +", theme: "dark" },
    Shot { name: "sources", title: "Sources", keys: "6", theme: "dark" },
    Shot { name: "source", title: "One source", keys: "6 j j j j enter", theme: "dark" },
    Shot { name: "notifications", title: "Notifications", keys: "7", theme: "dark" },
    Shot { name: "help", title: "Every key", keys: "?", theme: "dark" },
    Shot { name: "events-light", title: "Events, light", keys: "", theme: "light" },
    Shot { name: "events-colour-blind", title: "Events, colour-blind safe", keys: "", theme: "colour-blind" },
    Shot { name: "events-mono", title: "Events, monochrome", keys: "", theme: "mono" },
];

/// The paper and ink of a terminal in which people use the light theme.
const LIGHT: (Rgb, Rgb) = ([0xff, 0xff, 0xff], [0x1f, 0x23, 0x28]);

/// Every file with what belongs into it.
pub fn files() -> impl Iterator<Item = (PathBuf, Vec<u8>)> {
    let demo = Demo::watched(WATCHED);
    SHOTS.iter().flat_map(move |shot| {
        let buffer = shoot(&demo, shot);
        let file = |extension: &str| PathBuf::from(format!("{FOLDER}/{}.{extension}", shot.name));
        let title = format!("trailwatch — {}", shot.title);
        [(file("svg"), svg(&buffer, &title).into_bytes()), (file("png"), png(&buffer))]
    })
}

/// The files that do not hold what belongs into them.
pub fn stale() -> Vec<PathBuf> {
    let stale = files().filter(|(path, bytes)| !fs::read(path).is_ok_and(|there| is_same(&there, bytes)));
    stale.map(|(path, _)| path).collect()
}

/// Whether two files hold the same, or are pictures of the same: how a picture was packed does not matter.
fn is_same(there: &[u8], wanted: &[u8]) -> bool {
    there == wanted || pixels(there).is_some_and(|pixels| Some(pixels) == self::pixels(wanted))
}

/// The size of a picture, and its dots; `None` for what is no PNG.
fn pixels(file: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
    let mut dots = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut dots).ok()?;
    Some((frame.width, frame.height, dots))
}

fn shoot(demo: &Demo, shot: &Shot) -> Buffer {
    let mut buffer = demo.screen(SIZE, shot.theme, shot.keys);
    if shot.theme == "light" {
        paint(&mut buffer, LIGHT.0, LIGHT.1);
    }
    buffer
}
