//! Everything that is tested from outside, in one binary.

mod engine;
mod feed;
mod headless;
