//! The command line.

mod notify;
mod rules;
mod service;

pub use notify::{NotifyCommand, Test};
pub use rules::{Check, Envelope, Language, List, Match, Names, Render, RulesCommand, Scan};
pub use service::service;

use std::{
    ffi::OsStr,
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
};

use clap::{
    Args, CommandFactory, Parser, Subcommand,
    builder::{PossibleValue, StringValueParser, TypedValueParser},
};

use crate::{
    config::{self, Config, Paths, Settings, Since, Zone},
    model::{Place, Region, duration::Span},
};

/// A terminal dashboard for the people who watch an AWS account: what happens in it (CloudTrail), what its alarms say
/// (CloudWatch), and which Glacier restores are about to run out (S3).
///
/// Without a command it opens the dashboard on the account that the AWS CLI would use.
#[derive(Debug, Parser)]
#[command(name = "trailwatch", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub options: Options,
}

/// What every command that watches takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Options {
    /// The profile of ~/.aws/config to use
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// A Region to watch, the home Region first; can be repeated. us-east-1 (or its like in another partition) is
    /// always watched beside them
    #[arg(long = "region", global = true, value_name = "REGION", value_parser = config::region)]
    pub regions: Vec<Region>,
    /// Another endpoint for every service, for an emulator
    #[arg(long, global = true, value_name = "URL", value_parser = config::endpoint)]
    pub endpoint_url: Option<String>,
    /// How far back the first load goes, such as 15m, 1h or 2d
    #[arg(long, global = true, value_name = "SPAN", value_parser = config::since_ago)]
    pub since: Option<Since>,
    /// A bucket and prefix in which to look for Glacier restores; can be repeated
    #[arg(long = "restore", global = true, value_name = "S3://BUCKET/PREFIX")]
    pub restores: Vec<Place>,
    /// The theme: dark, light, colour-blind, mono, or one of your own
    #[arg(long, global = true, value_name = "NAME", value_parser = ThemeName, hide_possible_values = true)]
    pub theme: Option<String>,
    /// The zone that times are shown in
    #[arg(long, global = true, value_enum)]
    pub zone: Option<Zone>,
    /// Let the account be changed, each time after a yes
    ///
    /// EventBridge rules and the actions of alarms can then be switched; the exact call is shown first. Without it, :arm
    /// says the same for a session.
    #[arg(long, global = true)]
    pub allow_writes: bool,
    /// The config file, instead of the one in the config folder
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder of what is kept over a restart, instead of the state folder
    #[arg(long, global = true, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

/// The themes that come with the program.
const THEMES: [&str; 4] = ["dark", "light", "colour-blind", "mono"];

/// Takes any name, for the operator may have a theme of that name; the completions know those that come with the
/// program.
#[derive(Clone)]
struct ThemeName;

impl TypedValueParser for ThemeName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(THEMES.into_iter().map(PossibleValue::new)))
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the dashboard on a pretended AWS account: no account, no credentials, no network
    Demo(Demo),
    /// Print what happens as JSON, one object a line, without a screen, and tell of it as the config says
    Watch {
        /// End after this time, such as 60s
        #[arg(long = "for", value_name = "SPAN")]
        span: Option<Span>,
        /// Print nothing: for a service
        #[arg(long)]
        quiet: bool,
    },
    /// Print a unit for systemd that keeps `watch --quiet` running, with these options
    ///
    /// Two steps: trailwatch service > ~/.config/systemd/user/trailwatch.service, and then systemctl --user enable --now
    /// trailwatch. With loginctl enable-linger it also runs while you are logged out.
    #[command(verbatim_doc_comment)]
    Service,
    /// Print the events since --since once, and end
    Events(Print),
    /// Print the alerts that are kept, and end
    Alerts(Print),
    /// Print the alarms once, and end
    Alarms(Print),
    /// Print the restores once, and end
    Restores(Print),
    /// Try and check alert rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Try the ways in which you are told
    #[command(subcommand)]
    Notify(NotifyCommand),
    /// Put every rule to trail files, as CloudTrail delivers them
    #[command(after_help = rules::SCAN_CODES)]
    Scan(Scan),
    /// Print a commented config, or where trailwatch keeps its files
    Config(ConfigCommand),
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// How a command prints.
#[derive(Clone, Copy, Debug, Args)]
pub struct Print {
    /// Print JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// What the pretended account is like.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// Only serve the account, for the AWS CLI, boto3 or any other tool
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = "127.0.0.1:0", value_parser = config::loopback)]
    pub serve: Option<SocketAddr>,
    /// Add this many events to the account's history, before its last two hours, one every two seconds. Without
    /// --since the dashboard loads them all, the newest first: 50 a second in each Region, as CloudTrail's API has it
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub events: usize,
    /// Let this many events a second happen from now on, beside the story, over half of them in eu-west-1. From about 40
    /// on the feed is behind at times, as it reads the last 20 minutes again as well; from about 90 on, more happens than
    /// CloudTrail's API can tell of one Region. 0 is one every two seconds
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub rate: u32,
    /// Tell the CloudTrail records in these files instead (JSON, JSON lines, gz), as if they happened now: no event,
    /// alarm or restore of the story beside them, but the alarms on CloudTrail, which follow the records. What is no
    /// record is left out, and said
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub replay: Vec<PathBuf>,
    /// The seed of the story: the same seed tells the same
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ConfigCommand {
    /// Print a commented config with every setting
    #[arg(long)]
    pub template: bool,
    /// Print where trailwatch looks for its files
    #[arg(long)]
    pub paths: bool,
}

impl Options {
    /// The settings: the defaults, the config file over them, the command line over both.
    ///
    /// # Errors
    /// A config file with a mistake, or one that was named and is not there.
    pub fn settings(&self, paths: Option<&Paths>) -> anyhow::Result<Settings> {
        let mut settings = Settings::default();
        match (&self.config, paths) {
            (Some(path), _) => {
                let missing = || anyhow::anyhow!("{}: there is no such config file", path.display());
                path.exists().then_some(()).ok_or_else(missing)?;
                Config::load(path)?.apply(&mut settings);
            }
            (None, Some(paths)) => Config::load(&paths.config)?.apply(&mut settings),
            (None, None) => {}
        }
        self.apply(&mut settings);
        settings.rules = paths.map(|paths| paths.rule_places(None)).unwrap_or_default();
        Ok(settings)
    }

    /// How far back the first load goes, if that was said; a moment is for commands that read files.
    pub fn span(&self) -> Option<Span> {
        match self.since {
            Some(Since::Ago(span)) => Some(span),
            _ => None,
        }
    }

    fn apply(&self, settings: &mut Settings) {
        let chosen = |option: &Option<String>, setting: &mut Option<String>| {
            if option.is_some() {
                setting.clone_from(option);
            }
        };
        chosen(&self.profile, &mut settings.profile);
        chosen(&self.endpoint_url, &mut settings.endpoint_url);
        if self.theme.is_some() {
            settings.theme.clone_from(&self.theme);
            settings.theme_written = None;
        }
        if !self.regions.is_empty() {
            settings.regions.clone_from(&self.regions);
        }
        if !self.restores.is_empty() {
            settings.restores.clone_from(&self.restores);
        }
        settings.allow_writes = self.allow_writes;
        settings.since = self.span().unwrap_or(settings.since);
        settings.zone = self.zone.unwrap_or(settings.zone);
    }
}

/// Prints the completions for a shell.
///
/// # Errors
/// The output is gone.
pub fn completions(shell: clap_complete::Shell, out: &mut impl Write) -> io::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "trailwatch", &mut text);
    out.write_all(&text)
}

/// Prints the manual page, every command in it.
///
/// # Errors
/// The output is gone.
pub fn man(out: &mut impl Write) -> io::Result<()> {
    let mut program = Cli::command();
    // Gives every command its full name and the options that all share.
    program.build();
    let page = clap_mangen::Man::new(program.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    // Not the section that the library makes: it refers to pages that do not exist.
    writeln!(out, ".SH COMMANDS")?;
    let all = program.get_subcommands().flat_map(|command| std::iter::once(command).chain(command.get_subcommands()));
    let is_help = |command: &clap::Command| command.get_bin_name().is_none_or(|name| name.ends_with(" help"));
    for command in all.filter(|command| !is_help(command) && command.get_name() != "help") {
        writeln!(out, ".SS \"{}\"", command.get_bin_name().unwrap_or(command.get_name()))?;
        let own = |arg: clap::Arg| if arg.is_global_set() { arg.hide(true) } else { arg };
        let part = clap_mangen::Man::new(command.clone().mut_args(own));
        let mut text = Vec::new();
        part.render_description_section(&mut text)?;
        part.render_options_section(&mut text)?;
        // Paragraphs of the command's own section, not sections of the page.
        let text = String::from_utf8_lossy(&text).replace(".SH DESCRIPTION\n", "").replace(".SH OPTIONS\n", "");
        out.write_all(text.as_bytes())?;
    }
    page.render_version_section(out)
}

/// Prints the commented config, or the places of the files.
///
/// # Errors
/// The output is gone, or the system names no home folder.
pub fn config(command: ConfigCommand, paths: Option<&Paths>, out: &mut impl Write) -> anyhow::Result<()> {
    if command.template {
        return Ok(out.write_all(crate::config::template().as_bytes())?);
    }
    let paths = paths.ok_or_else(|| anyhow::anyhow!("the system names no home folder: set HOME"))?;
    for (name, path) in paths.list() {
        let there = if path.exists() { "" } else { "  (not there)" };
        writeln!(out, "{name:<8}{}{there}", path.display())?;
    }
    Ok(())
}

/// What to say of Regions whose codes are not known: they are taken, for new ones come.
pub fn unknown_regions(settings: &Settings) -> Vec<String> {
    settings.regions.iter().filter_map(config::unknown_region).collect()
}
