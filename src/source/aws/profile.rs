//! Whether the profile that was asked for is there, before anything is asked in its name.

use aws_config::profile;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use crate::{
    config::nearest,
    model::{SourceError, Time},
};

/// Looks for the profile in the files of the AWS CLI. `default` may be missing: the CLI does without it as well.
///
/// # Errors
/// The files cannot be read, or have no such profile.
pub async fn find(name: &str, now: Time) -> Result<(), SourceError> {
    let fail =
        |message, advice| SourceError { code: "Profile".into(), message, missing_action: None, advice, since: now };
    let files = profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None).await;
    let found = files.map_err(|error| fail(super::errors::chain(&error), None))?;
    if name == "default" || found.get_profile(name).is_some() {
        return Ok(());
    }
    let mut names: Vec<&str> = found.profiles().collect();
    names.sort_unstable();
    Err(fail(missing(name, &files_looked_in(), &names), Some(advice(name, &names))))
}

fn files_looked_in() -> [String; 2] {
    [("AWS_CONFIG_FILE", "~/.aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")]
        .map(|(variable, usual)| std::env::var(variable).unwrap_or_else(|_| usual.to_owned()))
}

fn missing(name: &str, [config, credentials]: &[String; 2], names: &[&str]) -> String {
    let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    format!("the profile {name:?} is neither in {config} nor in {credentials}; the profiles there: {there}")
}

fn advice(name: &str, names: &[&str]) -> String {
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => {
            "choose another with --profile or AWS_PROFILE, or add it with `aws configure --profile NAME`".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_profile_is_said_with_the_files_and_the_profiles_that_are_there() {
        let files = ["~/.aws/config".to_owned(), "/x/credentials".to_owned()];
        assert_eq!(
            missing("nope", &files, &["audit", "default"]),
            "the profile \"nope\" is neither in ~/.aws/config nor in /x/credentials; the profiles there: audit, default"
        );
        assert_eq!(advice("aduit", &["audit"]), "did you mean audit?");
        assert!(advice("nope", &[]).contains("--profile"));
    }
}
