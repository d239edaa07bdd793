//! The integration tests, in one binary.

#[cfg(unix)]
mod pty;
mod screens;
mod support;
#[cfg(unix)]
mod tty;
