//! The integration tests, in one binary.

mod emulator;
mod screens;
mod support;
