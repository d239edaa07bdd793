//! The command line of what a person is told: `notify`.

use clap::{Args, Subcommand};

/// What is done with the ways to a person.
#[derive(Debug, Subcommand)]
pub enum NotifyCommand {
    /// Send a sample through the channels, and print what came back
    #[command(after_help = TEST_CODES)]
    Test(Test),
    /// Print the channels as the config has them, without their secrets
    List,
    /// Print what was sent, what waits and what was given up, the newest first
    Log(Log),
}

const TEST_CODES: &str = "Ends with 0, and with 1 when a channel refused the sample.";

/// How the log is printed.
#[derive(Clone, Debug, Args)]
pub struct Log {
    /// At most so many messages
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub most: usize,
    /// Print JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// Which channels are tested.
#[derive(Clone, Debug, Args)]
pub struct Test {
    /// A channel by its name, as notify list prints it; all without one
    pub channel: Option<String>,
}
