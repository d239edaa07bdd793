//! The integration tests, in one binary.

mod emulator;
mod house;
mod screens;
mod support;
