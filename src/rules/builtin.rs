//! The rules that come with the program: the files in `rules/`.

use super::{
    fault::Fault,
    file,
    lang::Language,
    rule::{Origin, Rule},
};

/// A file of rules that is part of the program.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// From the root of the package.
    pub path: &'static str,
    pub text: &'static str,
}

/// Every file, in the order in which its rules are listed.
pub const FILES: &[File] = &[
    File { path: "rules/sign-in.toml", text: include_str!("../../rules/sign-in.toml") },
    File { path: "rules/iam.toml", text: include_str!("../../rules/iam.toml") },
    File { path: "rules/attacks.toml", text: include_str!("../../rules/attacks.toml") },
    File { path: "rules/s3.toml", text: include_str!("../../rules/s3.toml") },
    File { path: "rules/cis.toml", text: include_str!("../../rules/cis.toml") },
];

/// The built-in rules in these languages, and each fault with the file that it is in. A rule in another language is left
/// out, with a fault.
pub fn read(languages: &'static [Language]) -> (Vec<Rule>, Vec<(File, Fault)>) {
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    for file in FILES {
        let (read, wrong) = file::read(file.path, file.text, languages);
        rules.extend(read.into_iter().map(|rule| Rule { origin: Origin::BuiltIn, ..rule }));
        faults.extend(wrong.into_iter().map(|fault| (*file, fault)));
    }
    (rules, faults)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rules::{Clause, Compiled, Gate, Predicate, Subject};

    /// The languages without their meaning: what a rule says around its pattern is looked at here.
    static LANGUAGES: [Language; 3] = [
        Language { name: "metric-filter", title: "", compile },
        Language { name: "event-pattern", title: "", compile },
        Language { name: "sigma", title: "", compile },
    ];

    #[derive(Debug)]
    struct Never;

    impl Predicate for Never {
        fn matches(&self, _: &Subject) -> bool {
            false
        }

        fn gate(&self) -> Gate {
            Gate::SHUT
        }

        fn explain(&self, _: &Subject) -> Vec<Clause> {
            Vec::new()
        }
    }

    fn compile(_: &str) -> Result<Compiled, Vec<Fault>> {
        Ok(Compiled { predicate: Box::new(Never), warnings: Vec::new() })
    }

    #[test]
    fn every_built_in_rule_is_read_without_a_fault() {
        let (rules, faults) = super::read(&LANGUAGES);
        let faults: Vec<_> = faults.iter().map(|(file, fault)| fault.render(file.path, file.text)).collect();
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
        assert!(rules.iter().all(|rule| rule.origin == Origin::BuiltIn));
        let names: BTreeSet<_> = rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names.len(), rules.len(), "two built-in rules have the same name");
    }

    #[test]
    fn every_built_in_rule_says_why_somebody_should_look() {
        for rule in super::read(&LANGUAGES).0 {
            let whole = !rule.reason.is_empty() && rule.title.is_some() && rule.message.is_some();
            assert!(whole, "{}: give it a title, a reason and a message", rule.name);
            assert!(rule.tags.iter().any(|tag| tag.starts_with("attack.t")), "{}: give it a technique", rule.name);
        }
    }

    /// Limits of CloudWatch Logs and of EventBridge, so that a rule can be taken over into an account.
    #[test]
    fn every_built_in_pattern_is_short_enough_for_aws() {
        for rule in super::read(&LANGUAGES).0 {
            let most = match rule.language.name {
                "metric-filter" => 1_024,
                "event-pattern" => 2_048,
                _ => usize::MAX,
            };
            assert!(rule.pattern.len() <= most, "{}: {} characters", rule.name, rule.pattern.len());
        }
    }
}
