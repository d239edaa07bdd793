//! An account as it could be, at a time that stands still, and a screen to look at it with.

use chrono::{FixedOffset, TimeDelta};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, style::Style};
use trailwatch::{
    config::Settings,
    model::{
        Alarm, AlarmKind, AlarmState, Delivery, Event, Identity, Message as Told, Notice, NoticeKind, Place, Progress,
        Region, Restore, RestoreState, RuleStatus, Severity, SourceError, SourceHealth, SourceId, SourceKind,
        SourceState, StorageClass, Time, Update, record,
    },
    rules::{LANGUAGES, Switches, Watch, builtin},
    ui::{
        App, Effect, Message, Start,
        keys::{Key, KeyMap},
        theme::{Depth, Themes},
    },
};

/// The time on screen.
pub fn now() -> Time {
    "2026-03-14T09:26:53Z".parse().unwrap()
}

fn ago(seconds: i64) -> Time {
    now() - TimeDelta::seconds(seconds)
}

/// A screen that is typed at and looked at.
pub struct Screen {
    pub app: App,
    pub effects: Vec<Effect>,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    /// A screen of this size with nothing on it yet.
    pub fn empty(width: u16, height: u16) -> Self {
        Self::with(width, height, ("dark", Depth::True))
    }

    pub fn with(width: u16, height: u16, (theme, depth): (&str, Depth)) -> Self {
        let themes = Themes::standard(depth);
        let theme = themes.get(theme).unwrap();
        let mut settings = Settings { history: 10_000, ..Settings::default() };
        settings.accounts.insert("111122223333".into(), "production".into());
        let local = |_| FixedOffset::east_opt(3_600).unwrap();
        let app = App::new(Start { settings, themes, theme, keys: KeyMap::standard(), local, now: now() });
        Self { app, effects: Vec::new(), terminal: Terminal::new(TestBackend::new(width, height)).unwrap() }
    }

    /// The same, with the account on it.
    pub fn full(width: u16, height: u16) -> Self {
        Self::empty(width, height).with_account()
    }

    pub fn with_account(mut self) -> Self {
        account().into_iter().for_each(|update| self.update(update));
        self
    }

    /// Lets an update arrive.
    pub fn update(&mut self, update: Update) {
        self.app.update(Message::Update(update), now());
        while self.app.work() {}
    }

    /// Types keys, written as in the key file and separated by blanks: `j j enter`.
    pub fn keys(mut self, keys: &str) -> Self {
        for key in keys.split_whitespace() {
            self.show();
            // A yes takes a person a moment.
            let time = if key == "y" { now() + TimeDelta::seconds(1) } else { now() };
            let key: Key = key.parse().unwrap();
            self.effects.extend(self.app.update(Message::Key(key), time));
            while self.app.work() {}
        }
        self
    }

    /// Types a text letter by letter.
    pub fn text(mut self, text: &str) -> Self {
        for c in text.chars() {
            let key = Key::plain(trailwatch::ui::keys::Code::Char(c));
            self.effects.extend(self.app.update(Message::Key(key), now()));
            while self.app.work() {}
        }
        self
    }

    /// What is on screen.
    pub fn show(&mut self) -> Buffer {
        self.terminal.draw(|frame| self.app.draw(frame)).unwrap();
        self.terminal.backend().buffer().clone()
    }

    /// The text on screen, and below it a number that changes with any style.
    pub fn picture(&mut self) -> String {
        let buffer = self.show();
        let text = text_of(&buffer);
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for cell in buffer.content() {
            let style: Style = cell.style();
            for byte in format!("{:?}{:?}{:?}", style.fg, style.bg, style.add_modifier).bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("{text}\nstyles {hash:016x}")
    }

    /// The text on screen.
    pub fn plain(&mut self) -> String {
        text_of(&self.show())
    }
}

pub fn text_of(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let line = |cells: &[ratatui::buffer::Cell]| {
        let mut line = String::new();
        let mut skip = 0;
        for cell in cells {
            if skip == 0 {
                line.push_str(cell.symbol());
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        line.trim_end().to_owned()
    };
    buffer.content().chunks(width).map(line).collect::<Vec<_>>().join("\n")
}

/// An event whose record is this JSON.
pub fn event(record: &str) -> Event {
    record::read(record::Envelope::bare(Region::new("eu-west-1"), record), now())
}

fn account() -> Vec<Update> {
    let identity = Identity {
        account: "111122223333".into(),
        arn: "arn:aws:sts::111122223333:assumed-role/Audit/ana".into(),
        expires: None,
    };
    let mut events = events();
    let mut watch = watch();
    watch.events(&mut events, now());
    watch.tend(now());
    let mut updates = vec![Update::Identity(identity), Update::Events(events)];
    updates.push(Update::Alerts(watch.take_alerts()));
    let slip = "pattern: there is no field userIdentity.typ; did you mean userIdentity.type?".to_owned();
    updates.push(Update::Messages(messages()));
    let mut rules = vec![RuleStatus::broken("/home/ana/.config/trailwatch/rules/own.toml".to_owned(), 12, slip)];
    rules.extend(watch.statuses(now()));
    updates.push(Update::Rules(rules));
    updates.extend(sources().into_iter().map(Update::Source));
    updates.push(Update::Alarms { region: Region::new("eu-west-1"), at: now(), alarms: alarms() });
    let place: Place = "s3://example-archive/tapes/".parse().unwrap();
    updates.push(Update::Restores { restores: restores(&place), place, at: now() });
    updates
}

/// What is told when this rule fires; the text is an attacker's.
pub fn notice(rule: &str, severity: Severity, title: &str) -> Notice {
    Notice {
        key: format!("{rule}/0e1f0000-0000-4000-8000-000000000000"),
        kind: NoticeKind::Alert,
        severity,
        title: title.into(),
        text: "from 203.0.113.7\nwith \u{1b}]0;mine\u{7} and \u{202e}desrever".into(),
        subject: format!("{rule}/0e1f0000-0000-4000-8000-000000000000"),
        rule: rule.into(),
        account: "111122223333".into(),
        region: Some(Region::new("us-east-1")),
        time: ago(21),
        count: 1,
        channels: Vec::new(),
    }
}

/// The outbox, the newest first.
pub fn messages() -> Vec<Told> {
    let root = notice("signin-console-success-root", Severity::Critical, "Somebody signed in as root");
    let evil =
        Notice { count: 3, ..notice("own", Severity::High, "\u{1b}[2J<!channel> \u{202e}dab\u{feff} 日本語") };
    let tape = Notice {
        key: "restore/s3://example-archive/tapes/2021/ledger.tar/1h".into(),
        kind: NoticeKind::RestoreExpiring,
        subject: "s3://example-archive/tapes/2021/ledger.tar".into(),
        rule: String::new(),
        text: String::new(),
        time: ago(-2_405),
        ..notice("", Severity::Medium, "ledger.tar is gone in 1 hour")
    };
    let alarm = Notice {
        kind: NoticeKind::Alarm,
        subject: "signin-console-success-root".into(),
        region: Some(Region::new("eu-west-1")),
        ..notice("", Severity::High, "signin-console-success-root is in ALARM")
    };
    let told = |id, channel: &str, notice: &Notice, state, tries, said: &str| Told {
        id,
        channel: channel.into(),
        notice: notice.clone(),
        made: ago(120 - 5 * id),
        state,
        tries,
        said: said.into(),
    };
    let refused = "the server said 500: \u{1b}[31mtry \u{202e}later";
    vec![
        told(7, "pager", &root, Delivery::Waiting { due: ago(-12) }, 3, refused),
        told(6, "desktop", &root, Delivery::Sent { at: ago(84) }, 1, "the desktop took it"),
        told(5, "pager", &evil, Delivery::Waiting { due: ago(90) }, 0, ""),
        told(4, "desktop", &evil, Delivery::Held { at: ago(99) }, 0, "more than 10 in a minute"),
        told(
            3,
            "ops-topic",
            &alarm,
            Delivery::Failed { at: ago(30) },
            41,
            "AuthorizationError: sns:Publish is missing",
        ),
        told(2, "desktop", &tape, Delivery::Sent { at: ago(109) }, 1, "the desktop took it"),
    ]
}

/// The rules that come with the program, at work.
fn watch() -> Watch {
    let mut watch = Watch::default();
    watch.set_rules(builtin::read(LANGUAGES).0, Vec::new(), &Switches::new());
    watch
}

fn at(seconds: i64) -> String {
    ago(seconds).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn events() -> Vec<Event> {
    let root = r#""userIdentity":{"type":"Root","arn":"arn:aws:iam::111122223333:root"}"#;
    let ben = r#""userIdentity":{"type":"IAMUser","userName":"ben","arn":"arn:aws:iam::111122223333:user/ben"}"#;
    let role = r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Deploy/ci-4711"}"#;
    let mut events: Vec<Event> = [
        (21, root, r#""eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","additionalEventData":{"MFAUsed":"No"},"responseElements":{"ConsoleLogin":"Success"}"#),
        (34, ben, r#""eventName":"AttachUserPolicy","eventSource":"iam.amazonaws.com","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","requestParameters":{"userName":"mallory","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#),
        (35, role, r#""eventName":"DescribeInstances","eventSource":"ec2.amazonaws.com","awsRegion":"eu-west-1","readOnly":true,"sourceIPAddress":"198.51.100.4""#),
        (48, ben, r#""eventName":"StopLogging","eventSource":"cloudtrail.amazonaws.com","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","requestParameters":{"name":"company-trail"},"errorCode":"AccessDenied","errorMessage":"User is not authorized""#),
        (90, role, r#""eventName":"PutObject","eventSource":"s3.amazonaws.com","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.4","requestParameters":{"bucketName":"artefacts","key":"build/日本-0001.zip"}"#),
        (95, role, r#""eventName":"AuthorizeSecurityGroupIngress","eventSource":"ec2.amazonaws.com","awsRegion":"ap-southeast-2","sourceIPAddress":"198.51.100.4","requestParameters":{"groupId":"sg-0a1b2c3d4e5f6a7b8"}"#),
        (3600, ben, "\"eventName\":\"Evil\\u001b[2J\\u202eName\",\"eventSource\":\"s3.amazonaws.com\",\"awsRegion\":\"eu-west-1\",\"userAgent\":\"\\u001b]52;c;eA==\\u0007\",\"sourceIPAddress\":\"203.0.113.7\""),
        (86_400, ben, r#""eventName":"CreateUser","eventSource":"iam.amazonaws.com","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","requestParameters":{"userName":"mallory"}"#),
    ]
    .into_iter()
    .enumerate()
    .map(|(i, (seconds, identity, rest))| {
        let id = format!("0e1f{i:04}-0000-4000-8000-000000000000");
        event(&format!(r#"{{"eventVersion":"1.11",{identity},"eventTime":"{}",{rest},"eventID":"{id}"}}"#, at(seconds)))
    })
    .collect();
    events[3].late = true;
    events[3].seen = ago(1);
    events[3].time = ago(181);
    events
}

fn sources() -> Vec<SourceHealth> {
    let live = |kind, region: &str| SourceHealth {
        state: SourceState::Live,
        polled: Some(ago(3)),
        next: Some(ago(-7)),
        newest: Some(ago(21)),
        requests_last_minute: 8,
        ..SourceHealth::starting(SourceId::new(kind, Region::new(region)), 60)
    };
    let denied = SourceState::Failed(SourceError {
        code: "AccessDenied".into(),
        message: "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:ListBucket".into(),
        missing_action: Some("s3:ListBucket".into()),
        advice: Some("allow s3:ListBucket on arn:aws:s3:::example-archive".into()),
        since: ago(300),
    });
    let throttled = SourceError {
        code: "ThrottlingException".into(),
        message: "Rate exceeded".into(),
        missing_action: None,
        advice: None,
        since: ago(10),
    };
    let throttled = SourceState::Throttled { until: ago(-4), error: throttled };
    let place = |place: &str, state| SourceHealth {
        state,
        ..live(SourceKind::Restores, "eu-west-1").for_place(place.parse().unwrap())
    };
    vec![
        live(SourceKind::Events, "eu-west-1"),
        SourceHealth {
            progress: Some(Progress { from: ago(3600), to: now(), reached: ago(900) }),
            ..live(SourceKind::Events, "us-east-1")
        },
        SourceHealth { state: throttled, ..live(SourceKind::SignIns, "eu-north-1") },
        live(SourceKind::Alarms, "eu-west-1"),
        place("s3://example-archive/tapes/", SourceState::Live),
        place("s3://example-archive/closed/", denied),
    ]
}

trait ForPlace {
    fn for_place(self, place: Place) -> Self;
}

impl ForPlace for SourceHealth {
    fn for_place(mut self, place: Place) -> Self {
        self.id.place = Some(place);
        self
    }
}

/// An alarm in a state; the rest as most alarms have it.
pub fn alarm(name: &str, state: AlarmState, minutes: i64) -> Alarm {
    Alarm {
        region: Region::new("eu-west-1"),
        name: name.into(),
        arn: format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
        kind: AlarmKind::Metric,
        description: String::new(),
        state,
        reason: match state {
            AlarmState::Alarm => "Threshold Crossed: 1 datapoint [1.0] was greater than the threshold (0.0).".into(),
            AlarmState::Ok => "Threshold Crossed: no datapoints were received.".into(),
            AlarmState::InsufficientData => "Insufficient Data: 1 datapoint was unknown.".into(),
        },
        reason_data: String::new(),
        since: Some(ago(minutes * 60)),
        updated: Some(ago(minutes * 60)),
        actions_enabled: true,
        alarm_actions: vec!["arn:aws:sns:eu-west-1:111122223333:on-call".into()],
        ok_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
        evaluation_state: String::new(),
        suppressed_by: String::new(),
        condition: "SignIns > 0 for 1 of 1 x 1m".into(),
        missing_data: "missing".into(),
        settings: vec![("Namespace".into(), "CloudTrailMetrics".into()), ("Threshold".into(), "0".into())],
    }
}

fn alarms() -> Vec<Alarm> {
    vec![
        alarm("signin-console-failure-iam", AlarmState::Ok, 4_000),
        alarm("signin-console-success-root", AlarmState::Alarm, 2),
        alarm("signin-console-failure-root", AlarmState::InsufficientData, 300),
        Alarm { actions_enabled: false, ..alarm("lambda-errors", AlarmState::Alarm, 55) },
        Alarm { alarm_actions: Vec::new(), ..alarm("queue-depth", AlarmState::Ok, 90) },
        Alarm {
            kind: AlarmKind::Composite,
            condition: "ALARM(\"lambda-errors\") OR ALARM(\"queue-depth\")".into(),
            suppressed_by: "WaitPeriod".into(),
            ..alarm("checkout", AlarmState::Ok, 20)
        },
    ]
}

fn restores(place: &Place) -> Vec<Restore> {
    let restore = |key: &str, class: &str, size, state| Restore {
        place: place.clone(),
        region: Region::new("eu-west-1"),
        key: format!("tapes/{key}"),
        storage_class: StorageClass(class.into()),
        size,
        state,
        first_seen: ago(600),
    };
    vec![
        restore("2019/db.dump", "DEEP_ARCHIVE", 812_000_000_000, RestoreState::InProgress),
        restore("2021/ledger.tar", "GLACIER", 4_200_000_000, RestoreState::Ready { expires: ago(-2_405) }),
        restore("2020/mail.mbox", "DEEP_ARCHIVE", 91_000_000, RestoreState::Ready { expires: ago(-3 * 86_400) }),
        restore("2018/old.zip", "GLACIER", 1_500, RestoreState::Expired { expires: ago(240) }),
    ]
}
