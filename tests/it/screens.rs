//! Keys in, screen out.

use crate::support::Screen;

#[test]
fn events_at_80x24() {
    println!("{}", Screen::full(80, 24).plain());
    println!("{}", Screen::full(140, 24).plain());
    println!("{}", Screen::full(80, 24).keys("2").plain());
    println!("{}", Screen::full(140, 24).keys("2 enter").plain());
    println!("{}", Screen::full(80, 24).keys("3").plain());
    println!("{}", Screen::full(140, 24).keys("4").plain());
    println!("{}", Screen::full(80, 24).keys("?").plain());
    println!("{}", Screen::full(80, 24).keys(": t tab").plain());
    println!("{}", Screen::full(80, 24).keys("/").text("user:ben -iam").plain());
    println!("{}", Screen::full(80, 24).keys("y").plain());
}
