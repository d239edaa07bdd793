//! Words that stand only in some places, or nowhere.

/// Words, where they may stand, and what to do instead.
pub struct Rule {
    pub words: &'static [&'static str],
    /// The paths where the rule holds, by what they start with.
    pub holds: &'static [&'static str],
    /// The paths among them where it does not.
    pub except: &'static [&'static str],
    pub instead: &'static str,
}

const PURE: &[&str] = &["src/model/", "src/json/", "src/history/", "src/rules/"];

pub const RULES: &[Rule] = &[
    Rule {
        words: &["aws_sdk_", "aws_config", "aws_credential_types", "aws_runtime", "aws_smithy_http_client"],
        holds: &["src/"],
        except: &["src/source/aws/"],
        instead: "name SDK types in src/source/aws alone and pass on words of `model`",
    },
    Rule {
        words: &["aws_smithy_"],
        holds: &["src/"],
        except: &["src/source/aws/", "src/emulator/protocol/"],
        instead: "name Smithy types in src/source/aws and in the emulator's protocols alone",
    },
    Rule {
        words: &["Color", "Stylize"],
        holds: &["src/"],
        except: &["src/ui/theme/"],
        instead: "ask the theme for a `Meaning`",
    },
    Rule {
        words: &["crossterm", "CrosstermBackend", "KeyCode", "KeyModifiers"],
        holds: &["src/"],
        except: &["src/terminal"],
        instead: "use `ui::keys::Key`, and leave the terminal to src/terminal.rs",
    },
    Rule {
        words: &["Utc::now", "Local::now", "Instant::now", "SystemTime"],
        holds: &[
            "src/model/",
            "src/json/",
            "src/history/",
            "src/store/",
            "src/rules/",
            "src/config/",
            "src/ui/",
            "src/source/feed/",
            "src/notify/",
        ],
        except: &["src/notify/channel"],
        instead: "take the time as an argument",
    },
    Rule {
        words: &["fs::", "File::", "process::", "TcpStream", "TcpListener", "UdpSocket", "tokio", "stdout", "println!"],
        holds: &["src/ui/"],
        except: &["src/ui/theme/mod.rs"],
        instead: "return an `Effect`; theme files alone are read in src/ui/theme/mod.rs",
    },
    Rule {
        words: &["fs::", "File::", "process::", "TcpStream", "TcpListener", "UdpSocket", "tokio", "stdout", "println!"],
        holds: PURE,
        except: &[],
        instead: "take the data as an argument; files and sockets belong to `config`, `source` and `terminal`",
    },
    Rule {
        words: &["todo!", "unimplemented!", "dbg!"],
        holds: &["src/"],
        except: &[],
        instead: "finish it, or take it out",
    },
    Rule {
        words: &["#[allow(", "#![allow("],
        holds: &["src/"],
        except: &[],
        instead: "write #[expect(…, reason = \"…\")], which is refused once it is needless",
    },
    Rule {
        words: &[".unwrap()"],
        holds: &["src/"],
        except: &[],
        instead: "return an error, or match; a panic takes the screen away from the operator",
    },
];

impl Rule {
    /// Whether the rule holds for the file of this path.
    pub fn holds_for(&self, path: &str) -> bool {
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
        starts(self.holds) && !starts(self.except)
    }
}

/// The lines on which an `#[expect(…)]` of the code says no reason.
pub fn lines_with_bare_expect(code: &str) -> Vec<usize> {
    let starts = ["#[expect(", "#![expect("].into_iter().flat_map(|word| code.match_indices(word));
    let bare = |(at, _): &(usize, &str)| {
        let end = code[*at..].find(")]").map_or(code.len(), |end| at + end);
        !code[*at..end].contains("reason =")
    };
    starts.filter(bare).map(|(at, _)| super::text::line_of(code, at)).collect()
}

/// The only file that changes an account.
pub const GATE: &str = "src/source/aws/writes.rs";

/// The operations of the SDK that it calls.
pub const CHANGES: [&str; 5] =
    ["enable_rule", "disable_rule", "put_rule", "enable_alarm_actions", "disable_alarm_actions"];

/// The only file that sends something to somebody through an account, and the call: to topics that the operator named.
pub const SPEAKER: &str = "src/source/aws/sns.rs";
pub const SAYS: [&str; 1] = ["publish"];

/// What to do about a change elsewhere.
pub const WHO_MAY: &str =
    "src/source/aws/writes.rs alone may, and src/source/aws/sns.rs publish, by the lists in tests/it/house/words.rs";

/// The first words of the names of operations that change something, in any service.
const VERBS: &[&str] = &[
    "abort",
    "accept",
    "activate",
    "add",
    "associate",
    "attach",
    "batch",
    "cancel",
    "complete",
    "copy",
    "create",
    "deactivate",
    "delete",
    "deregister",
    "detach",
    "disable",
    "disassociate",
    "enable",
    "import",
    "invoke",
    "modify",
    "post",
    "publish",
    "purge",
    "put",
    "register",
    "reject",
    "release",
    "rename",
    "reset",
    "restore",
    "revoke",
    "run",
    "start",
    "stop",
    "subscribe",
    "tag",
    "terminate",
    "test",
    "unsubscribe",
    "untag",
    "update",
    "upload",
    "write",
];

/// Operations whose whole name is such a word.
const WHOLE: &[&str] = &["publish", "subscribe", "unsubscribe", "invoke"];

/// Operations that change something and have a name like that of a setter.
const SETTERS: &[&str] =
    &["set_alarm_state", "set_queue_attributes", "set_subscription_attributes", "set_topic_attributes"];

/// What has a name like that of an operation that changes something, and is none: members of requests and answers.
const MEMBERS: &[&str] = &["start_time", "restore_status", "restore_expiry_date"];

/// The calls in a file of the SDK's that have the name of an operation that changes something, with their lines.
///
/// Nobody outside gets a client of the SDK: what makes them is private to `source::aws`.
pub fn changing_calls(path: &str, code: &str) -> Vec<(usize, String)> {
    if !path.starts_with("src/source/aws/") {
        return Vec::new();
    }
    let call = |(at, _): (usize, &str)| {
        let rest = &code[at + 1..];
        let name = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_')?];
        let verb = |verb: &str| name.strip_prefix(verb).is_some_and(|rest| rest.starts_with('_'));
        let by_name = SETTERS.contains(&name) || WHOLE.contains(&name);
        let changes = VERBS.iter().any(|word| verb(word)) && !MEMBERS.contains(&name) || by_name;
        (changes && rest[name.len()..].starts_with('(')).then(|| (super::text::line_of(code, at), name.to_owned()))
    };
    code.match_indices('.').filter_map(call).collect()
}

#[test]
fn a_rule_holds_where_it_says() {
    let colours = RULES.iter().find(|rule| rule.words.contains(&"Color")).unwrap();
    assert!(colours.holds_for("src/ui/panes/events.rs"));
    assert!(!colours.holds_for("src/ui/theme/parse.rs"));
    assert!(!colours.holds_for("tests/it/house.rs"));
}

#[test]
fn an_expect_without_a_reason_is_found() {
    assert_eq!(lines_with_bare_expect("#[expect(dead_code, reason = \"x\")]\n#[expect(dead_code)]"), [2]);
}

#[test]
fn a_call_that_changes_an_account_is_found() {
    let code = "client.list_rules().start_time(x);\nclient\n.delete_rule();\nclients.s3(region).set_alarm_state(y);\n\
                sns.publish(); sns.publish_batch(); text.subscribed();";
    let found: Vec<_> = changing_calls("src/source/aws/s3.rs", code).into_iter().map(|(_, call)| call).collect();
    assert_eq!(found, ["delete_rule", "set_alarm_state", "publish", "publish_batch"]);
}
