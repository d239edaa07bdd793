//! The command line of alert rules: `rules` and `scan`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::config::{self, Since};

/// What is done with rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Print every rule: whether it is on, its severity, language, and where it comes from
    #[command(after_help = LIST_CODES)]
    List(List),
    /// Switch rules on, for good
    #[command(after_help = SWITCH_CODES)]
    Enable(Names),
    /// Switch rules off, for good
    #[command(after_help = SWITCH_CODES)]
    Disable(Names),
    /// Print the events that a pattern matches, one JSON object a line, as grep does
    #[command(after_help = MATCH_CODES)]
    Match(Match),
    /// Print what an EventBridge InputTransformer would send for an event
    #[command(after_help = RENDER_CODES)]
    Render(Render),
    /// Say what is wrong with rules, and where
    #[command(after_help = CHECK_CODES)]
    Check(Check),
}

const LIST_CODES: &str =
    "Ends with 0, and with 1 when a file of rules is broken; the rules that are whole are printed.";
const SWITCH_CODES: &str = "Ends with 0, and with 1 when there is no such rule; then none is switched.";
const MATCH_CODES: &str =
    "Ends with 0 when an event matched, 1 when none did, 2 when the pattern or an event is wrong.";
const RENDER_CODES: &str = "Ends with 0, with 1 when AWS would drop the event, 2 when the paths, the template or the \
                            event are wrong.";
const CHECK_CODES: &str = "Ends with 0 when nothing is wrong, and with 1 when anything is, warnings too.";

pub(super) const SCAN_CODES: &str = "Ends with 0 when a rule matched, 1 when none did, 2 when a rule or a file could not \
                                     be read; what was found is printed all the same.";

/// How rules are printed.
#[derive(Clone, Debug, Args)]
pub struct List {
    /// Print each rule as JSON, one object a line, with its reason, tags and text
    #[arg(long)]
    pub json: bool,
}

/// Rules by their names.
#[derive(Clone, Debug, Args)]
pub struct Names {
    /// As rules list prints them
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
}

/// A pattern, and the events that it is put to.
#[derive(Clone, Debug, Args)]
pub struct Match {
    /// The language of the pattern
    #[arg(long, value_enum)]
    pub language: Language,
    /// What is done with an object that is no envelope, and what with one
    #[arg(long, value_enum, default_value = "auto")]
    pub envelope: Envelope,
    /// Read the pattern from this file
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The pattern; with --file, a file of events
    #[arg(required_unless_present = "file")]
    pub pattern: Option<String>,
    /// Files of events: JSON (an object, an array, {"Records":[…]}) or JSON lines, gzipped or not. Standard input
    /// without any
    #[arg(value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
}

impl Match {
    /// The pattern, unless it stands in a file, and the files of events.
    pub fn split(&self) -> (Option<&str>, Vec<PathBuf>) {
        match (&self.file, &self.pattern) {
            (Some(_), Some(first)) => (None, [&[PathBuf::from(first)], &self.events[..]].concat()),
            (_, pattern) => (pattern.as_deref(), self.events.clone()),
        }
    }
}

/// A language that rules are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// A filter pattern of CloudWatch Logs
    MetricFilter,
    /// An EventBridge event pattern
    EventPattern,
    /// One Sigma detection
    Sigma,
}

impl Language {
    /// The word that it has in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::MetricFilter => "metric-filter",
            Language::EventPattern => "event-pattern",
            Language::Sigma => "sigma",
        }
    }
}

/// How an event is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Envelope {
    /// An event pattern sees a CloudTrail record in the envelope that it has on the bus; the other languages see the
    /// record in an envelope
    Auto,
    /// Every object is taken as it is
    Never,
}

/// A message, and the event that it is about.
#[derive(Clone, Debug, Args)]
pub struct Render {
    /// Names with their paths, such as '{"user": "$.detail.userIdentity.userName"}'
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub paths: String,
    /// The template of the message
    #[arg(long, value_name = "TEXT", help = "The template, such as '\"<user> did it\"'")]
    pub template: String,
    /// The name of the rule that <aws.events.rule-name> stands for
    #[arg(long, value_name = "NAME", default_value = "rule")]
    pub rule_name: String,
    /// A file with one event; a CloudTrail record gets its envelope. Standard input without one
    pub event: Option<PathBuf>,
}

/// Rules to be checked.
#[derive(Clone, Debug, Args)]
pub struct Check {
    /// Files and folders of rules: .toml, and .yml or .yaml for Sigma. The rules folder of the config folder without any
    pub files: Vec<PathBuf>,
}

/// Trail files, and what is looked for in them.
#[derive(Clone, Debug, Args)]
pub struct Scan {
    /// A file or folder of rules to ask beside the built-in ones, TOML or Sigma; can be repeated. The rules folder of the
    /// config folder without any
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Leave out the rules that come with trailwatch
    #[arg(long)]
    pub no_builtin: bool,
    // Also an option of every command: what clap takes here has its type there.
    /// Pass over what happened before this: 2d ago, or a time such as 2026-11-20 or 2026-11-20T10:00:00Z
    #[arg(long, value_name = "T", value_parser = config::moment)]
    pub since: Option<Since>,
    /// Print each finding as JSON, one object a line, instead of a table of the rules
    #[arg(long)]
    pub json: bool,
    /// Trail files (.json, .jsonl, .gz), and folders with such files at any depth. A copy of an event counts once: it is
    /// known by its eventID among the last 1.5 million events
    #[arg(required = true, value_name = "FILES|FOLDERS")]
    pub paths: Vec<PathBuf>,
}
