//! trailwatch: a terminal dashboard for the people who watch an AWS account.
//!
//! The modules stand in an order, and each uses only those before it; a test keeps it:
//! `model` · `json`, `config` · `journal`, `rules`, `history`, `store`, `trail` · `rulebook`, `source`, `emulator` · `engine`, `scan`, `ui` · `terminal` · `headless`, `cli`, `log` ·
//! `run` · `demo`.

#![forbid(unsafe_code)]

pub mod cli;
pub mod config;
pub mod demo;
pub mod emulator;
pub mod engine;
pub mod headless;
pub mod history;
pub mod journal;
pub mod json;
pub mod log;
pub mod model;
pub mod notify;
pub mod rulebook;
pub mod rules;
pub mod run;
pub mod scan;
pub mod source;
pub mod store;
pub mod terminal;
pub mod trail;
pub mod ui;
