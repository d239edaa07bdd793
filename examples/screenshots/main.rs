//! Draws the pictures of the README from the demo: `cargo run --release --example screenshots` writes them to
//! `screenshots/`, and `--check` says which of those there are stale.

mod canvas;
mod demo;
mod gallery;
mod glyphs;
mod look;
mod outbox;
mod png;
mod svg;

use std::{env, fs, io, process::ExitCode};

fn main() -> io::Result<ExitCode> {
    match env::args().nth(1).as_deref() {
        None => gallery::files().try_for_each(|(path, bytes)| fs::write(path, bytes)).map(|()| ExitCode::SUCCESS),
        Some("--check") => Ok(check()),
        Some(other) => {
            eprintln!("{other:?} means nothing here; write --check, or nothing");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn check() -> ExitCode {
    let stale = gallery::stale();
    for path in &stale {
        eprintln!("{} is stale: run `cargo run --release --example screenshots`", path.display());
    }
    if stale.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
