//! What a live event costs with a thousand rules on.
//!
//! `cargo bench --bench rules`

mod sample;

use divan::Bencher;
use trailwatch::{
    model::{AccountRule, Region},
    rules::{Index, LANGUAGES, Subject, Switches, Watch, file, rule::Rule},
};

fn main() {
    divan::main();
}

/// A third of the rules in each language, about calls that happen and calls that do not.
fn rules(count: usize) -> Vec<Rule> {
    let calls = ["DescribeInstances", "GetObject", "AssumeRole", "PutBucketPolicy", "CreateUser", "StopLogging"];
    let one = |n: usize| {
        let call = calls[n % calls.len()];
        let (language, pattern) = match n % 3 {
            0 => {
                let asked = format!(
                    "{{ $.eventName = {call} && $.sourceIPAddress = \"10.{}.*\" && $.errorCode NOT EXISTS }}",
                    n % 200
                );
                ("metric-filter", asked)
            }
            1 => {
                let asked = serde_json::json!({
                    "detail": {"eventName": [{"prefix": call}], "userIdentity": {"type": ["IAMUser"], "userName": [format!("u{n}")]}}
                });
                ("event-pattern", asked.to_string())
            }
            _ => {
                let asked = format!(
                    "title: R{n}\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  s:\n    eventName: {call}\n    userAgent|contains: agent-{n}\n  condition: s\n"
                );
                ("sigma", asked)
            }
        };
        format!("[[rule]]\nname = \"r{n}\"\nlanguage = \"{language}\"\npattern = '''\n{pattern}'''\n")
    };
    let text: String = (0..count).map(one).collect();
    let (rules, faults) = file::read("bench.toml", &text, LANGUAGES);
    assert!(rules.len() == count && faults.iter().all(|fault| fault.harmless), "{faults:?}");
    rules
}

/// Reads a record and asks every rule that may be about it.
#[divan::bench(args = [30, 1_000, 10_000])]
fn one_event(bencher: Bencher, count: usize) {
    let rules = rules(count);
    let gates: Vec<_> = rules.iter().map(|rule| rule.predicate.gate()).collect();
    let index = Index::new(&gates);
    let records: Vec<String> = sample::events(0..1_000).into_iter().map(|event| event.record).collect();
    let (mut subject, mut asked, mut next) = (Subject::default(), Vec::new(), 0);
    bencher.bench_local(|| {
        next = (next + 1) % records.len();
        subject.tell(&records[next]).expect("a record");
        index.candidates(&subject, &mut asked);
        asked.iter().filter(|rule| rules[**rule as usize].predicate.matches(&subject)).count()
    });
}

/// All that a live event goes through: counts, alerts, and correlations too.
#[divan::bench(args = [30, 1_000, 10_000])]
fn one_live_event(bencher: Bencher, count: usize) {
    let mut watch = Watch::default();
    watch.set_rules(rules(count), Vec::new(), &Switches::new());
    let events = sample::events(0..1_000);
    let mut next = 0;
    bencher
        .with_inputs(|| {
            next = (next + 1) % events.len();
            events[next].clone()
        })
        .bench_local_values(|mut event| {
            let now = event.time;
            watch.events(std::slice::from_mut(&mut event), now);
            event
        });
}

/// The same with as many EventBridge rules of the account, which are counted, and none of our own.
#[divan::bench(args = [30, 1_000, 10_000])]
fn one_live_event_with_rules_of_the_account(bencher: Bencher, count: usize) {
    let events = sample::events(0..1_000);
    let region = events.first().map_or_else(|| Region::new("eu-west-1"), |event| event.region.clone());
    let mut watch = Watch::default();
    watch.set_account_rules(&region, &account_rules(&region, count));
    let mut next = 0;
    bencher
        .with_inputs(|| {
            next = (next + 1) % events.len();
            events[next].clone()
        })
        .bench_local_values(|mut event| {
            let now = event.time;
            watch.events(std::slice::from_mut(&mut event), now);
            event
        });
}

/// What a poll costs that brings the same list.
#[divan::bench(args = [1_000])]
fn the_same_rules_of_the_account_again(bencher: Bencher, count: usize) {
    let region = Region::new("eu-west-1");
    let rules = account_rules(&region, count);
    let mut watch = Watch::default();
    watch.set_account_rules(&region, &rules);
    bencher.bench_local(|| watch.set_account_rules(&region, &rules));
}

fn account_rules(region: &Region, count: usize) -> Vec<AccountRule> {
    let calls = ["DescribeInstances", "GetObject", "AssumeRole", "PutBucketPolicy", "CreateUser", "StopLogging"];
    let one = |n: usize| AccountRule {
        region: region.clone(),
        bus: "default".into(),
        name: format!("r{n}"),
        arn: String::new(),
        state: "ENABLED".into(),
        description: String::new(),
        pattern: format!(
            r#"{{"detail":{{"eventName":["{}"],"userIdentity":{{"userName":["u{n}"]}}}}}}"#,
            calls[n % calls.len()]
        ),
        schedule: String::new(),
        managed_by: String::new(),
        role_arn: String::new(),
    };
    (0..count).map(one).collect()
}
