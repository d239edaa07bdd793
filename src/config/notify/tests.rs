//! The table `[notify]` as an operator writes it.

use super::{AlarmsTold, Channel, ChannelKind, Format, Notify, Rate, SecretPlace};
use crate::{
    config::{Config, Settings},
    model::{NoticeKind, Severity, duration::Span},
};

fn read(text: &str) -> Notify {
    let mut settings = Settings::default();
    Config::parse("c", text).unwrap().apply(&mut settings);
    settings.notify
}

fn refused(text: &str) -> String {
    Config::parse("c", text).unwrap_err().to_string()
}

fn only(text: &str) -> Channel {
    let notify = read(&format!("[notify.channels.it]\n{text}"));
    notify.channel("it").unwrap().clone()
}

#[test]
fn without_a_config_the_desktop_and_the_terminal_are_told() {
    let notify = read("");
    assert_eq!(notify, Notify::default());
    let names: Vec<_> = notify.channels.iter().map(|channel| (channel.name.as_str(), channel.kind.as_str())).collect();
    assert_eq!(names, [("desktop", "desktop"), ("terminal", "terminal")]);
    assert_eq!(notify.channels[0].floor, Severity::Medium);
    assert_eq!(notify.channels[0].rate, Some(Rate::DEFAULT));
}

#[test]
fn a_channel_has_what_it_says_and_else_what_all_have() {
    let notify = read(
        "[notify]\nfloor = 'low'\nquiet = '22:00-07:00'\nalarms = 'changes'\ndeadlines = ['1h', '2d', '1h']\n
         [notify.channels.a]\nkind = 'terminal'\nquiet = 'never'\nrate = '5/1m'\nkinds = ['restore', 'alert']\n
         [notify.channels.b]\nkind = 'log'\n[notify.channels.desktop]\nkind = 'desktop'\non = false\nfloor = 'critical'",
    );
    assert_eq!(notify.alarms, AlarmsTold::Changes);
    assert_eq!(notify.deadlines, [Span::seconds(172_800), Span::seconds(3_600)]);
    let [a, b] = &notify.channels[..] else { panic!("{:?}", notify.channels) };
    assert_eq!((a.floor, a.quiet, a.rate.unwrap().most), (Severity::Low, None, 5));
    assert_eq!(a.kinds.len(), 5);
    assert!(a.kinds.contains(&NoticeKind::RestoreExpired) && notify.quiet.is_some());
    assert_eq!((b.kind.clone(), b.quiet, b.rate), (ChannelKind::Log { path: None }, None, None));
}

#[test]
fn a_webhook_has_an_address_a_form_a_secret_and_headers() {
    let webhook = "kind = 'webhook'\nurl = 'https://hooks.example.com/SESAME'\n";
    let ChannelKind::Webhook(webhook) =
        only(&format!("{webhook}format = 'teams'\nsecret-file = '/run/key'\nheaders = {{ X-Team = 'SESAME' }}")).kind
    else {
        panic!("no webhook")
    };
    assert_eq!((webhook.format, webhook.url.reveal()), (Format::Teams, "https://hooks.example.com/SESAME"));
    assert_eq!(webhook.secret, Some(SecretPlace::File("/run/key".into())));
    assert_eq!((webhook.headers[0].0.as_str(), webhook.headers[0].1.reveal()), ("x-team", "SESAME"));
}

#[test]
fn settings_do_not_print_addresses_and_secrets() {
    let text = "[notify.channels.it]\nkind = 'webhook'\nurl = 'https://example.com/SESAME'\nsecret = 'SESAME'\n\
                body = '{\"key\": \"SESAME\"}'\nheaders = { Authorization = 'Bearer SESAME' }";
    let config = Config::parse("c", text).unwrap();
    assert!(!format!("{config:?}").contains("SESAME"));
    let mut settings = Settings::default();
    config.apply(&mut settings);
    assert!(!format!("{settings:?}").contains("SESAME"));
}

#[test]
fn a_wrong_setting_is_refused_with_its_place_and_what_to_write() {
    for (text, place, words) in [
        ("[notify]\nfloor = 'loud'", "c:2:9", "`critical`"),
        ("[notify]\nquiet = '22-7'", "c:2:9", "write 22:00-07:00"),
        ("[notify]\nquiet_except = 'high'", "c:2:1", "did you mean `quiet-except`?"),
        ("[notify]\ndeadlines = ['1h', 'soon']", "c:2:13", "such as 90s"),
        ("[notify]\nalarms = 'alarms'", "c:2:10", "did you mean `alarm`?"),
        ("[notify.channels.'a b']\nkind = 'log'", "c:1:18", "letters, digits"),
        ("[notify.channels.a]\nfloor = 'high'", "c:1:18", "write kind = "),
        ("[notify.channels.a]\nkind = 'webhok'", "c:2:8", "did you mean `webhook`?"),
        ("[notify.channels.a]\nkind = 'webhook'", "c:2:8", "write url = "),
        ("[notify.channels.a]\nkind = 'sns'\ntopic = 'alerts'", "c:3:9", "write arn:aws:sns"),
        ("[notify.channels.a]\nkind = 'sns'", "c:2:8", "write topic = "),
        ("[notify.channels.a]\nkind = 'command'\nrun = []", "c:3:7", "write run = "),
        ("[notify.channels.a]\nkind = 'log'\nurl = 'https://x'", "c:3:7", "of a webhook channel; take it out"),
        ("[notify.channels.a]\nkind = 'log'\npath = 'x.log'", "c:3:8", "starts with / or ~/"),
        ("[notify.channels.a]\nkind = 'log'\nrate = '20'", "c:3:8", "such as 20/10m"),
        ("[notify.channels.a]\nkind = 'log'\nkinds = ['restores']", "c:3:9", "write restore, alert"),
    ] {
        let error = refused(text);
        assert!(error.starts_with(&format!("{place}: ")) && error.contains(words), "{text}: {error}");
    }
}

#[test]
fn a_refusal_does_not_repeat_what_may_be_a_secret() {
    for (rest, place, words) in [
        ("url = 'http://example.com/SESAME'", "c:3:7", "write https://"),
        ("url = 'https://ana:SESAME@example.com/'", "c:3:7", "user or a password"),
        ("url = 'https://example.com/SESAME", "c:3:", ""),
        ("urll = 'https://example.com/SESAME'", "c:3:1", "did you mean `url`?"),
        ("headers = 'SESAME'", "c:3:11", "a text stands where a table belongs"),
        ("url = 'https://example.com'\nheaders = { Host = 'SESAME' }", "c:4:13", "the connection sets `host` itself"),
        ("url = 'https://example.com'\nheaders = { A = 'SESAME\u{fc}' }", "c:4:17", "ASCII"),
        ("secret = ['SESAME']", "c:3:10", "a list stands where"),
        ("body = \"\"\"\nSESAME \\q\n\"\"\"", "c:4:", ""),
    ] {
        let text = format!("[notify.channels.a]\nkind = 'webhook'\n{rest}");
        let error = refused(&text);
        assert!(error.starts_with(place) && error.contains(words), "{text}: {error}");
        assert!(!error.contains("SESAME"), "{error}");
    }
    let more = "url = 'https://example.com'\nsecret = 'SESAME'\n";
    for (rest, place) in [("format = 'json'\nbody = 'SESAME'", "c:6:8"), ("secret-env = 'X'", "c:5:14")] {
        let error = refused(&format!("[notify.channels.a]\nkind = 'webhook'\n{more}{rest}"));
        assert!(error.starts_with(place) && error.contains("write one of") | error.contains("take one of"), "{error}");
        assert!(!error.contains("SESAME"), "{error}");
    }
    let inline = refused("[notify.channels]\na = { kind = 'webhook', url = 'http://example.com/SESAME' }");
    assert!(inline.starts_with("c:2:") && !inline.contains("SESAME"), "{inline}");
    let dotted = refused("notify.channels.a.kind = 'webhook'\nnotify.channels.a.url = 'http://example.com/SESAME'");
    assert!(dotted.starts_with("c:2:") && !dotted.contains("SESAME"), "{dotted}");
}
