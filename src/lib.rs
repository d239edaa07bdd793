//! trailwatch: a terminal dashboard for the people who watch an AWS account.
#![forbid(unsafe_code)]

pub mod config;
pub mod emulator;
pub mod engine;
pub mod headless;
pub mod model;
pub mod source;
