//! The commented config that `trailwatch config --template` prints.

/// A config file with every setting, its default and its meaning, all commented out.
pub fn template() -> &'static str {
    TEMPLATE
}

const TEMPLATE: &str = r##"# trailwatch: everything here is optional. Uncomment what you want to change.

# The profile of ~/.aws/config to use. Without it, the AWS SDK chooses as the AWS CLI does.
#profile = "audit"

# The Regions to watch, the home Region first. Without it, the profile's Region. The Region in which IAM and sign-in
# events land (us-east-1 in the commercial partition) is always watched beside them.
#regions = ["eu-west-1", "eu-central-1"]

# Another endpoint for every service, for an emulator.
#endpoint-url = "http://127.0.0.1:4566"

# How far back the first load goes, at most 90 days.
#since = "1h"

# dark, light, colour-blind, mono, or the name of a file in the themes folder (without .toml).
#theme = "dark"

# utc, local or relative.
#zone = "utc"

# Start with calls that only read hidden.
#hide-read-only = false

# Let the mouse wheel scroll. The terminal's own selection then needs Shift.
#mouse = false

# Show what comes in for some seconds in the corner of the screen, from medium severity on.
#toasts = true

# How many events are kept in memory; the oldest go first.
#history = 1000000

[restores]
# Where to look for Glacier restores.
#places = ["s3://example-archive/2024/", "s3://example-tapes/"]

[polling]
# How often each source is asked. LookupEvents allows 2 requests a second in an account and Region, for everybody
# together; trailwatch never sends more than 1.
#events = "10s"
#sweep = "1m"
#sign-ins = "1m"
#alarms = "15s"
#restores = "1m"
#rules = "1m"

[store]
# What outlives the program is kept by account, in the folder that `trailwatch config --paths` names. What happened
# longer ago goes, and the oldest when there is too much; alerts that nobody acknowledged and messages that wait stay.
#keep = "90d"
#size = "2 GiB"

[notify]
# What you are told wherever you are: alerts, alarms, restores, sources that are broken, credentials that end.

# The mildest severity that is told: info, low, medium, high or critical.
#floor = "medium"

# Hours in which only the weightiest is told; the rest is counted and told when they end. By the clock of this machine,
# or with utc or an offset behind: "22:00-07:00 utc". never is the default.
#quiet = "never"
#quiet-except = "critical"

# How long before a restored copy is deleted you are told. What passed while nothing ran is told at the next start, once.
#deadlines = ["72h", "24h", "6h", "1h", "15m"]

# alarm: to ALARM, and from there back to OK. changes: every change. none.
#alarms = "alarm"

#restores = true

# A source that has been broken for so long.
#broken-after = "10m"

# Let the terminal ring.
#bell = true

# The channels desktop and terminal are on. Each channel has a name and a kind. What a rule says goes to the channels that
# the rule names (channels = ["oncall"]), whatever their floor, or else to all. A channel
# it can have a floor, quiet hours and quiet-except of its own; a rate, or "none" (what is over it is counted and told when
# the span ends; what quiet-except lets through has a rate of its own); and kinds, of alert, alarm, restore,
# restore-initiated, restore-ready, restore-expiring, restore-expired, source, credentials.
#[notify.channels.desktop]
#kind = "desktop"
#on = true
#rate = "20/10m"

#[notify.channels.oncall]
#kind = "webhook"
#url = "https://hooks.example.com/services/…"
# json, slack, teams or discord; or a template of your own: body = '{"text": …}'
#format = "slack"
# What the body is signed with (HMAC): secret, secret-env (a variable) or secret-file (~/… or /…).
#secret-env = "TRAILWATCH_HOOK_SECRET"
#headers = { X-Team = "blue" }
#floor = "high"
#kinds = ["alert", "restore"]

#[notify.channels.topic]
#kind = "sns"
#topic = "arn:aws:sns:eu-west-1:111122223333:alerts"

#[notify.channels.script]
#kind = "command"
# A program and its arguments, no shell; the message comes as JSON on standard input.
#run = ["/usr/local/bin/page", "--team", "blue"]

#[notify.channels.file]
#kind = "log"
#path = "/var/log/trailwatch/notices.jsonl"
#quiet = "22:00-07:00"

[accounts]
# Names for account ids, shown in the header.
#111122223333 = "production"
"##;

#[cfg(test)]
mod tests {
    use super::{
        super::file::{Config, parse_toml},
        *,
    };
    use crate::config::Settings;

    /// The template with every setting uncommented.
    fn uncommented() -> String {
        let setting = |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).map(str::to_owned);
        TEMPLATE.lines().map(|line| setting(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
    }

    #[test]
    fn the_template_is_a_config_that_changes_nothing() {
        assert_eq!(parse_toml::<Config>("template", TEMPLATE).unwrap(), Config::default());
    }

    #[test]
    fn every_default_in_the_template_is_the_default() {
        let config = Config::parse("template", &uncommented()).unwrap();
        let (mut settings, default) = (Settings::default(), Settings::default());
        config.apply(&mut settings);
        assert_eq!(settings.since, default.since);
        assert_eq!(settings.polling, default.polling);
        assert_eq!(settings.history, default.history);
        assert_eq!(settings.hide_read_only, default.hide_read_only);
        assert_eq!(settings.mouse, default.mouse);
        assert_eq!(settings.toasts, default.toasts);
        assert_eq!(settings.keep, default.keep);
        assert_eq!(settings.zone, default.zone);
        assert_eq!(settings.restores.len(), 2);
        let names: Vec<_> = settings.notify.channels.iter().map(|channel| channel.name.as_str()).collect();
        assert_eq!(names, ["desktop", "file", "oncall", "script", "terminal", "topic"]);
        settings.notify.channels.retain(|channel| ["desktop", "terminal"].contains(&channel.name.as_str()));
        assert_eq!(settings.notify, default.notify);
    }
}
