//! `trailwatch service`: a unit for systemd's user manager.

use std::{fmt::Write, path::Path};

use super::Options;

/// The unit that keeps `watch --quiet` running with these options, as little as possible allowed.
///
/// `state` is the folder that it may write to. Sources: systemd.exec(5), systemd.service(5).
pub fn service(program: &Path, options: &Options, state: Option<&Path>) -> String {
    let command: Vec<String> = words(program, options).iter().map(|word| quoted(word)).collect();
    let state = state.map(|state| format!(" {}", quoted(&format!("-{}", state.display())))).unwrap_or_default();
    format!(
        "# ~/.config/systemd/user/trailwatch.service
[Unit]
Description=trailwatch tells what happens in an AWS account
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={command}
Restart=on-failure
RestartSec=10
KillSignal=SIGTERM
TimeoutStopSec=20
UMask=0077
# What it reads: its config, ~/.aws, and the certificates of this machine. What it writes: its state, and what single
# sign-on renews. A log channel or a command elsewhere needs its folder here.
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=-%h/.aws/sso/cache -%h/.aws/cli/cache -%h/.aws/login/cache{state}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
CapabilityBoundingSet=
MemoryMax=1G
TasksMax=64

[Install]
WantedBy=default.target
",
        command = command.join(" "),
    )
}

/// The command line. What asks for a screen or for the right to change the account is left out.
fn words(program: &Path, options: &Options) -> Vec<String> {
    let mut words = vec![program.display().to_string()];
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
    options.profile.iter().for_each(|profile| option("--profile", profile.clone()));
    options.regions.iter().for_each(|region| option("--region", region.to_string()));
    options.endpoint_url.iter().for_each(|url| option("--endpoint-url", url.clone()));
    options.restores.iter().for_each(|place| option("--restore", place.to_string()));
    options.config.iter().for_each(|config| option("--config", absolute(config)));
    options.state.iter().for_each(|state| option("--state", absolute(state)));
    words.extend(["watch".to_owned(), "--quiet".to_owned()]);
    words
}

/// A word as systemd reads it: in quotes where it has to be, with its own signs doubled (systemd.service(5), "Command
/// lines").
fn quoted(word: &str) -> String {
    let word = word.replace('%', "%%").replace('$', "$$");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%$+,*".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word;
    }
    let mut text = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Region;

    #[test]
    fn a_unit_has_the_options_it_was_asked_for_with() {
        let options = Options {
            profile: Some("night 100% $HOME \"x\"".to_owned()),
            regions: vec![Region::new("eu-west-1")],
            allow_writes: true,
            ..Options::default()
        };
        let unit = service(Path::new("/usr/bin/trailwatch"), &options, Some(Path::new("/home/ana/my state")));
        let line = |start: &str| unit.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
        assert_eq!(
            line("ExecStart"),
            r#"ExecStart=/usr/bin/trailwatch --profile "night 100%% $$HOME \"x\"" --region eu-west-1 watch --quiet"#
        );
        assert!(line("ReadWritePaths").ends_with(r#" "-/home/ana/my state""#));
    }

    #[test]
    fn no_line_is_broken_by_an_option() {
        let options = Options { profile: Some("x\nExecStartPre=/bin/evil".to_owned()), ..Options::default() };
        let unit = service(Path::new("/usr/bin/trailwatch"), &options, None);
        assert!(!unit.lines().any(|line| line.starts_with("ExecStartPre")));
    }
}
