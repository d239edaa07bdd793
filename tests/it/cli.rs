//! What the command line says, word for word: help, config, completions, manual and refusals.

use std::{
    path::Path,
    process::{Command, Output},
};

use clap::CommandFactory;
use insta::assert_snapshot;
use trailwatch::{
    cli::Cli,
    config,
    ui::theme::{Depth, Themes},
};

/// What the program prints and how it ends when it is called with these words in this home.
struct Said {
    out: String,
    err: String,
    code: Option<i32>,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }
}

/// Runs the program with nothing of the caller's environment.
fn run_at(home: &Path, words: &[&str]) -> Said {
    program_at(home, words).output().unwrap().into()
}

fn program_at(home: &Path, words: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_trailwatch"));
    program.args(words).env_clear().env("HOME", home).env("COLUMNS", "100").current_dir(home);
    program
}

fn run(words: &[&str]) -> Said {
    run_at(tempfile::tempdir().unwrap().path(), words)
}

/// What the program answers when it is called the right way.
fn answer(words: &[&str]) -> String {
    let said = run(words);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{words:?}");
    said.out
}

/// How the program refuses each of the command lines: its exit code and what it says on standard error.
fn refusals(lines: &[&str]) -> String {
    let refusal = |line: &&str| {
        let said = run(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(said.out, "", "{line}");
        format!("$ trailwatch {line}\n{}= {}\n", said.err, said.code.unwrap())
    };
    lines.iter().map(refusal).collect::<Vec<_>>().join("\n")
}

fn subcommands() -> Vec<String> {
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[test]
fn the_help_of_the_program() {
    assert_snapshot!(answer(&["--help"]));
}

#[test]
fn the_help_of_each_command() {
    for command in subcommands() {
        assert_snapshot!(format!("help-{command}"), answer(&[&command, "--help"]));
    }
}

#[test]
fn the_short_help_fits_one_screen_of_100_columns() {
    let help = answer(&["-h"]);
    assert!(help.lines().count() <= 40, "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(answer(&["--version"]), concat!("trailwatch ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn the_template_is_printed_as_it_is() {
    assert_eq!(answer(&["config", "--template"]), config::template());
}

#[test]
fn the_printed_template_is_a_config_that_is_taken() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("config.toml"), answer(&["config", "--template"])).unwrap();
    let said = run_at(home.path(), &["--config", "config.toml", "--theme", "nope"]);
    assert!(said.err.contains("no theme named"), "{}", said.err);
}

#[test]
fn the_places_are_in_the_xdg_folders() {
    let home = tempfile::tempdir().unwrap();
    let themes = home.path().join(".config/trailwatch/themes");
    std::fs::create_dir_all(themes).unwrap();
    let places = run_at(home.path(), &["config", "--paths"]).out;
    assert_snapshot!(places.replace(home.path().to_str().unwrap(), "HOME"), @r"
    config  HOME/.config/trailwatch/config.toml  (not there)
    keys    HOME/.config/trailwatch/keys.toml  (not there)
    themes  HOME/.config/trailwatch/themes
    rules   HOME/.config/trailwatch/rules  (not there)
    state   HOME/.local/state/trailwatch  (not there)
    log     HOME/.local/state/trailwatch/trailwatch.log  (not there)
    ");
}

#[test]
fn a_broken_theme_is_said_where_its_folder_is_named() {
    let home = tempfile::tempdir().unwrap();
    let themes = home.path().join(".config/trailwatch/themes");
    std::fs::create_dir_all(&themes).unwrap();
    std::fs::write(themes.join("mine.toml"), "[styles]\nalarm = \"redd\"\n").unwrap();
    let said = run_at(home.path(), &["config", "--paths"]);
    assert_eq!(said.code, Some(0));
    assert_snapshot!(said.err.replace(home.path().to_str().unwrap(), "HOME"), @r#"
    trailwatch: the theme "mine" cannot be used: HOME/.config/trailwatch/themes/mine.toml:2:9: "redd" is neither a colour nor a modifier; did you mean "red"?
      alarm = "redd"
              ^
    "#);
}

#[test]
fn a_region_that_is_not_known_is_taken_and_said() {
    let said = run(&["events", "--region", "narnia-1", "--region", "eu-wset-1", "--profile", "nope"]);
    assert_snapshot!(said.err.lines().take(2).collect::<Vec<_>>().join("\n"), @r"
    trailwatch: narnia-1 is not a Region that trailwatch knows: check its code, unless it is a new one
    trailwatch: eu-wset-1 is not a Region that trailwatch knows; did you mean eu-west-1?
    ");
}

#[test]
fn the_completions_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let completions = answer(&["completions", shell]);
        for command in subcommands() {
            assert!(completions.contains(&command), "{shell} does not know {command}");
        }
    }
}

#[test]
fn the_completions_know_the_themes() {
    let themes = Themes::standard(Depth::True);
    for (shell, start) in [("bash", "compgen -W \""), ("zsh", "--theme=["), ("fish", "-l theme ")] {
        let completions = answer(&["completions", shell]);
        let knows = |line: &str| line.contains(start) && themes.names().all(|name| line.contains(name));
        let fish = themes.names().all(|name| completions.contains(&format!("{name}\\t''")));
        assert!(completions.lines().any(knows) || (shell == "fish" && fish), "{shell}");
    }
}

#[test]
fn the_manual_is_one_page_and_refers_to_no_other() {
    let manual = answer(&["man"]);
    assert_eq!(manual.matches(".TH ").count(), 1);
    assert!(!manual.contains("(1)"), "{manual}");
}

#[test]
fn the_manual_knows_every_command_and_option() {
    let manual = answer(&["man"]);
    let options =
        Cli::command().get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect::<Vec<_>>();
    for word in subcommands().into_iter().chain(options) {
        assert!(manual.contains(&word.replace('-', r"\-")), "{word} is not in the manual");
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    let lines = ["--regoin eu-west-1", "alrams", "config", "events --zone mars", "completions tcl"];
    assert_snapshot!(refusals(&lines));
}

#[test]
fn a_value_that_cannot_be_is_refused_with_what_to_write() {
    assert_snapshot!(refusals(&[
        "--since 5x",
        "--since 0m",
        "--since 100d",
        "--endpoint-url foo",
        "--region EU-West-1",
        "watch --for soon",
        "--restore example-archive",
        "--theme drak",
        "demo --serve 0.0.0.0:8080",
        "demo --serve example.com",
        "demo --serve 127.0.0.1:99999",
        "demo --events many",
        "events --config elsewhere.toml",
    ]));
}

#[test]
fn what_the_environment_says_is_checked_before_anybody_is_asked() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    std::fs::write(home.path().join(".aws/config"), "[profile audit]\nregion = eu-west-1\n").unwrap();
    for (variable, value, words) in [
        ("AWS_PROFILE", "nope", "neither in ~/.aws/config nor in ~/.aws/credentials; the profiles there: audit"),
        ("AWS_ENDPOINT_URL", "foo", "\"foo\" is not the URL of an endpoint; write http://HOST:PORT"),
        ("AWS_REGION", "", "\"\" is not the code of a Region; write one such as eu-west-1"),
    ] {
        let mut program = program_at(home.path(), &["alarms"]);
        let said = Said::from(program.env("AWS_REGION", "eu-west-1").env(variable, value).output().unwrap());
        assert_eq!(said.code, Some(1), "{}", said.err);
        assert!(said.err.starts_with("trailwatch: ") && said.err.contains(words), "{}", said.err);
    }
}

#[test]
#[cfg(unix)]
fn a_pipe_in_place_of_a_file_is_refused_and_not_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut program = program_at(home.path(), &["events", "--config", "pipe"]);
    let mut running = program.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let ended = (0..200).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        running.try_wait().unwrap()
    });
    if ended.is_none() {
        running.kill().unwrap();
    }
    let said = Said::from(running.wait_with_output().unwrap());
    assert_eq!(said.err, "trailwatch: pipe: cannot be read: it is not a regular file; name one\n");
}

#[test]
fn a_cause_that_an_error_says_itself_is_not_said_again() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let said = run(&["demo", "--serve", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(said.err.matches("Address already in use").count(), 1, "{}", said.err);
}

#[test]
fn without_a_terminal_the_dashboard_says_what_to_use() {
    assert_snapshot!(refusals(&[""]));
}

#[test]
fn a_slip_in_a_file_of_the_operator_is_refused_with_its_place() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/trailwatch");
    std::fs::create_dir_all(folder.join("themes")).unwrap();
    let refusal = |file: &str, text: &str, words: &[&str]| {
        std::fs::write(folder.join(file), text).unwrap();
        let said = run_at(home.path(), words);
        std::fs::remove_file(folder.join(file)).unwrap();
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{}", said.err);
        said.err.replace(folder.to_str().unwrap(), "FOLDER")
    };
    let refusals = [
        refusal("config.toml", "theme = \"dark\"\n\nregoins = [\"eu-west-1\"]\n", &["events"]),
        refusal("config.toml", "[polling]\nalarms = \"often\"\n", &["events"]),
        refusal("config.toml", "[polling]\nevents = \"0s\"\n", &["events"]),
        refusal("config.toml", "zone = \"utc\"\ntheme = \"drak\"\n", &[]),
        refusal("config.toml", "history = 0\n", &["events"]),
        refusal("config.toml", "regions = [\"\"]\n", &["events"]),
        refusal("keys.toml", "[list]\ndown = \"k\"\n", &[]),
        refusal("themes/mine.toml", "[styles]\nalarm = \"redd\"\n", &["--theme", "mine"]),
        refusal("config.toml", "regions = \"eu-west-1\"\n", &["events"]),
        refusal("config.toml", "zone = \"mars\"\n", &["events"]),
    ];
    assert_snapshot!(refusals.join("\n"));
}
