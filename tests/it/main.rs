//! The integration tests, in one binary.

mod account;
mod account_hits;
mod alerts;
mod beside;
mod builtin;
mod cli;
mod conformance;
mod corpus;
#[cfg(unix)]
mod crash;
#[cfg(target_os = "linux")]
mod desktop;
mod emulator;
mod endless;
mod engine;
mod feed;
mod headless;
mod house;
mod notify;
mod pictures;
#[cfg(unix)]
mod pty;
mod rule_commands;
mod scan;
mod screens;
mod support;
#[cfg(unix)]
mod tryout;
mod tty;
mod writes;
