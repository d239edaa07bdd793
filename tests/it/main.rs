//! The integration tests, in one binary.

mod alerts;
mod builtin;
mod cli;
mod conformance;
mod emulator;
mod endless;
mod engine;
mod feed;
mod headless;
mod house;
mod pictures;
#[cfg(unix)]
mod pty;
mod screens;
mod support;
#[cfg(unix)]
mod tryout;
mod tty;
