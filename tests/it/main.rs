//! The integration tests, in one binary.

mod emulator;
mod engine;
mod feed;
mod headless;
mod house;
mod screens;
mod support;
