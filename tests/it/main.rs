//! The integration tests, in one binary.

mod house;
mod screens;
mod support;
