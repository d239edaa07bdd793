//! The integration tests, in one binary.

mod cli;
mod emulator;
mod house;
mod screens;
mod support;
