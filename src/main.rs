//! The program: reads the command line and starts what it asks for.

use std::{
    any::Any,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use trailwatch::{
    cli::{self, Cli, Command, Options},
    config::Paths,
    demo, headless, log,
    model::text::visible,
    run::{self, Prepare},
    ui::theme::{Depth, Themes},
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(help) if !help.use_stderr() => help.exit(),
        Err(error) => {
            let _ = complain(&error.render().to_string());
            return ExitCode::from(2);
        }
    };
    match start(cli) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where the terminal is gone, so is standard error.
            let _ = complain(&format!("trailwatch: {}", chain(&error)));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes, each thing once: many an error says its cause itself.
fn chain(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if words.is_empty() {
            words = cause;
        } else if !words.contains(&cause) {
            words += &format!(": {cause}");
        }
    }
    words
}

/// The bytes of a line of an error that are printed.
const MOST_OF_A_LINE: usize = 2_000;

/// Prints an error line by line: what was typed or read may hold anything.
fn complain(error: &str) -> io::Result<()> {
    for line in error.trim_end().lines() {
        let shown = &line[..line.floor_char_boundary(MOST_OF_A_LINE)];
        writeln!(io::stderr(), "{}", visible(shown))?;
    }
    Ok(())
}

/// Warns of something and goes on, also where nobody reads standard error.
fn warn(words: &str) {
    let _ = complain(&format!("trailwatch: {words}"));
}

fn start(cli: Cli) -> anyhow::Result<ExitCode> {
    let paths = Paths::from_environment();
    let paths = paths.as_ref();
    log::start(paths)?;
    let mut out = io::stdout();
    let settings = |options: &Options| {
        let settings = options.settings(paths)?;
        cli::unknown_regions(&settings).iter().for_each(|warning| warn(warning));
        anyhow::Ok(settings)
    };
    match cli.command {
        None => {
            let prepare: Prepare = Box::new(|_, _| Ok(Box::new(()) as Box<dyn Any>));
            return run::run(settings(&cli.options)?, paths, prepare).map(|()| ExitCode::SUCCESS);
        }
        Some(Command::Demo(demo)) => {
            let account = demo::options(&demo)?;
            for line in demo::left_out(&account) {
                complain(&format!("trailwatch: {line}"))?;
            }
            if let Some(address) = demo.serve {
                demo::serve(account, address, &mut out)?;
            } else {
                // The account has its own Regions.
                let mut settings = cli.options.settings(paths)?;
                settings.since = demo::since(&account, cli.options.since, settings.since);
                settings.rules = paths.map(|paths| paths.rule_places(Some("demo"))).unwrap_or_default();
                return run::run(settings, paths, demo::prepare(account)).map(|()| ExitCode::SUCCESS);
            }
        }
        Some(Command::Watch { span }) => headless::watch(settings(&cli.options)?, span, &mut out)?,
        Some(Command::Events(print)) => {
            return Ok(headless::print_events(settings(&cli.options)?, print.json, &mut out)?.code().into());
        }
        Some(Command::Alarms(print)) => {
            return Ok(headless::print_alarms(settings(&cli.options)?, print.json, &mut out)?.code().into());
        }
        Some(Command::Restores(print)) => {
            return Ok(headless::print_restores(settings(&cli.options)?, print.json, &mut out)?.code().into());
        }
        Some(Command::Config(command)) => {
            cli::config(command, paths, &mut out)?;
            if let Some(paths) = paths.filter(|_| command.paths) {
                Themes::load(&paths.themes, Depth::True).warnings().iter().for_each(|warning| warn(warning));
            }
        }
        Some(Command::Completions { shell }) => cli::completions(shell, &mut out)?,
        Some(Command::Man) => cli::man(&mut out)?,
    }
    // Not after the screen, whose terminal may be gone.
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Whoever read our output has seen enough, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
}
