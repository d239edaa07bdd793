//! The program: reads the command line and starts what it asks for.

use std::{
    any::Any,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use trailwatch::{
    cli::{self, Cli, Command, Envelope, NotifyCommand, Options, RulesCommand},
    config::{Paths, Settings},
    demo,
    headless::{
        self,
        rules::{Asked, Sent, Taken},
    },
    log,
    model::text::visible,
    rules::Language,
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
    let paths = match (Paths::from_environment(), &cli.options.state) {
        (Some(paths), Some(state)) => Some(paths.with_state(std::path::absolute(state)?)),
        (paths, _) => paths,
    };
    let paths = paths.as_ref();
    log::start(paths)?;
    let mut out = io::stdout();
    let settings = |options: &Options| {
        let settings = options.settings(paths)?;
        cli::unknown_regions(&settings).iter().for_each(|warning| warn(warning));
        anyhow::Ok(settings)
    };
    let lasting = |settings: Settings| Settings { stores: paths.map(|paths| paths.stores(None)), ..settings };
    match cli.command {
        None => {
            let prepare: Prepare = Box::new(|_, _| Ok(Box::new(()) as Box<dyn Any>));
            return run::run(lasting(settings(&cli.options)?), paths, prepare).map(|()| ExitCode::SUCCESS);
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
                settings.since = demo::since(&account, cli.options.span(), settings.since);
                settings.rules = paths.map(|paths| paths.rule_places(Some("demo"))).unwrap_or_default();
                settings.stores = paths.map(|paths| paths.stores(Some("demo")));
                return run::run(settings, paths, demo::prepare(account)).map(|()| ExitCode::SUCCESS);
            }
        }
        Some(Command::Watch { span, quiet }) => {
            // What was before is no news, and is not printed.
            let settings = Settings { history: 0, ..lasting(settings(&cli.options)?) };
            headless::watch(settings, span, if quiet { None } else { Some(&mut out) }, &mut io::stderr())?;
        }
        Some(Command::Service) => {
            // Options that are wrong are told now, and not by a service that nobody sees.
            settings(&cli.options)?;
            let (program, state) = (std::env::current_exe()?, paths.map(|paths| paths.state.as_path()));
            out.write_all(cli::service(&program, &cli.options, state).as_bytes())?;
        }
        Some(Command::Events(print)) => {
            return Ok(headless::print_events(settings(&cli.options)?, print.json, &mut out)?.code().into());
        }
        Some(Command::Alerts(print)) => {
            headless::print_alerts(&lasting(settings(&cli.options)?), print.json, &mut out)?
        }
        Some(Command::Alarms(print)) => {
            return Ok(headless::print_alarms(settings(&cli.options)?, print.json, &mut out)?.code().into());
        }
        Some(Command::Restores(print)) => {
            return Ok(headless::print_restores(settings(&cli.options)?, print.json, &mut out)?.code().into());
        }
        Some(Command::Rules(command)) => return as_grep(rules(&command, paths, &mut out)),
        Some(Command::Notify(command)) => {
            let settings = cli.options.settings(paths)?;
            match command {
                NotifyCommand::Log(log) => {
                    headless::print_messages(&lasting(settings), log.most, log.json, &mut out)?;
                }
                NotifyCommand::List => headless::notify::list(&settings, &mut out)?,
                NotifyCommand::Test(test) => {
                    let folder = paths.map(|paths| paths.state.clone());
                    let all = headless::notify::test(settings, folder, test.channel.as_deref(), &mut out)?;
                    return Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE });
                }
            }
        }
        Some(Command::Scan(scan)) => return as_grep(scan_files(&scan, paths, &mut out)),
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

/// The end of a command in which 1 means that nothing was found: what went wrong is 2.
fn as_grep(ended: anyhow::Result<u8>) -> anyhow::Result<ExitCode> {
    let code = ended.or_else(|error| match is_closed_pipe(&error) {
        true => Ok(0),
        false => complain(&format!("trailwatch: {}", chain(&error))).map(|()| 2),
    });
    Ok(ExitCode::from(code?))
}

/// What is done with rules; gives the exit code.
fn rules(command: &RulesCommand, paths: Option<&Paths>, out: &mut impl Write) -> anyhow::Result<u8> {
    let places = || paths.map(|paths| paths.rule_places(None)).unwrap_or_default();
    let switch = |names: &cli::Names, on| {
        let all = headless::rules::switch(&places(), &names.names, on, chrono::Utc::now())?;
        Ok(u8::from(!all))
    };
    match command {
        RulesCommand::List(list) => {
            Ok(u8::from(!headless::rules::list(&places(), list.json, chrono::Utc::now(), out)?))
        }
        RulesCommand::Enable(names) => switch(names, true),
        RulesCommand::Disable(names) => switch(names, false),
        RulesCommand::Match(asked) => matches(asked, out),
        RulesCommand::Render(message) => {
            let sent = Sent {
                paths: &message.paths,
                template: &message.template,
                rule_name: &message.rule_name,
                now: chrono::Utc::now(),
                event: message.event.as_ref(),
            };
            Ok(headless::rules::print_message(&sent, out)?.code())
        }
        RulesCommand::Check(check) => {
            let own = paths.map(|paths| paths.rules_folder.as_path());
            Ok(u8::from(!headless::rules::check(&check.files, own, out)?))
        }
    }
}

fn matches(asked: &cli::Match, out: &mut impl Write) -> anyhow::Result<u8> {
    let (pattern, events) = asked.split();
    let (name, pattern) = match (&asked.file, pattern) {
        (Some(file), _) => match headless::rules::pattern(file) {
            Ok(pattern) => (file.display().to_string(), pattern),
            Err(error) => {
                complain(&format!("trailwatch: {}: cannot be read: {error}", file.display()))?;
                return Ok(2);
            }
        },
        (None, pattern) => ("pattern".to_owned(), pattern.unwrap_or_default().to_owned()),
    };
    let language = asked.language.as_str();
    let language = Language::named(language).ok_or_else(|| anyhow::anyhow!("no language is named {language}"))?;
    let taken = if asked.envelope == Envelope::Auto { Taken::Sensibly } else { Taken::AsItIs };
    let asked = Asked { language, name: &name, pattern: &pattern, taken, events: &events };
    Ok(headless::rules::print_matches(&asked, out)?.code())
}

/// Puts every rule to trail files; gives the exit code.
fn scan_files(asked: &cli::Scan, paths: Option<&Paths>, out: &mut impl Write) -> anyhow::Result<u8> {
    let now = chrono::Utc::now();
    let mut rules = asked.rules.clone();
    if rules.is_empty() {
        rules.extend(paths.map(|paths| paths.rules_folder.clone()).filter(|folder| folder.exists()));
    }
    let scan = headless::Scan {
        rules,
        built_in: !asked.no_builtin,
        since: asked.since.map(|since| since.time(now)),
        json: asked.json,
        paths: asked.paths.clone(),
        now,
    };
    Ok(headless::print_findings(&scan, out)?.code())
}

/// Whoever read our output has seen enough, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
}
