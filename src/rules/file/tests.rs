//! Rule files: what is read, and what is wrong where.

use super::*;
use crate::rules::{
    Clause, Gate, Predicate, Subject,
    alarm::{Comparison, MetricValue, Missing, Statistic},
    message::Predefined,
};

/// A language for these tests: the event's name. A text with a `?` is wrong at the `?`, one with a `!` odd at the `!`.
static LANGUAGES: [Language; 2] = [
    Language { name: "metric-filter", title: "Event name", compile },
    Language { name: "other", title: "Event name", compile },
];

#[derive(Debug)]
struct Name(String);

impl Predicate for Name {
    fn matches(&self, subject: &Subject) -> bool {
        subject.record().get("eventName").and_then(|name| name.text()).is_some_and(|name| self.0.contains(&*name))
    }

    fn gate(&self) -> Gate {
        Gate::OPEN
    }

    fn explain(&self, _: &Subject) -> Vec<Clause> {
        Vec::new()
    }
}

fn compile(text: &str) -> Result<Compiled, Vec<Fault>> {
    if let Some(at) = text.find('?') {
        return Err(vec![Fault::new(at..at + 1, "a question")]);
    }
    let warnings = text.find('!').map(|at| Fault::warning(at..at + 1, "loud")).into_iter().collect();
    Ok(Compiled { predicate: Box::new(Name(text.to_owned())), warnings })
}

fn read(text: &str) -> (Vec<Rule>, Vec<Fault>) {
    super::read("my.toml", text, &LANGUAGES)
}

/// The only fault of a file, with the text that it is about.
fn fault(text: &str) -> (String, &str) {
    let (rules, faults) = read(text);
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!(rules.is_empty(), !fault.harmless, "{fault:?}");
    (fault.message.clone(), &text[fault.range.clone()])
}

const WHOLE: &str = r#"
[[rule]]
name = "logins"
title = "Sign-ins"
severity = "high"
language = "metric-filter"
pattern = '''
ConsoleLogin $.bytes'''
enabled = false
reason = "Somebody signed in."
tags = ["attack.t1078.004"]
channels = ["pager"]
cooldown = "1m30s"
[rule.message]
paths = { user = "$.detail.userIdentity.userName" }
template = '"<user> signed in"'
[rule.alarm]
statistic = "Maximum"
period = "10m"
evaluation_periods = 3
datapoints_to_alarm = 2
threshold = 1.5
comparison = "LessThanThreshold"
missing_data = "notBreaching"
default_value = 0
value = "$.bytes"

[[rule]]
name = "short"
language = "other"
pattern = "X"
"#;

#[test]
fn a_rule_is_read_with_all_that_it_has() {
    let (rules, faults) = read(WHOLE);
    assert_eq!(faults, []);
    let [rule, short] = &rules[..] else { panic!("{rules:?}") };
    assert_eq!((rule.name.as_str(), rule.title(), rule.severity), ("logins", "Sign-ins", Severity::High));
    assert_eq!((rule.pattern.as_str(), rule.enabled), ("ConsoleLogin $.bytes", false));
    assert_eq!((rule.tags[0].as_str(), rule.channels[0].as_str()), ("attack.t1078.004", "pager"));
    assert_eq!(rule.cooldown, chrono::TimeDelta::seconds(90));
    assert_eq!(rule.origin, Origin::File { path: "my.toml".into(), line: 2 });
    let alarm = rule.alarm.as_ref().unwrap();
    assert_eq!((alarm.statistic, alarm.comparison), (Statistic::Maximum, Comparison::LessThanThreshold));
    assert_eq!((alarm.evaluation_periods, alarm.datapoints_to_alarm, alarm.threshold), (3, 2, 1.5));
    assert_eq!((alarm.missing, alarm.default_value), (Missing::NotBreaching, Some(0.0)));
    assert!(matches!(alarm.value, MetricValue::Field(_)));
    let subject = Subject::cloudtrail(r#"{"eventName":"ConsoleLogin","userIdentity":{"userName":"ana"}}"#).unwrap();
    assert!(rule.predicate.matches(&subject) && !short.predicate.matches(&subject));
    let predefined = Predefined::of("logins", crate::model::Time::default());
    assert_eq!([rule.say(&subject, &predefined), short.say(&subject, &predefined)], ["ana signed in", "short"]);
    assert_eq!((short.severity, short.enabled, short.cooldown), (Severity::Medium, true, Rule::COOLDOWN));
    assert_eq!(
        (short.alarm.is_none(), short.origin.clone()),
        (true, Origin::File { path: "my.toml".into(), line: 28 })
    );
}

/// A rule with these lines in place of its last ones.
fn rule(lines: &str) -> String {
    format!("[[rule]]\nname = \"a\"\nlanguage = \"other\"\n{lines}\n")
}

#[test]
fn a_fault_in_a_pattern_has_its_place_in_the_file() {
    let exact = ["pattern = 'ab?c'", "pattern = '''ab?c'''", "pattern = '''\nab?c'''", "pattern = \"ab?c\""];
    for lines in exact {
        assert_eq!(fault(&rule(lines)), ("a question".into(), "?"), "{lines}");
    }
    assert_eq!(fault(&rule(r#"pattern = "a\u0062?c""#)), ("a question".into(), r#""a\u0062?c""#));
    assert_eq!(fault(&rule("pattern = 'ab!c'")), ("loud".into(), "!"));
}

#[test]
fn a_fault_in_a_message_has_its_place_in_the_file() {
    let message = |lines: &str| rule(&format!("pattern = 'x'\n[rule.message]\n{lines}"));
    let said = |lines: &str| {
        let text = message(lines);
        let (message, found) = fault(&text);
        (message, found.to_owned())
    };
    let (wrong, found) = said("template = '\"<who> did it\"'");
    assert_eq!((wrong.as_str(), found.as_str()), ("the template contains invalid placeholder who", "<who>"));
    let (_, found) = said("paths = { who = \"$.detail.a b\" }\ntemplate = '\"<who>\"'");
    assert_eq!(found, " b");
    assert_eq!(said("paths = { who = 3 }\ntemplate = '\"x\"'").1, "3");
    assert_eq!(said("paths = {}").0, "it has no template");
}

#[test]
fn a_setting_that_is_not_known_is_refused_with_its_neighbour() {
    let text = rule("pattern = 'x'\nsevrity = 'high'");
    assert_eq!(fault(&text), ("there is no setting \"sevrity\" here".into(), "sevrity"));
    assert_eq!(read(&text).1[0].help.as_deref(), Some("write severity"));
    assert_eq!(fault(&rule("pattern = 'x'\nalarm.threshhold = 1")).1, "threshhold");
    assert!(read("[[rules]]\nname = 'a'").1[0].help.as_ref().unwrap().contains("write rule"));
}

#[test]
fn a_value_that_cannot_be_is_refused() {
    for (lines, found) in [
        ("severity = 'hihg'", "'hihg'"),
        ("severity = 3", "3"),
        ("enabled = 'yes'", "'yes'"),
        ("tags = 'a'", "'a'"),
        ("tags = [1]", "[1]"),
        ("cooldown = '5'", "'5'"),
        ("alarm.period = '90x'", "'90x'"),
        ("alarm.threshold = 'x'", "'x'"),
        ("alarm.evaluation_periods = 1.5", "1.5"),
        ("alarm.evaluation_periods = -1", "-1"),
        ("alarm.statistic = 'sum'", "'sum'"),
        ("alarm.value = 'x'", "x"),
        ("message = 'x'", "'x'"),
    ] {
        assert_eq!(fault(&rule(&format!("pattern = 'x'\n{lines}"))).1, found, "{lines}");
    }
    assert!(fault(&rule("pattern = 'x'\nalarm.evaluation_periods = 300")).0.contains("1 day"));
    assert_eq!(fault("[[rule]]\nname = 'a'\nlanguage = 'othr'\npattern = 'x'").1, "'othr'");
    assert_eq!(fault("[[rule]]\nname = 'a'\nlanguage = 3\npattern = 'x'\nalarm.period = '5m'").1, "3");
    assert_eq!(fault("[rule]\nname = 'a'").0, "rule is a list of tables");
}

#[test]
fn a_metric_is_a_field_that_stands_in_the_pattern() {
    let of = |pattern: &str| {
        let text =
            format!("[[rule]]\nname = 'a'\nlanguage = 'metric-filter'\npattern = '{pattern}'\nalarm.value = '$.a.b'");
        read(&text).1.len()
    };
    assert_eq!([of("{ $.a.b = * }"), of("{ $.a.bc = * }"), of("{ $.a.b.c = * }"), of("x $.a.b")], [0, 1, 1, 0]);
}

#[test]
fn a_broken_rule_costs_only_itself() {
    let fine = |name: &str| format!("[[rule]]\nname = '{name}'\nlanguage = 'other'\npattern = 'x'\n");
    for slip in ["pattern = ", "severity = high", "pattern = 'y'", "= 3", "tags = [1", "reason = 'x", "enabled = tru"] {
        let text = format!("{}{}{slip}\n{}", fine("one"), fine("two"), fine("three"));
        let (rules, faults) = read(&text);
        let names: Vec<_> = rules.iter().map(|rule| rule.name.as_str()).collect();
        assert!(!faults.is_empty() && names.contains(&"one") && !names.contains(&"two"), "{slip}: {names:?}");
        assert!(names.contains(&"three") || slip.contains('['), "{slip}: {names:?} {faults:?}");
    }
    let (rules, faults) = read(&format!("{}[[rule]]\nname = 'b'\n{}", fine("a"), fine("a")));
    assert_eq!((rules.len(), faults.len()), (1, 3), "{faults:?}");
}

#[test]
fn a_name_that_is_hard_to_type_is_taken_with_a_warning() {
    let text = "[[rule]]\nname = 'Mein Name'\nlanguage = 'other'\npattern = 'x'";
    assert_eq!(fault(text).1, "'Mein Name'");
    assert_eq!(read("[[rule]]\nname = ''\nlanguage = 'other'\npattern = 'x'").0.len(), 0);
}

#[test]
fn no_text_makes_it_panic() {
    let slips =
        ["", "[[rule]]", "rule = 3", "rule = [3]", "[[", "'''", "name = \"\\", "[[rule]]\n[[rule.alarm]]", "é = 'é"];
    slips.into_iter().for_each(|text| assert!(read(text).0.is_empty(), "{text}"));
    let deep = format!("[[rule]]\nname = {}", "[".repeat(100_000));
    assert!(read(&deep).0.is_empty());
    for end in 0..WHOLE.len() {
        read(WHOLE.get(..end).unwrap_or_default());
    }
}
