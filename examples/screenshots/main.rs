//! Draws the pictures of the README: `cargo run --release --example screenshots` writes them to `screenshots/`, and
//! `--check` says which of those there are stale.

mod canvas;
mod gallery;
mod glyphs;
mod look;
mod png;
#[path = "../../tests/it/support.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod support;
mod svg;

use std::{env, fs, io, path::PathBuf, process::ExitCode};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/screenshots");

fn main() -> io::Result<ExitCode> {
    match env::args().nth(1).as_deref() {
        None => write().map(|()| ExitCode::SUCCESS),
        Some("--check") => Ok(check()),
        Some(other) => {
            eprintln!("{other:?} means nothing here; write --check, or nothing");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Every file with what belongs into it.
fn files() -> impl Iterator<Item = (PathBuf, Vec<u8>)> {
    gallery::pictures().into_iter().flat_map(|(name, title, buffer)| {
        let file = |extension: &str| PathBuf::from(format!("{FOLDER}/{name}.{extension}"));
        [(file("svg"), svg::svg(&buffer, &title).into_bytes()), (file("png"), png::png(&buffer))]
    })
}

fn write() -> io::Result<()> {
    fs::create_dir_all(FOLDER)?;
    files().try_for_each(|(path, bytes)| fs::write(path, bytes))
}

fn check() -> ExitCode {
    let stale: Vec<_> = files().filter(|(path, bytes)| fs::read(path).ok().as_ref() != Some(bytes)).collect();
    for (path, _) in &stale {
        eprintln!("{} is stale: run `cargo run --release --example screenshots`", path.display());
    }
    if stale.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
