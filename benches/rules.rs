//! What a live event costs with a thousand rules on.
//!
//! `cargo bench --bench rules`

mod sample;

use divan::Bencher;
use trailwatch::rules::{Index, LANGUAGES, Subject, Switches, Watch, file, rule::Rule};

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
