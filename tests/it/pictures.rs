//! The pictures in `screenshots/` show what the program shows.

#[path = "../../examples/screenshots/canvas.rs"]
mod canvas;
#[path = "../../examples/screenshots/demo.rs"]
mod demo;
#[path = "../../examples/screenshots/gallery.rs"]
mod gallery;
#[path = "../../examples/screenshots/glyphs.rs"]
mod glyphs;
#[path = "../../examples/screenshots/look.rs"]
mod look;
#[path = "../../examples/screenshots/outbox.rs"]
mod outbox;
#[path = "../../examples/screenshots/png.rs"]
mod png;
#[path = "../../examples/screenshots/svg.rs"]
mod svg;

#[test]
fn no_picture_is_stale() {
    let stale = gallery::stale();
    assert!(stale.is_empty(), "{stale:?}: run `cargo run --release --example screenshots` and look at them");
}
