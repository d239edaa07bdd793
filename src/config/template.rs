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
        let config: Config = parse_toml("template", &uncommented()).unwrap();
        let (mut settings, default) = (Settings::default(), Settings::default());
        config.apply(&mut settings);
        assert_eq!(settings.since, default.since);
        assert_eq!(settings.polling, default.polling);
        assert_eq!(settings.history, default.history);
        assert_eq!(settings.hide_read_only, default.hide_read_only);
        assert_eq!(settings.mouse, default.mouse);
        assert_eq!(settings.toasts, default.toasts);
        assert_eq!(settings.zone, default.zone);
        assert_eq!(settings.restores.len(), 2);
    }
}
