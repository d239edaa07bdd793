//! The integration tests, in one binary.

mod cli;
mod emulator;
mod house;
mod pictures;
#[cfg(unix)]
mod pty;
mod screens;
mod support;
#[cfg(unix)]
mod tty;
